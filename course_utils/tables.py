"""Result tables of long studies: fill them, read them, and say mean and interval in one line."""

import csv
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

Row = dict[str, Any]
"""A row of a table: a number or a word in each column."""

COURSE = Path(__file__).resolve().parent.parent
"""The folder in which the course lies, and `figures/` with its tables, unless it was installed."""
HOME = "LEARNING_DELAYS"
"""The environment variable that names this folder, where a lesson unpacked it."""


def find(path: str | Path) -> Path:
    """The file of this name, wherever the notebook was started.

    A kernel starts beside its page, or at the root of a workspace, or elsewhere. What is there
    under the name as it is comes first. Else a relative name, less the `..` at its front, is looked
    for in the course's folder, in the folder that the variable `HOME` names, and from the working
    folder upwards.

    Raises
    ------
    FileNotFoundError
        If there is no such file; the sentence names it.
    """
    path = Path(path)
    if path.is_file():
        return path
    places = []
    if not path.is_absolute():
        named = os.environ.get(HOME, "").strip()
        places = [COURSE, *([Path(named)] if named else []), Path.cwd(), *Path.cwd().parents]
    tail = Path(*itertools.dropwhile("..".__eq__, path.parts))
    for place in places:
        if (place / tail).is_file():
            return place / tail
    above = ", nor in the course's folder, nor above this one" if places else ""
    raise FileNotFoundError(f"there is no result table {path.name} in {path.parent}{above}")


def read(path: str | Path) -> list[dict]:
    """Rows of a CSV file as dictionaries, numbers as floats.

    Parameters
    ----------
    path : str or Path
        As `find` takes it: `"../figures/lesson_5.csv"` is found from any working folder.

    Raises
    ------
    FileNotFoundError
        If there is no such table; the sentence names the file.
    ValueError
        If a row has more or fewer values than there are columns.
    """
    path = find(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} of {path.name} must have one value for each column")
    return [{key: _number(value) for key, value in row.items()} for row in rows]


def fill(
    path: str | Path,
    settings: dict,
    seeds: Iterable[int] | Iterable[tuple[str, int]],
    run: Callable[[int, Any], Row],
    jobs: int = 1,
    may_start: Callable[[str, int], bool] | None = None,
    pool: futures.Executor | None = None,
) -> None:
    """Run what is missing in a table, and append it a row at a time.

    A study that was broken off goes on where it stopped. When nothing is missing, the rows lie in
    the order of `settings`, then of seeds; rows of other settings stay at the end.

    Parameters
    ----------
    path : path of a CSV file, made if it is not there
    settings : dict
        Name of each setting, and whatever `run` needs to know of it.
    seeds : iterable of int, or of pairs (name of a setting, int)
        Every setting runs with each of the seeds; pairs are run in their order.
    run : callable
        `run(seed, setting)` returns the further columns of a row as a dict.
    jobs : int
        How many runs at once: through joblib, which `joblib.parallel_config` can direct, or without
        it through processes of this machine.
    may_start : callable, optional
        `may_start(name, seed)` is asked just before a run starts; if it says False, the run is
        left for another time.
    pool : concurrent.futures.Executor, optional
        Where they run instead, `jobs` at once; `figures/studies/cluster.py` has one for Dask.

    Raises
    ------
    ValueError
        If a row does not have the columns of the table; the file is left as it was.
    """
    path = Path(path)
    rows = read(path) if path.exists() else []
    done = {(row["setting"], row["seed"]) for row in rows}
    columns = list(rows[0]) if rows else None
    wanted: list[tuple[str, int]] = []
    for seed in seeds:
        wanted += [seed] if isinstance(seed, tuple) else [(name, seed) for name in settings]
    missing = [(name, seed) for name, seed in wanted if (name, float(seed)) not in done]
    calls = (
        (run, name, seed, settings[name])
        for name, seed in missing
        if may_start is None or may_start(name, seed)
    )
    for row in _results(calls, jobs) if pool is None else _through(pool, calls, jobs):
        if columns is not None and columns != list(row):
            raise ValueError(f"run must return the columns {columns[2:]}, not {list(row)[2:]}")
        _append(path, row, header=columns is None)
        columns = list(row)
        print(*row.values(), flush=True)
    if missing and path.exists():
        _sort(path, list(settings))


def _results(calls: Iterator[tuple], jobs: int) -> Iterator[Row]:
    """Rows of the runs as they come; a run is taken from `calls` when there is room for it."""
    if jobs == 1:
        yield from (_labelled(*call) for call in calls)
        return
    try:
        import joblib
    except ImportError:
        with futures.ProcessPoolExecutor(jobs) as pool:
            yield from _through(pool, calls, jobs)
        return
    work = joblib.Parallel(
        jobs, return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1
    )
    yield from work(joblib.delayed(_labelled)(*call) for call in calls)


def _through(pool: futures.Executor, calls: Iterator[tuple], jobs: int) -> Iterator[Row]:
    running = {pool.submit(_labelled, *call) for call in itertools.islice(calls, jobs)}
    while running:
        ready, running = futures.wait(running, return_when=futures.FIRST_COMPLETED)
        for call in itertools.islice(calls, len(ready)):
            running.add(pool.submit(_labelled, *call))
        for future in ready:
            yield future.result()


def _labelled(run: Callable[[int, Any], Row], name: str, seed: int, setting: Any) -> Row:
    return {"setting": name, "seed": seed} | run(seed, setting)


