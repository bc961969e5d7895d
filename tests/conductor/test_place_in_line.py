"""Where a queued task stands, why it waits, and how often the journal is asked for that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from reelgate import limits
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.place_in_line import Lines
from reelgate.conductor.waiting import Waiting
from reelgate.tasks import open_store
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.samples import sample_task
from tests.conductor.studio import HandClock


class Nobody:
    """A router of a server without accounts."""

    leaving: frozenset[str] = frozenset()


def lines(store: TaskStore, clock: HandClock) -> Lines:
    window = OffPeak()
    waiting = Waiting(store=store, providers={}, router=cast(Any, Nobody()), offpeak=window, clock=clock)
    return Lines(store, waiting, clock)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_a_place_is_counted_up_to_a_thousand(clock: HandClock, tmp_path: Path) -> None:
    async def run() -> list[int | None]:
        store = open_store(f"sqlite:///{tmp_path / 'journal.db'}")
        await store.open()
        made = await asyncio.gather(*(store.create(sample_task(f"{n:05}")) for n in range(limits.LINE_COUNTED + 2)))
        told = lines(store, clock)
        chosen = (0, 1, limits.LINE_COUNTED - 1, limits.LINE_COUNTED)
        found = [(await told.of(made[number]))["queue"]["position"] for number in chosen]
        await store.aclose()
        found.append((await told.of(made[7]))["queue"]["position"])  # nobody reads the journal again so soon
        clock.pass_seconds(2)
        assert await told.of(made[7]) == {}  # and while it is away, nothing is told
        return found

    assert asyncio.run(run()) == [1, 2, limits.LINE_COUNTED, None, 8]


def test_who_comes_after_a_look_stands_behind_it_and_learns_why_it_waits(clock: HandClock, tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(f"sqlite:///{tmp_path / 'journal.db'}")
        await store.open()
        told = lines(store, clock)
        first = await told.of(await store.create(sample_task("first")))
        second = await told.of(await store.create(sample_task("second")))
        assert (first["queue"]["position"], second["queue"]["position"]) == (1, 2)
        assert first["waiting"]["reason"] == second["waiting"]["reason"] == "no_account"
        await store.aclose()

    asyncio.run(run())
