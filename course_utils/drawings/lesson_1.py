"""Figures of lesson 1: from the wave to the spikes, one ear's puzzle, and the bound."""

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from .. import plots
from ..plots import Picture


@plots.in_style
def chain(
    phases: Tensor,
    probability: Tensor,
    spikes: Tensor,
    ipd_deg: float,
    lead_ms: float,
    best_deg: float,
    *,
    cycle_ms: float = 50,
) -> Picture:
    """Wave, firing probability and spikes of both ears, one under the other, in steps of 1 ms.

    Parameters
    ----------
    phases : `(time, ear)`
        Phase of the wave at each ear, in radians, left ear first.
    probability : `(time, ear)`
        Of a spike of one fibre in each step.
    spikes : `(time, channel)`
    ipd_deg, lead_ms : float
        Interaural phase difference, and by how much the right ear leads.
    best_deg : float
        Smallest mean error of an observer without a bias.
    cycle_ms : float
        Cycle of the tone.
    """
    ear = "right" if ipd_deg > 0 else "left"
    who = f"the {ear} ear leads by {abs(lead_ms):.1f} ms" if ipd_deg else "neither ear leads"
    alt = (
        f"Three rows against time for an IPD of {ipd_deg:+g} degrees: {who}. The wave; the firing "
        f"probability, up to {probability.max():.2f} in a step; the spikes of every second fibre, "
        f"and by all spikes {plots.lead(spikes, cycle_ms)}. The mean error, without a bias, is "
        f"{best_deg:.2f} degrees at best."
    )
    figure, (wave, chance, raster) = plots.canvas(
        alt, 3, 1, height=5.2, sharex=True, height_ratios=[1, 1, 1.7]
    )
    ears = ((0, plots.LEFT, "-", "left ear"), (1, plots.RIGHT, "--", "right ear"))
    for side, colour, style, name in ears:
        wave.plot(phases[:, side].sin(), color=colour, ls=style, label=name)
        chance.plot(probability[:, side], color=colour, ls=style)
    wave.set(ylabel="pressure", yticks=[-1, 0, 1])
    wave.set_title(f"IPD {ipd_deg:+g}°: {who}\nmean error at best {best_deg:.2f}°")
    wave.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    chance.set(ylabel="firing\nprobability\nper step", ylim=(0, 1))
    plots.draw_raster(raster, spikes, every=2)
    raster.set(ylabel="fibre\n(every second)", xlabel="time (ms)")
    figure.align_ylabels()
    return figure


@plots.in_style
def information(from_peak_deg: Tensor, probability: Tensor, told: Tensor) -> Picture:
    """Firing probability and Fisher information of a fibre, against the phase from the peak.

    Parameters
    ----------
    from_peak_deg : `(phase,)`
    probability, told : `(phase,)`
        Of a spike in a step; information about the phase in a step, in 1/rad².
    """
    best_deg = abs(float(from_peak_deg[told.argmax()]))
    figure, (firing, telling) = plots.canvas(
        f"Two rows against the phase from the peak of the wave. The firing probability is highest "
        f"at the peak, {probability.max():.2f} in a step. The Fisher information is zero there; it "
        f"has two humps, {best_deg:.0f} degrees before and after the peak, and reaches far into "
        f"the half of the cycle that is nearly silent.",
        2, 1, width=7.0, height=4.2, sharex=True,
    )  # fmt: skip
    rows = ((firing, probability, "firing\nprobability\nper step"),
            (telling, told, "information\nper step\n(1/rad²)"))  # fmt: skip
    for axes, values, label in rows:
        axes.axvspan(-20, 20, color="#e6e6e6", lw=0)
        for side in (-1, 1):
            axes.axvline(side * 90, color=plots.GREY, ls=":", lw=1)
        axes.fill_between(from_peak_deg, values, color=plots.LEFT, alpha=0.25, lw=0)
        axes.plot(from_peak_deg, values, color=plots.LEFT, ls="-")
        axes.set(ylabel=label, ylim=(0, None))
    telling.set(xlabel="phase from the peak (degrees)", xticks=range(-180, 181, 45))
    firing.set_title("grey: within 20° of the peak; beyond the dotted lines: the silent half")
    figure.align_ylabels()
    return figure


