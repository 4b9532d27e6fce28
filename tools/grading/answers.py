"""An answer that lives in another process, as a function that a check can call."""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import torch

from tools.grading import guard, wire

COURSE = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90
"""What Python may take to start and to load the course: on a cold disk, most of it is reading."""
CELL_SECONDS = 20
"""What one cell may take."""
EXERCISE_SECONDS = 10
"""What one call of an answer may take, and all of them three times that."""
GRACE_SECONDS = 3
"""What passes until a process that does not stop by itself is ended."""
MEMORY_MB = 1500
"""What one process may hold; all that one notebook starts may hold it once and a half."""
PROCESSES = 64
_POLL_SECONDS = 0.1
_REPLIES = ("returned", "raised", "late")


class NoVerdictError(BaseException):
    """An answer could not be judged; carries why. No check catches it."""


class GoneError(NoVerdictError):
    """The process has ended, so nothing more can be asked of it."""

    asked = False
    """Whether it ended while an answer was being judged."""


class Process:
    """A student's notebook as it runs; `steps` are cells, and answers to hold ready.

    As a context it ends, with all that it has started, and its folder goes with it.
    """

    def __init__(self, steps: list[dict], way: str, until: float, files: dict[str, str]):
        self.until = until
        self.errors: dict[int, str] = {}
        self.why = "the notebook ended its own process"
        self._work = Path(tempfile.mkdtemp(prefix="grade-")).resolve()
        home = str(self._work)
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ
        }
        environment = {
            **kept, "HOME": home, "USERPROFILE": home, "TMPDIR": home, "TEMP": home,
            "PYTHONPATH": str(COURSE), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1", "MPLBACKEND": "agg", "MPLCONFIGDIR": str(self._work / "matplotlib"),
            "IPYTHONDIR": home, "JUPYTER_PLATFORM_DIRS": "1",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        }  # fmt: skip
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tools.grading.runner"],
            cwd=COURSE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=4)
        self._over = threading.Event()
        for work in (self._read, self._watch):
            threading.Thread(target=work, daemon=True).start()
        try:
            self._send(
                steps=steps, way=way, course=str(COURSE), work=home, files=files,
                seconds=max(1, int(until - time.monotonic())), cell_seconds=CELL_SECONDS,
                memory_mb=MEMORY_MB, processes=PROCESSES,
            )  # fmt: skip
            self._hear(START_SECONDS)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._end()
        with contextlib.suppress(queue.Empty):
            while True:  # so that the reader can come to its end
                self._lines.get_nowait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        shutil.rmtree(self._work, ignore_errors=True)

    def reach(self) -> tuple[str, str]:
        """Go on to the next answer; return its exercise, and why it is not there if it is not."""
        self._send(next=True) if self._asked else None
        self._asked = True
        while "holds" not in (said := self._hear(guard.PATIENCE * CELL_SECONDS + GRACE_SECONDS)):
            if said.get("error") and len(self.errors) < 1000:
                self.errors[int(said["ran"])] = str(said["error"])[:2000]
        return str(said["holds"]), str(said.get("error", ""))

    _asked = False

    def call(self, inputs: list[Any], seconds: float) -> dict[str, Any]:
        """Call the answer that is ready now."""
        self._send(call=inputs, seconds=seconds)
        return self._hear(guard.PATIENCE * seconds + GRACE_SECONDS)

    def _send(self, **words: Any) -> None:
        try:
            self._popen.stdin.write(json.dumps(words).encode() + b"\n")  # type: ignore[union-attr]
            self._popen.stdin.flush()  # type: ignore[union-attr]
        except OSError:
            raise GoneError(self.why) from None

    def _hear(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(0.01, min(seconds, self.until - time.monotonic())))
        except queue.Empty:
            self.why = "it was still running when its time was over, and did not stop when told to"
            self._end()
            raise GoneError(self.why) from None
        if not line:
            raise GoneError(self.why)
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not {"ready", "ran", "holds", *_REPLIES} & set(said):
            self.why = "its process sent something else than an answer"
            self._end()
            raise GoneError(self.why)
        return said

    def _read(self) -> None:
        """Hand on line by line what comes; an empty one says that no more will."""
        line = b"-"
        while line:
            try:
                line = self._popen.stdout.readline(wire.MOST_CHARACTERS)  # type: ignore[union-attr]
            except (OSError, ValueError):
                line = b""
            while not self._over.is_set():
                with contextlib.suppress(queue.Full):
                    self._lines.put(line, timeout=_POLL_SECONDS)
                    break

    def _watch(self) -> None:
        """End the process when it holds too much with all that it has started."""
        while not self._over.wait(_POLL_SECONDS):
            family = _family()
            if time.monotonic() > self.until + GRACE_SECONDS:
                self.why = "the time for this notebook was over"
            elif len(family) > PROCESSES + 2:
                self.why = f"it started more than {PROCESSES} processes"
            elif sum(map(_held_mb, family)) > 1.5 * MEMORY_MB:
                self.why = f"it took more than {1.5 * MEMORY_MB:.0f} MB of memory"
            else:
                continue
            self._end()
            return

    def _end(self) -> None:
        for _ in range(50):  # a process may start others while it is being ended
            family = [one for one in _family() if _runs(one)]
            for one in family:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            if not family:
                break
            psutil.wait_procs(family, timeout=0.2)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(5)


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def _family() -> list[psutil.Process]:
    """All processes below this one: a judge starts nothing else, and orphans come to it."""
    with contextlib.suppress(psutil.Error):
        return psutil.Process().children(recursive=True)
    return []


