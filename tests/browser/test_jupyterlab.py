"""Every lesson in JupyterLab: Run All ends without an error, and its controls move."""

import os
import shutil
import time

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from watching import still_controls, watch

from tools import folds, pages

# A control is a handle of a slider or a button that is not pressed; the picture that follows is in
# the same box.
CONTROLS = "[role=slider], .widget-toggle-button:not(.mod-active)"
PANEL = (".jp-OutputArea-output .widget-vbox:not(.guess)", CONTROLS, "img")
PLANTED = """
from course_utils import plots
from course_utils.explore import choice, explore, slider

def draw(delay, ear):
    figure, axes = plots.canvas(f"A delay of {delay} ms.", width=3, height=2)
    axes.axvline(delay)
    return figure

explore(draw, delay=slider("delay (ms)", 0, 5, 1, 0), ear=choice("ear", ["left", "right"]))
"""
NO_WINDOWS = '{"windowingMode": "none"}'  # every cell in the page, seen or not


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a copy of the course, with its settings and a page of our own."""
    course = tmp_path_factory.mktemp("course")
    skip = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    for folder in ("notebooks", "figures"):
        shutil.copytree(pages.ROOT / folder, course / folder, ignore=skip)
    for settings in ("pyproject.toml", ".jupytext.toml"):
        shutil.copy(pages.ROOT / settings, course)
    planted = new_notebook(cells=[new_code_cell(PLANTED), new_code_cell("1 / 0")])
    planted.metadata.update(pages.page_metadata())
    pages.write(planted, course / "notebooks" / "planted.ipynb")
    return course


@pytest.fixture(scope="session")
def lab(course, tmp_path_factory, start_lab):
    """Start JupyterLab over the course; return its address."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(NO_WINDOWS)
    with start_lab(course, home) as address:
        yield address


def open_page(browser, lab, name):
    """Open a notebook and wait for its kernel; return page and context."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page, _ = watch(context, allowed=(lab, lab.replace("http", "ws"), "data:", "blob:"))
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token=planted&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=240_000)
    page.wait_for_selector("text=/Python 3 .* Idle/", timeout=240_000)  # a kernel is there
    assert page.locator(".jp-toast-message, .Toastify__toast").count() == 0, "it asks about news"
    return page, context


def run_all(browser, lab, name):
    """Open a notebook, run all its cells and wait for the last; return page and context."""
    page, context = open_page(browser, lab, name)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector("text=[*]:", timeout=120_000)
    page.wait_for_function(
        "![...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent == '[*]:')",
        timeout=600_000,
    )
    page.wait_for_timeout(1000)  # the last widget's view
    return page, context


def close(page, context, lab):
    """Close the window, and stop its kernel: ten of them would need ten times the memory."""
    for session in page.request.get(f"{lab}/api/sessions?token=planted").json():
        headers = {"Authorization": "token planted"}
        stopped = page.request.delete(f"{lab}/api/sessions/{session['id']}", headers=headers)
        assert stopped.ok, stopped.status
    context.close()


def errors(page):
    """Return the last line of every error output, and the words of every slider that shows one."""
    shown = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_text_contents()
    shown = [text for text in shown if "Traceback (most recent call last)" in text]
    alerts = page.locator(".widget-html-content [role=alert]").all_text_contents()
    return [text.strip().splitlines()[-1] for text in shown + alerts]


@pytest.mark.parametrize("name", pages.lessons() + pages.beside())
def test_a_lesson_runs_and_its_controls_move(name, browser, lab, screenshots):
    page, context = run_all(browser, lab, name)
    assert errors(page) == []
    not_run = page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[ ]:").count()
    assert not_run == 0
    asked = sum(cell.source.count("explore(") for cell in _code(name))
    assert page.locator(PANEL[0]).count() == asked
    page.screenshot(path=screenshots / f"lab-{name}-top.png")
    assert still_controls(page, *PANEL, seconds=60) == []
    shown = page.locator(f"{PANEL[0]}, .live")
    shown.first.screenshot(path=screenshots / f"lab-{name}-slider.png")
    living = page.locator(".jp-OutputArea-output .live")
    assert living.count() == sum(cell.source.count("live(") for cell in _code(name))
    assert shown.count() >= 1
    for view in living.all():
        before = view.locator(".live-said").text_content()
        view.get_by_role("button", name="Pause").click()
        view.get_by_role("slider").first.press("End")
        assert view.locator(".live-said").text_content() != before
    assert errors(page) == []
    close(page, context, lab)


def _code(name):
    cells = pages.read(pages.NOTEBOOKS / f"{name}.ipynb").cells
    return [cell for cell in cells if cell.cell_type == "code"]


def test_a_planted_error_and_a_planted_still_button_are_seen(browser, lab):
    page, context = run_all(browser, lab, "planted")
    assert errors(page) == ["ZeroDivisionError: division by zero"]
    assert still_controls(page, *PANEL, seconds=5) == ["figure 0, control 1"]
    close(page, context, lab)


GUESSED = [
    """
