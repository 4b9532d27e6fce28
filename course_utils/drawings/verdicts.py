"""Drawings of verdicts: what the tuned comparisons of lessons 6 and 7 decided."""

from collections.abc import Mapping, Sequence

import numpy as np

from .. import plots
from ..plots import LEFT, RIGHT, Picture


@plots.in_style
def forest(
    verdicts: Sequence[Mapping],
    margin_percent: float,
    *,
    by: str = "place",
    minus: tuple[str, str] = ("learned", "frozen"),
) -> Picture:
    """Differences in per cent of their control, one row each, with intervals and verdicts.

    Grey is what would not matter.

    Parameters
    ----------
    verdicts : sequence of rows
        Each with `difference_percent`, `low_percent`, `high_percent` and `verdict`.
    margin_percent : float
        Half the width of what would not matter.
    by : str
        The column that names the rows.
    minus : (str, str)
        What the difference is of: the first minus the second, which is the control.
    """
    looks = {
        "differs": dict(color=LEFT, marker="o"),
        "alike": dict(color=RIGHT, marker="s"),
        "open": dict(color="black", marker="x"),
    }
    said = "; ".join(
        f"{r[by]}: {r['difference_percent']:+.1f} ({r['low_percent']:+.1f} to "
        f"{r['high_percent']:+.1f}), {r['verdict']}"
        for r in verdicts
    )
    first, control = minus
    alt = (
        f"{first[0].upper()}{first[1:]} minus {control} in per cent of {control}, with 95 % "
        f"intervals and a grey band of ±{margin_percent:g}, within which it would not matter. "
        f"{said}."
    )
    figure, axes = plots.canvas(alt, width=9, height=0.9 + 0.36 * len(verdicts))
    axes.axvspan(-margin_percent, margin_percent, color="#e6e6e6", lw=0)
    axes.axvline(0, color="black", lw=1, ls="-")
    for word, look in looks.items():
        rows = [k for k, row in enumerate(verdicts) if row["verdict"] == word]
        if rows:
            mean, low, high = (
                np.array([float(verdicts[k][f"{key}_percent"]) for k in rows])
                for key in ("difference", "low", "high")
            )
            how = dict(ls="none", ms=7, capsize=3, label=word)
            axes.errorbar(mean, rows, xerr=[mean - low, high - mean], **how, **look)
    axes.set_yticks(range(len(verdicts)), [row[by] for row in verdicts])
    axes.set(ylim=(len(verdicts) - 0.5, -0.5), xlabel=f"{first} minus {control} (% of {control})")
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


@plots.in_style
def arriving(
    gaps_percent: Sequence[float],
    intervals: Sequence[tuple[float, float, float]],
    margin_percent: float,
    everything: int,
) -> Picture:
    """Differences as the seeds come in, the interval of their mean, and what would not matter.

    Parameters
    ----------
    gaps_percent : sequence of float
        One for each seed that has come in, in per cent of the control.
    intervals : sequence of (mean, low, high), per cent
        Of the first two seeds, of the first three, and so on, up to the last that has come in.
    margin_percent : float
        Half the width of what would not matter.
    everything : int
        How many seeds there will be.
    """
    n = len(gaps_percent)
    mean, low, high = intervals[-1]
    said = f"{n} seeds: {mean:+.1f} % ({low:+.1f} to {high:+.1f})"
    figure, axes = plots.canvas(
        f"Learned minus frozen in per cent of frozen, as seeds come in, over a grey band of "
        f"±{margin_percent:g}. {said}; {sum(gap < 0 for gap in gaps_percent)} of {n} below zero.",
        width=9, height=3.4,
    )  # fmt: skip
    seeds, (means, lows, highs) = range(2, n + 1), zip(*intervals, strict=True)
    axes.axhspan(-margin_percent, margin_percent, color="#e6e6e6", lw=0, label="would not matter")
    axes.axhline(0, color="black", lw=1, ls="-")
    axes.plot(seeds, means, color=LEFT, ls="--", label="mean so far")
    axes.plot(seeds, lows, color=LEFT, ls=":", label="95 % interval so far")
    axes.plot(seeds, highs, color=LEFT, ls=":")
    axes.plot(range(1, n + 1), gaps_percent, "s", color=RIGHT, ms=5, ls="none", label="one seed")
    reach = 1.2 * max(2 * margin_percent, *np.abs(gaps_percent))
    axes.set(xlim=(0.5, everything + 0.5), ylim=(-reach, reach), title=said)
    axes.set(xlabel="seeds", ylabel="learned minus frozen\n(% of frozen)")
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
