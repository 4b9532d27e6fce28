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
