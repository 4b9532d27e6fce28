"""environment.yml, pyproject.toml and constraints.txt say the same thing.

conda cannot be solved in a test; parsing every spec and comparing the ranges can.
"""

import importlib.metadata
import os
import re
import sys

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from rattler import MatchSpec

from tools import lowest
from tools.pages import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# conda-forge's name for a few packages
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}

WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = WHOLE["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
PIP = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
PINS = {
    requirement.name.lower(): requirement
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for requirement in [Requirement(line)]
}


def requirements(*extras):
    """Return what the course asks for, with these extras, without the course itself."""
    extra = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for name in extras for line in extra[name])]
    found = [Requirement(line) for line in lines]
    return [r for r in found if r.name != PROJECT["name"] and r.marker is None]


def conda_ranges():
    """Return the range of each conda package, as Python's packaging reads it."""
    specs = [MatchSpec(line) for line in CONDA]
    return {str(s.name.normalized): SpecifierSet(str(s.version or "")) for s in specs}


@pytest.mark.parametrize("line", CONDA)
def test_conda_can_read_every_spec(line):
    spec = MatchSpec(line, strict=True)
    assert re.match(r"[a-z0-9_-]+", line).group() == spec.name.normalized


def test_a_mangled_spec_is_refused():
    with pytest.raises(Exception, match="(?i)version|spec|pars"):
        MatchSpec("numpy >=1.26,,<<2", strict=True)


@pytest.mark.parametrize("wanted", requirements("lab", "pages"), ids=str)
def test_environment_has_the_same_range(wanted):
    name = CONDA_NAMES.get(wanted.name, wanted.name)
    assert conda_ranges().get(name) == wanted.specifier


def test_environment_has_nothing_else():
    ours = {CONDA_NAMES.get(r.name, r.name) for r in requirements("lab", "pages")}
    assert set(conda_ranges()) - ours == {"python", "pip"}
    assert conda_ranges()["python"] == SpecifierSet(PROJECT["requires-python"])


def test_environment_ends_by_installing_the_course():
    assert PIP == [{"pip": ["-e .[howto]"]}]
    assert ENVIRONMENT["dependencies"][-1] is PIP[0]


@pytest.mark.parametrize("wanted", requirements(*PROJECT["optional-dependencies"]), ids=str)
def test_the_pin_lies_in_the_range(wanted):
    pin = PINS[wanted.name.lower()]
    (version,) = [spec.version for spec in pin.specifier if spec.operator == "=="]
    assert wanted.specifier.contains(Version(version))


EVERY = [
    Requirement(line)
    for lines in (
        WHOLE["build-system"]["requires"],
        PROJECT["dependencies"],
        *PROJECT["optional-dependencies"].values(),
    )
    for line in lines
    if not line.startswith(PROJECT["name"])
]


@pytest.mark.parametrize("wanted", EVERY, ids=str)
def test_the_lower_end_is_what_make_test_lowest_installs(wanted):
    lower = [spec.version for spec in wanted.specifier if spec.operator == ">="]
    tried = lowest.pins((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert lower == [tried.get(wanted.name)]


def test_nothing_else_is_pinned_there():
    tried = lowest.pins((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(tried) == {wanted.name for wanted in EVERY}


def test_the_lowest_python_is_the_promised_one():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    line = r"^LOWEST_PYTHON \?= \$\(or \$\(call found,(.+?)\),python\1\)$"
    (python,) = re.findall(line, makefile, re.MULTILINE)
    assert PROJECT["requires-python"] == f">={python}"


def test_nothing_is_installed_without_asking_what_comes_with_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r".*\bpip install\b.*", makefile) == []
    assert makefile.count("tools/install.py") == 4


@pytest.mark.skipif(
    "CI" not in os.environ or sys.version_info[:2] != (3, 11),
    reason="the pins are those of CI's Python; another may go by the ranges",
)
def test_ci_has_what_the_pins_say():
    here = {name: importlib.metadata.version(name) for name in ("torch", "numpy", "nbmake", "ruff")}
    wrong = [name for name, version in here.items() if version not in PINS[name].specifier]
    assert wrong == []
