"""No fence, but a sign: Python refuses what leads out, and code that leaves Python is free."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_CHANGES = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime", "shutil.copyfile", "shutil.move", "shutil.rmtree",
}  # fmt: skip
_REACHES = {
    "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn",
    "os.startfile", "os.system", "pty.spawn", "socket.bind", "socket.connect", "socket.getaddrinfo",
    "socket.sendto", "subprocess.Popen", "urllib.Request",
}  # fmt: skip


def enclose(work: Path) -> None:
    """Let Python refuse what leads out of `work`; code that leaves Python is not held."""
    room = str(work.resolve())

    def outside(path: object) -> bool:
        if isinstance(path, int):
            return False
        real = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return real != os.devnull and os.path.commonpath([room, real]) != room

    def refuse(event: str, given: tuple) -> None:
        writes = event == "open" and isinstance(given[2], int) and given[2] & ~os.O_CLOEXEC & (
            os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
        )  # fmt: skip
        if event in _REACHES or ((writes or event in _CHANGES) and outside(given[0])):
            raise PermissionError(f"{event} leads out of the folder in which this notebook runs")

    sys.addaudithook(refuse)
