"""Sliders, living views and players for the lessons.

`explore(draw, **controls)`, with `slider` and `choice` controls, shows a figure that Python draws
when a control is let go; `live(name, picture, **data)` shows a view that answers meanwhile;
`audio.play({name: sound}, words)` lets sounds be heard.
"""

from .controls import choice, slider
from .living import live
from .panel import FRAMES, explore

__all__ = ["FRAMES", "choice", "explore", "live", "slider"]