def _append(path: Path, row: Row, header: bool) -> None:
    with path.open("w" if header else "a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, row, lineterminator="\n")
        if header:
            table.writeheader()
        table.writerow(row)


def _sort(path: Path, names: Sequence[str]) -> None:
    """Put the rows in order, through a file beside it: never half a table."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    place = {name: number for number, name in enumerate(names)}
    rows.sort(key=lambda row: (place.get(row["setting"], len(names)), float(row["seed"])))
    draft = path.with_suffix(".csv.tmp")
    for number, row in enumerate(rows):
        _append(draft, row, header=number == 0)
    draft.replace(path)


def mean_interval(rows: Sequence[Row], column: str, **where: Any) -> tuple[float, float, float]:
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
    _validate_columns(rows, column, *where)
    values = [row[column] for row in rows if all(row[k] == v for k, v in where.items())]
    if len(values) < 2:
        raise ValueError(f"{column} needs at least two rows where {where}, not {len(values)}")
    mean = sum(values) / len(values)
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return mean, mean - half, mean + half


def _validate_columns(rows: Sequence[Row], *names: str) -> None:
    for name in names:
        if any(name not in row for row in rows):
            raise ValueError(f"column must be one of {', '.join(rows[0])}, not {name!r}")


def paired_interval(
    rows: Sequence[Row], column: str, first: dict, second: dict
) -> tuple[float, float, float]:
    """Mean of `column` in `first` minus in `second`, seed by seed, and its 95 % t interval.

    Two runs with one seed share their first weights, their delays and their sounds, so that their
    difference is sharper than the difference of two means.

    Parameters
    ----------
    rows : list of dict, as from `read`
    column : str
    first, second : dict
        Column values that select the two sides, such as `{"setting": "learned"}`.

    Returns
    -------
    mean, low, high : float

    Raises
    ------
    ValueError
        If a column is not there, a side has a seed twice, or fewer than two seeds are on both.
    """
    _validate_columns(rows, column, "seed", *first, *second)
    sides = []
    for where in (first, second):
        chosen = [row for row in rows if all(row[name] == where[name] for name in where)]
        sides.append({row["seed"]: row[column] for row in chosen})
        if len(sides[-1]) < len(chosen):
            raise ValueError(f"each seed must stand once where {where}, but some stand twice")
    gaps = [{"gap": sides[0][seed] - sides[1][seed]} for seed in sides[0] if seed in sides[1]]
    return mean_interval(gaps, "gap")


def gap_numbers(gaps: Sequence[float], control: float) -> dict[str, float]:
    """What a table of verdicts says of paired differences, beside its p-values.

    Parameters
    ----------
    gaps : sequence of float, at least two
        One difference for each pair.
    control : float
        The mean of the control, in the unit of `gaps`.

    Returns
    -------
    dict of float
        `control_mean`; `difference`, the mean, with its 95 % t interval `low` and `high`; these
        three in per cent of the control.
    """
    named = ("difference", "low", "high")
    found = mean_interval([{"gap": gap} for gap in gaps], "gap")
    told = dict(zip(named, found, strict=True))
    percent = {f"{name}_percent": 100 * told[name] / control for name in named}
    return {"control_mean": control} | told | percent


def p_differs(gaps: Sequence[float]) -> float:
    """Two-sided t test of a mean of 0 for differences `(n,)`; fewer than two are refused."""
    return _p(gaps, 0, "two-sided")


def p_alike(gaps: Sequence[float], margin: float) -> float:
    """Two one-sided t tests (Schuirmann 1987): the larger p-value of the two.

    Small if the mean difference lies within ±`margin`, which has the unit of `gaps`; fewer than two
    differences are refused.
    """
    return max(_p(gaps, -margin, "greater"), _p(gaps, margin, "less"))


def _p(gaps: Sequence[float], mean: float, side: str) -> float:
    values = np.asarray(gaps, dtype=float)
    if len(values) < 2:
        raise ValueError(f"gaps must hold at least two differences, not {len(values)}")
    spread = stats.sem(values)
    if spread == 0:  # no luck in them at all: the mean decides
        away = values[0] - mean
        true = {"two-sided": away != 0, "greater": away > 0, "less": away < 0}[side]
        return 0.0 if true else 1.0
    t = (values.mean() - mean) / spread
    tail = {"two-sided": 2 * stats.t.sf(abs(t), len(values) - 1),
            "greater": stats.t.sf(t, len(values) - 1),
            "less": stats.t.cdf(t, len(values) - 1)}  # fmt: skip
    return float(tail[side])


def verdict(differs: float, alike: float, level: float = 0.05) -> str:
    """The word for two p-values, of `p_differs` and `p_alike`; *alike* comes first."""
    if alike < level:
        return "alike"
    return "differs" if differs < level else "open"


def bootstrap_interval(
    rows: Sequence[Row], column: str, **where: Any
) -> tuple[float, float, float]:
    """As `mean_interval`, by drawing seeds again and again (percentile bootstrap, Efron 1979).

    With a handful of seeds it is narrower than Student's interval, which stays the one to quote.
    """
    mean, *_ = mean_interval(rows, column, **where)
    values = np.array([row[column] for row in rows if all(row[k] == v for k, v in where.items())])
    draws = np.random.default_rng(0).choice(values, (10_000, len(values)))
    low, high = np.quantile(draws.mean(axis=1), (0.025, 0.975))
    return mean, float(low), float(high)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
