"""Build the package into build/wheel/, and try it in an empty environment (this is `make wheel`).

    python -m tools.wheel

The model has to install by itself: every room but those of the pages imports, a network trains, a
graph goes to NIR and back, and nothing of Jupyter, no widget and no matplotlib has come along.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools import api_pages, pages

FOLDER = pages.ROOT / "build" / "wheel"
MADE_OF = ("pyproject.toml", "README.md", "LICENSE")
FOR_PAGES = ("plots", "drawings", "explore")
ABSENT = ("IPython", "ipywidgets", "matplotlib", "PIL", "jupyter_core", "ipykernel", "notebook")
TRIAL = f"""
import importlib.util, sys
from importlib import import_module, metadata

def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


there = [name for name in {ABSENT!r} if is_there(name)]
assert not there, f"these came along: {{', '.join(there)}}"
for room in sys.argv[1:]:
    import_module(room)

import torch
from course_utils import delays, exchange
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import fit

generator = torch.Generator().manual_seed(0)
network = Localiser(Stimulus(fibres_per_ear=2), Classes(), 4, generator=generator)
before = [parameter.detach().clone() for parameter in network.parameters()]
fit(network, generator, 1, steps_per_epoch=1, batch_size=2, validation_samples=2, progress=False)
moved = [not torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True)]
assert all(moved), moved

layer = delays.DelayLayer(3, 5, init=torch.tensor([0.0, 2.0, 5.0]), padding="causal")
chain = torch.nn.Sequential(layer, torch.nn.Linear(3, 2, bias=False), exchange.Lif(5.0))
spikes = (torch.rand(2, 20, 3, generator=generator) < 0.3).float()
try:
    again = exchange.from_nir(exchange.to_nir(chain), max_delay=5)
except ImportError as why:
    assert "pip install nir" in str(why), why
    print("to NIR: not without its package, as it says")
else:
    assert torch.equal(again(spikes), chain(spikes)), "NIR and back changed what the network does"
    print("to NIR and back: the same spikes")
print(len(sys.argv) - 1, "rooms, torch", torch.__version__, "and", *(
    f"{{p.metadata['Name']}} {{p.version}}" for p in metadata.distributions()
    if p.metadata["Name"] in ("numpy", "scipy", "joblib", "tqdm")
))
"""


def build(folder: Path, *how: str) -> Path:
    """Build the wheel into a folder, from a copy: what an earlier build left is not in it.

    `how` are further words for `pip wheel`.
    """
    with tempfile.TemporaryDirectory() as source:
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(pages.ROOT / "course_utils", Path(source) / "course_utils", ignore=skip)
        for name in MADE_OF:
            shutil.copy(pages.ROOT / name, source)
        words = ["-m", "pip", "wheel", "-q", "--no-deps", *how, "-w", str(folder), source]
        subprocess.run([sys.executable, *words], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def rooms() -> list[str]:
    """Return what is to import without the pages: model, head, words, tables and checks."""
    return [name for name in api_pages.modules() if name.split(".")[1] not in FOR_PAGES]


def tried(wheel: Path) -> str:
    """Install the wheel in an empty environment, use it there, and return what that said."""
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        python = str(Path(home) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        install = [python, "tools/install.py", "--pins", "constraints.txt"]
        said = ""
        for what in (str(wheel), "nir"):
            subprocess.run([*install, what], cwd=pages.ROOT, check=True)
            # isolated, and elsewhere: the wheel's course, not this folder's
            words = [python, "-I", "-c", TRIAL, *rooms()]
            said += subprocess.run(
                words, cwd=home, check=True, text=True, stdout=subprocess.PIPE
            ).stdout
    return said


def main() -> None:
    start = time.perf_counter()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    wheel = build(FOLDER)
    print(tried(wheel), end="")
    size = wheel.stat().st_size / 1e6
    seconds = time.perf_counter() - start
    print(f"{wheel.relative_to(pages.ROOT)}, {size:.2f} MB, is good; {seconds:.0f} seconds")


if __name__ == "__main__":
    main()
