"""Charts of results: curves with intervals, told apart by colour, line style and marker."""

import numpy as np

from . import plots
from .plots import GREY, LEFT, RIGHT, THIRD

LOOKS = (
    dict(color=LEFT, ls="-", marker="o"),
    dict(color=RIGHT, ls="--", marker="s"),
    dict(color="black", ls=":", marker="x"),
    dict(color=THIRD, ls="-.", marker="D"),
    dict(color="#CC79A7", ls="-", marker="^"),
    dict(color=GREY, ls="--", marker="v"),
    dict(color="#56B4E9", ls=":", marker="P"),
)


def lines(x, curves, xlabel, ylabel, *, title="", log_x=False, log_y=False, levels=(), looks=LOOKS):
    """Curves with intervals over a few places.

    Parameters
    ----------
    x : sequence of float
    curves : dict of name to a list of (mean, low, high)
        At most as many as there are `looks`; more are refused.
    xlabel, ylabel, title : str
        Labels with their units.
    log_x, log_y : bool
        Logarithmic axes.
    levels : sequence of (value, label) or (value, label, (low, high))
        Horizontal lines to compare with, such as a bound or a control, and a band around one that
        was measured. Two at most.
    looks : sequence of dict
        Colour, line style and marker of each curve.
    """
    said = "; ".join(
        f"{name}: " + ", ".join(f"{mean:.3g}" for mean, *_ in values)
        for name, values in curves.items()
    )
    for value, name, *interval in levels:
        said += f"; {name}: {value:.3g}"
        said += "".join(f" ({low:.3g} to {high:.3g})" for low, high in interval)
    places = ", ".join(f"{value:g}" for value in x)
    figure, axes = plots.canvas(
        f"{title} {ylabel} against {xlabel} ({places}). {said}.".strip(), width=8, height=3.7
    )
    x = np.asarray(x, dtype=float)
    spread = np.linspace(-1, 1, len(curves)) * 0.02  # so that intervals do not hide each other
    drawn = plots.told_apart("curves", curves.items(), looks)
    for ((name, values), look), aside in zip(drawn, spread, strict=True):
        mean, low, high = np.array(values, dtype=float).T
        aside *= bool((low < high).any())  # a line without intervals stays where it is
        where = x * np.exp(2 * aside) if log_x else x + aside * np.ptp(x)
        axes.errorbar(where, mean, [mean - low, high - mean], label=name, **look)
    for (value, name, *interval), style in plots.told_apart("levels", levels, ("-", ":")):
        for band in interval:
            axes.axhspan(*band, color=GREY, alpha=0.2, lw=0)
        axes.axhline(value, color="black", lw=1.2, ls=style, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if log_x:
        axes.set_xscale("log")
        axes.set_xticks(x, [f"{value:g}" for value in x])
        axes.minorticks_off()
    if log_y:
        axes.set_yscale("log")
        plots.plain_log_labels(axes.yaxis)
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
