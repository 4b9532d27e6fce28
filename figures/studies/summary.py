"""Everything the course claims from its tables, one row each: `figures/results.csv`, and a picture.

A row holds the mean over seeds of one setting with Student's and a bootstrap interval, the mean of
its control, the difference of the two seed by seed with its verdict, and the bound where there is
one. `tuned` says whether both sides were tuned alike (`PLAN.md`), or whether the settings are what
is compared ("fixed"); a verdict on settings that were not tuned speaks of these settings alone.

    python -m figures.studies.summary
"""

import csv
from pathlib import Path

from course_utils import observer, plots, tables
from course_utils.drawings.verdicts import forest
from course_utils.stimuli import Stimulus
from figures.studies.compared import plan, verdicts

STUDIES = Path(__file__).parent
FIGURES = STUDIES.parent
WINDOW_MS = 100

SMALL = dict(kind="axonal", hidden=30, max_delay=50)
SYNAPTIC = dict(kind="synaptic", hidden=30, max_delay=50)
COINCIDENCE = dict(fibres=1, synapse="subtractive", tau_ms=5)
ONE = dict(first="random", delay_lr=0.5)

EMPTY = dict.fromkeys(
    "lesson claim tuned seeds mean low high bootstrap_low bootstrap_high control_mean difference "
    "difference_low difference_high verdict bound_deg table column".split(), ""
)  # fmt: skip
LESSONS = (
    dict.fromkeys("OP", 5)
    | dict.fromkeys("ABDFJLXZ", 6)
    | dict.fromkeys("CEGMQRSTUWY", 7)
    | dict.fromkeys("HKNV", 8)
)
"""Which lesson tells of a family of the plan."""
TUNED = STUDIES / "compared" / "verdicts.csv"
WORDS = STUDIES / "words" / "verdicts.csv"
ALSO_SHOWN = {
    "a head, both cues: learned against frozen random": "a head, both cues",
    "a head, time only: learned against frozen random": "a head, time only",
}
"""Claims from tables that are not tuned, and what they are called in the picture."""


def cell(base, fibres, delays):
    """One network of the first study."""
    return base | dict(fibres=fibres, delays=delays)


