"""Which files of the course are needed for what, in one place.

CARRIED     what a page needs beside itself: it travels in each single file
SHAPING     what else shapes its outputs: with the above, the fingerprint of a kept page
CLASS       what the students' zip holds beside its pages
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

CARRIED = (
    "course_utils/**/*.py",
    "course_utils/head/data/*",
    "course_utils/explore/views/*",
    "figures/**/*.csv",
    "LICENSE",
)
SHAPING = ("tools/execution.py", "tools/live_pages.py", "tools/pages.py")
CLASS = (
    *CARRIED,
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


def found(kinds: Iterable[str], root: Path) -> dict[str, bytes]:
    """Return what these patterns match under `root`: contents by name, in a fixed order."""
    paths = {path for kind in kinds for path in root.glob(kind) if path.is_file()}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(paths)
        if not set(_LEFT_BEHIND) & set(path.parts)
    }
