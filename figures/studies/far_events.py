"""Study 8: two clicks that lie further apart than a delay can reach.

`says_05` to `says_65` are the mean answers (ms) to gaps of 5 to 65 ms: where they stop rising, the
network hears no difference any more. `error_ms` is over all gaps; always 35 ms would give 15.
Without delays hardly any neuron fires at first, and nothing is learned; *stronger weights* are
drawn four times as large, so that both layers fire. Learned and frozen delays have ten seeds.

    python -m figures.studies.far_events [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch

from course_utils.clicks import ClickPair
from course_utils.deeper import DeepLocaliser, RecurrentLocaliser
from course_utils.stimuli import Classes
from course_utils.training import evaluate, fit
from figures.studies import study

TASK, CLASSES = ClickPair(), Classes(12)
GAPS = range(5, 66, 5)

# network: (longest delays of the two layers, time constant in ms); None: recurrent
NETWORKS = {
    "no delays": ((0, 0), 5.0),
    "no delays, stronger weights": ((0, 0), 5.0),
    "no delays, tau 20 ms": ((0, 0), 20.0),
    "delays of 15 in front": ((15, 0), 5.0),
    "delays of 15 in front, tau 2 ms": ((15, 0), 2.0),
    "delays of 15 in both": ((15, 15), 5.0),
    "delays of 30 in front": ((30, 0), 5.0),
    "delays of 15 in both, frozen": ((15, 15), 5.0),
    "delays of 30 in front, frozen": ((30, 0), 5.0),
    "recurrent": (None, 5.0),
    "recurrent, tau 20 ms": (None, 20.0),
}
STRONGER = 4
PAIRED = ("delays of 15 in both", "delays of 30 in front")  # learned and frozen, seed by seed
MORE_SEEDS = range(10)


def settings():
    """Every setting once."""
    return {name: dict(name=name, tau_ms=tau) for name, (_, tau) in NETWORKS.items()}


def network_of(name, generator):
    """Two layers of 30 neurons, or a recurrent network with about as many parameters."""
    longest, tau_ms = NETWORKS[name]
    if longest is None:
        return RecurrentLocaliser(TASK, CLASSES, 30, tau_ms=tau_ms, generator=generator)
    how = dict(padding="causal", tau_ms=tau_ms, learn_delays=not name.endswith("frozen"))
    network = DeepLocaliser(TASK, CLASSES, (30, 30), longest, **how, generator=generator)
    if name.endswith("stronger weights"):
        for weight in network.weights:
            weight.data *= STRONGER
    return network


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    name = setting["name"]
    generator = torch.Generator().manual_seed(seed)
    network = network_of(name, generator)
    begin = time.process_time()
    how = dict(delay_lr=0.5, remove_common_mode=False)  # before `fit` did otherwise by itself
    fit(network, generator, 8, soft_labels=1.0, progress=False, **how)
    seconds = time.process_time() - begin
    fresh = torch.Generator().manual_seed(1000 + seed)
    report = evaluate(network, *TASK.sample(study.TEST_SOUNDS, fresh))
    missed_ms = (TASK.gap_ms(report.softmax_mean) - TASK.gap_ms(report.angle)).abs()
    row = {
        "tau_ms": setting["tau_ms"],
        "parameters": sum(p.numel() for p in network.parameters() if p.requires_grad),
        "error_ms": f"{float(missed_ms.mean()):.3f}",
    }
    for gap in GAPS:
        angle, spikes = TASK.sample(256, fresh, gap_ms=float(gap))
        said = TASK.gap_ms(evaluate(network, angle, spikes).softmax_mean)
        row[f"says_{gap:02d}"] = f"{float(said.mean()):.2f}"
    return row | {"seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    table, all_of_them = Path(__file__).with_suffix(".csv"), settings()
    pairs = {name: all_of_them[name] for name in all_of_them if name.startswith(PAIRED)}
    study.main(table, pairs, run, MORE_SEEDS)
    study.main(table, all_of_them, run)
