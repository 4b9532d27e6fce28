"""Every exercise: its stub is not tried, its solution passes, known mistakes get their own hint."""

import inspect
import math
import re

import pytest
import torch
from exercise_mistakes import MISTAKES
from exercise_pages import NOTEBOOKS, WORLD, exercises, function

from course_utils import checks, observer
from course_utils.stimuli import Stimulus, sample

STUBS = exercises()
SOLUTIONS = exercises(NOTEBOOKS / "solutions")
NAMES = sorted(name for name in dir(checks) if name.startswith("exercise_"))


class BestListener:
    """A network that points as well as anyone could, so that no test needs to train one."""

    def __call__(self, spikes):
        return observer.maximum_likelihood(spikes, Stimulus())

    def decode(self, answer):
        return answer


GENERATOR = torch.Generator().manual_seed(0)
_, (SOUND,) = sample(1, Stimulus(), GENERATOR, ipd=math.radians(40))
SOUNDS = sample(200, Stimulus(), GENERATOR)
WHERE = torch.rad2deg(torch.deg2rad(torch.arange(-90.0, 91, 5)).float()).repeat(20)
OFF = (1 + WHERE.abs() / 10) * torch.randn(len(WHERE), generator=GENERATOR)
OTHERS = {  # what a check is given beside the function
    "exercise_0_1": (SOUND, BestListener()),
    "exercise_0_2": (SOUNDS, BestListener()),
    "exercise_5_2": (WORLD["rows"],),
    "exercise_9_2": (WHERE, OFF),
}

CASES = [
    pytest.param(name, words, source, id=f"{name[9:]}: {words}")
    for name, mistakes in MISTAKES.items()
    for words, source in mistakes.items()
]


def answer(name, reader):
    return getattr(checks, name)(reader, *OTHERS.get(name, ()))


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
