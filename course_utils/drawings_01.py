"""Figures of lesson 1: from the wave to the spikes, one ear's puzzle, and the bound."""

import math

from . import observer, plots
from .stimuli import sample


def chain(stimulus, ipd_deg, phase, generator):
    """Wave, firing probability and spikes of both ears, one under the other."""
    ipd = math.radians(ipd_deg)
    (phases,) = stimulus.phases(ipd, phase)
    probability = stimulus.firing_probability(phases)
    _, (spikes,) = sample(1, stimulus, generator, ipd=ipd, phase=phase)
    lead_ms = ipd_deg / 360 * 1000 / stimulus.frequency_hz
    ear = "right" if ipd_deg > 0 else "left"
    who = f"the {ear} ear leads by {abs(lead_ms):.1f} ms" if ipd_deg else "neither ear leads"
    best_deg = observer.cramer_rao(stimulus)
    alt = (
        f"Three rows against time for an IPD of {ipd_deg:+g} degrees: {who}. The wave; the firing "
        f"probability, up to {probability.max():.2f} in a step; the spikes of "
        f"{stimulus.channels} fibres, {int(spikes.sum())} in all. The mean error, without a bias, "
        f"is {best_deg:.2f} degrees at best."
    )
    figure, (wave, chance, raster) = plots.canvas(
        alt, 3, 1, height=5.0, sharex=True, height_ratios=[1, 1, 1.6]
    )
    ears = ((0, plots.LEFT, "-", "left ear"), (1, plots.RIGHT, "--", "right ear"))
    for ear, colour, style, name in ears:
        wave.plot(stimulus.time_ms, phases[:, ear].sin(), color=colour, ls=style, label=name)
        chance.plot(stimulus.time_ms, probability[:, ear], color=colour, ls=style)
    wave.set(ylabel="pressure", yticks=[-1, 0, 1])
    wave.set_title(f"IPD {ipd_deg:+g}°: {who}\nmean error at best {best_deg:.2f}°")
    wave.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    chance.set(ylabel="firing\nprobability\nper step", ylim=(0, 1))
    plots.draw_raster(raster, spikes, dt_ms=stimulus.dt_ms)
    raster.set(ylabel="fibre", xlabel="time (ms)")
    figure.align_ylabels()
    return figure


def likelihood(phase_deg, scores, best_deg, ipd_deg):
    """Log likelihood of the phase at each ear, against phase in degrees."""
    found = best_deg[1] - best_deg[0]
    figure, axes = plots.canvas(
        f"Log likelihood of the phase near its best, one curve for each ear. The left peaks at "
        f"{best_deg[0]:.1f} degrees, the right at {best_deg[1]:.1f}; the peaks are {found:.1f} "
        f"degrees apart, the true IPD is {ipd_deg:g} degrees.",
        width=7.0,
    )  # fmt: skip
    styles = ((plots.LEFT, "-", "left ear"), (plots.RIGHT, "--", "right ear"))
    for score, best, (colour, style, name) in zip(scores, best_deg, styles, strict=True):
        axes.plot(phase_deg, score - score.max(), color=colour, ls=style, label=name)
        axes.axvline(best, color=colour, ls=style, lw=1)
    axes.set(xlabel="phase at time 0 (degrees)", ylabel="log likelihood\nbelow the best (nats)")
    axes.set(xlim=(min(best_deg) - 30, max(best_deg) + 30), ylim=(-200, 10))
    axes.set_title(f"peaks {found:.1f}° apart; the sound was at {ipd_deg:g}°")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def bound(fibres, bound_deg, measured=(), levels=()):
    """Bound against fibres per ear on two logarithmic axes, with measured points and levels.

    `measured` holds `(fibres, mean, half interval)`, `levels` holds `(degrees, label)`.
    """
    alt = (
        f"Smallest mean error of an unbiased observer, falling from {bound_deg[0]:.1f} degrees "
        f"with {fibres[0]} fibre per ear to {bound_deg[-1]:.2f} degrees with {fibres[-1]}, as a "
        f"straight line on two logarithmic axes."
    )
    if measured:
        points = ", ".join(f"{mean:.2f} with {count}" for count, mean, _ in measured)
        alt += f" Maximum likelihood reached, in degrees: {points} fibres."
    alt += "".join(f" {label}: {level:.2f} degrees." for level, label in levels)
    figure, axes = plots.canvas(alt, width=7.0, height=3.6)
    axes.plot(fibres, bound_deg, color=plots.GREY, ls="-", label="Cramér–Rao bound")
    if measured:
        x, mean, half = zip(*measured, strict=True)
        axes.errorbar(
            x, mean, half, fmt="o", color=plots.RIGHT, capsize=4, label="maximum likelihood"
        )
    for (level, label), style in plots.told_apart("levels", levels, (":", "-.")):
        axes.axhline(level, color="black", lw=1.2, ls=style, label=label)
    axes.set(xscale="log", yscale="log", xlabel="fibres per ear", ylabel="mean error (degrees)")
    plots.plain_log_labels(axes.xaxis)
    plots.plain_log_labels(axes.yaxis)
    axes.legend()
    return figure
