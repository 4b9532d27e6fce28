"""What the views of lessons 1 and 3 carry."""

from __future__ import annotations

from typing import Any

from ..plots import Numbers
from ._carried import fibre, number, sound


def information(stimulus: Any, ipd_deg: float, phase_deg: float, listens: bool) -> dict[str, Any]:
    """A tone, where it is, its phase at the left ear, and whether an observer listens."""
    if not isinstance(listens, bool):
        raise TypeError(f"listens must be True or False, not {listens!r}.")
    return {
        "sound": sound("stimulus", stimulus),
        "ipd_deg": number("ipd_deg", ipd_deg, -90, 90, "degrees"),
        "phase_deg": number("phase_deg", phase_deg, 0, 360, "degrees"),
        "listens": listens,
    }


def slopes(train: Numbers, goal: int, max_delay: int, delay: float, sigma: float) -> dict[str, Any]:
    """A fibre whose target is itself, `goal` steps late, and where ball and bell begin."""
    return {
        **fibre(train, goal, max_delay),
        "delay": number("delay", delay, 0, max_delay, "steps"),
        "sigma": number("sigma", sigma, 0.5, 12, "steps"),
    }
