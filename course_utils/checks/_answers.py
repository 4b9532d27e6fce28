"""What a check says: an `Answer` with a verdict and a sentence about the science."""

from __future__ import annotations

import dis
import functools
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import torch

Function = Callable[..., object]
"""What a reader wrote: who knows what it returns."""

_STUB = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "LOAD_COMMON_CONSTANT"}


@dataclass(frozen=True, repr=False)
class Answer:
    """A verdict, "not tried", "not yet" or "right", and what a teacher would say.

    As the last line of a cell it shows itself as its sentence.
    """

    verdict: str
    words: str

    def __repr__(self) -> str:
        if self.verdict == "not tried":
            return self.words
        return f"{self.verdict.capitalize()}: {self.words}"


def right(words: str) -> Answer:
    """The answer is right."""
    return Answer("right", words)


def not_yet(words: str) -> Answer:
    """The answer is wrong; `words` say what it would mean, and where to look."""
    return Answer("not yet", words)


class NoAnswerError(Exception):
    """Nothing can be checked; carries the `Answer` that says why."""


def check(exercise: Callable[..., Answer]) -> Callable[..., Answer]:
    """Let `exercise` stop early: an unfilled stub or a crash of the reader's code is an answer."""

    @functools.wraps(exercise)
    def checked(function, *others):
        if not callable(function):
            raise TypeError(f"{exercise.__name__} must be given your function, not {function!r}")
        try:
            return exercise(function, *others)
        except NoAnswerError as stopped:
            return stopped.args[0]

    return checked


def ask(function: Function, *inputs: Any) -> Any:
    """Call the reader's `function`; a stub, a missing `return` or an error ends the check."""
    try:
        result = function(*inputs)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].line or ""
        said = f"your code stopped with {type(error).__name__}: {error}"
        raise NoAnswerError(not_yet(f"{said}{f', at `{line}`' if line else ''}.")) from error
    if result is None or result is ...:
        if result is ... or _is_stub(function):
            raise NoAnswerError(Answer("not tried", "not tried yet"))
        raise NoAnswerError(not_yet("your function returns nothing: it needs a `return`."))
    return result


def ask_number(function: Function, *inputs: Any) -> float:
    """Like `ask`, for a function that should return one number."""
    result = ask(function, *inputs)
    number = _number(result)
    if number is None:
        kind = type(result).__name__
        raise NoAnswerError(not_yet(f"one number is wanted, and your function returns a {kind}."))
    return number


def ask_pair(function: Function, *inputs: Any) -> tuple[float, float]:
    """Like `ask`, for a function that should return two numbers."""
    result = ask(function, *inputs)
    many = isinstance(result, (tuple, list))
    pair = [n for value in result if (n := _number(value)) is not None] if many else []
    if len(pair) != 2 or len(result) != 2:
        kind = type(result).__name__ + (f" of {len(result)}" if many else "")
        raise NoAnswerError(not_yet(f"two numbers are wanted; your function returns a {kind}."))
    return pair[0], pair[1]


def ask_tensor(
    function: Function, *inputs: Any, shape: Sequence[int] | None = None
) -> torch.Tensor:
    """Like `ask`, for a function that should return a tensor, of `shape` if one is given."""
    result = ask(function, *inputs)
    if not isinstance(result, torch.Tensor):
        kind = type(result).__name__
        raise NoAnswerError(not_yet(f"a tensor is wanted, and your function returns a {kind}."))
    if shape is not None and tuple(result.shape) != tuple(shape):
        raise NoAnswerError(
            not_yet(f"the shape should be {tuple(shape)}, and yours is {tuple(result.shape)}.")
        )
    return result


def close(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Whether two numbers, or two sequences of numbers, are the same up to rounding."""
    a, b = (torch.as_tensor(x, dtype=torch.float64).flatten() for x in (a, b))
    return a.shape == b.shape and bool(torch.allclose(a, b, rtol=tolerance, atol=tolerance))


def first_wrong(answers: Iterable[Any], truth: Iterable[Any], tolerance: float = 1e-6) -> int:
    """Which of the `answers` is the first that is not the `truth`: the case that a hint quotes."""
    pairs = enumerate(zip(answers, truth, strict=True))
    return next(place for place, pair in pairs if not close(*pair, tolerance))


def first_hint(answers: Any, mistakes: Iterable[tuple[Any, str]], otherwise: str) -> Answer:
    """The hint of the first known mistake that explains all `answers`.

    Parameters
    ----------
    answers : sequence of float
        What the reader's function returned for a few cases.
    mistakes : sequence of (values, hint)
        What a typical mistake returns for the same cases, and what to say about it.
    otherwise : str
        What to say if no mistake explains the answers.
    """
    for values, hint in mistakes:
        if close(answers, values):
            return not_yet(hint)
    return not_yet(otherwise)


def _number(value: object) -> float | None:
    """A number, or a tensor that holds just one, as a float; None if it is neither."""
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        value = value.item()
    return float(value) if isinstance(value, Real) and not isinstance(value, bool) else None


def _is_stub(function: Function) -> bool:
    """Whether a function does nothing at all, as `...` does."""
    try:
        return {step.opname for step in dis.get_instructions(function)} <= _STUB
    except TypeError:
        return False
