"""The fences around code that nobody has read: what it cannot reach, and what it cannot use up.

Linux offers two, and each works without any right of an administrator:

- namespaces: a world of its own, which has no network, no other process, and of the files only
  those that a lesson needs, none of which can be written. Some systems allow this to nobody.
- Landlock and seccomp: the world is the same, and the kernel refuses to open, to send and to kill.

Elsewhere neither is there. Then Python itself refuses to open and to send, which stops mistakes and
holds nobody who means to get out.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.grading import audit, landlock, namespaces

_COURSE = Path(__file__).resolve().parent.parent.parent

FILE_MB = 64
"""What one file may hold."""
PATIENCE = 3
"""A machine may be busy, so what waits gets so many times the seconds of what works."""
WAYS = ("namespaces", "landlock", "audit")
"""From the strongest to the weakest."""

_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd",
)  # fmt: skip


def readable(course: Path) -> list[Path]:
    """The files that a lesson needs to read: Python, what it stands on, and the course's code.

    Neither the solutions nor what others have handed in. Each stands under the name by which Python
    knows it, and under the one that it has when all links are followed.
    """
    found = [Path(place) for place in (*_SYSTEM, sys.prefix, sys.base_prefix, sys.executable)]
    found += [Path(entry) for entry in sys.path if "site-packages" in entry]
    found += [Path(spec) for spec in sys.path if spec.endswith("dist-packages")]
    found += [course / "course_utils", course / "figures", course / "tools" / "grading"]
    found = [Path(os.path.abspath(path)) for path in found if path.exists()]
    wanted = {*found, *(path.resolve() for path in found)}
    return sorted(path for path in wanted if not wanted & set(path.parents))


def enclose(way: str, work: Path, paths: Sequence[Path]) -> None:
    """Put this process, and all it starts, behind a fence of `WAYS`; raise `NoFenceError` if not.

    "none" is no fence at all, against which the others are held.

    `work` is the one folder that can be written. Call it before anything has started a thread.
    With namespaces the caller goes on in a child; the parent waits, and ends as it does.
    """
    if way == "namespaces":
        namespaces.enclose(work, paths)
    elif way == "landlock":
        landlock.enclose(work, paths)
    elif way == "audit":
        audit.enclose(work)
    elif way != "none":
        raise ValueError(f"way must be one of {[*WAYS, 'none']}, not {way!r}.")


def limit(memory_mb: int, seconds: int, processes: int) -> None:
    """Limit what each process may use; what all use together is for the one who watches."""
    try:
        import resource
    except ImportError:  # Windows
        return
    ceilings = {
        "RLIMIT_DATA": memory_mb * 2**20, "RLIMIT_CPU": seconds, "RLIMIT_FSIZE": FILE_MB * 2**20,
        "RLIMIT_NPROC": processes, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 256,
    }  # fmt: skip
    for name, most in ceilings.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def tried(way: str) -> dict[str, bool]:
    """Try this way in a process of its own, and say what it kept: files, secrets, network."""
    command = [sys.executable, "-m", "tools.grading.guard", way]
    done = subprocess.run(command, cwd=_COURSE, capture_output=True, text=True, timeout=120)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {}


def _attempts(way: str) -> None:
    """What `tried` runs: attempts to get out, and what came of them."""
    with tempfile.TemporaryDirectory(prefix="grade-") as name:
        outside = Path(name).resolve()
        (outside / "secret").write_text("")
        (outside / "room").mkdir()
        listener = socket.create_server(("127.0.0.1", 0))
        address = listener.getsockname()

        def kept(attempt) -> bool:
            try:
                attempt()
            except OSError:
                return True
            return False

        def attempts() -> dict[str, bool]:
            enclose(way, outside / "room", readable(_COURSE))
            (outside / "room" / "own").write_text("this must be possible")
            return {
                "files": kept(lambda: (outside / "new").write_text("")),
                "secrets": kept(lambda: (outside / "secret").read_text()),
                "network": kept(lambda: socket.create_connection(address, 5)),
            }

        inside, told = os.pipe()
        child = os.fork() if hasattr(os, "fork") else 0
        if child == 0:
            try:
                os.write(told, json.dumps(attempts()).encode())
            except OSError:
                pass
            if hasattr(os, "fork"):
                os._exit(0)
        os.close(told)
        if child:
            os.waitpid(child, 0)
        print(os.read(inside, 1000).decode())


if __name__ == "__main__":
    _attempts(sys.argv[1])
