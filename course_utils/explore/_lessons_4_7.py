"""What the views of lessons 4 and 7 carry."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..plots import Numbers, array
from ._carried import number, packed, whole


def neuron(noise: Numbers, current: float, tau_ms: float, asked_ms: int | None) -> dict[str, Any]:
    """A noisy current, the neuron it flows into, and the step from which a gradient runs back."""
    noise, steps = packed("noise", noise), _vector("noise", noise)
    if asked_ms is not None:
        whole("asked_ms", asked_ms, 0, steps - 1)
    return {
        "noise": noise,
        "current": number("current", current, 0, 0.5, "units of the potential per ms"),
        "tau_ms": number("tau_ms", tau_ms, 2, 30, "ms"),
        "asked_ms": asked_ms,
    }


def race(
    train: Numbers,
    goal: int,
    max_delay: int,
    starts: Numbers,
    start: int,
    prototype: Numbers,
    rate: float,
    updates: int,
) -> dict[str, Any]:
    """A fibre, the delay it shall learn, where its copies begin, and how they step."""
    steps = _vector("train", train)
    whole("max_delay", max_delay, 2, steps - 1)
    whole("goal", goal, 0, max_delay)
    whole("start", start, 0, max_delay)
    whole("updates", updates, 2, 2000)
    carried = {"train": packed("train", train), "starts": packed("starts", starts)}
    _vector("starts", starts)
    if array(starts).min() < 0 or array(starts).max() > max_delay:
        raise ValueError(f"starts must lie from 0 to {max_delay} steps, not {array(starts)}.")
    if _vector("prototype", prototype) != max_delay + 1:
        raise ValueError(
            f"prototype must be {max_delay + 1} slopes, one for each whole delay, "
            f"not {len(array(prototype))}."
        )
    return {
        "goal": goal,
        "max_delay": max_delay,
        "start": start,
        "rate": number("rate", rate, 0.01, 5, "steps per update"),
        "updates": updates,
        "prototype": packed("prototype", prototype),
        **carried,
    }


def _vector(name: str, values: Numbers) -> int:
    """How many numbers there are in `values`, which must be `(n,)`."""
    shape = np.shape(array(values))
    if len(shape) != 1 or shape[0] < 2:
        raise ValueError(f"{name} must be two numbers or more in a row, not of shape {shape}.")
    return shape[0]
