from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reelgate.media.disk import DiskStore
from reelgate.media.port import Blob, MediaStore


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def opened(folder: Path) -> DiskStore:
    store = DiskStore(folder)
    asyncio.run(store.open())
    return store


async def collected(store: MediaStore, digest: str, start: int, stop: int) -> bytes:
    return b"".join([chunk async for chunk in store.read(digest, start, stop)])


def test_a_put_file_is_kept_under_its_hash_and_read_back(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    data = os.urandom(600_000)
    blob = asyncio.run(store.put(written(tmp_path / "in", data)))
    assert blob == Blob(hashlib.sha256(data).hexdigest(), len(data))
    assert asyncio.run(store.local(blob.digest)).relative_to(tmp_path / "store").parts == (
        blob.digest[:2],
        blob.digest[2:4],
        blob.digest,
    )
    assert asyncio.run(store.size(blob.digest)) == len(data)
    assert asyncio.run(collected(store, blob.digest, 0, len(data))) == data
    assert asyncio.run(collected(store, blob.digest, 10, 300_000)) == data[10:300_000]


def test_the_same_bytes_are_kept_once_and_count_as_put_again(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    blob = asyncio.run(store.put(written(tmp_path / "a", b"same")))
    os.utime(asyncio.run(store.local(blob.digest)), (1, 1))
    assert asyncio.run(store.put(written(tmp_path / "b", b"same"))) == blob
    assert asyncio.run(store.local(blob.digest)).stat().st_mtime > time.time() - 60
    assert [p.name for p in (tmp_path / "store").rglob("*") if p.is_file()] == [blob.digest]


def test_a_file_may_be_put_again_after_a_failure(tmp_path: Path) -> None:
    store, source = opened(tmp_path / "store"), written(tmp_path / "a", b"once more")
    first = asyncio.run(store.put(source))
    assert asyncio.run(store.put(source)) == first
    source.unlink()
    assert asyncio.run(store.local(first.digest)).read_bytes() == b"once more"
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


def test_an_old_source_counts_as_put_now(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    source = written(tmp_path / "a", b"old")
    os.utime(source, (1, 1))
    blob = asyncio.run(store.put(source))
    assert asyncio.run(store.remove(blob.digest, older_than=3600)) is False


def test_a_touched_file_counts_as_put_now(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    blob = asyncio.run(store.put(written(tmp_path / "a", b"x")))
    os.utime(asyncio.run(store.local(blob.digest)), (1, 1))
    asyncio.run(store.touch(blob.digest))
    assert asyncio.run(store.remove(blob.digest, older_than=3600)) is False
    for nothing in ("0" * 64, "no digest"):
        asyncio.run(store.touch(nothing))


def test_only_files_older_than_asked_are_removed(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")
    blob = asyncio.run(store.put(written(tmp_path / "a", b"x")))
    assert asyncio.run(store.remove(blob.digest, older_than=60)) is False
    os.utime(asyncio.run(store.local(blob.digest)), (1, 1))
    assert asyncio.run(store.remove(blob.digest, older_than=60)) is True
    assert asyncio.run(store.remove(blob.digest, older_than=60)) is True, "what is not here is gone"
    assert asyncio.run(store.size(blob.digest)) is None


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "A" * 64])
def test_what_is_not_here_is_not_found(tmp_path: Path, digest: str) -> None:
    store = opened(tmp_path)
    with pytest.raises(FileNotFoundError):
        asyncio.run(store.local(digest))
    assert asyncio.run(store.size(digest)) is None
    with pytest.raises(FileNotFoundError):
        asyncio.run(collected(store, digest, 0, 1))


def test_many_puts_and_removals_of_one_content_never_lose_a_fresh_put(tmp_path: Path) -> None:
    store = opened(tmp_path / "store")

    async def churn() -> None:
        for n in range(10):
            paths = [written(tmp_path / f"{n}-{i}", b"contended") for i in range(8)]
            blobs = await asyncio.gather(
                *map(store.put, paths),
                *(store.remove(hashlib.sha256(b"contended").hexdigest(), older_than=60) for _ in range(4)),
            )
            digest = next(b.digest for b in blobs if isinstance(b, Blob))
            assert (await store.local(digest)).read_bytes() == b"contended"

    asyncio.run(churn())


def test_a_killed_processes_leftovers_are_cleared_and_fresh_ones_kept(tmp_path: Path) -> None:
    store = opened(tmp_path)
    old, young = written(tmp_path / "incoming" / "old", b""), written(tmp_path / "incoming" / "young", b"")
    os.utime(old, (1, 1))
    asyncio.run(store.open())
    assert (old.exists(), young.exists()) == (False, True)


def test_a_store_that_opens_leaves_an_old_file_that_is_just_put(tmp_path: Path) -> None:
    store, folder = opened(tmp_path / "store"), tmp_path / "store"
    digest = asyncio.run(store.put(written(tmp_path / "a", b"old"))).digest
    shard = folder / digest[:2] / digest[2:4]
    (shard / digest).unlink()
    os.utime(tmp_path / "a", (1, 1))

    held = os.open(shard, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as pool:
        put = pool.submit(asyncio.run, store.put(tmp_path / "a"))
        try:
            while not any(left.stat().st_mtime > 1 for left in (folder / "incoming").iterdir()):
                assert not put.done()
                time.sleep(0.01)
            opened(folder)
        finally:
            os.close(held)
        assert put.result(480).digest == digest
    assert asyncio.run(store.size(digest)) == 3


def test_a_store_opens_while_what_others_put_comes_and_goes(tmp_path: Path) -> None:
    incoming = tmp_path / "store" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "gone").symlink_to(tmp_path / "nowhere")  # it is listed, and not there when it is looked at

    opened(tmp_path / "store")


def test_ping_tells_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    store = opened(tmp_path)
    asyncio.run(store.ping())
    (tmp_path / "incoming").rmdir()
    with pytest.raises(OSError, match="incoming"):
        asyncio.run(store.ping())
