"""Execute a page, top to bottom, in a fresh kernel of this Python."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from nbclient import NotebookClient

from course_utils.explore import FRAMES
from tools import files, page_rules, pages

# The kernel must be this Python, even if the user keeps another one called python3.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a debugger's warning on stderr

CELL_SECONDS = 300
STARTS = 3  # a kernel asks for five free ports, and another program may take one before it does


def made_from(folder: Path, name: str) -> str:
    """Return a fingerprint of all that the outputs of a page depend on."""
    source = (folder / f"{name}.py").read_bytes()
    digest = hashlib.sha256(source)
    needed = files.carried(source.decode()) + files.SHAPING
    for file, content in files.found(needed, folder.parent).items():
        digest.update(f"\0{file}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


class PageStops(RuntimeError):  # noqa: N818  the page stops, the tool does not
    """A cell fails or a widget hides an error; in plain text, without colours.

    `cell` is the number of that cell in its notebook, from 0; None if no cell ran.
    """

    def __init__(self, words: str, cell: int | None):
        super().__init__(words)
        self.cell = cell


def execute(folder: Path, name: str, pictures: int = 0):
    """Return the `.py` of a page as an executed notebook, or raise `PageStops`.

    With `pictures`, each `explore` leaves so many of them for readers without a kernel.
    """
    notebook = pages.from_source(folder, name)
    notebook.metadata["made_from"] = made_from(folder, name)  # before, not after, they may change
    run(notebook, (folder / name).parent, {FRAMES: str(pictures)} if pictures else {})
    return notebook


def run(notebook, where: Path, environment: dict[str, str] | None = None) -> None:
    """Execute a notebook in place, in a fresh kernel in this folder, or raise `PageStops`.

    A kernel that dies before the first cell says nothing of the page: another one is started.
    """
    reached: int | None = None

    def starts(cell, cell_index):
        nonlocal reached
        reached = cell_index

    settings = dict(
        kernel_name="python3",
        timeout=CELL_SECONDS,
        record_timing=False,
        # The kernel is on this machine: a warning that TCP is not encrypted helps nobody.
        extra_arguments=["--log-level=ERROR"],
        coalesce_streams=True,  # of a progress bar, keep the last line
        resources={"metadata": {"path": str(where)}},
        on_cell_start=starts,
    )
    for left in reversed(range(STARTS)):
        try:
            NotebookClient(notebook, **settings).execute(env=os.environ | (environment or {}))
            break
        except Exception as error:  # a page may fail in any way, and its own error is what matters
            if reached is None and left and isinstance(error, RuntimeError):  # nbclient: it died
                continue
            words = re.sub(r"\x1b\[[0-9;]*m", "", f"{type(error).__name__}: {error}")
            raise PageStops(words, reached) from error
    hidden = page_rules.widget_errors(notebook)
    if hidden:
        raise PageStops("a widget hides an error: " + "; ".join(hidden), _showing_errors(notebook))


def _showing_errors(notebook) -> int | None:
    """Return the first cell whose outputs hold, however deep, a widget that hides an error."""
    state = notebook.metadata["widgets"][pages.WIDGET_STATE]["state"]

    def hides(model: str, seen: set[str]) -> bool:
        if model in seen or model not in state:
            return False
        seen.add(model)
        inner = state[model]["state"]
        if any(output["output_type"] == "error" for output in inner.get("outputs", [])):
            return True
        return any(hides(m, seen) for m in re.findall(r"IPY_MODEL_(\w+)", json.dumps(inner)))

    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(pages.WIDGET_VIEW)
            if view and hides(view["model_id"], set()):
                return number
    return None
