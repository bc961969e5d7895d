"""Creates are refused while a disk, or what files may take, is full, and taken again when it is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import LoadShedder
from reelgate.server.room import StorageRoom
from reelgate.settings import Settings
from reelgate.tasks import open_store
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock

OTHER_DISK = Path("/dev")
"""A file system of its own on most machines; nothing is written there."""


def shut_by_nothing(folder: Path) -> LoadShedder:
    store, clock = open_store(f"sqlite:///{folder / 'gate.db'}"), HandClock()
    return LoadShedder(store, KeyRing(store, clock), clock, Settings())


def test_each_disk_is_looked_at_once_and_creates_wait_for_all_of_them(tmp_path: Path) -> None:
    folders = [tmp_path, tmp_path, OTHER_DISK]
    disks = {folder.stat().st_dev for folder in folders}
    gate = shut_by_nothing(tmp_path)
    room = StorageRoom(gate)
    with capture_logs() as log:
        asyncio.run(room.look(folders, 2**60))
        assert gate.full
        asyncio.run(room.look(folders, 0))
        assert not gate.full

    events = [line["event"] for line in log]
    assert events == ["disk.full"] * len(disks) + ["disk.room_again"] * len(disks)
    assert len({line["folder"] for line in log}) == len(disks)


def test_what_projects_hold_together_is_bounded(tmp_path: Path) -> None:
    gate = shut_by_nothing(tmp_path)
    room = StorageRoom(gate)

    async def run() -> None:
        store = open_store(f"sqlite:///{tmp_path / 'journal.db'}")
        await store.open()
        for name in ("a", "b"):
            task = await store.create(sample_task(name))
            await store.files.add_blob(task.id, "output", name, at=NOW)
        await store.files.note_sizes([("a", 60), ("b", 40)])
        for most, full in ((1000, False), (105, False), (99, True), (100, False)):
            await room.count(store.files, most)
            assert gate.full is full
        await store.aclose()

    with capture_logs() as log:
        asyncio.run(run())
    assert [line["event"] for line in log] == ["media.low", "media.full", "media.room_again"]
