"""Predictions: a guess is taken before the answer is shown, kept, and drawn beside the truth.

With a kernel the guess lives in it, as long as it runs. On the site (see `panel.FRAMES`) it lives
in the reader's own browser, and `docs/guesses.js` does what the widgets do here.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
from IPython import get_ipython
from IPython.display import display

from .panel import WIDGET, frames
from .questions import Axis, Kind, Order, kind_of, verdict


@dataclass
class _Question:
    """One prediction as far as this kernel knows it."""

    asks: str
    kind: Kind
    guess: Any = None
    truth: Any = None
    seen: bool = False  # the truth is out


_questions: dict[str, _Question] = {}


def predict(
    key: str,
    asks: str,
    among: Sequence[object] | tuple[float, float] | None = None,
    /,
    *,
    order: Sequence[object] | None = None,
    unit: str = "",
    step: float = 1,
) -> None:
    """Ask for a guess, right below the words that pose the question.

    Nobody has to answer: the page goes on without a guess. Run again, it keeps the guess.

    Parameters
    ----------
    key : str
        Lesson and number of the question: ``"0.2"``. A page beside the lessons has a word instead.
    asks : str
        The question in a few words, for the review and for those who only hear the page.
    among : list or tuple, optional
        A list of options, one of which is guessed; or a pair ``(low, high)``, the ends of an axis
        on which a number is guessed.
    order : list, optional
        Instead of `among`: things that are put in order.
    unit : str
        Of a number.
    step : float
        Of a number; `high` lies a whole number of steps above `low`.

    Raises
    ------
    TypeError, ValueError
        For a question that cannot be asked so; the sentence says what is allowed.
    """
    _check_key(key)
    if not isinstance(asks, str) or not asks.strip():
        raise TypeError(f"asks of question {key} must be a few words, not {asks!r}.")
    kind = kind_of(key, among, order, unit, step)
    before = _questions.pop(key, None)
    question = _questions[key] = _Question(asks, kind)
    if before is not None and before.kind == kind:
        question.guess, question.truth, question.seen = before.guess, before.truth, before.seen
    words = f"Your guess, {key}: {asks} ({kind.invites()})"
    if frames():
        carried = {"key": key, "asks": asks, **kind.data()}
        still = (
            f"<b>Your guess:</b> {html.escape(kind.invites())}. <i>Run this cell to make it.</i>"
        )
        _show(words, f'<div class="guess" data-ask="{_attribute(carried)}"><p>{still}</p></div>')
    elif get_ipython() is not None:
        box = _box(question)
        display({WIDGET: _view(box), "text/plain": words}, raw=True)


def reveal(key: str, truth: object) -> None:
    """Draw the guess beside the truth, after the cells that found it.

    Without a guess the truth is folded, one click away.

    Parameters
    ----------
    key : str
        As in `predict`.
    truth : object
        What came out: one of the options, a number (in the unit of the question; it may lie
        outside of the axis, or be NaN), or a list in order.

    Raises
    ------
    TypeError, ValueError
        For a truth that is no possible answer to the question.
    """
    _check_key(key)
    question = _questions.get(key)
    if question is None:
        said = f"It came out: {truth}. To guess first, run the cell above that asks for it."
        _show(said, f"<p>{html.escape(said)}</p>")
        return
    kind = question.kind
    question.truth, question.seen = kind.truth(f"truth of question {key}", truth), True
    said = verdict(kind, question.guess, question.truth)
    drawn = kind.drawn(question.truth, question.guess)
    page = f"<p>{html.escape(said)}</p>{drawn}"
    if question.guess is None:
        page = f"<details><summary>No guess was made. See what came out</summary>{page}</details>"
    carried = {"key": key, "truth": question.truth}
    data = f' data-truth="{_attribute(carried)}"' if frames() else ""
    _show(said, f'<div class="guess"{data}>{page}</div>')


def review() -> None:
    """List the guesses and what came out, and the line that a class can hand in."""
    guessed = {key: q for key, q in _questions.items() if q.seen and q.guess is not None}
    page = said = "No guess has been made on this page yet."
    if guessed:
        rows = "".join(
            f"<tr><td>{html.escape(q.asks)}</td><td>{html.escape(q.kind.say(q.guess))}</td>"
            f"<td>{html.escape(q.kind.say(q.truth))}</td></tr>"
            for q in guessed.values()
        )
        said = "\n".join(_lines(guessed))
        page = (
            "<table><thead><tr><th>question</th><th>your guess</th><th>it came out</th></tr>"
            f"</thead><tbody>{rows}</tbody></table><p>For your class, in one line:</p>"
            f'<pre style="white-space:pre-wrap;user-select:all">{html.escape(said)}</pre>'
        )
    data = " data-review" if frames() else ""
    _show(said, f'<div class="guess"{data}>{page}</div>')


def _lines(guessed: dict[str, _Question]) -> list[str]:
    """One line for each lesson; `pooled.pool` reads them."""
    lessons: dict[str, list[str]] = {}
    for key, q in guessed.items():
        lesson, number = key.split(".")
        pair = f"{number}={q.kind.say(q.guess)} (was {q.kind.say(q.truth)})"
        lessons.setdefault(lesson, []).append(pair)
    return [" | ".join([f"lesson {lesson}", *pairs]) for lesson, pairs in lessons.items()]


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not re.fullmatch(r"(\d+|[a-z]+)\.\d+", key):
        raise ValueError(f"key must be lesson and number, such as '0.2', not {key!r}.")


def _attribute(carried: dict[str, Any]) -> str:
    return html.escape(json.dumps(carried, allow_nan=False, ensure_ascii=False))


def _show(words: str, page: str) -> None:
    if get_ipython() is not None:
        display({"text/html": page, "text/plain": words}, raw=True)


def _view(box: ipywidgets.Widget) -> dict[str, Any]:
    return {"version_major": 2, "version_minor": 0, "model_id": box.model_id}


def _box(question: _Question) -> ipywidgets.VBox:
    """The widgets that take a guess, and a line that says it."""
    said = ipywidgets.HTML()
    kind = question.kind

    def take(guess: Any) -> None:
        question.guess = guess
        tell(f"Your guess: {kind.say(guess)}. Now run the next cells.")

    def tell(words: str) -> None:
        said.value = f'<p role="status">{html.escape(words)}</p>'

    if isinstance(kind, Axis):
        rows = _along(kind, question, take)
    elif isinstance(kind, Order):
        rows = _one_by_one(kind, take, tell)
    else:
        rows = [_buttons(kind.items, take)]
    tell(f"Guess first: {question.asks}")
    if question.guess is not None:
        take(question.guess)
    box = ipywidgets.VBox([*rows, said])
    box.add_class("guess")
    return box


def _buttons(words: Sequence[str], pressed: Any) -> ipywidgets.HBox:
    """A button for each of the words; `pressed` takes the word."""
    made = [ipywidgets.Button(description=word, layout={"width": "auto"}) for word in words]
    for button in made:
        button.on_click(lambda one: pressed(one.description))
    return ipywidgets.HBox(made, layout={"flex_flow": "row wrap"})


def _along(kind: Axis, question: _Question, take: Any) -> list[ipywidgets.Widget]:
    """A slider that says nothing until it is moved, and a button that takes what it says."""
    along = kind.along
    start = along.low if question.guess is None else question.guess
    slider = ipywidgets.FloatSlider(
        value=start, min=along.low, max=along.high, step=along.step, readout=False,
        description="your guess", style={"description_width": "initial"},
        layout={"width": "26em"},
    )  # fmt: skip
    ends = ipywidgets.Label(kind.invites())
    button = ipywidgets.Button(
        description="move the slider", disabled=True, layout={"width": "auto"}
    )
    at = {"value": start}

    def moved(change: Any) -> None:
        at["value"] = round(change["new"], kind.places)
        button.description, button.disabled = f"I guess {kind.say(at['value'])}", False

    slider.observe(moved, names="value")
    button.on_click(lambda _: take(at["value"]))
    return [ipywidgets.HBox([slider, ends, button], layout={"flex_flow": "row wrap"})]


def _one_by_one(kind: Order, take: Any, tell: Any) -> list[ipywidgets.Widget]:
    """Buttons that are pressed in order; the last place fills itself."""
    chosen: list[str] = []
    again = "start again"

    def pressed(word: str) -> None:
        if word == again:
            chosen.clear()
            tell("Press what comes first, then what comes next.")
        elif word not in chosen:
            chosen.append(word)
            left = [item for item in kind.items if item not in chosen]
            if len(left) == 1:
                chosen.extend(left)
            if len(chosen) == len(kind.items):
                take(list(chosen))
            else:
                tell(f"{kind.say(chosen)} > … What comes next?")

    return [_buttons(kind.items, pressed), _buttons([again], pressed)]
