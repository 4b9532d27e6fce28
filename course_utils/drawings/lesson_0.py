"""Figures of lesson 0: spikes that meet, a sound with its pointer, estimates against the truth."""

from collections.abc import Sequence

from torch import Tensor

from .. import plots
from ..plots import Picture


@plots.in_style
def meetings(counts: Sequence[int]) -> Picture:
    """How many spikes meet, for each wait of the right ear: 0, 1, 2, ... ms."""
    best = max(range(len(counts)), key=lambda wait: counts[wait])
    figure, axes = plots.canvas(
        f"Spikes that meet, against the wait of the right ear: {counts[0]} at 0 ms, most, "
        f"{counts[best]}, at {best} ms, and {counts[-1]} at {len(counts) - 1} ms.",
        width=6,
    )
    axes.plot(counts, ".-", color=plots.LEFT)
    axes.plot(best, counts[best], "o", color=plots.RIGHT, ms=12, mfc="none", mew=2)
    axes.annotate(f"most at {best} ms", (best, counts[best]), (10, 4), textcoords="offset points")
    axes.set(xlabel="wait of the right ear (ms)", ylabel="meetings", ylim=(0, 1.15 * counts[best]))
    return figure


@plots.in_style
def scene(
    spikes: Tensor, truth_deg: float, estimate_deg: float, *, cycle_ms: float = 50
) -> Picture:
    """What both ears hear, and a dial with the sound and the pointer.

    Parameters
    ----------
    spikes : `(time, channel)`, in steps of 1 ms
        The first half of the channels is the left ear's.
    truth_deg, estimate_deg : float
        Where the sound is, and where the network points.
    cycle_ms : float
        Cycle of the tone, for the words that say which ear leads.
    """
    error = abs(estimate_deg - truth_deg)
    alt = (
        f"Left: raster of both ears, every second fibre; {plots.lead(spikes, cycle_ms)} in a "
        f"cycle of {cycle_ms:g} ms. Right: a dial with a ring where the sound is, at "
        f"{truth_deg:+.0f} degrees; the network points to {estimate_deg:+.1f} degrees, "
        f"{error:.1f} degrees off."
    )
    figure, (raster, dial) = plots.canvas(alt, 1, 2, height=3.2, width_ratios=[1.5, 1])
    plots.draw_raster(raster, spikes, every=2)
    fibres = spikes.shape[1] // 2
    raster.set(xlabel="time (ms)", title="what the two nerves carry\n(every second fibre)")
    raster.set_yticks([fibres / 2, 1.5 * fibres], ["left\near", "right\near"])
    raster.tick_params(axis="y", length=0)
    plots.draw_pointer(dial, truth_deg, estimate_deg)
    dial.set_title(
        f"sound at {truth_deg:+.0f}°, network says {estimate_deg:+.1f}°\nerror {error:.1f}°"
    )
    return figure


@plots.in_style
def estimates(truth_deg: Tensor, **answers_deg: Tensor) -> Picture:
    """One panel for each named answer: estimate against truth, a dot for each sound.

    Parameters
    ----------
    truth_deg, **answers_deg : `(sound,)`
        From -90 to 90 degrees.
    """
    off = ", ".join(
        f"{name} {float((answer - truth_deg).abs().mean()):.1f}"
        for name, answer in answers_deg.items()
    )
    figure, panels = plots.canvas(
        f"Estimate against truth for {len(truth_deg)} sounds. Mean distance from the diagonal in "
        f"degrees: {off}.",
        1, len(answers_deg), width=7.0, height=3.5, sharex=True, sharey=True,
    )  # fmt: skip
    for axes, (name, answer) in zip(panels, answers_deg.items(), strict=True):
        axes.plot([-90, 90], [-90, 90], color=plots.GREY, lw=1, ls=":")
        axes.plot(truth_deg, answer, ".", color=plots.LEFT, ms=3)
        axes.set(title=name, xlabel="where the sound is (degrees)", aspect="equal")
        axes.set(xticks=range(-90, 91, 45), yticks=range(-90, 91, 45))
    panels[0].set_ylabel("where it points (degrees)")
    return figure
