"""Whatever a reader's function returns or does, a check answers it in words.

`RESULTS` are wrong for every exercise, `CONDUCT` are functions that go wrong, and `CLOTHES` are
right answers in other clothes: as arrays, integers, masks, numbers of other kinds.
"""

import array
import collections
import datetime
import decimal
import fractions
import functools
import itertools
import math
import re
import sys
import warnings

import numpy as np
import pytest
import torch
from exercise_pages import NAMES, NOTEBOOKS, answer, exercises, function

from course_utils import checks

SOLUTIONS = exercises(NOTEBOOKS / "solutions")
pytestmark = pytest.mark.filterwarnings("ignore:.*never awaited", "ignore:.*quantiz")
HOUSE = "this check can't make sense"  # said when the door met something it doesn't know


class Stubborn:
    """Everything one may ask of it raises."""

    def refuse(self, *_):
        raise RuntimeError("no")

    __float__ = __int__ = __eq__ = __bool__ = __len__ = __iter__ = __array__ = refuse
    __repr__ = __str__ = __getitem__ = __index__ = refuse
    __hash__ = None


class SpeechlessError(Exception):
    """An error that can't even say what it is."""

    def __str__(self):
        raise RuntimeError("no")


def endless():
    """A list that holds itself."""
    me = []
    me.append(me)
    return me


def fails_on_the_way():
    yield 1.0
    raise KeyError("setting")