def _held_mb(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss / 2**20
    return 0.0


class Answer:
    """What a student wrote, as a check calls it; `code` and `signature` are only looked at."""

    def __init__(self, process: Process, code: Any = None, signature: Any = None):
        self._process, self._left = process, 3.0 * guard.PATIENCE * EXERCISE_SECONDS
        self.lacked_a_name = False
        if code is not None:
            self.__code__ = code
        if signature is not None:
            self.__signature__ = signature

    def __call__(self, *inputs: Any) -> Any:
        """Call it where it lives; raise what it raised there."""
        started = time.monotonic()
        said = self._process.call([wire.encode(value) for value in inputs], EXERCISE_SECONDS)
        self._left -= time.monotonic() - started
        if self._left <= 0 or said.get("late"):
            raise NoVerdictError(f"it was still running after {EXERCISE_SECONDS} s")
        if "raised" in said:
            error = _error(said["raised"])
            self.lacked_a_name |= type(error).__name__ == "NameError"
            raise error
        try:
            for place, value in said.get("changed", {}).items():
                _take_over(inputs[int(place)], wire.decode(value))
            return wire.decode(said.get("returned"))
        except (wire.NotAValueError, AttributeError, IndexError, ValueError) as error:
            raise NoVerdictError(f"its process sent no value: {error}") from None


def _take_over(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    """Change an input as the answer has changed it, so that a check can see it."""
    if isinstance(ours, torch.Tensor) and isinstance(theirs, torch.Tensor):
        if ours.shape == theirs.shape:
            ours.copy_(theirs)


def _error(told: Any) -> BaseException:
    """An error of the kind that is told, without any code of its own."""
    told = told if isinstance(told, dict) else {}
    kind, words = str(told.get("kind", ""))[:80], str(told.get("words", ""))[:2000]
    known = getattr(builtins, kind, None)
    if told.get("exits"):
        error: BaseException = SystemExit(words)
    elif isinstance(known, type) and issubclass(known, (TypeError, AttributeError)):
        error = known(words)  # after these a check tries it with tensors
    else:
        error = type(kind if kind.isidentifier() else "Error", (Exception,), {})(words)
    lines = told.get("lines")
    told_lines = [str(line)[:200] for line in lines[:50]] if isinstance(lines, list) else []
    error.reader_lines = told_lines  # type: ignore[attr-defined]
    return error


@contextlib.contextmanager
def orphans_come_here() -> Iterator[None]:
    """Let what a student's process leaves behind become ours, where the system can, to end it."""
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    yield
