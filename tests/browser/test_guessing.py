"""A prediction on the site: by mouse, keys and finger; kept in the browser, shown beside the truth.

The page is planted: what `predict`, `reveal` and `review` leave for the site, and its own script.
"""

import html
import json
import re

import pytest
from watching import axe_findings, watch

from course_utils.explore import FRAMES, guesses, predict, reveal, review
from course_utils.explore.questions import verdict
from tools.pages import ROOT

STYLE, SCRIPT = (
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("course.css", "guesses.js")
)
QUESTIONS = [
    (("0.1", "Which sound?", ["A", "B & C"]), {}, "A"),
    (("0.2", "How long?", (0, 25)), {"unit": "ms"}, 31.04),
    (("0.3", "Which first?"), {"order": ["a", "b", "c"]}, ["c", "b", "a"]),
    (("0.4", "How far?", (-1, 1)), {"unit": "°", "step": 0.1}, float("nan")),
]


@pytest.fixture(scope="module")
def outputs():
    """What the calls leave, output by output; as if inside IPython."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FRAMES, "30")
        patch.setattr(guesses, "_questions", {})
        patch.setattr(guesses, "get_ipython", lambda: object())
        patch.setattr(guesses, "display", lambda data, raw: shown.append(data["text/html"]))
        for question, how, truth in QUESTIONS:
            predict(*question, **how)
            reveal(question[0], truth)
        review()
        kinds = [guesses._questions[question[0]].kind for question, *_ in QUESTIONS]
    return shown, kinds


@pytest.fixture(scope="module")
def site(outputs, tmp_path_factory):
    shown, _ = outputs
    fold = '<details class="decide"><summary>Decide first, then open</summary>{}</details>'
    body = "".join(
        f"<h3>Predict</h3>{ask}{fold.format(told)}"
        for ask, told in zip(shown[:-1:2], shown[1:-1:2], strict=True)
    )
    path = tmp_path_factory.mktemp("site") / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Guess</title><meta '
        f'name="viewport" content="width=device-width"><style>{STYLE}</style><script>{SCRIPT}'
        f"</script></head><body><main><h1>Guess</h1><h2>It</h2>{body}{shown[-1]}</main></body></html>"
    )
    return path.as_uri()


@pytest.fixture
def opened(browser, site):
    """Return the planted page in a browser that has kept nothing yet; no trouble by the end."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page, troubles = watch(context)
    page.set_default_timeout(20_000)
    page.goto(site)
    yield page
    context.close()
    assert troubles == []


def folds(page):
    return page.evaluate("[...document.querySelectorAll('details.decide')].map(d => d.open)")


def guess_all(page):
    """A choice by mouse, a number and an order by keys, a number by mouse; return the guesses."""
    one, two, three, four = page.locator("[data-ask]").all()
    one.get_by_role("button", name="B & C").click()
    assert folds(page) == [True, False, False, False]
    slider = two.get_by_role("slider", name="How long?")
    assert slider.get_attribute("aria-valuetext") == "no guess yet"
    assert two.get_by_role("button", name="Move the slider").is_disabled()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert folds(page) == [True, False, False, False]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    three.get_by_role("button", name="b").focus()
    page.keyboard.press("Space")
    assert three.get_by_role("status").text_content() == "b > … What comes next?"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    four.get_by_role("slider").click()  # in the middle
    four.get_by_role("button", name="I guess 0°").click()
    assert folds(page) == [True] * 4
    return ["B & C", 3, ["b", "c", "a"], 0]


def words_beside_truth(page):
    return [place.locator("p").text_content() for place in page.locator("[data-truth]").all()]


def test_a_guess_opens_its_answer_and_stands_beside_the_truth(opened, outputs, screenshots):
    assert folds(opened) == [False] * 4
    assert "kept" not in opened.locator("[data-review]").text_content()
    guessed = guess_all(opened)
    kinds = outputs[1]
    told = [kind.truth("", truth) for kind, (*_, truth) in zip(kinds, QUESTIONS, strict=True)]
    wanted = [verdict(*one) for one in zip(kinds, guessed, told, strict=True)]
    assert words_beside_truth(opened) == wanted
    statuses = opened.locator("[data-ask] [role=status]").all_text_contents()
    assert statuses == [
        f"Your guess: {kind.say(guess)}. The answer is open below."
        for kind, guess in zip(kinds, guessed, strict=True)
    ]
    # the marks stand where Python draws them
    axis = opened.locator("[data-truth]").nth(1).locator("[aria-hidden]")
    drawn = re.findall(r"left:([\d.]+)%;transform.*?>(.*?)<", kinds[1].drawn(31.04, 3))
    seen = axis.locator("span[style*=transform]").evaluate_all(
        "all => all.map(one => [parseFloat(one.style.left), one.textContent])"
    )
    assert [[pytest.approx(float(at), abs=0.1), word] for at, word in drawn] == seen
    order = opened.locator("[data-truth]").nth(2).locator("tbody td:nth-child(2)")
    assert order.all_text_contents() == guessed[2]
    rows = opened.locator("[data-review] tbody tr").all_text_contents()
    assert rows[1] == "How long?3 ms31 ms" and len(rows) == 4
    opened.screenshot(path=screenshots / "guesses-made.png", full_page=True)


