"""Fill the tables of spoken words, and draw their verdicts (`../PLAN.md`, fifth round).

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
from figures.studies.words import plan, runs, verdicts  # noqa: E402


def main(words=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="tune, test, verdicts, or seeds; all three if none")
    parser.add_argument("--families", nargs="*", default=plan.FAMILIES, choices=plan.FAMILIES)
    parser.add_argument("--jobs", type=int, default=1, help="runs at once")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of tables")
    arguments = parser.parse_args(words)
    out, what = arguments.out, arguments.what or ["tune", "test", "verdicts"]
    seeds = [int(word) for word in what if word.isdigit()]
    if unknown := {w for w in what if not w.isdigit()} - {"tune", "test", "verdicts"}:
        parser.error(f"what must be tune, test, verdicts or seeds, not {' '.join(unknown)}")
    out.mkdir(parents=True, exist_ok=True)
    tuning, tested = out / "tune.csv", out / "test.csv"
    if "tune" in what:
        settings = plan.trials(arguments.families)
        tables.fill(tuning, settings, plan.TUNE_SEEDS, runs.tune, arguments.jobs)
    if "test" in what or seeds:
        settings = verdicts.tuned_settings(tables.read(tuning), arguments.families)
        own = [pair for pair in plan.tests(arguments.families) if pair[0] in settings]
        if seeds:  # what is asked again differs in its seeds alone
            first = [n for n in settings if plan.CONDITIONS[n].seeds == plan.TEST_SEEDS]
            own = [(name, seed) for seed in seeds for name in first]
        tables.fill(tested, settings, own, runs.test, arguments.jobs)
    if "verdicts" in what:
        verdicts.write(
            out / "verdicts.csv", verdicts.all_of(tables.read(tested), tables.read(tuning))
        )


if __name__ == "__main__":
    main()
