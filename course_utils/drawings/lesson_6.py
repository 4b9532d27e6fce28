"""Drawings of lesson 6: which of weights and delays did the work."""

from collections.abc import Sequence

import numpy as np

from .. import plots
from ..plots import GREY, LEFT, RIGHT, Numbers, Picture

Place = tuple[float, float]
"""A lag in ms, and the error there in degrees."""


@plots.in_style
def valley(
    lags_ms: Sequence[float],
    results: Sequence[tuple[float, float, float]],
    dots: Sequence[Place],
    arrows: Sequence[tuple[Place, Place]] = (),
) -> Picture:
    """Error against the one number that counts, with networks that drew it at random.

    Parameters
    ----------
    lags_ms : sequence of float
        How much longer the right ear waits, in ms.
    results : sequence of (mean, low, high), degrees
    dots : sequence of (lag in ms, error in degrees)
        Networks with frozen random delays.
    arrows : sequence of ((first lag, error), (last lag, error))
        The ways of networks that learned, each from its error when frozen.
    """
    mean, low, high = np.array(results).T
    best = int(np.argmin(mean))
    alt = (
        f"Mean error against how much longer the right ear waits, from {lags_ms[0]} to "
        f"{lags_ms[-1]} ms: lowest, {mean[best]:.1f} degrees, at {lags_ms[best]} ms, highest "
        f"{mean.max():.1f}. Frozen random networks: "
        + ", ".join(f"{error:.1f} at {lag:+.0f} ms" for lag, error in dots)
        + "."
    )
    for first, last in arrows:
        alt += " One learned, from {:.1f} ms and {:.1f} degrees to {:.1f} ms and {:.1f}.".format(
            *first, *last
        )
    figure, axes = plots.canvas(alt, width=7, height=3.4)
    axes.fill_between(lags_ms, low, high, color="#cccccc", label="95 % over seeds")
    axes.plot(lags_ms, mean, color="black", ls="-", marker=".", label="set by hand")
    axes.plot(*np.array(dots).T, "s", color=RIGHT, ms=8, ls="none", label="frozen random")
    width = 2 if len(arrows) == 1 else 1.2
    for first, last in arrows:
        axes.annotate(
            "", last, first, zorder=5,
            arrowprops=dict(arrowstyle="-|>,head_width=0.3,head_length=0.6", color=LEFT, lw=width),
        )  # fmt: skip
    if arrows:
        axes.plot([], [], color=LEFT, lw=width, ls="-", label="learned, from → to")
    axes.set(xlabel="right ear waits longer (ms)", ylabel="mean error (degrees)")
    axes.set_ylim(0.7 * mean.min(), None)
    figure.legend(loc="outside lower center", ncols=4, fontsize=10)
    return figure


@plots.in_style
def lags(values_ms: Numbers, title: str) -> Picture:
    """The lags between the ears that a network has on offer, as a rug over one cycle of 50 ms.

    A cycle more or less is the same lag, so all are brought to between −25 and 25 ms.

    Parameters
    ----------
    values_ms : array of any shape
        How much longer the right ear waits.
    title : str
    """
    values = np.sort((np.asarray(values_ms, dtype=float).ravel() + 25) % 50 - 25)
    edges = np.concatenate([[-12.5], values[np.abs(values) <= 12.5], [12.5]])
    hole = float(np.diff(edges).max())
    some = "1 lag" if len(values) == 1 else f"{len(values)} lags"
    said = f"{some}; largest hole between −12.5 and 12.5 ms: {hole:.1f} ms"
    figure, axes = plots.canvas(f"{title}: {said}.", width=7, height=2.1)
    axes.axvspan(-12.5, 12.5, color="#eeeeee")
    axes.plot(values, np.zeros(len(values)), "|", color=LEFT, ms=30, mew=1.2)
    axes.set(xlim=(-25.5, 25.5), yticks=[], xlabel="right ear waits longer than left (ms)")
    axes.set_title(f"{title}\n{said}")
    axes.spines["left"].set_visible(False)
    return figure


