"""The map of the course: a room for each lesson, in a row, and the one where you are is lit."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .. import plots
from ..plots import GREY, LEFT, Picture

_TURN = np.linspace(0, 2 * np.pi, 60)
Strokes = list[tuple[list, list]]
"""Lines `(x, y)` within ±1; a line of one point is a dot."""


def _pointer() -> Strokes:
    arc = _TURN[:30] * 1.03
    dial = (list(0.9 * np.cos(arc)), list(-0.5 + 1.1 * np.sin(arc)))
    return [dial, ([0, 0.45], [-0.5, 0.3]), ([0.45], [0.3])]


def _two_waves() -> Strokes:
    x = np.linspace(-0.9, 0.9, 60)
    return [
        (list(x), list(y + 0.33 * np.sin(6 * (x + ahead))))
        for y, ahead in ((0.45, 0), (-0.45, 0.3))
    ]


def _shift() -> Strokes:
    spikes = [
        ([x + late] * 2, [y, y + 0.6])
        for late, y in ((0, 0.2), (0.5, -0.8))
        for x in (-0.7, -0.3, 0.3)
    ]
    return spikes


def _bell() -> Strokes:
    x = np.linspace(-0.95, 0.95, 60)
    return [(list(x), list(-0.6 + 1.3 * np.exp(-8 * x**2))), ([-0.42], [0.02])]


def _neuron() -> Strokes:
    x = np.linspace(0, 0.75, 20)
    rise = list(-0.7 + 1.25 * (1 - np.exp(-3 * x)))
    climbs = [(list(start + x), rise) for start in (-0.9, -0.05)]
    return [*climbs, ([-0.15] * 2, [-0.7, 0.9]), ([0.7] * 2, [-0.7, 0.9])]


def _loss() -> Strokes:
    x = np.linspace(-0.8, 0.9, 40)
    return [
        ([-0.9, -0.9, 0.95], [0.9, -0.8, -0.8]),
        (list(x), list(-0.6 + 1.4 * np.exp(-3 * (x + 0.8)))),
    ]


def _balance() -> Strokes:
    pans = [([s - 0.3, s + 0.3], [y, y]) for s, y in ((-0.6, 0.2), (0.6, -0.1))]
    return [([-0.6, 0.6], [0.55, 0.25]), ([0, 0], [-0.8, 0.4]), ([-0.4, 0.4], [-0.8, -0.8]), *pans,
            ([-0.6, -0.6], [0.55, 0.2]), ([0.6, 0.6], [0.25, -0.1])]  # fmt: skip


def _valley() -> Strokes:
    x = np.linspace(-0.95, 0.95, 80)
    y = 0.45 * x**2 - 0.35 * np.cos(7 * (x - 0.2)) - 0.2
    return [(list(x), list(y)), (list(x[6:7]), list(y[6:7] + 0.12))]


def _layers() -> Strokes:
    columns = [(-0.8, (-0.5, 0.5)), (0, (-0.7, 0, 0.7)), (0.8, (-0.5, 0.5))]
    wires = [
        ([x, u], [y, v])
        for (x, ys), (u, vs) in zip(columns, columns[1:], strict=False)
        for y in ys
        for v in vs
    ]
    return wires + [([x], [y]) for x, ys in columns for y in ys]


def _head() -> Strokes:
    face = (list(0.62 * np.cos(_TURN)), list(-0.1 + 0.72 * np.sin(_TURN)))
    ears = [
        (list(side * (0.64 + 0.16 * np.cos(_TURN))), list(-0.1 + 0.26 * np.sin(_TURN)))
        for side in (-1, 1)
    ]
    return [face, *ears, ([-0.14, 0, 0.14], [0.6, 0.92, 0.6])]


def _word() -> Strokes:
    x = np.linspace(-0.9, 0.9, 90)
    loud = np.exp(-((x + 0.35) ** 2) / 0.06) + 0.55 * np.exp(-((x - 0.5) ** 2) / 0.03)
    return [(list(x), list(0.85 * loud * np.sin(34 * x)))]


ROOMS: tuple[tuple[str, Callable[[], Strokes]], ...] = (
    ("Where is that sound?", _pointer),
    ("Two ears", _two_waves),
    ("Make a spike wait", _shift),
    ("Delays that can learn", _bell),
    ("Neurons that can learn", _neuron),
    ("Train it", _loss),
    ("Weights or delays", _balance),
    ("How should a delay learn?", _valley),
    ("Delays everywhere", _layers),
    ("A real head", _head),
    ("A word", _word),
)
"""What each lesson is called, from lesson 0 on, and the picture on its door."""


@plots.in_style
def here(lesson: int) -> Picture:
    """The map that stands at the head of a lesson.

    Raises
    ------
    ValueError
        If there is no `lesson` of this number.
    """
    if isinstance(lesson, bool) or not isinstance(lesson, int) or not 0 <= lesson < len(ROOMS):
        raise ValueError(f"lesson must be a number from 0 to {len(ROOMS) - 1}, not {lesson!r}.")
    names = [name.rstrip("?") for name, _ in ROOMS]
    before = f"Before it: {names[lesson - 1]}. " if lesson else "It is the first. "
    after = f"Next: {names[lesson + 1]}." if lesson + 1 < len(ROOMS) else "It is the last."
    alt = (
        f"Map of the course, a row of {len(ROOMS)} rooms. You are in lesson {lesson}, "
        f"{names[lesson]}. {before}{after}"
    )
    figure, axes = plots.canvas(alt, width=5.2, height=0.88)
    draw(axes, lesson)
    side = "left" if lesson < 3 else "right" if lesson > 6 else "center"
    at = {"left": lesson, "right": lesson + 0.9, "center": lesson + 0.45}[side]
    words = f"{lesson}  {ROOMS[lesson][0]}"
    axes.text(at, -0.34, words, ha=side, va="center", size=12, weight="bold")
    axes.set_ylim(-0.62, 0.94)
    return figure


def draw(axes: Axes, lit: int | None = None) -> None:
    """Draw the row of rooms into `axes`, a room in each unit of x; one may be lit."""
    for n, (_, picture) in enumerate(ROOMS):
        fill, ink = (LEFT, "white") if n == lit else ("#efefef", GREY)
        axes.add_patch(Rectangle((n, 0), 0.9, 0.9, fc=fill, ec=fill))
        for x, y in picture():
            place = n + 0.45 + 0.36 * np.array(x), 0.45 + 0.36 * np.array(y)
            dot = "o" if len(x) == 1 else ""
            axes.plot(*place, color=ink, ls="-", lw=1.3, marker=dot, ms=4, solid_capstyle="round")
    axes.set(xlim=(-0.02, len(ROOMS) - 0.08), ylim=(-0.04, 0.94), aspect="equal")
    axes.axis("off")
