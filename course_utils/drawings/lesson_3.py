"""Drawings of lesson 3: where a grid samples, and which way is downhill for a delay."""

from collections.abc import Iterable, Sequence

import numpy as np

from .. import plots
from ..plots import GREY, LEFT, RIGHT, THIRD, Numbers, Picture


@plots.in_style
def pixel_centres(steps: int) -> Picture:
    """The two ways to stretch `steps` rows over -1 ... 1."""
    inside = (2 * np.arange(steps) + 1) / steps - 1
    corners = 2 * np.arange(steps) / (steps - 1) - 1
    alt = (
        f"Two number lines from -1 to 1, each with the {steps} rows of a train. "
        f"align_corners=False: "
        f"row 0 at {inside[0]:.3f}, one step is {2 / steps:.3f}. align_corners=True: row 0 at "
        f"{corners[0]:.0f}, one step is {2 / (steps - 1):.3f}."
    )
    figure, axes = plots.canvas(alt, height=2.2)
    edges = np.linspace(-1, 1, steps + 1)
    for y, centres, marker, colour in ((1, inside, "o", LEFT), (0, corners, "s", RIGHT)):
        axes.plot([-1, 1], [y, y], color=GREY, lw=1, ls="-")
        axes.plot(centres, [y] * steps, marker, color=colour, ms=8)
        for row, x in enumerate(centres):
            axes.text(x, y + 0.2, row, ha="center", fontsize=10)
    axes.vlines(edges, 0.85, 1.15, color=GREY, lw=0.8)
    axes.set_yticks([0, 1], ["align_corners\n= True", "align_corners\n= False"])
    axes.set(xlim=(-1.06, 1.06), ylim=(-0.4, 1.5), xlabel="normalised coordinate")
    return figure


@plots.in_style
def stems(sent: Numbers, arrived: Numbers, delay: float) -> Picture:
    """A train as sent, and after a delay that need not be whole.

    Parameters
    ----------
    sent, arrived : `(time,)`
    delay : float, in steps
    """
    sent, arrived = np.asarray(sent), np.asarray(arrived)
    alt = (
        f"Stems: above, {int(sent.sum())} spikes as sent; below, after a delay of {delay:.1f} "
        f"steps, values {', '.join(f'{v:.2f}' for v in arrived[arrived > 0.005])}."
    )
    figure, panels = plots.canvas(alt, 2, 1, height=3.2, sharex=True, sharey=True)
    pairs = (
        (sent, LEFT, "sent"),
        (arrived, RIGHT, f"after {delay:.1f} steps"),
    )
    for axes, (values, colour, title) in zip(panels, pairs, strict=True):
        rows = np.nonzero(values > 0.005)[0]
        axes.vlines(rows, 0, values[rows], color=colour, lw=3)
        axes.plot(rows, values[rows], "o", color=colour)
        for row in rows:
            axes.text(row, values[row] + 0.12, f"{values[row]:.2g}", ha="center", fontsize=10)
        axes.set_title(title, loc="left")
        axes.set(ylim=(0, 1.45), xlim=(-0.5, len(sent) - 0.5), yticks=(0, 1), ylabel="value")
    panels[1].set_xlabel("time (steps)")
    return figure


@plots.in_style
def kinks(
    delays: Numbers, loss: Numbers, whole_delays: Sequence[float], whole_loss: Sequence[float]
) -> Picture:
    """A loss against delay: straight between whole delays, bent at each of them.

    Parameters
    ----------
    delays, loss : `(delay,)`
        Delays in steps, and the negative overlap at each.
    whole_delays, whole_loss : sequence of float
        The same where the delay is whole.
    """
    best = int(whole_delays[int(np.argmin(whole_loss))])
    alt = (
        f"Loss against delay, made of straight pieces that meet at whole delays; lowest, "
        f"{float(min(whole_loss)):.1f}, at a delay of {best} steps."
    )
    figure, axes = plots.canvas(alt, width=7, height=3.0)
    axes.plot(delays, loss, color=LEFT, lw=2)
    axes.plot(whole_delays, whole_loss, "o", color="black", label="whole delays")
    axes.set(xlabel="delay (steps)", ylabel="loss\n(negative overlap)")
    axes.legend(fontsize=10)
    return figure


