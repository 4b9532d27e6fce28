"""One fibre per ear: how the error depends on the only number that counts.

With one fibre per ear and axonal delays, all that two delays can do is to shift one ear against
the other. Here that difference is set by hand and frozen, and the weights learn.

    python -m figures.studies.one_number [seed ...] [--jobs N]
"""

from pathlib import Path

import torch

from figures.studies import study

HIDDEN = 30


def settings():
    """The right ear waits this much longer than the left, in ms."""
    return {f"right ear waits {lag:+d} ms longer": dict(lag_ms=lag) for lag in range(-24, 25, 4)}


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    lag = setting["lag_ms"]
    init = torch.tensor([max(-lag, 0), max(lag, 0)], dtype=torch.float32)
    network, _, seconds = study.train(
        seed, dict(fibres=1, hidden=HIDDEN, delays="fixed", init=init)
    )
    row = setting | study.errors(network, seed)
    return row | {"bound_deg": f"{study.bound(network):.3f}", "seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
