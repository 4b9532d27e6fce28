"""Study 3: does the common mode drift, and does it matter? With and without its removal.

Ten fibres per ear, ten hidden neurons. `common_ms` is how far the mean of all delays moved,
`own_ms` how far a delay moved beside that (standard deviation).

    python -m figures.studies.gauge [seed ...] [--jobs N]
"""

from pathlib import Path

from figures.studies import study

RATES = (0.1, 1.0)  # steps per update, at the peak of the one-cycle schedule


def settings():
    """Every setting once, and the control that does not learn its delays."""
    found = {"frozen": dict(estimator="frozen", delay_lr=0.0, common_mode="free")}
    for estimator in ("linear", "straight_through"):
        for rate in RATES:
            for mode in ("free", "removed"):
                found[f"{estimator}, rate {rate}, common mode {mode}"] = dict(
                    estimator=estimator, delay_lr=rate, common_mode=mode
                )
    return found


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    how = dict(fibres=10, hidden=10)
    how |= dict(delays="frozen random") if setting["estimator"] == "frozen" else setting
    network, history, seconds = study.train(seed, how)
    moved = network.delay.delays.detach() - history.delays[0]
    return setting | study.errors(network, seed) | {
        "common_ms": f"{float(moved.mean()):.3f}",
        "own_ms": f"{float(moved.std()):.3f}",
        "at_bound": f"{study.share_at_bound(network):.3f}",
        "seconds": f"{seconds:.1f}",
    }  # fmt: skip


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
