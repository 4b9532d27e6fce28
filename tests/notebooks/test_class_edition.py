"""The students' zip holds every lesson, no output and no solution, and its links lead somewhere."""

import zipfile

import pytest

from tools import class_edition, links
from tools import notebook_checks as checks


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    class_edition.write(folder / "class.zip")
    with zipfile.ZipFile(folder / "class.zip") as archive:
        archive.extractall(folder)
    return folder / "learning-delays"


def test_every_lesson_is_there_and_the_course_beside_it(unpacked):
    pages = sorted(path.stem for path in (unpacked / "notebooks").iterdir())
    assert pages == [*checks.lessons(), "glossary"]
    for needed in ("Makefile", "pyproject.toml", "course_utils/checks/lesson_0.py", "README.md"):
        assert (unpacked / needed).is_file(), needed
    assert links.broken_links(unpacked / "README.md") == []
    tables = {path.name for path in (checks.ROOT / "figures").rglob("*.csv")}
    assert tables == {path.name for path in (unpacked / "figures").rglob("*.csv")}


@pytest.mark.parametrize("name", checks.lessons())
def test_a_page_has_no_output_and_no_solution(name, unpacked):
    path = unpacked / "notebooks" / f"{name}.ipynb"
    page = checks.read(path)
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert checks.exercises(code) and "solutions/" not in path.read_text(encoding="utf-8")
    assert links.broken_links(path) == []
    whole = checks.read(checks.NOTEBOOKS / f"{name}.ipynb")
    assert [c.source for c in code] == [c.source for c in whole.cells if c.cell_type == "code"]
