"""The conformance suite of media stores: what `reelgate.media.port` promises, checked on any implementation."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from reelgate.media.port import Blob, MediaStore
from reelgate.testing.expect import expect, expect_equal, expect_raises

__all__ = ["MEDIA_STORE_CHECKS", "Check", "check_media_store"]

Check = Callable[[MediaStore, Path], Awaitable[None]]
"""Is given an open, empty store and an empty folder."""

LARGE = 20 * 1024 * 1024
_NOTHING = "0" * 64


async def check_media_store(make_store: Callable[[], Awaitable[MediaStore]], folder: Path) -> None:
    """Hold an implementation to the port. `make_store` returns a new, open store on nothing each time.

    Raises AssertionError if it was broken.
    """
    for check in MEDIA_STORE_CHECKS:
        own = folder / check.__name__
        own.mkdir()
        await check(await make_store(), own)


def written(path: Path, data: bytes) -> Path:
    """Return a file with those bytes."""
    path.write_bytes(data)
    return path


async def whole(store: MediaStore, digest: str, start: int, stop: int) -> bytes:
    """Return what a read yields."""
    return b"".join([chunk async for chunk in store.read(digest, start, stop)])


async def keeps_bytes(store: MediaStore, folder: Path) -> None:
    """What was put is read back, whole and in ranges, under its SHA-256."""
    data = os.urandom(600_000)
    source = written(folder / "in", data)
    blob = await store.put(source)
    expect_equal(blob, Blob(hashlib.sha256(data).hexdigest(), len(data)), "digest and size of what was put")
    expect_equal(await store.size(blob.digest), len(data), "a file's size")
    expect_equal(await whole(store, blob.digest, 0, len(data)), data, "a whole file")
    expect_equal(await whole(store, blob.digest, 10, 300_000), data[10:300_000], "a range")
    expect_equal(await whole(store, blob.digest, len(data) - 1, len(data)), data[-1:], "the last byte")
    expect_equal(await whole(store, blob.digest, 5, 5), b"", "an empty range")
    source.unlink()
    expect_equal((await store.local(blob.digest)).read_bytes(), data, "the local copy")


async def keeps_large_and_empty(store: MediaStore, folder: Path) -> None:
    """A file of many parts and an empty one."""
    for size in (LARGE, 0):
        data = os.urandom(size)
        blob = await store.put(written(folder / f"{size}", data))
        expect_equal(blob.size, size, "the size of what was put")
        expect_equal(await store.size(blob.digest), size, "a file's size")
        expect_equal(hashlib.sha256(await whole(store, blob.digest, 0, size)).hexdigest(), blob.digest, "what was read")


async def keeps_once(store: MediaStore, folder: Path) -> None:
    """The same bytes, put again and at the same time, are one file."""
    files = [written(folder / f"{n}", b"same") for n in range(8)]
    blobs = await asyncio.gather(*(store.put(file) for file in files))
    expect_equal(len(set(blobs)), 1, "the same bytes are one file")
    expect_equal(await store.put(files[0]), blobs[0], "putting it again")
    listed = [(digest, size) async for digest, size, _ in store.digests()]
    expect_equal(listed, [(blobs[0].digest, 4)], "the list of files")


async def removes_old(store: MediaStore, folder: Path) -> None:
    """A young file stays, an old one goes; what is not here is gone."""
    blob = await store.put(written(folder / "a", b"x"))
    expect(not await store.remove(blob.digest, older_than=3600), "a young file stays")
    expect_equal(await store.size(blob.digest), 1, "a file that stayed")
    await store.touch(blob.digest)
    expect(await store.remove(blob.digest, older_than=-60), "an old file goes")
    expect(await store.size(blob.digest) is None, "a file that is gone has no size")
    expect(await store.remove(blob.digest, older_than=3600), "what is not here is gone")
    expect_equal([found async for found in store.digests()], [], "the list of no files")


async def knows_what_is_missing(store: MediaStore, folder: Path) -> None:
    """What is not here, and what is not a digest, is reported as missing and never as a fault."""
    for nothing in (_NOTHING, "no digest", "../../etc/passwd", ""):
        expect(await store.size(nothing) is None, "what is not here has no size")
        await store.touch(nothing)
        expect(await store.remove(nothing, older_than=0), "what is not here is gone")
        await expect_raises(FileNotFoundError, store.local(nothing), "a path to what is not here")
        await expect_raises(FileNotFoundError, whole(store, nothing, 0, 1), "a read of what is not here")
    await expect_raises(FileNotFoundError, store.put(folder / "never written"), "a put of no file")


async def survives_puts_and_removals(store: MediaStore, folder: Path) -> None:
    """After a put has returned the file is there, however many remove it meanwhile."""
    source = written(folder / "a", b"fought over")
    digest = (await store.put(source)).digest

    async def putting() -> None:
        for _ in range(6):
            await store.put(source)
            await asyncio.sleep(0)

    async def removing() -> None:
        for _ in range(6):
            await store.remove(digest, older_than=3600)
            await asyncio.sleep(0)

    await asyncio.gather(putting(), removing(), putting(), removing())
    expect_equal(await store.size(digest), len(b"fought over"), "the file that was put last")
    await store.ping()


MEDIA_STORE_CHECKS: tuple[Check, ...] = (
    keeps_bytes,
    keeps_large_and_empty,
    keeps_once,
    removes_old,
    knows_what_is_missing,
    survives_puts_and_removals,
)
