"""A student's notebook: which lesson it is, where its answers are, and what they stand on.

Nothing here runs a line of it. Names are followed as Python itself would find them: an answer needs
the cells that bind the names it uses, these need others in turn, and what only draws or trains is
left out. So most notebooks are judged in seconds; where a name is missing all the same, everything
is run (see `judge`).
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import symtable
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from tools.grading.lessons import Lesson

MOST_BYTES = 60 * 10**6
"""A notebook with all its pictures is far below."""
_EXERCISE = re.compile(r"exercise_\d+_\d+")
_FILE = "<answer>"


class UnreadableError(ValueError):
    """A file is no notebook of this course; the sentence says why."""


@dataclass
class Cell:
    """A code cell, as far as it can be read without running it."""

    source: str
    outputs: list[str] = field(default_factory=list)
    tree: ast.Module | None = None
    problem: str = ""
    binds: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    everything: bool = False  # `from x import *`: who knows what it binds
    checks: dict[str, ast.expr] = field(default_factory=dict)


@dataclass
class Asked:
    """One exercise in a notebook: what is judged, and after which cell it is there."""

    exercise: str
    answer: str
    place: int
    problem: str = ""
    source: str = ""
    code: types.CodeType | None = None
    signature: inspect.Signature | None = None


def read(content: bytes) -> list[Cell]:
    """Return the code cells of a notebook, or raise `UnreadableError`."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(f"it is larger than {MOST_BYTES / 1e6:.0f} MB")
    if not content.strip():
        raise UnreadableError("it is empty")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnreadableError("it is no notebook: it can't be read as JSON") from None
    cells = whole.get("cells") if isinstance(whole, dict) else None
    if not isinstance(cells, list):
        raise UnreadableError("it is no notebook of format 4: it has no list of cells")
    code = [c for c in cells if isinstance(c, dict) and c.get("cell_type") == "code"]
    found = [Cell(_text(cell.get("source")), list(_outputs(cell))) for cell in code]
    imported: set[str] = set()
    for cell in found:
        _parse(cell, imported)
    for cell in found:
        cell.binds |= set() if cell.tree is None else _changed(cell.tree) - imported
    return found


def _text(source: object) -> str:
    """A text that stands as one word or as a list of lines, without half characters."""
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode("utf-8")


def _outputs(cell: dict) -> Iterator[str]:
    """What is printed below a cell, as plain text."""
    listed = cell.get("outputs")
    for output in listed if isinstance(listed, list) else []:
        if isinstance(output, dict):
            data = output.get("data")
            yield _text(output.get("text"))
            yield _text(data.get("text/plain")) if isinstance(data, dict) else ""


def _parse(cell: Cell, imported: set[str]) -> None:
    """Find what a cell binds and needs; one that Python can't read keeps its problem in words."""
    try:
        source = TransformerManager().transform_cell(cell.source)
        tree = ast.parse(source)
        _names(symtable.symtable(source, _FILE, "exec"), cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        cell.problem = f"{type(error).__name__}: {words}{line}"
        return
    cell.tree = tree
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {(name.asname or name.name).split(".")[0] for name in node.names}
            imported |= names
            cell.everything |= "*" in names
        elif isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if _EXERCISE.fullmatch(called):
                cell.checks[called] = node.args[0]


def _names(table: symtable.SymbolTable, cell: Cell, top: bool = True) -> None:
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if not top and not symbol.is_global():
            continue
        if symbol.is_referenced():
            cell.needs.add(name)
        if symbol.is_assigned() or symbol.is_imported() or (top and symbol.is_namespace()):
            cell.binds.add(name)
    for child in table.get_children():
        _names(child, cell, top=False)


def _changed(tree: ast.Module) -> set[str]:
    """The names whose things a cell may change: `a[0] = 1`, `a.b = 1`, `a.append(1)`."""
    found = set()
    for node in ast.walk(tree):
        place: Any = None
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            place = node
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            place = node.value.func
            place = place if isinstance(place, ast.Attribute) else None
        while isinstance(place, (ast.Subscript, ast.Attribute, ast.Call)):
            place = place.func if isinstance(place, ast.Call) else place.value
        if isinstance(place, ast.Name):
            found.add(place.id)
    return found


def which(cells: list[Cell], lessons: list[Lesson]) -> Lesson:
    """Return the lesson that a notebook is, by what it holds, whatever its file is called.

    Cells that only one lesson has count one each, and calls of its checks three.
    """
    held = {cell.source.strip() for cell in cells}
    called = {name for cell in cells for name in _EXERCISE.findall(cell.source)}
    own = [{cell.strip() for cell in lesson.cells} for lesson in lessons]
    scores = []
    for place, lesson in enumerate(lessons):
        others = set().union(*own[:place], *own[place + 1 :])
        scores.append(len(held & own[place] - others) + 3 * len(called & set(lesson.exercises)))
    best = max(scores, default=0)
    if best < 2:
        raise UnreadableError("it is no lesson of this course")
    return lessons[scores.index(best)]


def answers(cells: list[Cell], lesson: Lesson) -> list[Asked]:
    """Return, for each exercise of a lesson, where its answer is."""
    return [_asked(cells, exercise, name) for exercise, name in lesson.exercises.items()]


def _asked(cells: list[Cell], exercise: str, name: str) -> Asked:
    """Find an answer: what the check is called with; without one, what the lesson calls it."""
    calls = [place for place, cell in enumerate(cells) if exercise in cell.checks]
    given = cells[calls[-1]].checks[exercise] if calls else ast.Name(name, ast.Load())
    place = calls[-1] if calls else -1
    asked = Asked(exercise, ast.unparse(given), place)
    if not isinstance(given, ast.Name):
        asked.source = asked.answer
        _look(asked, ast.Module([ast.Expr(given)], []), "<lambda>")
        return asked
    name = given.id
    bound = [place for place, cell in enumerate(cells) if name in cell.binds]
    before = [place for place in bound if place <= asked.place]
    if not bound:
        defined = re.compile(rf"^\s*def\s+{re.escape(name)}\b", re.MULTILINE)
        broken = [cell.problem for cell in cells if cell.problem and defined.search(cell.source)]
        asked.place = -1
        asked.problem = broken[-1] if broken else ""
        return asked
    asked.place = asked.place if before else bound[-1]
    for cell in (cells[place] for place in reversed(before or bound)):
        if cell.tree is not None and _look(asked, cell.tree, name):
            break
    return asked


def _look(asked: Asked, tree: ast.Module, name: str) -> bool:
    """Note the code of a function, which is never run, and what it takes; say if it is there."""
    found: Any = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            found = node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            if any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
                found = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Lambda):
            found = node.value if name == "<lambda>" else found
    if found is None:
        return False
    asked.source = asked.source or ast.unparse(found)
    alone = ast.Module([found if isinstance(found, ast.stmt) else ast.Expr(found)], [])
    ast.fix_missing_locations(alone)
    try:
        asked.code = next(
            part
            for part in compile(alone, _FILE, "exec").co_consts
            if isinstance(part, types.CodeType) and part.co_name in (name, "<lambda>")
        )
        asked.signature = _signature(found.args)
    except (StopIteration, SyntaxError, ValueError, RecursionError):
        asked.code = None
    return True


