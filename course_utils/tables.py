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
    ValueError
        If a row has more or fewer values than there are columns.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no result table {path.name} in {path.parent}")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} of {path.name} must have one value for each column")
    return [{key: _number(value) for key, value in row.items()} for row in rows]


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
        If fewer than two rows are left (one seed has no interval), or a column is not there.
    """
    for name in (column, *where):
        if any(name not in row for row in rows):
            raise ValueError(f"column must be one of {', '.join(rows[0])}, not {name!r}")
    values = [row[column] for row in rows if all(row[k] == v for k, v in where.items())]
    if len(values) < 2:
        raise ValueError(f"{column} needs at least two rows where {where}, not {len(values)}")
    mean = sum(values) / len(values)
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return mean, mean - half, mean + half


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text
