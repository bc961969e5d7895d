"""Landlock: this thread, and those that it starts, reach only the files that they are let to (Linux 5.13 and later)."""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from reelgate.sandbox.kernel import LIBC, checked

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every processor
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_REG = 1 << 5, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_VERSION = (1 << 13) - 1
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_EVERY_PORT = 0b11  # to bind, and to connect to
_OTHERS = 0b11  # abstract sockets, and signals to processes outside

READ = _READ_FILE | _READ_DIR
"""To read files and list folders. It does not include running one."""
WRITE = READ | _WRITE_FILE | _TRUNCATE | _REMOVE_FILE | _MAKE_REG
"""To make, change and remove plain files too; links, devices and folders can't be made."""
RUN = READ | _EXECUTE
"""To run programs and libraries too."""
EVERYTHING = _FIRST_VERSION | _REFER | _TRUNCATE | _IOCTL_DEV

Rules = Iterable[tuple[Path, int]]
"""Folders (with all below them) or files, each with what may be done there. What does not exist is passed over."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return the kernel's version of Landlock; 0 if it has none or it is switched off."""
    return max(0, int(LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))))


def restrict(rules: Rules, *, network: bool = False) -> None:
    """Take every access to files from this thread but that of `rules`, and new TCP connections unless `network`.

    The calling thread must have no new privileges (`prctl`). Raise OSError when the kernel refuses.
    """
    known = version()
    files = _FIRST_VERSION | (_REFER if known >= 2 else 0) | (_TRUNCATE if known >= 3 else 0)
    files |= _IOCTL_DEV if known >= 5 else 0
    wanted = _Ruleset(files, 0 if network or known < 4 else _EVERY_PORT, _OTHERS if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = checked(LIBC.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    try:
        for path, allowed in rules:
            _allow(ruleset, path, allowed & files)
        checked(LIBC.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    try:
        found = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(found).st_mode):
            allowed &= _OF_FILES
        rule = _PathBeneath(allowed, found)
        checked(
            LIBC.syscall(
                _ADD_RULE,
                ctypes.c_int(ruleset),
                ctypes.c_int(_PATH_BENEATH),
                ctypes.byref(rule),
                ctypes.c_uint32(0),
            )
        )
    finally:
        os.close(found)
