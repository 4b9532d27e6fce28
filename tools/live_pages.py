"""Pages for readers without a kernel: build/pages/ keeps them with the pictures of their sliders.

`make run` leaves them there; `make site` makes those that are missing or older than their sources.
"""

from __future__ import annotations

import copy
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tools import pages
from tools.execution import execute, made_from

PAGES = pages.ROOT / "build" / "pages"
PICTURES = 24
"""How many pictures one `explore` may leave in a page: some 5 to 20 kB each, so that no page of the
site passes 1 MB (`tests/browser/test_site.py`)."""


def save(notebook, name: str, kept_in: Path = PAGES) -> None:
    """Keep an executed page with the pictures of its sliders."""
    page = copy.deepcopy(notebook)
    pages.tidy(page, keep_pictures=True)
    page.metadata["made_from"] = notebook.metadata["made_from"]
    path = kept_in / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    pages.write(page, path)


def is_current(folder: Path, name: str, kept_in: Path = PAGES) -> bool:
    """Say whether the kept page is there and was made from the sources as they are now."""
    path = kept_in / f"{name}.ipynb"
    return path.exists() and pages.read(path).metadata.get("made_from") == made_from(folder, name)


def picture_seconds(notebook) -> float:
    """Return how long the pictures of the sliders took: no reader waits for those."""
    return sum(
        output.get("metadata", {}).get("text/html", {}).get("seconds", 0)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


def refresh(names: list[str], folder: Path = pages.NOTEBOOKS, processes: int = 2) -> list[str]:
    """Make the pages that are not current, a few at a time; return those that were made.

    Raises
    ------
    RuntimeError
        If a page fails; its text says which and why.
    """
    stale = [name for name in names if not is_current(folder, name)]
    with ProcessPoolExecutor(processes) as pool:
        # The later lessons take longest: start with them, so that none is left at the end.
        jobs = {name: pool.submit(_make, folder, name) for name in reversed(stale)}
        failed = [f"{name}: {job.exception()}" for name, job in jobs.items() if job.exception()]
    if failed:
        raise RuntimeError("\n".join(failed))
    return stale


def _make(folder: Path, name: str) -> None:
    save(execute(folder, name, PICTURES), name)
