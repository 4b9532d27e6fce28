"""The model installs and imports by itself: no Jupyter, no widgets, no matplotlib."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile

import pytest
from packaging.version import Version
from test_house import PUBLIC, wing_of

from tools.pages import ROOT

ALONE = [
    n for n in PUBLIC if wing_of(n) in ("face", "model", "arguments", "head", "words", "tables")
]
FOR_PAGES = ("IPython", "ipywidgets", "matplotlib", "PIL", "jupyter", "ipykernel", "notebook")
BLOCKED = f"""
import sys

class Blocker:
    def find_spec(name, path=None, target=None):
        if name.split(".")[0].startswith({FOR_PAGES!r}):
            raise ModuleNotFoundError(f"{{name}} is blocked", name=name)

sys.meta_path.insert(0, Blocker)
for module in sys.argv[1:]:
    __import__(module)

import torch
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import fit

generator = torch.Generator().manual_seed(0)
network = Localiser(Stimulus(fibres_per_ear=2), Classes(), 4, generator=generator)
fit(network, generator, 1, steps_per_epoch=1, batch_size=2, validation_samples=2, progress=False)
"""


def run_blocked(*modules):
    command = [sys.executable, "-c", BLOCKED, *modules]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


def test_the_model_imports_and_trains_without_what_the_pages_need():
    done = run_blocked(*ALONE)
    assert done.returncode == 0, done.stderr


def test_the_block_blocks():
    done = run_blocked("course_utils.plots")
    assert done.returncode == 1 and "matplotlib is blocked" in done.stderr


@pytest.mark.skipif(
    Version(importlib.metadata.version("setuptools")) < Version("77.0.3"),
    reason="building needs this setuptools, and nothing is fetched here",
)
def test_the_wheel_holds_the_course_and_asks_for_little(tmp_path):
    source = tmp_path / "source"
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_utils", source / "course_utils", ignore=skip)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps"]
    command += ["--no-index", "-q", "-w", str(tmp_path), str(source)]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
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
    assert wheel.stat().st_size < 2_000_000
