"""What the studies share: train one network, test it on fresh sounds, return one row.

Every study is a script of its own beside this file. `python -m figures.studies.NAME` fills
`NAME.csv`, a row for each setting and seed; what is there already is not run again. Seeds and the
number of runs at once can be given: `python -m figures.studies.NAME 0 1 2 --jobs 2`. With
`--cluster` they run elsewhere (`cluster.py`).
"""

import argparse
import math
import sys
import time
from pathlib import Path

import torch

from course_utils import observer, tables
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import evaluate, fit
from figures.studies import cluster

WINDOW_MS = 100  # what Method B leaves of every stimulus, whatever the longest delay
TEST_SOUNDS = 4096
SEEDS = range(5)
GOLDEN = (math.sqrt(5) - 1) / 2

DEFAULTS = dict(
    fibres=100, hidden=30, kind="axonal", delays="learned", max_delay=50, tau_ms=5.0, classes=36,
    soft_labels=1.0, epochs=12, batch_size=64, lr=0.02, delay_lr=0.5, estimator="linear",
    init="uniform", common_mode="free", envelope_power=2, rate_max_hz=600,
    surrogate="sigmoid", slope=None,
)  # fmt: skip

# delays: (first delays, do the delays learn, do the hidden weights learn)
DELAYS = {
    "none": (0, False, True),
    "fixed": (None, False, True),  # as `init` says
    "frozen random": ("uniform", False, True),
    "frozen even": ("even", False, True),
    "frozen bank": ("bank", False, True),
    "learned": (None, True, True),
    "learned, gently": (None, True, True),
    "learned from even": ("even", True, True),
    "learned from even, gently": ("even", True, True),
    "learned from bank": ("bank", True, True),
    "learned, one ear": (None, True, True),
    "delays only": (None, True, False),
    "readout only": ("uniform", False, False),
}


def even(fibres, hidden, kind, max_delay):
    """First delays without chance: steps of the golden ratio fill the range evenly."""
    shape = (2 * fibres,) if kind == "axonal" else (2 * fibres, hidden)
    count = torch.arange(math.prod(shape), dtype=torch.float64)
    return (count * GOLDEN % 1 * max_delay).float().view(shape)


def bank(fibres):
    """First delays as in the prototype's fixed bank: 0 to a quarter of a cycle, in both ears."""
    quarter_ms = 1000 / Stimulus().frequency_hz / 4
    return torch.linspace(0, quarter_ms, fibres).repeat(2)


def network_of(s, generator):
    """The network of one setting, before it has learned anything."""
    init, learn_delays, learn_weights = DELAYS[s["delays"]]
    init = s["init"] if init is None else init
    if isinstance(init, str) and init == "even":
        init = even(s["fibres"], s["hidden"], s["kind"], s["max_delay"])
    elif isinstance(init, str) and init == "bank":
        init = bank(s["fibres"])
    heard = RightEar if "one ear" in s["delays"] else Stimulus
    stimulus = heard(
        duration_ms=WINDOW_MS + s["max_delay"],
        fibres_per_ear=s["fibres"],
        rate_max_hz=s["rate_max_hz"],
        envelope_power=s["envelope_power"],
    )
    network = Localiser(
        stimulus,
        Classes(s["classes"]),
        s["hidden"],
        s["max_delay"],
        tau_ms=s["tau_ms"],
        estimator=s["estimator"],
        init=init,
        kind=s["kind"],
        surrogate=s["surrogate"],
        slope=s["slope"],
        learn_delays=learn_delays,
        generator=generator,
    )
    network.w_hidden.requires_grad_(learn_weights)
    return network


class RightEar(Stimulus):
    """A tone whose left nerve is silent."""

    def sample(self, *arguments, **settings):
        """Draw it for both ears, and take one away."""
        ipd, spikes = super().sample(*arguments, **settings)
        spikes[:, :, : self.fibres_per_ear] = False
        return ipd, spikes


def train(seed, setting):
    """Network, history and processor seconds of one run."""
    torch.set_num_threads(1)
    s = DEFAULTS | setting
    generator = torch.Generator().manual_seed(seed)
    network = network_of(s, generator)
    begin = time.process_time()
    history = fit(
        network,
        generator,
        s["epochs"],
        batch_size=s["batch_size"],
        lr=s["lr"],
        delay_lr=s["delay_lr"],
        soft_labels=s["soft_labels"],
        remove_common_mode=s["common_mode"] == "removed",
        progress=False,
    )
    return network, history, time.process_time() - begin


def test(network, seed):
    """Reports on fresh sounds: as it is, and with its delays rounded."""
    sounds = network.task.sample(TEST_SOUNDS, torch.Generator().manual_seed(1000 + seed))
    return evaluate(network, *sounds), evaluate(network.rounded(), *sounds), sounds


def shuffled(network, seed):
    """A copy whose delays have changed places, among the fibres of each ear."""
    twin = network.rounded()
    generator = torch.Generator().manual_seed(2000 + seed)
    ears = network.delay.delays.detach().unflatten(0, (2, -1))
    for ear in range(2):
        mixed = ears[ear].flatten()[torch.randperm(ears[ear].numel(), generator=generator)]
        twin.delay.delays.data.unflatten(0, (2, -1))[ear] = mixed.view_as(ears[ear])
    return twin


def errors(network, seed):
    """The columns that every table has."""
    report, rounded, _ = test(network, seed)
    return {
        "accuracy": f"{report.accuracy:.4f}",
        "argmax_error_deg": f"{report.argmax_error_deg:.3f}",
        "error_deg": f"{report.error_deg:.3f}",
        "rounded_error_deg": f"{rounded.error_deg:.3f}",
    }


def share_at_bound(network):
    """Share of the delays that lie at an end of their range."""
    delays = network.delay.delays.detach()
    return float(((delays <= 0) | (delays >= network.delay.max_delay)).float().mean())


def bound(network):
    """Cramér–Rao bound of the window that the network hears, in degrees."""
    return observer.cramer_rao(network.task, WINDOW_MS)


def main(table, settings, run, seeds=SEEDS):
    """Fill `table` from the command line."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    usual = f"{seeds[0]} to {seeds[-1]} if none is named"
    parser.add_argument("seeds", nargs="*", type=int, help=usual)
    parser.add_argument("--jobs", type=int, default=1, help="runs at once")
    parser.add_argument("--cluster", help=cluster.HELP)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with cluster.at(arguments.cluster, arguments.jobs) as where:
        tables.fill(Path(table), settings, arguments.seeds or seeds, run, **where)
