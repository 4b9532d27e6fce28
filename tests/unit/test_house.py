"""The house: what stands where, which way imports run, and that none changes the reader's world."""

import ast
import re
import subprocess
import sys

import pytest

import course_utils
from tools.pages import ROOT

HOUSE = ROOT / "course_utils"
WINGS = ("explore", "drawings", "checks", "head", "words")
GROUND = ("plots", "tables", "arguments")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in HOUSE.rglob("*.py")
)
PUBLIC = [name for name in MODULES if "._" not in name]


def wing_of(module):
    """The wing of "course_utils.head.heads" is "head"; of a room on the ground floor its name."""
    parts = module.split(".")
    if len(parts) == 1:
        return "face"
    return parts[1] if parts[1] in WINGS + GROUND else "model"


ALLOWED = {
    "model": {"model", "arguments"},
    "head": {"head", "arguments"},
    "words": {"words", "head", "model", "arguments"},
    "explore": {"explore", "plots"},
    "drawings": {"drawings", "plots"},
    "checks": {"checks", "model", "arguments"},
    "plots": set(),
    "tables": set(),
    "arguments": set(),
    "face": set(),
}


def imports(source, package):
    """Every module of the course that a file imports, and every name it takes from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, None
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1]
            module = ".".join((parts if node.level else []) + [node.module or ""]).strip(".")
            for name in node.names:
                inner = f"{module}.{name.name}"
                yield (inner, None) if inner in MODULES else (module, name.name)


def breaches(module, source):
    """What a file of the house imports against the rules."""
    path = HOUSE.joinpath(*module.split(".")[1:])
    package = module if path.is_dir() else module.rpartition(".")[0]
    here = wing_of(module)
    for other, name in imports(source, package):
        if not other.startswith("course_utils"):
            continue
        there = wing_of(other)
        private = other.rpartition(".")[2].startswith("_") or (name or "").startswith("_")
        if there not in ALLOWED[here] or (private and there != here):
            yield f"{module} ({here}) imports {name or ''} of {other} ({there})"


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_as_the_rules_say(module):
    path = HOUSE.joinpath(*module.split(".")[1:])
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    assert list(breaches(module, file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "module, line, told",
    [
        ("course_utils.training", "from . import plots", "training (model) imports"),
        ("course_utils.network", "from .head import heads", "network (model) imports"),
        ("course_utils.plots", "from .stimuli import sample", "plots (plots) imports sample"),
        ("course_utils.tables", "import course_utils.plots", "tables (tables) imports"),
        ("course_utils.drawings.lesson_1", "from ..observer import chance", "(drawings) imports"),
        ("course_utils.head.heads", "from .. import stimuli", "(head) imports"),
        ("course_utils.head.sounds", "from ..words import spoken", "(head) imports"),
        ("course_utils.words.spoken", "from ..plots import array", "(words) imports array"),
        ("course_utils.checks.lesson_3", "from .._rows import exact", "(checks) imports exact"),
        ("course_utils.explore.panel", "from ..drawings import lesson_0", "(explore) imports"),
        ("course_utils.checks.lesson_3", "def f():\n    from .. import plots", "(checks) imports"),
    ],
)
def test_a_breach_is_named(module, line, told):
    (said,) = breaches(module, line)
    assert told in said


OUTSIDE = [
    *(ROOT / "notebooks").rglob("*.py"), *(ROOT / "tools").glob("*.py"),
    *(ROOT / "figures").rglob("*.py"),
]  # fmt: skip


@pytest.mark.parametrize("file", OUTSIDE, ids=lambda file: file.stem)
def test_lessons_tools_and_studies_take_nothing_private(file):
    package = ".".join(file.relative_to(ROOT).parts[:-1])
    taken = imports(file.read_text(encoding="utf-8"), package)
    ours = [name for name in taken if name[0].startswith(("course_utils", "figures"))]
    assert not [n for n in ours if "._" in n[0] or (n[1] or "").startswith("_")]


def test_the_map_shows_what_is_there():
    entries = {path.stem for path in HOUSE.iterdir() if path.stem != "__pycache__"}
    shown = re.findall(r"^    (\w.*?)(?:   |$)", course_utils.__doc__, flags=re.M)
    named = {name.strip("/") for line in shown for name in line.split(", ")}
    assert named == entries - {"__init__"}
    assert len(entries) <= 22


PROBE = """
import sys
import matplotlib
from IPython.core.interactiveshell import InteractiveShell
import matplotlib.figure

shell = InteractiveShell.instance()
formatters = shell.display_formatter.formatters
def world():
    return dict(matplotlib.rcParams), {k: dict(f.type_printers) for k, f in formatters.items()}
before = world()
for module in sys.argv[1:]:
    __import__(module)
    assert world() == before, f"importing {module} changes the reader's figures"
figure = matplotlib.figure.Figure()
figure.subplots().plot([1, 2], [3, 4])
assert shell.display_formatter.format(figure)[0]["text/plain"].startswith("<Figure size")
"""


def test_importing_changes_nothing_in_the_readers_world():
    command = [sys.executable, "-c", PROBE, *PUBLIC]
    done = subprocess.run(command, text=True, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_training_needs_no_pictures():
    probe = "import sys, course_utils.training; print([m for m in sys.modules if 'plot' in m])"
    done = subprocess.run([sys.executable, "-c", probe], text=True, capture_output=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout


LINES = [
    line.split("   ")[0].split(", ")
    for line in re.findall(r"^    (\w.*)$", course_utils.__doc__.split("\n    explore/")[0], re.M)
]
LEVEL = {f"course_utils.{name}": level for level, names in enumerate(LINES) for name in names}


@pytest.mark.parametrize("module", LEVEL)
def test_the_map_is_in_the_order_of_imports(module):
    source = HOUSE.joinpath(module.split(".")[1] + ".py").read_text(encoding="utf-8")
    taken = {other for other, _ in imports(source, "course_utils") if other in LEVEL}
    assert {other for other in taken if LEVEL[other] > LEVEL[module]} == set()
