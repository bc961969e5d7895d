"""The journal's feed of moves, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

from reelgate.tasks.database import Database, Params, Row
from reelgate.tasks.feeds import Moved, MovePosition
from reelgate.tasks.rows import as_task, readable


class FeedRows:
    """The FeedStore of `reelgate.tasks.feeds`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> MovePosition:
        """Return the place of the last move."""
        rows = await self._database.read("feed_last", {})
        return MovePosition(*rows[0]) if rows else MovePosition(0, 0)

    async def after(
        self, place: MovePosition, *, limit: int, project_id: str = "", task_id: str = ""
    ) -> Sequence[Moved]:
        """Return the next moves behind a place."""
        values: Params = {"round": place.round, "number": place.number, "limit": limit}
        if task_id:
            rows = await self._database.read("feed_of_task", {**values, "id": task_id})
        elif project_id:
            rows = await self._database.read("feed_of_project", {**values, "project_id": project_id})
        else:
            rows = await self._database.read("feed", values)
        return readable(_moved, rows, "task")


def _moved(row: Row) -> Moved:
    place, number, name, target, at, *task = row
    return Moved(MovePosition(place, number), name, target, at, as_task(task))
