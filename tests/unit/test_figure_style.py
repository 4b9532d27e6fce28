"""Every plot function keeps the style of the course; a figure that does not is named."""

import inspect

import matplotlib
import numpy as np
import pytest
import torch
from test_plots import FIGURES, NO_UNIT, shown

from course_utils import plots
from course_utils.drawings import (
    course_map,
    lesson_0,
    lesson_1,
    lesson_2,
    lesson_3,
    lesson_4,
    lesson_5,
    lesson_6,
    lesson_7,
    lesson_8,
    lesson_9,
    lesson_10,
    verdicts,
)
from course_utils.head import heads
from course_utils.head.cochlea import Nerve
from course_utils.stimuli import Stimulus, sample
from course_utils.words import spoken
from tools.figure_rules import style_problems

STIMULUS = Stimulus()  # as many fibres as on the pages
_, SPIKES = sample(2, STIMULUS, torch.Generator().manual_seed(0))
TRAINS = torch.zeros(12, 3)
TRAINS[[2, 5, 10]] = 1
GRID = np.linspace(0, 50, 51)
IPD = np.linspace(-80, 80, 9)
HEAD, NERVE = heads.load(), Nerve()
BANDS = spoken.centres_hz()
RATES = 300 * torch.rand(2, 5, NERVE.steps)
FIVE = torch.linspace(-700, 700, 5)
LISTENING = {
    name: (torch.eye(60) + sign * 0.5 * torch.diag(torch.ones(59), -1), [3, 11])
    for name, sign in (("reset detached", 1), ("reset attached", -1))
}
DRAWINGS = {
    "here": lambda: course_map.here(3),
    "meetings": lambda: lesson_0.meetings([10, 40, 30]),
    "scene": lambda: lesson_0.scene(SPIKES[0], 40, 38.5),
    "estimates": lambda: lesson_0.estimates(
        torch.tensor(IPD), one=torch.tensor(IPD + 3), two=torch.tensor(IPD)
    ),
    "chain": lambda: lesson_1.chain(
        STIMULUS.phases(0.7, 0.0)[0], torch.rand(150, 2), SPIKES[0], 40, 5.6, 2.3
    ),
    "likelihood": lambda: lesson_1.likelihood(
        GRID, -np.stack([(GRID - 10) ** 2, (GRID - 30) ** 2]), [10, 30], (11, 31)
    ),
    "information": lambda: lesson_1.information(
        IPD, np.exp(-((IPD / 40) ** 2)), (IPD / 40) ** 2 * np.exp(-((IPD / 40) ** 2))
    ),
    "posterior": lambda: lesson_1.posterior(
        IPD, np.exp(-(((IPD - 70) / 20) ** 2)), {"mean": 64.0, "likeliest": 70.0}, 75
    ),
    "probabilities": lambda: lesson_5.probabilities(
        torch.arange(-82.5, 90, 15), torch.ones(12) / 12, 40, 38.0, 37.5
    ),
    "listens": lambda: lesson_5.listens(
        np.sin(np.arange(102)).reshape(2, 1, 51), IPD, 40 + IPD[:, None] / 3, GRID, GRID[:, None], 0
    ),
    "shifted": lambda: lesson_5.estimates(IPD, IPD + 3, 10, 0),
    "bound": lambda: lesson_1.bound(
        [1, 10, 100], [10, 3, 1], [(3.75, "floor"), (45, "chance")]
    ),
    "waiting": lambda: lesson_2.waiting(TRAINS, [0, 2, 4], 4),
    "arrivals": lambda: lesson_2.arrivals(torch.ones(200, 40), torch.arange(40.0), 150),
    "coincidences": lambda: lesson_2.coincidences(
        torch.rand(200), torch.rand(150), (50, 150)
    ),
    "price": lambda: lesson_2.price([0, 50, 100], [0.8, 1.0, 2.0], 150.0),
    "staircase": lambda: lesson_2.staircase(100, 50, 3),
    "pixel_centres": lambda: lesson_3.pixel_centres(8),
    "stems": lambda: lesson_3.stems(TRAINS[:, 0], TRAINS[:, 0] / 2, 2.5),
    "kinks": lambda: lesson_3.kinks(GRID, -GRID, GRID[::5], -GRID[::5]),
    "slopes_at_whole": lambda: lesson_3.slopes_at_whole(*np.random.rand(5, 9)),
    "stairs": lambda: lesson_4.stairs(GRID, GRID // 5, 51),
    "lent": lambda: lesson_4.lent(
        GRID - 25, {"sigmoid": np.exp(-GRID), "atan": np.exp(-GRID / 2)}, 5, 1.0
    ),
    "membrane": lambda: lesson_4.membrane(TRAINS[:, 0], TRAINS[:, 0] / 2, 1.0, "tau 5 ms"),
    "two_resets": lambda: lesson_4.two_resets(TRAINS[:, 0], TRAINS[:, 1], 12),
    "unrolled": lesson_4.unrolled,
    "listening": lambda: lesson_4.listening(LISTENING),
    "share": lambda: lesson_4.share(torch.linspace(1, 0.2, 100)),
    "factor": lambda: lesson_3.factor(GRID - 10, 5 * (GRID - 10), 40),
    "paths": lambda: lesson_3.paths([np.random.rand(6, 4)] * 3, ["a", "b", "c"], 5),
    "reach": lambda: lesson_3.reach(GRID, GRID**2, GRID**1.5, 5.0, 10, 0.1, 30),
    "lines": lambda: plots.lines(
        [1, 2, 10], {k: [(n, n - 1, n + 1)] * 3 for n, k in enumerate("abcdefg", 2)},
        "fibres per ear", "mean error (degrees)", title="all seven looks", log_x=True, log_y=True,
        levels=[(1.0, "bound"), (9.0, "control", (8.0, 10.0))],
    ),
    "valley": lambda: lesson_6.valley(
        [-8, 0, 8], [(14, 13, 15), (19, 18, 20), (15, 14, 16)], [(3, 17), (-5, 15)],
        [((3, 17), (8, 15)), ((-5, 15), (-7, 14))],
    ),
    "lags": lambda: lesson_6.lags(GRID - 25, "synaptic"),
    "how_many_seeds": lambda: lesson_6.how_many_seeds(
        [-1, 2, -3, 1], [(0.5, -18, 19), (-0.7, -7, 6)]
    ),
    "gain_by_variety": lambda: lesson_6.gain_by_variety(
        [1, 10, 10], [(5, 3, 7), (1, 0, 2), (0, -1, 1)],
        [(10, "axonal"), (30, "axonal"), (10, "synaptic")],
    ),
    "arriving": lambda: verdicts.arriving([-1, 2, -3], [(0.5, -18, 19), (-0.7, -7, 6)], 5, 4),
    "forest": lambda: verdicts.forest(
        [
            dict(place=word, verdict=word, difference_percent=k, low_percent=-3, high_percent=6)
            for k, word in enumerate(("differs", "alike", "open"))
        ],
        5,
    ),
    "jeffress": lambda: lesson_6.jeffress(IPD / 7, IPD / 8, "epoch 1"),
    "landscape": lambda: lesson_7.landscape(
        GRID, [2 + np.cos(GRID / 6), 2 + np.cos(GRID / 5)], 19.0, 64, 5.0, 0.25
    ),
    "race": lambda: lesson_7.race([GRID[::5]] * 5, 30, 10, list("abcde")),
    "loss_map": lambda: lesson_7.loss_map(
        [0, 25, 50], np.random.rand(3, 3), {"free": np.random.rand(9, 2) * 50, "removed": np.eye(2)}
    ),
    "potential": lambda: lesson_7.potential(GRID, np.sin(GRID / 16), 0.9, [3.0, 8.0], 17.9),
    "windows": lambda: lesson_8.windows(150, [25, 25], "causal"),
    "receptive_field": lambda: lesson_8.receptive_field(GRID[1:], IPD.mean() - GRID[1:], "one"),
    "ring": lambda: lesson_8.ring(np.eye(8), "back after 8 steps"),
    "around_the_head": lambda: lesson_9.around_the_head(
        30, HEAD.towards(30.0), HEAD.rate_hz, {n: HEAD.azimuth_deg * 8 for n in "abc"},
        HEAD.azimuth_deg,
    ),
    "nerves": lambda: lesson_9.nerves(RATES, torch.ones(NERVE.steps, NERVE.channels), NERVE),
    "cochleagram": lambda: lesson_9.cochleagram(RATES, NERVE),
    "step_price": lambda: lesson_9.step_price([0.1, 0.5, 1], [8, 13, 22]),
    "answers": lambda: lesson_9.answers(
        torch.tensor(IPD).repeat(9), noise=torch.tensor(IPD).repeat(9)
    ),
    "pointing": lambda: lesson_9.pointing(
        torch.ones(NERVE.steps, NERVE.channels), NERVE, 40, 33.0, "word"
    ),
    "against_noise": lambda: lesson_9.against_noise(
        ["quiet", "20", "0"], **{n: [(5, 4, 6)] * 3 for n in "abc"}
    ),
    "internal_delays": lambda: lesson_9.internal_delays(
        FIVE.expand(3, -1), -FIVE.expand(3, -1), NERVE, FIVE.abs()
    ),
    "heard": lambda: lesson_10.heard({"a": torch.eye(80, 40), "b": torch.ones(80, 40)}, BANDS),
    "listens_for": lambda: lesson_10.listens_for(
        {"before": (GRID[:40], IPD.mean() - GRID[:40] + 20), "after": (GRID[:40], GRID[:40])},
        BANDS, "neuron 3",
    ),
    "moved": lambda: lesson_10.moved(torch.linspace(-120, 90, 200)),
    "understood": lambda: lesson_10.understood(torch.eye(20) + 0.1, spoken.WORDS),
    "the_map": lambda: lesson_10.the_map(
        {
            task: [
                dict(place=word, verdict=word, difference_percent=k, low_percent=-3, high_percent=6)
                for k, word in enumerate(lesson_10.VERDICTS)
            ]
            for task in ("angle", "words")
        },
        5,
    ),
}  # fmt: skip
MADE_OF = {
    "draw": "here",
    "signed": "listening",
    "draw_raster": "rasters",
    "draw_pointer": "pointer",
    "plain_log_labels": "history",
}
"""Functions that draw into a panel, and a figure that holds one."""


def drawers(module):
    """Return the names of the functions of a module that draw."""
    found = inspect.getmembers(module, inspect.isfunction)
    own = [name for name, f in found if f.__module__ == module.__name__ and name[0] != "_"]
    others = ("canvas", "alt_text", "png", "small", "shown_width", "array", "in_style")
    return [name for name in own if name not in (*others, "told_apart", "walks_home", "lead")]


def drawing_rooms():
    return [
        plots, lesson_0, lesson_1, lesson_2, lesson_3, lesson_4, lesson_5, lesson_6,
        lesson_7, lesson_8, lesson_9, lesson_10, verdicts, course_map,
    ]  # fmt: skip


def test_every_plot_function_is_drawn_here():
    names = {MADE_OF.get(name, name) for module in drawing_rooms() for name in drawers(module)}
    assert names - set(FIGURES) - set(DRAWINGS) == set()


@pytest.mark.parametrize("name", [*FIGURES, *DRAWINGS])
def test_a_plot_function_keeps_the_style(name):
    figure = (FIGURES | DRAWINGS)[name]()
    plots.png(figure)  # so that ticks have their texts
    assert style_problems(figure) == []
    assert plots.alt_text(figure).endswith(".")


PLAIN = NO_UNIT | {
    "weight w", "loss", "potential above threshold", "same step", "late", "share in the mean",
    "pressure", "probability", "firing\nprobability\nper step", "fibres per ear", "value",
    "normalised coordinate", "meetings", "update", "seeds", "fibre (sorted by delay)",
    "hidden neurons", "lags on offer", "potential", "left ear\nweight", "right ear\nweight",
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_labels_say_their_unit(name):
    for axes in shown(DRAWINGS[name]()):
        for label in filter(None, (axes.get_xlabel(), axes.get_ylabel())):
            assert label in PLAIN or label.endswith(")"), label


def test_a_signed_picture_is_white_at_zero_and_tells_its_signs_in_grey():
    figure = lesson_4.listening(LISTENING)
    plots.png(figure)
    for axes, negative in zip(figure.axes, (0, 59), strict=False):
        image, dots = axes.images[0], axes.lines[0]
        assert image.norm(0.0) == 0.5 and image.get_cmap()(0.5)[:3] == pytest.approx(
            (1, 1, 1), abs=0.01
        )
        assert len(dots.get_xdata()) == negative


def line(**style):
    figure, axes = plots.canvas("A line.")
    axes.plot([0, 1], color=plots.LEFT)
    axes.plot([1, 0], **style)
    return figure


def image(cmap, **limits):
    figure, axes = plots.canvas("An image.")
    axes.imshow(np.eye(3), cmap=cmap, **limits)
    return figure


def small_words():
    figure, axes = plots.canvas("Words.")
    axes.text(0, 0, "small", fontsize=9)
    return figure


def named_panel():
    figure, axes = plots.canvas("A panel without numbers.")
    axes.set(yticks=[], ylabel="left ear")
    return figure


def one_number():
    figure, axes = plots.canvas("One tick.")
    axes.set(yticks=[0.5], ylabel="error (degrees)")
    return figure


def crowded():
    figure, axes = plots.canvas("A raster of 200 rows and 300 steps in three inches.", width=4)
    plots.draw_raster(axes, np.eye(300, 200))
    return figure


@pytest.mark.parametrize(
    ("figure", "problems"),
    [
        (line(color=plots.RIGHT, ls="--"), []),
        (line(color="#99C7E0", ls="--"), []),  # a tint of the blue
        (line(color=plots.RIGHT, ls="-"), ["lines in #0072b2 and #d55e00 look alike in grey"]),
        (line(color="red", ls="--"), ["#ff0000 of Line2D is foreign"]),
        (image("cividis"), []),
        (image("jet"), ["an image in jet"]),
        (image(plots.SIGNED, vmin=-1, vmax=1), []),
        (image("cividis", vmin=-1, vmax=6), ["an image from -1 to 6 has no white at zero"]),
        (image(plots.SIGNED, vmin=-1, vmax=6), ["an image from -1 to 6 has no white at zero"]),
        (small_words(), ["'small' has 9 points"]),
        (named_panel(), []),
        (crowded(), ["a step of a raster has 1.8 pixels", "a row of a raster has 2.1 pixels"]),
        (one_number(), ["the y axis 'error (degrees)' has 1 ticks"]),
    ],
)
def test_a_figure_out_of_style_is_named(figure, problems):
    plots.png(figure)
    assert style_problems(figure) == problems


@plots.in_style
def test_a_title_that_is_cut_is_named():
    figure, panels = plots.canvas("Two squares.", 1, 2, width=8.5, height=3.9, sharey=True)
    for axes in panels:
        picture = axes.imshow(np.eye(60))
        axes.set(xlabel="current at (ms)", title="a square")
    panels[0].set_ylabel("spike at (ms)")
    figure.colorbar(picture, ax=panels, label="gradient", extend="both")
    plots.png(figure)
    assert style_problems(figure) == ["'a square' is cut at the top"] * 2


def test_lines_over_many_decades_keep_their_numbers():
    curve = {"gradient": [(10.0**power,) * 3 for power in range(-30, 10, 8)]}
    figure = plots.lines(range(5), curve, "steps", "size", log_y=True)
    plots.png(figure)
    assert style_problems(figure) == []


def test_the_style_holds_inside_and_nowhere_else():
    @plots.in_style
    def inside():
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()
        return matplotlib.rcParams["image.cmap"], cycle["linestyle"][:2]

    assert inside() == ("cividis", ["-", "--"])
    assert matplotlib.rcParams["image.cmap"] == matplotlib.rcParamsDefault["image.cmap"]
