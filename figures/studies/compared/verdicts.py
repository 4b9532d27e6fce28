"""Differs, alike or open: verdicts by rule 7 of `../PLAN.md`, from the rows of the tables alone."""

import csv

import numpy as np

from course_utils import tables
from course_utils.tables import p_alike, p_differs, verdict
from figures.studies.compared import plan
from figures.studies.compared.conditions import CONDITIONS, DELAY_TRIALS
from figures.studies.compared.converge import LONGEST


class UntunedError(ValueError):
    """Not all trials of a condition are in the tuning table."""


def holm(p_values) -> list[float]:
    """p-values adjusted for their number by Holm's step-down method (1979), in their order."""
    order = np.argsort(p_values)
    adjusted, highest = [0.0] * len(order), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def decided(family: list[dict]) -> list[dict]:
    """Rows of one family, each with its `gaps` and `margin`, with p-values and verdict added."""
    differs = holm([p_differs(row["gaps"]) for row in family])
    alike = holm([p_alike(row["gaps"], row["margin"]) for row in family])
    return [
        {key: value for key, value in row.items() if key not in ("gaps", "margin")}
        | _numbers(row["gaps"], row["control_mean"])
        | dict(p_differs=f"{a:.3g}", p_alike=f"{b:.3g}", verdict=verdict(a, b, plan.LEVEL))
        for row, a, b in zip(family, differs, alike, strict=True)
    ]


def _numbers(gaps, control):
    told = tables.gap_numbers(gaps, control)
    return {"n": len(gaps)} | {key: f"{value:.4g}" for key, value in told.items()}


def of_place(rows, place, condition: str) -> list[dict]:
    """Rows of one condition in one place."""
    own = dict(kind=place.kind, fibres=place.fibres, hidden=place.hidden, condition=condition)
    return [row for row in rows if own.items() <= row.items()]


def tuned(rows, place, condition: str) -> dict:
    """The trial with the smallest mean validation error; all must be there, with all seeds.

    Raises
    ------
    UntunedError
        If a trial or a seed is missing; the sentence names the condition.
    """
    if CONDITIONS[condition].default is not None:
        (setting,) = CONDITIONS[condition].trials
        return setting
    condition = CONDITIONS[condition].tuned_as or condition
    errors = trial_errors(rows, place, condition)
    return CONDITIONS[condition].trials[int(np.argmin(errors))]


def trial_errors(rows, place, condition: str) -> list[float]:
    """Mean validation error of each trial over the tuning seeds, in degrees."""
    own = {(row["setting"], int(row["seed"])): row for row in of_place(rows, place, condition)}
    errors = []
    for number, trial in enumerate(CONDITIONS[condition].trials):
        name = plan.name_of(place, condition, number)
        found = [own.get((name, seed)) for seed in place.tune_seeds]
        if None in found or any(not trial.items() <= row.items() for row in found):
            raise UntunedError(f"{name} has not all its tuning seeds yet")
        errors.append(float(np.mean([row["validation_error_deg"] for row in found])))
    return errors


def refuse_untuned(tested, tuned_rows) -> None:
    """Refuse test rows that were not run with the tuned setting.

    Raises
    ------
    ValueError
        If a row's setting is not the one that the tuning table gives.
    """
    for place, condition in plan.cells():
        rows = of_place(tested, place, condition)
        if not rows:
            continue
        setting = tuned(tuned_rows, place, condition)
        for row in rows:
            if not setting.items() <= row.items():
                raise ValueError(f"{row['setting']}, seed {row['seed']:.0f}, must be run as tuned")


def comparison(tested, place, condition: str, control: str, column="error_deg") -> dict | None:
    """Differences of two conditions by pairs; None if a planned seed is missing on either side."""
    sides = []
    for name in (condition, control):
        rows = of_place(tested, place, name)
        errors = {int(row["seed"]): row[column] for row in rows}
        if len(errors) < len(rows):
            raise ValueError(f"each seed must stand once for {plan.name_of(place, name)}")
        if set(errors) != set(place.test_seeds):
            return None
        sides.append([errors[seed] for seed in place.test_seeds])
        sides[-1] = np.array(sides[-1])
    mean = float(sides[1].mean())
    return dict(gaps=sides[0] - sides[1], margin=plan.MARGIN * mean, control_mean=mean)


def unrested(tested, place, *conditions: str) -> float:
    """The largest share of runs of one side that stopped at the limit of updates.

    Where delays learn alone for a while, there are two limits, and only their sum can be seen.
    """
    shares = []
    for name in conditions:
        rows = of_place(tested, place, name)
        limit = LONGEST * (2 if CONDITIONS[name].alone else 1)
        shares.append(sum(row["updates"] >= limit for row in rows) / len(rows))
    return max(shares)


def of_defaults(tuned_rows) -> list[dict]:
    """Family C, from the tuning rows of *learned* in A's places; none if one is missing."""
    places = plan.HEART
    try:
        errors = [trial_errors(tuned_rows, place, "learned") for place in places]
    except UntunedError:
        return []
    errors = np.array(errors)
    found = []
    for number, control in plan.DEFAULTS:
        gaps = 100 * (errors[:, number] / errors[:, control] - 1)
        found.append(
            dict(family="C", place=f"{len(places)} places", condition=_words(number),
                 control=_words(control), outcome="validation_error_deg", unrested="", gaps=gaps,
                 margin=100 * plan.MARGIN, control_mean=100.0)
        )  # fmt: skip
    return found


def _words(number):
    trial = DELAY_TRIALS[number]
    return f"rate {trial['delay_lr']}, common mode {trial['common_mode']}"


def all_of(tested, tuned_rows) -> list[dict]:
    """A row for every comparison of the plan whose whole family is in the tables.

    A family with a seed missing anywhere has no verdict: Holm's method needs all of it.
    """
    refuse_untuned(tested, tuned_rows)
    families = {}
    for family, place, condition, control in plan.comparisons():
        column = plan.OUTCOMES.get(family, "error_deg")
        found = comparison(tested, place, condition, control, column)
        if found is not None:
            share = unrested(tested, place, condition, control)
            found = dict(family=family, place=str(place), condition=condition, control=control,
                         outcome=column, unrested=f"{share:.2f}") | found  # fmt: skip
        families.setdefault(family, []).append(found)
    families["C"] = of_defaults(tuned_rows)
    return [row for rows in families.values() if None not in rows for row in decided(rows)]


def write(path, rows: list[dict]) -> None:
    """Write the table of verdicts, and print it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0] if rows else ["family"], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    for row in rows:
        print("{family} {place}: {condition} - {control}: {difference} ({low} to {high}), "
              "{difference_percent} %, {verdict}".format(**row))  # fmt: skip


def claim(rows, place: str, condition: str, control: str, outcome: str = "error_deg") -> str:
    """The verdict on one comparison by one column, from the table of verdicts.

    Raises
    ------
    ValueError
        If there is none: what was not decided cannot be claimed.
    """
    own = dict(place=place, condition=condition, control=control, outcome=outcome)
    found = [row["verdict"] for row in rows if own.items() <= row.items()]
    if len(found) != 1:
        raise ValueError(f"there is no verdict on {condition} minus {control} in {place}")
    return found[0]
