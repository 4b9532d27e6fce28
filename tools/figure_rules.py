"""What we ask of a figure: its palette, a line style beside each colour, and text one can read."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from course_utils.plots import CLEAR_PIXELS, DPI, in_style

OKABE_ITO = ("000000", "E69F00", "56B4E9", "009E73", "F0E442", "0072B2", "D55E00", "CC79A7")
IMAGES = ("cividis", "signed")  # the second for what has a sign
SMALLEST_POINTS = 10
"""At 100 dots per inch a text of 10 points is 14 pixels high, and 7 at half size."""


@in_style  # a colour may be named by its place in the cycle
def style_problems(figure: Figure) -> list[str]:
    """Say where a drawn figure breaks the style of the course."""
    return [
        problem
        for look in (
            palette_problems,
            grey_problems,
            text_problems,
            tick_problems,
            raster_problems,
        )  # fmt: skip
        for problem in look(figure)
    ]


def palette_problems(figure: Figure) -> list[str]:
    """Colours are Okabe and Ito's, a tint of one of them, or a grey; images are in cividis.

    What has a sign has a map of its own, with its middle at zero.
    """
    foreign = {to_hex(c): type(artist).__name__ for artist, c in _colours(figure) if not _known(c)}
    problems = [f"{colour} of {kind} is foreign" for colour, kind in foreign.items()]
    for axes in figure.axes:
        names = {image.get_cmap().name for image in axes.images}
        problems += [f"an image in {name}" for name in names - set(IMAGES)]
        for image in axes.images:
            low, high = image.get_clim()
            if low < 0 < high and (image.get_cmap().name != "signed" or low != -high):
                problems.append(f"an image from {low:g} to {high:g} has no white at zero")
    return problems


def grey_problems(figure: Figure) -> list[str]:
    """Two colours of lines in one panel differ in line style or marker too.

    A raster is free, its ears lie in different places; and so is grey, which is for axes and goals.
    """
    problems = []
    for axes in figure.axes:
        looks: dict[str, set] = {}
        for line in axes.lines:
            free = line.get_marker() == "|" or _is_grey(to_rgb(line.get_color()))
            if line.get_visible() and not free and len(line.get_xdata()):
                hollow = line.get_markerfacecolor() == "none"
                look = (line.get_linestyle(), line.get_marker(), hollow)
                looks.setdefault(to_hex(line.get_color()), set()).add(look)
        for (one, here), (other, there) in itertools.combinations(looks.items(), 2):
            if here & there:
                problems.append(f"lines in {one} and {other} look alike in grey")
    return problems


def text_problems(figure: Figure) -> list[str]:
    """No text is too small, and no title is cut at the top."""
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    small = [t for t in texts if t.get_fontsize() < SMALLEST_POINTS]
    titles = [axes.title for axes in figure.axes if axes.get_title()]
    top = DPI * (figure.get_figheight() - 0.02)  # as it was drawn, less two pixels of the page
    cut = [t for t in titles if t.get_window_extent(dpi=DPI).y1 > top]
    return [f"{t.get_text()!r} has {t.get_fontsize():g} points" for t in small] + [
        f"{t.get_text()!r} is cut at the top" for t in cut
    ]


def tick_problems(figure: Figure) -> list[str]:
    """An axis with a label has two numbers or names at the least; one is no scale.

    Ticks that were taken away on purpose leave a label that names the panel.
    """
    problems = []
    for axes in figure.axes:
        for side, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            if not (axis.get_visible() and axes.axison and axis.get_label_text()):
                continue
            if isinstance(axis.get_major_locator(), FixedLocator) and not axis.get_ticklocs().size:
                continue
            low, high = sorted(axis.get_view_interval())
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            said = [
                tick.label1.get_text()
                for tick in ticks
                if low <= tick.get_loc() <= high and tick.label1.get_text()
            ]
            if len(said) < 2:
                problems.append(f"the {side} axis {axis.get_label_text()!r} has {len(said)} ticks")
    return problems


def raster_problems(figure: Figure) -> list[str]:
    """In a raster each row and each step has room in the file, so that single spikes show."""
    problems = []
    for axes in figure.axes:
        marks = [line for line in axes.lines if line.get_gid() == "raster"]
        size = axes.get_window_extent()
        for name, k, pixels in (("step", 0, size.width), ("row", 1, size.height)):
            places = np.unique(np.concatenate([m.get_data()[k] for m in marks] or [[]]))
            span = abs(np.subtract(*(axes.get_xlim(), axes.get_ylim())[k]))
            if len(places) > 1:
                room = np.diff(places).min() / span * pixels * DPI / figure.dpi
                if room < 0.9 * CLEAR_PIXELS:  # titles and numbers take a little
                    problems.append(f"a {name} of a raster has {room:.1f} pixels")
    return problems


def _colours(figure):
    """Every colour of what is drawn into the panels, with its artist."""
    bars = {image.colorbar.ax for axes in figure.axes for image in axes.images if image.colorbar}
    for axes in figure.axes:
        if axes in bars:  # its colours are those of the image
            continue
        for artist in axes.get_children():
            if not artist.get_visible() or artist is axes.patch:
                continue
            if isinstance(artist, Line2D):
                yield artist, artist.get_color()
            elif isinstance(artist, Patch):
                yield artist, artist.get_edgecolor()
                if artist.get_fill():
                    yield artist, artist.get_facecolor()
            elif isinstance(artist, Collection) and artist.get_array() is None:
                yield from ((artist, colour) for colour in artist.get_facecolor())
                yield from ((artist, colour) for colour in artist.get_edgecolor())


def _is_grey(colour) -> bool:
    """Whether a colour is a grey, neither black nor white."""
    return max(colour) - min(colour) < 0.02 and 0.1 < max(colour) < 0.95


def _known(colour) -> bool:
    """Whether a colour is a grey, or lies between white and one of the palette."""
    red, green, blue = to_rgb(colour)
    if max(red, green, blue) - min(red, green, blue) < 0.02:  # black and white as well
        return True
    for name in OKABE_ITO:
        full = to_rgb(f"#{name}")
        # how far from white, by the channel that says it best
        k = max(range(3), key=lambda i: 1 - full[i])
        share = (1 - (red, green, blue)[k]) / (1 - full[k])
        mixed = [1 - share * (1 - part) for part in full]
        if share <= 1.01 and all(
            abs(a - b) < 0.04 for a, b in zip(mixed, (red, green, blue), strict=True)
        ):
            return True
    return False
