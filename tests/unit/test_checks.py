"""Every exercise: its stub is not tried, its solution passes, known mistakes get their own hint."""

import inspect
import math
import re

import pytest
import torch
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
WHERE = torch.arange(-90.0, 91, 5).repeat(20)
OFF = (1 + WHERE.abs() / 10) * torch.randn(len(WHERE), generator=GENERATOR)
OTHERS = {  # what a check is given beside the function
    "exercise_0_1": (SOUND, BestListener()),
    "exercise_0_2": (SOUNDS, BestListener()),
    "exercise_5_2": (WORLD["rows"],),
    "exercise_9_2": (WHERE, OFF),
}

TURN = "2 * math.pi"
SOFT = "torch.softmax(x, dim=1)"
OURS = "if r['setting'] == setting"
FRONT, SIDE = "a.abs() <= 30", "a.abs() >= 60"
COST = "r['rounded_error_deg'] - r['error_deg']"
MISTAKES = {
    "exercise_0_1": {
        "nobody has changed places": "lambda s: s",
        "reverse order": "lambda s: s.flip(1)",
        "time run backwards": "lambda s: s.flip(0)",
        "the same ear": "lambda s: torch.cat([s[:, 100:], s[:, 100:]], dim=1)",
        "dim=0": "lambda s: torch.cat([s[:, 100:], s[:, :100]])",
        r"yours is \(150, 100\)": "lambda s: s[:, 100:]",
        "channels 100 to 199": "lambda s: s.roll(50, 1)",
    },
    "exercise_0_2": {
        "right ear: the left one": "lambda s: torch.cat([s[..., :100], s[..., 100:] & False], 2)",
        "both ears are deaf": "lambda s: s & False",
        "silenced the recording": "def f(s):\n    s[..., :100] = False\n    return s",
        "first 100 ms": "def f(s):\n    s = s.clone()\n    s[:, :100] = False\n    return s",
        "still speaks": "def f(s):\n    s = s.clone()\n    s[:100] = False\n    return s",
        "have changed": "lambda s: torch.cat([s[..., :100] & False, s[..., 100:].flip(1)], 2)",
        "still has its fibres": "lambda s: s[..., 100:]",
    },
    "exercise_1_1": {
        "sign is lost": "lambda ipd, hz: abs(ipd) / 360 * 1000 / hz",
        "wrong sign": "lambda ipd, hz: -ipd / 360 * 1000 / hz",
        "in seconds": "lambda ipd, hz: ipd / 360 / hz",
        "not 180": "lambda ipd, hz: ipd / 180 * 1000 / hz",
        "360 degrees": f"lambda ipd, hz: ipd / ({TURN}) * 1000 / hz",
        "20 Hz only": "lambda ipd, hz: ipd / 360 * 50",
        "yours are": "lambda ipd, hz: ipd * hz",
    },
    "exercise_1_2": {
        "crowd on one side .* reach 1[0-9] %": "lambda n, g: torch.rand(n, generator=g)",
        "crowd on one side .* reach 5[0-9] %": "lambda n, g: math.pi * torch.rand(n, generator=g)",
        "degrees": "lambda n, g: 360 * torch.rand(n, generator=g)",
        "don't come from `generator`": f"lambda n, g: {TURN} * torch.rand(n)",
        "nothing is left to chance": f"lambda n, g: torch.linspace(0, {TURN}, n)",
        "needs one phase": f"lambda n, g: {TURN} * torch.rand(n, 1, generator=g)",
        "equally likely": f"lambda n, g: {TURN} / 2 * torch.randint(0, 2, (n,), generator=g)",
    },
    "exercise_1_3": {
        "whole": "lambda bound: 45 / bound",
        "rounded down": "lambda bound: math.floor(45 / bound)",
        "one too many": "lambda bound: int(45 / bound) + 1",
        "twice as many": "lambda bound: math.ceil(90 / bound)",
        "as wide as the bound": "lambda bound: math.ceil(180 / bound)",
        "you say 12.5": "lambda bound: 12.5",
    },
    "exercise_2_1": {
        "heard before it was sent": "lambda train, d: train.roll(d)",
        "came 3 steps early": "lambda train, d: torch.cat([train[d:], 0 * train[:d]])",
        "grew from 20 to 23": "lambda train, d: torch.cat([0 * train[:d], train])",
        r"has shape \(17,\)": "lambda train, d: train[: len(train) - d]",
        r"\[:-0\]": "lambda train, d: torch.cat([0 * train[:d], train[:-d]])",
        "did not move": "lambda train, d: train.clone()",
        "too many": "lambda train, d: torch.cat([0 * train[: d + 1], train[: len(train) - d - 1]])",
        "changed the train": (
            "def f(train, d):\n"
            "    train[d:] = train[: len(train) - d].clone()\n"
            "    train[:d] = 0\n"
            "    return train"
        ),
    },
    "exercise_2_2": {
        "enough for one layer": "lambda e, m, n: e + m",
        "would be left": "lambda e, m, n: e - n * m",
        "once, not once for each": "lambda e, m, n: n * (e + m)",
        "exchanged": "lambda e, m, n: n * e + m",
        "all of it is clipped": "lambda e, m, n: n * m",
        "one layer short": "lambda e, m, n: e + (n - 1) * m",
        "one share too many": "lambda e, m, n: e + (n + 1) * m",
        "of its 100": "lambda e, m, n: 2 * e",
    },
    "exercise_2_3": {
        "shortest": "lambda x: min(m for m, b in zip(longest, bounds) if b < x)",
        "first one that breaks": "lambda x: min(m for m, b in zip(longest, bounds) if b >= x)",
        "window which is left": "lambda x: 150 - max(m for m, b in zip(longest, bounds) if b < x)",
        "bound in degrees": "lambda x: max(b for b in bounds if b < x)",
        "1.2° only": "lambda x: max(m for m, b in zip(longest, bounds) if b < 1.2)",
        "whatever the limit": "lambda x: max(longest)",
        "you say 55": "lambda x: 55",
    },
    "exercise_3_1": {
        "wrong sign": "lambda d, steps: 2 * d / steps",
        "align_corners=True": "lambda d, steps: -2 * d / (steps - 1)",
        "half a delay": "lambda d, steps: -d / steps",
        "in rows": "lambda d, steps: -d",
        "narrower": "lambda d, steps: -2 * d * steps",
        "move by 6 steps": "lambda d, steps: -4 * d / steps",
    },
    "exercise_3_2": {
        "sign is wrong": "lambda newer, row, older, f: row - older",
        "mean is for the kink": "lambda newer, row, older, f: (older - newer) / 2",
        "not in play": "lambda newer, row, older, f: row - newer",
        "drops out": "lambda newer, row, older, f: f * (older - row)",
        "right-hand": "lambda newer, row, older, f: older - row",
        "left-hand": "lambda newer, row, older, f: older - row if f else row - newer",
        "twice the mean": "lambda newer, row, older, f: older - row if f else older - newer",
        "not of the rows": "lambda newer, row, older, f: older - row if f else (older + newer) / 2",
        "there is a slope": "lambda newer, row, older, f: older - row if f else 0",
    },
    "exercise_3_3": {
        "climbs": "lambda d, g, r, m: min(max(d + r * g, 0), m)",
        "rate is not used": "lambda d, g, r, m: min(max(d - g, 0), m)",
        "did not move": "lambda d, g, r, m: min(max(d, 0), m)",
        "a dead delay": "lambda d, g, r, m: min(max(d, 0), m) - r * g",
        "the upper edge holds": "lambda d, g, r, m: min(d - r * g, m)",
        "the lower edge holds": "lambda d, g, r, m: max(d - r * g, 0)",
        "not taken at all": "lambda d, g, r, m: d - r * g if 0 <= d - r * g <= m else d",
        "nearest allowed": "lambda d, g, r, m: min(max(d - r * g, 1), m - 1.5)",
    },
    "exercise_4_1": {
        "square is missing": "lambda u, b: 1 / (1 + b * u.abs())",
        "times b": "lambda u, b: b / (1 + b * u.abs()) ** 2",
        "b is not used": "lambda u, b: 1 / (1 + u.abs()) ** 2",
        "not added to it": "lambda u, b: 1 / (b + u.abs()) ** 2",
        r"\|u\|": "lambda u, b: 1 / (1 + b * u) ** 2",
        "the sigmoid's": "lambda u, b: b * torch.sigmoid(b * u) * (1 - torch.sigmoid(b * u))",
        "yours are 2 and": "lambda u, b: 2 / (1 + b * u.abs())",
    },
    "exercise_4_2": {
        "threshold is not used": "lambda tau, h=1: 1 - math.exp(-1 / tau)",
        "divided": "lambda tau, h=1: h / (1 - math.exp(-1 / tau))",
        "is \\*left\\*": "lambda tau, h=1: h * math.exp(-1 / tau)",
        "exponent is lost": "lambda tau, h=1: h * (1 - math.exp(1 / tau))",
        "infinitely short": "lambda tau, h=1: h / tau",
        "already fires, and so it does with less": "lambda tau, h=1: h",
        "stays silent, and so it does with more": "lambda tau, h=1: 0.1 * h",
    },
    "exercise_4_3": {
        "negative steps": "lambda tau: -tau * math.log(2)",
        "divided": "lambda tau: math.log(2) / tau",
        "63 %": "lambda tau: tau",
        "half of tau": "lambda tau: tau / 2",
        "base 10": "lambda tau: tau * math.log10(2)",
        "don't round": "lambda tau: round(tau * math.log(2))",
        "first whole step": "lambda tau: math.ceil(tau * math.log(2))",
        "86% of a full share": "lambda tau: 2 * tau",
    },
    "exercise_5_1": {
        "dim=0 the sounds": "lambda x, m: torch.softmax(x, dim=0) @ m",
        "argmax": "lambda x, m: m[x.argmax(1)]",
        "not probabilities": "lambda x, m: x @ m",
        "add up to 1 for each": "lambda x, m: x.exp() @ m",
        "twelve times": f"lambda x, m: ({SOFT} * m).mean(1)",
        "in degrees": f"lambda x, m: torch.rad2deg({SOFT} @ m)",
        r"shape is \(7, 12\)": f"lambda x, m: {SOFT} * m",
        r"shape \(7,\), not \(7, 1\)": f"lambda x, m: {SOFT} @ m[:, None]",
        "lie among": f"lambda x, m: {SOFT} @ m + 3",
    },
    "exercise_5_2": {
        "wrong sign": f"lambda rows, setting: [-({COST}) for r in rows {OURS}]",
        "from all settings": f"lambda rows, setting: [{COST} for r in rows]",
        "not yet its difference": (
            f"lambda rows, setting: [r['rounded_error_deg'] for r in rows {OURS}]"
        ),
        "a list is wanted": f"lambda rows, setting: sum({COST} for r in rows {OURS}) / 5",
        "argmax": (
            "lambda rows, setting: "
            f"[r['rounded_error_deg'] - r['argmax_error_deg'] for r in rows {OURS}]"
        ),
        '"learned" only': (
            f"lambda rows, setting: [{COST} for r in rows if r['setting'] == 'learned']"
        ),
        "want 5 differences, not 4": f"lambda rows, setting: [{COST} for r in rows {OURS}][1:]",
    },
    "exercise_9_1": {
        "keep the fraction": "lambda itd, dt: round(itd / 1000 / dt)",
        "the other one": "lambda itd, dt: -itd / 1000 / dt",
        "keep the sign": "lambda itd, dt: abs(itd) / 1000 / dt",
        "too long": "lambda itd, dt: itd / dt",
        "too short": "lambda itd, dt: itd * 1e-6 / dt",
        "delay in milliseconds": "lambda itd, dt: itd / 1000",
        "divide by the step": "lambda itd, dt: itd / 1000 * dt",
        "use `dt_ms`": "lambda itd, dt: itd / 100",
        "and yours is": "lambda itd, dt: itd + dt",
    },
    "exercise_9_2": {
        "two numbers are wanted": f"lambda a, e: e[{FRONT}].abs().mean()",
        "one number, a mean": f"lambda a, e: (e[{FRONT}].abs(), e[{SIDE}].abs())",
        "front first": f"lambda a, e: (e[{SIDE}].abs().mean(), e[{FRONT}].abs().mean())",
        "only the right side": f"lambda a, e: (e[{FRONT}].abs().mean(), e[a >= 60].abs().mean())",
        "either.* side": f"lambda a, e: (e[a <= 30].abs().mean(), e[{SIDE}].abs().mean())",
        "for the front and": "lambda a, e: (e[a <= 30].abs().mean(), e[a >= 60].abs().mean())",
        "cancel": f"lambda a, e: (e[{FRONT}].mean(), e[{SIDE}].mean())",
        "belongs to neither": (
            f"lambda a, e: (e[{FRONT}].abs().mean(), e[a.abs() > 30].abs().mean())"
        ),
        "take the mean": f"lambda a, e: (e[{FRONT}].abs().sum(), e[{SIDE}].abs().sum())",
    },
}  # fmt: skip
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
    assert said.verdict == "not yet" and "str" in said.words or "list" in said.words


@pytest.mark.parametrize("name", NAMES)
def test_a_check_wants_the_function_and_not_its_result(name):
    with pytest.raises(TypeError, match=f"{name} must be given your function, not 3"):
        answer(name, 3)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_it_checks(name):
    assert inspect.getdoc(getattr(checks, name)).endswith(".")
