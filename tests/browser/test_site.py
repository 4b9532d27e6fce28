"""The built site in a browser, opened from its files, with every network request refused."""

import importlib
import inspect
import re

import pytest
from watching import axe_findings, settle, still_controls, watch

from tools import api_pages, pages
from tools.build_site import SITE

LESSONS = [f"notebooks/{name}.html" for name in pages.lessons()]
PAGES = ["index.html", *(f"notebooks/{page}.html" for page in pages.all_pages())]
PAGES += ["TEACHING.html", "cluster.html"]
FIGURE = ("figure.explore", "input[type=range], select", "img")


def holding(call):
    """Return the lessons whose code has this call."""
    sources = {
        name: (pages.NOTEBOOKS / f"{name}.py").read_text("utf-8") for name in pages.lessons()
    }
    return [f"notebooks/{name}.html" for name, source in sources.items() if f"\n{call}(" in source]


SLIDING, LIVING = holding("explore"), ["index.html", *holding("live")]
MAX_BYTES = 1_000_000
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


def open_folds(page):
    """Open what is folded, so that what stands in it can be moved and seen."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")


CODE = ["api/index.html", "api/course_utils.delays.html"]


@pytest.mark.parametrize("name", [*PAGES, *CODE, "search.html", "genindex.html"])
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


@pytest.mark.parametrize("name", SLIDING)
def test_every_control_changes_its_picture_by_keyboard(name, watched, screenshots):
    page, troubles = watched
    page.goto(url(name))
    assert page.locator(FIGURE[0]).count() >= 1
    open_folds(page)
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


# What is visible of a prediction's answer: from the first cell or fold after the question down to
# the answer's own <details>, or to the next heading. Written without looking at how it is folded.
LEAKS = """
() => [...document.querySelectorAll("h1, h2, h3, h4")].filter(
  h => h.textContent.trim().startsWith("Predict")).map(asked => {
  const all = [...document.querySelectorAll("article *")].filter(e =>
    asked.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
  const last = all.findIndex(e => e.matches("h1, h2, h3, h4")
    || (e.matches("details") && !e.querySelector(".cell, h3") && !e.closest(".guess")));
  const between = all.slice(0, last < 0 ? all.length : last);
  const first = between.findIndex(
    e => e.matches(".cell, details") && !e.querySelector("[data-ask]"));
  const seen = first < 0 ? [] : between.slice(first).filter(e => e.checkVisibility()
    && !e.closest(".cell:has([data-ask])")
    && !e.matches("summary, details") && !e.closest("summary")
    && (e.matches("img, input, select") || e.textContent.trim()));
  const answer = all[last];
  return {leaks: seen.map(e => e.outerHTML.slice(0, 80)),
          inside: between.filter(e => e.matches(".cell_output")).length,
          answered: Boolean(answer && answer.matches("details"))};
})
"""


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_between_a_question_and_its_answer_is_seen_before_it_is_opened(name, watched):
    page, _ = watched
    page.goto(url(name))
    asked = page.evaluate(LEAKS)
    source = pages.NOTEBOOKS / f"{name.removeprefix('notebooks/').removesuffix('.html')}.py"
    assert len(asked) == source.read_text(encoding="utf-8").count("# ### Predict") > 0
    assert [question["leaks"] for question in asked] == [[]] * len(asked)
    folds = page.locator("details.decide")
    assert folds.count() == sum(question["inside"] > 0 for question in asked) > 0
    for number in range(folds.count()):
        shown = folds.nth(number).locator(".cell_output").first
        assert not shown.is_visible()
        folds.nth(number).locator("summary").first.press("Enter")
        assert shown.is_visible()
    before = page.locator("article .cell_output:not(details.decide *)")
    assert all(before.nth(number).is_visible() for number in range(before.count()))


PLANTED = """
<article><section><h3>Predict</h3><p>Which one?</p>{}<details><summary>What happened</summary>
<p>That one.</p></details></section></article>
"""
CELL = '<div class="cell"><div class="cell_output"><p>42</p></div></div>'


@pytest.mark.parametrize(
    ("between", "leaks"),
    [
        (f"<details class='decide'><summary>Open</summary>{CELL}</details>", False),
        ("", False),
        (CELL, True),
        (f"<details class='decide' open><summary>Open</summary>{CELL}</details>", True),
        (f"<details class='hide'><summary>Show</summary>{CELL}</details><p>It is 42.</p>", True),
    ],
)
def test_a_planted_leak_is_seen(between, leaks, watched):
    page, _ = watched
    page.set_content(PLANTED.format(between))
    (asked,) = page.evaluate(LEAKS)
    assert bool(asked["leaks"]) == leaks and asked["answered"]


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


@pytest.mark.parametrize("name", SLIDING)
def test_a_phone_shows_the_whole_width_and_its_slider_follows_a_finger(name, browser, screenshots):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page, troubles = watch(context)
    page.goto(url(name))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    open_folds(page)
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


CUT = """[...document.querySelectorAll(".cell_input pre")].filter(
  pre => pre.scrollWidth > pre.clientWidth + 1).map(pre => pre.textContent)"""
SOFT = """[...document.querySelectorAll(".cell_output img")].filter(
  image => image.naturalWidth < 1.5 * image.width).map(image => image.alt)"""


@pytest.mark.parametrize("width", [1200, 1440, 1920])
@pytest.mark.parametrize("name", LESSONS)
def test_code_is_not_cut_and_pictures_are_sharp(name, width, browser, screenshots):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page, _ = watch(context)
    page.goto(url(name))
    open_folds(page)
    settle(page)
    assert page.locator(".cell_input pre").count() > 5
    assert page.evaluate(CUT) == []
    assert page.evaluate(SOFT) == []
    hidden = page.locator("nav.page-toc a").first
    if not hidden.is_visible():  # no room beside the code: its button shows what is on the page
        page.locator("button.secondary-toggle:visible").click()
        hidden.wait_for(state="visible")
    page.screenshot(path=screenshots / f"site-{name[10:12]}-{width}.png")
    context.close()


def test_without_scripts_the_first_picture_and_its_words_are_there(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url(SLIDING[0]))
    figure = page.locator(FIGURE[0]).first
    assert figure.locator("img").is_visible() and figure.locator("img").get_attribute("alt")
    assert not figure.locator("input").first.is_visible()
    context.close()


def test_no_page_passes_a_megabyte():
    sizes = {page.name: page.stat().st_size for page in SITE.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size >= MAX_BYTES} == {}


@pytest.mark.parametrize("name", LIVING)
def test_a_living_pages_views_follow_a_finger_and_the_keys(name, browser):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page, troubles = watch(context)
    page.goto(url(name))
    assert page.locator(".live").count() >= 1
    open_folds(page)
    settle(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    for view in page.locator(".live").all():
        assert not view.locator("img").is_visible()
        slider, said = view.get_by_role("slider").first, view.locator(".live-said")
        words = {said.text_content()}
        for share in (0.1, 0.9):
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()
            page.touchscreen.tap(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
            words.add(said.text_content())
        slider.press("ArrowLeft")
        assert len(words | {said.text_content()}) == 4
    assert troubles == []
    context.close()


# Elements of a view that the page around it stretches: what is drawn in them would be out of shape.
STRETCHED = """[...document.querySelectorAll(".live canvas, .live button")].filter(one => {
  const box = one.getBoundingClientRect();
  const drawn = one.matches("canvas") ? parseFloat(one.style.width) : Math.min(box.width, 200);
  return Math.abs(box.width - drawn) > 1;
}).map(one => one.outerHTML)"""


@pytest.mark.parametrize("name", LIVING)
def test_the_sites_own_style_stretches_no_part_of_a_view(name, watched):
    page, _ = watched
    page.goto(url(name))
    open_folds(page)
    settle(page)
    assert page.evaluate(STRETCHED) == []


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


@pytest.mark.parametrize("module", api_pages.modules())
def test_every_public_name_has_its_words_on_the_site(module):
    found = importlib.import_module(module)
    source = inspect.getsource(found)
    constants = re.findall(r"^([A-Z][A-Z_]+(?:, [A-Z_]+)*)(?::.*)? = ", source, re.MULTILINE)
    names = api_pages.public(module) | set(", ".join(constants).split(", ")) - {""}
    page = (SITE / "api" / f"{module}.html").read_text(encoding="utf-8")
    assert [name for name in names if f'id="{module}.{name}"' not in page] == []


ANCHOR = re.compile(r'href="((?:\.\./)+api/[^"#]+)#([^"]+)"')


@pytest.mark.parametrize("name", [f"notebooks/{page}.html" for page in pages.all_pages()])
def test_a_page_leads_to_names_that_are_there(name):
    page = SITE / name
    for target, anchor in ANCHOR.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve()
        assert f'id="{anchor}"' in there.read_text(encoding="utf-8"), f"{target}#{anchor}"
