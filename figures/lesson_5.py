"""Train the network of lesson 5 and its controls with several seeds, and a larger network.

Each run has the budget of the lesson's live run, and the larger networks twice as many epochs; test
sounds are fresh, with a phase each. `seconds` is the processor time of training on one thread. Rows
are appended to `lesson_5.csv`; what is there already is not run again.

    python -m figures.lesson_5 [seed ...]
"""

import dataclasses
import math
import sys
import time
from pathlib import Path

import torch

from course_utils import tables
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

TABLE = Path(__file__).with_name("lesson_5.csv")
STIMULUS, TEST_SOUNDS = Stimulus(), 4096

SMALL = dict(classes=12, hidden=30, epochs=20, soft_labels=0.5)
LARGE = dict(classes=36, hidden=100, epochs=40, soft_labels=1.0)

# First delays without chance, in steps of 1 ms; both ears have the same.
EVEN = torch.linspace(0, 50, STIMULUS.fibres_per_ear).repeat(2)
BANK = torch.linspace(0, 12.5, STIMULUS.fibres_per_ear).repeat(2)  # the prototype's phase_delays

SETTINGS = {
    "learned": SMALL,
    "frozen random delays": SMALL | dict(learn_delays=False),
    "no delays": SMALL | dict(learn_delays=False, init=0),
    "one ear": SMALL | dict(left_ear=False),
    "whole steps, nearest": SMALL | dict(whole_delays="nearest"),
    "whole steps, stochastic": SMALL | dict(whole_delays="stochastic"),
    "frozen bank": SMALL | dict(learn_delays=False, init=BANK),
    "learned from the bank": SMALL | dict(init=BANK),
    "frozen even delays": SMALL | dict(learn_delays=False, init=EVEN),
    "learned from even": SMALL | dict(init=EVEN),
    "learned from zero": SMALL | dict(init=0),
    "classes beyond the ends": SMALL | dict(beyond=1),
    "hard labels": SMALL | dict(soft_labels=0.0),
    "larger, learned": LARGE,
    "larger, frozen random delays": LARGE | dict(learn_delays=False),
}


@dataclasses.dataclass(frozen=True)
class WiderClasses(Classes):
    """`Classes` of which some lie outside ±90°, where there is no sound: `beyond` on each side."""

    beyond: int = 1

    @property
    def width(self):
        """Width of a class, in radians: `n` counts those outside, too."""
        return math.pi / (self.n - 2 * self.beyond)

    def index(self, ipd):
        """Class of each IPD (radians)."""
        return Classes(self.n - 2 * self.beyond).index(ipd) + self.beyond

    def midpoint(self, k):
        """Middle of class `k`, in radians."""
        return (torch.as_tensor(k) + 0.5 - self.n / 2) * self.width


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    usual = dict(learn_delays=True, init="uniform", left_ear=True, whole_delays=None, beyond=0)
    setting = usual | setting
    classes = Classes(setting["classes"])
    if setting["beyond"]:
        classes = WiderClasses(classes.n + 2 * setting["beyond"], setting["beyond"])
    generator = torch.Generator().manual_seed(seed)
    network = Localiser(
        STIMULUS,
        classes,
        setting["hidden"],
        init=setting["init"],
        learn_delays=setting["learn_delays"],
        generator=generator,
    )
    if not setting["left_ear"]:
        mute_left_ear(network)
    begin = time.process_time()
    how = {name: setting[name] for name in ("epochs", "soft_labels", "whole_delays")}
    fit(network, generator, progress=False, **how)
    seconds = time.process_time() - begin
    test = sample(TEST_SOUNDS, STIMULUS, torch.Generator().manual_seed(1000 + seed))
    report, rounded = evaluate(network, *test), evaluate(network.rounded(), *test)
    return {
        "accuracy": f"{report.accuracy:.4f}",
        "argmax_error_deg": f"{report.argmax_error_deg:.3f}",
        "error_deg": f"{report.error_deg:.3f}",
        "rounded_error_deg": f"{rounded.error_deg:.3f}",
        "seconds": f"{seconds:.0f}",
    }


def mute_left_ear(network):
    """From now on `network` hears no spike of the left ear, in training and in tests."""
    half = STIMULUS.fibres_per_ear

    def silence(module, inputs):
        spikes = inputs[0].clone()
        spikes[:, :, :half] = False
        return (spikes, *inputs[1:])

    network.register_forward_pre_hook(silence)


if __name__ == "__main__":
    torch.set_num_threads(1)
    tables.fill(TABLE, SETTINGS, [int(seed) for seed in sys.argv[1:]] or range(5), run)
