"""Study 7: one layer, two layers, delays in both, or recurrence in their place.

Two and ten fibres per ear, a window of 100 ms in front of the readout for Method B, equal numbers
of learnable parameters for all but the first, the same 512 updates. *Freely*: five times the usual
rate for the delays, and what moves all delays of a layer together is not removed (lesson 7).
`seconds` is processor time of training on one thread.

    python -m figures.studies.deeper [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch

from course_utils.deeper import DeepLocaliser, RecurrentLocaliser
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import fit
from figures.studies import study

CLASSES, ROOM = Classes(36), 50  # ROOM: ms that all delays of a network may take together
DEEP = (30, 30)

# network: (constructor, what it needs besides)
NETWORKS = {
    "one layer, no delays": ("one", dict(max_delay=0)),
    "one layer, delays": ("one", dict(max_delay=50)),
    "two layers, no delays": ("two", dict(max_delays=(0, 0))),
    "two layers, delays in front": ("two", dict(max_delays=(50, 0))),
    "two layers, delays in both": ("two", dict(max_delays=(25, 25))),
    "two layers, delays in both, freely": ("two", dict(max_delays=(25, 25))),
    "two layers, frozen delays in both": ("two", dict(max_delays=(25, 25), learn_delays=False)),
    "two layers, delays in both, causal": ("two", dict(max_delays=(25, 25), padding="causal")),
    "recurrent": ("recurrent", dict()),
    "recurrent, sigmoid": ("recurrent", dict(surrogate="sigmoid", slope=5)),
}
BOTH = [
    "one layer, delays",
    "two layers, no delays",
    "two layers, delays in both",
    "two layers, delays in both, freely",
    "two layers, frozen delays in both",
    "recurrent",
]
"""What is also measured with ten fibres per ear."""

FREELY = dict(delay_lr=0.5, remove_common_mode=False)


def settings():
    """Every setting once."""
    return {
        f"{fibres} per ear, {name}": dict(fibres=fibres, network=name)
        for fibres in (2, 10)
        for name in NETWORKS
        if fibres == 2 or name in BOTH
    }


def parameters(network):
    """Numbers that learn."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def network_of(setting, stimulus, generator):
    """The network of one setting; hidden layers fit the parameters of two layers with delays."""
    kind, how = NETWORKS[setting["network"]]
    channels, wanted = stimulus.channels, 0
    if kind == "two":
        return DeepLocaliser(stimulus, CLASSES, DEEP, generator=generator, **how)
    wanted = parameters(DeepLocaliser(stimulus, CLASSES, DEEP, generator=torch.Generator()))
    if kind == "one":
        hidden = round((wanted - channels) / (channels + CLASSES.n))
        return Localiser(stimulus, CLASSES, generator=generator, hidden=hidden, **how)
    half = (channels + CLASSES.n) / 2
    hidden = round((half**2 + wanted) ** 0.5 - half)
    return RecurrentLocaliser(stimulus, CLASSES, hidden, skip_ms=ROOM, generator=generator, **how)


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    taken = sum(NETWORKS[setting["network"]][1].get("max_delays", (50,)))
    stimulus = Stimulus(duration_ms=study.WINDOW_MS + ROOM, fibres_per_ear=setting["fibres"])
    if taken == 0:
        stimulus = Stimulus(duration_ms=study.WINDOW_MS, fibres_per_ear=setting["fibres"])
    generator = torch.Generator().manual_seed(seed)
    network = network_of(setting, stimulus, generator)
    begin = time.process_time()
    how = FREELY if setting["network"].endswith("freely") else {}
    fit(network, generator, 8, soft_labels=1.0, progress=False, **how)
    seconds = time.process_time() - begin
    return setting | dict(parameters=parameters(network)) | study.errors(network, seed) | {
        "bound_deg": f"{study.bound(network):.3f}",
        "seconds": f"{seconds:.1f}",
    }  # fmt: skip


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
