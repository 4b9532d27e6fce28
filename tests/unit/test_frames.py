"""Sliders for a page without a kernel: which pictures, and what the page holds."""

import base64
import html
import io
import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features
from test_explore import CONTROLS, Recorder, picture, shown

from course_utils.explore import FRAMES, choice, explore, pages, slider
from course_utils.plots import LEFT, canvas, png, small


@st.composite
def control(draw):
    if draw(st.booleans()):
        return choice("menu", list("abcd")[: draw(st.integers(1, 4))])
    steps = draw(st.integers(1, 60))
    start = draw(st.integers(0, steps))
    keep = draw(st.lists(st.integers(0, steps), max_size=3))
    return slider("x", 0, steps, 1, start, keep=keep)


@given(controls=st.lists(control(), min_size=1, max_size=3), budget=st.integers(1, 100))
def test_the_grid_holds_ends_and_start_and_keeps_to_the_budget(controls, budget):
    controls = {f"c{k}": c for k, c in enumerate(controls)}
    chosen = pages.grid(controls, budget)
    fewest = 1
    for name, c in controls.items():
        values = chosen[name]
        needed = set(c.corners) | {c.start} | set(getattr(c, "keep", ()))
        fewest *= len(needed)
        assert needed <= set(values) <= set(c.positions)
        assert values == sorted(set(values), key=c.positions.index)
    pictures = math.prod(map(len, chosen.values()))
    assert pictures <= max(budget, fewest)
    # none is left that would still fit
    for name, c in controls.items():
        count = len(chosen[name])
        if 1 < count < len(c.positions):
            assert pictures / count * (count + 1) > budget


def test_a_grid_is_even_and_a_large_budget_takes_all():
    assert pages.grid({"x": slider("x", 0, 100, 1, 0)}, 5)["x"] == [0, 25, 50, 75, 100]
    assert pages.grid({"x": slider("x", 0, 0.3, 0.1, 0.1)}, 9)["x"] == [0.0, 0.1, 0.2, 0.3]
    asked = slider("x", -90, 90, 10, 40, keep=[0, 20])
    assert pages.grid({"x": asked}, 6)["x"] == [-90, -50, 0, 20, 40, 90]
    two = {"x": slider("x", 0, 40, 1, 0), "y": slider("y", 0, 4, 1, 0)}
    assert [len(values) for values in pages.grid(two, 30).values()] == [15, 2]


def parts(page):
    """Return the pictures of a page, and for each control what it says at each position."""
    (pictures,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    said = re.findall(r'data-values="(.*?)"', page)
    return json.loads(pictures), [json.loads(html.unescape(values)) for values in said]


def test_the_page_holds_every_combination_in_order():
    draw = Recorder()

    def frame(values):
        return png(draw(**values)), draw(**values).get_label()

    page = pages.page(frame, CONTROLS, 40)
    pictures, said = parts(page)
    assert said[0][0] == "0" and said[0][-1] == "50" and "10" in said[0]
    assert said[1][0] == "0.50" and said[1][-1] == "2.50" and "1.00" in said[1]
    assert said[2] == ["left", "right", "both"]
    assert 12 <= len(pictures) == math.prod(map(len, said)) <= 40
    place = said[0].index("50") * len(said[1]) + said[1].index("1.00")
    source, alt = pictures[place * 3 + 1]
    wanted = picture(delay=50, rate=1.0, ear="right")
    assert alt == wanted.get_label()
    start = picture(**{name: control.start for name, control in CONTROLS.items()})
    assert source == small(png(wanted), over=png(start))
    assert f"{len(pictures)} pictures, drawn beforehand; the notebook has all {11 * 9 * 3}." in page


def opened(address):
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


def test_over_the_first_picture_only_what_differs_is_kept():
    if not features.check("webp"):
        pytest.skip("this Pillow has no WebP, and a PNG is kept whole")
    frames = {}
    for at in (0.2, 0.8):
        figure, axes = canvas("A line.", width=4, height=3)
        axes.plot([0, at], color=LEFT)
        axes.set_ylim(0, 1)
        frames[at] = png(figure)
    first, second = frames.values()
    over = small(second, over=first)
    assert len(over) < 0.6 * len(small(second))
    assert opened(over).getextrema()[3] == (0, 255)
    assert opened(small(first, over=first)).getextrema()[3] == (0, 0)
    seen = opened(small(first)).convert("RGBA")
    seen.alpha_composite(opened(over))
    off = np.asarray(seen, int)[..., :3] - np.asarray(opened(small(second)).convert("RGB"), int)
    assert abs(off).max() <= 40 and (abs(off) > 16).mean() < 0.001  # 64 colours, chosen twice
    assert opened(small(png(picture(x=1)), over=first)).mode == "RGB"  # of another size: whole


def test_without_a_script_the_first_picture_is_there_with_its_words():
    drawn = png(picture(x=4))
    page = pages.page(lambda at: (drawn, f"at <{at['x']}>"), {"x": slider("x", 0, 9, 1, 4)}, 4)
    (image,) = re.findall(r"<img[^>]*>", page)
    assert 'alt="at &lt;4&gt;"' in image and small(drawn) in image
    assert 'width="100"' in image  # an inch, whatever the picture's own number of pixels
    assert "<div hidden>" in page  # the script shows the controls: without it they do nothing
    assert "</" not in re.findall(r'json">(.*?)</script>', page)[0]


@pytest.mark.parametrize("budget", [None, "", " ", "0", "30"])
def test_explore_adds_the_page_only_when_it_is_asked_for(monkeypatch, budget):
    monkeypatch.delenv(FRAMES, raising=False)
    if budget is not None:
        monkeypatch.setenv(FRAMES, budget)
    data, *_ = shown(picture, monkeypatch, **CONTROLS)
    assert ("text/html" in data) == (budget == "30")
    if budget == "30":
        assert len(parts(data["text/html"])[0]) <= 30


@pytest.mark.parametrize("asked", ["many", "-1", "3.5"])
def test_a_number_of_pictures_that_is_none_is_refused_before_anything_is_drawn(monkeypatch, asked):
    monkeypatch.setenv(FRAMES, asked)
    draw = Recorder()
    words = f"{FRAMES} must be a number of pictures, such as 40, not '{asked}'"
    with pytest.raises(ValueError, match=re.escape(words)):
        explore(draw, **CONTROLS)
    assert draw.calls == []
