"""A month's statement adds up, and belongs to the day of the order."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from reelgate.billing.statements import Statement, read_month, statement
from reelgate.errors import InvalidField
from reelgate.tasks import open_store
from reelgate.tasks.money import Payment
from reelgate.tasks.parked import Outcome
from reelgate.tasks.projects import Act, Project
from reelgate.tasks.scripts import given_up
from reelgate.tasks.states import State
from reelgate.tasks.store import Change
from reelgate.testing.stores.samples import bring, sample_task


def ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


async def _months(folder: Path) -> tuple[Statement, Statement]:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    try:
        made = ms(2026, 9, 1)
        await store.projects.add(
            Project(id="project", name="Acme", created_at=made), Act("ops", made, "project.create")
        )
        for at, number in ((ms(2026, 9, 2), "I-1"), (ms(2026, 10, 3), "I-2"), (ms(2026, 11, 1), "I-3")):
            paid = Payment(project_id="project", kind="topup", micros=10_000_000, reference=number, reason="=cmd")
            await store.money.pay(paid, Act("ops", at, "ledger.topup"))
        for name, at in (("a", ms(2026, 9, 30, 23)), ("b", ms(2026, 10, 1)), ("c", ms(2026, 10, 31))):
            task = await store.create(sample_task(name, created_at=at))
            if name != "c":
                task = await bring(store, task, State.COLLECTING)
                await store.move(task, "finish", Change(at=ms(2026, 11, 5)))
        now = ms(2026, 11, 20)
        return (
            await statement(store, "project", date(2026, 9, 1), now),
            await statement(store, "project", date(2026, 10, 1), now),
        )
    finally:
        await store.aclose()


def test_months_follow_on_each_other(tmp_path: Path) -> None:
    september, october = asyncio.run(_months(tmp_path))
    assert (september.opening_micros, september.paid_micros, september.final) == (0, 10_000_000, True)
    assert september.charged_micros > 0  # ordered on its last day, charged in November
    assert october.opening_micros == september.closing_micros == 10_000_000 - september.charged_micros
    assert october.closing_micros == october.opening_micros + 10_000_000 - october.charged_micros
    assert october.held_micros == october.charged_micros > 0
    assert not october.final
    assert october.paid_micros == 10_000_000  # what is paid as November begins is November's
    assert [(line.key, line.tasks) for line in october.lines] == [("key", 2)]
    told = october.body()
    charged = october.charged_micros
    assert told.pop("payments") == [
        {
            "at": ms(2026, 10, 3) // 1000,
            "kind": "topup",
            "reference": "I-2",
            "reason": "=cmd",
            "amount_micros": 10_000_000,
        }
    ]
    assert told == {
        "object": "statement",
        "project": "project",
        "name": "Acme",
        "month": "2026-10",
        "currency": "USD",
        "final": False,
        "opening_micros": september.closing_micros,
        "paid_micros": 10_000_000,
        "charged_micros": charged,
        "closing_micros": october.closing_micros,
        "held_micros": charged,
        "lines": [
            {
                "model": "happyhorse-1.0-t2v",
                "key": "key",
                "tasks": 2,
                "charged_micros": charged,
                "held_micros": charged,
            }
        ],
    }
    rows = october.text().splitlines()
    assert rows[0] == "kind,model,key,reference,tasks,amount_micros,held_micros,currency"
    amounts = [int(row.split(",")[5]) for row in rows[1:]]
    assert sum(amounts[:-1]) == amounts[-1] == october.closing_micros


@pytest.mark.parametrize(("charges", "final"), [(True, [False, True]), (False, [True, True])])
def test_a_month_is_not_final_while_something_of_it_may_be_charged_late(
    charges: bool, final: list[bool], tmp_path: Path
) -> None:
    async def run() -> list[bool]:
        store = open_store(f"sqlite:///{tmp_path / 'journal.db'}")
        await store.open()
        made = ms(2027, 1, 15)
        await store.projects.add(Project(id="project", name="A", created_at=made), Act("ops", made, "project.create"))
        task = await bring(store, await store.create(sample_task("a", created_at=made)), State.UNKNOWN)
        await store.move(task, "park", given_up(made, "submission_unknown", "nobody knows"))
        found = []
        for _ in range(2):
            told = await statement(
                store, "project", date(2027, 1, 1), ms(2027, 2, 2), charges_late=lambda name: charges and bool(name)
            )
            found.append(told.final)
            for one in await store.parked.open_ones(limit=9):
                await store.parked.settle(one, Outcome.NOT_TAKEN, at=ms(2027, 2, 2))
        await store.aclose()
        return found

    assert asyncio.run(run()) == final


@pytest.mark.parametrize("text", ["2026-13", "26-11", "2026-12", "1960-01", "2026-11-01", "x"])
def test_a_month_is_one_that_has_begun(text: str) -> None:
    with pytest.raises(InvalidField):
        read_month(text, ms(2026, 11, 20))
