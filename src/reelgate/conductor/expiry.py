"""Ends tasks whose time is over while they wait for a place: one that is never claimed would hold its money on."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from reelgate import limits
from reelgate.clock import Clock
from reelgate.tasks.store import Change, Stale, TaskStore

BATCH = 500


class Expiry:
    """Looks at the tasks that wait for these providers."""

    def __init__(self, store: TaskStore, providers: Collection[str], clock: Clock) -> None:
        self._store = store
        self._providers = providers
        self._clock = clock

    async def sweep(self) -> int:
        """Expire what has waited too long; return how many tasks. Raises StoreError."""
        now, count = self._clock.now(), 0
        change = Change(at=now, error_code="deadline", error_message="the task was not done in time")
        for name in self._providers:
            for task in await self._store.queues.overdue(
                name, now=now, seconds=int(limits.TASK_DEADLINE_SECONDS), limit=BATCH
            ):
                with contextlib.suppress(Stale):  # it has just been claimed, or called off
                    await self._store.move(task, "expire", change)
                    count += 1
        return count
