"""Each lesson as one notebook that runs by upload, with nothing beside it (this is `make colab`).

    python -m tools.single_files [--repo OWNER/NAME] [FOLDER]

Without a repository each file carries the course's code and tables in its first cell. With one, it
clones them instead, wears a badge that opens it from there, and its links lead there.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import zipfile
from pathlib import Path

from nbformat.v4 import new_code_cell

from tools import links
from tools import notebook_checks as checks

FOLDER = checks.ROOT / "build" / "colab"
CARRIED = (
    "course_utils/**/*.py",
    "course_utils/**/*.mplstyle",
    "course_utils/data/*",
    "figures/**/*.csv",
    "LICENSE",
)
COLAB = "https://colab.research.google.com"

_UNPACK = '''
# @title Set up: run this cell first
# It unpacks the course's code and result tables into a folder called learning-delays.
import base64, io, os, sys, zipfile

home = os.environ.setdefault("LEARNING_DELAYS", os.path.abspath("learning-delays"))
carried = "{carried}"
zipfile.ZipFile(io.BytesIO(base64.b64decode(carried))).extractall(home)
'''
_CLONE = '''
# @title Set up: run this cell first
# It fetches the course's code and result tables into a folder called learning-delays.
import os, subprocess, sys

home = os.environ.setdefault("LEARNING_DELAYS", os.path.abspath("learning-delays"))
if not os.path.exists(home):
    clone = ["git", "clone", "--quiet", "--depth", "1", "https://github.com/{repo}", home]
    subprocess.run(clone, check=True)
'''
_ENTER = '''
os.makedirs(os.path.join(home, "notebooks"), exist_ok=True)
os.chdir(os.path.join(home, "notebooks"))
if home not in sys.path:
    sys.path.insert(0, home)
'''


def carried_files(root: Path = checks.ROOT) -> list[Path]:
    """Return what a lesson needs beside itself, in a fixed order."""
    found = {path for kind in CARRIED for path in root.glob(kind)}
    return sorted(path for path in found if path.is_file())


def packed(root: Path = checks.ROOT) -> str:
    """Return these files as a zip in base64, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in carried_files(root):
            name = zipfile.ZipInfo(path.relative_to(root).as_posix())  # dated 1980, always
            archive.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return base64.b64encode(buffer.getvalue()).decode()


def single_file(name: str, repo: str | None = None, folder: Path = checks.NOTEBOOKS):
    """Return a lesson without outputs, as a notebook that needs no file beside it."""
    notebook = checks.from_source(folder, name)
    if repo is None:
        set_up = _UNPACK.format(carried=packed(folder.parent))
    else:
        set_up = _CLONE.format(repo=repo)
    # Colab hides the code of a form and shows its title.
    cell = new_code_cell(set_up.strip() + "\n" + _ENTER.rstrip(), metadata={"cellView": "form"})
    cell.id = "set-up"
    for page in notebook.cells:
        if page.cell_type == "markdown":
            page.source = links.replace_local(page.source, _outside(repo))
    title = notebook.cells[0]
    if repo is not None:
        title.source = f"{_badge(repo, name)}\n\n{title.source}"
    notebook.cells.insert(1, cell)
    if cell.source.count("\n") > 20:
        raise ValueError(f"the set-up cell has {cell.source.count(chr(10))} lines")
    return notebook


def _outside(repo: str | None):
    """What becomes of a link to another page of the course."""

    def replace(text: str, target: str) -> str:
        if repo is not None:
            return f"[{text}](https://github.com/{repo}/blob/main/notebooks/{target})"
        if target.startswith("solutions/"):
            return "The solution is in the full course."
        return text

    return replace


def _badge(repo: str, name: str) -> str:
    page = f"{COLAB}/github/{repo}/blob/main/colab/{name}.ipynb"
    return f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({page})"


def repository(text: str) -> str:
    """Return OWNER/NAME, or say that it is none."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise argparse.ArgumentTypeError(f"a repository is written OWNER/NAME, not {text!r}")
    return text


def write_all(folder: Path = FOLDER, repo: str | None = None) -> list[Path]:
    """Write the single file of every lesson into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.ipynb" for name in checks.lessons()]
    for path in paths:
        checks.write(single_file(path.stem, repo), path)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description="Each lesson as one notebook.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--repo", type=repository, default=None, metavar="OWNER/NAME")
    given = parser.parse_args()
    for path in write_all(given.folder, given.repo):
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")
    if given.repo:
        print(f"Put these files into the folder colab/ of {given.repo}: the badges lead there.")


if __name__ == "__main__":
    main()
