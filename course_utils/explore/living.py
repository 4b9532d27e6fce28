"""Living views: small pages of plain HTML and script, which answer while the hand moves.

A view is one file of `views/`, readable in one sitting, and the course's mathematics in it is held
against the course's own by a browser test. Beside it goes what all views share, `kit.js` and
`view.css`. There is no library, no kernel and no network. Where scripts are stripped, a picture
stands.
"""

from __future__ import annotations

import base64
import html
import inspect
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from IPython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from ..plots import Numbers, alt_text, array, png, shown_width, small
from . import _lessons_1_3, _lessons_4_7
from ._carried import number, packed, sound, whole

FILES = Path(__file__).with_name("views")
"""The folder of the views."""


class Network(Protocol):
    """What the view "network" shows; a `network.Localiser` for a `stimuli.Stimulus` is one."""

    task: Any
    classes: Any
    delay: Any
    w_hidden: Any
    w_out: Any
    tau_ms: float


def live(name: str, picture: Figure, /, **data: Any) -> None:
    """Show a living view.

    In JupyterLab, in Colab and on the site it runs; where scripts are stripped, as on GitHub, the
    picture stands in its place. Outside IPython nothing is shown.

    Parameters
    ----------
    name : str
        "network": a trained and an untrained network point at a sound that is moved.
        "meetings": the spikes of two ears run to a detector, and one ear waits.
        "information": two ears hear a tone, and what each ms tells about its phase.
        "slopes": a ball on the loss of one delay, and where three rules point.
        "neuron": a current becomes spikes, and a gradient runs back through time.
        "race": copies of one delay learn by five rules, and one more from any start.
    picture : matplotlib.figure.Figure
        One moment of the view, with alt text.
    **data
        "network": `trained` and `untrained`, each a `Network` with axonal delays; `ipd_deg`, where
        the sound begins. "meetings": `left` and `right`, spikes `(time,)` of each ear in each ms;
        `longest_ms`, the longest wait, and `from_ms`, from when on meetings count, in ms.
        "information": `stimulus`; `ipd_deg` and `phase_deg`, at the left ear; `listens`, whether an
        observer does, and what each ms tells is shown. "slopes": `train` `(time,)`, a fibre of at
        least `max_delay` steps; `goal`, the whole delay of its target; `delay` and `sigma`, where
        the ball and the bell begin, in steps.
        "neuron": `noise` `(time,)` on a steady `current`, both in units of the potential per ms;
        `tau_ms`; `asked_ms`, the step that is asked what it hears, or None if no gradient runs.
        "race": `train` `(time,)`, a fibre; `goal`, the whole delay of its target; `max_delay`;
        `starts` `(copies,)` and `start`, where the copies and the reader's own begin, all in steps;
        `prototype` `(max_delay + 1,)`, the slope of the loss through `grid_sample` at each whole
        delay (it hangs on rounding noise); `rate`, in steps per update, and `updates`.

    Raises
    ------
    TypeError, ValueError
        For an unknown view, a picture without alt text, or data that the view cannot show.
    """
    page, still = _page(name, picture, data)
    if get_ipython() is None:
        return
    alt = alt_text(picture)
    bundle = {
        "text/html": page,
        "image/png": base64.b64encode(still).decode(),
        "text/plain": alt,
    }
    size = {"alt": alt, "width": shown_width(still)}
    display(bundle, metadata={"image/png": size}, raw=True)


def view(name: str, picture: Figure, /, **data: Any) -> str:
    """A living view as HTML that needs nothing else; parameters and errors as in `live`."""
    return _page(name, picture, data)[0]


