"""The journal's queues, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence, Set

from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.queues import NoRoom, Queue
from reelgate.tasks.record import Task
from reelgate.tasks.rows import as_tasks
from reelgate.tasks.states import State


class QueueRows:
    """The QueueStore of `reelgate.tasks.queues`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, *, now: int) -> Set[tuple[str, State]]:
        """Return the providers with tasks that are due, each with the states of those."""
        return {(str(row[0]), State(row[1])) for row in await self._database.read("due", {"now": now})}

    async def waiting(self, provider: str, *, now: int) -> Sequence[Queue]:
        """Return a provider's queues with due tasks."""
        rows = await self._database.read("queues", {"provider": provider, "now": now})
        return [Queue(provider, row[0], row[1], bool(row[2]), *row[3:]) for row in rows]

    async def line(self, provider: str, *, offpeak: bool, limit: int) -> Sequence[str]:
        """Return the ids of tasks that wait for a provider."""
        values: Params = {"provider": provider, "offpeak": int(offpeak), "limit": limit}
        return [str(row[0]) for row in await self._database.read("line", values)]

    async def overdue(self, provider: str, *, now: int, seconds: int, limit: int) -> Sequence[Task]:
        """Return waiting tasks whose time is over."""
        values: Params = {"provider": provider, "now": now, "seconds": seconds, "limit": limit}
        return as_tasks(await self._database.read("overdue", values))

    async def take(self, queue: Queue, *, owner: str, now: int, lease_ms: int, limit: int) -> Sequence[Task]:
        """Lease the tasks of a queue that have been due longest."""
        values: Params = {
            "provider": queue.provider,
            "project_id": queue.project_id,
            "key_id": queue.key_id,
            "offpeak": int(queue.offpeak),
            "project_at_once": queue.project_at_once,
            "key_at_once": queue.key_at_once,
            "owner": owner,
            "now": now,
            "until": now + lease_ms,
            "limit": 1 if queue.bounded else limit,
        }
        script = [Step("take", values)]
        if queue.bounded:
            script += [Step("lock_project", values), Step("places", values, NoRoom)]
        try:
            rows = await self._database.write(script)
        except NoRoom:
            return []
        return sorted(as_tasks(rows), key=lambda task: task.seq)
