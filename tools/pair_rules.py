"""Say which pairs do not agree, cell by cell and blank line by blank line, or are too large.

A commit is stopped by it (see .pre-commit-config.yaml); `make run` or `make pair` mends the first.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools import page_rules, pages, pairs


def problems(folder: Path = pages.NOTEBOOKS) -> list[str]:
    """Return what is wrong, in sentences."""
    found = []
    for name in pages.all_pages(folder):
        out_of_step = pairs.problems(folder, name)
        found += out_of_step
        if not out_of_step:
            found += [f"{name}: {p}" for p in page_rules.size_problems(folder / f"{name}.ipynb")]
    return found


if __name__ == "__main__":
    wrong = problems()
    print("\n".join(wrong))
    sys.exit(bool(wrong))
