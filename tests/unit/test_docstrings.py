"""No public name without its shapes, its units and what it refuses: the API pages show these words.

What is meant by that, as rules that can be checked:

shapes   who takes or gives a tensor says a shape, such as `(n, time, channel)`
units    who takes a time, a delay or an angle says its unit, in the name or in words
errors   who raises, or hands an argument to `arguments`, says that it raises
"""

import ast
import importlib
import inspect
import re
import textwrap

import pytest
import torch
from test_house import PUBLIC, wing_of
from test_types import functions

from course_utils import arguments as valid

UNIT = re.compile(
    r"\b(steps?|ms|milliseconds?|seconds?|radians?|degrees?|deg|Hz|per update|width|samples|nats)\b"
)
QUANTITY = re.compile(
    r"^(delays?|max_delays?|ipd|phase|angle|azimuth|tau|dt|duration|sigma|gap|lag|window|longest)$"
)
SHAPE = re.compile(r"`\([^`]*\)|\b(any|the same|that|its|equal) shape|\bscalar\b|`\w+\.shape")
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


def refuses(function):
    """Whether its own lines raise a ValueError or TypeError, or ask `arguments` to."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if getattr(node.exc.func, "id", "") in ("ValueError", "TypeError"):
                return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if getattr(node.func.value, "id", "") == "valid":
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
    if any("Tensor" in t for t in types) and not SHAPE.search(said) and not elsewhere:
        missing.append("shapes")
    if any(map(QUANTITY.match, parameters)) and not UNIT.search(said) and not elsewhere:
        missing.append("units")
    if refuses(function) and not RAISES.search(said) and not elsewhere:
        missing.append("errors")
    return missing


ROOMS = [n for n in PUBLIC if wing_of(n) not in ("drawings", "checks", "explore", "plots")]
"""Model, head, words, tables, arguments: what someone may build on. The others serve one page."""


@pytest.mark.parametrize("module", ROOMS)
def test_shapes_units_and_errors_are_said(module):
    room = importlib.import_module(module)
    handed_on = getattr(room, "__all__", ())
    own = {
        where: f
        for where, f in functions(room, module)
        if f.__module__ == module or where[len(module) + 1 :].split(".")[0] in handed_on
    }
    assert {where: missing for where, f in own.items() if (missing := unsaid(where, f))} == {}


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


def test_what_is_left_unsaid_is_named():
    here = "course_utils.delays"
    assert unsaid(f"{here}.silent", silent) == ["shapes", "units", "errors"]
    assert unsaid(f"{here}.said", said) == unsaid(f"{here}.referring", referring) == []
