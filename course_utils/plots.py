"""Figures of the course: arrays in, a figure with alt text out.

Every function returns a `matplotlib.figure.Figure` whose label is its alt text; as the last line
of a cell it shows itself. Colours are Okabe and Ito's, images are in cividis, and where two
colours meet, line style or marker tells them apart as well.
"""

import base64
import io
import math
from pathlib import Path

import matplotlib
import matplotlib.style
import numpy as np
import torch
from IPython import get_ipython
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image, features

LEFT, RIGHT = "#0072B2", "#D55E00"
"""Colours of the two ears; the right ear's lines are dashed as well."""
THIRD, GREY = "#009E73", "#595959"
SHOWN_DPI, DPI = 100, 160
"""Dots per inch on the page, and in the file: a dense screen and a projector show more."""
matplotlib.style.use(Path(__file__).with_name("course.mplstyle"))


def canvas(alt: str, rows=1, columns=1, *, width=8.0, height=3.0, **subplots):
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
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must be a sentence that describes the figure, not {alt!r}")
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.set_label(alt)
    return figure, figure.subplots(rows, columns, **subplots)


def alt_text(figure: Figure) -> str:
    """The sentence for someone who can't see `figure`."""
    return figure.get_label()


def png(figure: Figure) -> bytes:
    """`figure` as a PNG of 128 colours, a third of the usual size."""
    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    picture = Image.open(buffer).convert("RGB")
    # Maximum coverage keeps both ends of a colour bar; a median cut drops the rarer one.
    picture = picture.quantize(128, method=Image.Quantize.MAXCOVERAGE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def small(picture: bytes) -> str:
    """A PNG of `png` as an address that holds it, for pages with many: WebP of 64 colours.

    That takes two thirds of the room. A Pillow without WebP leaves it a PNG.
    """
    kind = "png"
    if features.check("webp"):
        buffer = io.BytesIO()
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        image = image.quantize(64, method=Image.Quantize.MAXCOVERAGE).convert("RGB")
        image.save(buffer, format="webp", lossless=True, method=2)
        kind, picture = "webp", buffer.getvalue()
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def shown_width(picture: bytes) -> int:
    """How wide a page shows a PNG of `png`, in its pixels: there are `DPI / SHOWN_DPI` in each."""
    return round(int.from_bytes(picture[16:20], "big") * SHOWN_DPI / DPI)


def _show_with_alt_text():
    """In a notebook, let a figure show itself with its alt text."""
    shell = get_ipython()
    if shell is None:
        return
    shell.display_formatter.formatters["image/png"].for_type(
        Figure, lambda figure: _described(png(figure), alt_text(figure))
    )
    shell.display_formatter.formatters["text/plain"].for_type(
        Figure, lambda figure, printer, cycle: printer.text(alt_text(figure))
    )


def _described(picture: bytes, alt: str) -> tuple[bytes, dict]:
    """Return a PNG, and what a front end should know of it."""
    return picture, {"alt": alt, "width": shown_width(picture)}


_show_with_alt_text()


def _array(values) -> np.ndarray:
    return values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)


