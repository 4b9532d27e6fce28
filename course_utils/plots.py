"""Figures of the course: arrays in, a figure with alt text out.

Every function returns a `Picture`, whose label is its alt text; as the last line of a cell it shows
itself. Colours are Okabe and Ito's, images are in cividis, and where two colours meet, line style
or marker tells them apart as well. A function that begins with `canvas` is marked `in_style`.
"""

import base64
import functools
import io
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

import matplotlib
import numpy as np
import torch
from cycler import cycler
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike
from PIL import Image, features

Numbers: TypeAlias = ArrayLike | torch.Tensor
"""What can be drawn: a tensor, an array, or a sequence of numbers."""
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Thing = TypeVar("Thing")
Look = TypeVar("Look")

LEFT, RIGHT = "#0072B2", "#D55E00"
"""Colours of the two ears; the right ear's lines are dashed as well."""
THIRD, PINK, SKY, GREY = "#009E73", "#CC79A7", "#56B4E9", "#595959"
"""Further colours; grey is for what stands beside the question."""
SHOWN_DPI, DPI = 100, 160
"""Dots per inch on the page, and in the file: a dense screen and a projector show more."""

STYLE = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "image.cmap": "cividis",
    "lines.color": LEFT,
    "axes.prop_cycle": cycler(color=[LEFT, RIGHT, THIRD, PINK, "black"])
    + cycler(linestyle=["-", "--", "-.", ":", "-"]),
}
"""The course's style, over matplotlib's own defaults; nothing of the reader's shines through."""
_DRAWN = (
    *("axes", "errorbar", "figure", "font", "grid", "hist", "image", "legend", "lines"),
    *("mathtext", "patch", "path", "savefig", "text", "xtick", "ytick"),
)
_ALL: dict[Any, Any] = {
    name: value
    for name, value in matplotlib.rcParamsDefault.items()
    if name.split(".")[0] in _DRAWN
} | STYLE


def told_apart(
    what: str, things: Collection[Thing], looks: Collection[Look]
) -> list[tuple[Thing, Look]]:
    """Each of `things` with a look of its own.

    Parameters
    ----------
    what : str
        What the things are, for the sentence that refuses them.
    things, looks : sized iterables

    Raises
    ------
    ValueError
        If there are more things than looks.
    """
    if len(things) > len(looks):
        raise ValueError(f"{what} must be at most {len(looks)} to be told apart, not {len(things)}")
    return list(zip(things, looks, strict=False))


