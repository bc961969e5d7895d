"""What projects have, owe and spent, and the port of the store that keeps it beside the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from reelgate.tasks.projects import Act

CURRENCY = "USD"
"""What amounts are in: millionths of it, in whole numbers."""


class LedgerEntry(msgspec.Struct, frozen=True):
    """One line of the append-only ledger: so many micro-units went from one class of accounts to another.

    `hold` (funds to held) is written with the task. Its end writes `capture` (held to charged), `release` (held back
    to funds) or both, which together are the hold. `topup` and `adjustment` (outside to funds) are the operator's.
    `subject` is the task's id or the payment's reference; a subject has at most one line of each kind. Key, model and
    day (since 1970, UTC) are the hold's in all lines of a task.
    """

    subject: str
    project_id: str
    kind: str
    micros: int
    at: int
    key_id: str = ""
    model: str = ""
    day: int = 0
    note: str = ""


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """A project's running totals in micro-units: what it may still spend, what is on hold, what was charged.

    `outside` is the negative of what was paid in; the four sum to zero.
    """

    project_id: str
    outside: int = 0
    funds: int = 0
    held: int = 0
    charged: int = 0

    @property
    def paid_in(self) -> int:
        """Top-ups and adjustments together."""
        return -self.outside


class Purse(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides whether a price is affordable, at one moment. None means no limit."""

    funds: int
    spent: int
    spent_day: int
    key_spent: int
    key_spent_day: int
    floor: int | None
    spend_total: int | None
    spend_day: int | None
    key_spend_total: int | None
    key_spend_day: int | None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Money that an operator pays in (`topup`, positive) or corrects (`adjustment`), with the reason why.

    `reference` is the operator's own, such as an invoice: one payment of a kind for each in a project.
    """

    project_id: str
    kind: str
    micros: int
    reference: str
    reason: str


class Paid(msgspec.Struct, frozen=True):
    """A payment in the ledger; `subject` is project and reference."""

    subject: str
    project_id: str
    kind: str
    micros: int
    at: int
    note: str


class Spent(msgspec.Struct, frozen=True):
    """What the tasks of a day (since 1970, UTC), key and model hold and were charged."""

    project_id: str
    day: int
    key_id: str
    model: str
    tasks: int
    held: int
    charged: int


class Discrepancy(msgspec.Struct, frozen=True):
    """A running total that is not the sum of its ledger lines, or a task whose lines do not fit it. None should be."""

    where: str
    expected: int
    found: int


class MoneyStore(Protocol):
    """Where balances live. Each payment, its effect and its line in the audit log are one transaction."""

    async def balance(self, project_id: str) -> Balance:
        """Return a project's running totals, all 0 for one that has none."""
        ...

    async def balances(self) -> Sequence[Balance]:
        """Return the running totals of every project that has any."""
        ...

    async def purse(self, project_id: str, key_id: str, day: int) -> Purse:
        """Return what a key of a project may spend on a day (since 1970, UTC), and has spent."""
        ...

    async def pay(self, payment: Payment, act: Act) -> Balance:
        """Write a payment; return the balance after it.

        Raises DuplicateId if the project has a payment of that kind and reference, Unaffordable where a negative
        adjustment would bring the balance below the project's floor, Stale where the project does not exist.
        """
        ...

    async def payments(self, project_id: str) -> Sequence[Paid]:
        """Return a project's payments, newest first."""
        ...

    async def spending(self, *, project_id: str = "", first_day: int, last_day: int) -> Sequence[Spent]:
        """Return what was spent by day, key and model, of one project or of all, both days included."""
        ...

    async def check(self) -> Sequence[Discrepancy]:
        """Hold every running total against the ledger's lines, and every task against its own."""
        ...
