"""Build the site into build/site/ (this is `make site`): every page opens without a server.

    python -m tools.build_site [--repo OWNER/NAME [--branch BRANCH]]

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

from tools import api_pages, folds, landing, links, live_pages, pages, single_files

SOURCE = pages.ROOT / "build" / "site-source"
SITE = pages.ROOT / "build" / "site"
SETTINGS = pages.ROOT / "docs"


def page_facts(name: str) -> tuple[str, str]:
    """Return the question a lesson opens with, and its minutes."""
    title = (pages.NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
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
        "@HOWTOS@": "\n".join(f"notebooks/{name}" for name in pages.howtos()),
    }
    text = (SETTINGS / "index.md").read_text(encoding="utf-8")
    for mark, words in marks.items():
        text = text.replace(mark, words)
    return text


def course_links(name: str, host: links.Host | None) -> str:
    """Return the links under a lesson's title."""
    file = f"../download/{name}.ipynb"
    if host:
        colab = (
            f'<a href="{host.colab(name)}">Open in Colab</a> '
            f'<a href="{host.binder(name)}">Open in Binder</a>'
        )
    else:
        colab = f'<a href="{links.COLAB}/">Open Colab, and upload it there</a>'
    return (
        f'<p class="course-links"><a href="{file}" download>Download this lesson as one '
        f"file</a> {colab}</p>"
    )


def fold_answers(cells: list) -> list:
    """Return these cells with all that stands between a question and its answer folded.

    One toggle for each stretch (see folds). Evidence stands before the question, and stays open; so
    does what takes the guess, which opens the toggle.
    """
    folded, inside = [], False
    for cell, answers in folds.pieces(cells):
        if answers != inside:
            folded.append(new_markdown_cell(_DECIDE if answers else "</details>"))
        folded.append(cell)
        inside = answers
    return folded + [new_markdown_cell("</details>")] * inside


_DECIDE = '<details class="decide"><summary>Decide first, then open</summary>'


def give_words(page) -> None:
    """Give each figure its words, and show of a prediction what it asks, not its code."""
    for cell in page.cells:
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get("image/png", {})
            if said.get("alt"):
                image = {"alt": said["alt"], "width": f"{said['width']}px"}
                cell.metadata["mystnb"] = {"image": image}
        if cell.cell_type == "code" and folds.only_calls(cell.source, *folds.GUESSING):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]


def prepared(page, under_title: str | None, up: str):
    """Return a page for Sphinx: figures with their words, links, and no answer before its time.

    It stands `up` below the site's root, such as "../".
    """
    give_words(page)
    leads = api_pages.leads(page.cells, up)
    page.cells = fold_answers(page.cells)
    if under_title:
        page.cells.insert(1, new_markdown_cell(under_title))
    if leads:
        page.cells.append(new_markdown_cell(leads))
    return page


def lay_out(host: links.Host | None) -> None:
    """Write all that Sphinx reads into `SOURCE`, in the order of the repository's folders."""
    names = pages.lessons()
    told = names + pages.beside()
    shutil.rmtree(SOURCE, ignore_errors=True)
    for page in pages.all_pages():
        path = SOURCE / "notebooks" / f"{page}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = pages.read(live_pages.PAGES / f"{page}.ipynb")
        under_title = course_links(page, host) if page in told else None
        pages.write(prepared(kept, under_title, "../" * (1 + page.count("/"))), path)
    api_pages.write(SOURCE / "api")
    (SOURCE / "index.md").write_text(index(names), encoding="utf-8")
    (SOURCE / "landing.html").write_text(landing.html(), encoding="utf-8")
    shutil.copy(pages.ROOT / "TEACHING.md", SOURCE)
    for file in ("cluster.md", "conf.py"):
        shutil.copy(SETTINGS / file, SOURCE)
    static = SOURCE / "_static"
    static.mkdir()
    for file in ("course.css", "guesses.js"):
        shutil.copy(SETTINGS / file, static)
    shutil.copy(mathjax(), static / "mathjax-tex-svg.js")
    single_files.write_all(SOURCE / "extra" / "download", host)


def mathjax() -> Path:
    """Return MathJax as one script: it comes with a package, so that no page needs a network."""
    files = metadata.files("sphinx-mathjax-offline") or []
    (script,) = [file for file in files if file.name == "tex-svg.js"]
    return Path(script.locate())


def sphinx(builder: str, source: Path, into: Path, **environment: str) -> int:
    """Run Sphinx; a warning is an error: a link that leads nowhere, a picture that is not there."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    done = subprocess.run(
        [*command, "-d", str(source / ".doctrees"), str(source), str(into)],
        cwd=pages.ROOT,  # where its settings find tools.links
        env=os.environ | environment,
        check=False,
    )
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the site.")
    links.add_host(parser)
    host = links.host(parser, parser.parse_args())
    start = time.perf_counter()
    made = live_pages.refresh(pages.all_pages())
    print(f"{len(made)} pages run, {time.perf_counter() - start:.0f} seconds", flush=True)
    lay_out(host)
    shutil.rmtree(SITE, ignore_errors=True)
    status = sphinx(
        "html", SOURCE, SITE, REPO=host.repo if host else "", BRANCH=host.branch if host else ""
    )
    print(f"the site is in {SITE}, {time.perf_counter() - start:.0f} seconds")
    return status


if __name__ == "__main__":
    sys.exit(main())
