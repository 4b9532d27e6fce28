"""Every public function says what it takes and what it gives back; mypy holds it to that."""

import importlib
import inspect
import subprocess
import sys

import pytest
from test_house import PUBLIC

from tools.pages import ROOT


def functions(holder, inside):
    """The public functions of a module or class, each with its name; of a class also `__init__`."""
    for name, value in vars(holder).items():
        if isinstance(value, property):
            value = value.fget
        value = inspect.unwrap(getattr(value, "__func__", value))  # a static or class method
        named = not name.startswith("_") or name in ("__init__", "__call__")
        if not named or not getattr(value, "__module__", "").startswith("course_utils"):
            continue
        if inspect.isclass(value):
            yield from functions(value, f"{inside}.{name}")
        elif inspect.isfunction(value):
            yield f"{inside}.{name}", value


def untyped(function):
    """What has no annotation: names of arguments, and "return"."""
    signature = inspect.signature(function)
    wanted = {p.name: p.annotation for p in signature.parameters.values()}
    wanted["return"] = signature.return_annotation
    missing = [name for name, annotation in wanted.items() if annotation is inspect.Signature.empty]
    return [name for name in missing if name != "self"]


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_is_typed(name):
    found = dict(functions(importlib.import_module(name), name))
    assert {where: missing for where, f in found.items() if (missing := untyped(f))} == {}


def test_an_untyped_function_is_named():
    def half(delays: int, steps, *more, loud=1) -> None: ...

    class Layer:
        def __init__(self, channels): ...

        @property
        def steps(self): ...

        @staticmethod
        def of(spikes: int) -> int: ...

    half.__module__ = Layer.__init__.__module__ = "course_utils.delays"
    Layer.of.__module__ = Layer.steps.fget.__module__ = "course_utils.delays"
    assert untyped(half) == ["steps", "more", "loud"]
    found = {where: untyped(f) for where, f in functions(Layer, "Layer")}
    assert found == {
        "Layer.__init__": ["channels", "return"], "Layer.steps": ["return"], "Layer.of": []
    }  # fmt: skip


WRONG = """
from course_utils.delays import length_budget
from course_utils.stimuli import Stimulus, sample

steps: str = length_budget(100, 50, 2)
sample(3, Stimulus(), 0)
"""


def test_mypy_passes_the_course_and_stops_what_is_wrong(tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "course_utils", str(tmp_path / "wrong.py")]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    told = [line.partition("error: ")[2] for line in done.stdout.splitlines() if "error:" in line]
    assert [words.partition(";")[0].partition(" (")[0] for words in told] == [
        "Incompatible types in assignment",
        'Argument 3 to "sample" has incompatible type "int"',
    ], done.stdout + done.stderr
