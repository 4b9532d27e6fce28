"""A zip for students: the lessons without outputs and without solutions (this is `make class`).

    python -m tools.class_edition [FILE]

It unpacks into one folder, in which `make lab` works.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import nbformat

from tools import links
from tools import notebook_checks as checks

FILE = checks.ROOT / "build" / "learning-delays-class.zip"
TAKEN = (
    "course_utils/**/*",
    "figures/**/*",
    "tools/*",
    "Makefile",
    "LICENSE",
    "CITATION.cff",
    "pyproject.toml",
    "constraints.txt",
    "environment.yml",
)


def student_page(name: str, folder: Path = checks.NOTEBOOKS):
    """Return a page without outputs, in which nothing leads to a solution."""
    notebook = checks.from_source(folder, name)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = links.replace_local(cell.source, _without_solutions)
    return notebook


def _without_solutions(text: str, target: str) -> str:
    if target.startswith("solutions/"):
        return "Your teacher has the solution."
    return f"[{text}]({target})"


def write(path: Path = FILE, root: Path = checks.ROOT) -> list[str]:
    """Write the zip; return the names of what is in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files = {file for kind in TAKEN for file in root.glob(kind) if file.is_file()}
    files = {file for file in files if "__pycache__" not in file.parts}
    contents = {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(files)}
    for name in [*checks.lessons(), "glossary"]:
        page = nbformat.writes(student_page(name, root / "notebooks"), version=4)
        contents[f"notebooks/{name}.ipynb"] = f"{page}\n".encode()

    def only_what_is_here(text: str, target: str) -> str:
        return f"[{text}]({target})" if target in contents else text

    readme = (root / "README.md").read_text(encoding="utf-8")
    contents["README.md"] = links.replace_local(readme, only_what_is_here).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"learning-delays/{name}", content)
        return archive.namelist()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    print(f"{len(write(target))} files in {target}, {target.stat().st_size / 1000:.0f} kB")
