"""Result tables of long studies: fill them, read them, and say mean and interval in one line."""

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


def fill(path, settings: dict, seeds, run) -> None:
    """Run what is missing in a table, and append it a row at a time.

    A study that was broken off goes on where it stopped.

    Parameters
    ----------
    path : path of a CSV file, made if it is not there
    settings : dict
        Name of each setting, and whatever `run` needs to know of it.
    seeds : iterable of int
    run : callable
        `run(seed, setting)` returns the further columns of a row as a dict.

    Raises
    ------
    ValueError
        If a row does not have the columns of the table; the file is left as it was.
    """
    path = Path(path)
    rows = read(path) if path.exists() else []
    done = {(row["setting"], row["seed"]) for row in rows}
    columns = list(rows[0]) if rows else None
    for seed in seeds:
        for name, setting in settings.items():
            if (name, seed) in done:
                continue
            row = {"setting": name, "seed": seed} | run(seed, setting)
            if columns not in (None, list(row)):
                raise ValueError(f"run must return the columns {columns[2:]}, not {list(row)[2:]}")
            _append(path, row, header=columns is None)
            columns = list(row)
            print(*row.values(), flush=True)


def _append(path, row, header):
    with path.open("w" if header else "a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, row, lineterminator="\n")
        if header:
            table.writeheader()
        table.writerow(row)


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
