"""What a prediction can ask for: one of a few options, a number, or an order.

A guess is a word, a number or a list of words, as JSON has them. What is said and drawn here of a
guess and the truth is said in the same words by `docs/guesses.js`, where there is no kernel.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch

from .controls import Slider, choice, slider

_SEPARATORS = ("|", "(was ", ">", "\n")
"""What an option may not hold: the line for the class is built of it."""
NO_NUMBER = "not a number"
"""How a truth is said that is none."""


@dataclass(frozen=True)
class Options:
    """One of a few options."""

    items: tuple[str, ...]

    def invites(self) -> str:
        """The options, in words."""
        return " or ".join(self.items)

    def holds(self, guess: object) -> bool:
        """Whether `guess` is one that can be made."""
        return guess in self.items

    def truth(self, name: str, value: object) -> str:
        """`value` as one of the options; anything else is refused, by its `name`."""
        if str(value) not in self.items:
            raise ValueError(f"{name} must be one of {list(self.items)}, not {value!r}.")
        return str(value)

    def say(self, value: Any) -> str:
        """A guess or a truth as the reader sees it."""
        return str(value)

    def apart(self, guess: Any, truth: Any) -> str:
        """How far they are apart, in words; nothing if they agree."""
        return "" if guess == truth else "not the same"

    def drawn(self, truth: Any, guess: Any = None) -> str:
        """Nothing beside the words."""
        return ""

    def data(self) -> dict[str, Any]:
        """What the site needs to ask."""
        return {"kind": "choice", "items": self.items}


@dataclass(frozen=True)
class Order(Options):
    """A few things, which are to be put in order."""

    def invites(self) -> str:
        """The things, in words."""
        return f"the order of {', '.join(self.items)}"

    def holds(self, guess: object) -> bool:
        """Whether `guess` has each of the things once."""
        return isinstance(guess, list) and sorted(map(str, guess)) == sorted(self.items)

    def truth(self, name: str, value: object) -> list[str]:  # type: ignore[override]
        """`value` as a list that has each of the things once; anything else is refused."""
        listed = isinstance(value, Iterable) and not isinstance(value, str)
        said = [str(item) for item in value] if listed else []  # type: ignore[attr-defined]
        if not self.holds(said):
            raise ValueError(f"{name} must be {list(self.items)} in some order, not {value!r}.")
        return said

    def say(self, value: Any) -> str:
        """A guess or a truth as the reader sees it."""
        return " > ".join(value)

    def apart(self, guess: Any, truth: Any) -> str:
        """How many stand in their place."""
        right = sum(a == b for a, b in zip(guess, truth, strict=True))
        return "" if guess == truth else f"{right} of {len(truth)} in their place"

    def drawn(self, truth: Any, guess: Any = None) -> str:
        """Both orders side by side."""
        yours = guess or [""] * len(truth)
        rows = "".join(
            f"<tr><td>{k}</td><td>{html.escape(a)}</td><td>{html.escape(b)}</td></tr>"
            for k, (a, b) in enumerate(zip(yours, truth, strict=True), 1)
        )
        head = "<tr><th>place</th><th>you</th><th>it came out</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"

    def data(self) -> dict[str, Any]:
        """What the site needs to ask."""
        return {"kind": "order", "items": self.items}


@dataclass(frozen=True)
class Axis:
    """A number, as a mark on an axis."""

    along: Slider
    unit: str

    @property
    def places(self) -> int:
        """Decimal places of what is said: one more than the slider has."""
        return self.along.places + 1

    def invites(self) -> str:
        """The ends, in words."""
        return f"a number from {self.say(self.along.low)} to {self.say(self.along.high)}"

    def holds(self, guess: object) -> bool:
        """Whether `guess` lies on the axis."""
        number = isinstance(guess, (int, float)) and not isinstance(guess, bool)
        return number and self.along.low <= guess <= self.along.high  # type: ignore[operator]

    def truth(self, name: str, value: object) -> float | None:
        """`value`, rounded as it is said, None for NaN or infinity; no number at all is refused."""
        if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim == 0:
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{name} must be a number, not {value!r}.")
        return round(float(value), self.places) if math.isfinite(value) else None

    def say(self, value: Any) -> str:
        """A guess or a truth as the reader sees it, with its unit."""
        if value is None:
            return NO_NUMBER
        words = f"{value:.{self.places}f}".rstrip("0").rstrip(".")
        between = "" if self.unit in ("", "°") else " "
        return f"{'0' if words == '-0' else words}{between}{self.unit}"

    def apart(self, guess: Any, truth: Any) -> str:
        """How far the two are apart."""
        return "" if truth in (None, guess) else f"{self.say(abs(guess - truth))} apart"

    def drawn(self, truth: Any, guess: Any = None) -> str:
        """Both marks on one axis, which grows if the truth lies outside."""
        if truth is None:
            return ""
        low, high = min(self.along.low, truth), max(self.along.high, truth)
        span = "position:absolute;white-space:nowrap;"
        marks = ""
        for value, word, top, tick, line in (
            (truth, "it came out", 0, 1.4, "4px solid"),
            (guess, "you", 3.2, 2.3, "3px dashed"),
        ):
            if value is not None:
                at = 100 * (value - low) / (high - low)
                marks += (
                    f'<span style="{span}top:{top}em;left:{at:.4g}%;transform:translateX(-{at:.4g}'
                    f'%)">{word} {html.escape(self.say(value))}</span><span style="{span}'
                    f'top:{tick}em;height:.9em;left:{at:.4g}%;border-left:{line}"></span>'
                )
        ends = [f"<span>{html.escape(self.say(end))}</span>" for end in (low, high)]
        return (
            '<div aria-hidden="true" style="display:flex;align-items:center;gap:.7em;'
            f'max-width:36em">{ends[0]}<div style="position:relative;height:4.6em;flex:1">'
            f'<span style="{span}top:2.3em;left:0;right:0;border-top:1px solid"></span>{marks}'
            f"</div>{ends[1]}</div>"
        )

    def data(self) -> dict[str, Any]:
        """What the site needs to ask."""
        along = self.along
        ends = {"low": along.low, "high": along.high, "step": along.step}
        return {"kind": "number", **ends, "places": self.places, "unit": self.unit}


Kind = Options | Axis
"""What a prediction can ask for."""


def verdict(kind: Kind, guess: Any, truth: Any) -> str:
    """One sentence: the guess and the truth."""
    came_out = kind.say(truth)
    if guess is None:
        return f"It came out: {came_out}."
    apart = kind.apart(guess, truth)
    if not apart and truth is not None:
        return f"You guessed {came_out}, and so it is."
    return f"You guessed {kind.say(guess)}. It came out: {came_out}{apart and f', {apart}'}."


def kind_of(key: str, among: object, order: object, unit: str, step: float) -> Kind:
    """What is asked for: a list of options, a pair of ends, or `order`.

    Parameters and errors are those of `guesses.predict`.
    """
    if (among is None) == (order is None):
        raise TypeError(f"question {key} needs options, (low, high) or order=[...], one of them.")
    if isinstance(among, tuple):
        if len(among) != 2:
            raise ValueError(f"(low, high) of question {key} must be two numbers, not {among!r}.")
        if not isinstance(unit, str):
            raise TypeError(f"unit of question {key} must be a word, such as 'ms', not {unit!r}.")
        low, high = among
        return Axis(slider(f"question {key}", low, high, step, low), unit)
    items = choice(f"question {key}", among if order is None else order)  # type: ignore[arg-type]
    words = tuple(items.say(option) for option in items.options)
    if len(words) < 2:
        raise ValueError(f"question {key} must leave a choice of two or more, not {list(words)}.")
    for word in words:
        if not word.strip() or any(mark in word for mark in _SEPARATORS):
            raise ValueError(
                f"an option of question {key} must be a few words without |, > and (was, "
                f"not {word!r}."
            )
    return Options(words) if order is None else Order(words)
