"""A folder for files that are only needed while this process runs."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Scratch:
    """Hands out paths in a folder of this process's own inside `folder`, which several processes may share.

    Each process holds a lock on its own folder; the kernel drops it however the process ends, so that a folder
    without a lock is a dead one's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Path | None = None
        self._lock = -1

    async def open(self) -> None:
        """Clear what killed processes left and make this one's folder. Raise OSError if that can't be done."""
        await asyncio.to_thread(self._open)

    async def aclose(self) -> None:
        """Remove this process's folder and what is in it; without one, do nothing."""
        if self._own is None:
            return
        await asyncio.to_thread(shutil.rmtree, self._own, ignore_errors=True)
        os.close(self._lock)
        self._own = None

    @contextmanager
    def path(self) -> Iterator[Path]:
        """Yield the path of a new empty file, which is gone afterwards unless it was moved away. Only while open."""
        if self._own is None:
            raise RuntimeError("open() comes first")
        fd, name = tempfile.mkstemp(dir=self._own)
        os.close(fd)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = _locked(self._folder)  # so that no folder is seen between being made and being locked
        try:
            for left in self._folder.iterdir():
                with suppress(BlockingIOError, NotADirectoryError):
                    os.close(_locked(left, fcntl.LOCK_NB))
                    shutil.rmtree(left)
            self._own = Path(tempfile.mkdtemp(dir=self._folder))
            self._lock = _locked(self._own)
        finally:
            os.close(whole)


def _locked(folder: Path, flags: int = 0) -> int:
    """Return a descriptor that holds the folder's lock until it is closed."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | flags)
    except BaseException:
        os.close(fd)
        raise
    return fd
