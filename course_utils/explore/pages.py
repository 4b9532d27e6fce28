"""Sliders for a page without a kernel: pictures drawn beforehand, and a script that swaps them."""

from __future__ import annotations

import html
import itertools
import json
import math
from collections.abc import Callable

from ..plots import shown_width, small
from .controls import Choice, Slider

_HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
# The script finds its figure by itself, so that any number of them can share a page.
_SCRIPT = """
(() => {
  const figure = document.currentScript.parentElement;
  const frames = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const controls = [...figure.querySelectorAll("[data-values]")];
  const values = controls.map((control) => JSON.parse(control.dataset.values));
  const [picture, said] = [figure.querySelector("img"), figure.querySelector("[role=status]")];
  const show = () => {
    let place = 0;
    controls.forEach((control, k) => {
      place = place * values[k].length + Number(control.value);
      if (control.type === "range") {
        const value = values[k][control.value];
        control.setAttribute("aria-valuetext", value);
        control.closest("div").querySelector("output").textContent = value;
      }
    });
    [picture.src, picture.alt] = frames[place];
  };
  controls.forEach((control) => control.addEventListener("input", () => {
    show();
    said.textContent = picture.alt;
  }));
  // The first picture shines through the others: inside of any padding that a page gives them.
  picture.style.background = `url(${picture.src}) 0 0 / 100% 100% content-box`;
  show();
  figure.querySelector("[hidden]").hidden = false;
})();
"""


def grid(controls: dict, budget: int) -> dict[str, list]:
    """The positions of each control that a page without a kernel shows.

    Each control keeps what it must have: a slider its ends, its start and what it is told to keep,
    a choice all. Then the control with the widest gaps gets one position more, as long as all
    combinations together stay within `budget` pictures.

    Parameters
    ----------
    controls : dict of Slider or Choice
    budget : int
        Number of pictures. What each control must have is kept even beyond it.

    Returns
    -------
    dict of list
        For each control its values, in order.
    """
    places = {name: control.positions for name, control in controls.items()}
    last = {name: len(values) - 1 for name, values in places.items()}
    must = {name: control.must_have for name, control in controls.items()}
    counts = {name: len(kept) for name, kept in must.items()}
    while True:
        room = {
            name: last[name] / (counts[name] - 1)
            for name in controls
            if 1 < counts[name] <= last[name]
            and math.prod(counts.values()) / counts[name] * (counts[name] + 1) <= budget
        }
        if not room:
            break
        counts[max(room, key=room.__getitem__)] += 1
    return {
        name: [values[k] for k in _spread(counts[name], last[name], must[name])]
        for name, values in places.items()
    }


def _spread(count: int, last: int, must: list[int]) -> list[int]:
    """`count` whole numbers from 0 to `last`, evenly, all of `must` among them."""
    if count == 1:
        return [0]
    chosen = {round(k * last / (count - 1)) for k in range(count)}
    for keep in must:
        if keep not in chosen:  # then the nearest one that is free makes way
            free = chosen - set(must)
            chosen = chosen - {min(free, key=lambda k: (abs(k - keep), k))} | {keep}
    return sorted(chosen)


def page(frame: Callable[[dict], tuple[bytes, str]], controls: dict, budget: int) -> str:
    """The controls above a picture that follows them, as HTML that needs nothing else.

    Parameters
    ----------
    frame : callable
        Takes a dictionary of values, returns a PNG and its alt text.
    controls : dict of Slider or Choice
    budget : int
        Number of pictures.

    Returns
    -------
    str
        Without a script it shows the first picture. With it, every control works by keyboard,
        touch and mouse, and each new alt text is announced.
    """
    chosen = grid(controls, budget)
    frames = [
        frame(dict(zip(chosen, values, strict=True)))
        for values in itertools.product(*chosen.values())
    ]
    start = frame({name: control.start for name, control in controls.items()})
    rows = "".join(_row(control, chosen[name]) for name, control in controls.items())
    seen = [(small(png, over=start[0]), alt) for png, alt in frames]
    pictures = json.dumps(seen).replace("<", "\\u003c")
    everything = math.prod(len(control.positions) for control in controls.values())
    more = f"; the notebook has all {everything}" if everything > len(frames) else ""
    return (
        f'<figure class="explore" style="margin:0;position:relative">'
        f"<div hidden>{rows}</div>"
        f'<img alt="{html.escape(start[1])}" width="{shown_width(start[0])}" '
        f'style="max-width:100%" src="{small(start[0])}">'
        f'<p role="status" style="{_HIDDEN}"></p>'
        f"<figcaption><small>{len(frames)} pictures, drawn beforehand{more}.</small></figcaption>"
        f'<script type="application/json">{pictures}</script><script>{_SCRIPT}</script></figure>'
    )


def _row(control: Slider | Choice, values: list) -> str:
    """One control with its label; a slider also says its value."""
    said = [control.say(value) for value in values]
    listed = html.escape(json.dumps(said))
    at = values.index(control.start)
    name = f'<span style="display:inline-block;min-width:17em">{html.escape(control.label)}</span>'
    if isinstance(control, Choice):
        options = "".join(
            f'<option value="{k}"{" selected" * (k == at)}>{html.escape(word)}</option>'
            for k, word in enumerate(said)
        )
        field, shown = f'<select data-values="{listed}">{options}</select>', ""
    else:
        field = (
            f'<input type="range" min="0" max="{len(said) - 1}" value="{at}" '
            f'aria-valuetext="{html.escape(said[at])}" data-values="{listed}" '
            f'style="width:15em;max-width:70vw;height:2.5em;vertical-align:middle">'
        )
        shown = f"<output>{html.escape(said[at])}</output>"
    return f"<div><label>{name} {field}</label> {shown}</div>"
