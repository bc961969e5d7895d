"""News of a task that moves are looked at when they come, not when the loop would look anyway."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reelgate.conductor import loop
from reelgate.providers.port import Succeeded
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import sample_task
from tests.conductor.studio import Studio, running, studio


async def rendering(it: Studio) -> str:
    """Return a task that renders, with a loop that will not look again by itself."""
    it.actors.verdict = running
    task = await it.store.create(sample_task())
    it.conductor.wake()
    await it.until(task.id, lambda now: now.state is State.RUNNING)
    return task.id


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "IDLE_SECONDS", 3600.0)


def test_a_render_that_says_that_it_is_done_is_taken_over_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            rendered = await rendering(it)

            it.actors.verdict = lambda ref: Succeeded(path=it.actors.film(ref))
            it.actors.news()

            assert (await it.ended(rendered)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_task_that_is_called_off_is_stopped_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            rendered = await rendering(it)

            await it.store.request_cancel(rendered, at=it.clock.now())
            it.conductor.look()

            assert (await it.ended(rendered)).state is State.CANCELLED

    asyncio.run(main())
