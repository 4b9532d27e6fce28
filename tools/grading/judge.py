"""Judge one notebook, in a process of its own that runs no line of it.

    python -m tools.grading.judge < what the command sends > the verdicts, as JSON

The true checks are called here, with answers that live elsewhere (`answers`), so a verdict comes
from the values of an answer alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from course_utils import checks
from tools.grading import reading
from tools.grading.answers import Answer, GoneError, NoVerdictError, Process, orphans_come_here
from tools.grading.beside import beside
from tools.grading.guesses import guesses
from tools.grading.lessons import Lesson
from tools.grading.reading import Asked, Cell

MEMORY_MB = 3000
"""What the judge itself may hold, whatever is sent to it."""

Verdict = dict[str, str]
"""`verdict`, one of "right", "not yet", "not tried" and "error", and what is said in `words`."""


def judge(cells: list[Cell], lesson: Lesson, way: str, until: float, files: dict) -> dict:
    """Return the verdict on each exercise of a notebook."""
    found: dict[str, Verdict] = {}
    ready: list[Asked] = []
    for asked in reading.answers(cells, lesson):
        if asked.place >= 0:
            ready.append(asked)
        elif asked.problem:
            found[asked.exercise] = _error(f"its cell can't be read ({asked.problem}).")
        else:
            words = f"there is no `{asked.answer}` in this notebook."
            found[asked.exercise] = {"verdict": "not tried", "words": words}
        found.setdefault(asked.exercise, {})["source"] = asked.source
    first = _round(cells, ready, way, until, files, whole=False)
    again = [asked for asked in ready if first[asked.exercise].pop("lacks", "")]
    second = _round(cells, again, way, until, files, whole=True) if again else {}
    for exercise, verdict in [*first.items(), *second.items()]:
        verdict.pop("lacks", "")
        found[exercise] |= verdict
    return {exercise: found[exercise] for exercise in lesson.exercises}


def _error(words: str) -> Verdict:
    return {"verdict": "error", "words": words}


def _round(
    cells: list[Cell], asked: list[Asked], way: str, until: float, files: dict, whole: bool
) -> dict[str, Verdict]:
    """Run what these answers need and judge them; when a process goes, the rest get another."""
    found: dict[str, Verdict] = {}
    left = sorted(asked, key=lambda one: one.place)
    while left:
        if time.monotonic() > until:
            found |= {one.exercise: _error("the time for this notebook was over.") for one in left}
            break
        judged = 0
        try:
            with Process(reading.plan(cells, left, whole), way, until, files) as process:
                while left:
                    exercise, problem = process.reach()
                    if exercise != left[0].exercise:
                        raise GoneError("its process sent something else than an answer")
                    found[exercise] = _verdict(left[0], problem, process)
                    left.pop(0)
                    judged += 1
        except GoneError as gone:
            # What went with an answer that was judged already is not the fault of the next one.
            if left and (not judged or gone.asked):
                found[left.pop(0).exercise] = _error(f"{gone}.")
    return found


def _verdict(asked: Asked, problem: str, process: Process) -> Verdict:
    """Judge the answer that a process holds ready."""
    failed = next(iter(process.errors.values()), "")
    if problem:
        words = f"it is not there: {problem}." + (
            f" A cell stopped with {failed}." if failed else ""
        )
        return {**_error(words), "lacks": failed}
    answer = Answer(process, asked.code, asked.signature)
    try:
        said = getattr(checks, asked.exercise)(answer, *beside(asked.exercise))
    except GoneError as gone:
        gone.asked = True
        raise
    except NoVerdictError as stopped:
        return _error(f"{stopped}.")
    lacks = failed if answer.lacked_a_name else ""
    return {"verdict": said.verdict, "words": said.words, "lacks": lacks}


def main() -> None:
    """Read what to judge from stdin; write what was found to stdout, one line of JSON."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    lessons = [Lesson(**told) for told in order["lessons"]]
    until = time.monotonic() + order["seconds"]
    _hold_little()
    said: dict[str, Any] = {}
    try:
        cells = reading.read(Path(order["path"]).read_bytes())
        lesson = reading.which(cells, lessons)
        said["lesson"] = lesson.name
        said["guesses"] = guesses(cells, lesson.questions)
        with orphans_come_here():
            said["exercises"] = judge(cells, lesson, order["way"], until, order["files"])
    except reading.UnreadableError as error:
        said["problem"] = f"{error}."
    except Exception as error:  # whatever a file holds, it must not stop the others
        said["problem"] = f"it can't be judged ({type(error).__name__})."
    print(json.dumps(said))


def _hold_little() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MB * 2**20,) * 2)
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    main()
