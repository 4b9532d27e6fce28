"""Figures of lesson 5: how well the network points, and what its delays and neurons became."""

import math

import numpy as np

from .. import plots
from ..plots import GREY, LEFT, RIGHT, THIRD, Numbers, Picture


@plots.in_style
def confusion(counts: Numbers, limit_deg: float = 90) -> Picture:
    """Counts `(true class, named class)` as an image, in percent of the true class."""
    counts = plots.array(counts).astype(float)
    share = 100 * counts / counts.sum(1, keepdims=True).clip(1)
    distance = np.abs(np.subtract.outer(*2 * [np.arange(len(counts))]))
    near = 100 * counts[distance <= 1].sum() / counts.sum()
    alt = (
        f"Confusion matrix of {len(counts)} classes: {100 * np.trace(counts) / counts.sum():.1f} "
        f"percent lie on the diagonal, {near:.1f} percent at most one class away."
    )
    figure, axes = plots.canvas(alt, width=4.6, height=3.8)
    edges = (-limit_deg, limit_deg, limit_deg, -limit_deg)
    image = axes.imshow(share, extent=edges, vmin=0, vmax=100)
    axes.set(xlabel="named class (degrees)", ylabel="true class (degrees)")
    ticks = np.linspace(-limit_deg, limit_deg, 5)
    axes.set(xticks=ticks, yticks=ticks)
    figure.colorbar(image, label="sounds of the class (%)")
    return figure


@plots.in_style
def error_by_ipd(
    ipd_deg: Numbers, error_deg: Numbers, *, bound_deg: float | None = None, bins: int = 12
) -> Picture:
    """Mean absolute error against the true IPD, with 95 % intervals.

    Parameters
    ----------
    ipd_deg, error_deg : `(sound,)`
        Interaural phase difference, from -90 to 90 degrees, and what the answer missed it by.
    bound_deg : float, optional
        The Cramér–Rao bound.
    bins : int
        Over how many equal parts of the range errors are averaged.
    """
    ipd_deg = plots.array(ipd_deg)
    errors = np.abs(plots.array(error_deg))
    edges = np.linspace(-90, 90, bins + 1)
    which = np.clip(np.digitize(ipd_deg, edges) - 1, 0, bins - 1)
    heard = np.unique(which)  # a bin without a sound has no mean
    groups = [errors[which == k] for k in heard]
    middle = (edges[heard] + edges[heard + 1]) / 2
    mean = np.array([group.mean() for group in groups])
    half = np.array([1.96 * group.std() / math.sqrt(len(group)) for group in groups])
    alt = (
        f"Mean absolute error against IPD: {mean.min():.1f} to {mean.max():.1f} degrees, "
        f"largest near {middle[mean.argmax()]:.0f} degrees."
    )
    figure, axes = plots.canvas(alt, width=6.5, height=3.0)
    axes.errorbar(middle, mean, half, fmt="o", color=LEFT, capsize=3, label="network")
    if bound_deg is not None:
        axes.axhline(bound_deg, color=GREY, ls=":", label=f"Cramér–Rao bound ({bound_deg:.2f}°)")
    axes.set(xlabel="true IPD (degrees)", ylabel="mean error (degrees)", ylim=(0, None))
    axes.set_xticks(np.arange(-90, 91, 30))
    axes.legend()
    return figure


@plots.in_style
def delay_histogram(before: Numbers, after: Numbers, max_delay: int, dt_ms: float = 1) -> Picture:
    """Delays before and after training, in ms; `before` and `after` are `(channel,)` in steps."""
    before, after = plots.array(before) * dt_ms, plots.array(after) * dt_ms
    at_bound = np.mean((after <= 0) | (after >= max_delay * dt_ms))
    moved = np.abs(after - before).mean()
    alt = (
        f"Histogram of {len(after)} delays between 0 and {max_delay * dt_ms:g} ms before and after "
        f"training; on average they moved by {moved:.1f} ms, and "
        f"{100 * at_bound:.0f} percent end at an end of the range."
    )
    figure, axes = plots.canvas(alt, width=6.5, height=2.8)
    bins = np.linspace(0, max_delay * dt_ms, 26)
    axes.hist(before, bins, color="#BBBBBB", label="before")
    axes.hist(after, bins, histtype="step", color=LEFT, lw=2, label="after")
    axes.set(xlabel="delay (ms)", ylabel="number of fibres")
    axes.legend()
    return figure


