"""A zip for students: the lessons without outputs and without solutions (this is `make class`).

    python -m tools.class_edition [FILE]

It unpacks into one folder, in which `make lab` works.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import nbformat

from tools import files, links, pages

FILE = pages.ROOT / "build" / "learning-delays-class.zip"
COMMANDS = ("help", "lab", "studies", "clean")
"""The targets of the Makefile that work with what is in the zip."""


def student_page(name: str, folder: Path = pages.NOTEBOOKS):
    """Return a page without outputs, in which nothing leads to a solution."""
    notebook = pages.from_source(folder, name)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = links.replace_local(cell.source, _without_solutions)
    return notebook


def _without_solutions(text: str, target: str) -> str:
    if target.startswith("solutions/"):
        return "Your teacher has the solution."
    return f"[{text}]({target})"


def readme(root: Path = pages.ROOT) -> str:
    """Return docs/class.md, with the parts of README.md that hold for a class as well.

    These stand there between `<!-- class: NAME -->` and `<!-- class: end -->`.
    """
    whole = (root / "README.md").read_text(encoding="utf-8")
    parts = re.findall(r"<!-- class: ([A-Z]+) -->\n(.*?)\n<!-- class: end -->", whole, re.DOTALL)
    text = (root / "docs" / "class.md").read_text(encoding="utf-8")
    for name, words in parts:
        text = text.replace(f"@{name}@", words.strip())
    return text


def makefile(whole: str) -> str:
    """Return a Makefile without the targets that need what a class has not, nor their help."""
    targets = re.search(r"^\.PHONY: (.+)$", whole, re.MULTILINE).group(1).split()
    for target in set(targets) - set(COMMANDS):
        block = rf"^(#.*\n)*{target}:.*\n(\t.*\n)*\n?"
        whole = re.sub(block, "", whole, count=1, flags=re.MULTILINE)
        whole = re.sub(rf'^\t@echo "make {target} .*\n', "", whole, flags=re.MULTILINE)
    kept = " ".join(target for target in targets if target in COMMANDS)
    return whole.replace(f".PHONY: {' '.join(targets)}", f".PHONY: {kept}")


def write(path: Path = FILE, root: Path = pages.ROOT) -> list[str]:
    """Write the zip; return the names of what is in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contents = files.found(files.CLASS, root)
    for name in [*pages.lessons(), *pages.beside(), pages.ONE_SEED, "glossary"]:
        page = nbformat.writes(student_page(name, root / "notebooks"), version=4)
        contents[f"notebooks/{name}.ipynb"] = f"{page}\n".encode()
    contents["README.md"] = readme(root).encode()
    contents["Makefile"] = makefile((root / "Makefile").read_text(encoding="utf-8")).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"learning-delays/{name}", content)
        return archive.namelist()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    print(f"{len(write(target))} files in {target}, {target.stat().st_size / 1000:.0f} kB")
