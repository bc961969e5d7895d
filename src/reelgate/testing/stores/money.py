"""What a store promises of money: running totals, floors, limits on spending, payments."""

from __future__ import annotations

import asyncio
from typing import Any

from reelgate.tasks.money import Balance, Payment
from reelgate.tasks.projects import Act, Key, Project
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, DuplicateId, KeyTaken, Stale, TaskStore, Unaffordable
from reelgate.testing.expect import expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW, OUTPUT, PRICE_MICROS, bring, sample_task

_DAY_MS = 86_400_000
_DAY = NOW // _DAY_MS
_PROJECT, _KEY = "proj_money", "key_money"


async def open_account(
    store: TaskStore,
    *,
    paid: int = 0,
    key: dict[str, Any] | None = None,
    project_id: str = _PROJECT,
    key_id: str = _KEY,
    **changes: Any,
) -> None:
    """Make a project with a floor of nothing and a key, and pay in."""
    project = Project(id=project_id, name="钱", created_at=NOW, **({"floor_micros": 0} | changes))
    await store.projects.add(project, _act("project.create"))
    made = Key(id=key_id, project_id=project_id, name="first", digest="d", created_at=NOW, **(key or {}))
    await store.projects.add_key(made, _act("key.create"))
    if paid:
        await store.money.pay(payment(paid), _act("ledger.topup"))


def payment(micros: int, reference: str = "invoice 1", kind: str = "topup") -> Payment:
    """Return a payment of the project's."""
    return Payment(project_id=_PROJECT, kind=kind, micros=micros, reference=reference, reason="bank transfer")


def paid_task(name: str, **changes: Any) -> NewTask:
    """Return a task of the project's key."""
    return sample_task(name, **({"project_id": _PROJECT, "key_id": _KEY} | changes))


async def check_totals(store: TaskStore) -> None:
    """Totals follow every line: paid in, on hold, charged, given back; spending is listed by day, key and model."""
    await open_account(store, paid=10 * PRICE_MICROS)
    tasks = [await store.create(paid_task(str(n))) for n in range(3)]
    await _expect(store, paid=10, held=3, charged=0)
    await store.move(await bring(store, tasks[0], State.COLLECTING), "finish", Change(at=NOW + _DAY_MS, output=OUTPUT))
    await store.move(tasks[1], "fail", Change(at=NOW))
    await _expect(store, paid=10, held=1, charged=1)
    (spent,) = await store.money.spending(project_id=_PROJECT, first_day=_DAY, last_day=_DAY)
    told = (spent.key_id, spent.model, spent.tasks, spent.held, spent.charged)
    expect_equal(told, (_KEY, tasks[0].model, 3, PRICE_MICROS, PRICE_MICROS), "what was spent that day")
    expect_equal(await store.money.spending(first_day=_DAY + 1, last_day=_DAY + 9), [], "what was spent on other days")
    expect_equal(await store.money.check(), [], "what does not add up")