from course_utils.explore import predict, reveal, review

predict("0.1", "How long?", (0, 25), unit="ms")
""",
    "print('evidence')\nreveal('0.1', 6)\nreview()",
]


def test_a_guess_is_made_and_a_collapsed_answer_opens_when_its_cell_runs(browser, lab, course):
    told = new_code_cell(GUESSED[1], metadata={"jupyter": {"outputs_hidden": True}})
    told.outputs = [new_output("stream", text="saved evidence")]
    asked = new_markdown_cell("### Predict\n**How long?**")
    notebook = new_notebook(cells=[asked, new_code_cell(GUESSED[0]), told])
    folds.collapse(notebook)
    notebook.metadata.update(pages.page_metadata())
    pages.write(notebook, course / "notebooks" / "guessed.ipynb")
    page, context = open_page(browser, lab, "guessed")
    page.get_by_text(folds.FIRST).wait_for()  # collapsed, a line of it is shown
    assert not any(part.is_visible() for part in page.get_by_text("saved evidence").all())
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    box = page.locator(".widget-vbox.guess")
    box.locator("[role=slider]").press("ArrowRight")
    box.get_by_role("button", name="I guess 1 ms").click()
    box.get_by_text("Your guess: 1 ms. Now run the next cells.").wait_for()
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("You guessed 1 ms. It came out: 6 ms, 5 ms apart.").wait_for()
    assert page.locator(".jp-OutputArea-output", has_text="evidence").first.is_visible()
    assert page.get_by_text("lesson 0 | 1=1 ms (was 6 ms)").is_visible()
    close(page, context, lab)


@pytest.mark.parametrize("older", [".py", ".ipynb"])
def test_an_answer_is_typed_and_saved_whichever_file_is_older(older, browser, lab, course):
    paths = {suffix: course / "notebooks" / f"pair{suffix}" for suffix in (".py", ".ipynb")}
    source = "# %%\nanswer = ...\n\n# %%\n'a cell that came with a pull'\n"
    paths[".py"].write_text(source)
    notebook = new_notebook(cells=[new_code_cell("answer = ...")], metadata=pages.page_metadata())
    pages.write(notebook, paths[".ipynb"])
    hour_ago = time.time() - 3600
    os.utime(paths[older], (hour_ago, hour_ago))

    page, context = open_page(browser, lab, "pair")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("answer = 42")
    page.keyboard.press("Control+S")
    deadline = time.monotonic() + 60
    while pages.read(paths[".ipynb"]).cells[0].source != "answer = 42":
        assert time.monotonic() < deadline, "the answer is not saved"
        page.wait_for_timeout(200)
    assert paths[".py"].read_text() == source
    close(page, context, lab)

    page, context = open_page(browser, lab, "pair")
    assert page.locator(".jp-CodeCell .cm-content").all_text_contents() == ["answer = 42"]
    close(page, context, lab)
