"""What the views of lessons 4 and 7 carry."""

from __future__ import annotations

from typing import Any

from ..plots import Numbers, array
from ._carried import fibre, number, packed, vector, whole


def neuron(noise: Numbers, current: float, tau_ms: float, asked_ms: int | None) -> dict[str, Any]:
    """A noisy current, the neuron it flows into, and the step from which a gradient runs back."""
    noise, steps = packed("noise", noise), vector("noise", noise)
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
    carried = fibre(train, goal, max_delay)
    whole("start", start, 0, max_delay)
    whole("updates", updates, 2, 2000)
    vector("starts", starts)
    if array(starts).min() < 0 or array(starts).max() > max_delay:
        raise ValueError(f"starts must lie from 0 to {max_delay} steps, not {array(starts)}.")
    if vector("prototype", prototype) != max_delay + 1:
        raise ValueError(
            f"prototype must be {max_delay + 1} slopes, one for each whole delay, "
            f"not {len(array(prototype))}."
        )
    return {
        **carried,
        "starts": packed("starts", starts),
        "start": start,
        "rate": number("rate", rate, 0.01, 5, "steps per update"),
        "updates": updates,
        "prototype": packed("prototype", prototype),
    }
