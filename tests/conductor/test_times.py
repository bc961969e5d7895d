"""A clock that was ahead freezes nothing, neither while the process lives nor over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate.bucket import TokenBucket
from reelgate.conductor.health import Breaker
from reelgate.conductor.times import Time
from reelgate.dialects.port import Answer
from reelgate.http.response_cache import AnswerKey, RecentAnswers
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.samples import sample_task

NOW, DAY = 1_800_000_000_000, 86_400_000


class Hands:
    """A clock that is set by hand."""

    set_by = 0

    def __init__(self, now: int) -> None:
        self.time = now

    def now(self) -> int:
        return self.time


async def claimed(store: TaskStore, owner: str, now: int) -> Sequence[Task]:
    return await store.claim(owner=owner, now=now, lease_ms=30_000, states=[State.QUEUED], provider="animatic", limit=9)


def with_store(path: Path, work: Callable[[TaskStore], Awaitable[None]]) -> None:
    async def run() -> None:
        store = open_store(f"sqlite:///{path / 'journal.db'}")
        await store.open()
        await work(store)
        await store.aclose()

    asyncio.run(run())


def test_what_was_put_off_is_due_again_once_the_clock_is_set_back(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        clock = Hands(NOW + DAY)
        time = Time(store, clock)
        await store.create(replace(sample_task("new"), created_at=clock.now()))
        await time.look()
        clock.time = NOW
        assert await claimed(store, "me", NOW) == []

        await time.look()

        assert [task.id for task in await claimed(store, "me", NOW)] == ["task_new"]

    with_store(tmp_path, work)


def test_what_an_earlier_process_put_off_is_due_at_the_start_and_what_waits_rightly_is_not(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        await store.create(replace(sample_task("ahead"), created_at=NOW + DAY))
        await store.create(replace(sample_task("soon"), created_at=NOW + 600_000))
        await store.create(replace(sample_task("due"), created_at=NOW - DAY))

        await Time(store, Hands(NOW)).open()

        assert {task.id for task in await claimed(store, "me", NOW)} == {"task_ahead", "task_due"}

    with_store(tmp_path, work)


def test_a_lease_that_was_taken_ahead_of_time_ends(tmp_path: Path) -> None:
    async def work(store: TaskStore) -> None:
        clock = Hands(NOW + DAY)
        time = Time(store, clock)
        await store.create(replace(sample_task("held"), created_at=NOW))
        assert await claimed(store, "gone", clock.now())
        clock.time = NOW
        await time.look()
        assert await claimed(store, "me", NOW) == []  # whoever lives may renew it first

        clock.time = NOW + 61_000
        await time.look()

        assert [task.id for task in await claimed(store, "me", clock.now())] == ["task_held"]

    with_store(tmp_path, work)


@pytest.mark.parametrize("back", [DAY, 3_600_000])
def test_pauses_rates_and_kept_answers_of_the_wrong_time_are_over(back: int) -> None:
    clock = Hands(NOW + back)
    breaker, bucket, recent = Breaker(clock), TokenBucket(60, 60.0), RecentAnswers()
    breaker.failed("away", account=True)
    while bucket.room(clock.now() / 1000):
        bucket.take(clock.now() / 1000)
    asked = AnswerKey("/v1/tasks/x", "p", "host")
    recent.keep("x", asked, Answer(200, {}), clock.now(), ended=True)
    assert not breaker.admits()

    clock.time = NOW
    bucket.room(clock.now() / 1000)
    clock.time = NOW + 10_000

    assert breaker.admits()
    assert bucket.room(clock.now() / 1000) > 0
    assert recent.get("x", asked, clock.now()) is None
