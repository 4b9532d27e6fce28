"""Drawings of lesson 7: how should a delay learn."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import patheffects

from .. import plots
from ..plots import GREY, LEFT, LOOKS, RIGHT, Numbers, Picture


@plots.in_style
def landscape(
    delays: Numbers,
    losses: Numbers,
    goal: float,
    sounds: int,
    tau_ms: float,
    sigma: float,
    limits: tuple[float, float] = (1.0, 3.5),
) -> Picture:
    """The loss against one delay, for a few draws of sounds, and where walking downhill ends.

    The axis of the loss has the same `limits` for all settings, so that depths can be compared.

    Parameters
    ----------
    delays : `(delay,)`
        Delay of the right ear, in whole steps from 0.
    losses : `(delay,)` or `(draw, delay)`, in nats
    goal : float
        The delay on Jeffress's line, in steps.
    sounds : int
        In each draw.
    tau_ms, sigma : float
        Time constant of the neuron, in ms, and width of the bell, in steps.
    limits : (low, high), in nats
    """
    delays, losses = np.asarray(delays), np.atleast_2d(losses)
    home = np.array([walks_home(loss, goal) for loss in losses])
    said = f"{home.sum()} of {home.size} walks lead home"
    ends = [_ends(loss) for loss in losses]
    figure, axes = plots.canvas(
        f"Loss against the delay of one output for {len(losses)} draws of {sounds} sounds, tau "
        f"{tau_ms:g} ms, sigma {sigma:g} steps: lowest {losses.min():.2f}, highest "
        f"{losses.max():.2f}; {said}. The walks end at delays "
        f"{', '.join(f'{delay:g}' for delay in delays[np.unique(np.concatenate(ends))])}; the "
        f"goal is {goal:.1f} steps.", width=7, height=3.2,
    )  # fmt: skip
    axes.plot(delays, losses.T, color=GREY, ls="-", lw=1)
    axes.axvline(goal, color="black", ls=":", lw=1.5, label="Jeffress's line")
    for stays, look in ((True, dict(color=LEFT, marker="o", label="an end at home")),
                        (False, dict(color=RIGHT, marker="X", label="an end astray"))):  # fmt: skip
        at = [np.unique(end[kept == stays]) for end, kept in zip(ends, home, strict=True)]
        heights = [loss[where] for loss, where in zip(losses, at, strict=True)]
        axes.plot(delays[np.concatenate(at)], np.concatenate(heights), ms=8, ls="none", **look)
    axes.set(xlabel="delay of the right ear (steps)", ylabel="loss (nats)", ylim=limits)
    axes.set_title(f"{sounds} sounds, {len(losses)} draws: {said}")
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


def walks_home(loss: Sequence[float] | np.ndarray, goal: float, within: float = 3) -> np.ndarray:
    """For each whole delay, whether going downhill ends at most `within` steps from `goal`.

    Parameters
    ----------
    loss : `(delay,)`
        At 0, 1, 2, ... steps.
    goal, within : float, in steps

    Returns
    -------
    array `(delay,)` of bool
    """
    return np.abs(_ends(loss) - goal) <= within


def _ends(loss: Sequence[float] | np.ndarray) -> np.ndarray:
    """Where going downhill, step by step, ends from each whole delay."""
    ends = []
    for here in range(len(loss)):
        while True:
            around = [k for k in (here - 1, here, here + 1) if 0 <= k < len(loss)]
            lowest = min(around, key=lambda k: loss[k])
            if lowest == here:
                break
            here = lowest
        ends.append(here)
    return np.array(ends)


@plots.in_style
def race(
    positions: Sequence[Sequence[float]], goal: float, update: int, names: Sequence[str]
) -> Picture:
    """Where the delays of each rule are after `update` updates; a row for each rule.

    Parameters
    ----------
    positions : `(rule, copy)`
        Delays in steps; at most seven rules are told apart, more are refused.
    goal : float, in steps
    update : int
    names : sequence of str
    """
    there = [int((np.abs(np.asarray(row) - goal) <= 1).sum()) for row in positions]
    count = len(positions[0])
    said = ", ".join(f"{name}: {n} of {count}" for name, n in zip(names, there, strict=True))
    figure, axes = plots.canvas(f"After {update} updates, within a step of the goal: {said}.",
                                width=7.5, height=3.0)  # fmt: skip
    drawn = plots.told_apart("rules", list(zip(positions, there, strict=True)), LOOKS)
    for row, ((values, n), look) in enumerate(drawn):
        axes.plot(values, np.full(count, row), look["marker"], color=look["color"], ms=7, alpha=0.7)
        axes.text(51.5, row, f"{n} there", va="center", fontsize=10)
    axes.axvline(goal, color="black", ls=":", lw=1.5)
    axes.set(xlim=(-1, 51), ylim=(len(names) - 0.5, -0.5), xlabel="delay (steps)")
    axes.set_yticks(range(len(names)), names)
    axes.set_title(f"update {update}, goal {goal} steps")
    return figure


@plots.in_style
def loss_map(
    delays_ms: Numbers, losses: Numbers, walks: Mapping[str, Numbers] | None = None
) -> Picture:
    """The loss over the delays of two fibres, one of each ear, and walks through it, if any.

    Parameters
    ----------
    delays_ms : `(n,)`
        The same for both ears.
    losses : `(n, n)`
        Loss in nats; a row for each delay of the right ear.
    walks : dict of name to `(updates, 2)`
        Delays of the left and of the right ear, in ms; at most four walks, more are refused.
    """
    delays, losses = np.asarray(delays_ms, dtype=float), np.asarray(losses)
    ways = {name: plots.array(walk) for name, walk in (walks or {}).items()}
    valleys = ", ".join(f"{lag:+.0f}" for lag in _valleys(delays[:, None] - delays, losses))
    alt = (
        f"Map of the loss, {losses.min():.1f} to {losses.max():.1f} nats, over the delay of the "
        f"left and of the right ear. Its valleys run along the diagonal, where the right ear waits "
        f"longer by {valleys} ms."
    )
    said = "; ".join(
        f"{name}, {way[0, 0]:.0f} and {way[0, 1]:.0f} to {way[-1, 0]:.0f} and {way[-1, 1]:.0f} ms"
        for name, way in ways.items()
    )
    if said:
        alt += f" Walks, from left and right delay to left and right delay: {said}."
    figure, axes = plots.canvas(alt, width=7, height=4.2)
    half = (delays[1] - delays[0]) / 2
    edges = (delays[0] - half, delays[-1] + half)
    image = axes.imshow(losses, origin="lower", extent=edges * 2)
    rim = [patheffects.withStroke(linewidth=3.5, foreground="black")]
    for (name, way), mark in plots.told_apart("walks", list(ways.items()), "osD^"):
        axes.plot(*way.T, color="white", ls="-", lw=1.3, path_effects=rim)
        axes.plot(*way[-1], mark, color="white", mec="black", ms=10, ls="none", label=name)
    axes.set(xlabel="delay of the left ear (ms)", ylabel="delay of the right ear (ms)")
    figure.colorbar(image, label="loss (nats)")
    if ways:
        start = next(iter(ways.values()))[0]
        axes.plot(*start, "X", color="white", mec="black", ms=11, ls="none", label="start")
        figure.legend(loc="outside right upper", fontsize=10)
    return figure


def _valleys(lags: np.ndarray, losses: np.ndarray, within: float = 10) -> list[float]:
    """The lags at which the mean loss is lowest among all lags up to `within` away."""
    every = np.unique(lags)
    mean = np.array([losses[lags == lag].mean() for lag in every])
    return [
        lag for lag, loss in zip(every, mean, strict=True)
        if abs(lag) <= every[-1] - within and loss == mean[np.abs(every - lag) <= within].min()
    ]  # fmt: skip


@plots.in_style
def potential(
    time_ms: Sequence[float],
    volts: Sequence[float],
    threshold: float,
    arrivals_ms: Sequence[float],
    spike_ms: float | None,
) -> Picture:
    """The potential of one neuron, its inputs' arrivals, and its spike, if there is one.

    Parameters
    ----------
    time_ms, volts : sequence of float
    threshold : float
        In the unit of `volts`.
    arrivals_ms : sequence of float
    spike_ms : float, optional
    """
    said = "no spike" if spike_ms is None else f"spike at {spike_ms:.2f} ms"
    arrive = " and ".join(f"{t:.1f}" for t in arrivals_ms)
    figure, axes = plots.canvas(
        f"Potential of a neuron over time; inputs arrive at {arrive} ms; it rises to "
        f"{max(volts):.2f}, threshold {threshold:g}: {said}.", width=7, height=3.0,
    )  # fmt: skip
    axes.plot(time_ms, volts, color=LEFT, ls="-", lw=2)
    axes.axhline(threshold, color="black", ls="--", lw=1.2, label="threshold")
    for number, arrival in enumerate(arrivals_ms):
        axes.plot([arrival], [0], "^", color=RIGHT, ms=9, ls="none",
                  label=None if number else "input arrives")  # fmt: skip
    if spike_ms is not None:
        axes.plot([spike_ms], [threshold], "o", color="black", ms=9, ls="none", label="spike")
    axes.set(xlabel="time (ms)", ylabel="potential", title=said, ylim=(-0.1, 1.9))
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
