"""What the fences say to the Linux kernel, which has no words of Python for it."""

from __future__ import annotations

import ctypes
import os
import struct

DEVICES = ("null", "zero", "full", "random", "urandom")
"""All of /dev that a notebook may need."""
_NO_NEW_RIGHTS, _DROP_BOUND = 38, 24


class NoFenceError(OSError):
    """The kernel does not give what was asked for."""


def libc() -> ctypes.CDLL:
    """The C library, which knows what went wrong."""
    return ctypes.CDLL(None, use_errno=True)


def call(function, *arguments) -> int:
    """Call a function of the C library; raise `NoFenceError` where it fails."""
    found = function(*arguments)
    if found == -1:
        number = ctypes.get_errno()
        raise NoFenceError(number, os.strerror(number))
    return found


def give_up_rights() -> None:
    """Keep none of an administrator's rights, and let nothing bring them back."""
    kernel = libc()
    call(kernel.prctl, _NO_NEW_RIGHTS, 1, 0, 0, 0)
    for right in range(64):
        kernel.prctl(_DROP_BOUND, right, 0, 0, 0)
    header, none = struct.pack("=II", 0x20080522, 0), bytes(24)
    call(kernel.capset, header, none)
