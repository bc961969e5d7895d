"""Budgets by month: which project has spent half, most or all of its own. Each is reported once, by one server."""

from __future__ import annotations

import secrets
from datetime import date

import msgspec
import structlog

from reelgate.billing.statements import days_of, read_month
from reelgate.clock import Clock
from reelgate.tasks.projects import Act, Project
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

STEPS = (50, 80, 100)
"""Percents of a budget at which its operator is warned."""
LOOK_SECONDS = 60.0
"""How often budgets are looked at."""


class Budget(msgspec.Struct, frozen=True):
    """A project's month: what it means to spend, what was charged and is on hold, the highest step that is reached."""

    month: str
    limit_micros: int
    spent_micros: int
    warned_at: int | None


async def budget_of(store: TaskStore, project: Project, now: int) -> Budget | None:
    """Return the state of a project's budget, None without a budget. Raises StoreError."""
    limit = project.budget_month_micros
    if limit is None:
        return None
    month: date = read_month("", now)
    first, following = days_of(month)
    found = await store.money.spending(project_id=project.id, first_day=first, last_day=following - 1)
    spent = sum(one.charged + one.held for one in found)
    reached = [step for step in STEPS if spent and spent * 100 >= limit * step]
    return Budget(f"{month:%Y-%m}", limit, spent, max(reached, default=None))


class Budgets:
    """Warns of budgets: a line in the log and in the audit log for each step, once a month."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._mine = secrets.token_hex(8)
        self._told: set[str] = set()

    async def look(self) -> None:
        """Look at every project with a budget. Raises StoreError."""
        now = self._clock.now()
        for project in await self._store.projects.list():
            budget = await budget_of(self._store, project, now)
            if budget is None or budget.warned_at is None:
                continue
            for step in STEPS:
                if step <= budget.warned_at:
                    await self._warn(project, budget, step, now)

    async def _warn(self, project: Project, budget: Budget, step: int, now: int) -> None:
        name = f"budget {project.id} {budget.month} {budget.limit_micros} {step}"
        if name in self._told:
            return
        if await self._store.share(name, self._mine) != self._mine:
            self._told.add(name)  # by another server, or this one before it was started anew
            return
        log.warning("budget.reached", project=project.id, month=budget.month, percent=step)
        after = {
            "month": budget.month,
            "percent": step,
            "spent_micros": budget.spent_micros,
            "budget_month_micros": budget.limit_micros,
        }
        act = Act("server", now, "budget.reached")
        await self._store.projects.note(act, project_id=project.id, subject=project.id, after=after)
        self._told.add(name)  # not before it is written: what a fault kept back is told at the next look
