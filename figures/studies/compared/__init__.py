"""Learned against frozen delays, tuned alike, trained until they rest, and decided (`../PLAN.md`).

    plan        places, conditions, trials, seeds, families: the rules as data
    networks    first delays in strata, and the network of a condition
    converge    training until validation stops falling
    runs        one row of a table, to tune or to test
    verdicts    differs, alike or open, from the rows alone

`python -m figures.studies.compared tune`, then `test`, then `verdicts`.
"""
