"""What is done at an engine of the operator's own, over the network: lost jobs are made again, but not for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reelgate import limits
from reelgate.catalog import load
from reelgate.conductor.routing import Router
from reelgate.providers.account import Account
from reelgate.providers.configured import make
from reelgate.providers.port import NotFound, NotSent, Succeeded
from reelgate.request import Mode
from reelgate.tasks.states import State
from reelgate.testing.media_server import MediaServer
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor, running


class Engine(Vendor):
    """An account that costs nothing."""

    repeatable = True


def studio(folder: Path, engine: Engine) -> Studio:
    return Studio(folder, Actors(folder), HandClock(), vendors=[engine])


def test_a_job_that_an_engine_forgot_in_a_restart_is_made_again(tmp_path: Path) -> None:
    async def main() -> None:
        engine = Engine(tmp_path, "gpu")
        engine.verdict = running
        async with studio(tmp_path, engine).working() as it:
            task = await it.store.create(for_vendor("gpu"))
            await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            engine.jobs.clear()
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)
            await it.until(task.id, lambda now: now.attempts == 2)
            engine.verdict = lambda ref: Succeeded(path=engine.film(ref))
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)

            done = await it.ended(task.id)

            assert (done.state, done.attempts, engine.calls["submit"]) == (State.SUCCEEDED, 2, 2)

    asyncio.run(main())


def test_the_jobs_of_a_dead_replica_are_made_by_another_one(tmp_path: Path) -> None:
    async def main() -> None:
        engines = [Engine(tmp_path, name) for name in ("gpu@a", "gpu@b")]
        engines[0].verdict = engines[1].verdict = running
        async with Studio(tmp_path, Actors(tmp_path), HandClock(), vendors=engines).working() as it:
            task = await it.store.create(for_vendor("gpu@a"))
            await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            engines[0].verdict = lambda _: NotFound(dead=True)
            engines[1].verdict = lambda ref: Succeeded(path=engines[1].film(ref))
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)
            await it.until(task.id, lambda now: now.attempts == 2)
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)

            done = await it.ended(task.id)

            assert (done.state, done.provider, done.attempts) == (State.SUCCEEDED, "gpu@b", 2)
            assert [engine.calls["submit"] for engine in engines] == [1, 1]
            lost = [event for event in await it.store.events(task.id) if event.name == "lose_render"]
            assert [event.note for event in lost] == ["gpu@a does not answer any more"]

    asyncio.run(main())


def test_a_job_that_is_lost_each_time_ends_the_task_in_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        engine = Engine(tmp_path, "gpu")
        engine.verdict = lambda _: NotFound(why="the node is gone")
        async with studio(tmp_path, engine).working() as it:
            failed = await it.ended((await it.store.create(for_vendor("gpu"))).id)

            assert (failed.state, failed.error_code) == (State.FAILED, "too_many_attempts")
            assert failed.error_message == "gave up after 10 attempts; the last one: the node is gone"
            assert engine.calls["submit"] == limits.MAX_ATTEMPTS

    asyncio.run(main())


def test_an_engine_that_is_down_for_long_fails_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ATTEMPTS", 2)

    async def main() -> None:
        engine = Engine(tmp_path, "gpu")
        engine.outcome = [NotSent("no connection") for _ in range(2 * limits.MAX_ATTEMPTS)]
        async with studio(tmp_path, engine).working() as it:
            task = await it.store.create(for_vendor("gpu"))
            while engine.outcome:
                left = len(engine.outcome)
                await it.seconds_pass(limits.BREAKER_MAX_SECONDS + limits.PUT_BACK_MAX_SECONDS)
                await it.until(task.id, lambda _, left=left: len(engine.outcome) < left)  # type: ignore[misc]
            await it.seconds_pass(limits.BREAKER_MAX_SECONDS + limits.PUT_BACK_MAX_SECONDS)

            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_file_that_does_not_arrive_is_fetched_again_not_made_again(tmp_path: Path) -> None:
    async def main() -> None:
        engine = Engine(tmp_path, "gpu")
        with MediaServer() as server:
            engine.verdict = lambda _: Succeeded(url=server.url("/film.mp4"))
            async with studio(tmp_path, engine).working() as it:
                task = await it.store.create(for_vendor("gpu"))
                await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                server.serve("/film.mp4", engine.film("film").read_bytes(), type="video/mp4")
                await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS + 1)

                done = await it.ended(task.id)

                assert (done.state, done.attempts) == (State.SUCCEEDED, 1)

    asyncio.run(main())


def test_new_jobs_pass_over_a_replica_that_answers_no_poll(tmp_path: Path) -> None:
    names, model = ("gpu@a", "gpu@b"), load().of("viduq3-turbo", "vidu")
    options = {"profile": "sglang"}
    accounts = [
        Account(name=name, kind="openai_videos", base_url="http://x", models=(model.id,), options=options, replica=True)
        for name in names
    ]
    router = Router({account.name: make(account, tmp_path) for account in accounts}, accounts)

    assert {router.provider_for(model, Mode.TEXT) for _ in range(100)} == set(names)
    assert router.helpers("gpu@b") == ["gpu@a"]
    for _ in range(3):
        router.health["gpu@a"].reads.failed("no answer")

    assert {router.provider_for(model, Mode.TEXT) for _ in range(100)} == {"gpu@b"}
    assert router.helpers("gpu@b") == []
