"""The journal's parked submissions and losses, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

from reelgate.tasks import scripts
from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.parked import Loss, Outcome, Parked
from reelgate.tasks.rows import as_record, as_text
from reelgate.tasks.store import Stale


class ParkedRows:
    """The ParkedStore of `reelgate.tasks.parked`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_task(self, task_id: str) -> Parked | None:
        """Return what was parked of a task."""
        rows = await self._database.read("parked_of_task", {"id": task_id})
        return as_record(Parked, rows[0]) if rows else None

    async def open_ones(self, provider: str = "", *, limit: int, unclear: bool = False) -> Sequence[Parked]:
        """Return those that are not resolved yet."""
        values: Params = {"provider": provider, "limit": limit, "unclear": int(unclear)}
        rows = await self._database.read("parked_open", values)
        return [as_record(Parked, row) for row in rows]

    async def counts(self) -> dict[str, int]:
        """Return how many of them each account has."""
        return {str(name): int(count) for name, count in await self._database.read("count_parked", {})}

    async def unclear(self) -> dict[str, int]:
        """Return how many jobs each account may or may not have, with those that are left to the operator."""
        return {str(name): int(count) for name, count in await self._database.read("count_unclear", {})}

    async def claim(self, provider: str, *, now: int, until: int, limit: int) -> Sequence[Parked]:
        """Take those that are due."""
        values: Params = {"provider": provider, "now": now, "until": until, "limit": limit}
        return [as_record(Parked, row) for row in await self._database.write([Step("claim_parked", values)])]

    async def put_off(self, parked: Parked, *, due_at: int | None, ref: str | None = None) -> None:
        """Look again then, or no more."""
        values: Params = {"attempt_id": parked.attempt_id, "due_at": due_at, "upstream_ref": as_text(ref)}
        await self._database.write([Step("put_off_parked", values, Stale)])

    async def settle(self, parked: Parked, outcome: Outcome, *, at: int, loss: Loss | None = None) -> None:
        """Record the outcome."""
        settled = (scripts.settle(parked.attempt_id, outcome, at), *scripts.lose(loss))
        await self._database.write([*settled, Step("forget_settled", {"attempt_id": parked.attempt_id})])

    async def losses(self, *, since: int) -> Sequence[Loss]:
        """Return what was lost."""
        return [as_record(Loss, row) for row in await self._database.read("losses", {"since": since})]
