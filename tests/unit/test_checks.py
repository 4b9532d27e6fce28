"""Every exercise: its stub is not tried, its solution passes, known mistakes get their own hint."""

import inspect
import itertools
import re

import numpy as np
import pytest
import torch
from exercise_mistakes import MISTAKES
from exercise_pages import NAMES, NOTEBOOKS, answer, exercises, function

from course_utils import checks

STUBS = exercises()
SOLUTIONS = exercises(NOTEBOOKS / "solutions")

CASES = [
    pytest.param(name, words, source, id=f"{name[9:]}: {words}")
    for name, mistakes in MISTAKES.items()
    for words, source in mistakes.items()
]


def test_every_check_is_called_on_a_lesson_and_on_its_solutions():
    assert sorted(STUBS) == sorted(SOLUTIONS) == NAMES == sorted(checks.__all__[1:])


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_of_the_lesson_is_not_tried(name):
    said = answer(name, STUBS[name])
    assert said.verdict == "not tried" and repr(said).startswith("not tried yet")


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_leaves_at_most_five_lines_to_write(name):
    assert len(inspect_lines(SOLUTIONS[name])) <= 5


def inspect_lines(reader):
    return range(len({line for *_, line in reader.__code__.co_lines() if line}) - 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_right(name):
    said = answer(name, SOLUTIONS[name])
    assert said.verdict == "right", said
    assert repr(said) == f"Right: {said.words}" and said.words.rstrip(".!").count(" ") > 5


@pytest.mark.parametrize(("name", "words", "source"), CASES)
def test_a_known_mistake_gets_its_own_hint(name, words, source):
    said = answer(name, function(source))
    assert said.verdict == "not yet" and re.search(words, said.words), said
    assert repr(said) == f"Not yet: {said.words}"


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_knows_mistakes_and_their_hints_differ(name):
    hints = {answer(name, function(source)).words for source in MISTAKES[name].values()}
    assert len(hints) == len(MISTAKES[name]) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_forgotten_return_and_a_crash_are_answers_too(name):
    arguments = "*given, **named"
    forgot = function(f"def f({arguments}):\n    value = given")
    said = answer(name, forgot)
    assert said.verdict == "not yet" and "`return`" in said.words
    said = answer(name, function(f"lambda {arguments}: 1 / 0"))
    assert said.verdict == "not yet" and "ZeroDivisionError: division by zero" in said.words
    said = answer(name, function(f"lambda {arguments}: 'forty'"))
    assert said.verdict == "not yet" and "your function returns a str" in said.words


@pytest.mark.parametrize("name", NAMES)
def test_a_check_wants_the_function_and_not_its_result(name):
    said = answer(name, torch.zeros(2))
    assert said.verdict == "not yet" and "function itself" in said.words
    assert "it got a tensor of shape (2,)" in said.words


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_it_checks(name):
    assert inspect.getdoc(getattr(checks, name)).endswith(".")


def slip(name, place, part, by):
    """The solution, `by` too large in one part of its result, at the call number `place`."""
    calls, quoted = itertools.count(), []

    def reader(*given):
        result = SOLUTIONS[name](*given)
        if next(calls) != place:
            return result
        result = torch.as_tensor(result, dtype=torch.float64).clone()
        true = float(result.view(-1)[part])
        places = [part, -1 - part] if name == "exercise_4_1" else part  # as wrong on either side
        result.view(-1)[places] += by * max(1, abs(true))
        quoted.extend((true, float(result.view(-1)[part])))
        return result

    return reader, quoted


SLIPS = {  # how often a check asks before it says something, and how many numbers it wants
    "exercise_1_1": (4, 1), "exercise_1_3": (3, 1), "exercise_2_2": (3, 1), "exercise_2_3": (3, 1),
    "exercise_3_1": (2, 1), "exercise_3_2": (3, 1), "exercise_3_3": (6, 1), "exercise_4_1": (2, 3),
    "exercise_4_2": (3, 1), "exercise_4_3": (2, 1), "exercise_6_1": (4, 1), "exercise_6_2": (2, 2),
    "exercise_6_3": (1, 4), "exercise_7_1": (8, 2), "exercise_7_2": (1, 4), "exercise_7_3": (1, 3),
    "exercise_8_1": (4, 1), "exercise_8_2": (8, 1), "exercise_9_1": (3, 1), "exercise_9_2": (1, 2),
    "exercise_10_2": (3, 1),
}  # fmt: skip


@pytest.mark.parametrize("by", [0.1, 0.002, 1e-5])
@pytest.mark.parametrize(
    ("name", "place", "part"),
    [(n, *at) for n, (calls, parts) in SLIPS.items() for at in np.ndindex(calls, parts)],
)
def test_a_hint_quotes_what_is_wrong_with_as_many_digits_as_it_takes(name, place, part, by):
    if name in ("exercise_4_3", "exercise_9_2"):
        by = max(by, 0.002)  # these are content with less
    reader, quoted = slip(name, place, part, by)
    said = answer(name, reader)
    true, wrong = quoted
    if name == "exercise_3_1":  # a coordinate is quoted as the steps that it moves a spike by
        true, wrong = (-number * (20, 200)[place] / 2 for number in quoted)
    if name == "exercise_6_3":  # a delay is quoted as the arrival of its spike
        true, wrong = (number + (4, 11, 1, 7)[part] for number in quoted)
    if name == "exercise_7_2":  # delays are quoted as what the correction moves them by
        true, wrong = (number - (15, 21, 30, 48)[part] for number in quoted)
    numbers = [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", said.words)]
    assert said.verdict == "not yet"
    assert any(0 < abs(n - true) and abs(n - wrong) < abs(wrong - true) for n in numbers), said
