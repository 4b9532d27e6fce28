"""Each lesson as slides, into build/slides/ (this is `make slides`): they open without a network.

    python -m tools.build_slides

They come from the same pages as the site (see live_pages); what their speaker notes say stands in
TEACHING.md. docs/slides.js spreads a page over its slides, where its heights are known.
"""

from __future__ import annotations

import re
import shutil
import sys
import time

from nbformat.v4 import new_markdown_cell

from tools import build_site, links, live_pages, pages

SOURCE = pages.ROOT / "build" / "slides-source"
SLIDES = pages.ROOT / "build" / "slides"
_SHOWING = re.compile(r"^(?:explore|live)\(", re.MULTILINE)


def notes(name: str, teaching: str) -> dict[str, str]:
    """Return, as markdown, what TEACHING.md says of a lesson: the whole, and some of its parts.

    The keys: "all"; "Show", for the slides with something to move; and each heading to stop at.
    """
    number = int(name[:2])
    row = re.search(rf"^\| \[.*\]\(notebooks/{name}\.ipynb\) \|(.*)\|$", teaching, re.MULTILINE)
    minutes, seconds, needs = (part.strip() for part in row.group(1).split("|"))
    said = re.search(rf"^## Lesson {number}: .*?\n(.*?)(?=^## |\Z)", teaching, re.M | re.S).group(1)
    parts = dict(re.findall(r"^- \*\*(\w+)[^*]*\*\*(.*?)(?=^- \*\*|\Z)", said, re.M | re.S))
    stops = re.findall(r'"([^"]+)"', parts["Stop"])
    about = f"{minutes} minutes, without exercises. Its cells run in {seconds} s. Needs: {needs}."
    told = {"all": f"{about}\n\n{said.strip()}", "Show": f"**Show:** {parts['Show'].strip()}"}
    return told | {stop: f"**A place to stop:** {parts['Stop'].strip()}" for stop in stops}


def aside(words: str) -> str:
    """Return markdown as a speaker note."""
    return f'<aside class="notes">\n\n{links.replace_local(words, _text)}\n\n</aside>'


def _text(text: str, target: str) -> str:
    """What is left of a link to a file that does not travel with the slides."""
    return "" if target.startswith("solutions/") else text


def prepared(page, told: dict[str, str]):
    """Return a page for the slides: figures with their words, notes where they are wanted."""
    build_site.give_words(page)
    cells = []
    for place, cell in enumerate(page.cells):
        cells.append(cell)
        if cell.cell_type == "markdown":
            words = links.replace_local(cell.source, _text)
            cell.source = re.sub(r"^\(\)$", "", words, flags=re.MULTILINE).strip()
            found = [told["all"]] * (place == 0)
            headings = re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)
            found += [told[heading] for heading in headings if heading in told]
        else:
            found = [told["Show"]] * bool(_SHOWING.search(cell.source))
        cells += [new_markdown_cell(aside(words)) for words in found]
    page.cells = [cell for cell in cells if cell.source]
    return page


def index(names: list[str]) -> str:
    """Return the first slide of all: the lessons, and which keys there are."""
    lines = ["# Learning Delays: slides", ""]
    for name in names:
        question, minutes = build_site.page_facts(name)
        lines.append(f"{int(name[:2])}. [{question}]({name}.ipynb) ({minutes} minutes)")
    lines += [
        "",
        "Space: the next slide, or the answer. S: speaker notes. O: all slides. F: full screen.",
    ]
    hidden = "\n".join(names)
    return "\n".join([*lines, "", "```{toctree}", ":hidden:", "", hidden, "```", ""])


def lay_out() -> None:
    """Write all that Sphinx reads into `SOURCE`."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    teaching = (pages.ROOT / "TEACHING.md").read_text(encoding="utf-8")
    for name in pages.lessons():
        kept = pages.read(live_pages.PAGES / f"{name}.ipynb")
        pages.write(prepared(kept, notes(name, teaching)), SOURCE / f"{name}.ipynb")
    (SOURCE / "index.md").write_text(index(pages.lessons()), encoding="utf-8")
    shutil.copy(build_site.SETTINGS / "slides_conf.py", SOURCE / "conf.py")
    static = SOURCE / "_static"
    static.mkdir()
    for file in ("course.css", "slides.css", "guesses.js", "slides.js"):
        shutil.copy(build_site.SETTINGS / file, static)
    shutil.copy(build_site.mathjax(), static / "mathjax-tex-svg.js")


def main() -> int:
    start = time.perf_counter()
    made = live_pages.refresh(pages.lessons())
    print(f"{len(made)} pages run, {time.perf_counter() - start:.0f} seconds", flush=True)
    lay_out()
    shutil.rmtree(SLIDES, ignore_errors=True)
    status = build_site.sphinx("revealjs", SOURCE, SLIDES)
    print(f"the slides are in {SLIDES}, {time.perf_counter() - start:.0f} seconds")
    return status


if __name__ == "__main__":
    sys.exit(main())
