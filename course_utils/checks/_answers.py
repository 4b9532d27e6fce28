"""The door of all checks: whatever a reader's function does, an `Answer` in words comes out.

A check asks the function (`ask_number`, `ask_pair`, `ask_tensor`, `ask_spikes`), compares, and
says `right` or `not_yet`. What can't be compared ends it early, in words as well: a stub, a
crash, text where a number should be, NaN.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import functools
import inspect
import itertools
import math
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
import torch

Function = Callable[..., object]
"""What a reader wrote: who knows what it returns."""

_STUB = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "LOAD_COMMON_CONSTANT"}
_WIDE = {"b": np.bool_, "i": np.int64, "u": np.int64, "f": np.float64}
_MOST = 10**8  # values that a tensor may hold, and still be looked at
_MANY = 10**5  # the same for what comes one by one, and may never end


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


def _stop(words: str) -> NoAnswerError:
    return NoAnswerError(not_yet(words))


def check(exercise: Callable[..., Answer]) -> Callable[..., Answer]:
    """Turn all that can go wrong in `exercise` into an `Answer`; only Ctrl-C passes."""

    @functools.wraps(exercise)
    def checked(function, *others):
        if not callable(function):
            return not_yet(
                "a check wants your function itself, its name without brackets; it got "
                f"{_kind(function)}."
            )
        try:
            answer = exercise(function, *others)
        except NoAnswerError as stopped:
            answer = stopped.args[0]
        except Exception as error:  # no result that we know of comes here
            answer = not_yet(f"this check can't make sense of your answer ({_said(error)}).")
        if answer.verdict == "not yet" and _uses_caret(function):
            return not_yet(f"{answer.words} In Python `^` is no power: write `**`.")
        return answer

    return checked


def ask(function: Function, *inputs: Any, given: str = "", untouched: str = "") -> Any:
    """Call the reader's `function`; a stub, a missing `return` or an error ends the check.

    Parameters
    ----------
    function, inputs
        What is called with copies of what.
    given : str, optional
        What the inputs are: said to code that takes them for something else.
    untouched : str, optional
        What to say if the function has changed its first input, a tensor.
    """
    try:
        result, copies = _call(function, inputs)
    except (Exception, SystemExit) as error:
        raise _stop(_stopped(function, inputs, error, given)) from error
    if result is ... or (result is None and _is_stub(function)):
        raise NoAnswerError(Answer("not tried", "not tried yet"))
    if untouched and not torch.equal(copies[0], inputs[0]):
        raise _stop(untouched)
    if result is None:
        raise _stop("your function returns nothing: it needs a `return`.")
    return result


def ask_number(function: Function, *inputs: Any, **words: str) -> float:
    """Like `ask`, for a function that should return one number, in whatever holds just one."""
    return _number(ask(function, *inputs, **words), "one number is wanted")


def ask_pair(function: Function, *inputs: Any, **words: str) -> tuple[float, float]:
    """Like `ask`, for a function that should return two numbers, in whatever holds just two."""
    result, wanted = ask(function, *inputs, **words), "two numbers are wanted"
    many = isinstance(result, (tuple, list))
    parts = result if many else _numbers(result, wanted).flatten()
    if len(parts) != 2:
        raise _stop(f"{wanted}, and your function returns {_kind(result)}.")
    first, second = (_number(part, f"{wanted}, each by itself") for part in parts)
    return first, second


def ask_tensor(
    function: Function,
    *inputs: Any,
    shape: Sequence[int] | None = None,
    wanted: str = "a tensor is wanted",
    **words: str,
) -> torch.Tensor:
    """Like `ask`, for a function that should return a tensor, of `shape` if one is given.

    Arrays and lists of numbers will do. All come back as float64.
    """
    result = _numbers(ask(function, *inputs, **words), wanted).to(torch.float64, copy=True)
    if shape is not None and result.shape != tuple(shape):
        raise _stop(f"the shape should be {tuple(shape)}, and yours is {shape_of(result)}.")
    return result


def ask_spikes(function: Function, *inputs: Any, **words: str) -> torch.Tensor:
    """Like `ask`, for a function that should return spikes, as truth values or as 0 and 1."""
    result = _numbers(ask(function, *inputs, **words), "a tensor of spikes is wanted")
    if result.dtype != torch.bool and not ((result == 0) | (result == 1)).all():
        raise _stop("a spike is there or it is not, 1 or 0, and your tensor holds other numbers.")
    return result.bool()


def shape_of(answer: torch.Tensor) -> str:
    """The shape of an `answer`, in words if it has none."""
    return str(tuple(answer.shape)) if answer.ndim else "(), a single number"


def close(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Whether two numbers, or two sequences of numbers, are the same up to rounding."""
    a, b = (torch.as_tensor(x, dtype=torch.float64).flatten() for x in (a, b))
    return a.shape == b.shape and bool(torch.allclose(a, b, rtol=tolerance, atol=tolerance))


def first_wrong(answers: Iterable[Any], truth: Iterable[Any], tolerance: float = 1e-6) -> int:
    """Which of the `answers` is the first that is not the `truth`: the case that a hint quotes."""
    pairs = enumerate(zip(answers, truth, strict=True))
    return next(place for place, pair in pairs if not close(*pair, tolerance))


