"""What a reader must be able to tell apart in the drawings of lessons 8 and 9."""

import numpy as np
import torch

from course_utils.drawings import lesson_8, lesson_9
from course_utils.head.cochlea import Nerve


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
