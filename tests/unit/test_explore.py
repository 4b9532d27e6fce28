"""explore: it draws every corner, follows its sliders, and says what is wrong in one sentence."""

import base64
import html
import re
from fractions import Fraction

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure

from course_utils.explore import choice, explore, slider
from course_utils.explore import panel as module
from course_utils.plots import png

CONTROLS = {
    "delay": slider("delay (ms)", 0, 50, 5, 10),
    "rate": slider("rate (Hz)", 0.5, 2.5, 0.25, 1),
    "ear": choice("ear", ["left", "right", "both"]),
}


def picture(**values):
    """Return a small figure whose alt text names its values."""
    figure = Figure(figsize=(1, 1))
    figure.set_label("; ".join(f"{name} <{value}>" for name, value in values.items()))
    return figure


class Recorder:
    """A draw function that remembers what it was asked for, and fails where it is told to."""

    def __init__(self, fails=lambda **values: False):
        self.calls = []
        self.fails = fails

    def __call__(self, **values):
        self.calls.append(values)
        if self.fails(**values):
            raise ZeroDivisionError("planted")
        return picture(**values)


def shown(draw, monkeypatch, **controls):
    """Run `explore` as if inside IPython; return the bundle, its metadata and the widget."""
    bundles, panels = [], []
    panel = module._panel
    monkeypatch.setattr(module, "get_ipython", lambda: object())
    monkeypatch.setattr(module, "_panel", lambda *a: panels.append(panel(*a)) or panels[-1])
    monkeypatch.setattr(
        module, "display", lambda data, metadata, raw: bundles.append((data, metadata, raw))
    )
    assert explore(draw, **controls) is None
    ((data, metadata, raw),) = bundles
    assert raw is True
    return data, metadata, panels[0]


def test_it_draws_the_default_and_then_every_corner():
    draw = Recorder()
    with capture_output() as output:
        assert explore(draw, **CONTROLS) is None
    assert output.stdout == ""
    assert draw.calls[0] == {"delay": 10, "rate": 1.0, "ear": "left"}
    corners = [tuple(call.values()) for call in draw.calls[1:]]
    ears = ("left", "right", "both")
    assert corners == [(d, r, e) for d in (0, 50) for r in (0.5, 2.5) for e in ears]


def test_whole_sliders_give_whole_numbers_and_others_floats():
    draw = Recorder()
    explore(draw, **CONTROLS)
    assert {type(call["delay"]) for call in draw.calls} == {int}
    assert {type(call["rate"]) for call in draw.calls} == {float}


@pytest.mark.parametrize("end", [0, 50])
def test_an_error_in_a_corner_comes_out_with_its_values(end):
    draw = Recorder(fails=lambda delay, **others: delay == end)
    with pytest.raises(RuntimeError, match=rf"delay={end}, .*ZeroDivisionError: planted") as caught:
        explore(draw, **CONTROLS)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_error_while_rendering_comes_out_too():
    def draw(delay):
        figure = picture(delay=delay)
        figure.suptitle("$\\nonsense$" if delay == 50 else "")
        return figure

    with pytest.raises(RuntimeError, match="delay=50"):
        explore(draw, delay=CONTROLS["delay"])


def test_a_figure_without_alt_text_is_refused():
    with pytest.raises(RuntimeError, match="(?i)alt"):
        explore(lambda delay: Figure(), delay=CONTROLS["delay"])


def test_the_bundle_holds_the_widget_and_its_first_frame(monkeypatch):
    data, metadata, box = shown(picture, monkeypatch, **CONTROLS)
    first = picture(delay=10, rate=1.0, ear="left")
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == box.model_id
    assert base64.b64decode(data["image/png"]) == png(first)
    assert data["text/plain"] == first.get_label()
    assert metadata == {"image/png": {"alt": first.get_label(), "width": 100}}


