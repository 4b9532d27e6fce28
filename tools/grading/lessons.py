"""What the course asks: the cells of each lesson, its exercises and its questions.

It reads the sources of the course, so it stands on the side of the teacher.
"""

from __future__ import annotations

import ast
import html
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools import page_rules, pages


@dataclass
class Lesson:
    """A lesson as a student got it."""

    name: str
    title: str
    cells: list[str]
    exercises: dict[str, str] = field(default_factory=dict)
    """By "exercise_1_1", the name of the function that the page asks for."""
    headings: dict[str, str] = field(default_factory=dict)
    """By "exercise_1_1", what it is called on the page."""
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By "1.1", what it asks, what can be guessed, and what came out."""

    def told(self) -> dict[str, Any]:
        """As JSON has it; `Lesson(**told)` is the way back."""
        return asdict(self)


def lessons(folder: Path = pages.NOTEBOOKS) -> list[Lesson]:
    """Return all lessons of the course, in order."""
    return [lesson(name, folder) for name in pages.lessons(folder)]


def lesson(name: str, folder: Path = pages.NOTEBOOKS) -> Lesson:
    """Return one lesson, from its source."""
    cells = pages.from_source(folder, name).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    found = Lesson(name, _title(cells), code)
    heading = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            headings = [x for x in cell.source.splitlines() if x.startswith("### Exercise")]
            heading = headings[-1].strip("# ") if headings else heading
            continue
        for exercise in page_rules.exercises([cell]):
            (call,) = [node for node in _calls(cell.source) if node.func.attr == exercise]
            found.exercises[exercise] = ast.unparse(call.args[0])
            found.headings[exercise] = heading
    found.questions = _questions(pages.read(folder / f"{name}.ipynb").cells)
    return found


def _questions(cells: list) -> dict[str, dict[str, Any]]:
    """What the saved page asks and what came out, as `predict` and `reveal` carry it there."""
    found: dict[str, dict[str, Any]] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            page = "".join(output.get("data", {}).get("text/html", ""))
            for content in re.findall(r'data-(?:ask|truth)="([^"]*)"', page):
                told = json.loads(html.unescape(content))
                found.setdefault(told["key"], {}).update(told)
    return found


def _title(cells: list) -> str:
    first = cells[0].source.splitlines()[0]
    return first.lstrip("# ")


def _calls(source: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
