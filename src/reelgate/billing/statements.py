"""A project's month in figures: what it had, paid in, was charged by model and key, and has left."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from reelgate import limits
from reelgate.errors import InvalidField, ProjectNotFound
from reelgate.tasks.money import CURRENCY, Paid, Spent
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import TaskStore

_EPOCH = date(1970, 1, 1)
_EXAMPLE = "a month such as 2026-11 (UTC), not one to come"


class StatementLine(msgspec.Struct, frozen=True):
    """What a model's tasks of one key were charged in a month, and still hold."""

    model: str
    key: str
    tasks: int
    charged_micros: int
    held_micros: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A month. A task belongs to the day of its order; `final` says that nothing will change it any more.

    `closing` is `opening` with what was paid in, less what was charged.
    """

    project_id: str
    name: str
    month: str
    opening_micros: int
    paid_micros: int
    charged_micros: int
    held_micros: int
    closing_micros: int
    final: bool
    payments: Sequence[Paid]
    lines: Sequence[StatementLine]

    def body(self) -> dict[str, Any]:
        """Return the answer in JSON."""
        payments = [
            {
                "at": paid.at // 1000,
                "kind": paid.kind,
                "reference": paid.subject.removeprefix(f"{paid.project_id}/"),
                "reason": paid.note,
                "amount_micros": paid.micros,
            }
            for paid in self.payments
        ]
        lines = [{"model": one.model, "key": one.key, **_sums(one)} for one in self.lines]
        return {
            "object": "statement",
            "project": self.project_id,
            "name": self.name,
            "month": self.month,
            "currency": CURRENCY,
            "final": self.final,
            "opening_micros": self.opening_micros,
            "paid_micros": self.paid_micros,
            "charged_micros": self.charged_micros,
            "closing_micros": self.closing_micros,
            "held_micros": self.held_micros,
            "payments": payments,
            "lines": lines,
        }

    def text(self) -> str:
        """Return the same as CSV: one line for each thing that changed the balance, and both balances."""
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\r\n")
        table.writerow(("kind", "model", "key", "reference", "tasks", "amount_micros", "held_micros", "currency"))
        table.writerow(("opening", "", "", "", "", self.opening_micros, "", CURRENCY))
        for paid in self.payments:
            reference = paid.subject.removeprefix(f"{paid.project_id}/")
            table.writerow((paid.kind, "", "", _plain(reference), "", paid.micros, "", CURRENCY))
        for one in self.lines:
            table.writerow(
                ("charged", _plain(one.model), one.key, "", one.tasks, -one.charged_micros, one.held_micros, CURRENCY)
            )
        table.writerow(("closing", "", "", "", "", self.closing_micros, self.held_micros, CURRENCY))
        return written.getvalue()


def read_month(text: str, now: int) -> date:
    """Return the first day of a month, of the present one for "". Raises InvalidField."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    if not text:
        return today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InvalidField.out_of_range("month", text, _EXAMPLE) from None
    if not _EPOCH < found <= today:
        raise InvalidField.out_of_range("month", text, _EXAMPLE)
    return found


def days_of(month: date) -> tuple[int, int]:
    """Return a month's first day and the first day of the next one, counted since 1970."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (month - _EPOCH).days, (following - _EPOCH).days


def _perhaps(_: str) -> bool:
    """Assume it of every account: the caller does not know them."""
    return True


async def statement(
    store: TaskStore, project_id: str, month: date, now: int, *, charges_late: Callable[[str], bool] = _perhaps
) -> Statement:
    """Return a project's statement of a month. Raises ProjectNotFound and StoreError.

    `charges_late` says for an account whether a client pays for a video that is found there after its task has ended.
    """
    project = await store.projects.get(project_id)
    if project is None:
        raise ProjectNotFound(f"there is no project {project_id!r}")
    first, following = days_of(month)
    spent = await store.money.spending(project_id=project_id, first_day=0, last_day=following - 1)
    paid = [one for one in await store.money.payments(project_id) if one.at < following * DAY_MS]
    before = sum(one.micros for one in paid if one.at < first * DAY_MS)
    opening = before - sum(one.charged for one in spent if one.day < first)
    payments = [one for one in reversed(paid) if one.at >= first * DAY_MS]
    lines = _lines(one for one in spent if one.day >= first)
    paid_in, charged = sum(one.micros for one in payments), sum(one.charged_micros for one in lines)
    held = sum(one.held_micros for one in lines)
    over = now >= following * DAY_MS and not held
    return Statement(
        project_id=project_id,
        name=project.name,
        month=f"{month:%Y-%m}",
        opening_micros=opening,
        paid_micros=paid_in,
        charged_micros=charged,
        held_micros=held,
        closing_micros=opening + paid_in - charged,
        final=over and not await _may_be_charged(store, project_id, following * DAY_MS, charges_late),
        payments=payments,
        lines=lines,
    )


async def _may_be_charged(store: TaskStore, project_id: str, end: int, charges_late: Callable[[str], bool]) -> bool:
    """Whether anything that was ordered before a time (ms) and given up may still be found, and paid for."""
    latest = end + int(limits.TASK_DEADLINE_SECONDS * 1000)  # so long an order may have waited before it was sent
    return any(
        one.project_id == project_id and one.sent_at < latest and charges_late(one.provider)
        for one in await store.parked.open_ones(limit=limits.MAX_RESOLVED)
    )


def _lines(spent: Iterable[Spent]) -> list[StatementLine]:
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in spent:
        for at, number in enumerate((one.tasks, one.charged, one.held)):
            found[one.model, one.key_id][at] += number
    return [StatementLine(model, key, *found[model, key]) for model, key in sorted(found)]


def _sums(one: StatementLine) -> dict[str, int]:
    return {"tasks": one.tasks, "charged_micros": one.charged_micros, "held_micros": one.held_micros}


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
