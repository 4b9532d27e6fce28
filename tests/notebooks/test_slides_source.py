"""What the slides are made of: notes from TEACHING.md where they belong, and no link that ends."""

import re

import pytest

from tools import build_slides, pages

TEACHING = (pages.ROOT / "TEACHING.md").read_text(encoding="utf-8")


def page_of(name):
    return build_slides.prepared(
        pages.read(pages.NOTEBOOKS / f"{name}.ipynb"), build_slides.notes(name, TEACHING)
    )


@pytest.mark.parametrize("name", pages.lessons())
def test_the_notes_stand_where_a_teacher_needs_them(name):
    cells = page_of(name).cells
    notes = {k: cell.source for k, cell in enumerate(cells) if cell.source.startswith("<aside")}
    for part in (r"\d+ minutes", "They may think", "Ask:", "Stop", "Draw:", "Show:"):
        assert re.search(part, notes[1])
    stops = [k for k, words in notes.items() if "A place to stop" in words]
    assert stops and all("#" in cells[k - 1].source + cells[k - 2].source for k in stops)
    moving = [k for k, c in enumerate(cells) if re.search(r"^(explore|live)\(", c.source, re.M)]
    assert moving and all("**Show:**" in notes[k + 1] for k in moving)
    words = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert not re.search(r"\]\((?!https?:)[^)\s]+\.(ipynb|md|csv)", words)
    assert not re.search(r"^\(?Solutions?\)?$", words, re.MULTILINE)


def test_the_first_page_lists_every_lesson_once():
    text = build_slides.index(pages.lessons())
    for name in pages.lessons():
        assert text.count(f"({name}.ipynb)") == 1
