"""Drawings of lesson 8: windows of several layers, receptive fields, rings."""

from collections.abc import Sequence

import numpy as np

from .. import plots
from ..plots import GREY, LEFT, RIGHT, Numbers, Picture


@plots.in_style
def windows(steps: int, max_delays: Sequence[int], padding: str) -> Picture:
    """Which steps of the input's clock each layer sees, and where it cannot trust them."""
    begins = [0, *np.cumsum(max_delays)]
    left = steps - begins[-1]
    said = f"{left} of {steps} steps are left that every fibre has filled"
    names = ["input"] + [f"after layer {k}" for k in range(1, len(begins))]
    figure, axes = plots.canvas(
        f"{padding} padding, {len(max_delays)} layers of delays: {said}. Filled from step "
        + ", ".join(str(b) for b in begins) + ".",
        width=7, height=0.9 + 0.5 * len(names),
    )  # fmt: skip
    for row, begin in enumerate(begins):
        axes.barh(row, steps - begin, left=begin, color=LEFT, height=0.55)
        if begin and padding == "causal":
            axes.barh(row, begin, color="white", edgecolor=RIGHT, hatch="///", height=0.55)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(0, steps), ylim=(len(names) - 0.5, -0.5), xlabel="input's clock (steps)")
    axes.set_title(said)
    return figure


@plots.in_style
def receptive_field(
    delays_ms: Numbers, weights: Numbers, title: str, max_delay_ms: float = 50
) -> Picture:
    """Weights of one neuron's fibres over their delays: left ear above, right ear below.

    Delays that have run into the longest one would all stand on one place; they stand side by side
    beyond it, in a grey field.

    Parameters
    ----------
    delays_ms, weights : `(fibre,)`
        The first half of the fibres is the left ear's.
    title : str
    max_delay_ms : float
    """
    delays, weights = np.asarray(delays_ms), np.asarray(weights)
    half = len(delays) // 2
    at_end = delays >= max_delay_ms - 0.05
    title = f"{title}: {np.sum(at_end)} of {len(delays)} delays at {max_delay_ms} ms"
    figure, panels = plots.canvas(
        f"{title}: weights from {weights.min():.2f} to {weights.max():.2f} over delays from "
        f"{delays.min():.0f} to {delays.max():.0f} ms, {half} fibres for each ear. Those at "
        f"{max_delay_ms} ms stand side by side in a grey field.",
        2, 1, width=7, height=3.4, sharex=True, sharey=True,
    )  # fmt: skip
    ears = ((slice(0, half), LEFT, "left ear", "o"), (slice(half, None), RIGHT, "right ear", "s"))
    for axes, (ear, colour, name, marker) in zip(panels, ears, strict=True):
        place = np.where(at_end[ear], max_delay_ms + 1.2 * np.cumsum(at_end[ear]), delays[ear])
        axes.axvspan(max_delay_ms, max_delay_ms + 1.2 * (half + 1), color="#eeeeee", lw=0)
        axes.vlines(place, 0, weights[ear], color=colour, lw=2)
        axes.plot(place, weights[ear], marker, color=colour, mfc="white", ls="none", ms=6)
        axes.axhline(0, color=GREY, lw=0.8, ls="-")
        axes.set_ylabel(f"{name}\nweight")
    panels[0].set_title(title)
    ticks = np.arange(0, max_delay_ms + 1, 10)
    panels[1].set(xlabel="delay (grey field: all have the longest one) (ms)",
                  xlim=(-1, max_delay_ms + 1.2 * (half + 1)), xticks=ticks)  # fmt: skip
    return figure


@plots.in_style
def ring(spikes: Numbers, said: str) -> Picture:
    """Spikes `(time, neuron)` of a ring of neurons."""
    spikes = np.asarray(spikes)
    time, neuron = np.nonzero(spikes)
    figure, axes = plots.canvas(f"Spikes of {spikes.shape[1]} neurons in a ring: {said}.", width=7,
                                height=2.8)  # fmt: skip
    axes.plot(time, neuron, "s", color=LEFT, ms=5, ls="none")
    axes.plot(time[neuron == 0], np.zeros((neuron == 0).sum()), "o", color=RIGHT, ms=9, ls="none",
              label="neuron 0")  # fmt: skip
    axes.set(xlim=(-1, len(spikes)), ylim=(-0.5, spikes.shape[1] - 0.5), xlabel="time (steps)")
    axes.set(ylabel="neuron", title=said)
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