@plots.in_style
def how_many_seeds(
    gaps_deg: Sequence[float], intervals: Sequence[tuple[float, float, float]]
) -> Picture:
    """Differences seed by seed, and the interval of their mean as the seeds come in.

    Parameters
    ----------
    gaps_deg : sequence of float
        Learned minus frozen in degrees, of all the seeds that there are.
    intervals : sequence of (mean, low, high), degrees
        Of the first two seeds, of the first three, and so on, up to the last that is drawn.
    """
    n = len(intervals) + 1
    mean, low, high = intervals[-1]
    clear = "holds zero" if low <= 0 <= high else "is clear of zero"
    said = f"{mean:+.1f}° ({low:+.1f}° to {high:+.1f}°)"
    figure, axes = plots.canvas(
        f"Learned minus frozen of {n} seeds, {sum(gap < 0 for gap in gaps_deg[:n])} of them below "
        f"zero. Mean {said}; the 95 % interval {clear}.", width=8, height=3.4,
    )  # fmt: skip
    seeds, (means, lows, highs) = range(2, n + 1), zip(*intervals, strict=True)
    axes.axhline(0, color="black", lw=1, ls="-")
    axes.fill_between(seeds, lows, highs, color="#d9d9d9", lw=0, label="95 % interval so far")
    axes.plot(seeds, means, color=LEFT, ls="--", label="mean so far")
    axes.plot(range(1, n + 1), gaps_deg[:n], "s", color=RIGHT, ms=5, ls="none", label="one seed")
    ends = min(gaps_deg), max(gaps_deg)
    axes.set(xlim=(0.5, len(gaps_deg) + 0.5), ylim=(ends[0] - 2, ends[1] + 2))
    axes.set(xlabel="seeds", ylabel="learned minus frozen\n(degrees)")
    axes.set_title(f"{n} seeds: {said}; the interval {clear}")
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


@plots.in_style
def gain_by_variety(
    variety: Sequence[float],
    gains: Sequence[tuple[float, float, float]],
    kinds: Sequence[tuple[float, str]],
) -> Picture:
    """What learning gains against how many lags are on offer.

    Parameters
    ----------
    variety : sequence of float
        Lags on offer in each place.
    gains : sequence of (mean, low, high), in per cent of the frozen error
    kinds : sequence of (hidden neurons, "axonal" or "synaptic")
        Of each place; at most four are told apart, more are refused.
    """
    named = sorted(zip(variety, kinds, gains, strict=True))
    alt = "Gain from learning the delays against the number of lags on offer: " + ", ".join(
        f"{v:g} lags ({kind}, {hidden:g} hidden) {gain:+.0f} per cent"
        for v, (hidden, kind), (gain, *_) in named
    )
    figure, axes = plots.canvas(alt + ".", width=8, height=3.4)
    looks = {"axonal": dict(color=RIGHT, marker="s"), "synaptic": dict(color=LEFT, marker="o")}
    groups = sorted(set(kinds), key=lambda k: (k[1], k[0]))
    for (hidden, kind), aside in plots.told_apart("kinds", groups, (0.91, 0.97, 1.03, 1.09)):
        chosen = [k == (hidden, kind) for k in kinds]
        mean, low, high = np.array(gains)[chosen].T
        where = np.array(variety, dtype=float)[chosen] * aside
        fill = {"mfc": "white"} if hidden == min(h for h, _ in kinds) else {}
        axes.errorbar(where, mean, [mean - low, high - mean], ls="none", ms=7,
                      label=f"{kind}, {hidden:g} hidden", **looks[kind], **fill)  # fmt: skip
    axes.axhline(0, color="black", lw=1, ls="-")
    axes.set(xscale="log", xlabel="lags on offer", ylabel="gained by learning\n(% of frozen)")
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


@plots.in_style
def jeffress(wanted_ms: Numbers, waits_ms: Numbers, title: str) -> Picture:
    """What the right ear waits longer, for each direction, beside Jeffress's line.

    Parameters
    ----------
    wanted_ms : `(direction,)`
        What makes up for the sound's lead.
    waits_ms : `(direction,)` or `(copy, direction)`
    title : str
    """
    wanted, waits = np.asarray(wanted_ms), np.atleast_2d(waits_ms)
    off = float(np.abs(waits - wanted).mean())
    said = f"{off:.1f} ms off on average"
    figure, axes = plots.canvas(
        f"{title}: what the right ear waits longer against what makes up for the sound's lead, "
        f"for {len(wanted)} directions; {said}.", width=4.8, height=4,
    )  # fmt: skip
    axes.plot([-13, 13], [-13, 13], color=GREY, ls="--", lw=1.5, label="Jeffress's line")
    for row in waits:
        axes.plot(wanted, row, "o", color=LEFT, ms=6, ls="none")
    axes.plot([], [], "o", color=LEFT, ls="none", label="outputs")
    axes.set(xlim=(-14, 14), ylim=(-16, 16), title=f"{title}: {said}")
    axes.set(xlabel="right ear leads by (ms)", ylabel="right ear waits longer (ms)")
    axes.legend(loc="upper left", fontsize=10)
    return figure
