"""The exercises as the pages hold them: each check, and the function it is given."""

import ast
import math
import re

import torch

from course_utils import checks, observer, tables
from course_utils.stimuli import Stimulus
from tools.grading.beside import beside
from tools.pages import NOTEBOOKS, ROOT

WAITS = range(0, 141, 10)
WORLD = {
    "torch": torch,
    "math": math,
    "longest": WAITS,
    "bounds": [observer.cramer_rao(Stimulus(), window_ms=150 - m) for m in WAITS],
    "rows": tables.read(ROOT / "figures" / "lesson_5.csv"),
}
"""What the functions of the exercises find around them on their pages."""


def exercises(folder=NOTEBOOKS) -> dict:
    """Return, for each `checks.exercise_N_M` called on a page of `folder`, the function it gets."""
    found = {}
    for page in sorted(folder.glob("[0-9][0-9]_*.py")):
        source = page.read_text(encoding="utf-8")
        functions = {
            node.name: node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        }
        for exercise, name in re.findall(r"^checks\.(exercise_\d+_\d+)\((\w+)", source, re.M):
            found[exercise] = function(ast.get_source_segment(source, functions[name]))
    return found


def function(source: str):
    """Return the function, or lambda, that `source` defines, in the world of the pages."""
    world = dict(WORLD)
    if source.startswith("def "):
        exec(source, world)
        return world[re.match(r"def (\w+)", source).group(1)]
    return eval(source, world)


NAMES = sorted(name for name in dir(checks) if name.startswith("exercise_"))


def answer(name, reader):
    """Return what the check `name` says to the function of a `reader`."""
    return getattr(checks, name)(reader, *beside(name))