RESULTS = {
    "a number": lambda: 0.123456789,
    "zero": lambda: 0,
    "minus zero": lambda: -0.0,
    "a negative number": lambda: -7,
    "a tiny one": lambda: 5e-324,
    "a huge one": lambda: 1.7e308,
    "NaN": lambda: math.nan,
    "infinity": lambda: math.inf,
    "minus infinity": lambda: -math.inf,
    "a huge integer": lambda: 10**400,
    "an integer above 64 bits": lambda: 2**80,
    "complex": lambda: 1 + 2j,
    "True": lambda: True,
    "a fraction": lambda: fractions.Fraction(1, 7),
    "a decimal": lambda: decimal.Decimal("0.7"),
    "decimal NaN": lambda: decimal.Decimal("NaN"),
    "text": lambda: "forty",
    "a number as text": lambda: "40",
    "empty text": lambda: "",
    "bytes": lambda: b"40",
    "a bytearray": lambda: bytearray(b"40"),
    "a dictionary": lambda: {"mean": 2.0},
    "a set": lambda: {1.0, 2.0},
    "an empty list": list,
    "an empty tuple": tuple,
    "an empty dictionary": dict,
    "a list of None": lambda: [None] * 5,
    "None among numbers": lambda: (1.0, None),
    "a ragged list": lambda: [[1.0, 2.0], [3.0]],
    "a list of text": lambda: ["a", "b"],
    "text among numbers": lambda: [1.0, "2"],
    "a list with NaN": lambda: [1.0, math.nan],
    "a list with a huge integer": lambda: [10**400, 1],
    "complex in a list": lambda: [1j, 2],
    "five numbers": lambda: [1.0, 2.0, 3.0, 4.0, 5.0],
    "a list that holds itself": endless,
    "a deep list": lambda: functools.reduce(lambda inner, _: [inner], range(100), 1.0),
    "a range": lambda: range(4),
    "an endless range": lambda: range(10**15),
    "a generator": lambda: (x for x in (1.0, 2.0)),
    "an endless generator": itertools.count,
    "a generator that fails": fails_on_the_way,
    "a map": lambda: map(float, "12"),
    "a deque": lambda: collections.deque([1.0, 2.0]),
    "a view": lambda: {"a": 1.0}.values(),
    "a buffer": lambda: array.array("d", [1.0, 2.0]),
    "a date": lambda: datetime.date(2000, 1, 1),
    "a slice": lambda: slice(0, 3),
    "a function": lambda: math.sin,
    "a class": lambda: float,
    "a module": lambda: math,
    "an object": object,
    "an object that refuses": Stubborn,
    "a list of objects that refuse": lambda: [Stubborn(), Stubborn()],
    "an error": lambda: ValueError("not raised"),
    "a 0-d array": lambda: np.array(0.25),
    "a numpy integer": lambda: np.int8(3),
    "a numpy truth": lambda: np.bool_(False),
    "a numpy NaN": lambda: np.float32("nan"),
    "half precision": lambda: np.float16(0.3),
    "long double": lambda: np.longdouble("0.3"),
    "an array": lambda: np.arange(4.0),
    "an empty array": lambda: np.empty((0, 3)),
    "a complex array": lambda: np.array([1j, 2]),
    "an array of text": lambda: np.array(["a", "b"]),
    "an array of objects": lambda: np.array([None, {}], dtype=object),
    "an array of dates": lambda: np.array(["2000-01-01"], dtype="datetime64[D]"),
    "a structured array": lambda: np.zeros(2, dtype=[("a", float), ("b", int)]),
    "a masked array": lambda: np.ma.masked_all(4),
    "a matrix": lambda: np.eye(4),
    "a 0-d tensor": lambda: torch.tensor(0.25),
    "an integer tensor": lambda: torch.arange(4),
    "a mask": lambda: torch.zeros(4, dtype=torch.bool),
    "one truth": lambda: torch.tensor(True),
    "bytes of a tensor": lambda: torch.ones(4, dtype=torch.uint8),
    "bfloat16": lambda: torch.ones(4, dtype=torch.bfloat16),
    "float16": lambda: torch.ones(1, dtype=torch.float16),
    "a complex tensor": lambda: torch.ones(4, dtype=torch.complex64),
    "a tensor with NaN": lambda: torch.tensor([math.nan, 1, 2, 3]),
    "a tensor with infinity": lambda: torch.tensor([[math.inf, 1.0]]),
    "a tensor with a gradient": lambda: torch.ones(4, requires_grad=True) * 2,
    "one number with a gradient": lambda: torch.tensor(0.3, requires_grad=True),
    "a parameter": lambda: torch.nn.Parameter(torch.ones(4, 4)),
    "a list of tensors with gradients": lambda: [torch.tensor(0.3, requires_grad=True)] * 2,
    "an empty tensor": lambda: torch.empty(0),
    "a tensor of no rows": lambda: torch.empty(0, 200),
    "a sparse tensor": lambda: torch.eye(4).to_sparse(),
    "a meta tensor": lambda: torch.empty(4, device="meta"),
    "a quantised tensor": lambda: torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8),
    "an endless tensor": lambda: torch.zeros(1).expand(10**12),
    "a small matrix": lambda: torch.ones(4, 4),
    "spikes of another shape": lambda: torch.ones(150, 100, dtype=torch.bool),
    "what max returns": lambda: torch.ones(4, 2).max(0),
    "a dtype": lambda: torch.float32,
    "a generator of torch": torch.Generator,
}


def raises(error):
    raise error


def spoils(*given):
    """Change everything in place, and return the first thing that came."""
    for thing in given:
        if isinstance(thing, torch.Tensor):
            thing.zero_()
        if isinstance(thing, list):
            thing.clear()
    return given[0]


async def later(*given):
    return given


CONDUCT = {
    "raises": lambda *given: raises(ValueError("mine")),
    "raises an error that can't speak": lambda *given: raises(SpeechlessError()),
    "stops the iteration": lambda *given: raises(StopIteration()),
    "asserts": lambda *given: raises(AssertionError()),
    "fills the stack": lambda *given: CONDUCT["fills the stack"](*given),
    "leaves Python": lambda *given: sys.exit(),
    "leaves Python, with a word": lambda *given: sys.exit("done"),
    "returns nothing": lambda *given: print(end=""),
    "takes nothing": lambda: 1.0,
    "takes too much": lambda a, b, c, d, e, f, g: 1.0,
    "takes names only": lambda *, value=1: value,
    "spoils what it is given": spoils,
    "returns the first thing it is given": lambda first, *others: first,
    "returns all it is given": lambda *given: given,
    "returns itself": lambda *given: CONDUCT["returns itself"],
    "a class": dict,
    "a function without source": math.hypot,
    "a partial": functools.partial(max, 3),
    "a coroutine": later,
    "a layer": torch.nn.Linear(2, 2),
}


