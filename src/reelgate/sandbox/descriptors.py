"""Files that were handed over open: a process that may open no file reads what it was given.

Such a file is named `/dev/fd/N`, a name that is never looked up.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, cast

_FOLDER = Path("/dev/fd")
_BUFFER = 64 * 1024


def named(descriptor: int) -> Path:
    """Return the name under which `opened` and `size_of` know an open file."""
    return _FOLDER / str(descriptor)


def opened(path: Path) -> BinaryIO:
    """Open a file to read, from its first byte, also one that was handed over. Raise OSError.

    Several readers of one file that was handed over don't disturb each other, and closing one leaves it open.
    """
    if path.parent != _FOLDER:
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(_Handed(int(path.name)), _BUFFER))


def size_of(path: Path) -> int:
    """Return a file's size in bytes, also of one that was handed over. Raise OSError."""
    return os.fstat(int(path.name)).st_size if path.parent == _FOLDER else path.stat().st_size


class _Handed(io.RawIOBase):
    """An open file with a place of its own to read at: threads read the same clip's pictures and sound at once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}
        at = offset + (base[whence] if whence in base else os.fstat(self._descriptor).st_size)
        if at < 0:
            raise ValueError(f"a file has no byte {at}")
        self._at = at
        return at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