@plots.in_style
def delay_paths(paths: Numbers, dt_ms: float = 1) -> Picture:
    """How delays moved: `(epoch, channel)` in steps, one line a fibre, coloured by ear."""
    paths = plots.array(paths) * dt_ms
    half = paths.shape[1] // 2
    moved = np.abs(paths[-1] - paths[0])
    alt = (
        f"Delays of {paths.shape[1]} fibres over {len(paths) - 1} epochs, from {paths.min():.0f} "
        f"to {paths.max():.0f} ms; a fibre moved {moved.mean():.1f} ms on average and "
        f"{moved.max():.1f} ms at most."
    )
    figure, panels = plots.canvas(alt, 1, 2, height=3.0, sharey=True)
    ears = ((paths[:, :half], LEFT, "left ear"), (paths[:, half:], RIGHT, "right ear"))
    for axes, (lines, colour, name) in zip(panels, ears, strict=True):
        axes.plot(lines, color=colour, lw=0.7, ls="-", alpha=0.7)
        axes.set(xlabel="epoch", title=name)
    panels[0].set_ylabel("delay (ms)")
    return figure


@plots.in_style
def tuning_curves(ipd_deg: Numbers, rates_hz: Numbers, limit_deg: float = 90) -> Picture:
    """Firing rate of hidden neurons, `(direction, neuron)` in Hz, against IPD in degrees.

    An image, one row for each neuron, sorted by the middle of where it is quiet; below them, those
    that are silent everywhere. Sources lie between two white lines, at `limit_deg` on either side.
    """
    ipd_deg, rates_hz = plots.array(ipd_deg), plots.array(rates_hz)
    missing = (rates_hz.max(0) - rates_hz).T @ np.exp(1j * np.deg2rad(ipd_deg))
    silent = rates_hz.max(0) < 1
    order = np.lexsort((np.angle(missing), silent))
    inside = np.abs(ipd_deg[rates_hz.argmin(0)]) <= limit_deg
    alt = (
        f"Tuning of {rates_hz.shape[1]} hidden neurons over IPD, sorted by where they are quiet; "
        f"rates up to {rates_hz.max():.0f} Hz, {silent.sum()} neurons stay silent, "
        f"{(inside & ~silent).sum()} are quietest within {limit_deg:g} degrees of straight ahead, "
        f"where sources are."
    )
    figure, axes = plots.canvas(alt, width=6.5, height=3.4)
    half = (ipd_deg[1] - ipd_deg[0]) / 2
    edges = (ipd_deg[0] - half, ipd_deg[-1] + half, rates_hz.shape[1] - 0.5, -0.5)
    image = axes.imshow(rates_hz.T[order], aspect="auto", extent=edges)
    for limit in (-limit_deg, limit_deg):
        axes.axvline(limit, color="white", ls="--", lw=2)
    axes.set(xlabel="IPD (degrees)", ylabel="hidden neuron (sorted)", xlim=edges[:2])
    axes.set_xticks(np.arange(-180, 181, 90))
    figure.colorbar(image, label="firing rate (Hz)")
    return figure


