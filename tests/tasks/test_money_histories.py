"""Random histories of money, with crashes between any two statements: whatever happens, the books agree.

`REELGATE_HISTORIES=5000` makes so many of them on each database; a few hundred run otherwise.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelgate.errors import StoreError
from reelgate.tasks import open_store, postgres, sqlite
from reelgate.tasks.money import Payment
from reelgate.tasks.parked import Outcome
from reelgate.tasks.projects import Act, Key, Project
from reelgate.tasks.record import Task
from reelgate.tasks.scripts import given_up
from reelgate.tasks.states import State, can
from reelgate.tasks.store import Change, DuplicateId, KeyTaken, Stale, TaskStore, Unaffordable
from reelgate.testing.stores.samples import NOW, OUTPUT, sample_task
from tests.tasks.audit import audit
from tests.tasks.conftest import NewUrl

MANY = int(os.environ.get("REELGATE_HISTORIES", "0"))
DAY_MS = 86_400_000
FLOOR, DAY_LIMIT, TOTAL_LIMIT = -20, 100, 150
STEPS = {
    State.QUEUED: "submit",
    State.SUBMITTING: "accept",
    State.UNKNOWN: "adopt",
    State.RUNNING: "deliver",
    State.COLLECTING: "finish",
}

pick, price = st.integers(0, 1_000), st.integers(0, 60)
operations = st.one_of(
    st.tuples(st.just("topup"), st.integers(1, 300), pick),
    st.tuples(st.just("adjust"), st.integers(-100, 50), pick),
    st.tuples(st.just("create"), price, st.integers(0, 1)),
    st.tuples(st.just("burst"), st.lists(price, min_size=2, max_size=8), st.integers(0, 1)),
    st.tuples(st.just("order"), price, st.integers(0, 2)),
    st.tuples(st.just("advance"), pick, st.floats(0, 1)),
    st.tuples(st.just("finish"), pick, st.floats(0, 1)),
    st.tuples(st.just("end"), pick, st.sampled_from(["fail", "cancel", "expire"])),
    st.tuples(st.just("lose"), pick),
    st.tuples(st.just("late"), pick, st.floats(0, 1)),
    st.tuples(st.just("delete"), pick),
    st.tuples(st.just("next_day")),
    st.tuples(st.just("crash_after"), st.integers(0, 12)),
)


class Crash(BaseException):
    """The process is gone in the middle of a transaction."""


class Books:
    """A history on one project. What a crash interrupted may or may not have happened: only the journal knows."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.project = f"proj_{name}"
        self.keys = (f"key_{name}_free", f"key_{name}_bound")
        self.now = NOW
        self.made = 0
        self.ids: list[str] = []
        self.references = 0
        self.statements: int | None = None
        self.stores: list[TaskStore] = []

    @property
    def store(self) -> TaskStore:
        return self.stores[-1]

    async def begin(self) -> None:
        await self.restart()
        act = Act("operator", NOW, "begin")
        project = Project(id=self.project, name="账", created_at=NOW, floor_micros=FLOOR)
        await self.store.projects.add(project, act)
        for key, limit in zip(self.keys, (None, TOTAL_LIMIT), strict=True):
            day = None if limit is None else DAY_LIMIT
            made = Key(id=key, project_id=self.project, name=key, digest=key, created_at=NOW)
            bound = {"spend_day_micros": day, "spend_total_micros": limit}
            await self.store.projects.add_key(Key(**{**fields(made), **bound}), act)

    async def restart(self) -> None:
        """Go on with another connection; the first is left as a dead process leaves it."""
        self.statements = None
        self.stores.append(open_store(self.url))
        await self.store.open()

    def count(self) -> bool:
        """Count a statement; tell whether the crash is due before it."""
        if self.statements is None:
            return False
        self.statements -= 1
        return self.statements < 0

    async def crash_after(self, statements: int) -> None:
        self.statements = statements

    async def next_day(self) -> None:
        self.now += DAY_MS

    async def topup(self, micros: int, reference: int) -> None:
        await self._pay("topup", micros, f"invoice {reference % 9}")

    async def adjust(self, micros: int, reference: int) -> None:
        if micros:
            await self._pay("adjustment", micros, f"note {reference % 9}")

    async def _pay(self, kind: str, micros: int, reference: str) -> None:
        payment = Payment(project_id=self.project, kind=kind, micros=micros, reference=reference, reason="测试")
        with suppress(DuplicateId, Unaffordable):
            await self.store.money.pay(payment, Act("operator", self.now, kind))

    async def create(self, micros: int, key: int, order: str | None = None) -> None:
        self.made += 1
        new = sample_task(
            f"{self.project}_{self.made}",
            project_id=self.project,
            key_id=self.keys[key],
            price_micros=micros,
            created_at=self.now,
            idempotency_key=order,
            fingerprint=order,
        )
        self.ids.append(new.id)
        with suppress(Unaffordable, KeyTaken):
            await self.store.create(new)

    async def burst(self, prices: list[int], key: int) -> None:
        outcomes = await asyncio.gather(*(self.create(micros, key) for micros in prices), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def order(self, micros: int, number: int) -> None:
        await self.create(micros, 0, f"order {number}")

    async def advance(self, which: int, share: float) -> None:
        task = await self._task(which)
        if task is None or task.state.ended:
            return
        name = STEPS[task.state]
        self.made += 1
        change = Change(
            at=self.now,
            due_in_ms=1,
            attempt_id=f"attempt_{self.project}_{self.made}" if name == "submit" else None,
            output=OUTPUT if name == "finish" else None,
            charged_micros=int(task.price_micros * share) if name == "finish" else None,
        )
        with suppress(Stale):
            await self.store.move(task, name, change)

    async def finish(self, which: int, share: float) -> None:
        for _ in STEPS:
            await self.advance(which, share)

    async def end(self, which: int, name: str) -> None:
        task = await self._task(which)
        with suppress(Stale, KeyError):  # no such way out of this state
            if task is not None:
                await self.store.move(task, name, Change(at=self.now))

    async def lose(self, which: int) -> None:
        """A submission is lost from sight and given up."""
        task = await self._task(which)
        self.made += 1
        moves = {
            "submit": Change(at=self.now, due_in_ms=1, attempt_id=f"attempt_{self.project}_{self.made}"),
            "lose_sight": Change(at=self.now, due_in_ms=1),
            "park": given_up(self.now, "submission_unknown", "nobody knows"),
        }
        for name, change in moves.items():
            if task is None or not can(name, task.state):
                return
            with suppress(Stale):
                task = await self.store.move(task, name, change)

    async def late(self, which: int, share: float) -> None:
        """What was given up was made after all, and is charged as far as there is money for it."""
        task = await self._task(which)
        if task is None or task.state is not State.FAILED:
            return
        charged = int(task.price_micros * share)
        change = Change(at=self.now, output=OUTPUT, settled=Outcome.LATE, charged_micros=charged or None)
        with suppress(Stale, Unaffordable):  # it failed otherwise, or is settled already
            await self.store.move(task, "adopt_late", change)

    async def delete(self, which: int) -> None:
        task = await self._task(which)
        if task is not None:
            await self.store.delete(task.id)

    async def _task(self, which: int) -> Task | None:
        return await self.store.get(self.ids[which % len(self.ids)]) if self.ids else None

    async def check(self) -> None:
        """The books agree with themselves, with the tasks, and with what was allowed."""
        money = self.store.money
        balance = await money.balance(self.project)
        assert balance.outside + balance.funds + balance.held + balance.charged == 0
        assert balance.funds >= FLOOR
        assert [wrong for wrong in await money.check() if self.project in wrong.where] == []
        purse = await money.purse(self.project, self.keys[1], self.now // DAY_MS)
        assert purse.key_spent_day <= DAY_LIMIT
        assert purse.key_spent <= TOTAL_LIMIT
        held = 0
        for task_id in self.ids:
            task, lines = await self.store.get(task_id), await self.store.ledger(task_id)
            if task is not None:
                await audit(self.store, task_id)
                held += 0 if task.state.ended else task.price_micros
            elif lines:  # a task that was deleted had ended
                hold, *ends = lines
                assert hold.micros == sum(line.micros for line in ends)
            assert len({line.kind for line in lines}) == len(lines)
        assert held == balance.held


def fields(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in key.__struct_fields__}


@contextmanager
def crashing(books: Books) -> Iterator[None]:
    """Have the process die between two statements when the history says so."""
    run_file, run_server = sqlite._run, postgres._run

    def on_file(connection: sqlite3.Connection, *arguments: Any) -> Any:
        if books.count():
            raise Crash
        return run_file(connection, *arguments)

    async def on_server(connection: Any, *arguments: Any) -> Any:
        if books.count():
            connection.terminate()
            raise Crash
        return await run_server(connection, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_run", on_file)
        patch.setattr(postgres, "_run", on_server)
        yield


async def live(url: str, name: str, steps: list[tuple[Any, ...]]) -> None:
    books = Books(url, name)
    await books.begin()
    try:
        with crashing(books):
            for operation, *arguments in steps:
                step: Callable[..., Awaitable[None]] = getattr(books, operation)
                try:
                    await step(*arguments)
                except (Crash, StoreError):
                    await books.restart()
                armed, books.statements = books.statements, None
                await books.check()
                books.statements = armed
    finally:
        for store in books.stores:
            with suppress(Crash, StoreError):
                await store.aclose()


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty journal, migrated once and copied for each history."""
    path = tmp_path_factory.mktemp("empty") / "journal.db"

    async def make() -> None:
        store = open_store(f"sqlite:///{path}")
        await store.open()
        await store.aclose()

    asyncio.run(make())
    return path


@settings(max_examples=MANY or 200, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(operations, min_size=5, max_size=25))
def test_the_books_agree_on_sqlite(empty_file: Path, tmp_path: Path, steps: list[tuple[Any, ...]]) -> None:
    path = shutil.copy(empty_file, tmp_path / "journal.db")
    for rest in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    asyncio.run(live(f"sqlite:///{path}", "one", steps))


numbers = iter(range(10**9))


@pytest.fixture(scope="module")
def server_url(new_postgres_url: NewUrl) -> str:
    async def new_url() -> str:
        return await new_postgres_url()

    return asyncio.run(new_url())


@settings(max_examples=MANY or 60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(operations, min_size=5, max_size=25))
def test_the_books_agree_on_postgres(server_url: str, steps: list[tuple[Any, ...]]) -> None:
    asyncio.run(live(server_url, f"n{next(numbers)}", steps))
