"""The measured head: what the network of lesson 9 needs, and what it can do elsewhere.

Each network is trained on noise and tones in quiet, with the budget of the lesson's live run, and
tested on fresh sounds that it never heard: noise, tones, and the held-out spoken word; noise at
several signal-to-noise ratios; noise on a head without time or without level differences. The same
test sounds go to two correlators, which do not learn. Delays are those of every channel, in steps.
`seconds` is processor time of training on one thread. Correlators leave columns empty. Learned and
frozen with time only have fifteen seeds: what the first five suggested is tested on the other ten.

    python -m figures.studies.real_head [seed ...] [--jobs N]
"""

import math
import time
from dataclasses import replace
from pathlib import Path

import torch

from course_utils.head import binaural, heads
from course_utils.head.cochlea import Nerve
from course_utils.head.listening import Listener
from course_utils.network import Localiser
from course_utils.stimuli import Classes
from course_utils.training import evaluate, fit
from figures.studies import study

HEAD = heads.load()
HEADS = {
    "whole": HEAD,
    "time only": heads.without_level_difference(HEAD),
    "level only": heads.without_time_difference(HEAD),
}
TEST_SOUNDS = 1024

LESSON = dict(head="whole", kinds=("noise", "tones"), ears=2, init="uniform", learn=True, epochs=6)
PAIRED = ("time only, learned", "time only, frozen random")
MORE_SEEDS = range(15)
SETTINGS = {
    "learned": {},
    "frozen random": dict(learn=False),
    "no delays": dict(learn=False, init=0),
    "time only, learned": dict(head="time only"),
    "time only, frozen random": dict(head="time only", learn=False),
    "one ear": dict(ears=1),
    "time only, no delays": dict(head="time only", learn=False, init=0),
    "level only, learned": dict(head="level only"),
    "spike correlator": dict(correlator="spikes"),
    "wave correlator": dict(correlator="waves"),
}


def tests(listener):
    """Who hears what, for each column of errors."""
    noise = replace(listener, kinds=("noise",))
    return {
        "noise_deg": noise,
        "tones_deg": replace(listener, kinds=("tones",)),
        "word_deg": replace(listener, kinds=("word",)),
        "snr_20_deg": replace(noise, snr_db=20),
        "snr_10_deg": replace(noise, snr_db=10),
        "snr_0_deg": replace(noise, snr_db=0),
        "time_only_deg": replace(noise, head=HEADS["time only"]),
        "level_only_deg": replace(noise, head=HEADS["level only"]),
    }


def train(seed, s):
    """The lesson's network after training, its history, and its processor seconds."""
    listener = Listener(HEADS[s["head"]], Nerve(), s["kinds"], left_ear=s["ears"] == 2)
    generator = torch.Generator().manual_seed(seed)
    how = dict(init=s["init"], learn_delays=s["learn"], generator=generator)
    network = Localiser(listener, Classes(18), 30, 10, tau_ms=0.3, **how)
    begin = time.process_time()
    history = fit(
        network, generator, s["epochs"], soft_labels=0.5, delay_lr=0.1, remove_common_mode=False,
        validation_samples=512, progress=False,
    )  # fmt: skip
    return network, listener, history, time.process_time() - begin


def run(seed, setting):
    """Train, if there is something to train, and test; returns the columns of a row."""
    torch.set_num_threads(1)
    s = LESSON | setting
    if "correlator" in s:
        return correlate(seed, s["correlator"])
    network, listener, history, seconds = train(seed, s)
    reports = {
        name: evaluate(network, *heard.sample(TEST_SOUNDS, generator(seed)))
        for name, heard in tests(listener).items()
    }
    row = {name: f"{report.error_deg:.3f}" for name, report in reports.items()}
    rounded = evaluate(
        network.rounded(), *tests(listener)["noise_deg"].sample(TEST_SOUNDS, generator(seed))
    )
    row["argmax_deg"] = f"{reports['noise_deg'].argmax_error_deg:.3f}"
    row["rounded_deg"] = f"{rounded.error_deg:.3f}"
    row["first_delays"] = " ".join(f"{d:.2f}" for d in history.delays[0])
    row["last_delays"] = " ".join(f"{d:.2f}" for d in network.delay.delays.tolist())
    return row | {"seconds": f"{seconds:.1f}"}


def correlate(seed, what):
    """The columns of a row for a correlator on the same sounds."""
    row = {}
    for name, heard in tests(Listener(HEAD, Nerve())).items():
        if what == "spikes":
            truth, spikes = heard.sample(TEST_SOUNDS, generator(seed))
            found = binaural.SpikeCorrelator(HEAD, heard.nerve).estimate(spikes)
        else:
            azimuth_deg, ears = heard.ears(TEST_SOUNDS, generator(seed))
            truth = torch.deg2rad(azimuth_deg).float()
            found = binaural.WaveCorrelator(HEAD).estimate(ears)
        row[name] = f"{math.degrees((found - truth).abs().mean()):.3f}"
    return row | dict.fromkeys(
        ("argmax_deg", "rounded_deg", "first_delays", "last_delays", "seconds"), ""
    )


def generator(seed):
    """Test sounds have a generator of their own: training can't touch them."""
    return torch.Generator().manual_seed(1000 + seed)


if __name__ == "__main__":
    table = Path(__file__).with_suffix(".csv")
    study.main(table, {name: SETTINGS[name] for name in PAIRED}, run, MORE_SEEDS)
    study.main(table, SETTINGS, run)
