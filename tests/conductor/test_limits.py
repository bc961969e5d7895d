"""Who is next: shares between projects, tasks at once, and tasks that may wait for off-peak hours."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.expiry import Expiry
from reelgate.conductor.fair_queue import Turns
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.scheduler import Handing
from reelgate.tasks.journal import Journal
from reelgate.tasks.projects import Overflow
from reelgate.tasks.queues import Queue
from reelgate.tasks.sqlite import SqliteDatabase
from reelgate.tasks.states import State
from reelgate.testing.stores.queues import add_project, task_of, waiting_offpeak
from reelgate.testing.stores.samples import LEASE_MS
from tests.conductor.studio import Actors, HandClock, Studio, running

HOUR = 3600.0


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def queue(project: str, key: str = "", *, weight: int = 1, priority: int = 0) -> Queue:
    return Queue(
        "animatic", project, key or f"{project} key", offpeak=False, due_at=0, priority=priority, weight=weight
    )


def next_one(turns: Turns, waiting: list[Queue]) -> Queue:
    ((one, _),) = turns.shares(waiting, 1)
    turns.served([(one, 1)])
    return one


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=2),
    st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.integers(1, 7)), max_size=60),
)
def test_no_project_with_work_waits_while_another_gets_more_than_its_share(
    weights: dict[str, int], rounds: list[tuple[set[str], int]]
) -> None:
    """Over every window in which two projects have work, what they get by weight differs by a turn or two each."""
    turns, history = Turns(), []
    for asleep, places in rounds:
        waiting = [queue(name, weight=weight) for name, weight in weights.items() if name not in asleep]
        got: Counter[str] = Counter()
        shares = turns.shares(waiting, places)
        turns.served(shares)
        for one, share in shares:
            got[one.project_id] += share
        assert got.total() == (places if waiting else 0)
        history.append(({one.project_id for one in waiting}, got))
    for this, that in ((a, b) for a in weights for b in weights if a < b):
        lead, lows, highs = 0.0, 0.0, 0.0
        for waiting_names, got in history:
            if not {this, that} <= waiting_names:
                lead = lows = highs = 0.0
                continue
            lead += got[this] / weights[this] - got[that] / weights[that]
            most = 2 * (1 / weights[this] + 1 / weights[that]) + 1e-9
            assert lead - lows <= most
            assert highs - lead <= most
            lows, highs = min(lows, lead), max(highs, lead)


def test_a_higher_priority_goes_first_and_keys_of_a_project_take_turns() -> None:
    turns = Turns()
    waiting = [queue("low"), queue("high", "k1", priority=1), queue("high", "k2", priority=1)]
    assert [next_one(turns, waiting).key_id for _ in range(4)] == ["k1", "k2", "k1", "k2"]
    assert next_one(turns, waiting[:1]).project_id == "low"


def test_places_that_a_project_or_key_may_not_have_go_to_the_others() -> None:
    full = replace(queue("full"), project_places=0)
    two = [replace(queue("two", key), project_places=2, key_places=places) for key, places in (("a", 1), ("b", 2))]
    one = [replace(queue("one", key), key_places=places) for key, places in (("c", 1), ("d", 0))]
    free = queue("free", weight=3)

    def got(places: int) -> dict[str, int]:
        return {found.key_id: count for found, count in Turns().shares([full, *two, *one, free], places)}

    assert got(3) == {"a": 1, "c": 1, "free key": 1}
    assert got(20) == {"a": 1, "b": 1, "c": 1, "free key": 17}
    assert Turns().shares([full, *two, *one], 20) == [(one[0], 1), (two[0], 1), (two[1], 1)]
    assert Turns().shares([full], 20) == []


def test_one_that_comes_later_gets_its_share_and_not_what_it_left() -> None:
    turns = Turns()
    for _ in range(50):
        next_one(turns, [queue("a")])
    served = Counter(next_one(turns, [queue("a"), queue("b")]).project_id for _ in range(20))
    assert abs(served["a"] - served["b"]) <= 2


def test_a_burst_of_one_project_never_starves_another(tmp_path: Path) -> None:
    async def main() -> None:
        store = Journal(SqliteDatabase(tmp_path / "journal.db"))
        await store.open()
        await add_project(store, "burst", ["a"])
        await add_project(store, "small", ["b"])
        await asyncio.gather(*(store.create(task_of("burst", "a", number)) for number in range(200)))
        await asyncio.gather(*(store.create(task_of("small", "b", number)) for number in range(5)))
        handing = Handing(store.queues, HandClock(), OffPeak(), owner="one", lease_ms=LEASE_MS)
        order = [task.project_id for _ in range(10) for task in await handing.claim("animatic", 1)]
        assert order.count("proj_small") == 5
        assert [len(await handing.claim("animatic", 64)) for _ in range(4)] == [64, 64, 64, 3]
        await store.aclose()

    asyncio.run(main())


def test_tasks_beyond_those_at_once_wait_and_follow_when_a_place_is_free(tmp_path: Path) -> None:
    async def main() -> None:
        actors = Actors(tmp_path)
        actors.verdict = running
        async with Studio(tmp_path, actors, HandClock()).working() as it:
            await add_project(it.store, "one", ["a"], tasks_at_once=2, overflow=Overflow.QUEUE)
            tasks = [await it.store.create(task_of("one", "a", number)) for number in range(4)]
            for task in tasks[:2]:
                await it.until(task.id, lambda now: now.state is State.RUNNING)
            other = await it.store.create(task_of("two", "x"))
            await it.until(other.id, lambda now: now.state is State.RUNNING)
            waiting = [await it.store.get(task.id) for task in tasks[2:]]
            assert [task.state for task in waiting if task] == [State.QUEUED, State.QUEUED]
            await it.store.request_cancel(tasks[0].id, at=it.clock.now())
            await it.until(tasks[2].id, lambda now: now.state is State.RUNNING)
            assert ((await it.store.get(tasks[3].id)) or tasks[3]).state is State.QUEUED

    asyncio.run(main())


def test_a_task_that_never_gets_a_place_expires_and_holds_no_money(tmp_path: Path) -> None:
    async def main() -> None:
        actors = Actors(tmp_path)
        actors.verdict = running
        async with Studio(tmp_path, actors, HandClock()).working() as it:
            await add_project(it.store, "one", ["a"], tasks_at_once=1, overflow=Overflow.QUEUE)
            first, waiting = [await it.store.create(task_of("one", "a", number)) for number in range(2)]
            await it.until(first.id, lambda now: now.state is State.RUNNING)
            expiry = Expiry(it.store, it.conductor.owed, it.clock)
            it.clock.pass_seconds(47 * HOUR)
            assert await expiry.sweep() == 0

            it.clock.pass_seconds(2 * HOUR)

            assert await expiry.sweep() == 1
            ended = await it.ended(waiting.id)
            assert (ended.state, ended.error_code) == (State.EXPIRED, "deadline")
            assert [line.kind for line in await it.store.ledger(waiting.id)] == ["hold", "release"]

    asyncio.run(main())


def test_what_may_wait_is_taken_up_in_its_hours_when_nothing_else_waits_or_at_last(tmp_path: Path) -> None:
    async def main() -> None:
        clock = HandClock()
        clock.time = ms("2027-01-15T12:00:00+08:00")
        store = Journal(SqliteDatabase(tmp_path / "journal.db"))
        await store.open()
        await add_project(store, "one", ["a"])
        await add_project(store, "late", ["b"])
        handing = Handing(store.queues, clock, OffPeak("22:00-08:00 +08:00"), owner="one", lease_ms=LEASE_MS)

        async def wait_in_line(*numbers: int, offpeak: bool = False) -> None:
            for number in numbers:
                new = task_of("late" if offpeak else "one", "b" if offpeak else "a", number, created_at=clock.now())
                await store.create(waiting_offpeak(new) if offpeak else new)

        async def next_ones(places: int) -> list[str]:
            return sorted(task.id for task in await handing.claim("animatic", places))

        await wait_in_line(1, 2, 3, 4, offpeak=True)
        await wait_in_line(1, 2, 3)
        assert await next_ones(2) == ["task_one_a_00001", "task_one_a_00002"]
        assert len(await next_ones(1)) == 1  # the last ordinary one
        assert await next_ones(1) == ["task_late_b_00001"], "nothing else waits"
        await wait_in_line(4, 5)
        clock.time = ms("2027-01-15T22:00:00+08:00")
        assert len([name for name in await next_ones(2) if "late" in name]) >= 1, "it is their hour"
        await wait_in_line(9, offpeak=True)
        clock.pass_seconds(11 * HOUR)  # 09:00, and again the next day
        await store.release_leases("one", now=clock.now() + int(99 * HOUR * 1000))
        await wait_in_line(6, 7, 8)
        assert not [name for name in await next_ones(2) if "late" in name]
        clock.pass_seconds(36 * HOUR + limits.OFFPEAK_LATEST_SECONDS % HOUR)
        assert not OffPeak("22:00-08:00 +08:00").holds(clock.now())
        assert [name for name in await next_ones(2) if "late" in name], "it has waited for 47 hours"
        await store.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("22:00-08:00 Asia/Shanghai", ["T22:00:00+08:00", "T07:59:59+08:00"], ["T08:00:00+08:00", "T21:59:59+08:00"]),
        ("01:30-05:00", ["T01:30:00+00:00", "T04:59:59+00:00"], ["T01:29:59+00:00", "T05:00:00+00:00"]),
        ("23:00-01:00 -03:30", ["T00:30:00-03:30"], ["T02:00:00-03:30"]),
        ("", ["T12:00:00+00:00"], []),
    ],
)
def test_off_peak_hours(window: str, inside: list[str], outside: list[str]) -> None:
    hours = OffPeak(window)
    assert [hours.holds(ms(f"2027-01-15{when}")) for when in inside] == [True] * len(inside)
    assert [hours.holds(ms(f"2027-01-15{when}")) for when in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    "window", ["22-8", "24:00-08:00", "22:00-08:00 Mars/Olympus", "08:00-08:00", "22:00-08:00 UTC x"]
)
def test_hours_that_mean_nothing_are_refused_with_a_sentence(window: str) -> None:
    with pytest.raises(ValueError, match="--offpeak-window: "):
        OffPeak(window)
