"""Verdicts on spoken words by rule 7 of `../PLAN.md`, from the rows of the tables alone."""

import numpy as np

from figures.studies.compared import verdicts as directions
from figures.studies.words import plan

write = directions.write


def trial_errors(rows, condition: str) -> list[float]:
    """Mean share of wrong words of each trial over the tuning seeds, in per cent.

    Raises
    ------
    UntunedError
        If a trial or a seed is missing.
    """
    found = []
    for number, trial in enumerate(plan.CONDITIONS[condition].trials):
        name = plan.trial_name(condition, number)
        own = {int(row["seed"]): row for row in rows if row["setting"] == name}
        right = [own.get(seed) for seed in plan.TUNE_SEEDS]
        if None in right or any(not trial.items() <= row.items() for row in right):
            raise directions.UntunedError(f"{name} has not all its tuning seeds yet")
        found.append(float(np.mean([row["validation_whole_wrong"] for row in right])))
    return found


def tuned(rows, condition: str) -> dict:
    """The trial with the fewest wrong words of the validation voices."""
    condition = plan.CONDITIONS[condition].tuned_as or condition
    trials = plan.CONDITIONS[condition].trials
    return trials[int(np.argmin(trial_errors(rows, condition)))]


def tuned_settings(rows, families=plan.FAMILIES) -> dict:
    """All settings of the test table; a condition that isn't tuned yet is named and left out."""
    settings = {}
    for name in plan.conditions(families):
        try:
            settings[name] = dict(condition=name) | tuned(rows, name)
        except directions.UntunedError as missing:
            print("left out:", missing)
    return settings


def all_of(tested, tuned_rows) -> list[dict]:
    """A row for every comparison of each family whose runs are all in the table.

    Raises
    ------
    ValueError
        If a test row was not run as the tuning table says, or a seed stands twice.
    """
    families: dict[str, list] = {}
    for family, condition, control in plan.COMPARISONS:
        sides = [_errors(tested, tuned_rows, name) for name in (condition, control)]
        found = None
        if None not in sides:
            mean = float(np.mean(sides[1]))
            found = dict(family=family, place=plan.CONDITIONS[condition].task, condition=condition,
                         control=control, outcome="whole_wrong", unrested="",
                         gaps=np.subtract(*sides), margin=plan.MARGIN * mean,
                         control_mean=mean)  # fmt: skip
        families.setdefault(family, []).append(found)
    rows = [found for found in families.values() if None not in found]
    return [row for found in rows for row in directions.decided(found)]


def _errors(tested, tuned_rows, condition):
    """Wrong words in per cent, by seed; None if a planned seed is missing."""
    rows = [row for row in tested if row["setting"] == condition]
    errors = {int(row["seed"]): row["whole_wrong"] for row in rows}
    if len(errors) < len(rows):
        raise ValueError(f"each seed must stand once for {condition}")
    seeds = plan.CONDITIONS[condition].seeds
    if not set(seeds) <= set(errors):
        return None
    setting = tuned(tuned_rows, condition)
    if any(not setting.items() <= row.items() for row in rows):
        raise ValueError(f"{condition} must be run as tuned, with {setting}")
    return [errors[seed] for seed in seeds]
