"""Drawings of lesson 2: trains of spikes that wait, and the window in which all have arrived."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from torch import Tensor

from .. import plots
from ..plots import GREY, LEFT, RIGHT, THIRD, Numbers, Picture

_HATCH = "////"


@plots.in_style
def waiting(trains: Numbers, delays: Iterable[int], max_delay: int) -> Picture:
    """Trains as they are sent, after Method A, and after Method B, one above the other.

    Parameters
    ----------
    trains : tensor `(time, fibre)` of 0 and 1
    delays : sequence of int, in steps
    max_delay : int, in steps
    """
    trains, delays = np.asarray(trains) > 0, [int(d) for d in delays]
    steps, fibres = trains.shape
    seen = sum(int(trains[max_delay - d : steps - d, i].sum()) for i, d in enumerate(delays))
    alt = (
        f"{fibres} fibres with delays {', '.join(map(str, delays))} steps. Sent: {steps} steps, "
        f"{int(trains.sum())} spikes. Method A: {steps + max_delay} steps, all spikes, silence "
        f"added around them. Method B: the {steps - max_delay} steps from {max_delay} on, "
        f"{seen} spikes."
    )
    titles = (
        f"sent: {steps} steps",
        f"Method A, pad then shift: {steps + max_delay} steps",
        f"Method B, shift then clip: {steps - max_delay} steps",
    )
    figure, panels = plots.canvas(alt, 3, 1, height=1.6 + 0.95 * fibres, sharex=True, sharey=True)
    for panel, title in zip(panels, titles, strict=True):
        panel.set(xlim=(-0.2, steps + max_delay + 0.2), ylim=(fibres - 0.35, -0.65))
        panel.set_yticks(range(fibres), [f"fibre {i}" for i in range(fibres)])
        panel.set_title(title, loc="left")
        panel.tick_params(length=0)
        panel.spines["left"].set_visible(False)
    for i, d in enumerate(delays):
        _row(panels[0], trains[:, i], 0, i, (0, steps))
        _row(panels[1], trains[:, i], d, i, (0, steps + max_delay))
        _row(panels[2], trains[:, i], d, i, (max_delay, steps))
    kept = (max_delay, -0.55), steps - max_delay, fibres + 0.1
    for panel in panels[1:]:
        panel.add_patch(Rectangle(*kept, fill=False, ec="black", lw=2, ls="--"))
    panels[2].set_xlabel("time (steps of 1 ms)")
    figure.legend(
        handles=[
            Patch(fc="#dbe9f4", ec=GREY, label="recorded"),
            Patch(fc="white", ec=GREY, hatch=_HATCH, label="silence nobody sent"),
            Patch(fc="white", ec="black", ls="--", lw=2, label="what Method B keeps"),
        ],
        loc="outside lower center", ncols=3, fontsize=10,
    )  # fmt: skip
    return figure


def _row(axes: Axes, train: np.ndarray, delay: int, row: int, shown: tuple[int, int]) -> None:
    """One fibre: what it recorded, `delay` steps late; hatched where nothing was recorded."""
    first, last = shown
    axes.add_patch(
        Rectangle(
            (first, row - 0.38), last - first, 0.76, fc="white", ec=GREY, hatch=_HATCH, lw=0.8
        )
    )
    start, end = max(delay, first), min(delay + len(train), last)
    axes.add_patch(Rectangle((start, row - 0.38), end - start, 0.76, fc="#dbe9f4", ec=GREY, lw=0.8))
    for t in np.nonzero(train)[0] + delay:
        if first <= t < last:
            axes.add_patch(
                Rectangle((t + 0.22, row - 0.3), 0.56, 0.6, color=(LEFT, RIGHT, THIRD)[row % 3])
            )


@plots.in_style
def arrivals(spikes: Numbers, delays: Numbers, steps: int) -> Picture:
    """Method A's spikes of many fibres, hatched where nothing has arrived, and who is filled.

    Parameters
    ----------
    spikes : tensor `(steps + max_delay, fibre)`, after `pad_then_shift`
    delays : tensor `(fibre,)`, in steps
    steps : int
        Length of the recording.
    """
    order = np.argsort(np.asarray(delays), kind="stable")
    late = np.asarray(delays)[order]
    spikes = np.asarray(spikes)[:, order]
    time = np.arange(len(spikes))
    filled = ((time[:, None] >= late) & (time[:, None] < late + steps)).mean(1)
    alt = (
        f"Above, a raster of every second of {len(late)} fibres, by delay; two hatched triangles, "
        f"at the start and the end, mark silence nobody sent. Below, the fraction of fibres that "
        f"carry a recording: {filled[10]:.2f} at 10 ms, 1 from {late.max():.0f} to "
        f"{steps + late.min() - 1:.0f} ms, {filled[-11]:.2f} at {time[-11]} ms."
    )
    figure, (top, bottom) = plots.canvas(alt, 2, 1, height=4.8, sharex=True, height_ratios=(2, 1))
    rows = np.arange(len(late))
    style = dict(fc="white", ec=GREY, hatch=_HATCH, lw=0.8)
    top.fill_betweenx(rows, 0, late, label="silence nobody sent", **style)
    top.fill_betweenx(rows, late + steps, len(spikes), **style)
    plots.draw_raster(top, spikes, two_ears=False, every=2)
    top.set(xlim=(0, len(spikes)), ylim=(len(late), -1), ylabel="every second fibre\n(by delay)")
    bottom.step(time, filled, where="post", color=LEFT, lw=2)
    bottom.axhline(1, color=GREY, lw=0.8, ls=":")
    bottom.set(ylim=(0, 1.1), xlabel="time (ms)", ylabel="fibres filled\n(fraction)")
    figure.legend(loc="outside upper right", fontsize=10)
    return figure


@plots.in_style
def coincidences(with_padding: Tensor, without_delay: Tensor, window: tuple[int, int]) -> Picture:
    """Mean coincidences in each ms after Method A, beside what was sent, the window shaded.

    Parameters
    ----------
    with_padding, without_delay : `(time,)`
        Pairs of spikes in a step of 1 ms.
    window : (first, last)
        Steps in which every fibre has arrived.
    """
    first, last = window
    edge, inside = float(with_padding[:first].mean()), float(with_padding[first:last].mean())
    alt = (
        f"Coincidences between the ears against time. As sent: {float(without_delay.mean()):.0f} "
        f"a step throughout. After Method A: from 0 up to a level of {inside:.0f} in the window "
        f"from {first} to {last} ms and back to 0; {edge:.0f} on average before the window."
    )
    figure, axes = plots.canvas(alt, height=3.2)
    axes.axvspan(first, last, color="#e6e6e6", label="every fibre has arrived")
    axes.plot(without_delay, color=GREY, ls="--", label="as sent")
    axes.plot(with_padding, color=LEFT, ls="-", lw=2, label="after Method A")
    axes.set(
        xlabel="time (ms)",
        ylabel="coincidences\n(pairs in a step)",
        ylim=(0, None),
        xlim=(0, len(with_padding)),
    )
    figure.legend(loc="outside upper center", ncols=3, fontsize=10)
    return figure


@plots.in_style
def price(max_delays: Sequence[int], bounds_deg: Sequence[float], duration_ms: float) -> Picture:
    """The bound on the error against `max_delay`, in a recording that stays as long as it is.

    Beside it what the square root of the time that is left would ask for.

    Parameters
    ----------
    max_delays : sequence of int, in steps of 1 ms
    bounds_deg : sequence of float
        Smallest mean error with each of them.
    duration_ms : float
        Length of the recording.
    """
    bounds_deg = [float(b) for b in bounds_deg]
    roots = [bounds_deg[0] * math.sqrt(duration_ms / (duration_ms - m)) for m in max_delays]
    alt = (
        f"Cramér–Rao bound against max_delay in a recording of {duration_ms:.0f} ms: "
        f"{bounds_deg[0]:.2f}° at {max_delays[0]} ms, rising ever faster to {bounds_deg[-1]:.2f}° "
        f"at {max_delays[-1]} ms. The root of the time that is left says {roots[-1]:.2f}° there, "
        f"and nearly the same as the bound before. A line at {duration_ms / 3:.0f} ms marks a "
        f"third of the recording; the curve shows nothing special there."
    )
    figure, axes = plots.canvas(alt, width=7.5, height=3.2)
    axes.plot(max_delays, bounds_deg, "o-", color=LEFT, label="bound of what is left")
    axes.plot(max_delays, roots, color="black", ls=":", label="root of the time left")
    axes.axvline(duration_ms / 3, color=GREY, ls="--", lw=1.2, label="a third of the recording")
    figure.legend(loc="outside right upper")
    axes.set(xlabel="max_delay (ms)", ylabel="smallest error\n(degrees)", ylim=(0, None))
    return figure


@plots.in_style
def staircase(effective_steps: int, max_delay: int, layers: int) -> Picture:
    """What is left of a stimulus after each of `layers` layers that clip.

    Parameters
    ----------
    effective_steps : int
        What the last layer leaves, in steps of 1 ms.
    max_delay : int
        What each layer takes, in steps.
    layers : int
    """
    total = effective_steps + max_delay * layers
    alt = (
        f"Bars: a stimulus of {total} ms loses {max_delay} ms from its start in each of {layers} "
        f"layers; {effective_steps} ms are left."
    )
    figure, axes = plots.canvas(alt, height=0.9 + 0.42 * (layers + 1))
    for row in range(layers + 1):
        lost = row * max_delay
        axes.add_patch(
            Rectangle((0, row - 0.35), lost, 0.7, fc="white", ec=GREY, hatch=_HATCH, lw=0.8)
        )
        axes.add_patch(
            Rectangle((lost, row - 0.35), total - lost, 0.7, fc="#dbe9f4", ec=GREY, lw=0.8)
        )
        axes.text(total - 4, row, f"{total - lost} ms left", ha="right", va="center")
    names = ["stimulus"] + [f"after layer {row}" for row in range(1, layers + 1)]
    axes.set_yticks(range(layers + 1), names)
    axes.set(xlim=(0, total), ylim=(layers + 0.5, -0.5), xlabel="time of arrival (ms)")
    return figure
