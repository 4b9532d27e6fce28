"""Spoken words: what delays do, and what learning them adds (`../PLAN.md`, *Spoken words*).

    plan        conditions, settings, seeds and families: the rules as data
    networks    the network of a condition, and its plain rivals
    selected    synapses that are given up and grown anew, with other delays
    runs        one row of a table, to tune or to test
    verdicts    differs, alike or open, from the rows alone

`python -m figures.studies.words tune`, then `test`, then `verdicts`; with seeds alone, as
`python -m figures.studies.words 0`, each condition is run once as it was tuned.
"""
