from __future__ import annotations

import asyncio

import pytest

from reelgate.errors import StoreError
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import KeyTaken, TaskStore
from reelgate.testing.stores import TASK_STORE_CHECKS, Check, check_task_store, run_check
from reelgate.testing.stores.samples import claim, sample_task
from tests.tasks.conftest import NewUrl


@pytest.mark.parametrize("check", TASK_STORE_CHECKS, ids=lambda check: check.__name__)
def test_both_databases_keep_the_port(check: Check, new_url: NewUrl) -> None:
    async def run() -> None:
        await run_check(check, open_store(await new_url()))

    asyncio.run(run())


def test_the_suite_runs_every_check_on_a_store_of_its_own(new_sqlite_url: NewUrl) -> None:
    made: list[TaskStore] = []

    async def make_store() -> TaskStore:
        made.append(open_store(await new_sqlite_url()))
        return made[-1]

    asyncio.run(check_task_store(make_store))
    assert len(made) == len(TASK_STORE_CHECKS)


def test_the_suite_says_in_a_sentence_what_is_broken(new_sqlite_url: NewUrl) -> None:
    async def forgetful() -> TaskStore:
        store = open_store(await new_sqlite_url())
        await store.open()
        await store.create(sample_task())  # the journal is not empty, as it should be
        await store.aclose()
        return store

    with pytest.raises((AssertionError, Exception), match="task_one"):
        asyncio.run(check_task_store(forgetful))


def test_two_thousand_creates_at_once_are_all_durable(new_sqlite_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_sqlite_url()
        store = open_store(url)
        await store.open()
        created = await asyncio.gather(*(store.create(sample_task(f"{number:04}")) for number in range(2_000)))
        assert [task.seq for task in created] == sorted(task.seq for task in created)
        other = open_store(url)  # a second reader, as after a crash: the first is still open
        await other.open()
        for task in created:
            assert await other.get(task.id) == task
        await other.aclose()
        await store.aclose()

    asyncio.run(run())


def test_two_servers_never_claim_the_same_task(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url), open_store(url)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(stores[0].create(sample_task(str(number))) for number in range(300)))

        async def claim_all(store: TaskStore, owner: str) -> list[str]:
            taken: list[str] = []
            while got := await claim(store, owner, limit=7):
                taken += [task.id for task in got]
            return taken

        rounds = await asyncio.gather(*(claim_all(store, str(id(store))) for store in stores * 2))
        taken = [task_id for got in rounds for task_id in got]
        # A claim that met only rows which others were taking comes back empty; what is left is claimed now.
        taken += [task.id for task in await claim(stores[0], "last")]
        assert len(taken) == len(set(taken)) == 300
        await asyncio.gather(*(store.aclose() for store in stores))

    asyncio.run(run())


def test_of_creates_with_one_key_at_several_servers_one_is_written(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url) for _ in range(3)]
        await asyncio.gather(*(store.open() for store in stores))
        creates = [
            store.create(sample_task(f"{key}_{number}_{turn}", idempotency_key=f"order {key}", fingerprint="f"))
            for turn in range(4)
            for number, store in enumerate(stores)
            for key in range(5)
        ]
        outcomes = await asyncio.gather(*creates, return_exceptions=True)
        made = {outcome.id for outcome in outcomes if isinstance(outcome, Task)}
        assert len(made) == 5
        assert sum(isinstance(outcome, KeyTaken) for outcome in outcomes) == len(creates) - 5
        kept = [await stores[0].task_of_key("project", f"order {key}") for key in range(5)]
        assert {task.id for task in kept if task} == made
        await asyncio.gather(*(store.aclose() for store in stores))

    asyncio.run(run())


def test_two_servers_may_open_an_empty_journal_at_once(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url) for _ in range(4)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(store.ping() for store in stores))
        await asyncio.gather(*(store.aclose() for store in stores))

    asyncio.run(run())


def test_a_caller_that_gives_up_does_not_hold_up_the_others(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        creates = [asyncio.create_task(store.create(sample_task(str(number)))) for number in range(20)]
        await asyncio.sleep(0)
        for create in creates[::2]:
            create.cancel()
        outcomes = await asyncio.gather(*creates, return_exceptions=True)
        assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [True, False] * 10
        for create in creates[1::2]:
            assert (await store.get(create.result().id)) == create.result()
        await store.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("url", ["", "journal.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://host/db"])
def test_an_address_that_is_no_journal_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not a journal: use sqlite:///path/to/journal\.db or postgresql://"):
        open_store(url)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/journal.db", "postgresql:///none?host=/nowhere"])
def test_a_journal_that_cannot_be_reached_is_a_store_error(url: str) -> None:
    with pytest.raises(StoreError, match="can't open the journal"):
        asyncio.run(open_store(url).open())


def test_claims_serve_the_state_that_waited_longest(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        for number in range(6):
            await store.create(sample_task(str(number), created_at=1_000 + number))
        (first,) = await claim(store, limit=1)
        await store.request_cancel(first.id, at=0)
        got = await claim(store, states=(State.RUNNING, State.QUEUED), limit=2)
        assert [task.created_at for task in got] == [1_001, 1_002]
        await store.aclose()

    asyncio.run(run())
