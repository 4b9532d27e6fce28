"""Predictions: a guess is kept and shown beside the truth, whatever is run first, or again."""

import html
import json
import re

import numpy as np
import pytest
import torch

from course_utils.explore import FRAMES, guesses, predict, reveal, review
from course_utils.explore.questions import kind_of, verdict

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def shown(monkeypatch):
    """What a notebook shows, output by output; no question is known yet."""
    bundles = []
    monkeypatch.setattr(guesses, "_questions", {})
    monkeypatch.setattr(guesses, "get_ipython", lambda: object())
    monkeypatch.setattr(guesses, "display", lambda data, raw: bundles.append(data))
    monkeypatch.delenv(FRAMES, raising=False)
    return bundles


@pytest.fixture
def boxes(monkeypatch, shown):
    """The widgets of each question, in order."""
    made, box = [], guesses._box
    monkeypatch.setattr(guesses, "_box", lambda question: made.append(box(question)) or made[-1])
    return made


def widgets(box):
    """All that is in a box, however deep."""
    inside = [w for child in getattr(box, "children", ()) for w in [child, *widgets(child)]]
    return inside


def press(box, words):
    (button,) = [w for w in widgets(box) if getattr(w, "description", "") == words]
    assert not button.disabled
    button.click()


def said(box):
    return re.sub("<.*?>", "", html.unescape(box.children[-1].value))


def guess_choice(box):
    press(box, "B")


def guess_number(box):
    (slider,) = [w for w in widgets(box) if hasattr(w, "step")]
    slider.value = 14
    press(box, "I guess 14 ms")


def guess_order(box):
    press(box, "c")
    assert said(box) == "c > … What comes next?"
    press(box, "start again")
    press(box, "b")
    press(box, "a")  # the last place fills itself


KINDS = [
    # question, how it is guessed, the guess in words, a truth, and what is said of both
    (dict(among=["A", "B"]), guess_choice, "B", "A",
     "You guessed B. It came out: A, not the same."),
    (dict(among=["A", "B"]), guess_choice, "B", np.str_("B"), "You guessed B, and so it is."),
    (dict(among=(0, 25), unit="ms"), guess_number, "14 ms", 6,
     "You guessed 14 ms. It came out: 6 ms, 8 ms apart."),
    (dict(among=(0, 25), unit="ms"), guess_number, "14 ms", torch.tensor(13.94),
     "You guessed 14 ms. It came out: 13.9 ms, 0.1 ms apart."),
    (dict(among=(0, 25), unit="ms"), guess_number, "14 ms", 14.0,
     "You guessed 14 ms, and so it is."),
    (dict(among=(0, 25), unit="ms"), guess_number, "14 ms", np.float32(60),
     "You guessed 14 ms. It came out: 60 ms, 46 ms apart."),
    (dict(among=(0, 25), unit="ms"), guess_number, "14 ms", float("nan"),
     "You guessed 14 ms. It came out: not a number."),
    (dict(order=["a", "b", "c"]), guess_order, "b > a > c", ("c", "a", "b"),
     "You guessed b > a > c. It came out: c > a > b, 1 of 3 in their place."),
    (dict(order=["a", "b", "c"]), guess_order, "b > a > c", np.array(["b", "a", "c"]),
     "You guessed b > a > c, and so it is."),
]  # fmt: skip


def ask(among=None, **how):
    predict("0.1", "Which one?", among, **how)


@pytest.mark.parametrize(("question", "guess", "words", "truth", "sentence"), KINDS)
def test_a_guess_is_kept_and_shown_beside_the_truth(
    question, guess, words, truth, sentence, shown, boxes
):
    ask(**question)
    assert set(shown[-1]) == {WIDGET, "text/plain"}
    assert said(boxes[0]) == "Guess first: Which one?"
    guess(boxes[0])
    assert said(boxes[0]) == f"Your guess: {words}. Now run the next cells."
    ask(**question)  # run again: the guess is there
    assert said(boxes[1]) == f"Your guess: {words}. Now run the next cells."
    for _ in range(2):
        reveal("0.1", truth)
        assert shown[-1]["text/plain"] == sentence
        assert html.escape(sentence) in shown[-1]["text/html"]
        assert "<details" not in shown[-1]["text/html"]
    review()
    came_out = sentence.split("came out: ")[-1].split(",")[0].removesuffix(".")
    came_out = words if "so it is" in sentence else came_out
    assert shown[-1]["text/plain"] == f"lesson 0 | 1={words} (was {came_out})"
    assert all(html.escape(w) in shown[-1]["text/html"] for w in ("Which one?", words, came_out))


