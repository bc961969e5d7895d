"""Checks the space for files, so that creates are refused before it is used up."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import structlog

from reelgate.access.load_shedding import LoadShedder
from reelgate.fault_log import FaultLog
from reelgate.media.port import MediaStore
from reelgate.tasks.files import FileStore

log = structlog.get_logger()

LOOK_SECONDS = 5.0
COUNT_SECONDS = 60.0
"""How often what projects hold is added up, where it is bounded."""
_EARLY = 4
"""Times the free space at which creates are refused: below this the log warns."""
_EARLY_SHARE = 0.9
"""The same of what the media store may hold."""
_MB = 1024 * 1024
_GB = 1024 * _MB


class _Events(NamedTuple):
    """The log's fields for a folder."""

    full: str
    low: str
    again: str


_DISK = _Events("disk.full", "disk.low", "disk.room_again")
_MEDIA = _Events("media.full", "media.low", "media.room_again")


class StorageRoom:
    """Shuts the gate for creates while there is too little room anywhere, and opens it again."""

    def __init__(self, gate: LoadShedder) -> None:
        self._gate = gate
        self._faults = FaultLog()
        self._full: set[str] = set()

    async def look(self, folders: Iterable[Path], keep_free: int) -> None:
        """Look once at the disks of some folders; each disk must keep so many bytes free. Raises OSError."""
        disks = {(await asyncio.to_thread(folder.stat)).st_dev: folder for folder in folders}
        for folder in disks.values():
            free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
            name = str(folder)
            said = {"folder": name, "free_mb": free // _MB, "refuses_below_mb": keep_free // _MB}
            self._note(_DISK, name, full=free < keep_free, low=free < _EARLY * keep_free, said=said)

    async def ask(self, media: MediaStore) -> None:
        """Ask once whether the media store takes in more; one that is away is not full."""
        reason = ""
        try:
            await media.ping()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                reason = error.strerror or str(error)
        self._note(_MEDIA, "media", full=bool(reason), low=False, said={"reason": reason} if reason else {})

    async def count(self, files: FileStore, most: int) -> None:
        """Add up once what projects hold in the media store, which may be so many bytes. Raises StoreError."""
        held = sum([one.bytes for one in await files.held()])
        said = {"held_gb": round(held / _GB, 1), "refuses_above_gb": round(most / _GB, 1)}
        self._note(_MEDIA, "held", full=held > most, low=held > _EARLY_SHARE * most, said=said)

    def _note(self, events: _Events, about: str, *, full: bool, low: bool, said: Mapping[str, object]) -> None:
        if full:
            self._full.add(about)
            self._faults.error(events.full, about=about, **said, effect="creates are answered 503")
        elif about in self._full:
            self._full.discard(about)
            log.info(events.again, **said)
        elif low:
            self._faults.warning(events.low, about=about, **said)
        self._gate.full = bool(self._full)
