"""Study 5: delays only. Does a network without weights learn the delays that one would set by hand?

`correlation` and `slope` compare what the right ear waits longer (mean over the fibres of a
direction) with Jeffress's line; `hand-set` starts on that line and learns its gain alone.

    python -m figures.studies.coincidence [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch
from scipy import stats

from course_utils import observer
from course_utils.coincidence import SYNAPSES, CoincidenceNetwork, jeffress_delays
from course_utils.delay_optimizer import Anneal
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import fit
from figures.studies import study

MAX_DELAY, EPOCHS, STEPS = 30, 12, 64  # 30 steps: the right ear waits up to 15 ms more or less
CLASSES = Classes(12)

# way: (first delays of the right ear, estimator, tau to start from, do the delays learn)
WAYS = {
    "hand-set": ("line", "linear", None, False),
    "frozen random": ("uniform", "linear", None, False),
    "learned from the middle": (MAX_DELAY / 2, "linear", None, True),
    "learned from random": ("uniform", "linear", None, True),
    "learned from random, tau from 40 ms": ("uniform", "linear", 40.0, True),
    "learned from random, gaussian": ("uniform", "gaussian", None, True),
}


def settings():
    """Every setting once."""
    return {
        f"{fibres} per ear, {synapse}, tau {tau} ms: {way}": dict(
            fibres=fibres, synapse=synapse, tau_ms=tau, way=way
        )
        for fibres in (1, 10)
        for synapse in SYNAPSES
        for tau in ((2, 5, 20) if fibres == 1 else (5,))
        for way in (WAYS if tau == 5 else ["hand-set", "learned from the middle"])
    }


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    init, estimator, first_tau, learn = WAYS[setting["way"]]
    stimulus = Stimulus(duration_ms=study.WINDOW_MS + MAX_DELAY, fibres_per_ear=setting["fibres"])
    line = jeffress_delays(stimulus, CLASSES, MAX_DELAY)
    generator = torch.Generator().manual_seed(seed)
    network = CoincidenceNetwork(
        stimulus,
        CLASSES,
        MAX_DELAY,
        tau_ms=setting["tau_ms"],
        synapse=setting["synapse"],
        estimator=estimator,
        init=line if init == "line" else init,
        learn_delays=learn,
        generator=generator,
    )
    anneal = []
    if first_tau is not None:
        updates = EPOCHS * STEPS // 2
        anneal = [Anneal(network, "tau_ms", first_tau, float(setting["tau_ms"]), updates)]
    begin = time.process_time()
    # Only delays learn here, and some have far to go.
    rates = dict(lr=0.05, delay_lr=0.5, remove_common_mode=False)
    fit(network, generator, EPOCHS, **rates, soft_labels=0.5, schedules=anneal, progress=False)
    seconds = time.process_time() - begin
    wanted = (line - MAX_DELAY / 2).mean(0) * stimulus.dt_ms
    fit_line = stats.linregress(wanted, network.internal_delay_ms().mean(0))
    return (
        setting
        | study.errors(network, seed)
        | {
            "correlation": f"{fit_line.rvalue:.4f}",
            "slope": f"{fit_line.slope:.4f}",
            "bound_deg": f"{observer.cramer_rao(stimulus, study.WINDOW_MS):.3f}",
            "seconds": f"{seconds:.1f}",
        }
    )


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