def claims():
    """(lesson, claim, table, column, setting, control, fibres per ear for the bound)."""
    for fibres in (1, 2, 4, 10, 100):
        yield (1, f"the best observer of the spikes, {fibres} per ear", "studies/best_observer.csv",
               "error_deg", dict(fibres=fibres), None, fibres)  # fmt: skip
    table, learned = "studies/surrogates.csv", dict(delays="learned")
    for name in ("sigmoid", "superspike"):
        for steepness in (1, 25, 100):
            yield (
                4, f"{name}: steepness {steepness} against 5, 100 per ear", table, "error_deg",
                learned | dict(surrogate=name, steepness=steepness),
                learned | dict(surrogate=name, steepness=5), 100,
            )  # fmt: skip
    for control in (learned | dict(surrogate="superspike", steepness=100),
                    dict(delays="readout only")):  # fmt: skip
        name = control.get("surrogate", "a readout that learns alone")
        yield (
            4, f"sigmoid of steepness 100 against {name}, 100 per ear", table, "error_deg",
            learned | dict(surrogate="sigmoid", steepness=100), control, 100,
        )  # fmt: skip
    first = "studies/weights_or_delays.csv"
    for base, name in ((SMALL, "axonal"), (SYNAPTIC, "synaptic")):
        for fibres in (1, 2, 10, 100) if base is SMALL else (1, 2, 10):
            yield (
                6, f"learned against frozen random delays, {name}, {fibres} per ear", first,
                "error_deg", cell(base, fibres, "learned"), cell(base, fibres, "frozen random"),
                fibres,
            )  # fmt: skip
    yield (
        6, "frozen random against no delays, axonal, 100 per ear", first, "error_deg",
        cell(SMALL, 100, "frozen random"), cell(SMALL, 100, "none"), 100,
    )  # fmt: skip
    yield (
        6, "learned against frozen random delays, axonal, 1 per ear, fresh seeds",
        "studies/first_lag.csv", "error_deg", dict(delays="learned"),
        dict(delays="frozen random"), 1,
    )  # fmt: skip
    for base, name, fibres in ((SMALL, "axonal", 100), (SMALL, "axonal", 10),
                               (SYNAPTIC, "synaptic", 10)):  # fmt: skip
        for control, words in (("readout only", "the readout alone"), ("frozen random", "weights")):
            yield (
                6, f"delays alone against {words}, {name}, {fibres} per ear", first, "error_deg",
                cell(base, fibres, "delays only"), cell(base, fibres, control), fibres,
            )  # fmt: skip
    for delays, control in (
        ("learned", "frozen even"),
        ("frozen even", "frozen random"),
        ("learned, gently", "frozen random"),
        ("learned from even", "frozen even"),
        ("learned from even, gently", "frozen even"),
    ):
        for fibres in (10, 100):
            yield (
                6, f"{delays} against {control}, axonal, {fibres} per ear", first, "error_deg",
                cell(SMALL, fibres, delays), cell(SMALL, fibres, control), fibres,
            )  # fmt: skip
    yield (
        6, "frozen synaptic against learned axonal delays, 1 per ear", first, "error_deg",
        cell(SYNAPTIC, 1, "frozen random"), cell(SMALL, 1, "learned"), 1,
    )  # fmt: skip
    for delays in ("learned", "frozen random"):
        yield (
            6, f"{delays} delays, shuffled within each ear, 10 per ear", first,
            "shuffled_error_deg", cell(SMALL, 10, delays), None, 10,
        )  # fmt: skip
    yield (
        6, "one ear, 100 per ear", first, "error_deg", cell(SMALL, 100, "learned, one ear"), None,
        100,
    )  # fmt: skip
    table = "studies/coincidence.csv"
    middle = COINCIDENCE | dict(way="learned from the middle")
    for control in ("hand-set", "frozen random"):
        yield (
            6, f"delays only: learned against {control}", table, "error_deg", middle,
            COINCIDENCE | dict(way=control), 1,
        )  # fmt: skip
    for column in ("correlation", "slope"):
        yield (6, f"delays only: {column} with Jeffress's line", table, column, middle, None, None)
    table = "studies/estimators.csv"
    for estimator in ("linear", "straight_through", "prototype", "gaussian", "triangle"):
        yield (
            7, f"{estimator} against frozen delays, rounded, 1 per ear", table,
            "rounded_error_deg", ONE | dict(estimator=estimator),
            dict(first="random", estimator="frozen"), 1,
        )  # fmt: skip
    table = "studies/gradient_reach.csv"
    for name in ("linear", "gaussian, sigma 8"):
        yield (
            7, f"{name}: share of gradients that point home from 12 steps", table, "home_12",
            dict(setting=name), None, None,
        )  # fmt: skip
    for estimator in ("linear", "straight_through"):
        for rate in (0.1, 1.0):
            own = dict(estimator=estimator, delay_lr=rate)
            yield (
                7, f"common mode free against removed, {estimator}, rate {rate}",
                "studies/gauge.csv", "rounded_error_deg", own | dict(common_mode="free"),
                own | dict(common_mode="removed"), 10,
            )  # fmt: skip
    table = "studies/deeper.csv"
    for fibres in (2, 10):
        for name, control in (
            ("two layers, no delays", "one layer, delays"),
            ("two layers, delays in both", "two layers, no delays"),
            ("two layers, delays in both", "two layers, frozen delays in both"),
            ("two layers, delays in both, freely", "two layers, frozen delays in both"),
            ("recurrent", "two layers, delays in both"),
            ("recurrent", "one layer, delays"),
        ):
            yield (
                8, f"{name} against {control}, {fibres} per ear", table, "error_deg",
                dict(fibres=fibres, network=name), dict(fibres=fibres, network=control), fibres,
            )  # fmt: skip
    yield (
        8, "two layers, delays in both: causal against clipped, 2 per ear", table, "error_deg",
        dict(fibres=2, network="two layers, delays in both, causal"),
        dict(fibres=2, network="two layers, delays in both"), 2,
    )  # fmt: skip
    yield (
        8, "recurrent, SuperSpike 25 against sigmoid 5, 2 per ear", table, "error_deg",
        dict(fibres=2, network="recurrent"),
        dict(fibres=2, network="recurrent, sigmoid"), 2,
    )  # fmt: skip
    table = "studies/far_events.csv"
    for name in ("delays of 15 in both", "delays of 30 in front", "recurrent"):
        yield (
            8, f"two clicks (ms): {name} against delays of 15 in front", table, "error_ms",
            dict(setting=name), dict(setting="delays of 15 in front"), None,
        )  # fmt: skip
    for name in ("delays of 15 in both", "delays of 30 in front"):
        yield (
            8, f"two clicks (ms): {name}, learned against frozen", table, "error_ms",
            dict(setting=name), dict(setting=f"{name}, frozen"), None,
        )  # fmt: skip
    yield (
        8, "two clicks (ms), tau 20 ms: recurrent against no delays", table, "error_ms",
        dict(setting="recurrent, tau 20 ms"), dict(setting="no delays, tau 20 ms"), None,
    )  # fmt: skip
    table = "studies/real_head.csv"
    for words, cues in (("both cues", ""), ("time only", "time only, ")):
        for control in ("frozen random", "no delays"):
            yield (
                9, f"a head, {words}: learned against {control}", table, "noise_deg",
                dict(setting=f"{cues}learned"), dict(setting=f"{cues}{control}"), None,
            )  # fmt: skip
    table = "studies/stimulus.csv"
    for words in ("sharp bursts", "a quarter of the spikes"):
        learned, frozen = (dict(setting=f"{words}: {d}") for d in ("learned", "frozen random"))
        yield (6, f"{words}: learned against frozen random, 1 per ear", table, "error_deg",
               learned, frozen, None)  # fmt: skip
    table = "studies/best.csv"
    for fibres in (10, 100):
        yield (8, f"best setting, {fibres} per ear", table, "error_deg", dict(fibres=fibres), None,
               fibres)  # fmt: skip
    table = "studies/stdp.csv"
    for way, words in (
        ("random weights", "random weights"),
        ("selected, then shuffled", "the same weights on the wrong fibres"),
        ("selected, one lag", "the same rule with one lag of 12 ms"),
        ("selected, no inhibition", "the same rule without inhibition"),
    ):
        yield ("brain", f"selected by spike timing against {words}, 100 per ear", table,
               "error_deg", dict(way="selected"), dict(way=way), 100)  # fmt: skip
    table = "lesson_5.csv"
    for name, control in (
        ("learned", "frozen random delays"),
        ("learned", "hard labels"),
        ("frozen random delays", "no delays"),
        ("frozen bank", "frozen random delays"),
        ("learned from the bank", "frozen bank"),
        ("learned from even", "frozen even delays"),
        ("learned from zero", "learned"),
        ("classes beyond the ends", "learned"),
        ("larger, learned", "larger, frozen random delays"),
    ):
        yield (5, f"{name} against {control}, 100 per ear", table, "error_deg",
               dict(setting=name), dict(setting=control), 100)  # fmt: skip
    table = "prototype_recipe.csv"
    for name in ("as printed", "a phase each"):
        yield (5, f"the prototype's recipe, {name}: learned against frozen", table, "error_deg",
               dict(setting=name), dict(setting=f"{name}, delays frozen"), 100)  # fmt: skip
    yield (5, "the prototype's recipe: delays frozen at the ends against anywhere", table,
           "error_deg", dict(setting="a phase each, frozen at the ends"),
           dict(setting="a phase each, delays frozen"), 100)  # fmt: skip


