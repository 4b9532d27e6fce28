"""On the site, all that stands between a question and its answer is folded, and nothing else."""

import ast
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tools import pages
from tools.build_site import fold_answers

OPEN, SHUT = "[", "]"


def folded(*sources):
    """Return what becomes of these cells, as words; a source that ends in () is code."""
    cells = [
        new_code_cell(s, outputs=[new_output("stream", text="42")])
        if s.endswith("()") else new_markdown_cell(s)
        for s in sources
    ]  # fmt: skip
    said = [cell.source for cell in fold_answers(cells)]
    said = [OPEN if s.startswith('<details class="decide">') else s for s in said]
    return [SHUT if s == "</details>" else s for s in said]


QUESTION = "Words.\n\n### Predict\n**Which one?**"
ANSWER = "<details><summary>What happened</summary>\n\nThat one.\n</details>"


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        # evidence stays open, the whole stretch is folded, what follows the answer is open
        (
            ["see()", QUESTION, "a()", "So.", "explore()", f"{ANSWER}\n\n## Next", "b()"],
            ["see()", QUESTION, OPEN, "a()", "So.", "explore()", ANSWER, SHUT, "## Next", "b()"],
        ),
        # words before the answer, and the next question in the same cell
        (
            [QUESTION, "a()", f"So.\n{ANSWER}\n### Predict\nAnd now?", "b()", ANSWER],
            [QUESTION, OPEN, "a()", f"So.\n{ANSWER}", SHUT, "### Predict\nAnd now?", OPEN, "b()",
             ANSWER, SHUT],
        ),
        # no answer: down to the next heading, or to the end
        (
            [QUESTION, "a()", "So it is.\n## Next", "b()"],
            [QUESTION, OPEN, "a()", "So it is.", SHUT, "## Next", "b()"],
        ),
        ([QUESTION, "a()"], [QUESTION, OPEN, "a()", SHUT]),
        ([QUESTION, "## Next", "a()"], [QUESTION, "## Next", "a()"]),
        # an answer in the cell that asks is folded already
        ([f"{QUESTION}\n{ANSWER}", "a()"], [f"{QUESTION}\n{ANSWER}", "a()"]),
        # a comment in code is no heading
        (
            [QUESTION, "a()", f"```\n# a comment\n```\n{ANSWER}"],
            [QUESTION, OPEN, "a()", f"```\n# a comment\n```\n{ANSWER}", SHUT],
        ),
        (
            [QUESTION, "a()", ANSWER.replace("That one.", "```\n# 42\n```\nThat.")],
            [QUESTION, OPEN, "a()", ANSWER.replace("That one.", "```\n# 42\n```\nThat."), SHUT],
        ),
        (["a()", "No ### Predict here.", "b()"], ["a()", "No ### Predict here.", "b()"]),
        # what takes the guess stays open, right below the question only, and nothing beside it
        (
            [QUESTION, "predict()", "a()", ANSWER],
            [QUESTION, "predict()", OPEN, "a()", ANSWER, SHUT],
        ),
        (
            [QUESTION, "a()", "predict()", ANSWER],
            [QUESTION, OPEN, "a()", "predict()", ANSWER, SHUT],
        ),
        ([QUESTION, "So.", "predict()"], [QUESTION, OPEN, "So.", "predict()", SHUT]),
        (
            [QUESTION, "predict()\nreveal()", ANSWER],
            [QUESTION, OPEN, "predict()\nreveal()", ANSWER, SHUT],
        ),
    ],
)  # fmt: skip
def test_the_whole_stretch_is_folded_and_nothing_else(cells, wanted):
    assert folded(*cells) == wanted


@pytest.mark.parametrize("name", pages.lessons())
def test_each_prediction_of_a_lesson_has_an_answer_before_the_next_heading(name):
    """So that the fold ends with words that explain it."""
    cells = pages.from_source(pages.NOTEBOOKS, name).cells
    prose = "\n".join(c.source if c.cell_type == "markdown" else "" for c in cells)
    stretches = re.split(r"^### Predict\b", prose, flags=re.MULTILINE)[1:]
    open_ended = [s for s in stretches if "<details" not in re.split(r"^#{1,6} ", s, flags=re.M)[0]]
    assert open_ended == []


def told_below(cells):
    """Return the asserts right below a fold that compare what it found with a written answer.

    Right below is up to the next heading. What a fold found are the names that its code sets. To
    hold the course's function against one made by hand tells nothing; to hold a count against 25
    does.
    """
    inside, found, told = False, set(), []
    for cell in fold_answers(cells):
        if cell.cell_type == "markdown":
            if cell.source.startswith('<details class="decide">'):
                inside, found = True, set()
            elif cell.source == "</details>":
                inside = False
            elif not inside and re.search(r"^#{1,6} ", cell.source, re.MULTILINE):
                found = set()
            continue
        tree = ast.parse(cell.source)
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        found = found | stored if inside else found - stored
        if not inside:
            claims = [n.test for n in ast.walk(tree) if isinstance(n, ast.Assert)]
            told += [
                ast.unparse(compared)
                for claim in claims
                for compared in ast.walk(claim)
                if isinstance(compared, ast.Compare)
                and any(map(_is_written, [compared.left, *compared.comparators]))
                and found & {n.id for n in ast.walk(compared) if isinstance(n, ast.Name)}
            ]
    return told


def _is_written(side):
    """Say whether one side of a comparison is a number, or a few, as one would type them."""
    return not any(isinstance(n, ast.Name | ast.Attribute | ast.Call) for n in ast.walk(side))


@pytest.mark.parametrize(
    ("below", "wanted"),
    [
        ("assert found == 80 - 49", ["found == 80 - 49"]),
        ("assert (int(found), 3) == (25, 3)", ["(int(found), 3) == (25, 3)"]),
        ("assert other == 31 and max(found.runs['a']) < 2", ["max(found.runs['a']) < 2"]),
        ("assert by_course == found", []),  # two ways to one result
        ("assert other == 31", []),
        ("found = other()\nassert found == 31", []),
    ],
)
def test_an_answer_below_the_fold_is_noticed(below, wanted):
    page = [new_markdown_cell(QUESTION), new_code_cell("found = run()"), new_markdown_cell(ANSWER)]
    assert told_below([*page, new_code_cell(below)]) == wanted
    later = [new_markdown_cell("## Next"), new_code_cell(below)]
    assert told_below([*page, *later]) == []


@pytest.mark.parametrize("name", pages.lessons())
def test_nothing_right_below_a_fold_tells_the_answer(name):
    assert told_below(pages.from_source(pages.NOTEBOOKS, name).cells) == []
