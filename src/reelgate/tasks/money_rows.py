"""The journal's balances and payments, the same over every database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from reelgate.tasks.database import Database, Params, Row, Step
from reelgate.tasks.money import Balance, Discrepancy, Paid, Payment, Purse, Spent
from reelgate.tasks.projects import Act
from reelgate.tasks.rows import as_record, as_text
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import DuplicateId, Stale, Unaffordable

_CHECKS = ("check_accounts", "check_spending", "check_tasks")
_encode = msgspec.json.Encoder().encode


class MoneyRows:
    """The MoneyStore of `reelgate.tasks.money`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def balance(self, project_id: str) -> Balance:
        """Return a project's running totals."""
        rows = await self._database.read("balance", {"project_id": project_id})
        return as_record(Balance, rows[0]) if rows else Balance(project_id=project_id)

    async def balances(self) -> Sequence[Balance]:
        """Return the running totals of every project."""
        return [as_record(Balance, row) for row in await self._database.read("balances", {})]

    async def purse(self, project_id: str, key_id: str, day: int) -> Purse:
        """Return what a key of a project may spend, and has spent."""
        values: Params = {"project_id": project_id, "key_id": key_id, "day": day}
        return as_record(Purse, _whole((await self._database.read("purse", values))[0]))

    async def pay(self, payment: Payment, act: Act) -> Balance:
        """Write a payment; the project's account is held meanwhile."""
        values: Params = {
            "subject": as_text(f"{payment.project_id}/{payment.reference}"),
            "project_id": payment.project_id,
            "kind": payment.kind,
            "micros": payment.micros,
            "at": act.at,
            "day": act.at // DAY_MS,
            "note": as_text(payment.reason),
        }
        told = _encode({"micros": payment.micros, "reference": payment.reference, "reason": payment.reason})
        audit: Params = {
            "at": act.at,
            "actor": as_text(act.actor),
            "action": act.action,
            "project_id": payment.project_id,
            "subject": values["subject"],
            "before": None,
            "after": as_text(told.decode()),
        }
        script = [
            Step("lock_audit", {}),
            Step("use_account", values, Stale),
            Step("covers", values, Unaffordable),
            Step("pay", values, DuplicateId),
            Step("add_audit", audit),
        ]
        await self._database.write(script)
        return await self.balance(payment.project_id)

    async def payments(self, project_id: str) -> Sequence[Paid]:
        """Return a project's payments, newest first."""
        return [as_record(Paid, row) for row in await self._database.read("payments", {"project_id": project_id})]

    async def spending(self, *, project_id: str = "", first_day: int, last_day: int) -> Sequence[Spent]:
        """Return what was spent by day, key and model."""
        values: Params = {"project_id": project_id, "first_day": first_day, "last_day": last_day}
        rows = await self._database.read("spending", values)
        return await asyncio.to_thread(lambda: [Spent(*row) for row in rows])  # a year may have very many

    async def check(self) -> Sequence[Discrepancy]:
        """Hold running totals and tasks against the ledger's lines."""
        found = [row for name in _CHECKS for row in await self._database.read(name, {})]
        return [as_record(Discrepancy, _whole(row)) for row in found]


def _whole(row: Row) -> list[str | int | None]:
    """Return a row with PostgreSQL's sums, which are decimals, as whole numbers."""
    return [value if value is None or isinstance(value, str) else int(value) for value in row]
