"""A budget's operator is warned of each step, once, also where the journal fails in between."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reelgate.billing.budgets import Budgets, budget_of
from reelgate.errors import StoreError
from reelgate.tasks import open_store
from reelgate.tasks.projects import AuditFilter
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.money import open_account, paid_task
from reelgate.testing.stores.samples import NOW, PRICE_MICROS
from tests.conductor.studio import HandClock
from tests.loop import in_loop

PROJECT = paid_task("one").project_id


async def opened(folder: Path, *, budget: int) -> TaskStore:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    await open_account(store, floor_micros=None, budget_month_micros=budget)
    await store.create(paid_task("one"))
    return store


async def warnings(store: TaskStore) -> list[tuple[int, int, int]]:
    """Return percent, sum and budget of each warning, oldest first."""
    lines = [line for line in await store.projects.audit(AuditFilter(limit=50)) if line.action == "budget.reached"]
    assert {(line.actor, line.project_id, line.subject, line.at) for line in lines} <= {
        ("server", PROJECT, PROJECT, NOW)
    }
    told = [json.loads(line.after or "") for line in reversed(lines)]
    assert {one["month"] for one in told} <= {"2027-01"}
    return [(one["percent"], one["spent_micros"], one["budget_month_micros"]) for one in told]


@in_loop
async def test_each_step_is_told_once_by_one_of_the_servers(tmp_path: Path) -> None:
    limit = PRICE_MICROS * 5 // 4  # one task is just 80 percent
    store = await opened(tmp_path, budget=limit)
    first, second = Budgets(store, HandClock()), Budgets(store, HandClock())
    for one in (first, second, first, second):
        await one.look()
    assert await warnings(store) == [(50, PRICE_MICROS, limit), (80, PRICE_MICROS, limit)]
    await store.create(paid_task("two"))
    await second.look()
    await first.look()
    assert (await warnings(store))[2:] == [(100, 2 * PRICE_MICROS, limit)]
    await store.aclose()


@pytest.mark.parametrize("table", ["shared", "audit"])
@in_loop
async def test_a_warning_that_a_fault_kept_back_is_told_at_the_next_look(tmp_path: Path, table: str) -> None:
    store = await opened(tmp_path, budget=2 * PRICE_MICROS)
    budgets = Budgets(store, HandClock())
    fault = f"CREATE TRIGGER fault BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
    with closing(sqlite3.connect(tmp_path / "journal.db")) as other:
        other.execute(fault)
        with pytest.raises(StoreError):
            await budgets.look()
        other.execute("DROP TRIGGER fault")
    for _ in range(2):
        await budgets.look()
    assert await warnings(store) == [(50, PRICE_MICROS, 2 * PRICE_MICROS)]
    await store.aclose()


@in_loop
async def test_below_the_first_step_nothing_is_told(
    tmp_path: Path,
) -> None:
    store = await opened(tmp_path, budget=2 * PRICE_MICROS + 1)
    project = await store.projects.get(PROJECT)
    assert project is not None
    budget = await budget_of(store, project, NOW)
    assert budget is not None
    assert (budget.spent_micros, budget.warned_at) == (PRICE_MICROS, None)
    await Budgets(store, HandClock()).look()
    assert await warnings(store) == []
    await store.aclose()
