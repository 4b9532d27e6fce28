"""Take the cells of an edited notebook over into its `.py`, and never lose an edit.

    python -m tools.pair 02_make_a_spike_wait      the .py gets the cells of the .ipynb

The other way round is `make run`. A page whose `.py` was edited as well is left alone: then a
person has to decide.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import jupytext
import nbformat

from tools import notebook_checks as checks

KEPT = checks.ROOT / "build" / "kept"


def committed(path: Path) -> str | None:
    """Return the text of a file in the last commit; None if it is in none."""
    command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git here
        return None
    return done.stdout if done.returncode == 0 else None


def sources(text: str) -> list[tuple[str, str]]:
    """Kind and source of each cell of a notebook, given as its JSON text."""
    cells = nbformat.reads(text, as_version=4).cells
    return [(cell.cell_type, cell.source) for cell in cells]


def keep_edits(folder: Path, name: str, kept: Path = KEPT) -> Path | None:
    """Copy a notebook aside if it holds cells that neither its `.py` nor the last commit has.

    Returns
    -------
    Path or None
        Where the copy is, if one was made.
    """
    path = folder / f"{name}.ipynb"
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    here = sources(text)
    if here == [(cell.cell_type, cell.source) for cell in checks.from_source(folder, name).cells]:
        return None
    before = committed(path)
    if before is not None and here == sources(before):
        return None
    copy = kept / f"{name.replace('/', '-')}-{time.strftime('%Y%m%d-%H%M%S')}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text, encoding="utf-8")
    return copy


def take_over(folder: Path, name: str) -> None:
    """Write the cells of the notebook into its `.py`.

    Raises
    ------
    ValueError
        If the `.py` was edited since the last commit; both files stay as they are.
    """
    source, page = folder / f"{name}.py", folder / f"{name}.ipynb"
    if source.exists() and committed(source) not in (None, source.read_text(encoding="utf-8")):
        raise ValueError(f"{name}.py was edited as well: commit it or take its edits back first")
    notebook = checks.read(page)
    for cell in notebook.cells:
        kept = [key for key in checks.KEPT_CELL_METADATA if key in cell.metadata]
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in kept})
    notebook.metadata = nbformat.from_dict({"jupytext": {"notebook_metadata_filter": "-all"}})
    text = jupytext.writes(notebook, fmt="py:percent")
    draft = source.with_suffix(".py.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(source)


def main(arguments=None, folder: Path = checks.NOTEBOOKS) -> int:
    parser = argparse.ArgumentParser(prog="pair", description="Take a notebook's cells over.")
    parser.add_argument("names", nargs="+", metavar="NAME", choices=checks.all_pages(folder))
    for name in parser.parse_args(arguments).names:
        try:
            take_over(folder, name)
        except ValueError as error:
            print(error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
