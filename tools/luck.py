"""Run every page with other random draws, and with each cell run twice (this is `make test-luck`).

    python -m tools.luck [NAME ...] [--jobs 2]      for example 02_make_a_spike_wait

A reader changes a seed to see what depends on it, and runs a cell again to look once more. Neither
may turn a page red. Each page runs in a fresh kernel with five other seeds (every whole number in a
`manual_seed(...)` of the page is replaced by itself + 1000, + 2000, ...), and once with every code
cell run twice in place. Nothing is saved. What stops is named: page, draw, cell, error; the status
is then 1, and 2 if a name is unknown.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tools import pages
from tools.execution import PageStops, run

SHIFTS = (1000, 2000, 3000, 4000, 5000)
TWICE = "every cell twice"
SEEDING = {"manual_seed", "default_rng", "RandomState", "seed"}  # functions that take a seed


def reseed(source: str, shift: int) -> str:
    """Return the code of a cell with `shift` added to every seed that it writes as a number.

    A seed that is only a name (`manual_seed(seed)`) is left: where it comes from decides.
    """
    lines = source.splitlines(keepends=True)
    numbers = [
        number
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and _called(call) in SEEDING
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for number in ast.walk(argument)
        if isinstance(number, ast.Constant) and type(number.value) is int
    ]
    # From the last to the first, so that a longer number moves none that is still to come.
    for number in sorted(numbers, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        line = lines[number.lineno - 1].encode()  # columns count bytes
        new = str(number.value + shift).encode()
        line = line[: number.col_offset] + new + line[number.end_col_offset :]
        lines[number.lineno - 1] = line.decode()
    return "".join(lines)


def _called(call: ast.Call) -> str:
    """Return the last name of what is called: "manual_seed" in torch.Generator().manual_seed(0)."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def draws(notebook) -> dict:
    """Return the notebooks to run, by the words that name them; no seed, no other draws."""
    variants = {}
    for shift in SHIFTS:
        other = copy.deepcopy(notebook)
        for cell in other.cells:
            if cell.cell_type == "code":
                cell.source = reseed(cell.source, shift)
        if other != notebook:
            variants[f"seeds + {shift}"] = other
    twice = copy.deepcopy(notebook)
    twice.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(2)]
    for number, cell in enumerate(twice.cells):
        cell.id = f"cell-{number}"
    variants[TWICE] = twice
    return variants


def problem(folder: Path, page: str, draw: str) -> tuple[str | None, float]:
    """Run one page with one of its draws; return where and why it stops, or None, and seconds."""
    start = time.perf_counter()
    notebook = draws(pages.from_source(folder, page))[draw]
    try:
        run(notebook, (folder / page).parent)
    except PageStops as stop:
        cell, again = stop.cell, ""
        if draw == TWICE and cell is not None:
            cell, second = divmod(cell, 2)
            again = " (the second time)" * second
        where = f"{page}, {draw}, cell {'unknown' if cell is None else cell}{again}"
        last = str(stop).splitlines()[-8:]  # a traceback says at its end what went wrong
        return "\n    ".join([f"{where}:", *last]), time.perf_counter() - start
    return None, time.perf_counter() - start


def main(arguments=None, folder: Path = pages.NOTEBOOKS) -> int:
    parser = argparse.ArgumentParser(prog="luck", description="Run lessons with other draws.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a lesson; all if none is named")
    parser.add_argument("--jobs", type=int, default=2, help="how many pages run at a time")
    options = parser.parse_args(arguments)
    try:
        chosen = pages.named(options.names, folder)
    except pages.UnknownPageError as unknown:
        print(unknown)
        return 2
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # pages run side by side: one thread each
    stopped = 0
    with ThreadPoolExecutor(options.jobs) as workers:  # each waits for a kernel of its own
        runs = {
            workers.submit(problem, folder, page, draw): f"{page}, {draw}"
            for page in chosen
            for draw in draws(pages.from_source(folder, page))
        }
        for done in as_completed(runs):
            words, seconds = done.result()
            print(f"{seconds:6.1f} s  {runs[done]}{'  STOPS' if words else ''}", flush=True)
            if words:
                stopped += 1
                print(f"    {words}", flush=True)
    print(f"luck: {len(runs) - stopped} of {len(runs)} runs went through, {stopped} stopped")
    return 1 if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
