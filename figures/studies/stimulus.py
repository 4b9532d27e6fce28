"""Study 6: other sounds. Do learned delays gain more where spikes are fewer or bursts sharper?

One fibre per ear and ten hidden neurons, where learning pays.

    python -m figures.studies.stimulus [seed ...] [--jobs N]
"""

from pathlib import Path

from figures.studies import study

SOUNDS = {
    "sharp bursts": dict(envelope_power=8, rate_max_hz=600),
    "a quarter of the spikes": dict(envelope_power=2, rate_max_hz=150),
}


def settings():
    """Every setting once."""
    return {
        f"{words}: {delays}": dict(fibres=1, delays=delays) | sound
        for words, sound in SOUNDS.items()
        for delays in ("frozen random", "learned")
    }


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    network, _, seconds = study.train(seed, setting | dict(hidden=10))
    row = setting | study.errors(network, seed)
    return row | {"bound_deg": f"{study.bound(network):.3f}", "seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
