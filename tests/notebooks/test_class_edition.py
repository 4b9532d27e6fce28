"""The students' zip holds every lesson, no output and no solution, and its links lead somewhere."""

import re
import subprocess
import zipfile

import pytest
from test_environment import PROJECT

from tools import class_edition, links, page_rules, pages


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    class_edition.write(folder / "class.zip")
    with zipfile.ZipFile(folder / "class.zip") as archive:
        archive.extractall(folder)
    return folder / "learning-delays"


def test_every_lesson_is_there_and_the_course_beside_it(unpacked):
    folder = unpacked / "notebooks"
    inside = {path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb")}
    names = (*pages.lessons(), *pages.beside(), pages.ONE_SEED, "glossary")
    assert inside == {f"{name}.ipynb" for name in names}
    for needed in ("Makefile", "pyproject.toml", "course_utils/checks/lesson_0.py", "README.md"):
        assert (unpacked / needed).is_file(), needed
    assert links.broken_links(unpacked / "README.md") == []
    tables = {path.name for path in (pages.ROOT / "figures").rglob("*.csv")}
    assert tables == {path.name for path in (unpacked / "figures").rglob("*.csv")}


def code_in(markdown):
    """Return the commands and names that stand in code, a line each, without comments."""
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", markdown, re.DOTALL)
    return [re.sub(r"\s*#.*", "", line) for part in code for line in "".join(part).splitlines()]


def what_does_not_work(folder, lines):
    """Return those of these lines that name a target, a file or a module that is not there."""
    wrong = []
    for line in filter(None, lines):
        words = line.split()
        if words[0] == "make":
            command = ["make", "-n", *words[1:]]
            missing = subprocess.run(command, cwd=folder, capture_output=True).returncode != 0
        else:
            paths = [w for w in words if re.search(r"/|\.(yml|txt|py|ipynb|md)$", w)]
            modules = re.findall(r"-m (\w+(?:\.\w+)+)", line)
            paths += [f"{module.replace('.', '/')}.py" for module in modules]
            paths = [path for path in paths if not path.startswith((".venv", "http", "-"))]
            missing = not all((folder / path).exists() for path in paths)
        wrong += [line] * missing
    return wrong


def test_all_that_the_readme_names_works_there(unpacked):
    text = (unpacked / "README.md").read_text(encoding="utf-8")
    lines = code_in(text)
    assert {"make lab", "conda env create -f environment.yml"} <= set(lines)
    assert what_does_not_work(unpacked, lines) == []
    extras = re.findall(r'"\.\[(\w+)\]"', text)
    assert extras and set(extras) <= set(PROJECT["optional-dependencies"])
    assert not re.search(r"@[A-Z]+@|<!--", text)  # each part was found, and no mark is left
    for name in pages.lessons() + pages.beside():
        assert f"(notebooks/{name}.ipynb)" in text


@pytest.mark.parametrize(
    "line",
    ["make nothing", "make test", "python -m tools.nothing", "pytest tests/unit", "cat gone.txt"],
)
def test_a_command_that_does_not_work_there_is_named(unpacked, line):
    assert what_does_not_work(unpacked, [line, "make lab", "jupyter lab notebooks"]) == [line]


def test_make_offers_what_works_there_and_nothing_else(unpacked):
    said = subprocess.run(["make", "help"], cwd=unpacked, capture_output=True, text=True).stdout
    offered = re.findall(r"^make ([\w-]+)", said, re.MULTILINE)
    assert set(offered) == set(class_edition.COMMANDS) - {"help"}
    assert what_does_not_work(unpacked, [f"make {target}" for target in offered]) == []
    for target in offered:
        command = ["make", "-n", target]
        steps = subprocess.run(command, cwd=unpacked, capture_output=True, text=True).stdout
        paths = set(re.findall(r"\b(?:tools|figures|notebooks)/[\w/.]*\w", steps))
        paths |= {f"tools/{name}.py" for name in re.findall(r"-m tools\.(\w+)", steps)}
        assert (paths or target == "clean") and what_does_not_work(unpacked, paths) == []
    whole = (pages.ROOT / "Makefile").read_text(encoding="utf-8")
    every = re.search(r"^\.PHONY: (.+)$", whole, re.MULTILINE).group(1).split()
    assert set(offered) < set(every)
    for target in set(every) - set(class_edition.COMMANDS):
        assert what_does_not_work(unpacked, [f"make {target}"]), target


@pytest.mark.parametrize("name", pages.lessons())
def test_a_page_has_no_output_and_no_solution(name, unpacked):
    path = unpacked / "notebooks" / f"{name}.ipynb"
    page = pages.read(path)
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert page_rules.exercises(code) and "solutions/" not in path.read_text(encoding="utf-8")
    assert links.broken_links(path) == []
    whole = pages.read(pages.NOTEBOOKS / f"{name}.ipynb")
    assert [c.source for c in code] == [c.source for c in whole.cells if c.cell_type == "code"]
