"""A fence of namespaces: a world in which nothing else is."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from tools.grading.kernel import DEVICES, NoFenceError, call, give_up_rights, libc

ROOM_MB = 256
"""What the folder may hold in which the code runs."""
# from <sched.h>, <sys/mount.h>, <sys/prctl.h>
_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NET = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_READ_ONLY, _NO_SUID, _NODEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = (
    1, 2, 4, 32, 4096, 16384, 1 << 18,
)  # fmt: skip
_DIE_WITH_PARENT = 1


def enclose(work: Path, paths: Sequence[Path]) -> None:
    kernel, user, group = libc(), os.getuid(), os.getgid()
    if not hasattr(kernel, "unshare"):
        raise NoFenceError(errno.ENOSYS, "this system has no namespaces")
    call(kernel.unshare, _NEW_USER | _NEW_MOUNTS | _NEW_PIDS | _NEW_NET | _NEW_IPC)
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        child = os.fork()  # the first process of the new world; when it ends, the world does
        if child:
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        _new_root(work, paths)
        give_up_rights()
    except OSError as error:
        raise NoFenceError(error.errno, str(error)) from error


def _new_root(work: Path, paths: Sequence[Path]) -> None:
    """Make a root in which only `paths`, a few devices and an empty `work` are."""
    kernel = libc()

    def mount(source, target, kind, flags, data=None):
        words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
        call(kernel.mount, *words, ctypes.c_ulong(flags), data)

    mount("none", "/", None, _RECURSIVE | _PRIVATE)
    mount("none", work, "tmpfs", _NO_SUID | _NODEVICES, f"size={ROOM_MB}m,nr_inodes=20k".encode())
    root = work / "root"
    root.mkdir()
    mount("none", root, "tmpfs", _NO_SUID | _NODEVICES, b"size=1m")
    read_only = _BIND | _REMOUNT | _READ_ONLY | _NO_SUID
    for path in [*paths, *(Path("/dev", name) for name in DEVICES)]:
        inside = root / path.relative_to("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.mkdir() if path.is_dir() else inside.touch()
        mount(path.resolve(), inside, None, _BIND)
        if path.parent != Path("/dev"):
            mount(None, inside, None, read_only | _flags(path))
    (root / "proc").mkdir()
    try:
        mount("proc", root / "proc", "proc", _NO_SUID | _NODEVICES)
    except NoFenceError:  # a container hides parts of its own; Python does without
        pass
    room = root / work.relative_to("/")
    room.mkdir(parents=True)
    mount("none", room, "tmpfs", _NO_SUID | _NODEVICES, f"size={ROOM_MB}m,nr_inodes=20k".encode())
    mount(None, root, None, _REMOUNT | _READ_ONLY | _NO_SUID | _NODEVICES)
    os.chroot(root)
    os.chdir(work)


def _flags(path: Path) -> int:
    """The flags with which the files of `path` are mounted: a new world may not drop them."""
    has = os.statvfs(path).f_flag
    names = {"ST_NODEV": 4, "ST_NOEXEC": 8, "ST_NOATIME": 1024, "ST_NODIRATIME": 2048}
    kept = [flag for name, flag in names.items() if has & getattr(os, name)]
    return sum(kept) | (1 << 21 if has & os.ST_RELATIME else 0)
