"""Study 2: which gradient, which step? Estimator × learning rate × first delays.

One fibre per ear and ten hidden neurons, where the delays decide. Every run gets the same 768
updates; `seconds` is processor time of training on one thread.

    python -m figures.studies.estimators [seed ...] [--jobs N]
"""

from pathlib import Path

from course_utils.delays import ESTIMATORS
from figures.studies import study

FIBRES, HIDDEN = 1, 10
RATES = (0.1, 0.5, 2.0)  # steps per update, at the peak of the one-cycle schedule


def settings():
    """Every setting once, and the control that does not learn its delays."""
    first = {"random": "uniform", "all zero": 0}
    found = {
        f"frozen, {words}": dict(estimator="frozen", delay_lr=0.0, first=words) for words in first
    }
    for words in first:
        for estimator in ESTIMATORS:
            for rate in RATES if words == "random" else RATES[1:2]:
                found[f"{estimator}, rate {rate}, from {words}"] = dict(
                    estimator=estimator, delay_lr=rate, first=words
                )
    return found


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    how = dict(fibres=FIBRES, hidden=HIDDEN, init="uniform" if setting["first"] == "random" else 0)
    if setting["estimator"] == "frozen":
        how["delays"] = "fixed"
    else:
        how |= dict(estimator=setting["estimator"], delay_lr=setting["delay_lr"])
    network, history, seconds = study.train(seed, how)
    first, last = history.delays[0], network.delay.delays.detach()
    return setting | study.errors(network, seed) | {
        "moved_ms": f"{float((last - first).abs().mean()):.2f}",
        "at_bound": f"{study.share_at_bound(network):.3f}",
        "bound_deg": f"{study.bound(network):.3f}",
        "seconds": f"{seconds:.1f}",
    }  # fmt: skip


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
