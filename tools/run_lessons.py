"""Run every lesson in full, top to bottom, and save its outputs (this is `make run`).

    python -m tools.run_lessons [NAME ...]      for example 02_make_a_spike_wait

The `.py` is the source: its cells replace those of the `.ipynb`. The solutions of a lesson run
right after it. A page that fails leaves its `.ipynb` as it was. The status is 1 if any page
failed, 2 if a name is unknown.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
import time
from pathlib import Path

import psutil
from nbclient import NotebookClient

from tools import notebook_checks as checks

# The kernel must be this Python, even if the user keeps another one called python3.
os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a debugger's warning on stderr

CELL_SECONDS = 300


class PeakMemory:
    """The most memory (MB) that all our child processes held together: here, the kernel."""

    def __enter__(self):
        self.megabytes = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.wait(0.05):
            total = 0
            for child in psutil.Process().children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    pass
            self.megabytes = max(self.megabytes, total / 1e6)


def run_page(folder: Path, name: str) -> str | None:
    """Run one page and save it; return what went wrong, or None."""
    try:
        notebook = checks.from_source(folder, name)
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_SECONDS,
            record_timing=False,
            # The kernel is on this machine: a warning that TCP is not encrypted helps nobody.
            extra_arguments=["--log-level=ERROR"],
            coalesce_streams=True,  # of a progress bar, keep the last line
            resources={"metadata": {"path": str((folder / name).parent)}},
        )
        client.execute()
    except Exception as error:  # a lesson may fail in any way; the others still run
        return re.sub(r"\x1b\[[0-9;]*m", "", f"{type(error).__name__}: {error}")
    hidden = checks.widget_errors(notebook)
    if hidden:
        return "a widget hides an error: " + "; ".join(hidden)
    checks.tidy(notebook)
    path = folder / f"{name}.ipynb"
    checks.write(notebook, path)
    return "; ".join(checks.size_problems(path)) or None


def main(arguments: list[str] | None = None, folder: Path = checks.NOTEBOOKS) -> int:
    parser = argparse.ArgumentParser(prog="run_lessons", description="Run lessons in full.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a lesson; all if none is named")
    known = checks.lessons(folder)
    names = [Path(name).stem for name in parser.parse_args(arguments).names] or known
    unknown = sorted(set(names) - set(known))
    if unknown or not known:
        have = ", ".join(known) or "nothing"
        print(f"No lesson called {', '.join(unknown) or 'NN_*.py'}; {folder} holds {have}.")
        return 2

    pages = [page for name in names for page in checks.pages(name, folder)]
    width = max(len(name) for name in pages)
    print(f"{'page':<{width}}  seconds  peak MB")
    failures, seconds, peak = 0, 0.0, 0.0
    for name in pages:
        start = time.perf_counter()
        with PeakMemory() as memory:
            problem = run_page(folder, name)
        took = time.perf_counter() - start
        seconds, peak = seconds + took, max(peak, memory.megabytes)
        failed = "" if problem is None else "  FAILED"
        print(f"{name:<{width}}  {took:7.1f}  {memory.megabytes:7.0f}{failed}", flush=True)
        if problem is not None:
            failures += 1
            print("    " + "\n    ".join(problem.splitlines()[-25:]), flush=True)
    ok = len(pages) - failures
    print(f"pages: {ok} ok, {failures} failed, {seconds:.0f} seconds, {peak:.0f} MB peak")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
