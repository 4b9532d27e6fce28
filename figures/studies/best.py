"""Study 9: how near does the best setting come to the bound?

Each run is one thread; `seconds` is its processor time of training.

    python -m figures.studies.best [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch

from course_utils.deeper import DeepLocaliser
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import fit
from figures.studies import study

# One wide layer for many fibres; for few, two layers (lesson 8), which share a range of 50 ms.
HUNDRED = dict(fibres=100, hidden="200", classes=60, tau_ms=2.5, epochs=28)
TEN = dict(fibres=10, hidden="120 + 60", classes=36, tau_ms=5.0, epochs=24)

SETTINGS = {f"{s['fibres']} per ear": s for s in (TEN, HUNDRED)}


def network_of(setting, generator):
    """The network of one setting, before it has learned anything."""
    stimulus = Stimulus(duration_ms=study.WINDOW_MS + 50, fibres_per_ear=setting["fibres"])
    hidden = [int(width) for width in setting["hidden"].split(" + ")]
    how = dict(tau_ms=setting["tau_ms"], generator=generator)
    if len(hidden) == 1:
        return Localiser(stimulus, Classes(setting["classes"]), *hidden, 50, **how)
    return DeepLocaliser(stimulus, Classes(setting["classes"]), hidden, (25, 25), **how)


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    network = network_of(setting, generator)
    begin = time.process_time()
    fit(network, generator, setting["epochs"], soft_labels=1.0, progress=False)
    seconds = time.process_time() - begin
    row = {name: setting[name] for name in ("fibres", "hidden", "classes")}
    row |= study.errors(network, seed)
    ratio = float(row["error_deg"]) / study.bound(network)
    return row | {
        "bound_deg": f"{study.bound(network):.3f}",
        "ratio_to_bound": f"{ratio:.3f}",
        "seconds": f"{seconds:.0f}",
    }


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), SETTINGS, run)