@plots.in_style
def slopes_at_whole(
    delays: Numbers, left: Numbers, right: Numbers, by_grid: Numbers, ours: Numbers
) -> Picture:
    """One-sided slopes as a bar; what autograd says through `grid_sample`, and through ours.

    Parameters
    ----------
    delays : `(delay,)`, whole steps
    left, right : `(delay,)`
        Slopes of the loss on both sides of each, per step.
    by_grid, ours : `(delay,)`
        Gradients, per step.
    """
    delays, left, right, by_grid, ours = (
        np.asarray(a) for a in (delays, left, right, by_grid, ours)
    )
    near = np.minimum(abs(by_grid - left), abs(by_grid - right)) < 0.01 * abs(right - left)
    outside = (by_grid < np.minimum(left, right)) | (by_grid > np.maximum(left, right))
    alt = (
        f"Slope of the loss at {len(delays)} whole delays. Bars run from the left to the right "
        f"one-sided slope. Through grid_sample the gradient equals one of them in {near.sum()} "
        f"cases and lies outside the bar in {outside.sum()}. Ours is the middle every time."
    )
    figure, axes = plots.canvas(alt, height=3.6)
    axes.vlines(delays, left, right, color="#bdbdbd", lw=9, label="from left to right slope")
    axes.plot(delays, by_grid, "X", color=RIGHT, ms=8, label="autograd, grid_sample")
    axes.plot(delays, ours, "_", color="black", ms=11, mew=2.5, label="autograd, shift_then_clip")
    axes.axhline(0, color=GREY, lw=0.8, ls="-")
    axes.set(xlabel="delay (whole steps)", ylabel="slope of the loss\n(per step)")
    figure.legend(loc="outside upper center", ncols=3, fontsize=10)
    return figure


@plots.in_style
def factor(delays: Numbers, factors: Numbers, max_delay: int) -> Picture:
    """By what the prototype multiplies a gradient, against the delay in its parameter.

    Parameters
    ----------
    delays, factors : `(delay,)`
        Raw delays in steps, from below 0 to beyond `max_delay`, and the factor at each.
    max_delay : int, in steps
    """
    delays, factors = np.asarray(delays), np.asarray(factors)
    alt = (
        f"Factor on the gradient against the raw delay: five times the delay, from "
        f"{factors[0]:.0f} at {delays[0]:.0f} through 0 at 0 to {factors[-1]:.0f} at "
        f"{delays[-1]:.0f} steps; the honest factor is 1 between 0 and {max_delay}. The axis is "
        f"logarithmic outside of -1 to 1."
    )
    figure, axes = plots.canvas(alt, width=7, height=3.7)
    axes.axvspan(delays[0], 0, color="#dddddd", label="wrong way")
    axes.plot(delays, factors, color=RIGHT, ls="--", lw=2, label="5 × delay")
    axes.plot([0, max_delay], [1, 1], color=LEFT, lw=3, label="1, the slope of waiting longer")
    axes.plot([0], [0], "o", color="black", label="dead: 0 at 0")
    axes.axhline(0, color=GREY, lw=0.8, ls="-")
    axes.set(xlabel="raw delay (steps)", ylabel="factor on the\ngradient (log scale)")
    axes.set_xlim(delays[0], delays[-1])
    axes.set_yscale("symlog", linthresh=1)  # or a factor of 1 would look like 0
    ticks = (-50, -5, -1, 0, 1, 5, 50, 300)
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    return figure


