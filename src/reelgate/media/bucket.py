"""The media store in a bucket of S3 or its kin: one object per content, named after its SHA-256.

An object is written once, whole or not at all, and never changes. Its age is the bucket's own time of its last write.
Several servers share a bucket without locks. Who removes one says so first, in a note beside it, and looks at its age
only then; who puts one writes first and looks for such a note only then. So one of the two sees the other.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from reelgate import limits
from reelgate.media.disk import check_room
from reelgate.media.port import Blob
from reelgate.media.s3 import CHUNK_BYTES, PIECE_BYTES, client, mapped
from reelgate.media.sniff import HEAD_BYTES, KINDS, sniff

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHOLE_BYTES = 16 * 1024 * 1024  # up to which an object goes in one call, which writes it only where there is none
_READ_TRIES = 4
_NOTE_SECONDS = 60.0  # after which a note of a removal was left by a process that died
_LOOK_SECONDS = 0.2
_READY_SECONDS = 15.0  # that a bucket is held to work after it took in something
_FULL_SECONDS = 60.0  # that a bucket is held to be full after it refused something for that


class Bucket:
    """A `MediaStore` at `s3://bucket/prefix`, with a `cache` folder on this disk for what has to be a file here.

    `seconds` is for one call. `now` is the time in seconds, to tell ages by.
    """

    def __init__(
        self,
        url: str,
        cache: Path,
        *,
        seconds: float = limits.S3_CALL_SECONDS,
        retry_seconds: float = limits.S3_RETRY_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Raises ValueError for an invalid address, ModuleNotFoundError where the extra is not installed."""
        self._store = client(url, seconds, retry_seconds)
        self._cache = cache
        self._now = now
        self._worked = -_READY_SECONDS
        self._refused = -_FULL_SECONDS
        self._fetching: dict[str, asyncio.Lock] = {}

    async def open(self) -> None:
        """Make the cache and write to the bucket. Raise OSError if that fails, unless the bucket is full."""
        self._cache.mkdir(parents=True, exist_ok=True)
        for left in self._cache.glob("*.part"):
            left.unlink(missing_ok=True)
        try:
            await self.ping()
        except OSError as error:
            if error.errno != errno.ENOSPC:  # what is there can be served all the same
                raise

    async def ping(self) -> None:
        """Raise OSError unless the bucket takes in something, or has done so a moment ago."""
        now = time.monotonic()
        if now - self._refused < _FULL_SECONDS:
            raise OSError(errno.ENOSPC, "can't write to the bucket: it refused a file because it is full")
        if now - self._worked < _READY_SECONDS:
            return
        with mapped("write to"):
            await self._obstore.put_async(self._store, "notes/ready", b".", use_multipart=False)
        self._worked = time.monotonic()

    async def put(self, path: Path) -> Blob:
        """Keep a finished local file; bytes that are there already only become young again."""
        blob = await asyncio.to_thread(_hashed, path)
        name = _name(blob.digest)
        try:
            await self._write(name, path, blob)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self._refused = time.monotonic()
            raise
        # Whether it was removed is known only once the removal is over: until then it may go after a look at it.
        while await self._saw_a_removal_end(blob.digest) and await self.size(blob.digest) is None:
            await self._write(name, path, blob)
        await asyncio.to_thread(self._keep_here, path, blob.digest)
        return blob

    async def size(self, digest: str) -> int | None:
        """Return a file's size in bytes, None when it is not here."""
        head = await self._head(_name(digest)) if _DIGEST.fullmatch(digest) else None
        return None if head is None else int(head["size"])

    async def touch(self, digest: str) -> None:
        """Make a file as young as one that was put just now; one that is not here is let be."""
        if _DIGEST.fullmatch(digest) and (head := await self._head(_name(digest))) is not None:
            await self._renew(_name(digest), head)

    async def local(self, digest: str) -> Path:
        """Return a copy on this disk, which must not be written to; it stays for an hour at least.

        Raises FileNotFoundError when the file is nowhere, OSError when it can't be had for now.
        """
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        path = self._cache / digest
        async with self._fetching.setdefault(digest, asyncio.Lock()):
            try:
                os.utime(path)
            except FileNotFoundError:
                await self._fetch(digest, path)
            finally:
                self._fetching.pop(digest, None)
        return path

    async def address(self, digest: str, seconds: int) -> str:
        """Return a link to the object itself that needs no key and lives so long."""
        with mapped("sign for"):
            link: str = await self._obstore.sign_async(
                self._store, "GET", _name(digest), expires_in=timedelta(seconds=seconds)
            )
        return link

    async def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `stop`, going on where a transfer broke off.

        Raises FileNotFoundError when the file is not here, OSError when it can't be had.
        """
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        name, tries = _name(digest), 0
        while start < stop:
            begun = start
            try:
                with mapped("read from"):
                    found = await self._obstore.get_async(self._store, name, options={"range": (start, stop)})
                    async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                        piece = bytes(chunk)[: stop - start]
                        start += len(piece)
                        yield piece
            except FileNotFoundError:
                raise
            except OSError:
                tries = 1 if start > begun else tries + 1
                if tries >= _READ_TRIES:
                    raise

    async def remove(self, digest: str, *, older_than: float) -> bool:
        """Remove a file last put more than `older_than` seconds ago; False when it is younger, or another does it."""
        if not _DIGEST.fullmatch(digest):
            return True
        note = f"notes/removing/{digest}"
        if await self._is_being_removed(digest):
            return False
        with mapped("write to"):
            await self._obstore.put_async(self._store, note, secrets.token_bytes(8), use_multipart=False)
        try:
            head = await self._head(_name(digest))  # only now, see above
            if head is not None and self._age(head) <= older_than:
                return False
            with mapped("remove from"), suppress(FileNotFoundError):
                await self._obstore.delete_async(self._store, _name(digest))
        finally:
            with mapped("remove from"), suppress(FileNotFoundError):
                await self._obstore.delete_async(self._store, note)
        (self._cache / digest).unlink(missing_ok=True)
        return True

    async def digests(self) -> AsyncIterator[tuple[str, int, float]]:
        """Yield every file's digest, its size and its age in seconds."""
        with mapped("list"):
            async for page in self._obstore.list(self._store, prefix="blobs/"):
                for found in page:
                    yield found["path"].rpartition("/")[2], int(found["size"]), self._age(found)

    @property
    def _obstore(self) -> Any:
        import obstore  # an extra, of 17 MB

        return obstore

    async def _write(self, name: str, path: Path, blob: Blob) -> None:
        """Write an object if there is none, otherwise renew it."""
        if (head := await self._head(name)) is not None:
            await self._renew(name, head)
            return
        kind = {"attributes": {"Content-Type": await asyncio.to_thread(_content_type, path)}}
        with mapped("write to"):
            if blob.size > _WHOLE_BYTES:  # in parts, so that it is never in memory; equal bytes may be written twice
                await self._obstore.put_async(
                    self._store, name, path, chunk_size=PIECE_BYTES, max_concurrency=4, **kind
                )
                return
            data = await asyncio.to_thread(path.read_bytes)
            with suppress(self._obstore.exceptions.AlreadyExistsError):  # somebody was quicker, a moment ago
                await self._obstore.put_async(self._store, name, data, mode="create", **kind)

    async def _renew(self, name: str, head: Any) -> None:
        """Make an object young that is not so any more. One can't be copied onto itself, so it takes two copies."""
        if self._age(head) < limits.BLOB_GRACE_SECONDS / 4:
            return
        beside = f"notes/renewing/{secrets.token_hex(8)}"
        with mapped("copy in"):
            try:
                await self._obstore.copy_async(self._store, name, beside)
                await self._obstore.copy_async(self._store, beside, name)
            finally:
                with suppress(FileNotFoundError):
                    await self._obstore.delete_async(self._store, beside)

    async def _saw_a_removal_end(self, digest: str) -> bool:
        """Wait while another server removes a file; return whether one did."""
        seen = False
        while await self._is_being_removed(digest):
            seen = True
            await asyncio.sleep(_LOOK_SECONDS)
        return seen

    async def _is_being_removed(self, digest: str) -> bool:
        note = await self._head(f"notes/removing/{digest}")
        return note is not None and self._age(note) < _NOTE_SECONDS

    async def _head(self, name: str) -> Any:
        try:
            with mapped("read from"):
                return await self._obstore.head_async(self._store, name)
        except FileNotFoundError:
            return None

    def _age(self, found: Any) -> float:
        return self._now() - float(found["last_modified"].timestamp())

    async def _fetch(self, digest: str, path: Path) -> None:
        size = await self.size(digest)
        if size is None:
            raise FileNotFoundError(digest)
        await asyncio.to_thread(check_room, self._cache, size + limits.MIN_FREE_BYTES)
        part = path.with_name(f"{digest}.{secrets.token_hex(4)}.part")
        found = hashlib.sha256()
        try:
            with part.open("wb") as file:
                async for chunk in self.read(digest, 0, size):
                    found.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
            if found.hexdigest() != digest:
                raise OSError(errno.EIO, f"the bucket has other bytes for {digest}")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _keep_here(self, path: Path, digest: str) -> None:
        """Keep what was just put for those who need a file of it soon, where that costs nothing."""
        kept = self._cache / digest
        with suppress(OSError):
            kept.hardlink_to(path)
            os.utime(kept)


def _name(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def _hashed(path: Path) -> Blob:
    with path.open("rb") as file:
        return Blob(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())


def _content_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    known = sniff(head)
    if not known:
        return "video/mp4" if head[4:8] == b"ftyp" else "application/octet-stream"
    return f"{KINDS[known]}/{'mpeg' if known == 'mp3' else known}"
