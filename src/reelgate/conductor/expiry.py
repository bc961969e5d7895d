"""Expires tasks whose time ends while they wait for a slot, so that their money is released."""

from __future__ import annotations

import contextlib

import structlog

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.lost_submissions import UNKNOWN_CODE, UNKNOWN_TEXT
from reelgate.tasks.scripts import given_up
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, Owed, Stale, TaskStore

log = structlog.get_logger()

BATCH = 500
GRACE_SECONDS = 60.0
"""After a hold's end, in which the step that ends it by itself goes first."""

_WORDS = {
    True: (UNKNOWN_CODE, UNKNOWN_TEXT),
    False: ("never_finished", "the provider could not be reached to fetch the video"),
}


class Expiry:
    """Looks at what waits too long for any account, and at what any was given too long ago, also one that is gone.

    `owed` tells what a vendor bills for a submission of unknown outcome if it has the job.
    """

    def __init__(self, store: TaskStore, owed: Owed, clock: Clock) -> None:
        self._store = store
        self._owed = owed
        self._clock = clock

    async def sweep(self) -> int:
        """Expire what has waited too long; return how many tasks. Raises StoreError."""
        now, count = self._clock.now(), 0
        change = Change(at=now, error_code="deadline", error_message="the task did not end in time")
        for name, state in sorted(await self._store.queues.due(now=now)):
            if state is not State.QUEUED:
                continue
            for task in await self._store.queues.overdue(
                name, now=now, seconds=int(limits.TASK_DEADLINE_SECONDS), limit=BATCH
            ):
                with contextlib.suppress(Stale):  # it has just been claimed, or cancelled
                    await self._store.move(task, "expire", change)
                    count += 1
        return count + await self._park(now)

    async def _park(self, now: int) -> int:
        """End what no server could look after until its hold's end, such as tasks of an account that was taken out."""
        count, before = 0, now - int(GRACE_SECONDS * 1000)
        for task in await self._store.held_too_long(now=now, before=before, limit=BATCH):
            log.error("submission.parked", task=task.id, account=task.provider, state=task.state)
            with contextlib.suppress(Stale):
                ended = given_up(now, *_WORDS[task.state is State.UNKNOWN], owed=self._owed(task))
                await self._store.move(task, "park", ended)
                count += 1
        return count
