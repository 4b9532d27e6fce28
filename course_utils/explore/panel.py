"""A figure under its sliders, in a notebook."""

from __future__ import annotations

import base64
import functools
import html
import itertools
import os
import time
from collections.abc import Callable

import ipywidgets
from IPython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from ..plots import alt_text, png, shown_width
from . import pages
from .controls import Choice, Slider

WIDGET = "application/vnd.jupyter.widget-view+json"
"""The kind of output that is a widget."""
FRAMES = "LEARNING_DELAYS_FRAMES"
"""The environment variable that asks for a page without a kernel: how many pictures at most."""


def explore(draw: Callable[..., Figure], /, **controls: Slider | Choice) -> None:
    """Show a figure that follows its sliders.

    Every execution first draws the default and all corners (each combination of slider ends and
    options), so that a picture that breaks under the reader's hand breaks here instead.
    Outside IPython it draws them and shows nothing. If the environment variable `FRAMES` is set to
    a number, the output also holds a page for readers without a kernel: so many pictures, drawn
    beforehand, and a script that swaps them.

    Parameters
    ----------
    draw : callable
        Takes one keyword for each control, returns a `matplotlib.figure.Figure`.
    **controls : Slider or Choice
        Made by `slider` and `choice`, named as the arguments of `draw`.

    Raises
    ------
    TypeError, ValueError
        If `draw` is not callable or returns no figure, there is no control, one is not from
        `slider` or `choice`, or `FRAMES` is set to something that is no number of pictures.
    RuntimeError
        If `draw` fails (also for a control that it lacks or does not know), or its figure has no
        alt text, at the default or at a corner.
        The message says where.
    """
    if not callable(draw):
        raise TypeError(f"draw must be a function that returns a Figure, not {draw!r}.")
    if not controls:
        raise ValueError("explore needs at least one control, such as slider(...), but got none.")
    for name, control in controls.items():
        if not isinstance(control, (Slider, Choice)):
            raise TypeError(f"{name} must come from slider(...) or choice(...), not {control!r}.")

    budget = frames()
    first = frame(draw, {name: control.start for name, control in controls.items()})
    for corner in itertools.product(*(control.corners for control in controls.values())):
        frame(draw, dict(zip(controls, corner, strict=True)))
    if get_ipython() is None:
        return
    data, metadata = _bundle(_panel(draw, controls, first), *first)
    if budget:
        began = time.perf_counter()
        data["text/html"] = pages.page(functools.partial(frame, draw), controls, budget)
        metadata["text/html"] = {"seconds": round(time.perf_counter() - began, 2)}
    display(data, metadata=metadata, raw=True)


def frames() -> int:
    """How many pictures the environment asks for; none if it says nothing.

    Raises
    ------
    ValueError
        If `FRAMES` is set to something that is no number.
    """
    asked = os.environ.get(FRAMES, "").strip() or "0"
    if not asked.isdecimal():
        raise ValueError(f"{FRAMES} must be a number of pictures, such as 40, not {asked!r}.")
    return int(asked)


def frame(draw: Callable[..., Figure], values: dict) -> tuple[bytes, str]:
    """Draw once, and return the picture, a PNG, and its alt text.

    Raises
    ------
    RuntimeError
        If `draw` fails at these `values`, or its figure has no alt text.
    TypeError
        If it returns no figure.
    """
    try:
        figure = draw(**values)
        if isinstance(figure, Figure):
            if not alt_text(figure).strip():
                raise ValueError("the figure has no alt text; give it with figure.set_label(...)")
            return png(figure), alt_text(figure)
    except Exception as error:
        where = ", ".join(f"{name}={value!r}" for name, value in values.items())
        reason = f"{type(error).__name__}: {error}"
        raise RuntimeError(f"This picture cannot be drawn at {where} ({reason})") from error
    raise TypeError(f"draw must return a matplotlib Figure, not {type(figure).__name__}.")


def _panel(
    draw: Callable[..., Figure], controls: dict, first: tuple[bytes, str]
) -> ipywidgets.VBox:
    """Put the sliders above a picture that follows them."""
    widgets = {name: control.widget() for name, control in controls.items()}
    picture = ipywidgets.HTML(_img(*first))

    def redraw(change) -> None:
        try:
            picture.value = _img(*frame(draw, {name: w.value for name, w in widgets.items()}))
        except Exception as error:
            picture.value = f'<p role="alert">{html.escape(str(error))}</p>'
            raise

    for widget in widgets.values():
        widget.observe(redraw, names="value")
    return ipywidgets.VBox([*widgets.values(), picture])


def _img(picture: bytes, alt: str) -> str:
    """Return an <img> that needs no file and no network."""
    code = base64.b64encode(picture).decode()
    return (
        f'<img alt="{html.escape(alt)}" width="{shown_width(picture)}" style="max-width: 100%" '
        f'src="data:image/png;base64,{code}">'
    )


def _bundle(box: ipywidgets.Widget, picture: bytes, alt: str) -> tuple[dict, dict]:
    """Return the widget, and beside it the first frame for a front end without widgets.

    Built by hand because ipywidgets 7 has no `_repr_mimebundle_`.
    """
    data = {
        WIDGET: {"version_major": 2, "version_minor": 0, "model_id": box.model_id},
        "image/png": base64.b64encode(picture).decode(),
        "text/plain": alt,
    }
    return data, {"image/png": {"alt": alt, "width": shown_width(picture)}}
