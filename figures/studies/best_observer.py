"""The best observer: how small can a mean error be, when few fibres make the bound none?

On the sounds that the studies test their networks with. `error_deg` is the error of the posterior
median, which no other answer can beat on average; beside it stand two that others might give.

    python -m figures.studies.best_observer [seed ...] [--jobs N]
"""

import math
from pathlib import Path

import torch

from course_utils import observer
from course_utils.stimuli import Stimulus, sample
from figures.studies import study

FIBRES = (1, 2, 4, 10, 100)


def settings():
    """Every number of fibres once."""
    return {f"{fibres} per ear": dict(fibres=fibres) for fibres in FIBRES}


def run(seed, setting):
    """Listen to the first 100 ms of the test sounds of one seed; returns the columns of a row."""
    stimulus = Stimulus(duration_ms=study.WINDOW_MS + 50, fibres_per_ear=setting["fibres"])
    generator = torch.Generator().manual_seed(1000 + seed)
    ipd, spikes = sample(study.TEST_SOUNDS, stimulus, generator)
    heard = spikes[:, : study.WINDOW_MS]  # in steps of 1 ms
    answers = {
        "error_deg": observer.posterior(heard, stimulus, "median"),
        "posterior_mean_error_deg": observer.posterior(heard, stimulus, "mean"),
        "likelihood_error_deg": observer.maximum_likelihood(heard, stimulus),
    }
    row = {k: f"{math.degrees((a - ipd).abs().mean()):.3f}" for k, a in answers.items()}
    return setting | row | {"bound_deg": f"{observer.cramer_rao(stimulus, study.WINDOW_MS):.3f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
