"""Answers to creates that did not arrive: which are remembered, for how long, and at which server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from reelgate import limits
from reelgate.admission.delivery import ClientConnection, Deliveries, End, Request
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock
from tests.loop import in_loop

REQUEST: Request = ("key", "fingerprint")


@asynccontextmanager
async def journal(folder: Path) -> AsyncIterator[TaskStore]:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    try:
        yield store
    finally:
        await store.aclose()


def line() -> ClientConnection:
    return ClientConnection(lambda: 0)


async def made(store: TaskStore, name: str) -> Task:
    return await store.create(sample_task(name))


async def found(deliveries: Deliveries, request: Request = REQUEST) -> str | None:
    """Return which task a create that comes now is answered with."""
    told = deliveries.begin(request, None)
    task = await deliveries.repeated(request, told)
    deliveries.done(request, told, task)
    await deliveries.aclose()
    return task.id if task else None


async def lose(deliveries: Deliveries, task: Task, request: Request = REQUEST) -> None:
    """Make a create whose answer is cut off."""
    cut = line()
    told = deliveries.begin(request, cut)
    cut.answers()
    deliveries.done(request, told, task)
    cut.ends(broken=True)
    await deliveries.aclose()


def _last(ends: list[End]) -> End:
    return ends[-1]


@in_loop
async def test_only_what_nobody_read_comes_again(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        for number, end in enumerate(("next call", "closed", "open")):
            one = line()
            told = deliveries.begin(REQUEST, one)
            deliveries.done(REQUEST, told, await made(store, str(number)))
            one.answers()
            if end == "next call":
                one.asks()
                one.ends(broken=True)
            if end == "closed":
                one.ends(broken=False)
        assert await found(deliveries) is None

        await lose(deliveries, await made(store, "lost"))
        assert await found(deliveries) == "task_lost"
        assert await found(deliveries) is None


@pytest.mark.parametrize("unsent", [1, 500])
@in_loop
async def test_a_line_that_acknowledges_nothing_for_long_has_no_reader(unsent: int, tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        now = 100.0
        silent = ClientConnection(lambda: unsent, now=lambda: now)
        told = deliveries.begin(REQUEST, silent)
        deliveries.done(REQUEST, told, await made(store, "one"))
        silent.answers()
        assert not silent.gone
        assert await found(deliveries) is None
        now += limits.STUCK_SECONDS + 0.1
        assert silent.gone
        assert await found(deliveries) == "task_one"


@in_loop
async def test_a_line_that_was_cut_has_no_reader_before_the_server_reads_of_it(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        for number, (end, answered, proxied, again) in enumerate(
            [
                (End.RESET, False, False, True),
                (End.RESET, True, False, True),
                (End.RESET, False, True, True),
                (End.RESET, True, True, False),
                (End.CLOSED, False, False, True),
                (End.CLOSED, True, False, False),
                (End.NONE, False, False, False),
            ]
        ):
            request = ("key", str(number))
            ends = [End.NONE]
            cut = ClientConnection(lambda: 0, partial(_last, ends))
            cut.proxied = proxied
            told = deliveries.begin(request, cut)
            deliveries.done(request, told, await made(store, str(number)))
            if answered:
                cut.answers()
            ends.append(end)
            assert cut.over is (end is not End.NONE)
            assert await found(deliveries, request) == (f"task_{number}" if again else None)


@in_loop
@pytest.mark.parametrize("end", [End.CLOSED, End.RESET])
async def test_an_answer_that_is_sent_after_its_reader_left_is_lost(tmp_path: Path, end: End) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        left = ClientConnection(lambda: 0, lambda: end)
        told = deliveries.begin(REQUEST, left)
        deliveries.done(REQUEST, told, await made(store, "one"))
        left.answers()
        left.ends(broken=False)
        await deliveries.aclose()
        assert await found(deliveries) == "task_one"


@in_loop
@pytest.mark.parametrize(
    ("end", "unsent", "sent_end", "proxied", "lost"),
    [
        (End.CLOSED, 0, False, False, False),
        (End.CLOSED, 1, False, False, True),
        (End.CLOSED, 1, True, False, False),  # it is our own end that has not arrived
        (End.CLOSED, 2, True, False, True),
        (End.RESET, 0, False, False, True),
        (End.RESET, 0, False, True, False),
    ],
)
async def test_a_reader_that_leaves_while_the_answer_is_on_its_way_has_not_read_it(
    tmp_path: Path, *, end: End, unsent: int, sent_end: bool, proxied: bool, lost: bool
) -> None:
    async with journal(tmp_path) as store:
        deliveries, ends = Deliveries(store, HandClock()), [End.NONE]
        line = ClientConnection(lambda: unsent, partial(_last, ends))
        line.proxied = proxied
        told = deliveries.begin(REQUEST, line)
        deliveries.done(REQUEST, told, await made(store, "one"))
        line.answers()
        ends.append(end)
        line.closes(sent_end=sent_end)
        line.ends(broken=False)
        await deliveries.aclose()
        assert await found(deliveries) == ("task_one" if lost else None)


@in_loop
async def test_another_key_or_request_finds_nothing(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        await lose(deliveries, await made(store, "one"))
        assert await found(deliveries, ("another", "fingerprint")) is None
        assert await found(deliveries, ("key", "another")) is None
        assert await found(deliveries) == "task_one"


@in_loop
async def test_a_lost_answer_is_forgotten_after_a_minute(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        clock = HandClock()
        deliveries, other = Deliveries(store, clock), Deliveries(store, clock)
        await lose(deliveries, await made(store, "one"))
        await other.refresh()
        clock.pass_seconds(limits.UNHEARD_SECONDS + 0.1)
        assert await found(other) is None
        assert await found(deliveries) is None


@in_loop
async def test_other_servers_and_later_lives_know_of_it(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        clock = HandClock()
        first, second = Deliveries(store, clock), Deliveries(store, clock)
        await lose(first, await made(store, "one"))
        await second.refresh()
        assert await found(second) == "task_one"
        await second.aclose()
        await second.refresh()
        third = Deliveries(store, clock)
        await third.refresh()
        assert await found(third) is None
        assert await found(second) is None


@in_loop
async def test_a_task_that_was_deleted_is_not_told_of(tmp_path: Path) -> None:
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        task = await made(store, "one")
        await lose(deliveries, task)
        await store.request_cancel(task.id, at=NOW)
        await store.delete(task.id)
        assert await found(deliveries) is None


@in_loop
async def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNHEARD", 3)
    async with journal(tmp_path) as store:
        deliveries = Deliveries(store, HandClock())
        for number in range(5):
            await lose(deliveries, await made(store, str(number)), ("key", str(number)))

        assert [await found(deliveries, ("key", str(number))) for number in range(2)] == [None, None]
        assert [await found(deliveries, ("key", str(number))) for number in range(2, 5)] == [
            "task_2",
            "task_3",
            "task_4",
        ]
