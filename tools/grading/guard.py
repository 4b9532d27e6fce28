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
import ctypes
import errno
import json
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_COURSE = Path(__file__).resolve().parent.parent.parent

ROOM_MB = 256
"""What the folder may hold in which the code runs, where it is a world of its own."""
FILE_MB = 64
"""What one file may hold."""
PATIENCE = 3
"""A machine may be busy, so what waits gets so many times the seconds of what works."""
WAYS = ("namespaces", "landlock", "audit")
"""From the strongest to the weakest."""

# from <sched.h>, <sys/mount.h>, <sys/prctl.h>
_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NET = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = (
    1, 2, 4, 32, 4096, 16384, 1 << 18,
)  # fmt: skip
_DIE_WITH_PARENT, _SET_SECCOMP, _DROP_BOUND, _NO_NEW_RIGHTS = 1, 22, 24, 38
_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd",
)  # fmt: skip
_DEVICES = ("null", "zero", "full", "random", "urandom")


class NoFenceError(OSError):
    """The kernel does not give what was asked for."""


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

    `work` is the one folder that can be written. Call it before anything has started a thread.
    With namespaces the caller goes on in a child; the parent waits, and ends as it does.
    """
    if way == "namespaces":
        _namespaces(work, paths)
    elif way == "landlock":
        _give_up_rights()
        _landlock(work, paths)
        _seccomp()
    elif way == "audit":
        _audit(work)
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


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments) -> int:
    found = function(*arguments)
    if found == -1:
        number = ctypes.get_errno()
        raise NoFenceError(number, os.strerror(number))
    return found


def _namespaces(work: Path, paths: Sequence[Path]) -> None:
    libc, user, group = _libc(), os.getuid(), os.getgid()
    if not hasattr(libc, "unshare"):
        raise NoFenceError(errno.ENOSYS, "this system has no namespaces")
    _call(libc.unshare, _NEW_USER | _NEW_MOUNTS | _NEW_PIDS | _NEW_NET | _NEW_IPC)
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        child = os.fork()  # the first process of the new world; when it ends, the world does
        if child:
            _, status = os.waitpid(child, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        _new_root(work, paths)
        _give_up_rights()
    except OSError as error:
        raise NoFenceError(error.errno, str(error)) from error


def _new_root(work: Path, paths: Sequence[Path]) -> None:
    """Make a root in which only `paths`, a few devices and an empty `work` are."""
    libc = _libc()

    def mount(source, target, kind, flags, data=None):
        words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
        _call(libc.mount, *words, ctypes.c_ulong(flags), data)

    mount("none", "/", None, _RECURSIVE | _PRIVATE)
    mount("none", work, "tmpfs", _NO_SUID | _NO_DEVICES, f"size={ROOM_MB}m,nr_inodes=20k".encode())
    root = work / "root"
    root.mkdir()
    mount("none", root, "tmpfs", _NO_SUID | _NO_DEVICES, b"size=1m")
    read_only = _BIND | _REMOUNT | _READ_ONLY | _NO_SUID
    for path in [*paths, *(Path("/dev", name) for name in _DEVICES)]:
        inside = root / path.relative_to("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.mkdir() if path.is_dir() else inside.touch()
        mount(path.resolve(), inside, None, _BIND)
        if path.parent != Path("/dev"):
            mount(None, inside, None, read_only | _flags(path))
    (root / "proc").mkdir()
    try:
        mount("proc", root / "proc", "proc", _NO_SUID | _NO_DEVICES)
    except NoFenceError:  # a container hides parts of its own; Python does without
        pass
    room = root / work.relative_to("/")
    room.mkdir(parents=True)
    mount("none", room, "tmpfs", _NO_SUID | _NO_DEVICES, f"size={ROOM_MB}m,nr_inodes=20k".encode())
    mount(None, root, None, _REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEVICES)
    os.chroot(root)
    os.chdir(work)


def _flags(path: Path) -> int:
    """The flags with which the files of `path` are mounted: a new world may not drop them."""
    has = os.statvfs(path).f_flag
    names = {"ST_NODEV": 4, "ST_NOEXEC": 8, "ST_NOATIME": 1024, "ST_NODIRATIME": 2048}
    kept = [flag for name, flag in names.items() if has & getattr(os, name)]
    return sum(kept) | (1 << 21 if has & os.ST_RELATIME else 0)


def _give_up_rights() -> None:
    """Keep none of an administrator's rights, and let nothing bring them back."""
    libc = _libc()
    _call(libc.prctl, _NO_NEW_RIGHTS, 1, 0, 0, 0)
    for right in range(64):
        libc.prctl(_DROP_BOUND, right, 0, 0, 0)
    header, none = struct.pack("=II", 0x20080522, 0), bytes(24)
    _call(libc.capset, header, none)


