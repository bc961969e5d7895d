"""Makes tasks due again that were delayed by a clock that was ahead."""

from __future__ import annotations

import structlog

from reelgate import limits
from reelgate.clock import STEP_SECONDS, Clock
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

_STEP_MS = STEP_SECONDS * 1000


class Time:
    """Looks whether the clock was set back. What is due at a time of the wrong clock would stand still until then."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen = clock.now()
        self._look_again = 0

    async def open(self) -> None:
        """Find what an earlier process put off; its leases are given back already, others' end in their time."""
        now = self._clock.now()
        margin = int(limits.LONGEST_WAIT_SECONDS * 1000)
        found = await self._store.unfreeze(now=now, margin_ms=margin, grown=True)
        _tell(found + await self._free_leases(now))

    async def look(self) -> None:
        """Make tasks due when the clock has been set back since the last look."""
        now = self._clock.now()
        back = now <= self._seen - _STEP_MS
        self._seen = now
        if back:
            self._look_again = now + _STEP_MS  # by then every running server has renewed its leases
            _tell(await self._store.unfreeze(now=now, margin_ms=_STEP_MS, grown=False))
        elif 0 < self._look_again <= now:
            self._look_again = 0
            _tell(await self._free_leases(now))

    async def _free_leases(self, now: int) -> int:
        return await self._store.free_leases(now=now, latest=now + int(limits.LONGEST_LEASE_SECONDS * 1000))


def _tell(tasks: int) -> None:
    if tasks:
        log.warning("clock.tasks_due_again", tasks=tasks, reason="they were put off while a clock was ahead")
