"""Carry what was edited in a notebook into its `.py` (this is `make pair`).

    python -m tools.pairs [--replace] [NAME ...]      for example 02_make_a_spike_wait

A page is a jupytext pair (see .jupytext.toml). Two commands carry cells across, and nothing else
does: this one from the `.ipynb` to the `.py`, `make run` from the `.py` to the `.ipynb`. Both leave
a fingerprint of the cells in the `.ipynb`; from it, the next call can tell which file was edited
since. Neither overwrites an edit of the other side, unless told to `--replace` it. The `.py` is
written as jupytext writes it, blank line by blank line. The status is 1 if a page was refused, 2 if
a name is unknown.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

import jupytext
from jupytext.config import load_jupytext_configuration_file

from tools import folds, page_rules, pages

AGREED = "agreed_cells"
"""Where a notebook's metadata keeps the fingerprint of the cells on which both files agreed."""


def cells(notebook) -> list[str]:
    """Return what a reader or an author writes into each cell: no ids, no outputs, no views."""
    found = []
    for cell in notebook.cells:
        kept = [cell.metadata.get(key) for key in pages.KEPT_CELL_METADATA]
        words = cell.source.lstrip("\n").rstrip()
        said = [cell.cell_type, words, kept, cell.get("attachments") or {}]
        found.append(json.dumps(said, sort_keys=True))
    return found


def fingerprint(notebook) -> str:
    return hashlib.sha256("\n".join(cells(notebook)).encode()).hexdigest()


def text(notebook) -> str:
    """Return the `.py` of a notebook, as jupytext writes it."""
    config = load_jupytext_configuration_file(str(pages.ROOT / ".jupytext.toml"))
    return jupytext.writes(notebook, fmt="py:percent", config=config)


def edited(folder: Path, name: str) -> tuple[str, ...]:
    """Return the sides of a page, ".py" and ".ipynb", that were edited since both agreed.

    Empty if they agree now; both if the notebook can't tell. A side that is not there was not
    edited.
    """
    paths = {suffix: folder / f"{name}{suffix}" for suffix in (".py", ".ipynb")}
    if missing := [suffix for suffix, path in paths.items() if not path.exists()]:
        return tuple(suffix for suffix in paths if suffix not in missing)
    notebook = pages.read(paths[".ipynb"])
    prints = {
        ".py": fingerprint(pages.from_source(folder, name)),
        ".ipynb": fingerprint(notebook),
    }
    if prints[".py"] == prints[".ipynb"]:
        return ()
    return tuple(side for side in paths if prints[side] != notebook.metadata.get(AGREED))


def only_in(side: str, folder: Path, name: str) -> str:
    """Name, by their first lines, the cells that the other file of a pair does not hold."""
    notebooks = {".py": pages.from_source(folder, name)}
    notebooks[".ipynb"] = pages.read(folder / f"{name}.ipynb")
    here = notebooks.pop(side)
    other = set(cells(*notebooks.values()))
    lines = [
        (cell.source.strip().splitlines() or ["an empty cell"])[0]
        for cell, said in zip(here.cells, cells(here), strict=True)
        if said not in other
    ]
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return ", ".join(f'"{line[:60]}"' for line in lines[:3]) + more or "their order"


def write_source(notebook, folder: Path, name: str) -> bool:
    """Write the `.py` of a notebook, if it does not hold that text already; say whether."""
    path = folder / f"{name}.py"
    written = text(notebook)
    if path.exists() and path.read_text(encoding="utf-8") == written:
        return False
    path.write_text(written, encoding="utf-8")
    return True


def seal(notebook, folder: Path, name: str) -> None:
    """Write the notebook of a page that agrees with its `.py`; neither is the older one then."""
    folds.collapse(notebook)
    notebook.metadata[AGREED] = fingerprint(notebook)
    pages.write(notebook, folder / f"{name}.ipynb")
    os.utime(folder / f"{name}.py")


def pair(folder: Path, name: str, replace: bool = False) -> tuple[bool, str]:
    """Carry a notebook's cells into its `.py`; return whether they now agree, and what was done."""
    page = f"{name}.ipynb"
    if not (folder / page).exists():
        return False, f"{page} is not there; make run LESSONS={name} makes it"
    sides = edited(folder, name)
    lesson = Path(name).name
    if sides == (".py",) and not replace:
        return False, (
            f"{name}.py was edited ({only_in('.py', folder, name)}): "
            f"make run LESSONS={lesson} carries that into the notebook"
        )
    if len(sides) == 2 and not replace:
        return False, (
            f"{name}.py ({only_in('.py', folder, name)}) and its notebook "
            f"({only_in('.ipynb', folder, name)}) were both edited, so nothing was written: put "
            f"what you want into one of them, then make pair LESSONS={lesson} REPLACE=1 takes the "
            f"notebook, make run LESSONS={lesson} REPLACE=1 takes the .py"
        )
    notebook = pages.read(folder / page)
    if cells(jupytext.reads(text(notebook), fmt="py:percent")) != cells(notebook):
        return False, (
            f"{page} holds what a .py can't (a picture pasted into the text, or a line that begins "
            "with # %%), so nothing was written"
        )
    written = write_source(notebook, folder, name)
    opened = folds.collapse(notebook)
    if written or opened or notebook.metadata.get(AGREED) != fingerprint(notebook):
        seal(notebook, folder, name)
    return True, f"{name}.py was written from the notebook" if written else ""


def problems(folder: Path, name: str) -> list[str]:
    """Say where a page is not as `make run` and `make pair` leave it."""
    if found := page_rules.pair_problems(folder, name):
        return found
    notebook = pages.read(folder / f"{name}.ipynb")
    if (folder / f"{name}.py").read_text(encoding="utf-8") != text(notebook):
        found.append(f"{name}.py is not as jupytext writes it; make pair does")
    if notebook.metadata.get(AGREED) != fingerprint(notebook):
        found.append(f"{name}.ipynb has no fingerprint of its cells; make pair leaves it")
    return found


def refusal(folder: Path, name: str) -> str | None:
    """Say why a run may not overwrite the notebook of a page, or None if it may."""
    if not (folder / f"{name}.py").exists():
        return f"{name}.py is not there, and a page is run from it; open {name}.ipynb instead"
    sides = edited(folder, name)
    if ".ipynb" not in sides:
        return None
    lesson = Path(name).name
    both = " So does the .py." if ".py" in sides else ""
    return (
        f"{name}.ipynb holds edits that a run would overwrite ({only_in('.ipynb', folder, name)})."
        f"{both} It stays as it is. make pair LESSONS={lesson} keeps them, "
        f"make run LESSONS={lesson} REPLACE=1 throws them away."
    )


def main(arguments=None, folder: Path = pages.NOTEBOOKS) -> int:
    parser = argparse.ArgumentParser(prog="pairs", description="Carry notebooks into their .py.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a page; all if none is named")
    parser.add_argument("--replace", action="store_true", help="even where the .py was edited")
    given = parser.parse_args(arguments)
    try:
        chosen = pages.named(given.names, folder)
    except pages.UnknownPageError as unknown:
        print(unknown)
        return 2
    results = [pair(folder, name, given.replace) for name in chosen]
    print("\n".join(said for _, said in results if said) or "Every pair agrees.")
    return 0 if all(agreed for agreed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
