"""Queues of tasks that wait for a provider, one for each API key, and the port of the store that hands them out."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

import msgspec

from reelgate.tasks.record import Task
from reelgate.tasks.states import State


class NoRoom(Exception):
    """A project or a key has as many tasks at once as it may: nothing was written."""


class Queue(msgspec.Struct, frozen=True):
    """Tasks of one key that wait for a provider; at least one is due. `due_at` is since when (ms). The bounds are
    those of a project that queues what goes beyond its tasks at once; the places are what its claimed tasks leave of
    them.
    """

    provider: str
    project_id: str
    key_id: str
    offpeak: bool
    due_at: int
    priority: int = 0
    weight: int = 1
    project_at_once: int | None = None
    key_at_once: int | None = None
    project_places: int | None = None
    key_places: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether its tasks must be counted while they are claimed."""
        return self.project_at_once is not None or self.key_at_once is not None

    @property
    def ready(self) -> bool:
        """Whether its project and its key may have one more running task."""
        return (self.project_places is None or self.project_places > 0) and (
            self.key_places is None or self.key_places > 0
        )


class QueueStore(Protocol):
    """Where waiting tasks are handed out, project by project, durably."""

    async def due(self, *, now: int) -> Set[tuple[str, State]]:
        """Return the providers with tasks that are due, each with the states of those."""
        ...

    async def waiting(self, provider: str, *, now: int) -> Sequence[Queue]:
        """Return the queues of a provider with due tasks, those without a place too."""
        ...

    async def line(self, provider: str, *, offpeak: bool, limit: int) -> Sequence[str]:
        """Return the ids of tasks that wait for a provider, the first that was due first, at most `limit`."""
        ...

    async def overdue(self, provider: str, *, now: int, seconds: int, limit: int) -> Sequence[Task]:
        """Return unclaimed tasks that wait for a provider longer than `seconds`, or than their own limit."""
        ...

    async def take(self, queue: Queue, *, owner: str, now: int, lease_ms: int, limit: int) -> Sequence[Task]:
        """Lease the tasks of a queue that have been due longest, at most `limit`, as `TaskStore.claim` does.

        Of a bounded queue one at most, and none while its project or key has reached its limit of tasks (claimed, or
        beyond the queue), however many servers ask at the same moment.
        """
        ...
