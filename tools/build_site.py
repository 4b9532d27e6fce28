"""Build the site into build/site/ (this is `make site`): every page opens without a server.

    python -m tools.build_site [--repo OWNER/NAME]

Pages that `make run` has not left current are run first, two at a time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from nbformat.v4 import new_markdown_cell

from tools import landing, live_pages, single_files
from tools import notebook_checks as checks

SOURCE = checks.ROOT / "build" / "site-source"
SITE = checks.ROOT / "build" / "site"
SETTINGS = checks.ROOT / "docs"


def page_facts(name: str) -> tuple[str, str]:
    """Return the question a lesson opens with, and its minutes."""
    title = (checks.NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    return (
        re.search(r"^# # (.+)$", title, re.MULTILINE).group(1),
        re.search(r"^# \*(\d+) minutes", title, re.MULTILINE).group(1),
    )


def index(names: list[str]) -> str:
    """Return the landing page."""
    table = ["| | lesson | minutes |", "|---|---|---|"]
    for name in names:
        question, minutes = page_facts(name)
        table.append(f"| {int(name[:2])} | [{question}](notebooks/{name}.ipynb) | {minutes} |")
    marks = {
        "@TABLE@": "\n".join(table),
        "@FIRST@": f"notebooks/{names[0]}.ipynb",
        "@LESSONS@": "\n".join(
            f"{int(name[:2])}. {page_facts(name)[0]} <notebooks/{name}>" for name in names
        ),
        "@SOLUTIONS@": "\n".join(f"notebooks/solutions/{name}" for name in names),
    }
    text = (SETTINGS / "index.md").read_text(encoding="utf-8")
    for mark, words in marks.items():
        text = text.replace(mark, words)
    return text


def course_links(name: str, repo: str | None) -> str:
    """Return the links under a lesson's title."""
    file = f"../download/{name}.ipynb"
    if repo:
        page = f"{single_files.COLAB}/github/{repo}/blob/main/colab/{name}.ipynb"
        colab = f'<a href="{page}">Open in Colab</a>'
    else:
        colab = f'<a href="{single_files.COLAB}/">Open Colab, and upload it there</a>'
    return (
        f'<p class="course-links"><a href="{file}" download>Download this lesson as one '
        f"file</a> {colab}</p>"
    )


def fold_answers(page) -> None:
    """Fold what the first cell after a prediction shows, unless it is for the reader to move."""
    asked = False
    for cell in page.cells:
        if cell.cell_type == "markdown":
            asked = asked or "### Predict" in cell.source
        elif asked and cell.get("outputs"):
            if "explore(" not in cell.source:
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-output"]
            asked = False


def prepared(page, links: str | None):
    """Return a page for Sphinx: figures with their words, links, and no answer before its time."""
    fold_answers(page)
    for cell in page.cells:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    if links:
        page.cells.insert(1, new_markdown_cell(links))
    return page


def lay_out(repo: str | None) -> None:
    """Write all that Sphinx reads into `SOURCE`, in the order of the repository's folders."""
    names = checks.lessons()
    shutil.rmtree(SOURCE, ignore_errors=True)
    for page in checks.all_pages():
        path = SOURCE / "notebooks" / f"{page}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = checks.read(live_pages.PAGES / f"{page}.ipynb")
        checks.write(prepared(kept, course_links(page, repo) if page in names else None), path)
    (SOURCE / "index.md").write_text(index(names), encoding="utf-8")
    (SOURCE / "landing.html").write_text(landing.html(), encoding="utf-8")
    shutil.copy(checks.ROOT / "TEACHING.md", SOURCE)
    shutil.copy(SETTINGS / "conf.py", SOURCE)
    static = SOURCE / "_static"
    static.mkdir()
    shutil.copy(SETTINGS / "course.css", static)
    shutil.copy(mathjax(), static / "mathjax-tex-svg.js")
    single_files.write_all(SOURCE / "extra" / "download", repo)


def mathjax() -> Path:
    """Return MathJax as one script: it comes with a package, so that no page needs a network."""
    files = metadata.files("sphinx-mathjax-offline") or []
    (script,) = [file for file in files if file.name == "tex-svg.js"]
    return Path(script.locate())


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the site.")
    parser.add_argument("--repo", type=single_files.repository, default=None, metavar="OWNER/NAME")
    repo = parser.parse_args().repo
    start = time.perf_counter()
    made = live_pages.refresh(checks.all_pages())
    print(f"{len(made)} pages run, {time.perf_counter() - start:.0f} seconds", flush=True)
    lay_out(repo)
    shutil.rmtree(SITE, ignore_errors=True)
    # A warning is an error: a link that leads nowhere, a picture that is not there.
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    command += ["-d", str(SOURCE / ".doctrees")]
    done = subprocess.run(
        [*command, str(SOURCE), str(SITE)],
        cwd=checks.ROOT,  # where its settings find tools.links
        env=os.environ | {"REPO": repo or ""},
        check=False,
    )
    print(f"the site is in {SITE}, {time.perf_counter() - start:.0f} seconds")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
