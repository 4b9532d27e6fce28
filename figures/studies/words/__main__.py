"""Fill the tables of spoken words, and draw their verdicts (`../PLAN.md`, *Spoken words*).

    python -m figures.studies.words tune test verdicts [--jobs N] [--families having learning]
    python -m figures.studies.words 0 [--jobs N]

What is in a table already is not run again. With seeds, each condition is run once for each of
them, as it was tuned: no verdict rests on seeds outside the plan.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread for each run, in every process

from course_utils import tables  # noqa: E402
from figures.studies import cluster  # noqa: E402
from figures.studies.words import plan, runs, verdicts  # noqa: E402


def main(words=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="tune, test, verdicts, or seeds; all three if none")
    parser.add_argument("--families", nargs="*", default=plan.FAMILIES, choices=plan.FAMILIES)
    parser.add_argument("--jobs", type=int, default=1, help="runs at once")
    parser.add_argument("--cluster", help=cluster.HELP)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of tables")
    arguments = parser.parse_args(words)
    out, what = arguments.out, arguments.what or ["tune", "test", "verdicts"]
    seeds = [int(word) for word in what if word.isdigit()]
    if unknown := {w for w in what if not w.isdigit()} - {"tune", "test", "verdicts"}:
        parser.error(f"what must be tune, test, verdicts or seeds, not {' '.join(unknown)}")
    out.mkdir(parents=True, exist_ok=True)
    with cluster.at(arguments.cluster, arguments.jobs) as where:
        if "tune" in what:
            settings = plan.trials(arguments.families)
            tables.fill(out / "tune.csv", settings, plan.TUNE_SEEDS, runs.tune, **where)
        if "test" in what or seeds:
            tuned = verdicts.tuned_settings(tables.read(out / "tune.csv"), arguments.families)
            own = [pair for pair in plan.tests(arguments.families) if pair[0] in tuned]
            if seeds:  # what is asked again differs in its seeds alone
                first = [n for n in tuned if plan.CONDITIONS[n].seeds == plan.TEST_SEEDS]
                own = [(name, seed) for seed in seeds for name in first]
            tables.fill(out / "test.csv", tuned, own, runs.test, **where)
    if "verdicts" in what:
        tested, tuned_rows = (tables.read(out / f"{name}.csv") for name in ("test", "tune"))
        verdicts.write(out / "verdicts.csv", verdicts.all_of(tested, tuned_rows))


if __name__ == "__main__":
    main()
