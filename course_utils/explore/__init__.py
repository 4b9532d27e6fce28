"""Sliders and living views for the lessons.

`explore(draw, **controls)`, with `slider` and `choice` controls, shows a figure that Python draws
when a control is let go; `live(name, picture, **data)` shows a view that answers meanwhile.
"""

from .controls import choice, slider
from .living import live
from .panel import FRAMES, explore

__all__ = ["FRAMES", "choice", "explore", "live", "slider"]