@plots.in_style
def listens(
    profiles: Numbers,
    ipd_deg: Numbers,
    rates_hz: Numbers,
    grid_deg: Numbers,
    pair_sums: Numbers,
    neuron: int,
    limit_deg: float = 90,
) -> Picture:
    """What one hidden neuron gives weight to, and what it answers to.

    Parameters
    ----------
    profiles : `(ear, neuron, delay)`
        Weight per ms against the delay in ms.
    ipd_deg, rates_hz : `(direction,)` in degrees, and `(direction, neuron)` in Hz
        Its tuning, as measured.
    grid_deg, pair_sums : `(direction,)` in degrees, and `(direction, neuron)` in weight²
        The cross-correlation of its two ears.
    neuron : int
        Which one is shown; the axes are the same for all.
    limit_deg : float
        No source lies beyond it, on either side.
    """
    profiles, rates, sums = map(plots.array, (profiles, rates_hz, pair_sums))
    ipd, grid = plots.array(ipd_deg), plots.array(grid_deg)
    rate, pairs = rates[:, neuron], sums[:, neuron]
    peak = grid[pairs.argmax()]
    quiet = grid[pairs.argmin()]
    said = f"predicted: peak {peak:+.0f}°, quiet {quiet:+.0f}°"
    alt = (
        f"Neuron {neuron}. Left: its weights against delay, from {profiles[:, neuron].min():.2f} "
        f"to {profiles[:, neuron].max():.2f} per ms, a curve for each ear. Right: over IPD, the "
        f"cross-correlation of these two, highest at {peak:+.0f} and lowest at {quiet:+.0f} "
        f"degrees; the neuron fires at {rate.min():.0f} Hz near {ipd[rate.argmin()]:+.0f} "
        f"degrees, and at up to {rate.max():.0f} Hz."
    )
    figure, (waits, answers) = plots.canvas(alt, 1, 2, width=8, height=3.2)
    waits.axhline(0, color=GREY, lw=0.8, ls="-")
    for weight, colour, style, name in zip(
        profiles[:, neuron], (LEFT, RIGHT), ("-", "--"), ("left ear", "right ear"), strict=True
    ):
        waits.plot(weight, color=colour, ls=style, lw=2, label=name)
    top = 1.05 * np.abs(profiles).max() or 1.0
    waits.set(xlabel="delay (ms)", ylabel="weight (per ms)", ylim=(-top, top))
    for side in (-1, 1):
        answers.axvspan(side * limit_deg, side * 180, color="#dddddd", lw=0)
    answers.plot(ipd, rate, "o-", color="black", ms=3, label="firing rate")
    answers.set(xlabel="IPD (degrees)", ylabel="firing rate (Hz)", title=said)
    answers.set(xlim=(-180, 180), ylim=(0, 1.05 * max(rates.max(), 1)))
    answers.set_xticks(np.arange(-180, 181, 90))
    sum_axes = answers.twinx()
    sum_axes.plot(grid, pairs, color=THIRD, ls="-.", lw=2, label="cross-correlation")
    level = 1.05 * np.abs(sums).max() or 1.0
    sum_axes.set(ylim=(-level, level), ylabel="cross-correlation (weight²)")
    sum_axes.spines["right"].set_visible(True)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


@plots.in_style
def probabilities(
    middles_deg: Numbers, share: Numbers, truth_deg: float, mean_deg: float, winner_deg: float
) -> Picture:
    """Probability of each class for one sound, and both ways to read it.

    Parameters
    ----------
    middles_deg, share : `(class,)`
        Midpoints of the classes, and their probabilities.
    truth_deg, mean_deg, winner_deg : float
        The source, the softmax mean and the midpoint of the most probable class.
    """
    said = f"source {truth_deg}°, softmax mean {mean_deg:.1f}°, argmax {winner_deg:.1f}°"
    figure, axes = plots.canvas(f"Probability of each class: {said}.", width=7, height=3)
    axes.bar(middles_deg, share, width=13, color="#BBBBBB")
    axes.axvline(truth_deg, color="black", ls="-", label="source")
    axes.axvline(mean_deg, color=LEFT, ls="--", lw=2, label="softmax mean")
    axes.axvline(winner_deg, color=RIGHT, ls=":", lw=2.5, label="argmax")
    axes.set(xlabel="IPD (degrees)", ylabel="probability", title=said, ylim=(0, 1))
    axes.set(xticks=range(0, 91, 15), xlim=(0, 90))
    figure.legend(loc="outside lower center", ncols=3)
    return figure


@plots.in_style
def estimates(
    truth_deg: Numbers, answers_deg: Numbers, everyone_ms: float, right_ms: float
) -> Picture:
    """Estimate against truth after delays have been made longer.

    Parameters
    ----------
    truth_deg, answers_deg : `(sound,)`
    everyone_ms, right_ms : float
        By how much: all delays, and the right ear's beside.
    """
    said = f"mean error {np.abs(plots.array(answers_deg) - plots.array(truth_deg)).mean():.1f}°"
    alt = (
        f"Estimate against truth with all delays {everyone_ms} ms longer and the right ear's "
        f"{right_ms} ms longer: {said}."
    )
    figure, axes = plots.canvas(alt, width=4.6, height=3.8)
    axes.plot([-90, 90], [-90, 90], color=GREY, ls="-", lw=1)
    axes.plot(truth_deg, answers_deg, ".", ms=3)
    axes.set(xlabel="true IPD (degrees)", ylabel="estimate (degrees)", title=said)
    axes.set(xticks=range(-90, 91, 45), yticks=range(-90, 91, 45))
    return figure
