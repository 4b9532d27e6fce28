"""Every lesson runs in full, hides no error, matches its source and keeps the rules of a page."""

import shutil

import pytest
from nbmake_runs import run_nbmake

from tools import notebook_checks as checks

LESSONS = checks.lessons()
PAGES = [page for name in LESSONS for page in checks.pages(name)]


@pytest.fixture(scope="session")
def executed(tmp_path_factory, pytestconfig):
    """Run copies of all lessons, so that the working tree stays as it is; print nbmake's table."""
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    skip = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    shutil.copytree(checks.NOTEBOOKS, folder, ignore=skip)
    shutil.copytree(checks.ROOT / "figures", folder.parent / "figures", ignore=skip)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        return folder, run_nbmake(folder)


def test_the_number_of_lessons():
    assert len(LESSONS) == checks.EXPECTED_LESSONS
    assert [int(name[:2]) for name in LESSONS] == list(range(checks.EXPECTED_LESSONS))


@pytest.mark.parametrize("name", PAGES)
def test_the_pair_is_in_sync(name):
    assert checks.pair_problems(checks.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", LESSONS)
def test_the_page_keeps_its_rules(name):
    assert checks.page_problems(checks.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", LESSONS)
def test_its_exercises_are_solved(name):
    assert checks.solution_problems(checks.NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_page_runs(name, executed):
    folder, results = executed
    assert name in results, f"nbmake did not collect {name}"
    assert results[name] == ""
    assert checks.widget_errors(checks.read(folder / f"{name}.ipynb")) == []
