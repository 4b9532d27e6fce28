"""Run every lesson in full, top to bottom, and save its outputs (this is `make run`).

    python -m tools.run_lessons [--replace] [NAME ...]      for example 02_make_a_spike_wait

The `.py` is the source: its cells replace those of the `.ipynb`, except where someone edited that:
such a page is left alone, unless told to `--replace` it (see pairs). The solutions of a lesson run
right after it. For the site, each page is also kept with the pictures of its sliders (see
live_pages); their time is counted apart. A page that fails leaves its `.ipynb` as it was. The
status is 1 if any page failed, 2 if a name is unknown.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

import psutil

from tools import live_pages, page_rules, pages, pairs
from tools.execution import execute


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


def run_page(
    folder: Path, name: str, keep_in: Path | None, replace: bool = False
) -> tuple[str | None, float]:
    """Run one page and save it; return what went wrong, or None, and the pictures' seconds.

    With a folder to `keep_in`, the pictures of its sliders are drawn as well, and kept there.
    """
    if not replace and (refusal := pairs.refusal(folder, name)):
        return refusal, 0.0
    pairs.write_source(pages.from_source(folder, name), folder, name)
    try:
        notebook = execute(folder, name, live_pages.PICTURES if keep_in else 0)
    except Exception as error:  # a lesson may fail in any way; the others still run
        return str(error), 0.0
    pictures = live_pages.picture_seconds(notebook)
    if keep_in:
        live_pages.save(notebook, name, keep_in)
    pages.tidy(notebook)
    # It may have been open meanwhile, and saved.
    if not replace and (refusal := pairs.refusal(folder, name)):
        return refusal, pictures
    pairs.seal(notebook, folder, name)
    return "; ".join(page_rules.size_problems(folder / f"{name}.ipynb")) or None, pictures


def main(arguments=None, folder: Path = pages.NOTEBOOKS, keep_in: Path | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run_lessons", description="Run lessons in full.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a lesson; all if none is named")
    parser.add_argument("--replace", action="store_true", help="even where a notebook was edited")
    given = parser.parse_args(arguments)
    try:
        chosen = pages.named(given.names, folder)
    except pages.UnknownPageError as unknown:
        print(unknown)
        return 2
    width = max(len(name) for name in chosen)
    print(f"{'page':<{width}}  seconds  pictures (s)  peak MB")
    failures, seconds, peak = 0, 0.0, 0.0
    for name in chosen:
        start = time.perf_counter()
        with PeakMemory() as memory:
            problem, pictures = run_page(folder, name, keep_in, given.replace)
        took = time.perf_counter() - start - pictures
        seconds, peak = seconds + took, max(peak, memory.megabytes)
        failed = "" if problem is None else "  FAILED"
        row = f"{took:7.1f}  {pictures:12.1f}  {memory.megabytes:7.0f}{failed}"
        print(f"{name:<{width}}  {row}", flush=True)
        if problem is not None:
            failures += 1
            print("    " + "\n    ".join(problem.splitlines()[-25:]), flush=True)
    ok = len(chosen) - failures
    print(f"pages: {ok} ok, {failures} failed, {seconds:.0f} seconds, {peak:.0f} MB peak")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(keep_in=live_pages.PAGES))