@plots.in_style
def paths(
    panels_of_paths: Sequence[Sequence[Sequence[float]]], titles: Sequence[str], goal: float
) -> Picture:
    """Delays over updates, from several starts; one panel for each rule.

    Parameters
    ----------
    panels_of_paths : `(rule, update, start)`
        Raw delays in steps, from at most four starts; more are refused.
    titles : sequence of str
        Names of the rules.
    goal : float
        The best delay, in steps.
    """
    ends = [
        f"{title}: from {_listed(rows[0])} to {_listed(rows[-1])}"
        for title, rows in zip(titles, panels_of_paths, strict=True)
    ]
    figure, panels = plots.canvas(
        f"Delays over {len(panels_of_paths[0]) - 1} updates, best delay {goal}. {'; '.join(ends)}.",
        1, len(titles), height=3.7, sharey=True,
    )  # fmt: skip
    looks = [
        dict(color=color, ls=ls)
        for color, ls in ((LEFT, "-"), (RIGHT, "--"), (THIRD, "-."), ("black", ":"))
    ]
    for axes, title, rows in zip(panels, titles, panels_of_paths, strict=True):
        axes.axhspan(-100, 0, color="#eeeeee")
        axes.axhline(goal, color=GREY, lw=1, ls=":")
        for path, look in plots.told_apart("starts", np.asarray(rows).T, looks):
            axes.plot(path, lw=2, label=f"{path[0]:g}", **look)
        axes.set(xlabel="update", title=title)
    panels[0].set(ylabel="raw delay (steps)", ylim=(-30, 50))
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=10,
        title="first delay (steps)",
    )  # fmt: skip
    return figure


@plots.in_style
def reach(
    delays: Numbers,
    narrow: Numbers,
    wide: Numbers,
    sigma: float,
    here: float,
    slope: float,
    goal: float,
) -> Picture:
    """The loss against delay, interpolated and under a bell of width `sigma`, and one way down.

    Parameters
    ----------
    delays : `(delay,)`, in steps
    narrow, wide : `(delay,)`
        The loss, as a fraction of the target: interpolated, and under the bell.
    sigma : float
        Standard deviation of the bell, in steps.
    here, goal : float
        Where the ball lies, and the best delay, in steps.
    slope : float
        Of `wide` there, per step.
    """
    delays, narrow, wide = np.asarray(delays), np.asarray(narrow), np.asarray(wide)
    slope = float(slope)
    if abs(slope) < 1e-4:
        move, said = 0, "no slope to follow"
    else:
        move = -6 * np.sign(slope)
        said = "wait longer" if move > 0 else "wait less"
    alt = (
        f"Loss against delay, best at {goal}. Above, interpolated: a notch one step to either side "
        f"of {goal}. Below, under a bell of {sigma:.1f} steps: lowest {wide.min():.2f}. At a delay "
        f"of {here:.0f} the slope is {slope:.4f} per step: {said}."
    )
    figure, (top, bottom) = plots.canvas(alt, 2, 1, height=4.6, sharex=True)
    top.plot(delays, narrow, color=GREY, ls="-", lw=2)
    top.set_title("linear interpolation", loc="left")
    bottom.plot(delays, wide, color=LEFT, lw=2.5, ls="-")
    bottom.set_title(f"bell of sigma = {sigma:.1f} steps (axis magnified)", loc="left")
    bottom.set(xlabel="delay (steps)", xlim=(-1, 51))
    for axes, values in ((top, narrow), (bottom, wide)):
        room = values.max() - values.min()
        axes.set(ylim=(values.min() - 0.1 * room, values.max() + 0.45 * room))
        axes.set_ylabel("target missed\n(fraction)")
        axes.axvline(goal, color="black", lw=1, ls=":")
        axes.annotate("best", (goal, axes.get_ylim()[1]), va="top", ha="left",
                      xytext=(4, 0), textcoords="offset points", fontsize=10)  # fmt: skip
    height = wide[np.argmin(abs(delays - here))]
    bottom.plot([here], [height], "o", color=RIGHT, ms=10)
    above = height + 0.17 * room
    if move:
        arrow = dict(arrowstyle="-|>", color=RIGHT, lw=2.5)
        bottom.annotate("", (here + move, above), (here, above), arrowprops=arrow)
    side = "left" if here < 25 else "right"
    bottom.text(here, above + 0.07 * room, said, ha=side, fontsize=11)
    return figure


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)
