"""Drawings of lesson 10: words as spikes, what a neuron listens for, and a map of the course."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from .. import plots
from ..plots import GREY, LEFT, RIGHT, Numbers, Picture

WORD = Mapping[str, Numbers]
"""Spikes `(time, band)` by the name that stands above them."""
VERDICTS = {
    "differs": dict(color=LEFT, marker="o"),
    "alike": dict(color=RIGHT, marker="s"),
    "open": dict(color="black", marker="x"),
    "not tuned": dict(color=GREY, marker="D", mfc="white"),
}
"""How each verdict looks."""


def _bands(axes: Axes, centres_hz: Sequence[float]) -> None:
    """Name a few of the bands, low ones below."""
    places = np.linspace(0, len(centres_hz) - 1, 5).round().astype(int)
    axes.set_yticks(places, [f"{centres_hz[place]:.0f}" for place in places])
    axes.set_ylim(-0.8, len(centres_hz) - 0.2)


@plots.in_style
def heard(words: WORD, centres_hz: Sequence[float], dt_ms: float = 10) -> Picture:
    """Spikes of a few words side by side: a mark for each spike, high bands above low ones.

    Parameters
    ----------
    words : mapping of title to spikes `(time, band)`
    centres_hz : sequence of float
        Frequency of each band.
    dt_ms : float
        One time step.
    """
    trains = {title: plots.array(spikes) > 0 for title, spikes in words.items()}
    said = "; ".join(f"{title}: {_in_words(train, dt_ms)}" for title, train in trains.items())
    figure, panels = plots.canvas(
        f"Spikes of {len(trains)} words, {len(centres_hz)} bands from {centres_hz[0]:.0f} to "
        f"{centres_hz[-1]:.0f} Hz against time. {said}.",
        1, len(trains), width=4.3 * len(trains), height=3.4, sharex=True, sharey=True,
        squeeze=False,
    )  # fmt: skip
    for axes, (title, train) in zip(panels[0], trains.items(), strict=True):
        step, band = np.nonzero(train)
        axes.plot(step * dt_ms, band, "|", color="black", ms=3.6, mew=0.9, gid="raster")
        axes.set(title=title, xlabel="time (ms)", xlim=(-dt_ms, len(train) * dt_ms))
    _bands(panels[0, 0], centres_hz)
    panels[0, 0].set_ylabel("band (Hz)")
    return figure


def _in_words(train: np.ndarray, dt_ms: float) -> str:
    """How long a word lasts, and when its lower and upper half of the bands fire most."""
    steps = np.flatnonzero(train.any(1))
    if not len(steps):
        return "silent"
    middles = [
        np.average(np.arange(len(train)), weights=half.sum(1) + 1e-9) * dt_ms
        for half in np.split(train, [train.shape[1] // 2], axis=1)
    ]
    return (
        f"{train.sum()} spikes up to {(steps[-1] + 1) * dt_ms:.0f} ms, those of the lower bands "
        f"around {middles[0]:.0f} ms, of the upper ones around {middles[1]:.0f} ms"
    )


@plots.in_style
def listens_for(
    moments: Mapping[str, tuple[Numbers, Numbers]],
    centres_hz: Sequence[float],
    title: str,
    longest_ms: float = 250,
) -> Picture:
    """What one neuron listens for: a dot for each band at its delay, as large as its weight.

    Parameters
    ----------
    moments : mapping of title, such as "before", to (delays `(band,)` in ms, weights `(band,)`)
    centres_hz : sequence of float
    title : str
    longest_ms : float
        The longest delay there may be.
    """
    pairs = {name: [plots.array(part) for part in pair] for name, pair in moments.items()}
    top = max(np.abs(weights).max() for _, weights in pairs.values())
    said = "; ".join(
        f"{name}: {np.sum(weights > 0)} bands excite, around {_centre(delays, weights > 0)}, and "
        f"{np.sum(weights < 0)} hold back, around {_centre(delays, weights < 0)}; the largest "
        f"weight is {np.abs(weights).max():.2f}"
        for name, (delays, weights) in pairs.items()
    )
    figure, panels = plots.canvas(
        f"{title}: a dot for each of {len(centres_hz)} bands at its delay. {said}.",
        1, len(pairs), width=8.6, height=3.8, sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    looks = ((RIGHT, "o", 1, "excites"), (LEFT, "s", -1, "holds back"))
    for axes, (name, (delays, weights)) in zip(panels[0], pairs.items(), strict=True):
        for colour, mark, sign, word in looks:
            chosen = np.flatnonzero(sign * weights > 0)
            size = 8 + 150 * np.abs(weights[chosen]) / top
            axes.scatter(
                delays[chosen], chosen, s=size, color=colour, marker=mark, alpha=0.85, label=word
            )
        axes.set(title=name, xlabel="delay (ms)", xlim=(-8, longest_ms + 8))
    _bands(panels[0, 0], centres_hz)
    panels[0, 0].set_ylabel("band (Hz)")
    figure.suptitle(title, fontsize=11)
    handles, names = panels[0, 0].get_legend_handles_labels()
    legend = figure.legend(handles, names, loc="outside lower center", ncols=2, fontsize=10)
    for handle in legend.legend_handles:
        handle.set_sizes([60])  # type: ignore[union-attr]
    return figure


def _centre(delays: np.ndarray, chosen: np.ndarray) -> str:
    return f"{np.median(delays[chosen]):.0f} ms" if chosen.any() else "nothing"


@plots.in_style
def moved(by_ms: Numbers, step_ms: float = 10) -> Picture:
    """How far delays have moved while they learned, as a histogram.

    Parameters
    ----------
    by_ms : array, any shape
        Last delay minus first one.
    step_ms : float
        One time step.
    """
    by = plots.array(by_ms).ravel()
    reach = step_ms * max(5, np.ceil(np.abs(by).max() / step_ms))
    share = np.mean(np.abs(by) > step_ms)
    said = (
        f"half of them moved by more than {np.median(np.abs(by)):.0f} ms, "
        f"{share:.0%} by more than a step of {step_ms:g} ms"
    )
    figure, axes = plots.canvas(
        f"Histogram of how far {by.size} delays moved, from {by.min():.0f} to {by.max():.0f} ms: "
        f"{said}.",
        width=7, height=2.8,
    )  # fmt: skip
    axes.hist(by, np.arange(-reach, reach + 1, step_ms / 2), color=LEFT)
    axes.axvspan(-step_ms, step_ms, color="#e6e6e6", lw=0, zorder=0)
    axes.set(xlabel="last delay minus first (ms)", ylabel="delays (number)", title=said)
    return figure


@plots.in_style
def understood(counts: Numbers, names: Sequence[str]) -> Picture:
    """What was said against what was understood, in per cent of what was said.

    Parameters
    ----------
    counts : array `(said, understood)`
    names : sequence of str
    """
    counts = plots.array(counts).astype(float)
    share = 100 * counts / counts.sum(1, keepdims=True).clip(1)
    wrong = share - np.diag(np.diag(share))
    pairs = np.argsort(wrong, axis=None)[::-1][:3]
    worst = ", ".join(
        f"{names[k // len(names)]} as {names[k % len(names)]} ({wrong.flat[k]:.0f} %)"
        for k in pairs
    )
    figure, axes = plots.canvas(
        f"Confusion of {len(names)} words: {np.trace(counts) / counts.sum():.0%} lie on the "
        f"diagonal, where what was said was understood. Most often mistaken: {worst}.",
        width=8, height=6,
    )  # fmt: skip
    image = axes.imshow(share, vmin=0, vmax=100)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=10)
    axes.set_yticks(range(len(names)), names, fontsize=10)
    axes.set(xlabel="understood (word)", ylabel="said (word)")
    figure.colorbar(image, label="share of what was said (%)")
    return figure


@plots.in_style
def the_map(groups: Mapping[str, Sequence[Mapping]], margin_percent: float) -> Picture:
    """Learned minus frozen in per cent of frozen, everywhere: one row for each place, by task.

    Grey is what would not matter.

    Parameters
    ----------
    groups : mapping of a task to its rows
        Each row with `place`, `difference_percent`, `low_percent`, `high_percent` and `verdict`:
        one of `VERDICTS`.
    margin_percent : float
        Half the width of what would not matter.
    """
    said = " ".join(
        f"{task}: "
        + "; ".join(
            f"{r['place']} {r['difference_percent']:+.0f} ({r['low_percent']:+.0f} to "
            f"{r['high_percent']:+.0f}), {r['verdict']}"
            for r in rows
        )
        + "."
        for task, rows in groups.items()
    )
    labels: list[str] = []
    lines: list[tuple[int, Mapping]] = []
    for task, rows in groups.items():
        labels.append(task)
        for row in rows:
            lines.append((len(labels), row))
            labels.append(str(row["place"]))
    figure, axes = plots.canvas(
        f"Learned minus frozen in per cent of frozen at {len(lines)} places of this course, with "
        f"95 % intervals and a grey band of ±{margin_percent:g}, within which it would not "
        f"matter. {said}",
        width=9, height=0.9 + 0.26 * len(labels),
    )  # fmt: skip
    axes.axvspan(-margin_percent, margin_percent, color="#e6e6e6", lw=0)
    axes.axvline(0, color="black", lw=1, ls="-")
    for word, look in VERDICTS.items():
        mine = [(place, row) for place, row in lines if row["verdict"] == word]
        if mine:
            mean, low, high = (
                np.array([float(row[f"{key}_percent"]) for _, row in mine])
                for key in ("difference", "low", "high")
            )
            places = [place for place, _ in mine]
            how = dict(ls="none", ms=6, capsize=2, label=word)
            axes.errorbar(mean, places, xerr=[mean - low, high - mean], **how, **look)
    axes.set_yticks(range(len(labels)), labels, fontsize=10)
    heads = {place for place in range(len(labels))} - {place for place, _ in lines}
    for place, tick in enumerate(axes.get_yticklabels()):
        tick.set_weight("bold" if place in heads else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(labels) - 0.5, -0.7), xlabel="learned minus frozen (% of frozen)")
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
