"""One picture for each study, beside its table: `python -m figures.studies.pictures`."""

from pathlib import Path

from course_utils import plots, tables
from course_utils.drawings import lesson_6 as drawings
from course_utils.drawings.verdicts import arriving

HERE = Path(__file__).parent


def table(name):
    """Rows of a study."""
    return tables.read(HERE / f"{name}.csv")


def curve(rows, column, places, **where):
    """Means and intervals over the values of one column: `places` is (its name, values)."""
    name, values = places
    return [tables.mean_interval(rows, column, **where, **{name: value}) for value in values]


def bars(rows, column, key, ylabel, **how):
    """A bar for each value of `key`, in the order of the table."""
    names = list(dict.fromkeys(row[key] for row in rows))
    found = [tables.mean_interval(rows, column, **{key: name}) for name in names]
    return plots.bars(
        names, [mean for mean, *_ in found], [interval for _, *interval in found], ylabel=ylabel,
        **how,
    )  # fmt: skip


def weights_or_delays():
    """Error against fibres, for each condition and kind, with thirty hidden neurons."""
    rows, base = table("weights_or_delays"), dict(hidden=30, max_delay=50)
    curves = {
        f"{kind}, {delays}": curve(
            rows, "error_deg", ("fibres", (1, 2, 10)), kind=kind, delays=delays, **base
        )
        for kind in ("axonal", "synaptic")
        for delays in ("frozen random", "learned", "delays only")
    }
    return plots.lines(
        (1, 2, 10), curves, "fibres per ear", "mean error (degrees)", log_x=True, log_y=True
    )


def one_number():
    """Error against the lag, one fibre per ear."""
    rows = table("one_number")
    lags = sorted({row["lag_ms"] for row in rows})
    curves = {"weights learn": curve(rows, "error_deg", ("lag_ms", lags))}
    return plots.lines(lags, curves, "right ear waits longer (ms)", "mean error (degrees)")


def first_lag():
    """One fibre per ear: where 25 first lags lead, over the error against a lag set by hand."""
    rows = table("one_number")
    lags = sorted({row["lag_ms"] for row in rows})
    by_hand = curve(rows, "error_deg", ("lag_ms", lags))
    frozen, learned = (
        [row for row in table("first_lag") if row["delays"] == name]
        for name in ("frozen random", "learned")
    )
    starts = [(row["lag_ms"], row["error_deg"]) for row in frozen]
    ends = [(row["last_lag_ms"], row["error_deg"]) for row in learned]
    return drawings.valley(lags, by_hand, starts, list(zip(starts, ends, strict=True)))


def estimators():
    """Rounded error against the rate, for each estimator, from random delays."""
    rows, rates = table("estimators"), (0.1, 0.5, 2)
    names = [n for n in dict.fromkeys(row["estimator"] for row in rows) if n != "frozen"]
    curves = {
        name: curve(rows, "rounded_error_deg", ("delay_lr", rates), estimator=name, first="random")
        for name in names
    }
    control, *_ = tables.mean_interval(
        rows, "rounded_error_deg", estimator="frozen", first="random"
    )
    return plots.lines(
        rates, curves, "rate of the delays (steps per update)", "rounded error (degrees)",
        log_x=True, levels=[(control, "frozen")],
    )  # fmt: skip


def gradient_reach():
    """Share of gradients that point home, against distance."""
    rows, distances = table("gradient_reach"), (1, 2, 3, 5, 8, 12, 16, 20)
    curves = {
        name: [tables.mean_interval(rows, f"home_{d:02d}", setting=name) for d in distances]
        for name in dict.fromkeys(row["setting"] for row in rows)
    }
    return plots.lines(
        distances, curves, "distance to the target (steps)", "share that points home", log_x=True
    )


