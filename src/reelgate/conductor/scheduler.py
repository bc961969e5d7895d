"""Hands a provider's free places to waiting tasks: fair between projects, within their bounds, off-peak hours kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.fair_queue import Turns
from reelgate.conductor.offpeak import OffPeak
from reelgate.tasks.queues import Queue, QueueStore
from reelgate.tasks.record import Task


class Handing:
    """Claims queued tasks for one server."""

    def __init__(self, store: QueueStore, clock: Clock, offpeak: OffPeak, *, owner: str, lease_ms: int) -> None:
        self._store = store
        self._clock = clock
        self._offpeak = offpeak
        self._owner = owner
        self._lease_ms = lease_ms
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)

    async def claim(self, provider: str, places: int) -> list[Task]:
        """Lease tasks for at most so many places. Raises StoreError; what was claimed before that stays claimed."""
        taken: list[Task] = []
        while len(taken) < places:
            waiting = await self._store.waiting(provider, now=self._clock.now())
            turns = self._turns[provider]
            shares = turns.shares(self._admitted(waiting), places - len(taken))
            got = await asyncio.gather(*(self._take(queue, share) for queue, share in shares))
            turns.served((queue, len(found)) for (queue, _), found in zip(shares, got, strict=True))
            tasks = [task for found in got for task in found]
            taken += tasks
            if not tasks or len(tasks) == sum(share for _, share in shares) < places:
                break  # nobody has more, or nobody may have more
        return taken

    async def _take(self, queue: Queue, share: int) -> list[Task]:
        """Take a queue's share; a bounded one's is counted task by task."""
        takes, limit = (share, 1) if queue.bounded else (1, share)
        now = self._clock.now()
        got = await asyncio.gather(
            *(
                self._store.take(queue, owner=self._owner, now=now, lease_ms=self._lease_ms, limit=limit)
                for _ in range(takes)
            )
        )
        return [task for found in got for task in found]

    def _admitted(self, waiting: Sequence[Queue]) -> Sequence[Queue]:
        """Leave out what may wait, outside of its hours, as long as anything else can have a place."""
        now = self._clock.now()
        if self._offpeak.holds(now):
            return waiting
        latest = now - int(limits.OFFPEAK_LATEST_SECONDS * 1000)
        pressing = [queue for queue in waiting if not queue.offpeak or queue.due_at <= latest]
        return pressing if any(queue.ready for queue in pressing) else waiting
