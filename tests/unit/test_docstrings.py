"""No public name without its shapes, its units and what it refuses: the API pages show these words.

What is meant by that, as rules that can be checked:

shapes   who takes or gives a tensor or an array says a shape, such as `(n, time, channel)`
units    who takes a time, a delay or an angle says its unit, in the name or in words
errors   who raises, itself or through a helper of its own room, or hands an argument to `arguments`
         or `told_apart`, says that it raises
constants   each has words of its own, without which the page leaves it out
"""

import ast
import importlib
import inspect
import re
import textwrap

import numpy as np
import pytest
import torch
from test_house import PUBLIC
from test_types import functions

from course_utils import arguments as valid

UNIT = re.compile(
    r"\b(steps?|ms|milliseconds?|seconds?|radians?|degrees?|deg|Hz|per update|width|samples|nats"
    r"|m/s)\b"
)
QUANTITY = re.compile(
    r"^(delays?|max_delays?|ipd|phase|angle|azimuth|tau|dt|duration|sigma|gap|lag|window|longest"
    r"|goal|whole_delays|speed|positions)$"
)
SHAPE = re.compile(
    r"`\([^`]*\)|\b(any|the same|that|its|equal|another) shape|\bscalar\b|`\w+\.shape|shape of a"
)
ARRAYS = ("Tensor", "ndarray", "ArrayLike", "Numbers")
ERRORS = ("ValueError", "TypeError", "RuntimeError")
PASSED_ON = ("told_apart",)
ELSEWHERE = re.compile(r"\b(as|like) in\b|\b[Ss]ee `|\b[Aa]s `|as from `|\bas `", re.DOTALL)
RAISES = re.compile(
    r"\bRaises\b|\braises\b|\b[Ee]rrors\b|\brefus|\braise\b|or say (why|that|which)|Error\b"
)


def owner_of(where):
    """The class that a method named "module.Class.method" belongs to, or None."""
    module, _, name = where.rpartition(".")
    try:
        importlib.import_module(module)
    except ImportError:
        inside, _, cls = module.rpartition(".")
        return getattr(importlib.import_module(inside), cls)
    return None


def words_of(where, function):
    """All that is said: the docstring, and for a constructor or property that of its class."""
    said = function.__doc__ or ""
    owner = owner_of(where)
    if owner is not None:
        said += "\n" + (owner.__doc__ or "")
    return said


def refuses(function, seen=()):
    """Whether its lines, or those of its room's helpers, raise, or ask `arguments` to."""
    helpers = getattr(inspect.unwrap(function), "__globals__", {})
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if getattr(node.exc.func, "id", "") in ERRORS:
                return True
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if getattr(getattr(node.func, "value", None), "id", "") == "valid" or called in PASSED_ON:
            return True
        helper = helpers.get(called) if isinstance(node.func, ast.Name) else None
        if called.startswith("_") and inspect.isfunction(helper) and helper not in seen:
            if refuses(helper, (*seen, helper)):
                return True
    return False


def unsaid(where, function):
    """What the words of a function leave out: "shapes", "units", "errors"."""
    said = words_of(where, function)
    missing = []
    parameters = inspect.signature(function).parameters
    types = [str(p.annotation) for p in parameters.values()]
    types.append(str(inspect.signature(function).return_annotation))
    elsewhere = ELSEWHERE.search(said)
    if (
        any(name in t for t in types for name in ARRAYS)
        and not SHAPE.search(said)
        and not elsewhere
    ):
        missing.append("shapes")
    if any(map(QUANTITY.match, parameters)) and not UNIT.search(said) and not elsewhere:
        missing.append("units")
    if refuses(function) and not RAISES.search(said) and not elsewhere:
        missing.append("errors")
    return missing


@pytest.mark.parametrize("module", PUBLIC)
def test_shapes_units_and_errors_are_said(module):
    room = importlib.import_module(module)
    handed_on = getattr(room, "__all__", ())
    own = {
        where: f
        for where, f in functions(room, module)
        if f.__module__ == module or where[len(module) + 1 :].split(".")[0] in handed_on
    }
    assert {where: missing for where, f in own.items() if (missing := unsaid(where, f))} == {}


def bare(source):
    """The public constants of a file that no words follow."""
    body = ast.parse(source).body
    found = []
    for node, below in zip(body, [*body[1:], None], strict=True):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        targets = [e for t in targets if t for e in getattr(t, "elts", [t])]
        said = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        made = getattr(getattr(node, "value", None), "func", None)
        if said or getattr(made, "id", "") in ("TypeVar", "ParamSpec"):
            continue
        found += [t.id for t in targets if isinstance(t, ast.Name) and t.id[0] != "_"]
    return found


@pytest.mark.parametrize("module", PUBLIC)
def test_every_constant_has_words(module):
    assert bare(inspect.getsource(importlib.import_module(module))) == []


def test_a_constant_without_words_is_named():
    assert bare('A = 1\nB, C = 1, 2\n"""Both."""\n_D = 4\nE: int = 5\nT = TypeVar("T")') == [
        "A",
        "E",
    ]


def silent(delays: torch.Tensor) -> torch.Tensor:
    """Half of them."""
    if delays.ndim != 1:
        raise ValueError("delays must be a vector")
    return delays / 2


def said(delays: torch.Tensor) -> torch.Tensor:
    """Half of the delays `(channel,)` in steps; raises ValueError for another shape."""
    return silent(delays)


def referring(delays: torch.Tensor) -> torch.Tensor:
    """Half of them; parameters and errors as in `said`."""
    return valid.delays("delays", delays, (3,), 9)


def _checked(delays):
    if delays.ndim != 1:
        raise ValueError("delays must be a vector")


def through(delays: np.ndarray) -> np.ndarray:
    """Half of them."""
    _checked(delays)
    return delays / 2


def test_what_is_left_unsaid_is_named():
    here = "course_utils.delays"
    assert unsaid(f"{here}.through", through) == ["shapes", "units", "errors"]
    assert unsaid(f"{here}.silent", silent) == ["shapes", "units", "errors"]
    assert unsaid(f"{here}.said", said) == unsaid(f"{here}.referring", referring) == []