def assert_in_words(said):
    assert isinstance(said, checks.Answer)
    assert said.verdict == "not yet" and repr(said) == f"Not yet: {said.words}"
    assert HOUSE not in said.words, said
    assert re.match(r"\S.*[.!?]$", said.words, re.S) and said.words.count(" ") > 3, said


@pytest.mark.parametrize("name", NAMES)
def test_any_result_is_answered_in_words_and_none_of_these_is_right(name):
    failed = {}
    for kind, made in RESULTS.items():
        try:
            assert_in_words(answer(name, lambda *given, made=made: made()))
        except Exception as error:
            failed[kind] = f"{type(error).__name__}: {error}"
    assert not failed


@pytest.mark.parametrize("conduct", CONDUCT)
@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_function_does_it_is_answered_in_words(name, conduct):
    assert_in_words(answer(name, CONDUCT[conduct]))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_function_is_answered_in_words(name):
    for made in RESULTS.values():
        if not callable(made()):
            assert_in_words(answer(name, made()))


@pytest.mark.parametrize("name", NAMES)
def test_whoever_interrupts_a_check_stops_it(name):
    with pytest.raises(KeyboardInterrupt):
        answer(name, lambda *given: raises(KeyboardInterrupt()))


def test_a_check_that_is_itself_at_fault_says_so_in_words():
    said = checks.exercise_0_1(SOLUTIONS["exercise_0_1"], "no spikes", None)
    assert said.verdict == "not yet" and HOUSE in said.words


def dressed(name, dress):
    """The solution of an exercise, with its result in other clothes."""
    return lambda *given: dress(SOLUTIONS[name](*given))


def as_tensor(result):
    return torch.as_tensor(result, dtype=torch.float64)


def as_list(result):
    return torch.as_tensor(result).tolist()


NUMBERS = {
    "a float": float,
    "a numpy number": np.float64,
    "a 0-d array": lambda x: np.where(True, float(x), 0.0),
    "an array of one": lambda x: np.array([float(x)]),
    "a 0-d tensor": lambda x: torch.tensor(float(x), dtype=torch.float64),
    "a single precision tensor": lambda x: torch.tensor([float(x)]),
    "a tensor with a gradient": lambda x: torch.tensor(float(x), requires_grad=True),
    "a list of one": lambda x: [float(x)],
    "a fraction": lambda x: fractions.Fraction(float(x)),
    "a decimal": lambda x: decimal.Decimal(float(x)),
}
PAIRS = {
    "a tuple": lambda pair: tuple(map(float, pair)),
    "a list": lambda pair: list(map(float, pair)),
    "an array": lambda pair: np.array(list(map(float, pair))),
    "a tensor": lambda pair: torch.tensor(list(map(float, pair)), dtype=torch.float64),
    "a column": lambda pair: torch.tensor(list(map(float, pair)), dtype=torch.float64)[:, None],
    "two tensors": lambda pair: [torch.tensor([float(x)]) for x in pair],
    "two arrays": lambda pair: tuple(np.array(float(x)) for x in pair),
    "one of each": lambda pair: (np.float32(pair[0]), torch.tensor(float(pair[1]))),
    "a generator": lambda pair: (float(x) for x in pair),
    "stacked, with a gradient": lambda pair: torch.tensor(
        list(map(float, pair)), dtype=torch.float64, requires_grad=True
    ),
}
TENSORS = {
    "double precision": as_tensor,
    "an array": lambda x: as_tensor(x).numpy(),
    "a list": as_list,
    "a tuple": lambda x: tuple(as_list(x)),
    "a list of tensors": lambda x: list(torch.as_tensor(x)),
    "with a gradient": lambda x: as_tensor(x).requires_grad_(),
    "sparse": lambda x: torch.as_tensor(x).to_sparse(),
    "not contiguous": lambda x: torch.stack([torch.as_tensor(x)] * 2, -1)[..., 0],
}
SPIKES = {
    "integers": torch.Tensor.int,
    "long integers": torch.Tensor.long,
    "floats": torch.Tensor.float,
    "bytes": torch.Tensor.byte,
    "an array of integers": lambda x: x.numpy().astype(int),
    "a mask of numpy": torch.Tensor.numpy,
    "sparse": torch.Tensor.to_sparse,
}
MASKS = {
    "a list": list,
    "stacked": torch.stack,
    "an array": lambda both: torch.stack(both).numpy(),
    "arrays": lambda both: tuple(mask.numpy() for mask in both),
    "lists": lambda both: [mask.tolist() for mask in both],
    "zeros and ones": lambda both: tuple(mask.int() for mask in both),
    "one of each": lambda both: (both[0].float(), both[1].numpy()),
}
KINDS = {
    "exercise_10_1": MASKS,
    "exercise_1_2": {kind: TENSORS[kind] for kind in ("an array", "a list")},  # listening is slow
    **dict.fromkeys(("exercise_0_1", "exercise_0_2"), SPIKES),
    **dict.fromkeys(("exercise_6_2", "exercise_7_1", "exercise_9_2"), PAIRS),
    **dict.fromkeys(
        ("exercise_2_1", "exercise_4_1", "exercise_5_1", "exercise_5_2",
         "exercise_6_3", "exercise_7_2", "exercise_7_3", "exercise_8_3", "exercise_10_3"),
        TENSORS,
    ),
}  # fmt: skip
CLOTHES = [
    pytest.param(name, dress, id=f"{name[9:]} as {kind}")
    for name in NAMES
    for kind, dress in KINDS.get(name, NUMBERS).items()
]


