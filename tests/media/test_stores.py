"""The disk and the bucket keep the same promises; the bucket also behind a bad line."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate.media.bucket import Bucket
from reelgate.media.disk import DiskStore
from reelgate.media.port import MediaStore
from reelgate.media.stores import tidy_cache
from reelgate.server.room import StorageRoom
from reelgate.testing.media import MEDIA_STORE_CHECKS, Check, whole, written
from tests.media.bucket import CREDENTIALS, Line, bucket_server
from tests.server.test_room import shut_by_nothing

_PREFIXES = (f"p{n}" for n in itertools.count())


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with bucket_server() as found:
        yield found


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def bucket(
    line: Line, folder: Path, *, prefix: str = "", later: float = 0.0, seconds: float = 30.0, retry: float = 2.0
) -> Bucket:
    url = f"s3://videos/{prefix or next(_PREFIXES)}?endpoint={line.url}"
    found = Bucket(url, folder / "cache", seconds=seconds, retry_seconds=retry, now=lambda: time.time() + later)
    line.break_off("")
    asyncio.run(found.open())
    return found


@pytest.mark.parametrize("check", MEDIA_STORE_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kind", ["disk", "bucket"])
def test_every_store_keeps_the_port_s_promises(kind: str, check: Check, line: Line, tmp_path: Path) -> None:
    store: MediaStore = DiskStore(tmp_path / "store") if kind == "disk" else bucket(line, tmp_path)
    (tmp_path / "own").mkdir()

    async def run() -> None:
        await store.open()
        await check(store, tmp_path / "own")

    asyncio.run(run())


def test_a_second_server_has_the_file_and_serves_it_from_the_bucket(line: Line, tmp_path: Path) -> None:
    one, two = (bucket(line, tmp_path / name, prefix="shared") for name in ("one", "two"))
    data = os.urandom(300_000)
    digest = asyncio.run(one.put(written(tmp_path / "a", data))).digest

    assert asyncio.run(whole(two, digest, 1, 299_999)) == data[1:-1]
    assert asyncio.run(two.local(digest)).read_bytes() == data


def test_an_old_file_that_is_put_again_is_young_again(line: Line, tmp_path: Path) -> None:
    source = written(tmp_path / "a", b"x")
    digest = asyncio.run(bucket(line, tmp_path, prefix="old").put(source)).digest
    later = bucket(line, tmp_path, prefix="old", later=7200)
    for renew in (lambda: later.touch(digest), lambda: later.put(source)):
        line.heads.clear()
        asyncio.run(renew())
        assert sum("x-amz-copy-source" in head for head in line.heads) == 2
    assert asyncio.run(later.remove(digest, older_than=3600)) is True


def test_who_removes_and_who_puts_see_each_other(line: Line, tmp_path: Path) -> None:
    """A removal that has begun lets a put wait, and one that a dead process left does not."""
    store = bucket(line, tmp_path, prefix="notes")
    source = written(tmp_path / "a", b"x")
    digest = asyncio.run(store.put(source)).digest
    import obstore

    obstore.put(store._store, f"notes/removing/{digest}", b"somebody")

    async def run() -> None:
        assert await store.remove(digest, older_than=-60) is False  # another one is at it
        putting = asyncio.create_task(store.put(source))
        await asyncio.sleep(0.5)
        assert not putting.done()
        await obstore.delete_async(store._store, f"blobs/{digest[:2]}/{digest}")  # as that one does
        await obstore.delete_async(store._store, f"notes/removing/{digest}")
        await asyncio.wait_for(putting, 480)
        assert await store.size(digest) == 1

    asyncio.run(run())
    obstore.put(store._store, f"notes/removing/{digest}", b"a dead one")
    late = bucket(line, tmp_path, prefix="notes", later=120)
    assert asyncio.run(asyncio.wait_for(late.put(source), 480)).digest == digest


def test_a_file_that_goes_while_it_is_put_is_there_afterwards(line: Line, tmp_path: Path) -> None:
    """Its removal ends between two looks of who puts it."""
    store = bucket(line, tmp_path, prefix="late")
    other = Bucket(f"s3://videos/late?endpoint={line.direct}", tmp_path / "other")
    source = written(tmp_path / "a", b"late")
    digest = asyncio.run(store.put(source)).digest
    import obstore

    blob, note = f"blobs/{digest[:2]}/{digest}", f"notes/removing/{digest}"
    obstore.put(store._store, note, b"somebody")
    looks: list[str] = []

    def ends_at_the_second_look(head: str) -> None:
        if head.startswith("HEAD") and note in head.partition("\r\n")[0]:
            looks.append(head)
            if len(looks) == 2:
                obstore.delete(other._store, [blob, note])

    line.before = ends_at_the_second_look
    try:
        asyncio.run(store.put(source))
    finally:
        line.before = lambda _head: None
    assert len(looks) >= 2
    assert asyncio.run(store.size(digest)) == 4


@pytest.mark.parametrize("fault", ["away", "throttled", "silent"])
def test_a_bucket_that_is_away_is_an_os_error_in_time_and_then_works_again(
    fault: str, line: Line, tmp_path: Path
) -> None:
    store = bucket(line, tmp_path, prefix=fault)
    hasty = bucket(line, tmp_path, prefix=fault, seconds=0.5)
    data = os.urandom(1000)
    digest = asyncio.run(store.put(written(tmp_path / "a", data))).digest
    (tmp_path / "cache" / digest).unlink()
    line.break_off(fault)
    began = time.monotonic()
    with pytest.raises(OSError, match="bucket") as raised:
        asyncio.run(hasty.local(digest))
    assert not isinstance(raised.value, FileNotFoundError)
    assert time.monotonic() - began < 60
    line.break_off("")
    assert asyncio.run(store.local(digest)).read_bytes() == data


def test_a_bucket_that_is_throttled_for_a_moment_is_asked_again(line: Line, tmp_path: Path) -> None:
    store = bucket(line, tmp_path, retry=480.0)
    line.break_off("throttled", times=2)
    assert asyncio.run(store.put(written(tmp_path / "a", b"x"))).size == 1


def test_a_transfer_that_breaks_off_goes_on(line: Line, tmp_path: Path) -> None:
    store = bucket(line, tmp_path, retry=480.0)
    data = os.urandom(1_000_000)
    digest = asyncio.run(store.put(written(tmp_path / "a", data))).digest
    (tmp_path / "cache" / digest).unlink()
    line.break_off("cut", times=3)
    assert asyncio.run(whole(store, digest, 0, len(data))) == data
    line.break_off("cut", times=2)
    assert asyncio.run(store.local(digest)).read_bytes() == data


def test_a_bucket_without_room_says_so_and_serves_what_it_has(line: Line, tmp_path: Path) -> None:
    store = bucket(line, tmp_path, prefix="full")
    digest = asyncio.run(store.put(written(tmp_path / "a", b"x"))).digest
    line.break_off("full")
    with pytest.raises(OSError, match="XMinioStorageFull") as put:
        asyncio.run(store.put(written(tmp_path / "b", b"y")))
    line.break_off("")
    with pytest.raises(OSError, match="because it is full") as asked:  # it is not asked again at once
        asyncio.run(store.ping())
    assert put.value.errno == asked.value.errno == errno.ENOSPC
    line.break_off("full")
    another = Bucket(f"s3://videos/full?endpoint={line.url}", tmp_path / "another", retry_seconds=2.0)
    asyncio.run(another.open())
    assert asyncio.run(whole(another, digest, 0, 1)) == b"x"

    gate = shut_by_nothing(tmp_path)
    room = StorageRoom(gate)
    asyncio.run(room.ask(store))
    assert gate.full
    line.break_off("away")
    asyncio.run(room.ask(another))  # which says nothing of room
    assert not gate.full


def test_an_upload_that_breaks_off_leaves_no_half_file(line: Line, tmp_path: Path) -> None:
    store = bucket(line, tmp_path)
    source = written(tmp_path / "a", os.urandom(20 * 1024 * 1024))
    line.break_off("away")
    with pytest.raises(OSError, match="bucket"):
        asyncio.run(store.put(source))
    line.break_off("")

    async def listed() -> list[str]:
        return [digest async for digest, _, _ in store.digests()]

    assert asyncio.run(listed()) == []
    assert asyncio.run(store.put(source)).size == 20 * 1024 * 1024


def test_a_cached_file_that_was_used_long_ago_makes_room(line: Line, tmp_path: Path) -> None:
    store = bucket(line, tmp_path)
    digests = [asyncio.run(store.put(written(tmp_path / f"{n}", os.urandom(1000)))).digest for n in range(3)]
    os.utime(tmp_path / "cache" / digests[0], (1, 1))
    asyncio.run(tidy_cache(tmp_path, most=2500))
    assert {path.name for path in (tmp_path / "cache").iterdir()} == set(digests[1:])
    assert asyncio.run(store.local(digests[0])).stat().st_size == 1000


@pytest.mark.parametrize("url", ["s3:///prefix", "s3://b/p?colour=red", "gs://b"])
def test_an_address_that_is_no_bucket_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a bucket; give s3://bucket/prefix"):
        Bucket(url, tmp_path)


def test_a_bucket_that_is_not_there_is_told_at_the_start(line: Line, tmp_path: Path) -> None:
    line.break_off("")
    with pytest.raises(OSError, match="no such bucket"):
        asyncio.run(Bucket(f"s3://nowhere/x?endpoint={line.url}", tmp_path / "cache", retry_seconds=1.0).open())