async def check_floor(store: TaskStore) -> None:
    """Creates at one moment take the balance down to the floor and no further; a refused one leaves nothing."""
    await open_account(store, paid=5 * PRICE_MICROS)
    outcomes = await asyncio.gather(*(store.create(paid_task(str(n))) for n in range(12)), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    expect_equal((kinds.count(Task), kinds.count(Unaffordable)), (5, 7), "accepted and refused creates")
    await _expect(store, paid=5, held=5, charged=0)
    refused = paid_task(str(kinds.index(Unaffordable)))
    left = (await store.get(refused.id), await store.events(refused.id), await store.ledger(refused.id))
    expect_equal(left, (None, [], []), "what a refused create left")
    await store.create(paid_task("free", price_micros=0))
    first = await store.get(next(task.id for task in outcomes if isinstance(task, Task)))
    if first is not None:
        await store.move(first, "fail", Change(at=NOW))
    await store.create(refused)
    expect_equal(await store.money.check(), [], "what does not add up")


async def check_mixed_group(store: TaskStore) -> None:
    """A price that does not fit keeps no smaller one of the same moment out, nor do broken and repeated creates."""
    await open_account(store, paid=100)
    known = paid_task("known", price_micros=10, idempotency_key="k")
    await store.create(known)
    group = [
        paid_task("large", price_micros=95),
        paid_task("small", price_micros=50),
        paid_task("broken", price_micros=-1),
        paid_task("again", price_micros=95, idempotency_key="k"),
        paid_task("fits", price_micros=40),
        sample_task("other"),
    ]
    outcomes = await asyncio.gather(*map(store.create, group), return_exceptions=True)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    wanted = ["Unaffordable", "Task", "StoreError", KeyTaken.__name__, "Task", "Task"]
    expect_equal(kinds, wanted, "outcomes of large, small, broken, repeated, fitting, another project's")
    expect_equal((await store.money.balance(_PROJECT)).funds, 0, "the balance")


async def check_limits(store: TaskStore) -> None:
    """A key and its project spend no more than they may in a day and in all; what is given back may be spent again."""
    limits = {"spend_day_micros": 3 * PRICE_MICROS, "spend_total_micros": 5 * PRICE_MICROS}
    await open_account(store, floor_micros=None, spend_total_micros=6 * PRICE_MICROS, key=limits)
    first = await _creates(store, "a", 5, NOW, accepted=3)
    await store.move(first[0], "fail", Change(at=NOW))
    await _creates(store, "b", 2, NOW, accepted=1)
    await _creates(store, "c", 4, NOW + _DAY_MS, accepted=2)
    await _creates(store, "d", 1, NOW + 2 * _DAY_MS, accepted=0)
    other = {"key_id": "key_other", "project_id": _PROJECT}
    await store.create(sample_task("e", **other))
    await expect_raises(Unaffordable, store.create(sample_task("f", **other)), "more than the project may spend")
    purse = await store.money.purse(_PROJECT, _KEY, _DAY)
    spent = (purse.spent, purse.spent_day, purse.key_spent, purse.key_spent_day)
    expect_equal(
        spent, tuple(n * PRICE_MICROS for n in (6, 4, 5, 3)), "what project and key have spent in all and today"
    )


async def check_day_of_each_key(store: TaskStore) -> None:
    """What one key of a project spends in a day takes nothing from another key's day."""
    await open_account(store, floor_micros=None, key={"spend_day_micros": 2 * PRICE_MICROS})
    other = {"key_id": "key_other", "project_id": _PROJECT}
    for number in range(3):
        await store.create(sample_task(f"other{number}", **other))
    await _creates(store, "own", 3, NOW, accepted=2)
    purse = await store.money.purse(_PROJECT, _KEY, _DAY)
    expect_equal(
        (purse.spent_day, purse.key_spent_day), (5 * PRICE_MICROS, 2 * PRICE_MICROS), "project's and key's day"
    )


async def check_payments(store: TaskStore) -> None:
    """A reference pays once; a correction never goes below the floor; each payment is in the audit log."""
    await expect_raises(Stale, store.money.pay(payment(5), _act("ledger.topup")), "a payment to no project")
    await open_account(store)
    balance = await store.money.pay(payment(700), _act("ledger.topup"))
    expect_equal((balance.funds, balance.paid_in), (700, 700), "the balance after a top-up")
    await expect_raises(
        DuplicateId, store.money.pay(payment(700), _act("ledger.topup")), "a reference's second payment"
    )
    down = payment(-701, "typing error", "adjustment")
    await expect_raises(Unaffordable, store.money.pay(down, _act("ledger.adjust")), "a correction below the floor")
    await store.money.pay(payment(-200, "typing error", "adjustment"), _act("ledger.adjust"))
    expect_equal([paid.micros for paid in await store.money.payments(_PROJECT)], [-200, 700], "the payments")
    expect_equal((await store.money.balance(_PROJECT)).funds, 500, "the balance after a correction")
    expect_equal(await store.money.check(), [], "what does not add up")


async def _creates(store: TaskStore, name: str, count: int, at: int, *, accepted: int) -> list[Task]:
    new = [paid_task(f"{name}{n}", created_at=at) for n in range(count)]
    outcomes = await asyncio.gather(*map(store.create, new), return_exceptions=True)
    made = [outcome for outcome in outcomes if isinstance(outcome, Task)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Unaffordable)]
    expect_equal((len(made), len(refused)), (accepted, count - accepted), f"creates {name}: accepted and refused")
    return made


async def _expect(store: TaskStore, *, paid: int, held: int, charged: int) -> None:
    micros = [count * PRICE_MICROS for count in (-paid, paid - held - charged, held, charged)]
    balance = Balance(project_id=_PROJECT, outside=micros[0], funds=micros[1], held=micros[2], charged=micros[3])
    expect_equal(await store.money.balance(_PROJECT), balance, "the running totals")


def _act(action: str) -> Act:
    return Act("operator", NOW, action)


MONEY_CHECKS = (check_totals, check_floor, check_mixed_group, check_limits, check_day_of_each_key, check_payments)
