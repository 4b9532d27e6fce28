"""The watchers see what they should: pages with one planted fault each."""

import pytest
from matplotlib.figure import Figure
from watching import axe_findings, settle, still_controls, watch

from course_utils.explore import choice, pages, slider
from course_utils.plots import png

CONTROLS = {"delay": slider("delay (ms)", 0, 4, 1, 0), "ear": choice("ear", ["left", "right"])}


def page_of(body):
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head>'
        f"<body><main><h1>A page</h1>{body}</main></body></html>"
    )


def figure(stuck=()):
    """An exported slider; the controls named in `stuck` change no picture."""

    def frame(values):
        words = "; ".join(f"{k} {v}" for k, v in values.items() if k not in stuck)
        picture = Figure(figsize=(1, 1))
        picture.text(0, 0.5, words)
        return png(picture), words or "nothing"

    return pages.page(frame, CONTROLS, 10)


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page with this body; return it and its troubles."""
    contexts = []

    def open_page(body):
        path = tmp_path / "page.html"
        path.write_text(page_of(body), encoding="utf-8")
        contexts.append(browser.new_context())
        page, troubles = watch(contexts[-1])
        page.goto(path.as_uri())
        settle(page)
        return page, troubles

    yield open_page
    for context in contexts:
        context.close()


def still(page):
    return still_controls(page, "figure.explore", "input[type=range], select", "img", seconds=0.5)


def test_a_good_page_has_no_trouble(opened):
    page, troubles = opened(figure() + figure())
    assert axe_findings(page) == []
    assert still(page) == []
    assert troubles == []


@pytest.mark.parametrize(("stuck", "which"), [(["delay"], 0), (["ear"], 1)])
def test_a_control_that_changes_nothing_is_named(opened, stuck, which):
    page, _ = opened(figure() + figure(stuck))
    assert still(page) == [f"figure 1, control {which}"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<img alt="a" src="https://example.org/a.png">', "asks for https://example.org/a.png"),
        ('<script src="http://example.org/a.js"></script>', "asks for http://example.org/a.js"),
        ('<script>fetch("https://example.org/b")</script>', "asks for https://example.org/b"),
        ('<script>console.error("planted")</script>', "console: planted"),
        ("<script>planted()</script>", "script: planted is not defined"),
    ],
)
def test_a_page_with_trouble_is_caught(opened, body, words):
    _, troubles = opened(body)
    assert words in troubles


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "image-alt"),
        ('<input type="range">', "label"),
        ('<p style="color:#bbb;background:#fff">faint words</p>', "color-contrast"),
    ],
)
def test_an_inaccessible_page_is_caught(opened, body, rule):
    page, _ = opened(body)
    assert [finding.split(":")[0] for finding in axe_findings(page)] == [rule]
