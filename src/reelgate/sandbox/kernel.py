"""Calls to the kernel through the C library, and what every thread gives up before it is sandboxed."""

from __future__ import annotations

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("sets", ctypes.c_uint32 * 6),)


def checked(result: int) -> int:
    """Return what a call returned; raise OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def give_up_privileges() -> None:
    """Have no program give this thread further rights, and lay down root's own. Raise OSError when it can't be done."""
    checked(LIBC.prctl(*map(ctypes.c_ulong, (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))))
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    checked(LIBC.capset(ctypes.byref(header), ctypes.byref(_CapabilitySets())))