def row_of(lesson, claim, table, column, setting, control, fibres):
    """One row of the summary, and the differences by seed, if it has a control."""
    rows = tables.read(FIGURES / table)
    mean, low, high = tables.mean_interval(rows, column, **setting)
    _, boot_low, boot_high = tables.bootstrap_interval(rows, column, **setting)
    chosen = [r for r in rows if all(r[k] == v for k, v in setting.items())]
    row = EMPTY | dict(
        lesson=lesson, claim=claim, tuned="no", seeds=len(chosen), mean=mean, low=low, high=high,
        bootstrap_low=boot_low, bootstrap_high=boot_high, table=table, column=column,
    )  # fmt: skip
    if fibres is not None:
        row["bound_deg"] = observer.cramer_rao(Stimulus(fibres_per_ear=fibres), WINDOW_MS)
    if control is None:
        return row, None
    row["control_mean"] = tables.mean_interval(rows, column, **control)[0]
    gap = tables.paired_interval(rows, column, setting, control)
    row["difference"], row["difference_low"], row["difference_high"] = gap
    by_seed = [
        {r["seed"]: r[column] for r in rows if where.items() <= r.items()}
        for where in (setting, control)
    ]
    shared = sorted(set(by_seed[0]) & set(by_seed[1]))
    return row, [by_seed[0][seed] - by_seed[1][seed] for seed in shared]


