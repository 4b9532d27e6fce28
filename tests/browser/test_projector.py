"""The slides in a browser, opened from their files: each fits the screen, none needs a network."""

import re

import pytest
from watching import axe_findings, settle, watch

from tools import pages
from tools.build_slides import SLIDES

LESSONS = pages.lessons()
SCREEN = {"width": 1280, "height": 720}


@pytest.fixture
def watched(browser):
    """A page and its troubles, on a screen of 16:9."""
    context = browser.new_context(viewport=SCREEN)
    yield watch(context)
    context.close()


def start(page, name):
    path = SLIDES / f"{name}.html"
    assert path.exists(), f"{path} is not there: make slides builds it"
    page.goto(path.as_uri())
    page.wait_for_function("Reveal.isReady()")
    return path.read_text(encoding="utf-8")


def show(page, number):
    page.evaluate(
        "k => { const {h, v} = Reveal.getIndices(Reveal.getSlides()[k]); Reveal.slide(h, v) }",
        number,
    )


# What of the slide that is shown, its answer open, lies outside of the screen or is cut; how much
# smaller it had to be drawn; and whether an answer was open before.
SEEN = """
async () => {
  const slide = Reveal.getCurrentSlide();
  const answers = [...slide.querySelectorAll("details:not(.guess details)")];
  const early = answers.filter(one => one.open).length;
  answers.forEach(one => one.open = true);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const outside = [...slide.querySelectorAll("*")].filter(e => e.checkVisibility()
    && !e.closest("aside, .live-unseen") && (e.getBoundingClientRect().right > innerWidth + 1
      || e.getBoundingClientRect().bottom > innerHeight + 1));
  const cut = [...slide.querySelectorAll("pre, table")].filter(
    e => e.scrollWidth > e.clientWidth + 1);
  const size = Number(slide.querySelector(".fits")?.style.zoom || 1);
  answers.forEach(one => one.open = false);
  return {off: [...outside, ...cut].map(e => e.outerHTML.slice(0, 80)), early, size};
}
"""
# All that a slide can hold, in order; what is built, and what is shown, must be the same.
HELD = """
root => [...root.querySelectorAll(
  "h1, h2, h3, p:not(.went-on), pre, img, details, aside, .guess, figure")].map(e =>
  `${e.tagName} ${(e.matches(".live *, .live, .guess, .guess *, .explore *") ? ""
    : e.alt || e.textContent).replace(/\\s+/g, " ").slice(0, 60)}`)
"""


@pytest.mark.parametrize("name", LESSONS)
def test_every_slide_fits_and_holds_all_that_the_page_does(name, watched, browser, screenshots):
    page, troubles = watched
    start(page, name)
    total = page.evaluate("Reveal.getTotalSlides()")
    seen = []
    for number in range(total):
        show(page, number)
        seen.append(page.evaluate(SEEN))
        if number in (0, 4, total // 2):
            page.screenshot(path=screenshots / f"slides-{name[:2]}-{number}.png")
    assert [(k, one["off"]) for k, one in enumerate(seen) if one["off"]] == []
    assert sum(one["early"] for one in seen) == 0
    assert min(one["size"] for one in seen) >= 0.6  # what is drawn smaller can still be read
    assert sum(one["size"] < 0.8 for one in seen) <= total // 20
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    silent = page.evaluate("[...document.images].filter(i => !i.alt).length")
    assert (broken, silent, troubles) == ([], 0, [])
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto((SLIDES / f"{name}.html").as_uri())
    shown = page.locator(".slides").evaluate(HELD)
    built = plain.locator(".slides").evaluate(HELD)
    plain.context.close()
    moving = re.compile("LI |FIGURE|IMG|P |DIV|DETAILS")  # scripts draw in those
    assert [x for x in shown if not moving.match(x)] == [x for x in built if not moving.match(x)]


def test_what_runs_off_a_slide_is_seen(watched):
    page, _ = watched
    start(page, LESSONS[2])
    page.evaluate(
        "Reveal.getCurrentSlide().append(Object.assign(document.createElement('p'),"
        "{textContent: 'late', style: 'margin-top: 720px'}))"
    )
    assert any("late" in off for off in page.evaluate(SEEN)["off"])


def test_the_next_key_opens_an_answer_and_the_one_before_closes_it(watched):
    page, _ = watched
    start(page, LESSONS[0])
    number = page.evaluate("Reveal.getSlides().findIndex(s => s.querySelector('details.fragment'))")
    show(page, number)
    answer = page.locator("section.leaf.present details")
    assert answer.count() == 1 and answer.get_attribute("open") is None
    page.keyboard.press("Space")
    assert answer.get_attribute("open") is not None and page.locator("details p").first.is_visible()
    page.keyboard.press("ArrowLeft")
    assert answer.get_attribute("open") is None
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert page.evaluate("Reveal.getSlidePastCount()") == number + 1


def test_a_guess_is_taken_and_drawn_beside_the_truth(watched):
    page, troubles = watched
    start(page, LESSONS[0])
    number = page.evaluate("Reveal.getSlides().findIndex(s => s.querySelector('[data-ask]'))")
    show(page, number)
    page.get_by_role("button", name="sound B").click()
    assert (
        "Your guess: sound B. The answer comes next."
        in page.locator("section.leaf.present [data-ask]").text_content()
    )
    told = page.locator("[data-truth]").first
    assert "You guessed sound B." in told.text_content() and troubles == []


def test_the_notes_are_for_the_speaker_alone(watched):
    page, _ = watched
    start(page, LESSONS[5])
    notes = page.locator("aside.notes")
    assert "They may think" in notes.first.text_content()
    assert "40 minutes" in notes.first.text_content() and not notes.first.is_visible()
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    opened.value.wait_for_function("document.body.textContent.includes('They may think')")


def test_a_view_follows_the_hand_on_a_screen_of_any_size(browser):
    """A slide is drawn larger than it was laid out; the place of a finger must be, too."""
    found = []
    for width in (1280, 1920):
        context = browser.new_context(viewport={"width": width, "height": width * 9 // 16})
        page, troubles = watch(context)
        start(page, LESSONS[4])
        show(page, page.evaluate("Reveal.getSlides().findIndex(s => s.querySelector('.live'))"))
        settle(page)
        canvas = page.locator("section.leaf.present canvas.live-drag").first
        box = canvas.bounding_box()
        page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"])
        found.append(page.locator("section.leaf.present .live-said").first.text_content())
        context.close()
        assert troubles == []
    assert found[0] == found[1]


@pytest.mark.parametrize("name", LESSONS)
def test_formulas_are_drawn_on_slides(name, watched):
    page, _ = watched
    start(page, name)
    formulas = page.locator(".slides span.math, .slides div.math").count()
    assert page.locator("mjx-container").count() >= formulas
    assert page.locator("mjx-container [data-mjx-error]").count() == 0


def test_the_first_page_leads_to_every_lesson(watched):
    page, troubles = watched
    start(page, "index")
    links = page.locator(".slides a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == [f"{name}.html" for name in LESSONS]
    assert troubles == []
    assert axe_findings(page) == []  # which reads style sheets anew, as no page does
