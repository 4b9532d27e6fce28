"""Which files of the course are needed for what, in one place.

CARRIED     what a page needs beside itself: it travels in each single file
SHAPING     what else shapes its outputs: with the above, the fingerprint of a kept page
LARGE       what only the pages that import a wing need: it travels with those
CLASS       what the students' zip holds beside its pages
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

CARRIED = (
    "course_utils/**/*.py",
    "course_utils/head/data/*",
    "course_utils/explore/views/*",
    "figures/**/*.csv",
    "LICENSE",
)
LARGE = {"words": "course_utils/words/data/*"}
SHAPING = ("tools/execution.py", "tools/live_pages.py", "tools/pages.py")
CLASS = (
    *CARRIED,
    *LARGE.values(),
    "figures/**/*.py",
    "figures/**/*.png",
    "figures/**/*.md",
    "tools/*",
    "CITATION.cff",
    "pyproject.toml",
    "constraints.txt",
    "environment.yml",
)
_LEFT_BEHIND = ("__pycache__", ".ipynb_checkpoints")


def carried(source: str) -> tuple[str, ...]:
    """Return which files a page with this source needs beside itself."""
    taken = r"course_utils\.{0}\b|from course_utils import (\([^)]*|.*)\b{0}\b"
    large = [kind for wing, kind in LARGE.items() if re.search(taken.format(wing), source)]
    return (*CARRIED, *large)


def found(kinds: Iterable[str], root: Path) -> dict[str, bytes]:
    """Return what these patterns match under `root`: contents by name, in a fixed order."""
    paths = {path for kind in kinds for path in root.glob(kind) if path.is_file()}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(paths)
        if not set(_LEFT_BEHIND) & set(path.parts)
    }
