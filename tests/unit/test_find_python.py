"""The Python that a command needs is found where it is, and a signpost to none is seen through."""

import os
import sys

import pytest

from tools import find_python

HERE = ".".join(map(str, sys.version_info[:2]))


def plant(path, says):
    """Put a command there that answers as a Python would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A PATH with nothing but a signpost for 3.13, and a pyenv with nothing at all."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), "/bin"]))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(find_python, "NEWEST", ("3.14", "3.13", "3.12"))
    plant(tmp_path / "bin" / "python3.13", "echo 'pyenv: python3.13: command not found'; exit 127")
    return tmp_path


def test_a_signpost_is_no_python(world):
    assert find_python.candidates("3.13")
    assert find_python.found("3.13") is None
    assert find_python.found("newest") is None


def test_pyenvs_is_found_behind_its_signpost(world):
    kept = plant(world / "pyenv/versions/3.13.2/bin/python3.13", "echo 3.13")
    assert find_python.found("3.13") == find_python.found("newest") == kept


def test_the_newest_is_the_newest_that_runs(world):
    plant(world / "pyenv/versions/3.14.0/bin/python3.14", "exit 1")
    plant(world / "bin" / "python3.12", "echo 3.12")
    thirteen = plant(world / "pyenv/versions/3.13.2/bin/python3.13", "echo 3.13")
    assert find_python.found("newest") == thirteen


def test_another_python_under_that_name_is_not_taken(world):
    plant(world / "bin" / "python3.12", "echo 3.8")
    assert find_python.found("3.12") is None


def test_a_real_one_says_who_it_is(monkeypatch):
    assert find_python.is_version(sys.executable, HERE)
    assert not find_python.is_version(sys.executable, "3.1")
    assert not find_python.is_version("/nowhere/python3", HERE)
