"""Result tables of long studies: read them, and say mean and interval in one line."""

import csv
from pathlib import Path

from scipy import stats


def read(path) -> list[dict]:
    """Rows of a CSV file as dictionaries, numbers as floats.

    Raises
    ------
    FileNotFoundError
        If there is no such table; the sentence names the file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no result table {path.name} in {path.parent}")
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: _number(value) for key, value in row.items()} for row in csv.DictReader(file)]


def mean_interval(rows, column: str, **where) -> tuple[float, float, float]:
    """Mean of `column` over the rows in which all of `where` holds, and its 95 % t interval.

    Parameters
    ----------
    rows : list of dict, as from `read`
    column : str
    **where
        Column values to select, such as `setting="as printed"`.

    Returns
    -------
    mean, low, high : float

    Raises
    ------
    ValueError
        If fewer than two rows are left: one seed has no interval.
    """
    values = [row[column] for row in rows if all(row[k] == v for k, v in where.items())]
    if len(values) < 2:
        raise ValueError(f"{column} needs at least two rows where {where}, not {len(values)}")
    mean = sum(values) / len(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=stats.sem(values))
    return mean, float(low), float(high)


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text
