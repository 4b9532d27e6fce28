"""Study 1: weights, delays, or both? Fibres × hidden neurons × kind × range of delays.

Each network hears 100 ms and gets the same 768 updates of 64 fresh sounds. `shuffled_error_deg` is
the error of the network after its delays have changed places within each ear (for learned
and frozen random ones). *Gently* means a delay optimiser with a fifth of the usual rate and the
common mode removed; everywhere else, both are what `training.fit` does by itself. `seconds` is
processor time of training on one thread.

    python -m figures.studies.weights_or_delays [seed ...] [--jobs N]
"""

from pathlib import Path

from course_utils.training import evaluate
from figures.studies import study

COMPARED = ("frozen random", "learned")
CONTROLS = ("none", "frozen even", "delays only", "readout only")
BANK = ("frozen bank", "learned from bank")
OTHERWISE = ("learned, gently", "learned from even", "learned from even, gently")
GENTLE = dict(delay_lr=study.DEFAULTS["delay_lr"] / 5, common_mode="removed")


def cells():
    """Kind, fibres, hidden neurons, longest delay and conditions."""
    yield "axonal", 100, 10, 50, COMPARED + CONTROLS[:1]
    for hidden in (10, 30):
        ears = ("learned, one ear",) if hidden == 30 else ()
        for fibres in (1, 2, 10, 100):
            if (fibres, hidden) != (100, 10):
                yield "axonal", fibres, hidden, 50, COMPARED + CONTROLS + ears
        for fibres in (1, 2, 10):
            yield "synaptic", fibres, hidden, 50, COMPARED + CONTROLS[2:]
    for hidden in (10, 30):
        for kind in ("axonal", "synaptic"):
            for fibres in (1, 2, 4, 10):
                yield kind, fibres, hidden, 50, COMPARED
    for max_delay in (12, 25):
        yield "axonal", 1, 30, max_delay, COMPARED
    yield "axonal", 2, 30, 50, BANK
    for fibres in (10, 100):
        yield "axonal", fibres, 30, 50, BANK + OTHERWISE


def settings():
    """Every setting once."""
    found = {}
    for kind, fibres, hidden, max_delay, conditions in cells():
        for delays in conditions:
            place = f"{kind}, {fibres} per ear, {hidden} hidden, {max_delay} ms"
            found[f"{place}: {delays}"] = dict(
                kind=kind, fibres=fibres, hidden=hidden, max_delay=max_delay, delays=delays
            )
    return found


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    how = GENTLE if "gently" in setting["delays"] else {}
    network, _, seconds = study.train(seed, setting | how)
    row = setting | study.errors(network, seed)
    row["shuffled_error_deg"] = ""
    if setting["delays"] in COMPARED:
        sounds = study.test(network, seed)[2]
        mixed = evaluate(study.shuffled(network, seed), *sounds)
        row["shuffled_error_deg"] = f"{mixed.error_deg:.3f}"
    return row | {"bound_deg": f"{study.bound(network):.3f}", "seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
