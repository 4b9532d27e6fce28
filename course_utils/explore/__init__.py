"""Sliders, living views, players and predictions for the lessons.

`explore(draw, **controls)`, with `slider` and `choice` controls, shows a figure that Python draws
when a control is let go; `live(name, picture, **data)` shows a view that answers meanwhile;
`audio.play({name: sound}, words)` lets sounds be heard. `predict` takes a guess, `reveal` draws it
beside the truth, `review` lists them all, and `pool` draws those of a class. `hand_in` makes a
student's line of the class experiment, `collect` reads those of a class.
"""

from .controls import choice, slider
from .guesses import predict, reveal, review
from .handed_in import collect, hand_in
from .living import live
from .panel import FRAMES, explore
from .pooled import pool

__all__ = [
    "FRAMES", "choice", "collect", "explore", "hand_in", "live", "pool", "predict", "reveal",
    "review", "slider",
]  # fmt: skip
