"""What a server lets through at one time, of one project and of all, and that it is given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import Door, LoadShedder
from reelgate.errors import Crowded, RateLimited, Unavailable
from reelgate.settings import Settings
from reelgate.tasks import open_store
from reelgate.tasks.projects import Key, Scope
from reelgate.testing.stores.money import open_account, paid_task
from tests.conductor.studio import HandClock
from tests.loop import in_loop

MIB = 1024 * 1024
SECRET = "sk-" + "o" * 48


class Gate:
    """A load shedder over a journal with two projects, and a key of each."""

    def __init__(self, shedder: LoadShedder, one: Key, other: Key) -> None:
        self.shedder, self.one, self.other = shedder, one, other

    def passes(self, key: Key) -> None:
        """Let a create through that ends at once."""
        with self.shedder.passed(key):
            pass


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[Gate]:
    store = open_store(f"sqlite:///{folder / 'journal.db'}")
    await store.open()
    clock = HandClock()
    await open_account(store, floor_micros=None)
    await store.create(paid_task("one"))
    ring = KeyRing(store, clock)
    await ring.ensure(SECRET, name="other", project_id="other", scopes=(Scope.CREATE,))
    shedder = LoadShedder(store, ring, clock, Settings(**settings))
    await shedder.recount()
    yield Gate(shedder, ring.opened_by("d"), ring.check(SECRET, Scope.CREATE))
    await store.aclose()


@in_loop
async def test_creates_at_once_are_bounded_in_all_and_by_project(tmp_path: Path) -> None:
    async with opened(tmp_path, creates_at_once=5) as gate:
        with ExitStack() as inside:
            for _ in range(3):
                inside.enter_context(gate.shedder.passed(gate.one))
            with pytest.raises(Crowded, match="at most 3"):
                gate.passes(gate.one)
            for _ in range(2):
                inside.enter_context(gate.shedder.passed(gate.other))
            with pytest.raises(Unavailable, match="too many concurrent creates"):
                gate.passes(gate.other)
            assert gate.shedder.creates == 5
        assert gate.shedder.creates == 0
        for _ in range(6):
            gate.passes(gate.one)


@in_loop
async def test_open_tasks_are_counted_in_the_journal_and_by_one_for_each_create(tmp_path: Path) -> None:
    async with opened(tmp_path, max_open_tasks=3) as gate:
        gate.passes(gate.one)
        with pytest.raises(LookupError), gate.shedder.passed(gate.one):
            raise LookupError  # what is refused opens no task
        gate.passes(gate.other)
        with pytest.raises(Unavailable, match="too many open tasks") as refused:
            gate.passes(gate.one)
        assert refused.value.retry_after == 30
        await gate.shedder.recount()  # only one of the three was written
        gate.passes(gate.one)
        gate.shedder.full = True
        with pytest.raises(Unavailable, match="no storage space for more videos") as refused:
            gate.passes(gate.one)
        assert refused.value.retry_after == 30


@in_loop
async def test_the_memory_of_bodies_is_bounded_and_given_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as gate:
        most, project = limits.BODY_BYTES_AT_ONCE, limits.PROJECT_BODY_BYTES_AT_ONCE
        with ExitStack() as inside:
            first = inside.enter_context(gate.shedder.passed(gate.one))
            second = inside.enter_context(gate.shedder.visited(gate.one, Door.UPLOADS))
            first.take(project - 1)
            second.take(1)
            with pytest.raises(Crowded, match=f"at most {project // MIB} MiB"):
                second.take(1)
            third = inside.enter_context(gate.shedder.visited(gate.other, Door.ASSETS))
            third.take(most - project)
            gate.shedder.take("a third", 0)
            with pytest.raises(Unavailable, match="too many large calls"):
                gate.shedder.take("a third", 1)
            assert gate.shedder.body_bytes == most
        assert gate.shedder.body_bytes == 0
        gate.shedder.take("a third", project)


@in_loop
async def test_large_bodies_are_decoded_one_after_another(tmp_path: Path) -> None:
    async with opened(tmp_path) as gate:
        inside, most = 0, 0

        async def decode(key: Key) -> None:
            nonlocal inside, most
            with gate.shedder.passed(key) as passage:
                async with passage.turn():
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0)
                    inside -= 1

        await asyncio.gather(*(decode(key) for key in (gate.one, gate.other, gate.one)))
        assert (inside, most) == (0, 1)


def test_each_door_has_a_name_that_its_refusal_tells() -> None:
    assert list(Door) == [
        "quotes",
        "previews",
        "calls for assets",
        "upload policies",
        "uploads",
        "calls for projects and keys",
        "calls for webhooks",
    ]


@in_loop
async def test_a_door_that_was_knocked_at_too_often_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as gate:
        for _ in range(limits.PREVIEWS_PER_MINUTE):
            with gate.shedder.visited(gate.one, Door.PREVIEWS):
                pass
        with pytest.raises(RateLimited, match="this project may send 240 previews a minute"):  # noqa: SIM117
            with gate.shedder.visited(gate.one, Door.PREVIEWS):
                pass
        gate.passes(gate.one)
        for _ in range(limits.CALLS_PER_MINUTE):
            gate.shedder.upload(gate.one.project_id)
        with pytest.raises(RateLimited, match="this project may send 6000 uploads a minute"):
            gate.shedder.upload(gate.one.project_id)