def untuned():
    """All claims from tables whose settings were not tuned, with verdicts by rule 7 of the plan.

    The margin is 5 % of the control, as there; a family is what one lesson says of one table. They
    say what is true *of these settings*.
    """
    rows, families = [], {}
    for claim in claims():
        row, gaps = row_of(*claim)
        rows.append(row)
        if gaps is not None:
            families.setdefault((row["lesson"], row["table"]), []).append((row, gaps))
    for family in families.values():
        margins = [plan.MARGIN * abs(row["control_mean"]) for row, _ in family]
        differs = verdicts.holm([verdicts.p_differs(gaps) for _, gaps in family])
        alike = verdicts.holm(
            [verdicts.p_alike(gaps, m) for (_, gaps), m in zip(family, margins, strict=True)]
        )
        for (row, _), *p_values in zip(family, differs, alike, strict=True):
            row["verdict"] = verdicts.verdict(*p_values)
    return [{k: f"{v:.4g}" if isinstance(v, float) else v for k, v in r.items()} for r in rows]


def tuned():
    """The verdicts of the studies that tune both sides alike, as rows of the summary."""
    for path, row in ((own, row) for own in (TUNED, WORDS) for row in tables.read(own)):
        claim = f"{row['condition']} against {row['control']}"
        claim += "" if row["family"] == "C" else f", {row['place']}"
        mean = row["control_mean"] + row["difference"]
        numbers = dict(
            mean=mean, control_mean=row["control_mean"], difference=row["difference"],
            difference_low=row["low"], difference_high=row["high"],
        )  # fmt: skip
        yield EMPTY | {key: f"{value:.4g}" for key, value in numbers.items()} | dict(
            lesson=LESSONS.get(row["family"], 10), claim=claim,
            tuned="fixed" if row["family"] in "CG" else "yes", seeds=f"{row['n']:.0f}",
            verdict=row["verdict"], table=path.relative_to(FIGURES).as_posix(),
            column=row["outcome"],
        )  # fmt: skip


def first_word(name):
    """ "learned" of "learned, slower", and of "learned again"."""
    return name.replace(",", "").split()[0]


def picture(rows):
    """Learned minus frozen in per cent of frozen, wherever the course compares the two."""
    shown = []
    for row in tables.read(TUNED):
        pair = row["condition"], row["control"]
        if row["family"] in "ADHKLNVXZ" and (*map(first_word, pair),) == ("learned", "frozen"):
            constraint = row["condition"].removeprefix("learned").strip(", ")
            place = ", ".join(filter(None, (row["place"], constraint)))
            shown.append(row | dict(place=f"lesson {LESSONS[row['family']]}: {place}"))
    for row in tables.read(WORDS):
        if row["family"] in ("learning", "whole", "again"):
            rest = row["condition"].removeprefix("learned").removeprefix("whole").strip(", ")
            how = "" if row["family"] == "learning" else "whole all along"
            place = ", ".join(filter(None, ("words", how, rest)))
            shown.append(row | dict(place=f"lesson 10: {place}"))
    for row in rows:
        if row["claim"] in ALSO_SHOWN:
            percent = {
                f"{name}_percent": 100 * float(row[key]) / float(row["control_mean"])
                for name, key in (("difference", "difference"), ("low", "difference_low"),
                                  ("high", "difference_high"))
            }  # fmt: skip
            words = ALSO_SHOWN[row["claim"]]
            place = f"lesson {row['lesson']}: {words} (not tuned)"
            shown.append(dict(place=place, verdict=row["verdict"]) | percent)
    return forest(
        sorted(shown, key=lambda row: int(row["place"].split()[1].strip(":"))), 100 * plan.MARGIN
    )


def main():
    """Write the table and the picture."""
    rows = untuned() + list(tuned())
    with (FIGURES / "results.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, EMPTY, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    (FIGURES / "results.png").write_bytes(plots.png(picture(rows)))
    print(f"{len(rows)} claims")


if __name__ == "__main__":
    main()