@pytest.mark.parametrize(("question", "guess", "words", "truth", "sentence"), KINDS)
def test_without_a_guess_the_truth_is_a_click_away(question, guess, words, truth, sentence, shown):
    ask(**question)
    reveal("0.1", truth)
    page = shown[-1]["text/html"]
    assert re.search(
        "<details><summary>No guess was made.*</summary>.*It came out: .*</details>", page
    )
    assert "you" not in re.sub("<th>you</th>", "", page)  # no mark of a guess
    review()
    assert shown[-1]["text/plain"] == "No guess has been made on this page yet."


def test_an_axis_grows_for_a_truth_beyond_its_end(shown, boxes):
    ask(among=(0, 25), unit="ms")
    guess_number(boxes[0])
    places = {}
    for truth in (6, 50, -25):
        reveal("0.1", truth)
        marks = re.findall(r"left:([\d.]+)%;transform.*?>(.*?)<", shown[-1]["text/html"])
        places[truth] = {word: float(at) for at, word in marks}
        ends = re.findall(r"<span>(.*?)</span>", shown[-1]["text/html"])
        assert (
            ends == {6: ["0 ms", "25 ms"], 50: ["0 ms", "50 ms"], -25: ["-25 ms", "25 ms"]}[truth]
        )
    assert places == {
        6: {"it came out 6 ms": 24, "you 14 ms": 56},
        50: {"it came out 50 ms": 100, "you 14 ms": 28},
        -25: {"it came out -25 ms": 0, "you 14 ms": 78},
    }


def test_nobody_is_led_by_where_a_slider_begins(shown, boxes):
    ask(among=(0, 25), unit="ms")
    (slider,) = [w for w in widgets(boxes[0]) if hasattr(w, "step")]
    (button,) = [w for w in widgets(boxes[0]) if hasattr(w, "on_click")]
    assert not slider.readout and button.disabled


def test_cells_in_any_order_stay_calm(shown, boxes):
    review()
    reveal("0.1", "B")
    assert shown[-1]["text/plain"].startswith("It came out: B. To guess first, run the cell above")
    ask(["A", "B"])
    press(boxes[0], "A")
    review()  # guessed, but the truth is not out
    assert shown[-1]["text/plain"] == "No guess has been made on this page yet."
    reveal("0.1", "B")
    ask(["A", "B"])
    press(boxes[1], "B")  # another mind
    reveal("0.1", "B")
    assert shown[-1]["text/plain"] == "You guessed B, and so it is."
    ask(["A", "C"])  # another question: that guess can't be kept
    assert said(boxes[2]) == "Guess first: Which one?"
    reveal("0.1", "C")
    assert "No guess was made" in shown[-1]["text/html"]


def test_the_line_of_a_class_has_all_guesses_by_lesson(shown, boxes):
    for key in ("3.1", "3.2", "4.1"):
        predict(key, f"Question {key}?", ["A", "B"])
        reveal(key, "A")
    press(boxes[0], "A")
    press(boxes[2], "B")
    review()
    assert shown[-1]["text/plain"] == "lesson 3 | 1=A (was A)\nlesson 4 | 1=B (was A)"


def test_outside_ipython_and_without_a_guess_nothing_is_shown(capsys, monkeypatch):
    monkeypatch.setattr(guesses, "_questions", {})
    ask(["A", "B"])
    reveal("0.1", "A")
    review()
    assert capsys.readouterr().out == ""


def carried(page, name):
    return json.loads(html.unescape(re.search(f'data-{name}="(.*?)"', page)[1]))


