"""Writing a task over a line that breaks: once, or with an unknown outcome, and never twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from reelgate.admission.writing import write
from reelgate.errors import StoreError, Unconfirmed
from reelgate.tasks import open_store
from reelgate.tasks.store import DuplicateId, KeyTaken, TaskStore, Unaffordable
from reelgate.testing.stores.money import open_account
from reelgate.testing.stores.samples import PRICE_MICROS, sample_task
from tests.loop import in_loop
from tests.tasks.cut_line import CutLine

MARKER = "on which the line breaks"
NUMBERS = itertools.count()


@asynccontextmanager
async def broken(postgres_url: str, **how: Any) -> AsyncIterator[tuple[TaskStore, CutLine]]:
    """Yield a journal whose line breaks with a statement that has the marker."""
    schema = f"writing_{next(NUMBERS)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.close()
    line = CutLine(postgres_url, MARKER, **how)
    store = open_store(line.url(schema))
    await store.open()
    try:
        yield store, line
    finally:
        line.mend()
        await store.aclose()
        line.close()


def task(name: str = "one", **changes: Any) -> Any:
    new = sample_task(name, **changes)
    return replace(new, request=replace(new.request, prompt=MARKER))


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("times", [1, 3])
@in_loop
async def test_the_write_is_repeated_under_its_id_until_it_stands(postgres_url: str, before: bool, times: int) -> None:
    async with broken(postgres_url, before=before, times=times) as (store, _):
        made = await write(store, task(), 60)

        assert made == await store.get("task_one")
        assert [line.kind for line in await store.ledger("task_one")] == ["hold"]
        assert len(await store.events("task_one")) == 1


@pytest.mark.parametrize("before", [True, False])
@in_loop
async def test_a_journal_that_comes_back_in_time_is_waited_for(postgres_url: str, before: bool) -> None:
    async with broken(postgres_url, before=before, stays=True) as (store, line):
        writing = asyncio.create_task(write(store, task(), 60))
        await asyncio.to_thread(line.wait)
        line.mend()

        assert (await writing).id == "task_one"
        assert len(await store.ledger("task_one")) == 1


@in_loop
async def test_a_journal_that_stays_away_leaves_the_id_to_look_for(postgres_url: str) -> None:
    async with broken(postgres_url, stays=True) as (store, _):
        with pytest.raises(Unconfirmed) as doubt:
            await write(store, task(), 0.5)

        assert doubt.value.task_id == "task_one"
        assert "task_one" in doubt.value.message
        assert (doubt.value.status, doubt.value.may_repeat) == (400, False)


@in_loop
async def test_the_money_and_the_key_that_the_lost_try_took_do_not_refuse_it(postgres_url: str) -> None:
    async with broken(postgres_url) as (store, _):
        await open_account(store, paid=PRICE_MICROS)
        new = task(project_id="proj_money", key_id="key_money", idempotency_key="order 1", fingerprint="f1")

        assert (await write(store, new, 60)).id == "task_one"
        with pytest.raises(KeyTaken):
            await write(store, replace(new, id="task_two"), 60)
        with pytest.raises(Unaffordable):
            await write(store, replace(new, id="task_two", idempotency_key=None), 60)


@in_loop
async def test_another_task_that_has_the_id_is_not_taken_for_it(postgres_url: str) -> None:
    async with broken(postgres_url, before=True) as (store, _):
        await store.create(sample_task("one", request_id="another's"))

        with pytest.raises(DuplicateId):
            await write(store, task(), 60)


@in_loop
async def test_a_journal_that_can_not_be_reached_has_written_nothing(postgres_url: str) -> None:
    async with broken(postgres_url, stays=True) as (store, _):
        with pytest.raises(Unconfirmed):
            await write(store, task(), 0.2)
        with pytest.raises(StoreError) as refused:
            await write(store, sample_task("two"), 60)

        assert not refused.value.unsure
