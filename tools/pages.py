"""Which pages there are, and how they are read, tidied and written.

A lesson is a pair in notebooks/: `NN_name.py` (percent format, the source) and `NN_name.ipynb`
(the same cells with their outputs, which is what a reader opens). Its exercises are solved in a
pair of the same name in notebooks/solutions/. Beside the lessons stand a few pages that are none
(`BESIDE`), and the glossary. The class experiment is in notebooks/class/. Pairs in notebooks/howto/
are for those who take the delays into their own network.
"""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
from jupytext.combine import map_outputs_to_inputs

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
ONE_SEED, THIRTY_SEEDS = "class/one_seed", "class/thirty_seeds"
"""The class experiment: the page of each student, and the page of the teacher."""
KEPT_CELL_METADATA = ("tags", "nbmake", "cellView")
BESIDE = {"how_a_brain_would": "brain"}
"""Pages that are like lessons, but not numbered: by name, what their predictions are called."""
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def lessons(folder: Path = NOTEBOOKS) -> list[str]:
    """Return the names of the lessons, in order, without a suffix."""
    return sorted(path.stem for path in folder.glob("[0-9][0-9]_*.py"))


def beside(folder: Path = NOTEBOOKS) -> list[str]:
    """Return the names of the pages beside the lessons, without a suffix."""
    return [name for name in BESIDE if (folder / f"{name}.py").exists()]


def called(name: str) -> str:
    """Return what the predictions of a page are called: "3" in lesson 3, whose first is "3.1"."""
    return BESIDE.get(name) or str(int(name[:2]))


def with_solutions(name: str, folder: Path = NOTEBOOKS) -> list[str]:
    """Return a lesson and, if there are any, its solutions, as paths in `folder` without suffix."""
    solved = f"solutions/{name}"
    return [name, solved] if (folder / f"{solved}.py").exists() else [name]


class UnknownPageError(LookupError):
    """A page was named that is not there; the sentence lists those that are."""


def named(words: list[str], folder: Path = NOTEBOOKS) -> list[str]:
    """Return the pages that a command line names, lessons with their solutions; all if none is."""
    every = all_pages(folder)
    known = sorted({Path(page).name for page in every})
    names = [Path(word).stem for word in words]
    unknown = sorted(set(names) - set(known))
    if unknown or not known:
        have = ", ".join(sorted(known)) or "no .py of a lesson"
        said = f"No lesson called {', '.join(unknown) or 'NN_*.py'}; {folder} holds {have}."
        raise UnknownPageError(said)
    return [page for name in names for page in every if Path(page).name == name] or every


def howtos(folder: Path = NOTEBOOKS) -> list[str]:
    """Return the how-to pages, as paths in `folder` without suffix."""
    return sorted(f"howto/{path.stem}" for path in (folder / "howto").glob("*.py"))


def all_pages(folder: Path = NOTEBOOKS) -> list[str]:
    """Return every page: lessons and solutions, those beside them, the class's, and the how-tos."""
    found = [page for name in lessons(folder) for page in with_solutions(name, folder)]
    others = (*beside(folder), ONE_SEED, THIRTY_SEEDS, "glossary")
    found += [name for name in others if (folder / f"{name}.py").exists()]
    return found + howtos(folder)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def from_source(folder: Path, name: str) -> nbformat.NotebookNode:
    """Return the `.py` of a lesson as a notebook without outputs.

    Cells that are still in the `.ipynb` keep their ids, so that a rerun gives a small diff.
    """
    cells = jupytext.read(folder / f"{name}.py").cells
    for cell in cells:
        kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
    saved = folder / f"{name}.ipynb"
    if saved.exists():
        old = read(saved).cells
        for cell, match in zip(cells, map_outputs_to_inputs(cells, old), strict=True):
            if match is not None and "id" in old[match]:
                cell.id = old[match].id
    return nbformat.v4.new_notebook(cells=cells, metadata=page_metadata())


def page_metadata() -> dict:
    """Return the only metadata a saved lesson has: which language, not which version of it."""
    return {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def tidy(notebook, keep_pictures: bool = False) -> None:
    """Strip, in place, what differs between two equal runs and what no saved page can use.

    What moves beside a picture, those of a slider or a living view, stays only if asked for: the
    pictures would outgrow a saved lesson, and a saved script runs for no reader who trusts nothing.
    """
    notebook.metadata = nbformat.from_dict(page_metadata())
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)  # timestamps
        cell.outputs = [output for output in cell.outputs if not _only_a_widget(output)]
        for output in cell.outputs:
            # Without a kernel the view is an error box; the picture beside it is shown instead.
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "image/png" in output.get("data", {}) and not keep_pictures:
                output.data.pop("text/html", None)
            output.get("metadata", {}).pop("text/html", None)  # how long the pictures took


def _only_a_widget(output) -> bool:
    """Say whether nothing but a widget's name would be left, as of a progress bar."""
    kinds = set(output.get("data", {}))
    return WIDGET_VIEW in kinds and kinds <= {WIDGET_VIEW, "text/plain"}


def write(notebook, path: Path) -> None:
    """Write to a file beside `path`, then put it in place: never half a lesson."""
    draft = path.with_suffix(".ipynb.tmp")
    draft.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
    draft.replace(path)
