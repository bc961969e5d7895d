"""The lines of a batch where the journal, or the server, breaks off between two effects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.catalog import load
from reelgate.errors import Unconfirmed
from reelgate.http.batches import Batches
from reelgate.http.creates import Creates
from reelgate.tasks.batches import Batch, BatchStatus
from reelgate.tasks.journal import Journal
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.record import Task
from reelgate.tasks.sqlite import SqliteDatabase
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock

SECRET = "sk-" + "a" * 48


class Orders:
    """Takes creates as `Creates.placed` does, into a journal that may break off after the write."""

    def __init__(self, store: Journal, clock: HandClock) -> None:
        self._store = store
        self._clock = clock
        self.unheard = 0
        """Creates that are written without a word of it."""
        self.seconds = 0.0
        """How long each takes."""

    async def placed(self, _path: str, body: Mapping[str, Any], key: Key, headers: Mapping[str, str]) -> Task:
        name = headers["idempotency-key"]
        self._clock.pass_seconds(self.seconds)
        found = await self._store.task_of_key(key.project_id, name)
        if found is not None:
            return found
        new = sample_task(str(body["prompt"]), project_id=key.project_id, key_id=key.id, idempotency_key=name)
        made = await self._store.create(replace(new, request=replace(new.request, model=body["model"])))
        if self.unheard:
            self.unheard -= 1
            raise Unconfirmed(made.id)
        return made


class Desk:
    """A journal with one project, and what looks after its batches."""

    def __init__(self, store: Journal, key: Key) -> None:
        self.store = store
        self.clock = HandClock()
        self.orders = Orders(store, self.clock)
        self._key = key
        self.batches = Batches(
            store=store,
            creates=cast(Creates, self.orders),
            catalog=load(),
            links=lambda task, name: f"http://here/{task.id}/{name}",
            clock=self.clock,
            owner="a",
        )

    async def batch(self, name: str, *prompts: str, model: str = "happyhorse-1.0-t2v") -> str:
        """Write down a batch of creates, and return its id."""
        batch = Batch(
            id=f"batch_{name}",
            project_id=self._key.project_id,
            key_id=self._key.id,
            endpoint="/v1/videos",
            status=BatchStatus.IN_PROGRESS,
            input_file="file-1",
            created_at=NOW,
            expires_at=NOW + limits.BATCH_WINDOW_SECONDS * 1000,
            total=len(prompts),
        )
        rows = ",".join(f'{{"custom_id":"{p}","body":{{"model":"{model}","prompt":"{p}"}}}}' for p in prompts)
        await self.store.batches.add(batch, f"[{rows}]")
        return batch.id

    async def status(self, batch_id: str) -> BatchStatus:
        found = await self.store.batches.get(batch_id)
        assert found is not None
        return found.status

    async def task(self, name: str) -> Task:
        found = await self.store.get(f"task_{name}")
        assert found is not None
        return found


def at_a_desk(folder: Path, work: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        store = Journal(SqliteDatabase(folder / "journal.db"))
        await store.open()
        try:
            ring = KeyRing(store, HandClock())
            await ring.ensure(SECRET, name="first", project_id="proj_one", scopes=(Scope.CREATE,))
            await work(Desk(store, ring.check(f"Bearer {SECRET}", Scope.CREATE)))
        finally:
            await store.aclose()

    asyncio.run(main())


def test_a_line_whose_task_the_journal_did_not_confirm_is_found_and_not_given_up(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        batch = await desk.batch("one", "x", "y")
        desk.orders.unheard = 1
        await desk.batches.tend()
        assert list(await desk.store.batches.lines(batch)) == []  # nothing is said of it yet

        await desk.batches.tend()
        lines = await desk.store.batches.lines(batch)
        assert [(line.task_id, line.ok) for line in lines] == [("task_x", None), ("task_y", None)]

    at_a_desk(tmp_path, work)


def test_lines_that_take_long_are_sent_only_while_no_other_server_may_have_the_batch(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        batch = await desk.batch("one", "u", "v", "w", "x", "y", "z")
        desk.orders.seconds = limits.BATCH_LEASE_SECONDS / 5
        for sent in (3, 6):
            begun = desk.clock.now()
            await desk.batches.tend()
            assert len(await desk.store.batches.lines(batch)) == sent
            assert desk.clock.now() - begun < limits.BATCH_LEASE_SECONDS * 1000

    at_a_desk(tmp_path, work)


@pytest.mark.parametrize("over", [BatchStatus.CANCELLING, BatchStatus.EXPIRING])
def test_a_line_that_a_kill_left_without_a_word_is_called_off_with_its_batch(tmp_path: Path, over: BatchStatus) -> None:
    async def work(desk: Desk) -> None:
        batch = await desk.batch("one", "x", "y")
        desk.orders.unheard = 1
        await desk.batches.tend()  # the task of the first line is made, and no line written
        if over is BatchStatus.CANCELLING:
            await desk.store.batches.turn(batch, over, source=BatchStatus.IN_PROGRESS, at=NOW)
        else:
            desk.clock.pass_seconds(limits.BATCH_WINDOW_SECONDS)

        await desk.batches.tend()
        assert await desk.status(batch) is over  # while something of it goes on
        assert (await desk.task("x")).state is State.CANCELLED  # it was queued, so that nothing is held for it
        assert [(line.number, line.task_id) for line in await desk.store.batches.lines(batch)] == [(0, "task_x")]
        assert await desk.store.get("task_y") is None

        await desk.batches.tend()
        assert not (await desk.status(batch)).open

    at_a_desk(tmp_path, work)


def test_a_batch_whose_task_can_t_be_shown_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        gone = await desk.batch("gone", "x", model="left-the-catalog")
        await desk.batches.tend()
        await desk.store.request_cancel("task_x", at=NOW)
        assert (await desk.task("x")).state.ended

        await desk.batch("other", "z")
        await desk.batches.tend()
        assert not (await desk.task("z")).state.ended
        assert await desk.status(gone) is BatchStatus.COMPLETED

    at_a_desk(tmp_path, work)
