"""Drawings of the page on brains: axons that take time, and delays that are selected."""

from collections.abc import Mapping, Sequence

import numpy as np

from .. import plots
from ..plots import GREY, LEFT, RIGHT, Numbers, Picture

SPEEDS = (1, 5, 20, 100)
"""Speeds of axons, in m/s."""


@plots.in_style
def travel_times(length_mm: float, speed: float) -> Picture:
    """How long a spike takes along an axon of any length, for four speeds; one is marked.

    Parameters
    ----------
    length_mm : float
        Length of the axon that is marked.
    speed : float
        And its speed, in m/s.
    """
    lengths = np.array([0.01, 100])
    wait_us = 1000 * length_mm / speed
    said = f"{length_mm:g} mm at {speed:g} m/s: {wait_us:,.0f} µs"
    finer_us = 10 * 1000 * speed / 1e6  # mm that a spike runs in 10 µs
    figure, axes = plots.canvas(
        f"Time that a spike takes against the length of its axon, for {len(SPEEDS)} speeds, both "
        f"logarithmic. {said}. In 10 µs it runs {1000 * finer_us:.0f} µm. A head's largest time "
        "difference is about 700 µs, the smallest that people notice 10 µs.",
        width=7, height=3.6,
    )  # fmt: skip
    for one, style in zip(SPEEDS, ("-", "--", "-.", ":"), strict=True):
        axes.plot(lengths, 1000 * lengths / one, color=GREY, ls=style, label=f"{one} m/s")
    for level, words in ((700, "a head's largest difference"), (10, "the finest one noticed")):
        axes.axhline(level, color="black", lw=0.9, ls="-")
        axes.text(0.011, level * 1.15, words, fontsize=10)
    axes.plot(length_mm, wait_us, "o", color=RIGHT, ms=11, ls="none")
    axes.set(xscale="log", yscale="log", xlim=(0.01, 100), ylim=(1, 1e5))
    plots.plain_log_labels(axes.xaxis)
    axes.set(xlabel="length of the axon (mm)", ylabel="time (µs)")
    axes.set_title(f"{said}; 10 µs are {1000 * finer_us:.0f} µm")
    figure.legend(loc="outside right upper", fontsize=10)
    return figure


@plots.in_style
def window(lead_ms: Numbers, gain: Numbers) -> Picture:
    """What a pair of arrival and spike does to a weight, against how far the arrival is ahead.

    Parameters
    ----------
    lead_ms : `(pair,)`
        How long before the spike its input arrived; negative, after it.
    gain : `(pair,)`
        Change of the weight, in steps of the rate.
    """
    lead, gain = plots.array(lead_ms), plots.array(gain)
    figure, axes = plots.canvas(
        "Change of a weight against how long before the spike its input arrived, from "
        f"{lead.min():.0f} to {lead.max():.0f} ms. Before the spike it grows, most, "
        f"{gain.max():.2f}, just before; after the spike it shrinks, most, {gain.min():.2f}, "
        "just after.",
        width=6, height=2.8,
    )  # fmt: skip
    axes.axhline(0, color=GREY, lw=0.8, ls="-")
    for side, colour, style in ((lead >= 0, LEFT, "-"), (lead < 0, RIGHT, "--")):
        axes.plot(lead[side], gain[side], color=colour, ls=style, marker=".", ms=5)
    axes.set(xlim=(lead.max(), lead.min()), ylabel="change (in steps of the rate)")
    axes.set_xlabel("arrival before the spike (ms) | after it, negative")
    return figure


@plots.in_style
def selection(delays_ms: Numbers, weights: Numbers, sounds: Sequence[int]) -> Picture:
    """Weights of one neuron over its delays, sound after sound, ear by ear.

    Parameters
    ----------
    delays_ms : `(fibre,)`
        From 0 to 50 ms; the first half of the fibres is the left ear's.
    weights : `(look, fibre)`
    sounds : sequence of int
        How many sounds had been heard at each look.
    """
    delays, history = plots.array(delays_ms), plots.array(weights)
    half, top = len(delays) // 2, history.max()
    kept = [(history[k] > top / 2).mean() for k in (0, -1)]
    figure, panels = plots.canvas(
        f"Weights of one neuron, as brightness, over delay and sounds heard ({sounds[0]} to "
        f"{sounds[-1]}), left ear and right ear. At first all delays look alike; then bands stand "
        "out, which move to shorter delays together in both ears. Weights above half of the "
        f"largest: {100 * kept[0]:.0f} % at first, {100 * kept[1]:.0f} % at last.",
        1, 2, height=3.6, sharey=True,
    )  # fmt: skip
    images, places = [], np.arange(51)
    for axes, ear, name in zip(panels, (slice(half), slice(half, None)), ("left", "right"),
                               strict=True):  # fmt: skip
        far = np.abs(places[:, None] - delays[ear])
        nearest = far == far.min(axis=1)[:, None]  # a delay that no fibre has shows the next one
        shown = nearest @ history[:, ear].T / nearest.sum(axis=1, keepdims=True)
        image = axes.imshow(
            shown, aspect="auto", origin="lower", vmin=0, vmax=top, interpolation="nearest",
            extent=(sounds[0], sounds[-1], -0.5, 50.5),
        )  # fmt: skip
        images.append(image)
        axes.set(title=f"{name} ear", xlabel="sounds heard")
    panels[0].set_ylabel("delay (ms)")
    figure.colorbar(images[-1], ax=panels, label="weight", fraction=0.05)
    return figure


