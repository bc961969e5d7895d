"""Random histories: several workers with fresh and stale knowledge, and crashes between any two operations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.states import EDGES, State, can
from reelgate.tasks.store import Change, KeyTaken, Stale, TaskStore
from reelgate.testing.stores.samples import NOW, OUTPUT, PRICE_MICROS, sample_task
from tests.tasks.audit import audit, audit_money
from tests.tasks.conftest import NewUrl

LEASE_MS = 10
OWNERS = ("ann", "bo")
AHEAD = {
    State.QUEUED: "submit",
    State.SUBMITTING: "accept",
    State.UNKNOWN: "adopt",
    State.RUNNING: "deliver",
    State.COLLECTING: "finish",
}
NAMES = sorted({edge.name for edge in EDGES})

pick = st.integers(0, 1_000)
operations = st.one_of(
    st.tuples(st.just("create")),
    st.tuples(st.just("order"), st.integers(0, 3)),
    st.tuples(st.just("claim"), st.sampled_from(OWNERS), st.integers(1, 3)),
    st.tuples(st.just("move"), pick, st.sampled_from(NAMES), st.booleans(), st.integers(0, PRICE_MICROS)),
    st.tuples(st.just("advance"), pick),
    st.tuples(st.just("note"), pick, st.integers(0, 99), st.booleans()),
    st.tuples(st.just("renew"), pick),
    st.tuples(st.just("cancel"), pick),
    st.tuples(st.just("delete"), pick),
    st.tuples(st.just("release"), st.sampled_from(OWNERS)),
    st.tuples(st.just("wait"), st.integers(1, 2 * LEASE_MS)),
    st.tuples(st.just("crash")),
)


class History:
    """A run of operations on a journal. `seen` is all that any worker ever knew of tasks, mostly out of date."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stores: list[TaskStore] = []
        self.now = NOW
        self.ids: list[str] = []
        self.seen: list[Task] = []
        self.fences: dict[str, int] = {}
        self.attempts = 0
        self.orders: dict[str, str] = {}

    @property
    def store(self) -> TaskStore:
        return self.stores[-1]

    async def crash(self) -> None:
        """Go on with another connection; the first is left as a dead process leaves it."""
        store = open_store(self.url)
        await store.open()
        self.stores.append(store)

    async def create(self) -> None:
        task = await self.store.create(sample_task(str(len(self.ids)), created_at=self.now))
        self.ids.append(task.id)
        self.seen.append(task)

    async def order(self, number: int) -> None:
        """Create under one of a few idempotency keys: it makes a task unless its last one is still there."""
        key = f"order {number}"
        known = await self.store.task_of_key("project", key)
        assert (known.id if known else None) == self.orders.get(key)
        new = sample_task(str(len(self.ids)), created_at=self.now, idempotency_key=key, fingerprint=key)
        try:
            task = await self.store.create(new)
        except KeyTaken:
            assert known is not None
            return
        assert known is None
        self.orders[key] = task.id
        self.ids.append(task.id)
        self.seen.append(task)

    async def claim(self, owner: str, limit: int) -> None:
        got = await self.store.claim(
            owner=owner, now=self.now, lease_ms=LEASE_MS, states=tuple(State), provider="animatic", limit=limit
        )
        for task in got:
            assert task.fence > self.fences[task.id]
            assert (task.lease_owner, task.lease_until) == (owner, self.now + LEASE_MS)
        self.seen += got

    async def move(self, which: int, name: str, release: bool, captured: int) -> None:
        if not self.seen:
            return
        task = self.seen[which % len(self.seen)]
        if not can(name, task.state):
            return
        self.attempts += 1
        change = Change(
            at=self.now,
            due_in_ms=3,
            release=release,
            attempt_id=f"attempt_{self.attempts}" if name == "submit" else None,
            output=OUTPUT if name == "finish" else None,
            charged_micros=captured if name == "finish" else None,
        )
        await self.written(task, self.store.move(task, name, change))

    async def advance(self, which: int) -> None:
        """Move a task one step along its way, as a worker that knows it well does."""
        if not self.ids:
            return
        task = await self.store.get(self.ids[which % len(self.ids)])
        if task is not None and not task.state.ended:
            self.seen.append(task)
            await self.move(len(self.seen) - 1, AHEAD[task.state], release=True, captured=PRICE_MICROS)

    async def note(self, which: int, progress: int, release: bool) -> None:
        if self.seen:
            task = self.seen[which % len(self.seen)]
            await self.written(
                task, self.store.note_progress(task, progress=progress, at=self.now, due_in_ms=3, release=release)
            )

    async def renew(self, which: int) -> None:
        if self.seen:
            task = self.seen[which % len(self.seen)]
            await self.written(task, self.store.renew(task, until=self.now + LEASE_MS))

    async def written(self, known: Task, write: Awaitable[Task | None]) -> None:
        """Do a write of a worker that knows `known`: what it knows out of date must write nothing."""
        before = await self.everything(known.id)
        try:
            task = await write
        except Stale:
            assert await self.everything(known.id) == before
            return
        current = before[0]
        assert isinstance(current, Task)
        assert (current.state, current.fence) == (known.state, known.fence)
        if task is not None:
            self.seen.append(task)

    async def everything(self, task_id: str) -> tuple[object, ...]:
        store = self.store
        rest = (await store.events(task_id), await store.attempts(task_id), await store.ledger(task_id))
        return (await store.get(task_id), *rest)

    async def cancel(self, which: int) -> None:
        if self.ids:
            task = await self.store.request_cancel(self.ids[which % len(self.ids)], at=self.now)
            assert task is None or task.state.ended or task.cancel_requested
            self.seen += [task] if task is not None else []

    async def delete(self, which: int) -> None:
        if not self.ids:
            return
        task = await self.store.get(self.ids[which % len(self.ids)])
        if task is None:
            return
        assert await self.store.delete(task.id) == task.state.ended
        if task.state.ended:
            self.orders = {key: made for key, made in self.orders.items() if made != task.id}
            audit_money(await self.store.ledger(task.id), task.state)

    async def release(self, owner: str) -> None:
        held = await self.store.leased(owner)
        assert await self.store.release_leases(owner, now=self.now) == len(held)

    async def wait(self, ms: int) -> None:
        self.now += ms

    async def check(self) -> None:
        for task_id in self.ids:
            task = await self.store.get(task_id)
            if task is None:
                continue
            assert task.fence >= self.fences.get(task_id, 0)
            self.fences[task_id] = task.fence
            await audit(self.store, task_id)


async def live(url: str, steps: list[tuple[str, ...]]) -> None:
    history = History(url)
    await history.crash()
    try:
        for name, *arguments in steps:
            step: Callable[..., Awaitable[None]] = getattr(history, name)
            await step(*arguments)
            await history.check()
    finally:
        for store in history.stores:
            await store.aclose()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(operations, min_size=5, max_size=30))
def test_any_history_on_sqlite(new_sqlite_url: NewUrl, steps: list[tuple[str, ...]]) -> None:
    async def run() -> None:
        await live(await new_sqlite_url(), steps)

    asyncio.run(run())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(operations, min_size=5, max_size=30))
def test_any_history_on_postgres(new_postgres_url: NewUrl, steps: list[tuple[str, ...]]) -> None:
    async def run() -> None:
        await live(await new_postgres_url(), steps)

    asyncio.run(run())
