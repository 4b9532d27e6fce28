"""Study 9: how near does the best setting come to the bound, and what do its delays add?

Each run is one thread; `seconds` is its processor time of training.

    python figures/studies/best.py [seed ...] [--jobs N]
"""

from pathlib import Path

import study

HUNDRED = dict(fibres=100, hidden=200, classes=60, tau_ms=2.5, epochs=20)
TEN = dict(fibres=10, hidden=200, classes=36, tau_ms=2.5, epochs=40)

SETTINGS = {
    f"{s['fibres']} per ear: {delays}": s | dict(delays=delays)
    for s in (TEN, HUNDRED)
    for delays in ("learned", "frozen random")
}


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    network, _, source, seconds = study.train(seed, setting)
    row = {name: setting[name] for name in ("fibres", "hidden", "classes", "delays")}
    row |= study.errors(network, source, seed)
    ratio = float(row["error_deg"]) / study.bound(network)
    return row | {
        "bound_deg": f"{study.bound(network):.3f}",
        "ratio_to_bound": f"{ratio:.3f}",
        "seconds": f"{seconds:.0f}",
    }


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), SETTINGS, run)
