"""The model installs and imports by itself: no Jupyter, no widgets, no matplotlib."""

import importlib.metadata
import subprocess
import sys
import zipfile

import pytest
from packaging.version import Version
from test_house import PUBLIC, wing_of

from tools import wheel
from tools.pages import ROOT

BLOCK = f"""
import sys

class Blocker:
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {wheel.ABSENT!r}:
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocker)
"""


def run_blocked(*modules):
    command = [sys.executable, "-c", BLOCK + wheel.TRIAL, *modules]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


def test_the_model_imports_and_trains_without_what_the_pages_need():
    """What `make wheel` does in an empty environment, in this one."""
    done = run_blocked(*wheel.rooms())
    assert done.returncode == 0, done.stderr
    assert {wing_of(n) for n in wheel.rooms()} == {
        "model", "arguments", "head", "words", "tables", "checks"
    }  # fmt: skip
    assert set(wheel.rooms()) <= set(PUBLIC) and "course_utils.exchange" in wheel.rooms()


def test_the_block_blocks():
    done = run_blocked("course_utils.plots")
    assert done.returncode == 1 and "matplotlib is blocked" in done.stderr


def test_the_trial_sees_what_should_not_be_there():
    done = subprocess.run([sys.executable, "-c", wheel.TRIAL], text=True, capture_output=True)
    assert done.returncode == 1 and "these came along: IPython, ipywidgets, matpl" in done.stderr


@pytest.mark.skipif(
    Version(importlib.metadata.version("setuptools")) < Version("77.0.3"),
    reason="building needs this setuptools, and nothing is fetched here",
)
def test_the_wheel_holds_the_course_and_asks_for_little(tmp_path):
    made = wheel.build(tmp_path, "--no-build-isolation", "--no-index")
    with zipfile.ZipFile(made) as archive:
        inside = set(archive.namelist())
        (metadata,) = [archive.read(n).decode() for n in inside if n.endswith("/METADATA")]
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "course_utils").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in inside if ".dist-info/" not in name}
    assert held == wanted
    assert {f"course_utils/{n}" for n in ("head/data/mit_kemar.npz", "words/data/words.npz")} < held
    needs = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    always = {line.split()[1].split(">")[0] for line in needs if "extra ==" not in line}
    assert always == {"torch", "numpy", "tqdm", "scipy", "joblib"}
    assert made.stat().st_size < 2_000_000
