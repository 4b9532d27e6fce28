"""Grade a folder of notebooks: `python -m tools.grading FOLDER` (this is `make grade`)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import psutil

from tools import pages
from tools.grading import guard, report
from tools.grading.collect import Handed, collect, name_students
from tools.grading.lessons import Lesson, lessons

OUT = pages.ROOT / "build" / "grades"
SECONDS = 300
"""What all runs of one notebook may take together."""
SAID = {
    "namespaces": "Each notebook ran in a world of its own (Linux namespaces): without a network, "
    "without other processes, with the course's code to read and an empty folder to write.",
    "landlock": "The kernel (Landlock and seccomp) let each notebook read the course's code, write "
    "into an empty folder, and neither send anything nor stop other programs.",
    "audit": "This system has no fence for a notebook: Python itself refused to write outside of "
    "an empty folder and to use the network. That stops mistakes, and nobody who means harm; and "
    "a notebook could read your files.",
}


def fence() -> str:
    """Return the strongest of `guard.WAYS` that holds on this machine, by trying."""
    for way in guard.WAYS[:-1]:
        kept = guard.tried(way)
        if kept and all(kept.values()):
            return way
    return guard.WAYS[-1]


def grade(found: Sequence[Handed], told: list[dict], way: str, jobs: int) -> None:
    """Judge each file in a process of its own, and note what it says."""
    running: set[subprocess.Popen] = set()
    with tempfile.TemporaryDirectory(prefix="grading-") as room:
        order = {"lessons": told, "way": way, "seconds": SECONDS, "files": _fonts()}
        environment = os.environ | {
            "TMPDIR": room, "TEMP": room, "PYTHONPATH": str(pages.ROOT), "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        }  # fmt: skip
        workers = ThreadPoolExecutor(jobs)
        try:
            waiting = {
                workers.submit(_judged, one, order, environment, running): one
                for one in found
                if not one.problem
            }
            for n, done in enumerate(as_completed(waiting), 1):
                one = waiting[done]
                one.take(done.result())
                counts = Counter(verdict["verdict"] for verdict in one.exercises.values())
                words = ", ".join(f"{k} {verdict}" for verdict, k in counts.items())
                print(f"{n} of {len(waiting)}  {one.file}: {words or one.problem}", flush=True)
        finally:
            workers.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                _end(process.pid)
            workers.shutdown()


def _judged(
    one: Handed, order: dict[str, Any], environment: dict[str, str], running: set
) -> dict[str, Any]:
    judge = subprocess.Popen(
        [sys.executable, "-m", "tools.grading.judge"],
        cwd=pages.ROOT, env=environment, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    running.add(judge)
    try:
        said, _ = judge.communicate(
            json.dumps({**order, "path": str(one.path)}) + "\n", SECONDS * 2
        )
        return json.loads(said)
    except subprocess.TimeoutExpired:
        return {"problem": "it took too long to be judged."}
    except ValueError:
        return {"problem": "whatever it holds, it ended the process that judged it."}
    finally:
        _end(judge.pid)
        judge.wait()
        running.discard(judge)


def _end(pid: int) -> None:
    """End a judge, and what runs below it."""
    try:
        judge = psutil.Process(pid)
        family = [*judge.children(recursive=True), judge]
    except psutil.Error:
        return
    for process in family:
        try:
            process.kill()
        except psutil.Error:
            pass


def _fonts() -> dict[str, str]:
    """Matplotlib's list of fonts, which takes each new home some seconds to make."""
    import matplotlib
    from matplotlib import font_manager  # makes the list, if there is none yet

    name = f"fontlist-v{font_manager.FontManager.__version__}.json"
    path = Path(matplotlib.get_cachedir()) / name
    return {f"matplotlib/{name}": path.read_text(encoding="utf-8")} if path.is_file() else {}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="grade", description="Judge the exercises of a class.")
    parser.add_argument("folder", nargs="?", default="", help="where the notebooks are")
    parser.add_argument("--out", type=Path, default=OUT, help="where table and page go")
    parser.add_argument("--jobs", type=int, default=2, help="how many notebooks run at a time")
    parser.add_argument(
        "--unguarded", action="store_true", help="run without a fence if none is there"
    )
    given = parser.parse_args(arguments)
    folder = Path(given.folder).resolve()
    if not given.folder or not folder.is_dir():
        what = f"there is no folder {given.folder!r}" if given.folder else "no folder is named"
        print(
            f"{what}: say where the notebooks of your class are, as in make grade FILES=handed_in"
        )
        return 2
    found, others = collect(folder)
    if not found:
        print(f"{given.folder} holds no notebook (.ipynb), only {len(others)} other files.")
        return 2
    way = fence()
    if way == "audit" and not given.unguarded:
        print(
            "This system can't keep a notebook from your files and the network (Linux can). If you "
            "know what is in these notebooks, or this machine holds nothing of worth: UNGUARDED=1"
        )
        return 2
    asked: list[Lesson] = lessons()
    grade(found, [lesson.told() for lesson in asked], way, max(1, given.jobs))
    name_students(found, [lesson.name for lesson in asked])
    found.sort(key=lambda one: (one.lesson, one.student.casefold(), one.file))
    given.out.mkdir(parents=True, exist_ok=True)
    # With a mark at its start, by which spreadsheets know that it is UTF-8.
    (given.out / "grades.csv").write_text(
        report.table(found, asked), encoding="utf-8-sig", newline=""
    )
    (given.out / "grades.html").write_text(
        report.page(found, others, asked, SAID[way]), encoding="utf-8"
    )
    broken = sum(bool(one.problem) for one in found)
    print(f"{len(found) - broken} of {len(found)} notebooks are graded. {SAID[way]}")
    print(f"{given.out / 'grades.html'}\n{given.out / 'grades.csv'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
