"""Drawings of lesson 4: a lent slope, a neuron that leaks, and a gradient on its way back."""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from .. import plots
from ..plots import GREY, LEFT, RIGHT, Numbers, Picture


@plots.in_style
def stairs(weights: Sequence[float], losses: Sequence[float], flat: int) -> Picture:
    """The loss of forty neurons against one weight.

    Parameters
    ----------
    weights, losses : sequence of float
    flat : int
        At how many of them the slope is zero.
    """
    figure, axes = plots.canvas(
        f"The loss against the weight is a staircase; its slope is zero at {flat} of "
        f"{len(weights)} weights.", width=6.5, height=2.6,
    )  # fmt: skip
    axes.plot(weights, losses, drawstyle="steps-post")
    axes.set(xlabel="weight w", ylabel="loss")
    return figure


@plots.in_style
def lent(
    potential: Numbers, slopes: Mapping[str, Tensor], steepness: float, scale: float
) -> Picture:
    """Lent slopes against potential.

    Parameters
    ----------
    potential : `(potential,)`
        Potential minus threshold.
    slopes : dict of name to `(potential,)`
    steepness, scale : float
        Of all of them: how narrow they are, and their peak.
    """
    half = int(np.argmin(abs(np.asarray(potential) + 0.5)))
    said = ", ".join(f"{name} {float(values[half]):.2g}" for name, values in slopes.items())
    figure, axes = plots.canvas(
        f"Three surrogate gradients at steepness {steepness}, all with a peak of {scale:g}; half "
        f"a unit below threshold they lend: {said}.", width=6.5, height=3.2,
    )  # fmt: skip
    for name, values in slopes.items():
        axes.plot(potential, values, label=name)
    axes.axvline(0, color=GREY, ls=":", lw=1)
    axes.set(xlabel="potential above threshold", ylabel="lent slope (log scale)")
    axes.set(yscale="log", ylim=(1e-6, 30))
    axes.set_title(f"lent at −0.5: {said}")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


@plots.in_style
def membrane(spikes: Numbers, volts: Numbers, threshold: float, setting: str) -> Picture:
    """The potential of one neuron before its resets, and its spikes.

    Parameters
    ----------
    spikes, volts : `(time,)`, in steps of 1 ms
    threshold : float
        In the unit of `volts`.
    setting : str
        What was set, in words.
    """
    fired, volts = np.flatnonzero(np.asarray(spikes)), np.asarray(volts)
    figure, axes = plots.canvas(
        f"Potential over {len(volts)} ms, {setting}: {len(fired)} spikes.", width=7, height=2.8
    )
    axes.plot(volts, drawstyle="steps-post", label="potential before the reset")
    axes.axhline(threshold, color=GREY, ls=":", label="threshold")
    axes.plot(fired, volts[fired], "o", color=RIGHT, ms=5, label="spike")
    axes.set(xlabel="time (ms)", ylabel="potential", ylim=(0, None), title=f"{len(fired)} spikes")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


@plots.in_style
def two_resets(same_step: Tensor, late: Tensor, shown: int = 40) -> Picture:
    """Spikes of a neuron that resets in the same step, and of one that is late.

    Parameters
    ----------
    same_step, late : `(time,)`, in steps of 1 ms
    shown : int
        How many steps are drawn.
    """
    figure, axes = plots.canvas(
        f"First {shown} ms: single spikes at even distances above, pairs below; in "
        f"{len(late)} ms {int(same_step.sum())} against {int(late.sum())} spikes.",
        2, 1, height=2.6, sharex=True,
    )  # fmt: skip
    for panel, train, name in zip(axes, (same_step, late), ("same step", "late"), strict=True):
        panel.vlines(np.flatnonzero(np.asarray(train[:shown])), 0, 1, color=LEFT, lw=2)
        panel.set(yticks=[], ylabel=name, ylim=(0, 1.1))
    axes[1].set_xlabel("time (ms)")
    return figure


