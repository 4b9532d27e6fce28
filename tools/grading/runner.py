"""The process in which a student's code runs; it decides nothing.

One line of JSON comes in with the cells to run and the answers to hold ready; then, for each
answer, inputs come in and what the student's function returns goes out. What is printed goes
nowhere. Whatever this process says is said by the student, as far as the judge is concerned.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.grading import guard


class TooLongError(BaseException):
    """No `except Exception` of a student catches it."""


def main() -> None:
    """Run the cells that stdin names, behind the fence that it names."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    order = json.loads(requests.readline())
    work = Path(order["work"])
    guard.enclose(order["way"], work, guard.readable(Path(order["course"])))
    guard.limit(order["memory_mb"], order["seconds"], order["processes"])
    os.chdir(work)
    for name, content in order["files"].items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(content, encoding="utf-8")
    shell = _shell()

    def tell(**words: Any) -> None:
        replies.write(json.dumps(words) + "\n")
        replies.flush()

    tell(ready=True)
    for number, step in enumerate(order["steps"]):
        if "cell" in step:
            tell(ran=number, error=_run(shell, step["cell"], order["cell_seconds"]))
            continue
        try:
            answer, error = eval(step["answer"], shell.user_ns), ""
        except Exception as why:
            answer, error = None, f"{type(why).__name__}: {why}"
        tell(holds=step["exercise"], error=error)
        while "call" in (asked := json.loads(requests.readline())):
            tell(**_called(answer, asked["call"], asked["seconds"]))


def _shell() -> Any:
    """IPython, as in a notebook, without a terminal, a history or a kernel."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    return InteractiveShell.instance(config=settings)


def _run(shell: Any, source: str, seconds: float) -> str:
    """Run a cell as a notebook does; return its error in words, if there is one."""
    try:
        with _within(seconds):
            result = shell.run_cell(source, store_history=False)
            error = result.error_before_exec or result.error_in_exec
    except TooLongError:
        return f"it was still running after {seconds:g} s"
    except BaseException as why:
        error = why
    if isinstance(error, TooLongError):
        return f"it was still running after {seconds:g} s"
    return "" if error is None else f"{type(error).__name__}: {error}"


def _called(function: Callable, given: list, seconds: float) -> dict[str, Any]:
    """Call a student's function with inputs from the wire, and say what came of it."""
    import torch

    from tools.grading import wire

    inputs = [wire.decode(value) for value in given]
    before = [value.clone() if isinstance(value, torch.Tensor) else None for value in inputs]
    try:
        with _within(seconds):
            told = {"returned": wire.encode(function(*inputs))}
    except TooLongError:
        return {"late": True}
    except BaseException as error:
        return {"raised": _told(error)}
    changed = {
        place: wire.encode(value)
        for place, (value, was) in enumerate(zip(inputs, before, strict=True))
        if was is not None and not torch.equal(value, was)
    }
    return {**told, "changed": changed}


def _told(error: BaseException) -> dict[str, Any]:
    """An error in words, and the student's lines in which it arose, the outermost first."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is ours
    lines = [frame.line for frame in frames if frame.filename == frames[0].filename]
    try:
        words = str(error)
    except Exception:
        words = ""
    exits = isinstance(error, SystemExit)
    return {"kind": type(error).__name__, "exits": exits, "words": words, "lines": lines}


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Stop what works for longer, or waits for much longer, where this system can do that."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TooLongError

    timers = {signal.ITIMER_PROF: seconds, signal.ITIMER_REAL: guard.PATIENCE * seconds}
    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    for timer, most in timers.items():
        signal.setitimer(timer, most, 0.5)  # and again, where something caught it
    try:
        yield
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)


if __name__ == "__main__":
    main()
