"""Each lesson as one notebook that runs by upload, with nothing beside it (this is `make colab`).

    python -m tools.single_files [--repo OWNER/NAME [--branch BRANCH]] [FOLDER]

Without a repository each file carries the course's code and tables in its first cell. With one, it
clones them instead, wears a badge that opens it from there, and its links lead there.
"""

from __future__ import annotations

import argparse
import base64
import io
import zipfile
from pathlib import Path

from nbformat.v4 import new_code_cell

from tools import files, links, pages

FOLDER = pages.ROOT / "build" / "colab"

_UNPACK = """
# @title Set up: run this cell first
# It unpacks the course's code and result tables into a folder called learning-delays.
import base64, io, os, sys, zipfile

home = os.environ.get("LEARNING_DELAYS") or os.path.abspath("learning-delays")
carried = "{carried}"
zipfile.ZipFile(io.BytesIO(base64.b64decode(carried))).extractall(home)
"""
_CLONE = """
# @title Set up: run this cell first
# It fetches the course's code and result tables into a folder called learning-delays.
import os, subprocess, sys

home = os.environ.get("LEARNING_DELAYS") or os.path.abspath("learning-delays")
if not os.path.exists(home):
    clone = ["git", "clone", "--quiet", "--depth", "1", "--branch", "{branch}"]
    subprocess.run([*clone, "https://github.com/{repo}", home], check=True)
"""
_ENTER = """
os.environ["LEARNING_DELAYS"] = home
os.makedirs(os.path.join(home, "notebooks"), exist_ok=True)
os.chdir(os.path.join(home, "notebooks"))
if home not in sys.path:
    sys.path.insert(0, home)
"""


def packed(root: Path = pages.ROOT, source: str = "") -> str:
    """Return what a page needs beside itself as a zip in base64, the same for the same files.

    `source`, the code of the page, says whether it needs what is large.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.found(files.carried(source), root).items():
            dated = zipfile.ZipInfo(name)  # 1980, always
            archive.writestr(dated, content, zipfile.ZIP_DEFLATED)
    return base64.b64encode(buffer.getvalue()).decode()


def single_file(name: str, host: links.Host | None = None, folder: Path = pages.NOTEBOOKS):
    """Return a lesson without outputs, as a notebook that needs no file beside it."""
    notebook = pages.from_source(folder, name)
    if host is None:
        source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        set_up = _UNPACK.format(carried=packed(folder.parent, source))
    else:
        set_up = _CLONE.format(repo=host.repo, branch=host.branch)
    # Colab hides the code of a form and shows its title.
    cell = new_code_cell(set_up.strip() + "\n" + _ENTER.rstrip(), metadata={"cellView": "form"})
    cell.id = "set-up"
    for page in notebook.cells:
        if page.cell_type == "markdown":
            page.source = links.replace_local(page.source, _outside(host))
    title = notebook.cells[0]
    if host is not None:
        there = host.colab(Path(name).name)
        badge = f"[![Open in Colab]({links.COLAB}/assets/colab-badge.svg)]({there})"
        title.source = f"{badge}\n\n{title.source}"
    notebook.cells.insert(1, cell)
    if cell.source.count("\n") > 20:
        raise ValueError(f"the set-up cell has {cell.source.count(chr(10))} lines")
    return notebook


def _outside(host: links.Host | None):
    """What becomes of a link to another page of the course."""

    def replace(text: str, target: str) -> str:
        if host is not None:
            return f"[{text}]({host.file(f'notebooks/{target}')})"
        if target.startswith("solutions/"):
            return "The solution is in the full course."
        return text

    return replace


def write_all(folder: Path = FOLDER, host: links.Host | None = None) -> list[Path]:
    """Write the single file of every lesson, of each page beside them, and of a student's seed."""
    folder.mkdir(parents=True, exist_ok=True)
    names = (*pages.lessons(), *pages.beside(), pages.ONE_SEED)
    paths = {name: folder / f"{Path(name).name}.ipynb" for name in names}
    for name, path in paths.items():
        pages.write(single_file(name, host), path)
    return list(paths.values())


def main() -> None:
    parser = argparse.ArgumentParser(description="Each lesson as one notebook.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    links.add_host(parser)
    given = parser.parse_args()
    host = links.host(parser, given)
    for path in write_all(given.folder, host):
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")
    if host:
        print(
            f"Put these files on the branch {links.FILES_BRANCH} of {host.repo}, beside nothing "
            "else: the badges lead there."
        )


if __name__ == "__main__":
    main()
