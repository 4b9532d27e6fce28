"""Execute a page, top to bottom, in a fresh kernel of this Python."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from nbclient import NotebookClient

from course_utils.explore import FRAMES
from tools import files
from tools import notebook_checks as checks

# The kernel must be this Python, even if the user keeps another one called python3.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a debugger's warning on stderr

CELL_SECONDS = 300


def made_from(folder: Path, name: str) -> str:
    """Return a fingerprint of all that the outputs of a page depend on."""
    digest = hashlib.sha256((folder / f"{name}.py").read_bytes())
    for file, content in files.found(files.CARRIED + files.SHAPING, folder.parent).items():
        digest.update(f"\0{file}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def execute(folder: Path, name: str, pictures: int = 0):
    """Return the `.py` of a page as an executed notebook.

    With `pictures`, each `explore` leaves so many of them for readers without a kernel.

    Raises
    ------
    RuntimeError
        If a cell fails or a widget hides an error; in plain text, without colours.
    """
    notebook = checks.from_source(folder, name)
    notebook.metadata["made_from"] = made_from(folder, name)  # before, not after, they may change
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        record_timing=False,
        # The kernel is on this machine: a warning that TCP is not encrypted helps nobody.
        extra_arguments=["--log-level=ERROR"],
        coalesce_streams=True,  # of a progress bar, keep the last line
        resources={"metadata": {"path": str((folder / name).parent)}},
    )
    try:
        client.execute(env=os.environ | ({FRAMES: str(pictures)} if pictures else {}))
    except Exception as error:  # a page may fail in any way, and its own error is what matters
        words = re.sub(r"\x1b\[[0-9;]*m", "", f"{type(error).__name__}: {error}")
        raise RuntimeError(words) from error
    hidden = checks.widget_errors(notebook)
    if hidden:
        raise RuntimeError("a widget hides an error: " + "; ".join(hidden))
    return notebook