def far_events():
    """Mean answer against the gap between two clicks."""
    rows, gaps = table("far_events"), range(5, 66, 10)
    left_out = ("frozen", "tau 2 ms")  # and two that learn nothing
    rows = [row for row in rows if not any(word in row["setting"] for word in left_out)]
    rows = [row for row in rows if row["setting"] not in ("no delays", "recurrent")]
    curves = {
        name: [tables.mean_interval(rows, f"says_{gap:02d}", setting=name) for gap in gaps]
        for name in dict.fromkeys(row["setting"] for row in rows)
    }
    return plots.lines(gaps, curves, "gap between the clicks (ms)", "mean answer (ms)")


def coincidence():
    """The delays-only network, one fibre per ear, subtractive synapse, tau 5 ms."""
    rows = [
        row for row in table("coincidence")
        if (row["fibres"], row["synapse"], row["tau_ms"]) == (1, "subtractive", 5)
    ]  # fmt: skip
    return bars(rows, "error_deg", "way", "mean error (degrees)", log=True)


def surrogates():
    """Error against steepness, for each shape."""
    rows, steepness = table("surrogates"), (1, 5, 25, 100)
    curves = {
        name: curve(rows, "error_deg", ("steepness", steepness), surrogate=name, delays="learned")
        for name in ("sigmoid", "superspike")
    }
    return plots.lines(steepness, curves, "steepness b", "mean error (degrees)", log_x=True)


def best_observer():
    """Error against fibres, in times the bound, for the three ways to answer."""
    rows, fibres = table("best_observer"), (1, 2, 4, 10, 100)
    bounds = [value for value, *_ in curve(rows, "bound_deg", ("fibres", fibres))]
    curves = {
        name: [
            [value / bound for value in found]
            for found, bound in zip(curve(rows, column, ("fibres", fibres)), bounds, strict=True)
        ]
        for name, column in (
            ("posterior median", "error_deg"),
            ("posterior mean", "posterior_mean_error_deg"),
            ("maximum likelihood", "likelihood_error_deg"),
        )
    }
    return plots.lines(
        fibres, curves, "fibres per ear", "mean error (times the bound)", log_x=True,
        levels=[(1, "Cramér–Rao bound")],
    )  # fmt: skip


def class_experiment():
    """Learned minus frozen, in per cent of frozen, as the seeds of the key come in."""
    rows = table("class_experiment")
    sides = [
        {row["seed"]: row["error_deg"] for row in rows if row["side"] == side}
        for side in ("learned", "frozen")
    ]
    seeds = sorted(set(sides[0]) & set(sides[1]))
    control = sum(sides[1][seed] for seed in seeds) / len(seeds)
    gaps = [100 * (sides[0][seed] - sides[1][seed]) / control for seed in seeds]
    pairs = [{"gap": gap} for gap in gaps]
    so_far = [tables.mean_interval(pairs[:n], "gap") for n in range(2, len(gaps) + 1)]
    return arriving(gaps, so_far, 5, len(gaps))


PICTURES = {
    "class_experiment": class_experiment,
    "weights_or_delays": weights_or_delays,
    "one_number": one_number,
    "first_lag": first_lag,
    "estimators": estimators,
    "gradient_reach": gradient_reach,
    "far_events": far_events,
    "coincidence": coincidence,
    "surrogates": surrogates,
    "gauge": lambda: bars(
        table("gauge"), "rounded_error_deg", "setting", "rounded error (degrees)"
    ),
    "stimulus": lambda: bars(table("stimulus"), "error_deg", "setting", "mean error (degrees)"),
    "deeper": lambda: bars(
        table("deeper"), "error_deg", "setting", "mean error (degrees)", log=True
    ),
    "real_head": lambda: bars(
        table("real_head"), "noise_deg", "setting", "mean error on noise (degrees)", log=True
    ),
    "best_observer": best_observer,
    "stdp": lambda: bars(table("stdp"), "error_deg", "way", "mean error (degrees)", log=True),
    "best": lambda: bars(table("best"), "ratio_to_bound", "setting", "error (times the bound)"),
}


def main():
    """Draw them all."""
    for name, draw in PICTURES.items():
        (HERE / f"{name}.png").write_bytes(plots.png(draw()))


if __name__ == "__main__":
    main()
