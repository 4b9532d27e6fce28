"""The built site in a browser, opened from its files, with every network request refused."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from watching import axe_findings, settle, still_controls, watch

from tools import notebook_checks as checks
from tools.build_site import SITE, fold_answers

LESSONS = [f"notebooks/{name}.html" for name in checks.lessons()]
PAGES = ["index.html", *(f"notebooks/{page}.html" for page in checks.all_pages()), "TEACHING.html"]
FIGURE = ("figure.explore", "input[type=range], select", "img")
PHONE = {"width": 390, "height": 844}


def url(page):
    path = SITE / page
    assert path.exists(), f"{path} is not there: make site builds it"
    return path.as_uri()


@pytest.fixture
def watched(browser):
    """A page and its troubles, in a window of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watch(context)
    context.close()


@pytest.mark.parametrize("name", [*PAGES, "search.html", "genindex.html"])
def test_a_page_opens_offline_without_trouble(name, watched):
    page, troubles = watched
    page.goto(url(name))
    settle(page)
    assert page.locator("h1").count() >= 1
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    assert broken == []
    silent = page.evaluate("[...document.querySelectorAll('article img')].filter(i => !i.alt)")
    assert len(silent) == 0
    assert troubles == []


@pytest.mark.parametrize("name", ["index.html", *LESSONS])
def test_every_control_changes_its_picture_by_keyboard(name, watched, screenshots):
    page, troubles = watched
    page.goto(url(name))
    assert page.locator(FIGURE[0]).count() >= 1
    assert still_controls(page, *FIGURE, seconds=2) == []
    figure = page.locator(FIGURE[0]).first
    assert figure.locator("[role=status]").text_content() == figure.locator("img").get_attribute(
        "alt"
    )
    stem = name.removesuffix(".html").replace("/", "-")
    figure.screenshot(path=screenshots / f"site-{stem}-slider.png")
    assert troubles == []


@pytest.mark.parametrize("name", LESSONS)
def test_formulas_are_drawn(name, watched):
    page, _ = watched
    page.goto(url(name))
    formulas = page.locator("span.math, div.math").count()
    if formulas:
        page.wait_for_selector("mjx-container svg", state="attached")
        assert page.locator("mjx-container").count() >= formulas
        assert page.locator("mjx-container [data-mjx-error]").count() == 0


def test_only_the_first_answer_is_folded_and_nothing_that_moves():
    said = {"outputs": [new_output("stream", text="42")]}
    cells = [new_markdown_cell("### Predict"), new_code_cell("x = 42")]
    cells += [new_code_cell("print(x)", **said), new_code_cell("print(x)", **said)]
    cells += [new_markdown_cell("Once more.\n\n### Predict"), new_code_cell("explore(d)", **said)]
    page = new_notebook(cells=cells)
    fold_answers(page)
    tags = [cell.metadata.get("tags", []) for cell in page.cells]
    assert tags == [[], [], ["hide-output"], [], [], []]


@pytest.mark.parametrize("name", LESSONS)
def test_an_answer_is_folded_until_the_reader_asks(name, watched):
    page, _ = watched
    page.goto(url(name))
    folded = page.locator("details.hide")
    assert folded.count() >= 1
    for number in range(folded.count()):
        answer = folded.nth(number).locator(".cell_output").first
        assert not answer.is_visible()
        folded.nth(number).locator("summary").press("Enter")
        assert answer.is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_an_accessibility_scan_finds_nothing_serious(name, theme, browser, screenshots):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
    page, _ = watch(context)
    page.goto(url(name))
    settle(page)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    findings = axe_findings(page)
    if name in ("index.html", *LESSONS):
        stem = name.removesuffix(".html").replace("/", "-")
        page.screenshot(path=screenshots / f"site-{stem}-{theme}.png")
    context.close()
    assert findings == []


@pytest.mark.parametrize("name", ["index.html", *LESSONS])
def test_a_phone_shows_the_whole_width_and_its_slider_follows_a_finger(name, browser, screenshots):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page, troubles = watch(context)
    page.goto(url(name))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    figure = page.locator(FIGURE[0]).filter(has=page.locator("input[type=range]")).first
    before = figure.locator("img").get_attribute("src")
    slider = figure.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    other_end = 0.05 if 2 * int(slider.input_value()) > int(slider.get_attribute("max")) else 0.95
    page.touchscreen.tap(box["x"] + other_end * box["width"], box["y"] + box["height"] / 2)
    assert figure.locator("img").get_attribute("src") != before
    stem = name.removesuffix(".html").replace("/", "-")
    page.screenshot(path=screenshots / f"site-{stem}-phone.png")
    context.close()
    assert troubles == []


def test_without_scripts_the_first_picture_and_its_words_are_there(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url("index.html"))
    figure = page.locator(FIGURE[0])
    assert figure.locator("img").is_visible() and figure.locator("img").get_attribute("alt")
    assert not figure.locator("input").first.is_visible()
    context.close()


def test_the_search_finds_a_word_of_a_lesson(watched):
    page, troubles = watched
    page.goto(url("search.html") + "?q=raster")
    page.wait_for_selector("#search-results li a")
    assert "where_is_that_sound" in page.locator("#search-results").inner_html()
    assert troubles == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_offers_a_file_that_is_there(name, watched):
    page, _ = watched
    page.goto(url(name))
    link = page.locator(".course-links a").first
    there = page.evaluate("a => new URL(a, document.baseURI).href", link.get_attribute("href"))
    assert there.endswith(".ipynb") and url("download/" + there.rsplit("/", 1)[1]) == there
