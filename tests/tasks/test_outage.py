from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from contextlib import closing

import asyncpg
import pytest
from msgspec.structs import replace

from reelgate.access.keyring import KeyRing, new_key
from reelgate.clock import SystemClock
from reelgate.errors import Damaged, StoreError
from reelgate.tasks import open_store
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Act, Project
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import sample_task
from tests.tasks.conftest import NewUrl

TRIES = 20  # more than the pool has connections


def test_a_lost_server_connection_is_a_store_error_and_then_mends(postgres_url: str, new_postgres_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_postgres_url())
        await store.open()
        await asyncio.gather(*(store.create(sample_task(str(number))) for number in range(4)))
        await asyncio.gather(*(store.get("task_0") for _ in range(8)))
        admin = await asyncpg.connect(postgres_url)
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        await admin.close()
        answers = await asyncio.gather(*(store.get("task_0") for _ in range(TRIES)), return_exceptions=True)
        assert {type(answer) for answer in answers} <= {StoreError, Task}
        assert isinstance(await store.get("task_0"), Task)
        await store.aclose()

    asyncio.run(run())


def test_a_journal_whose_tables_are_gone_is_a_store_error(new_sqlite_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_sqlite_url()
        store = open_store(url)
        await store.open()
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
            other.execute("DROP TABLE events")
        creates = [store.create(sample_task(str(number))) for number in range(3)]
        outcomes = await asyncio.gather(*creates, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StoreError] * 3
        assert all(
            isinstance(outcome.__cause__, sqlite3.Error) for outcome in outcomes if isinstance(outcome, Exception)
        )
        assert [await store.get(f"task_{number}") for number in range(3)] == [None] * 3
        with pytest.raises(StoreError):
            await store.events("task_0")
        await store.aclose()

    asyncio.run(run())


def test_a_database_that_hangs_is_a_store_error_after_seconds_and_then_mends(new_postgres_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_postgres_url()
        store = open_store(url)
        await store.open()
        await store.create(sample_task("0"))
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
            answers = await asyncio.gather(*(store.get("task_0") for _ in range(TRIES)), return_exceptions=True)
            assert {(type(answer), getattr(answer, "hung", False)) for answer in answers} == {(StoreError, True)}
            assert {answer.why for answer in answers if isinstance(answer, StoreError)} == {
                "PostgreSQL did not answer in time",
                "all 10 connections of this server to PostgreSQL were in use",
            }
            await store.ping()  # none of those connections is still taken
        await other.close()
        assert isinstance(await store.get("task_0"), Task)
        await store.aclose()

    asyncio.run(run())


def test_connections_to_a_server_that_lost_the_lead_are_left(postgres_url: str, new_postgres_url: NewUrl) -> None:
    """After a fail-over they may stand to one that only reads by now, which no write would ever tell by breaking."""

    async def run() -> None:
        url = await new_postgres_url()
        admin = await asyncpg.connect(postgres_url)
        await admin.execute("CREATE ROLE follower SUPERUSER LOGIN")
        store = open_store(url.replace("://postgres:", "://follower:"))
        await store.open()
        await store.create(sample_task("before"))

        await admin.execute("ALTER ROLE follower SET default_transaction_read_only = on")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'follower'")
        answers = await asyncio.gather(*(store.create(sample_task(f"{n}")) for n in range(3)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {StoreError}
        answers = await asyncio.gather(*(store.create(sample_task(f"{n}")) for n in range(3)), return_exceptions=True)
        assert {"ReadOnly" in answer.why for answer in answers if isinstance(answer, StoreError)} == {True}
        await admin.execute("ALTER ROLE follower RESET default_transaction_read_only")

        outcomes = [(await asyncio.gather(store.create(sample_task("after")), return_exceptions=True))[0]]
        while not isinstance(outcomes[-1], Task):
            assert len(outcomes) < TRIES, outcomes
            outcomes += await asyncio.gather(store.create(sample_task("after")), return_exceptions=True)
        await store.aclose()
        await admin.close()

    asyncio.run(run())


def test_a_journal_behind_a_pooler_keeps_nothing_on_its_connections(new_postgres_url: NewUrl) -> None:
    """A pooler gives a connection for one transaction: each statement has one, and none is prepared under a name."""

    async def run() -> None:
        url = await new_postgres_url()
        store = open_store(f"{url}&pgbouncer=true")
        await store.open()
        tasks = await asyncio.gather(*(store.create(sample_task(str(number))) for number in range(9)))
        found = await asyncio.gather(*(store.get(task.id) for task in tasks))
        assert [task.id for task in found if task] == [task.id for task in tasks]
        claimed = await store.claim(
            owner="me", now=tasks[0].created_at, lease_ms=1000, states=[State.QUEUED], provider="animatic", limit=9
        )
        assert len(claimed) == 9
        await store.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["tasks", "keys"])
def test_a_damaged_row_is_left_out_and_holds_up_nothing(new_url: NewUrl, kind: str) -> None:
    async def run() -> None:
        url = await new_url()
        store = open_store(url)
        await store.open()
        await store.projects.add(Project(id="p", name="p", created_at=1), Act("test", 1, "project.create"))
        for name in ("whole", "torn"):
            key = new_key(f"sk-{name}-{'0' * 40}", name=name, project_id="p", now=1)
            await store.projects.add_key(replace(key, id=name), Act("test", 1, "key.create"))
            await store.create(sample_task(name))
        await executed(url, DAMAGES[kind])
        await store.aclose()

        store = open_store(url)
        await store.open()
        ring = KeyRing(store, SystemClock())
        await ring.refresh()
        newest = {task.id for task in await store.lists.newest(9)}
        with pytest.raises(Damaged) if kind == "tasks" else contextlib.nullcontext():
            await store.get("task_torn")
        claimed = await store.claim(
            owner="me", now=2**50, lease_ms=1, states=[State.QUEUED], provider="animatic", limit=9
        )
        await store.aclose()

        whole = {"task_whole"} if kind == "tasks" else {"task_whole", "task_torn"}
        assert newest == {task.id for task in claimed} == whole
        assert len(ring) == (2 if kind == "tasks" else 1)

    asyncio.run(run())


DAMAGES = {
    "tasks": "UPDATE tasks SET request = '{\"prompt\": 5}' WHERE id = 'task_torn'",
    "keys": "UPDATE keys SET scopes = 'nonsense' WHERE id = 'torn'",
}


async def executed(url: str, statement: str) -> None:
    """Change a journal behind its back."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
            other.execute(statement)
            other.commit()
        return
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def test_a_nul_is_found_nowhere_and_stops_no_sweep(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        new = sample_task("0")
        await store.create(replace(new, request=replace(new.request, prompt="a\0b", expires_after=60)))
        for which in (Filter(project_id=new.project_id, model="\0"), Filter(project_id=new.project_id, ids=("\0",))):
            assert (list(await store.lists.page(which)), await store.lists.count(which)) == ([], 0)
        assert await store.get("task\0_0") is None
        late = new.created_at + 61_000
        assert [task.id for task in await store.queues.overdue("animatic", now=late, seconds=90, limit=9)] == [new.id]
        await store.aclose()

    asyncio.run(run())
