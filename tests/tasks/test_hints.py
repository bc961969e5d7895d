"""Servers that share a journal tell each other to look; nothing is lost where they can't."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from reelgate.events.stream import Stream, StreamedMove
from reelgate.tasks import open_store
from reelgate.tasks.hints import Hints
from reelgate.tasks.record import Task
from reelgate.testing.stores.samples import sample_task
from tests.tasks.conftest import NewUrl

SECONDS = 480.0
NEVER = 3600.0


@pytest.mark.parametrize("look_seconds", [NEVER, 0.2], ids=["hinted", "by looking again"])
def test_a_move_at_another_server_is_told_at_once_also_after_the_connection_was_lost(
    new_postgres_url: NewUrl, postgres_url: str, look_seconds: float
) -> None:
    hinted = look_seconds == NEVER

    async def run() -> None:
        url = await new_postgres_url()
        here, there = open_store(url), open_store(url)
        await here.open()
        await there.open()
        stream = Stream(there, look_seconds=look_seconds)
        hears = Hints(url if hinted else f"{url}&pgbouncer=true", stream.look, again_seconds=0.05)
        tells = Hints(url, lambda: None, again_seconds=0.05)

        def wrote(task: Task, *, moved: bool) -> None:
            tells.tell()

        here.listen(wrote)
        running = [asyncio.create_task(one) for one in (stream.run(), hears.run(), tells.run())]
        async with asyncio.timeout(SECONDS), stream.listening("project") as listener:
            for name in ("one", "two"):
                for one in (tells, hears) if hinted else (tells,):
                    await one.listening.wait()
                await here.create(sample_task(name))
                told = await listener.next(SECONDS)
                assert isinstance(told, StreamedMove)
                assert told.task.id == f"task_{name}"
                await cut(postgres_url, hears if hinted else tells)
        for work in running:
            work.cancel()
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        assert [type(one) for one in outcomes if one is not None] == [asyncio.CancelledError] * (3 if hinted else 2)
        await here.aclose()
        await there.aclose()

    asyncio.run(run())


async def cut(url: str, one: Hints) -> None:
    """End every other connection, and wait until that was noticed."""
    admin = await asyncpg.connect(url)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query ~ 'pg_notify|LISTEN' AND pid <> pg_backend_pid()"
    )
    await admin.close()
    while one.listening.is_set():  # noqa: ASYNC110 (there is no event for its being cleared)
        await asyncio.sleep(0.005)


def test_a_server_does_not_hear_itself_nor_what_another_journal_tells(new_postgres_url: NewUrl) -> None:
    async def run() -> None:
        heard: list[str] = []
        urls = [await new_postgres_url(), await new_postgres_url()]
        names = {"self": urls[0], "twin": urls[0], "other": urls[1]}
        hints = {name: Hints(url, lambda name=name: heard.append(name)) for name, url in names.items()}  # type: ignore[misc]
        running = [asyncio.create_task(one.run()) for one in hints.values()]
        for one in hints.values():
            await one.listening.wait()
        heard.clear()
        async with asyncio.timeout(SECONDS):
            for name in ("other", "self"):
                hints[name].tell()
            while "twin" not in heard:  # noqa: ASYNC110 (each hint may come several times)
                await asyncio.sleep(0.01)
        assert "other" not in heard
        for work in running:
            work.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    asyncio.run(run())
