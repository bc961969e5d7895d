"""The media store on a local disk: one file per content, named after its SHA-256."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reelgate.limits import MIN_FREE_BYTES
from reelgate.media.port import Blob

_CHUNK = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"
_STALE_SECONDS = 24 * 3600.0  # a put never takes this long; what is older was left by a killed process


class DiskStore:
    """A `MediaStore` in `folder`, as `ab/cd/<sha256>`; several processes may share it.

    A file appears under its name only whole and on the disk (fsync, rename, fsync of the folder). The last put is
    kept as the modification time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING

    async def open(self) -> None:
        """Make the folder and clear what a killed process left half written. Raise OSError if that can't be done."""
        await asyncio.to_thread(self._prepare)

    async def ping(self) -> None:
        """Raise OSError unless files can be written and there is room for more."""
        await asyncio.to_thread(self._write_nothing)

    async def put(self, path: Path) -> Blob:
        """Link a finished file into the store, durably; bytes that are here already only get a new put time."""
        return await asyncio.to_thread(self._put, path)

    async def size(self, digest: str) -> int | None:
        """Return a file's size in bytes, None when it is not here."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    async def touch(self, digest: str) -> None:
        """Make a file as young as one that was put just now; a missing one is ignored."""
        await asyncio.to_thread(self._touch, digest)

    async def local(self, digest: str) -> Path:
        """Return the file's own path, which must not be written to; raise FileNotFoundError when it is not here."""
        path = self._path(digest)
        path.stat()
        return path

    async def address(self, digest: str, seconds: int) -> str:
        """Return "": a disk serves nothing itself."""
        return ""

    async def digests(self) -> AsyncIterator[tuple[str, int, float]]:
        """Yield every file's digest, its size and its age in seconds."""
        for shard in await asyncio.to_thread(lambda: sorted(self._folder.glob("??/??"))):
            for found in await asyncio.to_thread(_listed, shard):
                yield found

    async def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `stop`; raise FileNotFoundError when the file is not here."""
        with await asyncio.to_thread(self._path(digest).open, "rb") as file:
            file.seek(start)
            while start < stop and (chunk := await asyncio.to_thread(file.read, min(_CHUNK, stop - start))):
                start += len(chunk)
                yield chunk

    async def remove(self, digest: str, *, older_than: float) -> bool:
        """Remove a file last put more than `older_than` seconds ago; False when it is younger."""
        return await asyncio.to_thread(self._remove, digest, older_than)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        return self._folder / digest[:2] / digest[2:4] / digest

    def _prepare(self) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True)
        oldest = time.time() - _STALE_SECONDS
        for left in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # another process has just put it
                if left.stat().st_mtime < oldest:
                    left.unlink()

    def _write_nothing(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self._incoming) as file:
            file.write(b"\0")
        check_room(self._folder)

    def _put(self, path: Path) -> Blob:
        arrived = self._incoming / secrets.token_hex(16)
        try:
            _link_or_copy(path, arrived)
            blob = _hash_and_sync(arrived)
            target = self._path(blob.digest)
            _make_shard(target.parent)
            with _locked(target.parent) as shard:
                if target.exists():
                    os.utime(target)
                else:
                    os.utime(arrived)
                    arrived.replace(target)
                    os.fsync(shard)
        finally:
            arrived.unlink(missing_ok=True)
        return blob

    def _touch(self, digest: str) -> None:
        with suppress(FileNotFoundError):
            path = self._path(digest)
            with _locked(path.parent):
                os.utime(path)

    def _remove(self, digest: str, older_than: float) -> bool:
        try:
            path = self._path(digest)
            with _locked(path.parent):
                if path.stat().st_mtime > time.time() - older_than:
                    return False
                path.unlink()
        except FileNotFoundError:
            pass
        return True


def check_room(folder: Path, wanted: int = MIN_FREE_BYTES) -> None:
    """Raise OSError when less than `wanted` bytes are free on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise OSError(errno.ENOSPC, f"{free >> 20} MB are free, {wanted >> 20} MB are needed", str(folder))


def _listed(shard: Path) -> list[tuple[str, int, float]]:
    found, now = [], time.time()
    for path in sorted(shard.iterdir()):
        with suppress(FileNotFoundError):  # removed since
            stat = path.stat()
            found.append((path.name, stat.st_size, now - stat.st_mtime))
    return found


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:  # on another disk, or a file system without links
        shutil.copyfile(path, target)
    else:
        os.utime(target)  # an old file on its way in is not what a killed process left


def _hash_and_sync(path: Path) -> Blob:
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return Blob(digest, file.tell())


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold a shard folder against other threads and processes, so that no put meets a removal half way."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def _make_shard(shard: Path) -> None:
    """Make `ab/cd` so that it outlives a power cut: each new folder is synced in its parent."""
    for folder in (shard.parent, shard):
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
