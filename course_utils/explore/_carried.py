"""What a view carries: numbers as text, and one clear sentence about what it cannot show."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from ..plots import Numbers, array


def packed(name: str, values: Numbers) -> str:
    """Numbers as text: single precision, row by row, in base64."""
    numbers = array(values).astype("<f4")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite, but some of it is NaN or infinite.")
    return base64.b64encode(numbers.tobytes()).decode()


def vector(name: str, values: Numbers) -> int:
    """How many numbers there are in `values`, which must be `(n,)`."""
    shape = np.shape(array(values))
    if len(shape) != 1 or shape[0] < 2:
        raise ValueError(f"{name} must be two numbers or more in a row, not of shape {shape}.")
    return shape[0]


def fibre(train: Numbers, goal: int, max_delay: int) -> dict[str, Any]:
    """A fibre `(time,)` whose target is itself, `goal` steps late."""
    steps, carried = vector("train", train), packed("train", train)
    whole("max_delay", max_delay, 2, steps - 1)
    whole("goal", goal, 0, max_delay)
    if not array(train)[max_delay - goal : steps - goal].any():
        raise ValueError(
            f"train must hold a spike that is there after {goal} of {max_delay} steps, not none."
        )
    return {"train": carried, "goal": goal, "max_delay": max_delay}


def whole(name: str, value: int, low: int, high: int) -> None:
    """Refuse what is no whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, not {value!r}.")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}, not {value}.")


def number(name: str, value: float, low: float, high: float, unit: str) -> float:
    """`value` if it is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low} to {high}, in {unit}, not {value!r}.")
    return value


def sound(name: str, stimulus: Any) -> dict[str, float]:
    """What a view needs of a `stimuli.Stimulus` to draw its spikes."""
    parts = ("frequency_hz", "dt_ms", "rate_max_hz", "envelope_power", "steps", "channels")
    if not all(hasattr(stimulus, part) for part in parts):
        raise TypeError(f"{name} must be a stimuli.Stimulus, not {stimulus!r}.")
    return {part: getattr(stimulus, part) for part in parts}