@plots.in_style
def likelihood(
    phase_deg: Tensor, scores: Tensor, best_deg: Sequence[float], truth_deg: Sequence[float]
) -> Picture:
    """Log likelihood of the phase near the top, a panel for each ear.

    Parameters
    ----------
    phase_deg : `(phase,)`
        Phase at time 0.
    scores : `(ear, phase)`
        Log likelihood in nats, left ear first.
    best_deg, truth_deg : (left, right)
        The most probable phase and the true one, of each ear.
    """
    ears = ((plots.LEFT, "left ear"), (plots.RIGHT, "right ear"))
    wide = [2 * _deviation(phase_deg, score) for score in scores]
    apart = [right - left for left, right in (best_deg, truth_deg)]
    found = "; ".join(
        f"{name}: best {best:.1f} degrees, true {truth:g}"
        for best, truth, (_, name) in zip(best_deg, truth_deg, ears, strict=True)
    )
    figure, panels = plots.canvas(
        f"Log likelihood of the phase, the top eight nats, a narrow peak for each ear. {found}. "
        f"Half a nat below the top they are {wide[0]:.1f} and {wide[1]:.1f} degrees wide. They "
        f"are {apart[0]:.1f} degrees apart, the true IPD is {apart[1]:g} degrees.",
        1, 2, width=8.0, height=3.2, sharey=True,
    )  # fmt: skip
    looks = zip(panels, scores, best_deg, truth_deg, ears, strict=True)
    for axes, score, best, truth, (colour, name) in looks:
        axes.plot(phase_deg, score - score.max(), ".-", color=colour, ms=5)
        axes.axhline(-0.5, color=plots.GREY, ls=":", label="half a nat below the best")
        axes.axvline(best, color=colour, lw=1, label="the most probable phase")
        axes.axvline(truth, color="black", ls="--", label="the true phase")
        axes.set(xlim=(truth - 6, truth + 6), ylim=(-8, 0.6), xlabel="phase at time 0 (degrees)")
        axes.set(xticks=[truth + d for d in (-6, -3, 0, 3, 6)])
        axes.set_title(f"{name}: {best:.1f}°, the truth is {truth:g}°")
    figure.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    panels[0].set_ylabel("log likelihood\nbelow the best (nats)")
    return figure


def _deviation(phase_deg: Tensor, score: Tensor) -> float:
    """How far from its top a peak has fallen by half a nat, from how it is bent there."""
    top, step = int(score.argmax()), float(phase_deg[1] - phase_deg[0])
    left, right = score[top - 1], score[(top + 1) % len(score)]
    return step / math.sqrt(float(2 * score[top] - left - right))


@plots.in_style
def posterior(
    ipd_deg: Tensor, probable: Tensor, answers: Mapping[str, float], truth_deg: float
) -> Picture:
    """How probable each IPD is after one sound, with named answers and the truth.

    Parameters
    ----------
    ipd_deg, probable : `(ipd,)`
        Interaural phase differences, and the probability of each.
    answers : dict of name to float
        In degrees; at most three, more are refused.
    truth_deg : float
    """
    said = ", ".join(f"{name} {float(value):.0f}" for name, value in answers.items())
    figure, axes = plots.canvas(
        f"How probable each IPD is after one sound: a broad hill, cut off at the end of the range, "
        f"90 degrees. Answers in degrees: {said}; the truth is {truth_deg:g}.",
        width=8.0, height=3.2,
    )  # fmt: skip
    axes.fill_between(ipd_deg, probable, color=plots.LEFT, alpha=0.25, lw=0)
    axes.plot(ipd_deg, probable, color=plots.LEFT)
    axes.axvline(truth_deg, color="black", ls="--", lw=1.5, label=f"the truth, {truth_deg:g}°")
    marks = plots.told_apart("answers", answers.items(), (("o", 0.1), ("s", 0.2), ("x", 0.3)))
    for (name, value), (marker, height) in marks:
        axes.plot(
            float(value), height * float(probable.max()), marker, color=plots.RIGHT, ms=9,
            mew=2, clip_on=False, label=f"{name}, {float(value):.0f}°",
        )  # fmt: skip
    axes.set(xlabel="IPD (degrees)", ylabel="probability\n(per half degree)", xlim=(18, 92))
    axes.set(ylim=(0, None), xticks=range(30, 91, 15))
    figure.legend(loc="outside right upper")
    return figure


@plots.in_style
def bound(
    fibres: Sequence[int], bound_deg: Sequence[float], levels: Sequence[tuple[float, str]] = ()
) -> Picture:
    """The bound against fibres per ear, on two logarithmic axes.

    Parameters
    ----------
    fibres : sequence of int
    bound_deg : sequence of float
        Smallest mean error of an observer without a bias.
    levels : sequence of (degrees, label)
        Lines to compare with; at most two, more are refused.
    """
    alt = (
        f"Smallest mean error of an unbiased observer, falling from {bound_deg[0]:.1f} degrees "
        f"with {fibres[0]} fibre per ear to {bound_deg[-1]:.2f} degrees with {fibres[-1]}, as a "
        f"straight line on two logarithmic axes."
    )
    alt += "".join(f" {label}: {level:.2f} degrees." for level, label in levels)
    figure, axes = plots.canvas(alt, width=7.0, height=3.4)
    axes.plot(fibres, bound_deg, color=plots.LEFT, ls="-", label="Cramér–Rao bound")
    for (level, label), style in plots.told_apart("levels", levels, (":", "-.")):
        axes.axhline(level, color="black", lw=1.2, ls=style, label=label)
    axes.set(xscale="log", yscale="log", xlabel="fibres per ear", ylabel="mean error (degrees)")
    plots.plain_log_labels(axes.xaxis)
    plots.plain_log_labels(axes.yaxis)
    axes.legend()
    return figure