def _page(name: str, picture: Figure, data: dict[str, Any]) -> tuple[str, bytes]:
    """The HTML of a view, and its picture."""
    if name not in VIEWS:
        raise ValueError(f"name of a view must be one of {sorted(VIEWS)}, not {name!r}.")
    if not isinstance(picture, Figure):
        raise TypeError(f"picture must be a matplotlib Figure, not {type(picture).__name__}.")
    if not alt_text(picture).strip():
        raise ValueError("picture must have an alt text; give it with figure.set_label(...).")
    wanted = list(inspect.signature(VIEWS[name]).parameters)
    if set(data) != set(wanted):
        given = ", ".join(data) or "nothing"
        raise TypeError(f"data of view {name!r} must be {', '.join(wanted)}, not {given}.")
    carried = json.dumps(VIEWS[name](**data), allow_nan=False).replace("<", "\\u003c")
    still = png(picture)
    # Drawn anew each time: two notebooks that are open side by side share one document.
    mark = f"live-{secrets.token_hex(6)}"
    style = _file("view.css")
    script = "".join(map(_file, ("kit.js", *NEEDS.get(name, ()), f"{name}.js")))
    page = (
        f'<figure class="live" id="{mark}"><style>{style}</style>'
        f'<img alt="{html.escape(alt_text(picture))}" width="{shown_width(still)}" '
        f'style="max-width:100%" src="{small(still)}">'
        f'<script type="application/json">{carried}</script><script>(() => {{\n{script}'
        f'const figure = document.getElementById("{mark}");\n'
        f"view(figure, JSON.parse(figure.querySelector('script').textContent));\n"
        f"}})();</script></figure>"
    )
    return page, still


def _file(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def _network(trained: Network, untrained: Network, ipd_deg: float) -> dict[str, Any]:
    """The sound, the sizes, and the numbers of both networks."""
    both = {"trained": trained, "untrained": untrained}
    layers = {name: _layers(name, network) for name, network in both.items()}
    task, sizes = trained.task, [_sizes(network) for network in both.values()]
    if sizes[0] != sizes[1]:
        raise ValueError(f"untrained must be of the sizes of trained, {sizes[0]}, not {sizes[1]}.")
    ipd_deg = number("ipd_deg", ipd_deg, -90, 90, "degrees")
    heard = sound("task of trained", task)
    return {"sound": heard, "sizes": sizes[0], "ipd_deg": ipd_deg, **layers}


def _sizes(network: Network) -> dict[str, float]:
    channels, hidden = network.w_hidden.shape
    return {
        "channels": channels,
        "hidden": hidden,
        "classes": network.classes.n,
        "max_delay": network.delay.max_delay,
        "tau_ms": network.tau_ms,
    }


def _layers(name: str, network: Network) -> dict[str, str]:
    """The delays as they act and the weights of one network, as text."""
    try:
        layer, parts = network.delay, {"w_hidden": network.w_hidden, "w_out": network.w_out}
        kind, delays = layer.kind, layer.rule.acting(layer.delays)
    except AttributeError:
        said = f"{name} must be a network.Localiser, not {type(network).__name__}."
        raise TypeError(said) from None
    if kind != "axonal" or delays is None:
        raise ValueError(f"{name} must have axonal delays that are not spread, not {layer}.")
    return {part: packed(f"{part} of {name}", x) for part, x in {"delays": delays, **parts}.items()}


def _meetings(left: Numbers, right: Numbers, longest_ms: int, from_ms: int) -> dict[str, Any]:
    """The spikes of both ears in each ms, the longest wait, and where counting begins."""
    trains = {"left": array(left), "right": array(right)}
    for name, train in trains.items():
        if train.ndim != 1 or train.shape != trains["left"].shape:
            raise ValueError(
                f"{name} must be spikes (time,), as many as left, not of shape {train.shape}."
            )
    whole("from_ms", from_ms, 1, len(trains["left"]) - 1)
    whole("longest_ms", longest_ms, 1, from_ms)
    carried = {name: packed(name, train) for name, train in trains.items()}
    return {"longest_ms": longest_ms, "from_ms": from_ms, **carried}


VIEWS: dict[str, Callable[..., dict[str, Any]]] = {
    "network": _network,
    "meetings": _meetings,
    "information": _lessons_1_3.information,
    "slopes": _lessons_1_3.slopes,
    "neuron": _lessons_4_7.neuron,
    "race": _lessons_4_7.race,
}
"""By the name of a view, what turns its data into those that its script reads."""
NEEDS = {"information": ("observer.js",)}
"""Files that the script of a view stands on, beside the kit."""