@pytest.mark.parametrize(("question", "guess", "words", "truth", "sentence"), KINDS)
def test_the_site_gets_what_its_script_needs_and_no_widget(
    question, guess, words, truth, sentence, shown, boxes, monkeypatch
):
    monkeypatch.setenv(FRAMES, "30")
    ask(**question)
    reveal("0.1", truth)
    review()
    asked, told, listed = shown
    assert boxes == [] and all(set(one) == {"text/html", "text/plain"} for one in shown)
    kind = kind_of("0.1", question.get("among"), question.get("order"), question.get("unit", ""), 1)
    known = {"key": "0.1", "asks": "Which one?", **json.loads(json.dumps(kind.data()))}
    assert carried(asked["text/html"], "ask") == known
    assert carried(told["text/html"], "truth") == {"key": "0.1", "truth": kind.truth("", truth)}
    assert "data-review" in listed["text/html"]
    assert sum(len(one["text/html"]) for one in (asked, told)) < 1500  # characters
    # where scripts are stripped, the options stand open and the truth is folded
    assert html.escape(kind.invites()) in asked["text/html"]
    assert verdict(kind, None, kind.truth("", truth)) in html.unescape(
        re.search("<details>.*</details>", told["text/html"])[0]
    )


BAD = [
    (lambda: predict("1", "?", ["A", "B"]), ValueError, "key must be lesson and number, such as '"),
    (lambda: predict(0.1, "?", ["A", "B"]), ValueError, "key must be lesson and number, such as '"),
    (lambda: predict("0.1", " ", ["A", "B"]), TypeError, "asks of question 0.1 must be a few word"),
    (lambda: ask(), TypeError, "question 0.1 needs options, (low, high) or order=[...], one of th"),
    (lambda: ask(["A"], order=["B"]), TypeError, "question 0.1 needs options, (low, high) or orde"),
    (lambda: ask(["A"]), ValueError, "question 0.1 must leave a choice of two or more, not ['A']."),
    (lambda: ask("AB"), TypeError, "options of choice 'question 0.1' must be a list, not 'AB'."),
    (lambda: ask(["A", "A"]), ValueError, "options of choice 'question 0.1' must all look differe"),
    (lambda: ask(["A", "B|C"]), ValueError, "an option of question 0.1 must be a few words with"),
    (lambda: ask(["A", ""]), ValueError, "an option of question 0.1 must be a few words without"),
    (lambda: ask((0, 1, 2)), ValueError, "(low, high) of question 0.1 must be two numbers, not (0"),
    (lambda: ask((3, 1)), ValueError, "high of slider 'question 0.1' must lie above low = 3, not"),
    (lambda: ask((0, 1), step=0.3), ValueError, "high of slider 'question 0.1' must lie a whole n"),
    (lambda: ask((0, "x")), TypeError, "high of slider 'question 0.1' must be a number, not 'x'."),
    (lambda: ask((0, 1), unit=3), TypeError, "unit of question 0.1 must be a word, such as 'ms',"),
    (lambda: reveal("one", 1), ValueError, "key must be lesson and number, such as '0.2', not 'on"),
    (lambda: (ask(["A", "B"]), reveal("0.1", "C")), ValueError,
     "truth of question 0.1 must be one of ['A', 'B'], not 'C'."),
    (lambda: (ask((0, 9)), reveal("0.1", "3")), TypeError,
     "truth of question 0.1 must be a number, not '3'."),
    (lambda: (ask((0, 9)), reveal("0.1", torch.ones(2))), TypeError,
     "truth of question 0.1 must be a number, not tensor([1., 1.])."),
    (lambda: (ask(order=["a", "b"]), reveal("0.1", ["a"])), ValueError,
     "truth of question 0.1 must be ['a', 'b'] in some order, not ['a']."),
    (lambda: (ask(order=["a", "b"]), reveal("0.1", "ab")), ValueError,
     "truth of question 0.1 must be ['a', 'b'] in some order, not 'ab'."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), BAD)
def test_an_authors_mistake_gets_one_sentence(call, error, words, shown):
    with pytest.raises(error, match=f"^{re.escape(words)}"):
        call()


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (0.25, 0.05, "0.25°"),
        (-0.04, 1, "0°"),
        (12, 1, "12°"),
        (-3.5, 0.5, "-3.5°"),
        (10, 10, "10°"),
    ],
)
def test_a_number_is_said_shortly(value, places, words):
    kind = kind_of("0.1", (-20, 30), None, "°", places)
    assert kind.say(value) == words
