"""What a check wants beside the function: on the page the lesson's own sounds, network and table.

A judge has made none of these, and takes none that a student has made.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from course_utils import observer, tables
from course_utils.stimuli import Stimulus, sample
from tools.grading.answers import COURSE


class BestListener:
    """A network that points as well as anyone could, so that none has to be trained."""

    def __call__(self, spikes: torch.Tensor) -> torch.Tensor:
        """Return what the spikes tell."""
        return observer.maximum_likelihood(spikes, Stimulus())

    def decode(self, answer: torch.Tensor) -> torch.Tensor:
        """Return it as a direction, which it is."""
        return answer


def beside(exercise: str) -> tuple[Any, ...]:
    """Return what the check of this exercise is given after the function; the same every time."""
    generator = torch.Generator().manual_seed(0)
    if exercise == "exercise_0_1":
        _, (sound,) = sample(1, Stimulus(), generator, ipd=math.radians(40))
        return sound, BestListener()
    if exercise == "exercise_0_2":
        return sample(120, Stimulus(), generator), BestListener()
    if exercise == "exercise_5_2":
        return (tables.read(COURSE / "figures" / "lesson_5.csv"),)
    if exercise == "exercise_9_2":
        where = torch.rad2deg(torch.deg2rad(torch.arange(-90.0, 91, 5)).float()).repeat(20)
        return where, (1 + where.abs() / 10) * torch.randn(len(where), generator=generator)
    return ()