def test_the_controls_wait_until_they_are_let_go(monkeypatch):
    *_, box = shown(picture, monkeypatch, **CONTROLS)
    delay, rate, ear, _ = box.children
    assert isinstance(delay, ipywidgets.IntSlider) and not delay.continuous_update
    assert isinstance(rate, ipywidgets.FloatSlider) and not rate.continuous_update
    assert isinstance(ear, ipywidgets.ToggleButtons)
    assert (delay.min, delay.max, delay.step, delay.value) == (0, 50, 5, 10)
    assert (rate.min, rate.max, rate.step, rate.value) == (0.5, 2.5, 0.25, 1.0)
    assert rate.readout_format == ".2f"
    assert [w.description for w in (delay, rate, ear)] == ["delay (ms)", "rate (Hz)", "ear"]


def test_moving_a_control_redraws_the_picture(monkeypatch):
    draw = Recorder()
    *_, box = shown(draw, monkeypatch, **CONTROLS)
    delay, _, ear, frame = box.children
    for values in ({"delay": 35}, {"delay": 35, "ear": "both"}):
        before, calls = frame.value, len(draw.calls)
        delay.value, ear.value = values["delay"], values.get("ear", "left")
        assert len(draw.calls) == calls + 1
        assert draw.calls[-1] == {"delay": 10, "rate": 1.0, "ear": "left", **values}
        assert frame.value != before
        (alt,) = re.findall(r'<img alt="([^"]*)" width="100"', frame.value)
        assert alt == html.escape(picture(**draw.calls[-1]).get_label())
        (code,) = re.findall(r"data:image/png;base64,([^\"]*)", frame.value)
        assert base64.b64decode(code) == png(picture(**draw.calls[-1]))


def test_an_error_under_the_readers_hand_is_shown_and_raised(monkeypatch):
    draw = Recorder(fails=lambda delay, **others: delay == 25)
    *_, box = shown(draw, monkeypatch, delay=CONTROLS["delay"])
    control, frame = box.children
    with pytest.raises(RuntimeError, match="delay=25"):
        control.value = 25
    assert "delay=25" in frame.value and "planted" in frame.value and "<img" not in frame.value
    control.value = 30
    assert "<img" in frame.value


def test_an_error_text_is_escaped(monkeypatch):
    def draw(ear):
        if ear == "<b>":
            raise ValueError("<script>")
        return picture(ear=ear)

    menu = choice("ear", ["a", "b"])
    *_, box = shown(draw, monkeypatch, ear=menu)
    box.children[0].options = ["a", "<b>"]
    with pytest.raises(RuntimeError):
        box.children[0].value = "<b>"
    assert "<script>" not in box.children[1].value
    assert "&lt;script&gt;" in box.children[1].value


@given(low=st.integers(-50, 50), steps=st.integers(1, 40), data=st.data())
def test_any_whole_number_of_steps_is_a_slider(low, steps, data):
    step = data.draw(st.sampled_from([1, 3, 0.1, 0.05, 1 / 3]))
    start = low + step * data.draw(st.integers(0, steps))
    made = slider("x", low, low + step * steps, step, min(start, low + step * steps))
    widget = made.widget()
    assert widget.value == made.start
    assert made.corners == (widget.min, widget.max)