@plots.in_style
def unrolled() -> Picture:
    """Two steps of a neuron side by side: what each quantity passes on to which."""
    figure, axes = plots.canvas(
        "Two steps of a neuron. In each, the current i is added to the potential v, v decides the "
        "spike s with the lent slope q, and s reaches the loss with the gradient g. Two ways lead "
        "to the next potential: straight from v, with the factor a (1 - s), and through the spike "
        "and its reset, with q times -a v.", width=7.5, height=3.6,
    )  # fmt: skip

    def arrow(start, end, words, at, colour="black", ls="-"):
        look = dict(arrowstyle="-|>", color=colour, ls=ls, lw=1.6, shrinkA=18, shrinkB=18)
        axes.annotate("", end, start, arrowprops=look)
        axes.text(*at, words, color=colour, ha="center", va="center", fontsize=12)

    for x, step in ((0, "t"), (3, "t+1")):
        axes.plot([x] * 3, range(3), "o", color="black", mfc="white", ms=34)
        for y, name in enumerate("ivs"):
            axes.text(x, y, f"${name}_{{{step}}}$", ha="center", va="center", fontsize=13)
        axes.text(x, 3, "loss", ha="center", va="center", fontsize=13)
        arrow((x, 0), (x, 1), "1", (x - 0.15, 0.5))
        arrow((x, 1), (x, 2), f"$q_{{{step}}}$", (x - 0.25, 1.5))
        arrow((x, 2), (x, 3), f"$g_{{{step}}}$", (x - 0.25, 2.5))
    arrow((0, 1), (3, 1), "leak:  $a\\,(1 - s_t)$", (1.4, 0.78), LEFT)
    arrow((0, 2), (3, 1), "reset:  $-a\\,v_t$", (1.75, 1.75), RIGHT, "--")
    axes.set(xlim=(-0.8, 3.8), ylim=(-0.5, 3.3))
    axes.axis("off")
    return figure


@plots.in_style
def listening(pictures: Mapping[str, tuple[Tensor, Sequence[int]]]) -> Picture:
    """Gradient of each spike with respect to each current.

    Zero is white; what is negative is blue and dotted, so that its sign shows without colour. The
    colours end at the largest entry of the first picture.

    Parameters
    ----------
    pictures : dict of title to (gradient, spikes)
        A gradient `(time of the spike, time of the current)`, and the steps with a spike.
    """
    top = max(float(abs(next(iter(pictures.values()))[0]).max()), 1e-9)
    negative = {name: int((g < -0.02 * top).sum()) for name, (g, _) in pictures.items()}
    said = ", ".join(f"{name} {count}" for name, count in negative.items())
    figure, axes = plots.canvas(
        f"Gradient of each spike with respect to each current; nothing above the diagonal. Clearly "
        f"negative entries: {said}.", 1, len(pictures), width=9, height=4.6, sharey=True,
    )  # fmt: skip
    for panel, (name, (g, fired)) in zip(axes, pictures.items(), strict=True):
        image = plots.signed(panel, g, top)
        panel.plot(fired, fired, "o", color="black", mfc="none", ms=7)
        panel.set(xlabel="current at (ms)", title=name)
    axes[0].set_ylabel("spike at (ms)")
    figure.colorbar(image, ax=axes, label="gradient (dots: negative)", extend="both", shrink=0.7)
    return figure


@plots.in_style
def share(weighting: Tensor) -> Picture:
    """What a spike adds to the mean potential, against the step in which it comes.

    Parameters
    ----------
    weighting : `(time,)`, in steps of 1 ms
    """
    figure, axes = plots.canvas(
        f"Share of a spike in the mean potential: nearly flat at {float(weighting[0]):.3f}, then "
        f"falling to {float(weighting[-1]):.3f} in the last steps.", width=6.5, height=2.6,
    )  # fmt: skip
    axes.plot(weighting, drawstyle="steps-mid")
    axes.set(xlabel="time of the spike (ms)", ylabel="share in the mean", ylim=(0, None))
    return figure
