"""Study 11: does the shape of the lent slope matter to the localiser?

Two surrogates at four steepnesses, in the course's default network, trained with Adam. The
sigmoid's peak is b/4, so that b changes height and width; SuperSpike's peak is 1 whatever b is, so
that b changes the width alone. `peak` says how high. The control, "readout only", lends nothing:
hidden weights and delays stay as they were drawn.

    python -m figures.studies.surrogates [seed ...] [--jobs N]
"""

from pathlib import Path

import torch

from course_utils.neurons import surrogate_slope
from figures.studies import study

SURROGATES, STEEPNESS = ("sigmoid", "superspike"), (1, 5, 25, 100)


def settings():
    """Every setting once."""
    steep = {
        f"{name}, steepness {b}": dict(surrogate=name, steepness=b, delays="learned")
        for name in SURROGATES
        for b in STEEPNESS
    }
    return steep | {"readout only": dict(surrogate="sigmoid", steepness=5, delays="readout only")}


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    how = dict(surrogate=setting["surrogate"], slope=setting["steepness"])
    network, _, seconds = study.train(seed, how | dict(delays=setting["delays"]))
    peak = float(surrogate_slope(torch.zeros(()), **how))
    row = setting | {"peak": f"{peak:g}"} | study.errors(network, seed)
    return row | {"bound_deg": f"{study.bound(network):.3f}", "seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
