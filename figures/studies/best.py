"""Study 9: how near does the best setting come to the bound?

Classes reach beyond ±90°, every hidden neuron is excited on balance at first, and after `fit` the
network is *polished*: trained a while longer on the squared error of the softmax mean itself.
Settings were chosen on seed 10. Each run is one thread; `seconds` is its processor time of
training.

    python -m figures.studies.best [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch

from course_utils.deeper import DeepLocaliser
from course_utils.delay_optimizer import DelayOptimizer
from course_utils.network import Localiser
from course_utils.stimuli import Stimulus
from course_utils.training import fit
from figures.lesson_5 import WiderClasses
from figures.studies import study

# One wide layer for many fibres; for few, two layers (lesson 8), which share a range of 50 ms.
HUNDRED = dict(fibres=100, hidden="400", classes=60, beyond=6, tau_ms=2.5, epochs=18)
TEN = dict(fibres=10, hidden="120 + 60", classes=36, beyond=4, tau_ms=5.0, epochs=24)
POLISH = dict(updates=768, batch_size=64, lr=0.003, delay_lr=0.02)

SETTINGS = {f"{s['fibres']} per ear": s for s in (TEN, HUNDRED)}


def network_of(setting, generator):
    """The network of one setting, before it has learned anything."""
    stimulus = Stimulus(duration_ms=study.WINDOW_MS + 50, fibres_per_ear=setting["fibres"])
    classes = WiderClasses(setting["classes"] + 2 * setting["beyond"], setting["beyond"])
    hidden = [int(width) for width in setting["hidden"].split(" + ")]
    how = dict(tau_ms=setting["tau_ms"], generator=generator)
    if len(hidden) > 1:
        return DeepLocaliser(stimulus, classes, hidden, (25, 25), **how)
    network = Localiser(stimulus, classes, *hidden, 50, **how)
    weight = network.w_hidden.data
    weight *= torch.where(weight.sum(0) < 0, -1.0, 1.0)  # else half of the neurons begin in silence
    return network


def polish(network, generator, updates, batch_size, lr, delay_lr):
    """Train on the squared error of the softmax mean, with rates that fall to zero."""
    layers = network.delay_layers()
    delays = {id(layer.delays) for layer in layers}
    weights = [p for p in network.parameters() if id(p) not in delays]
    optimisers = [torch.optim.Adam(weights, lr)]
    for layer in layers:
        optimisers.append(
            DelayOptimizer([layer.delays], layer.max_delay, delay_lr, remove_common_mode=True)
        )
    falling = [torch.optim.lr_scheduler.CosineAnnealingLR(o, updates) for o in optimisers]
    for _ in range(updates):
        angle, spikes = network.task.sample(batch_size, generator)
        error = network.decode(network(spikes)) - angle
        network.zero_grad()
        error.square().mean().backward()
        for mover in (*optimisers, *falling):
            mover.step()


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    network = network_of(setting, generator)
    begin = time.process_time()
    fit(network, generator, setting["epochs"], soft_labels=1.0, progress=False)
    seconds = time.process_time() - begin
    before = float(study.errors(network, seed)["error_deg"])
    begin = time.process_time()
    polish(network, generator, **POLISH)
    seconds += time.process_time() - begin
    row = {name: setting[name] for name in ("fibres", "hidden", "classes")}
    row |= study.errors(network, seed)
    bound = study.bound(network)
    return row | {
        "bound_deg": f"{bound:.3f}",
        "ratio_to_bound": f"{float(row['error_deg']) / bound:.3f}",
        "ratio_before_polish": f"{before / bound:.3f}",
        "seconds": f"{seconds:.0f}",
    }


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), SETTINGS, run)