@pytest.mark.parametrize("whole", [int, np.int64, np.uint8])
def test_a_slider_takes_numbers_of_numpy_as_its_own(whole):
    made = slider("x", *map(whole, (0, 10, 2, 4)), keep=np.array([6, 8]))
    assert made == slider("x", 0, 10, 2, 4, keep=[6, 8])
    ends = (made.low, made.high, made.step, made.start, *made.keep)
    assert {type(value) for value in ends} == {int} and made.say(made.positions[1]) == "2"


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, Fraction])
def test_a_short_number_stays_short(kind):
    made = slider("x", np.int32(0), 1, kind("0.1"), kind("0.3"))
    assert made == slider("x", 0.0, 1.0, 0.1, 0.3)
    assert made.say(made.start) == "0.3" and type(made.start) is float


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"label": ""}, TypeError, "label must be a few words"),
        ({"label": 3}, TypeError, "label must be a few words, such as 'delay (ms)', not 3"),
        ({"low": "0"}, TypeError, "low of slider 'x' must be a number, not '0'"),
        ({"step": True}, TypeError, "step of slider 'x' must be a number, not True"),
        ({"start": None}, TypeError, "start of slider 'x' must be a number, not None"),
        ({"high": float("inf")}, ValueError, "high of slider 'x' must be finite, not inf"),
        ({"start": float("nan")}, ValueError, "start of slider 'x' must be finite, not nan"),
        ({"high": 0}, ValueError, "high of slider 'x' must lie above low = 0, not at 0"),
        ({"high": -2}, ValueError, "high of slider 'x' must lie above low = 0, not at -2"),
        ({"step": 0}, ValueError, "step of slider 'x' must be above 0, not 0"),
        ({"step": -1}, ValueError, "step of slider 'x' must be above 0, not -1"),
        ({"start": 11}, ValueError, "start of slider 'x' must lie in [0, 10], not at 11"),
        ({"start": -1}, ValueError, "start of slider 'x' must lie in [0, 10], not at -1"),
        ({"step": 3}, ValueError, "high of slider 'x' must lie a whole number of steps of 3"),
        ({"start": 2.5}, ValueError, "start of slider 'x' must lie a whole number of steps of 1"),
        ({"keep": [3, 11]}, ValueError, "keep[1] of slider 'x' must lie in [0, 10], not at 11"),
        ({"keep": [0.5]}, ValueError, "keep[0] of slider 'x' must lie a whole number of steps"),
        ({"keep": 3}, TypeError, "keep of slider 'x' must be a list of numbers, not 3"),
        ({"start": np.bool_(True)}, TypeError, "start of slider 'x' must be a number, not"),
        ({"step": np.float32("nan")}, ValueError, "step of slider 'x' must be finite, not nan"),
        ({"high": np.float64("inf")}, ValueError, "high of slider 'x' must be finite, not inf"),
        ({"start": np.int64(11)}, ValueError, "start of slider 'x' must lie in [0, 10], not at 11"),
        ({"keep": ["3"]}, TypeError, "keep[0] of slider 'x' must be a number, not '3'"),
    ],
)
def test_a_bad_slider_is_refused_in_one_sentence(change, error, words):
    good = {"label": "x", "low": 0, "high": 10, "step": 1, "start": 5}
    with pytest.raises(error, match=re.escape(words)):
        slider(**{**good, **change})


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((" ", ["a"]), TypeError, "label must be a few words"),
        (("ear", "left"), TypeError, "options of choice 'ear' must be a list, not 'left'"),
        (("ear", []), ValueError, "options of choice 'ear' must hold at least one option"),
        (("ear", ["a", "a"]), ValueError, "options of choice 'ear' must all look different"),
        (("ear", [1, "1"]), ValueError, "options of choice 'ear' must all look different"),
        (("ear", ["a"], "b"), ValueError, "start of choice 'ear' must be one of ['a'], not 'b'"),
    ],
)
def test_a_bad_choice_is_refused_in_one_sentence(arguments, error, words):
    with pytest.raises(error, match=re.escape(words)):
        choice(*arguments)


@pytest.mark.parametrize(
    ("draw", "controls", "error", "words"),
    [
        ("draw", {"delay": CONTROLS["delay"]}, TypeError, "draw must be a function"),
        (picture, {}, ValueError, "explore needs at least one control"),
        (picture, {"delay": (0, 10)}, TypeError, "delay must come from slider(...) or choice(...)"),
        (lambda delay: None, {"delay": CONTROLS["delay"]}, TypeError, "must return a matplotlib"),
        (lambda: None, {"delay": CONTROLS["delay"]}, RuntimeError, "argument 'delay'"),
    ],
)
def test_bad_input_to_explore_is_refused_in_one_sentence(draw, controls, error, words):
    with pytest.raises(error, match=re.escape(words)):
        explore(draw, **controls)


def test_a_long_label_leaves_the_track_its_length():
    short, long = (slider("x" * n, 0, 10, 1, 5).widget() for n in (5, 35))
    assert short.style.description_width == long.style.description_width == "initial"
    widths = [int(widget.layout.width.removesuffix("em")) for widget in (short, long)]
    assert widths[1] - widths[0] == round(0.6 * 30)