def _signature(arguments: ast.arguments) -> inspect.Signature:
    """What a function takes, by its text alone."""
    kind = inspect.Parameter
    first = [*arguments.posonlyargs, *arguments.args]
    given = [None] * (len(first) - len(arguments.defaults)) + list(arguments.defaults)

    def one(argument: ast.arg, kind_: Any, default: ast.expr | None = None) -> inspect.Parameter:
        value = kind.empty if default is None else _Shown(ast.unparse(default))
        return kind(argument.arg, kind_, default=value)

    found = [one(a, kind.POSITIONAL_OR_KEYWORD, d) for a, d in zip(first, given, strict=True)]
    if arguments.vararg:
        found.append(one(arguments.vararg, kind.VAR_POSITIONAL))
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    found += [one(a, kind.KEYWORD_ONLY, d) for a, d in named]
    if arguments.kwarg:
        found.append(one(arguments.kwarg, kind.VAR_KEYWORD))
    return inspect.Signature(found)


class _Shown(str):
    """A default as the text shows it."""

    def __repr__(self) -> str:
        return str(self)


def plan(cells: list[Cell], asked: Iterable[Asked], whole: bool = False) -> list[dict[str, str]]:
    """Return the cells to run, in order, each answer right after the cell that makes it ready.

    With `whole` these are all cells above the last answer, else those that the answers stand on.
    """
    wanted = sorted(asked, key=lambda one: one.place)
    needed: dict[int, set[str] | None] = {}
    for one in wanted:
        if whole:
            needed |= dict.fromkeys(range(one.place + 1))
            continue
        names, places = _closure(cells, one)
        for place in places:
            needed[place] = names | (needed.get(place) or set())
    steps: list[dict[str, str]] = []
    for place, cell in enumerate(cells):
        if place in needed:
            steps.append({"cell": _narrowed(cell, needed[place])})
        steps += [
            {"exercise": one.exercise, "answer": one.answer} for one in wanted if one.place == place
        ]
    return steps


def _narrowed(cell: Cell, names: set[str] | None) -> str:
    """A cell; of one that only imports, only what is needed, for imports take seconds."""
    if names is None or cell.tree is None or cell.everything:
        return cell.source
    lines = []
    for node in cell.tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            return cell.source
        if names & {(name.asname or name.name).split(".")[0] for name in node.names}:
            lines.append(ast.unparse(node))
    return "\n".join(lines)


def _closure(cells: list[Cell], asked: Asked) -> tuple[set[str], set[int]]:
    """The names on which an answer stands, and the places of the cells that bind them."""
    start = Cell(asked.answer)
    _names(symtable.symtable(asked.answer, _FILE, "eval"), start)
    names, found, more = set(start.needs), set(), True
    while more:
        more = False
        for place in range(asked.place, -1, -1):
            cell = cells[place]
            if place not in found and (cell.binds & names or cell.everything):
                found.add(place)
                names |= cell.needs
                more = True
    return names, found
