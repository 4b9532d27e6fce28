"""The rows of a class experiment: one line from each student, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LINE = "class experiment | seed {seed} | frozen {frozen:.3f} | learned {learned:.3f}"
"""What a student hands in, with mean errors in degrees."""
SEEDS = range(101, 200)
"""100 and the student's number: no table of the course has these seeds."""
LARGEST_DEG = 90
"""The largest mean error that is believed."""
_NUMBER = r"\s*([^|]*?)\s*"
_ROW = re.compile(
    rf"class experiment\s*\|\s*seed{_NUMBER}\|\s*frozen{_NUMBER}\|\s*learned{_NUMBER}(?:\||$)", re.I
)


def hand_in(seed: int, frozen_deg: float, learned_deg: float) -> str:
    """The line that one student hands in: a seed, and both mean errors in degrees.

    Raises
    ------
    ValueError
        If the seed belongs to nobody in a class, or an error is no angle from 0 to 90.
    """
    line = LINE.format(seed=seed, frozen=float(frozen_deg), learned=float(learned_deg))
    _, trouble = _read(line)
    if trouble:
        raise ValueError(trouble)
    return line


def collect(lines: str | Iterable[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of a class, two for each line of `hand_in`, and a sentence for each line that has none.

    A name before a line does no harm. Empty lines are passed over. A seed counts once: the first
    time that it is handed in.

    Parameters
    ----------
    lines : str or iterable of str
        One text, or a list.

    Returns
    -------
    rows : list of dict
        `setting` ("frozen" or "learned"), `seed` and `error_deg`, in the order of the lines.
    trouble : list of str
    """
    given = lines.splitlines() if isinstance(lines, str) else [str(line) for line in lines]
    rows: list[dict[str, Any]] = []
    found: dict[int, tuple[int, tuple[float, float]]] = {}
    trouble = []
    for place, line in enumerate(given, start=1):
        if not line.strip():
            continue
        row, said = _read(line)
        if row is None:
            trouble.append(f"Line {place} is left out: {said}")
            continue
        seed, errors = row
        if seed in found:
            first, before = found[seed]
            same = "equal" if before == errors else "other"
            trouble.append(
                f"Line {place} is left out: seed {seed} was on line {first} already, with {same} "
                "numbers."
            )
            continue
        found[seed] = place, errors
        rows += [
            {"setting": name, "seed": seed, "error_deg": error}
            for name, error in zip(("frozen", "learned"), errors, strict=True)
        ]
    return rows, trouble


def _read(line: str) -> tuple[tuple[int, tuple[float, float]] | None, str]:
    """Seed and errors of one line, or None and what is wrong with it."""
    match = _ROW.search(line.strip())
    if match is None:
        wanted = LINE.format(seed=107, frozen=5.1, learned=5.0)
        return None, f"it must be like '{wanted}', not {line.strip()[:60]!r}."
    seed, *errors = match.groups()
    if not re.fullmatch(r"[0-9]+", seed) or int(seed) not in SEEDS:
        return None, f"its seed must be a number from {SEEDS[0]} to {SEEDS[-1]}, not {seed[:20]!r}."
    values = []
    for name, word in zip(("frozen", "learned"), errors, strict=True):
        plain = word.replace(",", ".").removesuffix("°").strip()
        known = re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain) is not None
        if not known or not 0 < float(plain) <= LARGEST_DEG:
            return None, (
                f"what {name} says must be a mean error from 0 to {LARGEST_DEG} degrees, "
                f"not {word[:20]!r}."
            )
        values.append(float(plain))
    return (int(seed), (values[0], values[1])), ""