def test_the_line_is_copied_and_all_can_be_forgotten(opened):
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    guess_all(opened)
    line = opened.locator("[data-review] input").input_value()
    assert line == (
        "lesson 0 | 1=B & C (was A) | 2=3 ms (was 31 ms) | 3=b > c > a (was c > b > a) | "
        "4=0° (was not a number)"
    )
    opened.get_by_role("button", name="Copy the line").click()
    opened.get_by_text("Copied.").wait_for()
    assert opened.evaluate("navigator.clipboard.readText()") == line
    opened.get_by_role("button", name="Forget my guesses").click()
    assert opened.locator("[data-review]").text_content() == (
        "No guess has been made on this page yet."
    )
    assert json.loads(opened.evaluate("localStorage.getItem('learning-delays-guesses')")) == {}
    opened.reload()
    assert folds(opened) == [False] * 4 and opened.locator("[aria-pressed=true]").count() == 0


def test_a_guess_is_there_when_the_reader_comes_back_and_can_be_changed(opened):
    guess_all(opened)
    before = words_beside_truth(opened)
    opened.reload()
    assert folds(opened) == [True] * 4 and words_beside_truth(opened) == before
    pressed = opened.locator("[data-ask]").nth(0).locator("[aria-pressed=true]")
    assert pressed.all_text_contents() == ["B & C"]
    assert opened.get_by_role("slider").first.input_value() == "3"
    opened.get_by_role("button", name="A", exact=True).click()
    assert words_beside_truth(opened)[0] == "You guessed A, and so it is."
    assert opened.locator("[data-review] tbody tr").first.text_content() == "Which sound?AA"


def test_who_skips_sees_the_answer_and_no_guess_is_kept(opened):
    for place in opened.locator("[data-ask]").all():
        place.get_by_role("button", name="Skip").press("Enter")
    assert folds(opened) == [True] * 4
    assert words_beside_truth(opened)[0] == "It came out: A."
    assert opened.locator("[data-truth] .guess-mine").count() == 0
    assert "No guess" in opened.locator("[data-review]").text_content()
    opened.reload()
    assert folds(opened) == [False] * 4


@pytest.mark.parametrize(
    "shelf", ["null", "{", '{"0.1": "Z", "0.2": 99, "0.3": ["a"], "0.4": "x"}']
)
def test_whatever_lies_on_the_shelf_the_page_stands(shelf, opened):
    opened.evaluate("text => localStorage.setItem('learning-delays-guesses', text)", shelf)
    opened.reload()
    assert folds(opened) == [False] * 4
    guess_all(opened)


def test_it_works_where_nothing_can_be_kept(browser, site):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})"
    )
    page, troubles = watch(context)
    page.goto(site)
    guess_all(page)
    assert len(page.locator("[data-review] tbody tr").all()) == 4
    context.close()
    assert troubles == []


def test_without_a_script_the_options_stand_and_the_truth_is_folded(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    assert page.get_by_text("Your guess: A or B & C.").is_visible()
    assert page.get_by_text("It came out").count() and not any(
        one.is_visible() for one in page.get_by_text("It came out").all()
    )
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_scan_finds_nothing_serious_and_a_phone_shows_all(theme, browser, site, screenshots):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=theme, has_touch=True, is_mobile=True
    )
    page, _ = watch(context)
    page.goto(site)
    if theme == "dark":
        page.add_style_tag(content="html {background: #14181e; color: #f0f0f0}")
    page.locator("[data-ask]").nth(0).get_by_role("button").nth(1).tap()
    slider = page.locator("[data-ask]").nth(1).get_by_role("slider")
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    page.get_by_role("button", name="I guess").tap()
    assert page.locator("[data-review] tbody tr").count() == 2
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert axe_findings(page) == []
    page.screenshot(path=screenshots / f"guesses-phone-{theme}.png", full_page=True)
    context.close()


def test_a_pair_of_calls_weighs_little(outputs):
    shown, _ = outputs
    pairs = zip(shown[:-1:2], shown[1:-1:2], strict=True)
    assert max(len(html.escape(a + b).encode()) for a, b in pairs) < 3000
    assert len(SCRIPT) < 12_000