def in_style(draw: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let a function draw in the course's style, and leave the reader's settings as they are."""

    @functools.wraps(draw)
    def drawn(*arguments: Parameters.args, **settings: Parameters.kwargs) -> Result:
        with matplotlib.rc_context(_ALL):
            return draw(*arguments, **settings)

    return drawn


class Picture(Figure):
    """A figure that shows itself in a notebook, with its sentence for someone who can't see it."""

    def _ipython_display_(self) -> None:
        picture, alt = png(self), alt_text(self)
        data = {"image/png": base64.b64encode(picture).decode(), "text/plain": alt}
        how = {"image/png": {"alt": alt, "width": shown_width(picture)}}
        display(data, metadata=how, raw=True)


@in_style
def canvas(
    alt: str,
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = 8.0,
    height: float = 3.0,
    **subplots: Any,
) -> tuple[Picture, Any]:
    """An empty figure in the course's style.

    Parameters
    ----------
    alt : str
        What the figure shows, with its numbers, for someone who can't see it.
    rows, columns : int
        Panels.
    width, height : float
        Size of the whole figure, in inches.
    **subplots
        Passed on to `Figure.subplots`.

    Returns
    -------
    figure, axes

    Raises
    ------
    ValueError
        If `alt` says nothing.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must be a sentence that describes the figure, not {alt!r}")
    figure = Picture(figsize=(width, height), layout="constrained")
    figure.set_label(alt)
    return figure, figure.subplots(rows, columns, **subplots)


def alt_text(figure: Figure) -> str:
    """The sentence for someone who can't see `figure`."""
    return str(figure.get_label())


@in_style
def png(figure: Figure) -> bytes:
    """`figure` as a PNG of 128 colours, a third of the usual size."""
    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    picture = Image.open(buffer).convert("RGB")
    # Maximum coverage keeps both ends of a colour bar; a median cut drops the rarer one.
    picture = picture.quantize(128, method=Image.Quantize.MAXCOVERAGE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def small(picture: bytes, over: bytes | None = None) -> str:
    """A PNG of `png` as an address that holds it, for pages with many: WebP of 64 colours.

    That takes two thirds of the room. A Pillow without WebP leaves it a PNG. Of a picture that
    lies `over` another one of its size only what differs is kept: the other shines through.
    """
    kind = "png"
    if features.check("webp"):
        buffer = io.BytesIO()
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        few = image.quantize(64, method=Image.Quantize.MAXCOVERAGE).convert("RGB")
        under = image if over is None else Image.open(io.BytesIO(over)).convert("RGB")
        if over is not None and under.size == image.size:
            apart = np.abs(np.asarray(image, dtype=int) - np.asarray(under)).max(2)
            opaque = 255 * (apart > 7)  # less is another palette's choice of the same colour
            kept = np.dstack([np.asarray(few), opaque]) * (opaque[..., None] > 0)
            few = Image.fromarray(kept.astype(np.uint8))
        few.save(buffer, format="webp", lossless=True, method=2)
        kind, picture = "webp", buffer.getvalue()
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def shown_width(picture: bytes) -> int:
    """How wide a page shows a PNG of `png`, in its pixels: there are `DPI / SHOWN_DPI` in each."""
    return round(int.from_bytes(picture[16:20], "big") * SHOWN_DPI / DPI)


def array(values: Numbers) -> np.ndarray:
    """Tensor or sequence as a NumPy array of the same shape, on the CPU."""
    return values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)


CLEAR_PIXELS = 3
"""What a spike needs of a file's pixels, in both directions, to be told from the next one."""


@in_style
def draw_raster(
    axes: Axes,
    spikes: Numbers,
    *,
    dt_ms: float = 1,
    start_ms: float = 0,
    two_ears: bool = True,
    every: int = 1,
) -> None:
    """Draw spikes `(time, channel)` into `axes`: a mark for each spike, time in ms.

    Where there are too many channels for the room, `every` draws each second, third, ... one. Of
    `two_ears`, the first half of the channels is the left ear's.
    """
    spikes = array(spikes) > 0
    steps, channels = spikes.shape
    t, c = np.nonzero(spikes)
    t, c = t[c % every == 0], c[c % every == 0]
    inches = axes.figure.get_figheight()  # type: ignore[union-attr]  # no canvas has subfigures
    height = 72 * inches * axes.get_position().height  # points
    size = min(6.0, max(1.0, 0.75 * every * height / channels))
    halves = ((c < channels // 2, LEFT), (c >= channels // 2, RIGHT))
    for chosen, colour in halves if two_ears else ((c >= 0, "black"),):
        marks = dict(color=colour, ms=size, mew=0.9, gid="raster")  # bars have such marks, too
        axes.plot(start_ms + t[chosen] * dt_ms, c[chosen], "|", **marks)
    if two_ears:
        axes.axhline(channels / 2 - 0.5, color=GREY, lw=0.8)
    axes.set(xlim=(start_ms - dt_ms, start_ms + steps * dt_ms), ylim=(channels - 0.5, -0.5))


def lead(spikes: Numbers, cycle_ms: float, dt_ms: float = 1) -> str:
    """Words that say which ear is further along in its cycle of `cycle_ms`, by its spikes.

    `spikes` are `(time, channel)` in steps of `dt_ms`, the left ear's channels first. The mean
    phase of each ear's spikes is compared. Where they hardly have one, since they are spread over
    the cycle (their vector strength is below 0.2), the words say that.
    """
    train = array(spikes) > 0
    turn = np.exp(2j * np.pi * np.arange(len(train)) * dt_ms / cycle_ms)
    by_ear = train.reshape(len(train), 2, -1).sum(2)
    phases = turn @ by_ear / np.maximum(by_ear.sum(0), 1)
    if abs(phases).min() < 0.2:
        return "the spikes of an ear are spread over the cycle"
    lead_ms = np.angle(phases[0] * phases[1].conj()) / (2 * np.pi) * cycle_ms
    if abs(lead_ms) < 0.5:
        return "neither ear leads by more than half a ms"
    return f"the {'right' if lead_ms > 0 else 'left'} ear leads by {abs(lead_ms):.0f} ms"


def _bursts(train: np.ndarray, dt_ms: float, start_ms: float) -> str:
    """Words that say when most spikes `(time, channel)` come: in one to six bursts, or always."""
    if not train.any():
        return "silent"
    width = min(5, len(train))
    high = np.convolve(train.sum(1), np.ones(width), "same")
    high = high > max(high) / 2
    steps = np.flatnonzero(high)
    runs = np.split(steps, np.flatnonzero(np.diff(steps) > width) + 1)
    if high.mean() > 0.5 or len(runs) > 6:
        return "at all times"
    middles = [np.average(run, weights=1e-9 + train.sum(1)[run]) for run in runs]
    return f"most at {', '.join(f'{start_ms + m * dt_ms:.0f}' for m in middles)} ms"


@in_style
def rasters(
    trains: torch.Tensor | Sequence[torch.Tensor | np.ndarray],
    titles: Sequence[str],
    *,
    dt_ms: float = 1,
    start_ms: float = 0,
    two_ears: bool = True,
    ylabel: str = "fibre",
    cycle_ms: float | None = None,
) -> Picture:
    """Spike trains side by side, with room for each single spike.

    Parameters
    ----------
    trains : sequence of `(time, channel)` spikes
    titles : sequence of str
    dt_ms, start_ms : float
        Time step and time of the first step, in ms.
    two_ears : bool
        Left ear (first half, blue) above right ear (orange).
    cycle_ms : float, optional
        Cycle of a tone, in ms: the alternative text then says which ear leads, and by how much.
        Without one, or without ears, it says when most spikes come.
    """
    steps = max(len(train) for train in trains)
    channels = max(train.shape[1] for train in trains)
    columns = max(1, min(4, len(trains), int(7 * DPI / (CLEAR_PIXELS * steps))))
    rows = math.ceil(len(trains) / columns)
    said = "; ".join(
        f"{title}: {_in_words(array(train) > 0, dt_ms, start_ms, two_ears, cycle_ms)}"
        for title, train in zip(titles, trains, strict=True)
    )
    ears = " Left ear above, right ear below." if two_ears else ""
    few = "One spike raster" if len(trains) == 1 else f"{len(trains)} spike rasters"
    alt = f"{few}, {ylabel} against time.{ears} {said}."
    panel_height = max(1.3, channels * CLEAR_PIXELS / DPI)
    figure, axes = canvas(
        alt, rows, columns, height=0.5 + rows * (panel_height + 0.4),
        sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for panel in axes.flat[len(trains) :]:
        panel.set_visible(False)
    for panel, train, title in zip(axes.flat[: len(trains)], trains, titles, strict=True):
        draw_raster(panel, train, dt_ms=dt_ms, start_ms=start_ms, two_ears=two_ears)
        panel.set_title(title)
    for column in axes.T:  # the lowest panel that is there
        panel = [panel for panel in column if panel.get_visible()][-1]
        panel.set_xlabel("time (ms)")
        panel.tick_params(labelbottom=True)
    for panel in axes[:, 0]:
        panel.set_ylabel(ylabel)
    return figure


def _in_words(
    train: np.ndarray, dt_ms: float, start_ms: float, two_ears: bool, cycle_ms: float | None
) -> str:
    """What a raster shows, in words, from its spikes."""
    if two_ears and cycle_ms is not None:
        return lead(train, cycle_ms, dt_ms)
    if two_ears:
        ears = zip(("left ear", "right ear"), np.split(train, 2, axis=1), strict=True)
        return ", ".join(f"{ear} {_bursts(half, dt_ms, start_ms)}" for ear, half in ears)
    fired = int(train.any(0).sum())
    return f"{fired} of {train.shape[1]} rows fire, {_bursts(train, dt_ms, start_ms)}"


@in_style
def draw_pointer(axes: Axes, truth_deg: float, estimate_deg: float | None = None) -> None:
    """Draw a dial into `axes`: where the sound is, and where the network points, in degrees."""
    turn = np.linspace(-90, 90, 181)
    axes.plot(*_on_dial(turn, 1), color=GREY, lw=1, ls="-")
    for mark in range(-90, 91, 30):
        axes.plot(*np.c_[_on_dial(mark, 0.96), _on_dial(mark, 1.04)], color=GREY, lw=1, ls="-")
        x, y = _on_dial(mark, 1.34)
        axes.text(x, y, f"{mark:+d}°" if mark else "0°", ha="center", va="center", fontsize=10)
    axes.plot(*_on_dial(truth_deg, 1), "o", color=RIGHT, ms=13, mfc="none", mew=2.5, label="sound")
    if estimate_deg is not None:
        x, y = _on_dial(estimate_deg, 0.92)
        axes.annotate("", (x, y), (0, 0), arrowprops=dict(arrowstyle="-|>", lw=2.5, color=LEFT))
        axes.plot([], [], color=LEFT, lw=2.5, label="network")
    axes.set(xlim=(-1.6, 1.6), ylim=(-0.55, 1.5), aspect="equal")
    axes.legend(
        loc="lower center", ncols=2, fontsize=10, handlelength=1, columnspacing=1, borderpad=0
    )
    axes.axis("off")


def _on_dial(angle_deg: ArrayLike, radius: float) -> tuple[Any, Any]:
    angle = np.deg2rad(angle_deg)
    return radius * np.sin(angle), radius * np.cos(angle)


class Fit(Protocol):
    """What `history` draws; a `training.History` is one."""

    @property
    def chance_loss(self) -> float:
        """ln(number of classes)."""
        ...

    @property
    def loss(self) -> Sequence[float]:
        """Loss in nats, by epoch."""
        ...

    @property
    def validation_loss(self) -> Sequence[float]:
        """Loss in nats on fresh data, by epoch."""
        ...

    @property
    def validation_error_deg(self) -> Sequence[float]:
        """Mean error in degrees on fresh data, by epoch."""
        ...


@in_style
def history(history: Fit) -> Picture:
    """Loss in nats, beside ln(classes), and error in degrees, by epoch of a `training.History`."""
    loss, validation_loss = history.loss, history.validation_loss
    error_deg, chance_loss = history.validation_error_deg, history.chance_loss
    epochs = np.arange(1, len(loss) + 1)
    alt = (
        f"Training over {len(loss)} epochs. Left: the loss falls from {loss[0]:.2f} to "
        f"{loss[-1]:.2f} nats, from {validation_loss[0]:.2f} to {validation_loss[-1]:.2f} on fresh "
        f"sounds; chance is {chance_loss:.2f}. Right: the mean error falls from "
        f"{error_deg[0]:.1f} to {error_deg[-1]:.1f} degrees."
    )
    figure, (left, right) = canvas(alt, 1, 2, height=3.0)
    left.axhline(chance_loss, color=GREY, ls=":", label="chance, ln(classes)")
    left.plot(epochs, loss, color=LEFT, ls="-", label="training")
    left.plot(epochs, validation_loss, color=RIGHT, ls="--", label="fresh sounds")
    left.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, None))
    left.legend()
    right.plot(epochs, error_deg, color=RIGHT, ls="--")
    right.set(xlabel="epoch", ylabel="mean error (degrees, log scale)", yscale="log")
    plain_log_labels(right.yaxis)
    return figure


def plain_log_labels(axis: Axis) -> None:
    """Write 2, 5, 10 … along a logarithmic `axis` instead of powers of ten.

    Beyond four decades powers of ten stay: there, no room is left for more.
    """
    low, high = axis.get_view_interval()
    if high > 1e4 * low > 0:
        return
    subs = (1, 2, 5) if high > 8 * low else (1, 2, 3, 5, 7)
    axis.set_major_locator(matplotlib.ticker.LogLocator(subs=subs))
    axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axis.set_minor_formatter(matplotlib.ticker.NullFormatter())


SIGNED = LinearSegmentedColormap.from_list("signed", [LEFT, "white", RIGHT])
"""For what has a sign: negative blue, zero white, positive orange. In grey both ends look alike;
`signed` marks what is negative."""


def signed(axes: Axes, values: Numbers, top: float) -> AxesImage:
    """Draw a matrix `(row, column)` into `axes`, white at zero and full colour from `top` on.

    What is clearly negative, below -2 % of `top`, has a dot.

    Returns
    -------
    matplotlib.image.AxesImage
        For a colour bar.
    """
    matrix = array(values)
    image = axes.imshow(matrix, cmap=SIGNED, vmin=-top, vmax=top, interpolation="none")
    y, x = np.nonzero(matrix < -0.02 * top)
    axes.plot(x, y, ".", color="black", ms=2.6, mew=0, scalex=False, scaley=False)
    return image


@in_style
def bars(
    names: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[tuple[float, float]] | None = None,
    *,
    ylabel: str,
    lines: Sequence[tuple[float, str]] = (),
    log: bool = False,
) -> Picture:
    """Labelled bars with their numbers, and dotted reference lines.

    On a logarithmic axis dots take the place of the bars, whose length would mean nothing there.

    Parameters
    ----------
    names : sequence of str
    values : sequence of float
    intervals : sequence of (low, high), optional
    ylabel : str, with its unit
    lines : sequence of (value, label)
        Levels to compare with, such as chance or a bound; at most three, more are refused.
    log : bool
        Logarithmic axis.
    """
    said = ", ".join(f"{name}: {value:.2f}" for name, value in zip(names, values, strict=True))
    levels = "".join(f" {label}: {value:.2f}." for value, label in lines)
    height = 0.9 + 0.42 * len(names) + 0.3 * bool(lines)
    kind = "Dots" if log else "Bars"
    figure, axes = canvas(f"{kind}, {ylabel}: {said}.{levels}", height=height)
    rows = np.arange(len(names))
    if log:
        for row in rows:
            axes.axhline(row, color="#dddddd", lw=1, ls="-", zorder=0)
        axes.plot(values, rows, "o", color=LEFT, ms=8, ls="none")
    else:
        axes.barh(rows, values, color=LEFT, height=0.6)
    if intervals is not None:
        low, high = np.array(intervals, dtype=float).T
        middle, half = (low + high) / 2, (high - low) / 2
        axes.errorbar(middle, rows, xerr=half, fmt="none", ecolor="black", capsize=4)
    ends = values if intervals is None else high
    top = max([*values, *ends, *(value for value, _ in lines)])
    for row, value, end in zip(rows, values, ends, strict=True):
        axes.annotate(
            f"{value:.2f}", (end, row), xytext=(6, 0), textcoords="offset points", va="center",
            bbox=dict(fc="white", ec="none", pad=1),
        )  # fmt: skip
    for (value, label), style in told_apart("lines", lines, (":", "--", "-.")):
        axes.axvline(value, color="black", ls=style, lw=1.5, label=f"{label} ({value:.2f})")
    if lines:
        figure.legend(loc="outside lower center", ncols=len(lines), fontsize=10)
    axes.set(yticks=rows, yticklabels=names, xlabel=ylabel, ylim=(len(names) - 0.4, -0.6))
    if log:
        axes.set(xscale="log", xlim=(0.6 * min(*values, *(v for v, _ in lines)), 1.6 * top))
        plain_log_labels(axes.xaxis)
    else:
        axes.set_xlim(0, 1.12 * top)
    return figure


LOOKS = (
    dict(color=LEFT, ls="-", marker="o"),
    dict(color=RIGHT, ls="--", marker="s"),
    dict(color="black", ls=":", marker="x"),
    dict(color=THIRD, ls="-.", marker="D"),
    dict(color=PINK, ls="-", marker="^"),
    dict(color=GREY, ls="--", marker="v"),
    dict(color=SKY, ls=":", marker="P"),
)
"""Looks of curves, told apart without colour as well."""


@in_style
def lines(
    x: Sequence[float],
    curves: Mapping[str, Sequence[tuple[float, float, float]]],
    xlabel: str,
    ylabel: str,
    *,
    title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    levels: Sequence[tuple[Any, ...]] = (),
    looks: Sequence[dict[str, Any]] = LOOKS,
) -> Picture:
    """Curves with intervals over a few places.

    Parameters
    ----------
    x : sequence of float
    curves : dict of name to a list of (mean, low, high)
        At most as many as there are `looks`; more are refused.
    xlabel, ylabel, title : str
        Labels with their units.
    log_x, log_y : bool
        Logarithmic axes.
    levels : sequence of (value, label) or (value, label, (low, high))
        Horizontal lines to compare with, such as a bound or a control, and a band around one that
        was measured. Two at most.
    looks : sequence of dict
        Colour, line style and marker of each curve.
    """
    said = "; ".join(
        f"{name}: " + ", ".join(f"{mean:.3g}" for mean, *_ in values)
        for name, values in curves.items()
    )
    for value, name, *interval in levels:
        said += f"; {name}: {value:.3g}"
        said += "".join(f" ({low:.3g} to {high:.3g})" for low, high in interval)
    places = ", ".join(f"{value:g}" for value in x)
    figure, axes = canvas(
        f"{title} {ylabel} against {xlabel} ({places}). {said}.".strip(), width=8, height=3.7
    )
    at = np.asarray(x, dtype=float)
    spread = np.linspace(-1, 1, len(curves)) * 0.02  # so that intervals do not hide each other
    drawn = told_apart("curves", curves.items(), looks)
    for ((name, values), look), aside in zip(drawn, spread, strict=True):
        mean, low, high = np.array(values, dtype=float).T
        aside *= bool((low < high).any())  # a line without intervals stays where it is
        where = at * np.exp(2 * aside) if log_x else at + aside * np.ptp(at)
        axes.errorbar(where, mean, [mean - low, high - mean], label=name, **look)
    for (value, name, *interval), style in told_apart("levels", levels, ("-", ":")):
        for band in interval:
            axes.axhspan(*band, color=GREY, alpha=0.2, lw=0)
        axes.axhline(value, color="black", lw=1.2, ls=style, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if log_x:
        axes.set_xscale("log")
        axes.set_xticks(at, [f"{value:g}" for value in at])
        axes.minorticks_off()
    if log_y:
        axes.set_yscale("log")
        plain_log_labels(axes.yaxis)
    figure.legend(loc="outside right upper", fontsize=10)
    return figure
