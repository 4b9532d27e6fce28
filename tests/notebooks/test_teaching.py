"""TEACHING.md, the README and the glossary say what the lessons are."""

import re

import pytest

from tools import links, page_rules, pages
from tools.build_site import page_facts

LESSONS = pages.lessons()
LIKE_LESSONS = LESSONS + pages.beside()
TEACHING = (pages.ROOT / "TEACHING.md").read_text(encoding="utf-8")
README = (pages.ROOT / "README.md").read_text(encoding="utf-8")
PARTS = ("They may think", "Ask:", "Stop", "Draw:", "Show:")


def rows():
    """Return, by lesson, the minutes and the seconds that TEACHING.md gives."""
    found = re.findall(r"\(notebooks/(\w+)\.ipynb\) \| (\d+) \| (\d+) \| \S", TEACHING)
    return {name: (int(minutes), int(seconds)) for name, minutes, seconds in found}


def section(name):
    (text,) = re.findall(rf"^## Lesson {int(name[:2])}: .*?(?=^## |\Z)", TEACHING, re.M | re.S)
    return text


def headings(name):
    return re.findall(r"^#+ (.+)$", links.markdown_of(pages.NOTEBOOKS / f"{name}.ipynb"), re.M)


def test_every_lesson_is_in_the_table_in_order():
    assert list(rows()) == LIKE_LESSONS


@pytest.mark.parametrize("name", LIKE_LESSONS)
def test_minutes_are_the_same_everywhere(name):
    _, minutes = page_facts(name)
    assert rows()[name][0] == int(minutes)
    assert re.search(rf"\(notebooks/{name}\.ipynb\) \| .* \| {minutes} \|", README)


@pytest.mark.parametrize("name", LIKE_LESSONS)
def test_the_minutes_are_counted_not_guessed(name):
    counted = page_rules.counted_minutes(pages.read(pages.NOTEBOOKS / f"{name}.ipynb"))
    told = rows()[name][0]
    assert abs(told - counted) <= 0.2 * counted, f"{counted:.0f} minutes by our rule"


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_all_that_a_teacher_needs(name):
    text = section(name)
    assert [part for part in PARTS if f"**{part}" not in text] == []
    assert "?" in re.search(r"\*\*Ask:\*\*(.*?)\(", text, re.S).group(1)


@pytest.mark.parametrize("name", LESSONS)
def test_the_stop_points_are_headings_of_the_lesson(name):
    quoted = re.findall(r'"([^"]+)"', section(name).split("**Stop**")[1].split("**Draw:**")[0])
    assert quoted and [stop for stop in quoted if stop not in headings(name)] == []


def test_the_plan_of_90_minutes_lasts_90_minutes_and_stops_at_headings():
    plan = TEACHING.split("## In 90 minutes")[1].split("## In three")[0]
    parts = re.findall(r'^\| (\d+) \| (.+?) \| (?:"(.+)")? ?\|$', plan, re.M)
    assert sum(int(minutes) for minutes, *_ in parts) == 90
    for _, what, stop in parts[:-1]:
        name = LESSONS[int(re.match(r"lesson (\d)", what).group(1))]
        assert stop in headings(name), (name, stop)


def first_links(name):
    """Return the links of a page to the glossary, as (words, heading)."""
    text = links.markdown_of(pages.NOTEBOOKS / f"{name}.ipynb")
    found = re.findall(r"\[([^\]]+)\]\(glossary\.ipynb#([^)]+)\)", text)
    return [(" ".join(words.split()), heading) for words, heading in found]


def plain_prose(name):
    """Return the paragraphs of a lesson after its title: no code, headings, tables or links."""
    cells = pages.read(pages.NOTEBOOKS / f"{name}.ipynb").cells
    text = "\n\n".join(c.source for c in cells[1:] if c.cell_type == "markdown")
    text = re.sub(r"^(#|\|).*$", "", links.prose(text), flags=re.MULTILINE)
    return " ".join(re.sub(r"\[[^\]]*\]\((?!glossary)[^)]*\)", "", text).split())


def test_every_term_is_linked_once_and_every_link_has_a_term():
    linked = [heading for name in LIKE_LESSONS for _, heading in first_links(name)]
    terms = links.anchors(pages.NOTEBOOKS / "glossary.ipynb") - {"What-does-that-word-mean?"}
    assert sorted(linked) == sorted(terms)


def test_the_link_is_where_the_word_is_first_used():
    late = []
    for number, name in enumerate(LIKE_LESSONS):
        for words, heading in first_links(name):
            before = [plain_prose(other) for other in LIKE_LESSONS[:number]]
            before.append(plain_prose(name).split(f"(glossary.ipynb#{heading})")[0])
            used = re.compile(rf"\b{re.escape(words)}\b", re.IGNORECASE)
            if sum(len(used.findall(text)) for text in before) != 1:  # the link's own words
                late.append((name, words))
    assert late == []


def test_the_glossary_is_in_order():
    text = links.markdown_of(pages.NOTEBOOKS / "glossary.ipynb")
    terms = re.findall(r"^## (.+)$", text, re.M)
    assert terms == sorted(terms, key=str.lower) and len(terms) > 20