def draw_raster(axes, spikes, *, dt_ms=1, start_ms=0, two_ears=True):
    """Draw spikes `(time, channel)` into `axes`: a mark for each spike, time in ms."""
    spikes = _array(spikes) > 0
    steps, channels = spikes.shape
    t, c = np.nonzero(spikes)
    height = 72 * axes.figure.get_figheight() * axes.get_position().height  # points
    size = min(6.0, max(1.5, 1.2 * height / channels))
    halves = ((c < channels // 2, LEFT), (c >= channels // 2, RIGHT))
    for chosen, colour in halves if two_ears else ((c >= 0, "black"),):
        axes.plot(start_ms + t[chosen] * dt_ms, c[chosen], "|", color=colour, ms=size, mew=0.9)
    if two_ears:
        axes.axhline(channels / 2 - 0.5, color=GREY, lw=0.8)
    axes.set(xlim=(start_ms - dt_ms, start_ms + steps * dt_ms), ylim=(channels - 0.5, -0.5))


def rasters(trains, titles, *, dt_ms=1, start_ms=0, columns=4, two_ears=True, ylabel="fibre"):
    """Spike trains side by side.

    Parameters
    ----------
    trains : sequence of `(time, channel)` spikes
    titles : sequence of str
    dt_ms, start_ms : float
        Time step and time of the first step, in ms.
    two_ears : bool
        Left ear (first half, blue) above right ear (orange).
    """
    columns = min(columns, len(trains))
    rows = math.ceil(len(trains) / columns)
    named = zip(titles, trains, strict=True)
    counts = ", ".join(f"{title}: {int((_array(train) > 0).sum())}" for title, train in named)
    ears = " Left ear above, right ear below." if two_ears else ""
    alt = f"{len(trains)} spike rasters, {ylabel} against time.{ears} Spikes in each: {counts}."
    figure, axes = canvas(
        alt, rows, columns, height=0.6 + 2.1 * rows, sharex=True, sharey=True, squeeze=False
    )
    for panel in axes.flat[len(trains) :]:
        panel.set_visible(False)
    for panel, train, title in zip(axes.flat, trains, titles, strict=False):
        draw_raster(panel, train, dt_ms=dt_ms, start_ms=start_ms, two_ears=two_ears)
        panel.set_title(title)
    for column in axes.T:  # the lowest panel that is there
        panel = [panel for panel in column if panel.get_visible()][-1]
        panel.set_xlabel("time (ms)")
        panel.tick_params(labelbottom=True)
    for panel in axes[:, 0]:
        panel.set_ylabel(ylabel)
    return figure


def draw_pointer(axes, truth_deg, estimate_deg=None):
    """Draw a dial into `axes`: where the sound is, and where the network points."""
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


def _on_dial(angle_deg, radius):
    angle = np.deg2rad(angle_deg)
    return radius * np.sin(angle), radius * np.cos(angle)


def history(loss, validation_loss, error_deg, chance_loss):
    """Loss in nats, beside ln(classes), and error in degrees, by epoch."""
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


def plain_log_labels(axis):
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


def confusion(counts, limit_deg=90):
    """Counts `(true class, named class)` as an image, in percent of the true class."""
    counts = _array(counts).astype(float)
    share = 100 * counts / counts.sum(1, keepdims=True).clip(1)
    distance = np.abs(np.subtract.outer(*2 * [np.arange(len(counts))]))
    near = 100 * counts[distance <= 1].sum() / counts.sum()
    alt = (
        f"Confusion matrix of {len(counts)} classes: {100 * np.trace(counts) / counts.sum():.1f} "
        f"percent lie on the diagonal, {near:.1f} percent at most one class away."
    )
    figure, axes = canvas(alt, width=4.6, height=3.8)
    edges = (-limit_deg, limit_deg, limit_deg, -limit_deg)
    image = axes.imshow(share, extent=edges, vmin=0, vmax=100)
    axes.set(xlabel="named class (degrees)", ylabel="true class (degrees)")
    ticks = np.linspace(-limit_deg, limit_deg, 5)
    axes.set(xticks=ticks, yticks=ticks)
    figure.colorbar(image, label="sounds of the class (%)")
    return figure


def error_by_ipd(ipd_deg, error_deg, *, bound_deg=None, bins=12):
    """Mean absolute error in degrees against the true IPD in degrees, with 95 % intervals."""
    ipd_deg, error_deg = _array(ipd_deg), np.abs(_array(error_deg))
    edges = np.linspace(-90, 90, bins + 1)
    which = np.clip(np.digitize(ipd_deg, edges) - 1, 0, bins - 1)
    heard = np.unique(which)  # a bin without a sound has no mean
    groups = [error_deg[which == k] for k in heard]
    middle = (edges[heard] + edges[heard + 1]) / 2
    mean = np.array([group.mean() for group in groups])
    half = np.array([1.96 * group.std() / math.sqrt(len(group)) for group in groups])
    alt = (
        f"Mean absolute error against IPD: {mean.min():.1f} to {mean.max():.1f} degrees, "
        f"largest near {middle[mean.argmax()]:.0f} degrees."
    )
    figure, axes = canvas(alt, width=6.5, height=3.0)
    axes.errorbar(middle, mean, half, fmt="o", color=LEFT, capsize=3, label="network")
    if bound_deg is not None:
        axes.axhline(bound_deg, color=GREY, ls=":", label=f"Cramér–Rao bound ({bound_deg:.2f}°)")
    axes.set(xlabel="true IPD (degrees)", ylabel="mean error (degrees)", ylim=(0, None))
    axes.set_xticks(np.arange(-90, 91, 30))
    axes.legend()
    return figure


def delay_histogram(before, after, max_delay, dt_ms=1):
    """Delays before and after training, in ms; `before` and `after` are `(channel,)` in steps."""
    before, after = _array(before) * dt_ms, _array(after) * dt_ms
    at_bound = np.mean((after <= 0) | (after >= max_delay * dt_ms))
    moved = np.abs(after - before).mean()
    alt = (
        f"Histogram of {len(after)} delays between 0 and {max_delay * dt_ms:g} ms before and after "
        f"training; on average they moved by {moved:.1f} ms, and "
        f"{100 * at_bound:.0f} percent end at an end of the range."
    )
    figure, axes = canvas(alt, width=6.5, height=2.8)
    bins = np.linspace(0, max_delay * dt_ms, 26)
    axes.hist(before, bins, color="#BBBBBB", label="before")
    axes.hist(after, bins, histtype="step", color=LEFT, lw=2, label="after")
    axes.set(xlabel="delay (ms)", ylabel="number of fibres")
    axes.legend()
    return figure


def delay_paths(paths, dt_ms=1):
    """How delays moved: `(epoch, channel)` in steps, one line a fibre, coloured by ear."""
    paths = _array(paths) * dt_ms
    half = paths.shape[1] // 2
    moved = np.abs(paths[-1] - paths[0])
    alt = (
        f"Delays of {paths.shape[1]} fibres over {len(paths) - 1} epochs, from {paths.min():.0f} "
        f"to {paths.max():.0f} ms; a fibre moved {moved.mean():.1f} ms on average and "
        f"{moved.max():.1f} ms at most."
    )
    figure, panels = canvas(alt, 1, 2, height=3.0, sharey=True)
    ears = ((paths[:, :half], LEFT, "left ear"), (paths[:, half:], RIGHT, "right ear"))
    for axes, (lines, colour, name) in zip(panels, ears, strict=True):
        axes.plot(lines, color=colour, lw=0.7, ls="-", alpha=0.7)
        axes.set(xlabel="epoch", title=name)
    panels[0].set_ylabel("delay (ms)")
    return figure


def tuning_curves(ipd_deg, rates_hz):
    """Firing rate of hidden neurons, `(direction, neuron)` in Hz, against IPD in degrees.

    An image, one row for each neuron, sorted by the direction where it fires most.
    """
    ipd_deg, rates_hz = _array(ipd_deg), _array(rates_hz)
    order = rates_hz.argmax(0).argsort(kind="stable")
    silent = int((rates_hz.max(0) < 1).sum())
    alt = (
        f"Tuning of {rates_hz.shape[1]} hidden neurons over IPD, sorted by best direction; rates "
        f"up to {rates_hz.max():.0f} Hz, {silent} neurons stay silent."
    )
    figure, axes = canvas(alt, width=6.5, height=3.4)
    edges = (ipd_deg[0], ipd_deg[-1], rates_hz.shape[1] - 0.5, -0.5)
    image = axes.imshow(rates_hz.T[order], aspect="auto", extent=edges)
    axes.set(xlabel="IPD (degrees)", ylabel="hidden neuron (sorted)")
    axes.set_xticks(np.arange(-90, 91, 30))
    figure.colorbar(image, label="firing rate (Hz)")
    return figure


def matrix(values, xlabel, ylabel, label, alt, *, halves=(), width=6.5, height=3.0):
    """A matrix with zero in the middle of its colours (weights, gradients), legible in grey.

    `halves` names the left and the right half of the columns; a line lies between them.
    """
    values = _array(values)
    top = float(np.abs(values).max()) or 1.0
    figure, axes = canvas(alt, width=width, height=height)
    image = axes.imshow(values, aspect="auto", vmin=-top, vmax=top, interpolation="none")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if halves:
        axes.axvline(values.shape[1] / 2 - 0.5, color="white", lw=2)
    for name, middle in zip(halves, (0.25, 0.75), strict=False):
        axes.text(middle, 1.02, name, transform=axes.transAxes, ha="center", va="bottom")
    figure.colorbar(image, label=label)
    return figure


SIGNED = LinearSegmentedColormap.from_list("signed", [LEFT, "white", RIGHT])
"""For what has a sign: negative blue, zero white, positive orange. In grey both ends look alike,
so whoever draws with it marks one sign by something else as well."""


def signed(axes, values, top):
    """Draw a matrix into `axes` with white at zero and full colour from `top` on; the image."""
    return axes.imshow(_array(values), cmap=SIGNED, vmin=-top, vmax=top, interpolation="none")


def bars(names, values, intervals=None, *, ylabel, lines=(), log=False):
    """Labelled bars with their numbers, and dotted reference lines.

    On a logarithmic axis dots take the place of the bars, whose length would mean nothing there.

    Parameters
    ----------
    names : sequence of str
    values : sequence of float
    intervals : sequence of (low, high), optional
    ylabel : str, with its unit
    lines : sequence of (value, label)
        Levels to compare with, such as chance or a bound.
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
    for number, (value, label) in enumerate(lines):
        style = (":", "--", "-.")[number % 3]
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