def apart(*numbers: float) -> list[str]:
    """Numbers in words, with as many digits as it takes to see how far apart they are."""
    gaps = [abs(a - b) for a, b in itertools.combinations(numbers, 2) if a != b]
    fine = min(gaps, default=math.inf) / 4
    for digits in range(4, 18):
        words = [_digits(number, digits) for number in numbers]
        if all(abs(float(w) - n) <= fine for w, n in zip(words, numbers, strict=True)):
            break
    return words


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


def _digits(number: float, digits: int) -> str:
    whole = abs(number) < 1e9 and number == int(number)
    return str(int(number)) if whole else f"{number:.{digits}g}"


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.clone()
    return copy.deepcopy(value) if isinstance(value, list) else value


def _call(function: Function, inputs: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Call with copies: plain numbers, or tensors for who wrote `.clamp` or `torch.exp`."""
    copies = [_copy(value) for value in inputs]
    try:
        return function(*copies), copies
    except (TypeError, AttributeError):
        copies = [_copy(_as_tensor(value)) for value in inputs]
        with contextlib.suppress(Exception):
            return function(*copies), copies
        raise


def _as_tensor(value: Any) -> Any:
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    return torch.tensor(value) if isinstance(value, int) else value


def _stopped(function: Function, inputs: Sequence[Any], error: BaseException, given: str) -> str:
    """What to say when the reader's code stopped with `error`, and at which of its lines."""
    lines = _lines(error)
    if not lines and isinstance(error, TypeError):
        with contextlib.suppress(TypeError, ValueError):
            takes = inspect.signature(function)
            try:
                takes.bind(*inputs)
            except TypeError:
                return (
                    f"the exercise hands {len(inputs)} values to your function, and it takes "
                    f"{takes}: keep its first line, with `def`, as the page has it."
                )
    at = f", at `{lines[-1]}`" if lines and lines[-1] else ""
    words = f"your code stopped with {_said(error)}{at}."
    if given and isinstance(error, (TypeError, AttributeError)):
        words += f" {given}"
    return words


def _lines(error: BaseException) -> list[str]:
    """The lines of the reader's code in which `error` arose, the outermost first.

    An answer that lives in another process brings them along (`tools.grading.answers`).
    """
    if hasattr(error, "reader_lines"):
        return list(error.reader_lines)
    frames = traceback.extract_tb(error.__traceback__)[2:]  # the first two are ours
    return [frame.line or "" for frame in frames if frame.filename == frames[0].filename]


def _said(error: BaseException) -> str:
    kind = type(error).__name__
    with contextlib.suppress(Exception):  # an error can fail to say what it is
        return f"{kind}: {error}"
    return kind


def _number(result: object, wanted: str) -> float:
    values = _numbers(result, wanted)
    if values.dtype == torch.bool:
        raise _stop(f"{wanted}, and your function returns True or False.")
    if values.numel() != 1:
        raise _stop(f"{wanted}, and your function returns {_kind(result)}.")
    return float(values)


def _numbers(result: object, wanted: str) -> torch.Tensor:
    """The numbers in `result`, whatever holds them, as a tensor of float64, int64 or bool."""
    said = f"{wanted}, and your function returns {_kind(result)}"
    try:
        values = np.asarray(_plain(result))
        if values.dtype == object and all(isinstance(value, Number) for value in values.flat):
            values = values.astype(np.float64)  # fractions, decimals, large integers
    except OverflowError:
        raise _stop(f"{said} that holds a number too large to be looked at.") from None
    except Exception as error:
        why = f" ({_said(error)})" if isinstance(result, Iterator) else ""
        raise _stop(f"{said}, which can't be read as numbers{why}.") from error
    if values.dtype.kind not in _WIDE:
        many = " of something else than real numbers" if values.ndim else ""
        raise _stop(f"{said}{many}.")
    odd = values[~np.isfinite(values)]
    if odd.size:
        held = f"{said} that holds" if values.ndim else f"{wanted}, and your function returns"
        raise _stop(
            f"{held} {float(odd[0])}. Look for a division by 0, or for what grows without end."
        )
    wide = _WIDE[values.dtype.kind]
    return torch.from_numpy(np.require(values, wide, ["C", "W"]))


def _plain(value: Any) -> Any:
    """`value`, with tensors and whatever comes one by one as something that numpy reads."""
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.numel() > _MOST:
            raise TypeError
        value = value.detach()
        value = (value.dequantize() if value.is_quantized else value.to_dense()).cpu()
        return (value.double() if value.is_floating_point() else value).numpy()
    if isinstance(value, (Iterator, range)):
        value = list(itertools.islice(value, _MANY))
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _kind(result: Any) -> str:
    """What a `result` is, in words, without asking it."""
    name = type(result).__name__
    if isinstance(result, (torch.Tensor, np.ndarray)):
        return f"{'a tensor' if isinstance(result, torch.Tensor) else 'an array'} of shape " + str(
            tuple(result.shape)
        )
    many = f" of {len(result)}" if type(result) in (list, tuple) else ""
    return f"{'an' if name[:1] in tuple('aeiou') else 'a'} {name}{many}"


def _is_stub(function: Function) -> bool:
    """Whether a function does nothing at all, as `...` does."""
    with contextlib.suppress(TypeError):
        return {step.opname for step in dis.get_instructions(function)} <= _STUB
    return False


def _uses_caret(function: Function) -> bool:
    """Whether a function has a `^` in it, which many take for a power."""
    with contextlib.suppress(TypeError):
        return any(
            "XOR" in step.opname or (step.opname == "BINARY_OP" and "^" in step.argrepr)
            for step in dis.get_instructions(function)
        )
    return False
