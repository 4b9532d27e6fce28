"""Every public function says what it takes and what it gives back; mypy holds it to that."""

import importlib
import inspect
import re
import subprocess
import sys

import pytest
import torch
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


USED = """
import torch
from course_utils import plots
from course_utils.clicks import ClickPair
from course_utils.delay_optimizer import Anneal
from course_utils.delays import length_budget
from course_utils.drawings import lesson_9
from course_utils.head import cochlea, heads, listening
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, Task, sample
from course_utils.training import fit
from course_utils.words import shd, spoken

nerve, generator = cochlea.Nerve(), torch.Generator()
tasks: list[Task] = [Stimulus(), ClickPair(), listening.Listener(heads.load(), nerve)]
network = Localiser(tasks[-1], Classes(), generator=generator)
plots.history(fit(network, generator, schedules=[Anneal(network, "tau_ms", 9, 5, 100)]))
lesson_9.cochleagram(torch.zeros(2, 5, 300), nerve)
words = [spoken.load("test").of(("three", "drei")).forwards_and_backwards(), shd.read("a.h5")]
rows: list[torch.Tensor] = [w.draw(generator, torch.arange(w.steps)) for w in words]
"""
WRONG = """
steps: str = length_budget(100, 50, 2)
sample(3, Stimulus(), 0)
Localiser(nerve, Classes(), generator=generator)
"""


PINNED = re.search(r"^torch==([\d.]+)", (ROOT / "constraints.txt").read_text(), re.M).group(1)


@pytest.mark.skipif(
    not torch.__version__.startswith(PINNED),
    reason="mypy reads the types of the torch that is there; we promise those of the pinned one",
)
def test_mypy_passes_the_course_and_stops_what_is_wrong(tmp_path):
    (tmp_path / "used.py").write_text(USED + WRONG)
    command = [sys.executable, "-m", "mypy", "course_utils", str(tmp_path / "used.py")]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    told = [line.partition("error: ")[2] for line in done.stdout.splitlines() if "error:" in line]
    assert [words.partition(";")[0].partition(" (")[0] for words in told] == [
        "Incompatible types in assignment",
        'Argument 3 to "sample" has incompatible type "int"',
        'Argument 1 to "Localiser" has incompatible type "Nerve"',
    ], done.stdout + done.stderr
