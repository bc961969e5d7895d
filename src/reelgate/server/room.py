"""Looks at the room on the data folder's disk, so that creates are refused before it is used up."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import structlog

from reelgate.access.load_shedding import LoadShedder
from reelgate.fault_log import FaultLog

log = structlog.get_logger()

LOOK_SECONDS = 5.0
_EARLY = 4
"""Times the room at which creates are refused: at so much the log says that it grows short."""
_MB = 1024 * 1024


class Room:
    """Shuts the gate for creates below `keep_free` bytes of free room, and opens it again."""

    def __init__(self, folder: Path, keep_free: int, gate: LoadShedder) -> None:
        self._folder = folder
        self._keep_free = keep_free
        self._gate = gate
        self._faults = FaultLog()

    async def look(self) -> None:
        """Look once. Raises OSError."""
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        full = free < self._keep_free
        said = {"folder": str(self._folder), "free_mb": free // _MB, "refuses_below_mb": self._keep_free // _MB}
        if full:
            self._faults.error("disk.full", about="full", **said, effect="creates are answered 503")
        elif self._gate.full:
            log.info("disk.room_again", **said)
        elif free < _EARLY * self._keep_free:
            self._faults.warning("disk.low", about="low", **said)
        self._gate.full = full
