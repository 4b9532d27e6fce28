"""Fill the tables of the comparison, and draw its verdicts (`../PLAN.md`).

    python -m figures.studies.compared tune test verdicts [--jobs N] [--cluster WHERE]
        [--budget-s S] [--out DIR]
    python -m figures.studies.compared plan

`tune` and `test` are done for one group of families after the other, as `--families` has them. What
is in a table already is not run again. With a budget, no run is started that might not end in time,
and what is left is for the next call. `test` takes each condition's setting from the tuning table,
and leaves out a condition whose trials aren't all there. `plan` says how many seconds there are to
compute.
"""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread for each run, in every process

from course_utils import tables  # noqa: E402
from figures.studies import cluster  # noqa: E402
from figures.studies.compared import plan, runs, verdicts  # noqa: E402
from figures.studies.compared.conditions import CONDITIONS

SLACK = 2.5  # a run may take so much longer than the plan says: some end at the limit of updates
ALL = plan.FAMILIES
GROUPS = ",".join(ALL)  # families; the most important are whole first


def tuning(families=ALL):
    """Pairs of setting and seed in the order of importance, and all settings."""
    settings = plan.trials(families)
    return [(n, seed) for n, s in settings.items() for seed in s["place"].tune_seeds], settings


def testing(tuned_rows, families=ALL):
    """The same for the test table, and a sentence for each condition that isn't tuned yet."""
    settings, left_out = {}, []
    for place, condition in plan.cells(families):
        try:
            setting = verdicts.tuned(tuned_rows, place, condition)
        except verdicts.UntunedError as missing:
            left_out.append(f"{plan.name_of(place, condition)}: {missing}")
            continue
        own = dict(place=place, condition=condition) | setting
        settings[plan.name_of(place, condition)] = own
    # Seed by seed within a place, so that a cut-off leaves pairs.
    pairs = [
        (plan.name_of(place, name), seed)
        for _, place, names in plan.BLOCKS
        for seed in place.test_seeds
        for name in names
        if plan.name_of(place, name) in settings
    ]
    return pairs, settings, left_out


def expected_s(setting):
    """Seconds of one run; less where nothing but the readout learns."""
    condition = CONDITIONS[setting["condition"]]
    cheap = not (condition.delays or condition.weights)
    return setting["place"].seconds * (0.5 if cheap else 1)


def in_time(settings, end):
    """Whether a run may start now, if all has to end at `end` of the monotonic clock."""
    return lambda name, seed: time.monotonic() + SLACK * expected_s(settings[name]) < end


def show_plan():
    """How much there is to compute, by family, in seconds of one core."""
    sums = []
    for family in ALL:
        cells = plan.cells(family)
        test = sum(
            expected_s(dict(place=place, condition=name)) * len(place.test_seeds)
            for place, name in cells
        )
        pairs, settings = tuning(family)
        tune = sum(expected_s(settings[name]) for name, _ in pairs)
        print(f"{family}: {len(pairs):4d} runs to tune, {tune:5.0f} s; to test {test:5.0f} s")
        sums.append(tune + test)
    print(f"together {sum(sums):.0f} s")


def fill(stage, out, families, where, end):
    """Run what is missing in the table of one stage; `where` as from `cluster.at`."""
    table = out / f"{stage}.csv"
    if stage == "tune":
        pairs, settings = tuning(families)
    else:
        tuned_rows = tables.read(out / "tune.csv")
        if table.exists():
            verdicts.refuse_untuned(tables.read(table), tuned_rows)
        pairs, settings, left_out = testing(tuned_rows, families)
        for sentence in left_out:
            print("left out:", sentence)
    run = runs.tune if stage == "tune" else runs.test
    tables.fill(table, settings, pairs, run, may_start=in_time(settings, end), **where)
    rows = tables.read(table) if table.exists() else []
    done = {(row["setting"], int(row["seed"])) for row in rows}
    print(f"{sum(pair in done for pair in pairs)} of {len(pairs)} runs are in {table.name}")


def main(words=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stages", nargs="+", choices=("tune", "test", "verdicts", "plan"))
    parser.add_argument("--families", default=GROUPS, help=f"letters, as in {GROUPS}")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once")
    parser.add_argument("--cluster", help=cluster.HELP)
    parser.add_argument("--budget-s", type=float, default=float("inf"), help="seconds at most")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of tables")
    arguments = parser.parse_args(words)
    if unknown := set(arguments.families) - {*ALL, ","}:
        parser.error(f"--families must be letters of {ALL}, not {''.join(sorted(unknown))}")
    end, out = time.monotonic() + arguments.budget_s, arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if "plan" in arguments.stages:
        show_plan()
    with cluster.at(arguments.cluster, arguments.jobs) as where:
        for families in arguments.families.split(","):
            for stage in ("tune", "test"):
                if stage in arguments.stages:
                    fill(stage, out, families, where, end)
    if "verdicts" in arguments.stages:
        tested, tuned_rows = (tables.read(out / f"{name}.csv") for name in ("test", "tune"))
        verdicts.write(out / "verdicts.csv", verdicts.all_of(tested, tuned_rows))


if __name__ == "__main__":
    main()
