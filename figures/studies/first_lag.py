"""One fibre per ear: does learning rescue a bad draw? Seeds that no other of these tables has.

With one fibre per ear and axonal delays, a network draws one number: its first lag. In every other
table the seeds are 0 to 4, and draw the same five lags; here there are 25 more. `lag_ms` and
`last_lag_ms` say how much longer the right ear waits, before training and after it. A cycle more or
less is the same lag, so the first one is brought to within half a cycle, and the last one with it.

    python -m figures.studies.first_lag [seed ...] [--jobs N]
"""

from pathlib import Path

from figures.studies import study

SEEDS = range(5, 30)


def settings():
    """The two that are compared."""
    return {delays: dict(delays=delays) for delays in ("frozen random", "learned")}


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    network, history, seconds = study.train(seed, setting | dict(fibres=1))
    row = setting | study.errors(network, seed)
    first, last = (
        float(delays[1] - delays[0]) * network.task.dt_ms
        for delays in (history.delays[0], network.delay.delays)
    )
    cycle_ms = 1000 / network.task.frequency_hz
    cycles = cycle_ms * round(first / cycle_ms)
    row |= {"lag_ms": f"{first - cycles:.2f}", "last_lag_ms": f"{last - cycles:.2f}"}
    return row | {"seconds": f"{seconds:.1f}"}


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run, SEEDS)
