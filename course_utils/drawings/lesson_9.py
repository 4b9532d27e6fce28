"""Drawings of lesson 9: a head from above, what its nerves carry, and what a network made of it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon
from torch import Tensor

from .. import plots
from ..plots import GREY, LEFT, RIGHT, THIRD, Numbers, Picture


class Nerve(Protocol):
    """What is drawn of a nerve; a `head.cochlea.Nerve` is one."""

    @property
    def centres_hz(self) -> Sequence[float]:
        """Frequency of each band."""
        ...

    @property
    def bundles(self) -> int:
        """Bundles of each band and ear."""
        ...

    @property
    def channels(self) -> int:
        """Bundles of both ears."""
        ...

    @property
    def duration_ms(self) -> float:
        """How long it listens."""
        ...

    @property
    def dt_ms(self) -> float:
        """One time step."""
        ...


@plots.in_style
def around_the_head(
    azimuth_deg: float,
    response: Tensor,
    rate_hz: int,
    curves_us: Mapping[str, Tensor],
    directions_deg: Tensor,
) -> Picture:
    """A source around a head, what both ears record, and time differences against azimuth.

    Parameters
    ----------
    azimuth_deg : float
        Positive on the right.
    response : `(ear, tap)`
        Impulse response of both ears, left ear first.
    rate_hz : int
        Taps in a second.
    curves_us : dict of name to `(azimuth,)`
        Time differences in microseconds.
    directions_deg : `(azimuth,)`
    """
    at = int((directions_deg - azimuth_deg).abs().argmin())
    said = ", ".join(f"{name} {float(curve[at]):+.0f}" for name, curve in curves_us.items())
    loud = response.square().sum(1)
    alt = (
        f"Left: a head from above, the source at {azimuth_deg:+.0f} degrees. Middle: impulse "
        f"responses of both ears; the right ear receives {float(loud[1] / loud[0]):.1f} times the "
        f"energy of the left. Right: time difference against azimuth, in microseconds at "
        f"this source: {said}."
    )
    figure, (above, ears, curve) = plots.canvas(
        alt, 1, 3, width=10, height=3.3, width_ratios=[0.8, 1.2, 1.3]
    )
    _head_from_above(above, azimuth_deg)
    time_ms = np.arange(response.shape[1]) / rate_hz * 1000
    ears.plot(time_ms, response[0], color=LEFT, ls="-", label="left ear")
    ears.plot(time_ms, response[1], color=RIGHT, ls="--", label="right ear")
    ears.set(xlim=(0, 3), ylim=(-0.9, 0.9), xlabel="time after a click (ms)", title="at the ears")
    ears.set_yticks([])
    ears.legend(loc="lower right", fontsize=10)
    styles = ((LEFT, "-", "o"), (RIGHT, "--", "s"), (GREY, ":", "^"))
    for (name, values), (colour, style, mark) in zip(curves_us.items(), styles, strict=True):
        said = f"{name}: {float(values[at]):+.0f} µs"
        curve.plot(directions_deg, values, color=colour, ls=style, label=said)
        curve.plot(azimuth_deg, values[at], mark, color=colour, ms=6)
    curve.set(xlabel="azimuth (degrees)", ylabel="time difference (µs)", ylim=(-850, 850))
    curve.set_xticks(range(-90, 91, 45))
    figure.legend(handles=curve.lines[::2], loc="outside upper right", ncols=3, fontsize=10)
    return figure


def _head_from_above(axes: Axes, azimuth_deg: float) -> None:
    axes.add_patch(Circle((0, 0), 0.45, fc="#eeeeee", ec=GREY))
    axes.add_patch(Polygon([(-0.1, 0.43), (0, 0.6), (0.1, 0.43)], fc="#eeeeee", ec=GREY))
    axes.plot(-0.47, 0, "s", color=LEFT, ms=9)
    axes.plot(0.47, 0, "D", color=RIGHT, ms=8)
    angle = np.deg2rad(azimuth_deg)
    axes.plot(1.2 * np.sin(angle), 1.2 * np.cos(angle), "o", color="black", ms=12)
    axes.set(xlim=(-1.45, 1.45), ylim=(-0.6, 1.45), aspect="equal")
    axes.set_title(f"source at {azimuth_deg:+.0f}°" if azimuth_deg else "source at 0°")
    axes.axis("off")


@plots.in_style
def nerves(rates: Tensor, spikes: Tensor, nerve: Nerve, stop_ms: float = 15) -> Picture:
    """Firing rates of both ears in each band of one sound, and the spikes of the first bundle.

    Parameters
    ----------
    rates : tensor `(ear, band, time)`, spikes per second
    spikes : tensor `(time, channel)`, spikes in each step
    nerve : Nerve
    stop_ms : float
        End of what is drawn.
    """
    bands, steps = len(nerve.centres_hz), round(stop_ms / nerve.dt_ms)
    counts = spikes[:steps].unflatten(1, (2, bands, nerve.bundles))[..., 0]
    total = counts.sum((0, 2))
    alt = (
        f"Firing rates in {bands} bands over {stop_ms:g} ms, left ear solid, right ear dashed, and "
        f"above them a mark for each step with spikes, left ear above right: {total[0]:.0f} spikes "
        f"left, {total[1]:.0f} right. The rates rise and fall with the wave in the band, and one "
        f"ear follows the other."
    )
    figure, panels = plots.canvas(
        alt, bands, 1, width=8, height=0.8 + 1.15 * bands, sharex=True, sharey=True
    )
    time = np.arange(steps) * nerve.dt_ms
    top = 1.1 * float(rates[..., :steps].max())
    for band, axes in enumerate(reversed(panels)):
        rows = (1.85 * top, 1.5 * top)
        looks = ((LEFT, "-", "o"), (RIGHT, "--", "D"))
        for ear, (row, (colour, style, mark)) in enumerate(zip(rows, looks, strict=True)):
            axes.plot(time, rates[ear, band, :steps], color=colour, ls=style, lw=1.5)
            size = 3 * counts[:, ear, band].numpy()
            axes.scatter(time, np.full(steps, row), s=size, color=colour, marker=mark)
        axes.set_title(f"{nerve.centres_hz[band]:.0f} Hz", loc="left", x=0.01, y=0.35, fontsize=10)
        axes.set_ylim(0, 2.05 * top)
        axes.set_yticks([0, 300, *rows], ["0", "300", "left", "right"], fontsize=10)
    panels[-1].set(xlabel="time (ms)", xlim=(0, stop_ms))
    figure.supylabel("firing rate (spikes per second)", fontsize=11)
    figure.legend(panels[0].lines, ["left ear", "right ear"], loc="outside upper center", ncols=2)
    return figure


@plots.in_style
def cochleagram(rates: Tensor, nerve: Nerve) -> Picture:
    """Firing rates as images, one for each ear.

    Parameters
    ----------
    rates : `(ear, band, time)`, spikes per second
    nerve : Nerve
    """
    alt = (
        f"Cochleagrams of both ears, {len(nerve.centres_hz)} bands from "
        f"{nerve.centres_hz[0]:.0f} to {nerve.centres_hz[-1]:.0f} Hz over {nerve.duration_ms:g} "
        f"ms. Mean rate: left {float(rates[0].mean()):.0f}, right {float(rates[1].mean()):.0f} "
        f"spikes per second; stripes in each band follow the wave."
    )
    figure, panels = plots.canvas(alt, 1, 2, width=9, height=2.8, sharey=True)
    bands = len(nerve.centres_hz)
    for axes, ear, name in zip(panels, rates, ("left ear", "right ear"), strict=True):
        image = axes.imshow(
            ear.numpy(), aspect="auto", origin="lower", interpolation="none", vmin=0,
            vmax=float(rates.max()), extent=(0, nerve.duration_ms, -0.5, bands - 0.5),
        )  # fmt: skip
        axes.set(xlabel="time (ms)", title=name)
    panels[0].set_yticks(range(bands), [f"{f:.0f}" for f in nerve.centres_hz])
    panels[0].set_ylabel("band (Hz)")
    figure.colorbar(image, ax=panels, label="rate (spikes per second)")
    return figure


@plots.in_style
def step_price(steps_ms: Sequence[float], bounds_us: Sequence[float]) -> Picture:
    """How well time can be known, in microseconds, against the length of a time step."""
    said = ", ".join(f"{b:.1f} at {s:g} ms" for s, b in zip(steps_ms, bounds_us, strict=True))
    figure, axes = plots.canvas(
        f"Smallest standard deviation of a time difference in microseconds: {said}.",
        width=6, height=2.8,
    )  # fmt: skip
    axes.plot(steps_ms, bounds_us, "o-", color=LEFT)
    axes.set(xlabel="time step (ms)", ylabel="bound (µs)", ylim=(0, None), xscale="log")
    plots.plain_log_labels(axes.xaxis)
    return figure


@plots.in_style
def answers(truth_deg: Tensor, **estimates_deg: Tensor) -> Picture:
    """Mean answer with the middle 80 % of the answers, against the measured azimuths.

    Parameters
    ----------
    truth_deg, **estimates_deg : `(sound,)`
    """
    where = np.unique(np.round(np.asarray(truth_deg)))
    off = ", ".join(
        f"{name} {float((estimate - truth_deg).abs().mean()):.1f}"
        for name, estimate in estimates_deg.items()
    )
    figure, panels = plots.canvas(
        f"Answers against azimuth, one panel each. Mean error in degrees: {off}.",
        1, len(estimates_deg), width=3.4 * len(estimates_deg), height=4.3, sharey=True,
        squeeze=False,
    )  # fmt: skip
    for axes, (name, estimate) in zip(panels[0], estimates_deg.items(), strict=True):
        groups = [np.asarray(estimate[(truth_deg - a).abs() < 1]) for a in where]
        low, middle, high = np.array([np.quantile(g, (0.1, 0.5, 0.9)) for g in groups]).T
        axes.plot([-90, 90], [-90, 90], color=GREY, lw=1, ls=":")
        axes.fill_between(where, low, high, color="#c8dcea")
        axes.plot(where, middle, color=LEFT, ls="-")
        axes.set(title=name, xlabel="azimuth (degrees)", aspect="equal")
        axes.set(xticks=range(-90, 91, 45), yticks=range(-90, 91, 45))
    panels[0, 0].set_ylabel("answer (degrees)")
    return figure


@plots.in_style
def pointing(
    spikes: Tensor, nerve: Nerve, truth_deg: float, estimate_deg: float, title: str
) -> Picture:
    """Spikes of both nerves, and a dial with the source and the answer.

    Parameters
    ----------
    spikes : `(time, channel)`
        Spikes in each step of `nerve.dt_ms`.
    nerve : Nerve
    truth_deg, estimate_deg : float
    title : str
    """
    error = abs(estimate_deg - truth_deg)
    alt = (
        f"Left: spikes of {nerve.channels} bundles, left ear above, high bands above low ones; "
        f"{_first_ear(spikes, nerve)}. "
        f"Right: a dial; {title}, source at {truth_deg:+.0f} degrees, the network points to "
        f"{estimate_deg:+.1f} degrees, {error:.1f} degrees off."
    )
    figure, (raster, dial) = plots.canvas(alt, 1, 2, height=3.4, width_ratios=[1.5, 1])
    by_ear = spikes.T.numpy().reshape(2, -1, len(spikes))
    image = raster.imshow(
        by_ear[:, ::-1].reshape(nerve.channels, -1), aspect="auto", interpolation="none",
        extent=(0, nerve.duration_ms, nerve.channels - 0.5, -0.5), vmin=0, vmax=6,
    )  # fmt: skip
    figure.colorbar(image, ax=raster, label="spikes (number in a step)")
    raster.axhline(nerve.channels / 2 - 0.5, color="white", lw=2)
    raster.set(xlabel="time (ms)", title="what the two nerves carry")
    bands = [f"{nerve.centres_hz[end]:.0f}" for end in (-1, 0)]
    ends = [0, nerve.channels / 2 - 1, nerve.channels / 2, nerve.channels - 1]
    raster.set_yticks(ends, [f"{ear}, {band}" for ear in ("left", "right") for band in bands])
    raster.set_ylabel("ear, band (Hz)")
    plots.draw_pointer(dial, truth_deg, estimate_deg)
    dial.set_title(f"{title}\nerror {error:.1f}°")
    return figure


def _first_ear(spikes: Tensor, nerve: Nerve) -> str:
    """Words that say which ear leads, by the cross-correlation of both nerves up to 1 ms."""
    left, right = spikes.T.double().unflatten(0, (2, -1))
    left, right = left - left.mean(1, keepdim=True), right - right.mean(1, keepdim=True)
    steps, longest = len(spikes), round(1 / nerve.dt_ms)
    together = [
        float(
            (
                left[:, max(k, 0) : steps + min(k, 0)] * right[:, max(-k, 0) : steps - max(k, 0)]
            ).sum()
        )
        for k in range(-longest, longest + 1)
    ]
    lag_us = 1000 * nerve.dt_ms * (int(np.argmax(together)) - longest)
    if not lag_us or max(together) <= 0:
        return "neither ear leads"
    return f"the {'right' if lag_us > 0 else 'left'} ear leads by about {abs(lag_us):.0f} µs"


@plots.in_style
def against_noise(snr_db: Sequence[str], **curves: Sequence[tuple[float, float, float]]) -> Picture:
    """Mean error against signal-to-noise ratio.

    Parameters
    ----------
    snr_db : sequence of str
    **curves : sequence of (mean, low, high), degrees
        One for each ratio.
    """
    said = "; ".join(
        f"{name}: " + ", ".join(f"{mean:.1f}" for mean, *_ in values)
        for name, values in curves.items()
    )
    figure, axes = plots.canvas(
        f"Mean error in degrees at signal-to-noise ratios {', '.join(snr_db)} dB. {said}.",
        width=6.5, height=3.2,
    )  # fmt: skip
    looks = ((LEFT, "-", "o"), (RIGHT, "--", "s"), (THIRD, "-.", "^"))
    for (name, values), (colour, style, mark) in zip(curves.items(), looks, strict=True):
        mean, low, high = np.array(values).T
        axes.errorbar(
            range(len(snr_db)), mean, [mean - low, high - mean], color=colour, ls=style,
            marker=mark, elinewidth=2, label=name,
        )  # fmt: skip
    axes.set_xticks(range(len(snr_db)), snr_db)
    axes.set(xlabel="signal-to-noise ratio (dB)", ylabel="mean error (degrees)", yscale="log")
    plots.plain_log_labels(axes.yaxis)
    axes.legend(fontsize=10)
    return figure


@plots.in_style
def internal_delays(first_us: Tensor, last_us: Tensor, nerve: Nerve, head_us: Numbers) -> Picture:
    """What each band's two delays add up to, before and after learning, beside the head.

    Parameters
    ----------
    first_us, last_us : tensor `(network, band)`
        Delay of the right bundle minus that of the left, in microseconds.
    nerve : Nerve
    head_us : tensor `(band,)`
        Largest time difference of the head in each band.
    """
    frequency = np.array(nerve.centres_hz)
    said = ", ".join(
        f"{f:.0f} Hz {float(a.abs().mean()):.0f} to {float(b.abs().mean()):.0f}"
        for f, a, b in zip(frequency, first_us.T, last_us.T, strict=True)
    )
    figure, axes = plots.canvas(
        f"Internal delays of {len(first_us)} networks against frequency, before and after "
        f"learning, joined by lines, over the range of the head. Mean size in microseconds: "
        f"{said}.",
        width=7.5, height=3.8,
    )  # fmt: skip
    fine = np.geomspace(frequency[0] / 1.15, frequency[-1] * 1.15, 100)
    reach = np.interp(fine, frequency, np.asarray(head_us))
    axes.fill_between(fine, -reach, reach, color="#dbe9f4", label="what the head produces")
    for quarters in (-3, -1, 1, 3):
        label = "one or three quarters of a cycle" if quarters == 1 else None
        axes.plot(fine, quarters * 2.5e5 / fine, color=GREY, ls=":", label=label)
    looks = ((first_us, "black", "x", "before"), (last_us, RIGHT, "o", "after"))
    # Networks side by side: every line from before to after can be told from its neighbours.
    beside = np.linspace(0.93, 1.07, len(first_us))[:, None] * frequency
    ends = np.stack([np.asarray(first_us), np.asarray(last_us)]).reshape(2, -1)
    axes.plot(np.tile(beside.ravel(), (2, 1)), ends, color=RIGHT, ls="-", lw=1.2)
    for values, colour, mark, name in looks:
        axes.plot(beside.ravel(), np.ravel(values), mark, color=colour, ms=6, ls="none", label=name)
    axes.set(xscale="log", xlabel="frequency of the band (Hz)", ylim=(-1100, 1100))
    axes.set_ylabel("right delay minus left (µs)")
    axes.set_xticks(frequency, [f"{f:.0f}" for f in frequency])
    axes.minorticks_off()
    figure.legend(loc="outside upper center", ncols=4, fontsize=10)
    return figure