@pytest.mark.parametrize(("name", "dress"), CLOTHES)
def test_a_right_answer_is_right_in_other_clothes(name, dress):
    said = answer(name, dressed(name, dress))
    assert said.verdict == "right", said


WRITTEN = {  # the same in other words: what readers write who know numpy, or masks, or tensors
    "exercise_0_1": [
        "lambda s: s.roll(100, 1)",
        "lambda s: s[:, torch.cat([torch.arange(100, 200), torch.arange(100)])]",
        "lambda s: s.int().roll(100, 1)",
    ],
    "exercise_0_2": [
        "lambda s: torch.cat([s[..., :100] * 0, s[..., 100:]], 2)",
        "lambda s: s * (torch.arange(200) >= 100).int()",
        "lambda s: s & (torch.arange(200) >= 100)",
        "lambda s: s * (torch.arange(200) >= 100).float()",
        "lambda s: torch.where(torch.arange(200) < 100, 0, s)",
    ],
    "exercise_1_1": ["lambda ipd, hz: torch.tensor(ipd) / 360 * 1000 / hz"],
    "exercise_1_2": [
        "lambda n, g: math.tau * torch.rand(n, generator=g) - math.pi",
        "lambda n, g: [2 * math.pi * torch.rand(1, generator=g).item() for _ in range(n)]",
    ],
    "exercise_3_2": [
        "lambda newer, row, older, f: torch.where(f > 0, older - row, (older - newer) / 2)"
    ],
    "exercise_3_3": [
        "lambda d, g, r, m: (d - r * g).clamp(0, m)",
        "lambda d, g, r, m: d.sub_(r * g).clamp_(0, m)",
    ],
    "exercise_4_2": ["lambda tau, h=1: h * (1 - torch.exp(-1 / tau))"],
    "exercise_4_3": ["lambda tau: tau * torch.log(torch.tensor(2.0))"],
    "exercise_6_3": ["lambda times: [float(times.max() - t) for t in times]"],
    "exercise_7_1": [
        "def f(d, c, m, top):\n"
        "    wish = (d + c + m).clamp(0, top)\n"
        "    return wish.round(), wish - wish.round()"
    ],
}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param(n, s, id=f"{n[9:]}: {s.splitlines()[0]}")
        for n, sources in WRITTEN.items()
        for s in sources
    ],
)
def test_another_way_to_write_it_is_right_as_well(name, source):
    said = answer(name, function(source))
    assert said.verdict == "right", said


@pytest.mark.parametrize("name", NAMES)
def test_a_check_leaves_what_it_was_given_as_it_was_and_warns_of_nothing(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer(name, spoils)
        assert answer(name, SOLUTIONS[name]).verdict == "right"