@plots.in_style
def survivors(delays_ms: Numbers, weights: Numbers, top: float, title: str) -> Picture:
    """Weights of one neuron over their delays: left ear above, right ear below.

    Parameters
    ----------
    delays_ms, weights : `(fibre,)`
        The first half of the fibres is the left ear's; a cycle lasts 50 ms.
    top : float
        Largest weight of the axis.
    title : str
    """
    delays, values = plots.array(delays_ms), plots.array(weights)
    half = len(delays) // 2
    phases = values * np.exp(2j * np.pi * delays / 50)
    means = [phases[ear].sum() / values[ear].sum() for ear in (slice(half), slice(half, None))]
    said = ", ".join(
        f"{name} ear around {np.angle(mean) / (2 * np.pi) * 50 % 50:.0f} ms (vector strength "
        f"{abs(mean):.2f})" for name, mean in zip(("left", "right"), means, strict=True)
    )  # fmt: skip
    figure, panels = plots.canvas(f"{title}: weights over delays from 0 to 50 ms, {said}.", 2, 1,
                                  width=7, height=3.4, sharex=True, sharey=True)  # fmt: skip
    ears = ((slice(half), LEFT, "left ear", "o"), (slice(half, None), RIGHT, "right ear", "s"))
    for axes, (ear, colour, name, marker), mean in zip(panels, ears, means, strict=True):
        axes.vlines(delays[ear], 0, values[ear], color=colour, lw=1.5)
        axes.plot(delays[ear], values[ear], marker, color=colour, mfc="white", ls="none", ms=5)
        axes.set(ylabel=f"{name}\nweight", ylim=(0, 1.1 * top))
        strength = f"vector strength {abs(mean):.2f}"
        axes.set_title(strength, fontsize=10, loc="right")
    panels[0].set_title(title, loc="left")
    panels[1].set(xlabel="delay (ms); a cycle lasts 50 ms", xlim=(-1, 51))
    return figure


@plots.in_style
def looking(lags_deg: Mapping[str, Numbers], title: str = "") -> Picture:
    """Where the neurons of each population look: a tick for each.

    Parameters
    ----------
    lags_deg : dict of name to `(neuron,)`
        Lag of the right ear's delays behind the left ear's, in degrees of a cycle.
    title : str
    """
    found = {name: plots.array(values) for name, values in lags_deg.items()}
    said = "; ".join(
        f"{name}: from {v.min():+.0f}° to {v.max():+.0f}°, {np.abs(v).mean():.0f}° off the middle "
        "on average" for name, v in found.items()
    )  # fmt: skip
    figure, axes = plots.canvas(
        f"Where each neuron of a population looks. {said}. Sounds come from −90° to +90°.",
        width=7, height=1.1 + 0.55 * len(found),
    )  # fmt: skip
    axes.axvspan(-90, 90, color="#eeeeee")
    for row, values in enumerate(found.values()):
        axes.plot(values, np.full(len(values), row), "|", color=LEFT, ms=24, mew=1.4, ls="none")
    axes.set_yticks(range(len(found)), list(found))
    axes.set(ylim=(len(found) - 0.5, -0.5), xlim=(-182, 182), xticks=range(-180, 181, 45))
    axes.set(xlabel="lag of its delays (degrees of a cycle; grey: where sounds are)", title=title)
    return figure


@plots.in_style
def two_plans(itd_us: Numbers, owl: Numbers, mammal: Numbers) -> Picture:
    """Tuning of an owl's map and of a mammal's two channels, over the time difference.

    Parameters
    ----------
    itd_us : `(itd,)`
        Interaural time difference, in microseconds.
    owl, mammal : `(neuron, itd)`
        Firing, as a share of the largest.
    """
    itd = plots.array(itd_us)
    figure, panels = plots.canvas(
        "Left, an owl's plan: many neurons, each with a narrow peak at a time difference of its "
        "own, which cover the range. Right, a mammal's plan: two broad curves, one for each side "
        "of the brain, whose peaks lie outside of the range and whose slopes cross in its middle.",
        1, 2, height=2.9, sharey=True,
    )  # fmt: skip
    for axes, curves, title in zip(panels, (owl, mammal), ("a map (owl)", "two channels (mammal)"),
                                   strict=True):  # fmt: skip
        for k, curve in enumerate(plots.array(curves)):
            axes.plot(itd, curve, color=(LEFT, RIGHT)[k % 2], ls=("-", "--")[k % 2])
        axes.set(title=title, xlabel="time difference (µs)", yticks=[0, 1])
    panels[0].set_ylabel("firing")
    return figure