# from <linux/landlock.h>
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_ALL_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights Landlock knows, by its version; 16 from the fifth on."""


def _landlock(work: Path, paths: Sequence[Path]) -> None:
    """Let the kernel refuse to open any file but `paths` to read, and `work` to write."""
    libc = _libc()
    version = _call(libc.syscall, 444, None, ctypes.c_size_t(0), 1)
    known = (1 << _ALL_RIGHTS.get(version, 16)) - 1
    tcp, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    asked = struct.pack("=QQQ", known, tcp, scopes)[:size]
    rules = _call(libc.syscall, 444, asked, ctypes.c_size_t(size), 0)
    allowed = {path: _EXECUTE | _READ | _LIST for path in [*paths, Path("/proc")]}
    allowed |= {Path("/dev", name): _READ | _WRITE for name in _DEVICES} | {work: known}
    for path, rights in allowed.items():
        if not path.is_dir():
            rights &= _EXECUTE | _WRITE | _READ | _TRUNCATE
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", rights & known, place)
        _call(libc.syscall, 445, rules, 1, rule, 0)
        os.close(place)
    _call(libc.syscall, 446, rules, 0)
    os.close(rules)


_REFUSED = {  # system calls by their numbers on x86_64 and aarch64
    # to reach the network or another program
    "socket": (41, 198), "io_uring_setup": (425, 425), "pidfd_open": (434, 434),
    # to stop or change another program of the same user
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "setpriority": (141, 140),
    "sched_setaffinity": (203, 122), "ioprio_set": (251, 30),
    # to change what Landlock leaves: lengths, rights, owners, times, notes
    "truncate": (76, 45), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53),
    "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None),
    "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466),
}  # fmt: skip
_OF_ITSELF_ONLY = (302, 261)  # prlimit64, whose first number is the process, 0 for itself
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def _seccomp() -> None:
    """Let the kernel refuse the system calls of `_REFUSED`, as if they were not permitted."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        raise NoFenceError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    column, machine = _MACHINES[platform.machine()]
    refused = [pair[column] for pair in _REFUSED.values() if pair[column] is not None]
    load, equal, above, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
    code = [(load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, kill), (load, 0, 0, 0)]
    code += [(above, 0, 1, 1 << 30), (answer, 0, 0, kill)]  # the other half of x86_64's numbers
    for number in refused:
        code += [(equal, 0, 1, number), (answer, 0, 0, refuse)]
    code += [(equal, 0, 3, _OF_ITSELF_ONLY[column]), (load, 0, 0, 16)]
    code += [(equal, 1, 0, 0), (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(filters)))
    _call(_libc().prctl, _SET_SECCOMP, 2, program, 0, 0)


_CHANGES = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.symlink", "os.truncate", "os.utime", "shutil.copyfile", "shutil.move", "shutil.rmtree",
}  # fmt: skip
_REACHES = {
    "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn",
    "os.startfile", "os.system", "pty.spawn", "socket.bind", "socket.connect", "socket.getaddrinfo",
    "socket.sendto", "subprocess.Popen", "urllib.Request",
}  # fmt: skip


def _audit(work: Path) -> None:
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
