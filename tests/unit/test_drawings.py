"""What a reader must be able to tell apart in the drawings of lessons 7 to 9."""

import numpy as np
import torch

from course_utils import plots
from course_utils.drawings import lesson_7, lesson_8, lesson_9, verdicts
from course_utils.head.cochlea import Nerve


def test_a_map_of_two_delays_says_where_its_valleys_run():
    delays = np.arange(0, 51, 2)
    lag = delays[:, None] - delays  # a row for each delay of the right ear
    losses = 3 - np.cos(2 * np.pi * (lag - 12) / 50)
    walks = {"free": torch.tensor([[25.0, 25], [38, 50]]), "removed": torch.tensor([[25.0, 25]])}
    figure = lesson_7.loss_map(delays, losses, walks)
    said = plots.alt_text(figure)
    assert "longer by -38, +12 ms" in said  # and nothing at the rim, where a valley is half seen
    assert "free, 25 and 25 to 38 and 50 ms; removed, 25 and 25 to 25 and 25 ms." in said
    image = figure.axes[0].images[0]
    assert image.get_extent() == [-1, 51, -1, 51] and image.origin == "lower"
    marks = [line.get_marker() for line in figure.axes[0].lines if line.get_ls() == "None"]
    assert len(set(marks)) == len(marks) == 3  # two ends and the start, told apart in grey
    alone = lesson_7.loss_map(delays, losses)
    assert plots.alt_text(alone) == said[: said.index(" Walks")] and not alone.axes[0].lines


def test_a_forest_names_what_was_compared():
    row = dict(condition="bell", verdict="alike", difference_percent=1.0)
    row |= dict(low_percent=-2.0, high_percent=4.0)
    figure = verdicts.forest([row], 5, by="condition", minus=("the rule", "linear"))
    assert plots.alt_text(figure).startswith("The rule minus linear in per cent of linear, ")
    assert "bell: +1.0 (-2.0 to +4.0), alike" in plots.alt_text(figure)
    assert figure.axes[0].get_xlabel() == "the rule minus linear (% of linear)"
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["bell"]


def test_delays_at_the_longest_one_do_not_hide_each_other():
    delays = torch.tensor([3.0, 50, 50, 50, 20, 50, 7, 50, 50, 50])
    weights = torch.linspace(-1, 1, 10)
    figure = lesson_8.receptive_field(delays, weights, "one")
    for axes, ear in zip(figure.axes, (slice(0, 5), slice(5, 10)), strict=True):
        marks = next(line for line in axes.lines if line.get_marker() in ("o", "s"))
        at_end = delays[ear] == 50
        assert np.allclose(np.array(marks.get_xdata())[~at_end], delays[ear][~at_end])
        assert np.diff(np.array(marks.get_xdata())[at_end]).min() > 1
        assert (np.array(marks.get_xdata())[at_end] > 50).all()
        assert max(marks.get_xdata()) < axes.get_xlim()[1]


def test_before_and_after_are_joined_band_by_band():
    nerve = Nerve()
    before = torch.arange(10.0).view(2, 5) * 50
    figure = lesson_9.internal_delays(before, before + 100, nerve, torch.full((5,), 700.0))
    joins = [
        tuple(line.get_ydata()) for line in figure.axes[0].lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]
    ]  # fmt: skip
    pairs = zip(before.flatten().tolist(), (before + 100).flatten().tolist(), strict=True)
    assert sorted(joins) == sorted(pairs)


def test_a_picture_of_two_nerves_says_which_ear_leads():
    nerve = Nerve()
    left = torch.poisson(torch.full((nerve.steps, nerve.channels // 2), 0.3))
    for late in (-4, 3):  # steps by which the right nerve is late
        both = torch.cat([left, left.roll(late, 0)], dim=1)
        said = plots.alt_text(lesson_9.pointing(both, nerve, 0, 0.0, "noise"))
        ear = "left" if late > 0 else "right"
        assert f"the {ear} ear leads by about {1000 * nerve.dt_ms * abs(late):.0f} µs" in said
    silent = torch.zeros(nerve.steps, nerve.channels)
    assert "neither ear leads" in plots.alt_text(lesson_9.pointing(silent, nerve, 0, 0.0, "none"))
