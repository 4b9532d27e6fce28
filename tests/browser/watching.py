"""What a browser sees of a page: requests that leave it, errors, sliders that do nothing."""

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")


def watch(context, allowed=("file:", "data:", "blob:")):
    """Return a new page whose other requests are refused, and the list of its troubles."""
    troubles = []

    def decide(route):
        if route.request.url.startswith(allowed):
            route.continue_()
        else:
            troubles.append(f"asks for {route.request.url}")
            route.abort()

    context.route("**/*", decide)
    page = context.new_page()
    page.set_default_timeout(90_000)  # a busy machine is slow, not broken
    page.on("console", lambda m: m.type == "error" and troubles.append(f"console: {m.text}"))
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    return page, troubles


def settle(page):
    """Give scripts that start after the page has loaded a moment to ask for something."""
    page.wait_for_timeout(500)


def still_controls(page, figures, controls, picture, seconds=10):
    """Move every control of every figure by keyboard; return those that change no picture.

    `figures`, `controls` and `picture` are CSS selectors, the latter two within a figure.
    """
    still = []
    for number in range(page.locator(figures).count()):
        figure = page.locator(figures).nth(number)
        for which in range(figure.locator(controls).count()):
            control = figure.locator(controls).nth(which)
            before = figure.locator(picture).get_attribute("src")
            control.scroll_into_view_if_needed()
            control.focus()
            if control.evaluate("e => e.tagName") == "BUTTON":
                there, back = "Space", "Space"
            else:
                there, back = "ArrowRight", "ArrowLeft"
            page.keyboard.press(there)
            if not _changes(page, figure, picture, before, seconds):
                page.keyboard.press(back)  # a slider may have begun at its end
                if not _changes(page, figure, picture, before, seconds):
                    still.append(f"figure {number}, control {which}")
    return still


def _changes(page, figure, picture, before, seconds):
    image = figure.locator(picture)
    for _ in range(int(20 * seconds)):
        # while it is drawn anew, there may be no picture for a moment
        if image.count() and image.first.get_attribute("src") != before:
            return True
        page.wait_for_timeout(50)
    return False


def axe_findings(page):
    """Return what an accessibility scan finds to be serious: its rule, and the first place."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']} at {v['nodes'][0]['target']}, {len(v['nodes'])} in all"
        for v in violations
        if v["impact"] in SERIOUS
    ]
