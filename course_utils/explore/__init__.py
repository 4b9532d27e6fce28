"""Sliders for the lessons: `explore(draw, **controls)`, with `slider` and `choice` controls."""

from .controls import choice, slider
from .panel import FRAMES, explore

__all__ = ["FRAMES", "choice", "explore", "slider"]
