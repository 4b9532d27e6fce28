"""Every lesson runs in full, hides no error, matches its source and keeps the rules of a page."""

import shutil

import pytest
from nbmake_runs import run_nbmake
from test_teaching import rows as teaching_rows

from tools import page_rules, pages, pairs

LESSONS = pages.lessons()
LIKE_LESSONS = LESSONS + pages.beside()
PAGES = pages.all_pages()
WATCH = f"""
import os, sys, time
sys.path.append({str(pages.ROOT)!r})
from course_utils import plots
from course_utils.explore import living, panel
from tools.figure_rules import style_problems

def note(name, *words):
    with open(name, "a", encoding="utf-8") as log:
        print(*words, file=log)

def png(figure, png=plots.png):
    "Note what is out of style in every figure that the page draws, sliders and corners too."
    picture = png(figure)
    note("figures.log", plots.alt_text(figure)[:60], "|", *style_problems(figure))
    return picture

living.png = panel.png = plots.png = png

def watch(_, note=note, pid=os.getpid(), seconds=time.process_time):
    "Note the seconds so far, whatever the page calls its own variables."
    note("seconds.log", pid, seconds())

get_ipython().events.register("post_run_cell", watch)
"""


@pytest.fixture(scope="session")
def executed(tmp_path_factory, pytestconfig):
    """Run copies of all lessons, so that the working tree stays as it is; print nbmake's table."""
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    skip = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    shutil.copytree(pages.NOTEBOOKS, folder, ignore=skip)
    shutil.copytree(pages.ROOT / "figures", folder.parent / "figures", ignore=skip)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        return folder, run_nbmake(folder, WATCH)


def test_the_number_of_lessons():
    assert len(LESSONS) == page_rules.EXPECTED_LESSONS
    assert [int(name[:2]) for name in LESSONS] == list(range(page_rules.EXPECTED_LESSONS))


@pytest.mark.parametrize("name", PAGES)
def test_the_pair_is_in_sync(name):
    assert pairs.problems(pages.NOTEBOOKS, name) == []


def test_every_page_beside_the_lessons_is_there():
    assert pages.beside() == list(pages.BESIDE)


@pytest.mark.parametrize("name", LIKE_LESSONS)
def test_the_page_keeps_its_rules(name):
    assert page_rules.page_problems(pages.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", pages.howtos())
def test_a_how_to_page_keeps_its_rules(name):
    assert page_rules.howto_problems(pages.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", LESSONS)
def test_its_exercises_are_solved(name):
    assert page_rules.solution_problems(pages.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_page_runs(name, executed):
    folder, results = executed
    assert name in results, f"nbmake did not collect {name}"
    assert results[name] == ""
    assert page_rules.widget_errors(pages.read(folder / f"{name}.ipynb")) == []


def test_every_figure_keeps_the_style(executed):
    folder, _ = executed
    figures = (folder / "figures.log").read_text(encoding="utf-8").splitlines()
    assert len(figures) > 10 * len(LESSONS)
    assert sorted({line for line in figures if not line.endswith("|")}) == []


def processor_seconds(folder):
    """Return, by lesson, the processor's time: it is the same on a busy machine."""
    lines = (folder / "seconds.log").read_text(encoding="utf-8").splitlines()
    by_kernel = dict(line.split() for line in lines)  # the last one counts; kernels come in order
    return dict(zip(LIKE_LESSONS, map(float, by_kernel.values()), strict=True))


@pytest.mark.parametrize("name", LIKE_LESSONS)
def test_it_runs_as_fast_as_its_minutes_and_the_teacher_are_told(name, executed):
    minutes, told = teaching_rows()[name]
    took = processor_seconds(executed[0])[name]
    print(f"{name}: {took:.0f} s, told {told} s, {minutes} minutes")
    assert took < 60 * minutes / 6  # waiting is a small part of the time
    assert told / 3 < took < 3 * told + 5  # machines differ
