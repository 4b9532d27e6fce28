"""A fence of Landlock and seccomp: the world is the same, and the kernel refuses."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.grading.kernel import DEVICES, NoFenceError, call, give_up_rights, libc


def enclose(work: Path, paths: Sequence[Path]) -> None:
    """Let the kernel refuse what leads out of `work`, but to read `paths`."""
    give_up_rights()
    _landlock(work, paths)
    _seccomp()


_SET_SECCOMP = 22
# from <linux/landlock.h>
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_ALL_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights Landlock knows, by its version; 16 from the fifth on."""


def _landlock(work: Path, paths: Sequence[Path]) -> None:
    """Let the kernel refuse to open any file but `paths` to read, and `work` to write."""
    kernel = libc()
    version = call(kernel.syscall, 444, None, ctypes.c_size_t(0), 1)
    known = (1 << _ALL_RIGHTS.get(version, 16)) - 1
    tcp, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    asked = struct.pack("=QQQ", known, tcp, scopes)[:size]
    rules = call(kernel.syscall, 444, asked, ctypes.c_size_t(size), 0)
    allowed = {path: _EXECUTE | _READ | _LIST for path in [*paths, Path("/proc")]}
    allowed |= {Path("/dev", name): _READ | _WRITE for name in DEVICES} | {work: known}
    for path, rights in allowed.items():
        if not path.is_dir():
            rights &= _EXECUTE | _WRITE | _READ | _TRUNCATE
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", rights & known, place)
        call(kernel.syscall, 445, rules, 1, rule, 0)
        os.close(place)
    call(kernel.syscall, 446, rules, 0)
    os.close(rules)


_REFUSED = {  # system calls by their numbers on x86_64 and aarch64
    # to reach the network or another program
    "socket": (41, 198), "io_uring_setup": (425, 425), "pidfd_open": (434, 434),
    # to stop or change another program of the same user
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "setpriority": (141, 140),
    "sched_setaffinity": (203, 122), "ioprio_set": (251, 30),
    # to empty a file
    "truncate": (76, 45),
}  # fmt: skip
_IGNORED = {  # rights, owners, times, notes: it seems to work, for some code needs that it does
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    "removexattrat": (466, 466),
}  # fmt: skip
_OF_ITSELF_ONLY = (302, 261)  # prlimit64, whose first number is the process, 0 for itself
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def _seccomp() -> None:
    """Let the kernel refuse the calls of `_REFUSED`, and do nothing at those of `_IGNORED`."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        raise NoFenceError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    column, machine = _MACHINES[platform.machine()]
    load, equal, above, answer = 0x20, 0x15, 0x35, 0x06
    allow, ignore, kill = 0x7FFF0000, 0x00050000, 0x80000000
    refuse = ignore | errno.EPERM
    code = [(load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, kill), (load, 0, 0, 0)]
    code += [(above, 0, 1, 1 << 30), (answer, 0, 0, kill)]  # the other half of x86_64's numbers
    for calls, said in ((_REFUSED, refuse), (_IGNORED, ignore)):
        for pair in calls.values():
            if pair[column] is not None:
                code += [(equal, 0, 1, pair[column]), (answer, 0, 0, said)]
    code += [(equal, 0, 3, _OF_ITSELF_ONLY[column]), (load, 0, 0, 16)]
    code += [(equal, 1, 0, 0), (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(filters)))
    call(libc().prctl, _SET_SECCOMP, 2, program, 0, 0)
