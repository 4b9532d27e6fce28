"""Drawings of lesson 7: how should a delay learn."""

import numpy as np

from . import plots
from .charts import LOOKS
from .plots import GREY, LEFT, RIGHT


def landscape(delays, loss, goal, tau_ms, sigma):
    """The loss against one delay, and from where walking downhill leads home."""
    delays, loss = np.asarray(delays), np.asarray(loss)
    home = walks_home(loss, goal)
    said = f"from {home.sum()} of {len(home)} delays downhill leads home"
    figure, axes = plots.canvas(
        f"Loss against the delay of one output, tau {tau_ms:g} ms, sigma {sigma:g} steps: lowest "
        f"{loss.min():.2f} at {delays[loss.argmin()]:.0f} steps, highest {loss.max():.2f}; {said}.",
        width=7, height=3.2,
    )  # fmt: skip
    axes.plot(delays, loss, color=GREY, ls="-", lw=1.5)
    axes.plot(delays[home], loss[home], "o", color=LEFT, ms=6, ls="none", label="leads home")
    axes.plot(delays[~home], loss[~home], "X", color=RIGHT, ms=7, ls="none", label="goes astray")
    axes.axvline(goal, color="black", ls=":", lw=1.5, label="Jeffress's line")
    axes.set(xlabel="delay of the right ear (steps)", ylabel="loss (nats)", title=said)
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


def walks_home(loss, goal):
    """For each whole delay, whether going downhill step by step ends within a step of `goal`."""
    loss = np.asarray(loss)
    ends = np.empty(len(loss), dtype=int)
    for start in range(len(loss)):
        here = start
        while True:
            around = [k for k in (here - 1, here, here + 1) if 0 <= k < len(loss)]
            lowest = min(around, key=lambda k: loss[k])
            if lowest == here:
                break
            here = lowest
        ends[start] = here
    return np.abs(ends - goal) <= 1


def race(positions, goal, update, names):
    """Where the delays of each rule are after `update` updates; a row for each rule."""
    there = [int((np.abs(np.asarray(row) - goal) <= 1).sum()) for row in positions]
    count = len(positions[0])
    said = ", ".join(f"{name}: {n} of {count}" for name, n in zip(names, there, strict=True))
    figure, axes = plots.canvas(f"After {update} updates, within a step of the goal: {said}.",
                                width=7.5, height=3.0)  # fmt: skip
    for row, (values, n) in enumerate(zip(positions, there, strict=True)):
        look = LOOKS[row]
        axes.plot(values, np.full(count, row), look["marker"], color=look["color"], ms=7, alpha=0.7)
        axes.text(51.5, row, f"{n} there", va="center", fontsize=10)
    axes.axvline(goal, color="black", ls=":", lw=1.5)
    axes.set(xlim=(-1, 51), ylim=(len(names) - 0.5, -0.5), xlabel="delay (steps)")
    axes.set_yticks(range(len(names)), names)
    axes.set_title(f"update {update}, goal {goal} steps")
    return figure


def potential(time_ms, volts, threshold, arrivals_ms, spike_ms):
    """The potential of one neuron, its inputs' arrivals, and its spike, if there is one."""
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
