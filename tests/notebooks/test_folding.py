"""On the site, all that stands between a question and its answer is folded, and nothing else."""

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
