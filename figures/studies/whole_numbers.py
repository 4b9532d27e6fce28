"""Study 4: delays that are whole in every update, against delays rounded at the end.

Read `rounded_error_deg`: every machine with a clock has to round.

    python -m figures.studies.whole_numbers [seed ...] [--jobs N]
"""

from pathlib import Path

from figures.studies import study


def settings():
    """Every setting once."""
    return {
        f"{fibres} per ear, {'rounded at the end' if whole is None else whole}": dict(
            fibres=fibres, whole=whole or "at the end"
        )
        for fibres in (1, 10)
        for whole in (None, "nearest", "stochastic")
    }


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    whole = None if setting["whole"] == "at the end" else setting["whole"]
    network, _, seconds = study.train(seed, setting | dict(hidden=10, whole=whole))
    row = setting | study.errors(network, seed)
    return row | {"bound_deg": f"{study.bound(network):.3f}", "seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
