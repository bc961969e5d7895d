from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import asyncpg
import pytest

from reelgate.errors import StoreError
from reelgate.tasks import open_store
from reelgate.tasks.record import Task
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
