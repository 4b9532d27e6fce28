"""The guesses of a class, from its lines."""

import re

import pytest

from course_utils.explore import pool

LINES = """Anna: lesson 0 | 1=B (was A) | 2=14 ms (was 6 ms) | 3=b > a (was a > b)

> lesson 0 | 1=A (was A) | 2=3.5 ms (was 6 ms)
some words about lesson 0
lesson 0 | 2=20 ms (was 6.1 ms) | 10=-5° (was 3°)
"""


@pytest.mark.parametrize("lines", [LINES, LINES.splitlines()])
def test_each_question_gets_a_panel_and_words(lines):
    figure = pool(lines)
    assert figure.get_label() == (
        "What a class has guessed. 0.1, 1 B, 1 A; came out A. "
        "0.2, middle of 3 guesses 14, from 3.5 to 20; came out 6 ms. "
        "0.3, 1 b > a, 0 a > b; came out a > b. "
        "0.10, middle of 1 guesses -5, from -5 to -5; came out 3°."
    )
    panels = [axis for axis in figure.axes if axis.get_visible()]
    assert [axis.get_title(loc="left") for axis in panels] == [
        "question 0.1", "question 0.2", "question 0.3", "question 0.10",
    ]  # fmt: skip
    assert [bar.get_width() for bar in panels[0].patches] == [1, 1]
    assert [tick.get_text() for tick in panels[0].get_yticklabels()] == ["A ←", "B"]
    assert sum(bar.get_height() for bar in panels[1].patches) == 3
    assert panels[1].lines[0].get_xdata()[0] == 6


def test_a_page_beside_the_lessons_comes_after_them():
    figure = pool("lesson brain | 1=2 % (was 2 %)\nlesson 10 | 1=3 % (was 2 %)")
    assert figure.get_label().index("10.1, ") < figure.get_label().index("brain.1, ")


def test_lines_of_nothing_are_refused():
    with pytest.raises(ValueError, match=re.escape("lines must hold lines of review(), such as")):
        pool("hello\nlesson 0")
