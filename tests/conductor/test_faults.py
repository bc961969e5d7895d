"""What goes wrong around a task is taken up again or told; nothing is lost, made twice or hidden."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from reelgate import limits
from reelgate.background import every
from reelgate.catalog import Catalog, load
from reelgate.clock import SystemClock
from reelgate.conductor.blob_gc import Sweeper
from reelgate.providers.port import Failed, NotFound, OutcomeUnknown, Succeeded
from reelgate.request import Facts, Media, MediaKind, Mode, Role
from reelgate.tasks.record import AttemptState, NewTask
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale
from reelgate.testing.media_server import MediaServer
from reelgate.testing.samples import picture
from reelgate.testing.stores.samples import NOW, PRICE_MICROS, money, sample_task
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor, locked, running, studio

RELEASED = [("hold", PRICE_MICROS), ("release", PRICE_MICROS)]


def with_picture(url: str, blob: str = "") -> NewTask:
    """Return a new task with one input."""
    new = sample_task()
    facts = Facts(MediaKind.IMAGE, "png", 1, 640, 360) if blob else None
    media = Media(MediaKind.IMAGE, Role.FIRST_FRAME, "image", url, blob, facts)
    request = replace(new.request, model="happyhorse-1.0-i2v", mode=Mode.IMAGE, media=(media,))
    return replace(new, request=request)


def test_a_stored_film_outlives_a_journal_that_is_busy_at_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            it.store.faults["finish"] = locked()
            task = await it.store.create(sample_task())
            await it.until(task.id, lambda now: now.state is State.COLLECTING and not it.store.faults)
            it.clock.pass_seconds(limits.LEASE_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.attempts) == (State.SUCCEEDED, 1)
            assert done.output is not None
            assert await it.media.size(done.output.blob) == done.output.bytes
            assert [kind for kind, _ in await money(it.store, task)] == ["hold", "capture"]

    asyncio.run(main())


def test_a_film_that_is_gone_before_it_was_stored_is_made_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            refs: list[str] = []

            def first_is_gone(ref: str) -> Succeeded:
                refs.append(ref)
                return Succeeded(path=tmp_path / "gone.mp4" if ref == refs[0] else it.actors.film(ref))

            it.actors.verdict = first_is_gone
            done = await it.ended((await it.store.create(sample_task())).id)

            assert (done.state, done.attempts) == (State.SUCCEEDED, 2)

    asyncio.run(main())


def test_a_job_whose_acceptance_was_not_written_is_stopped_and_made_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            it.store.faults["accept"] = locked()
            task = await it.store.create(sample_task())
            await it.until(task.id, lambda now: now.state is State.SUBMITTING and it.actors.calls["cancel"] == 1)
            it.clock.pass_seconds(limits.LEASE_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.attempts, it.actors.most_at_once) == (State.SUCCEEDED, 2, 1)
            states = [attempt.state for attempt in await it.store.attempts(task.id)]
            assert states == [AttemptState.LOST, AttemptState.DONE]

    asyncio.run(main())


def test_a_job_that_a_vendor_took_while_the_journal_was_away_is_written_down_when_it_is_back(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        async with studio(tmp_path, vendors=[vendor]).working() as it:
            it.store.faults["accept"] = locked()

            done = await it.ended((await it.store.create(for_vendor())).id)

            assert (done.state, done.attempts, vendor.calls["submit"]) == (State.SUCCEEDED, 1, 1)
            names = [event.name for event in await it.store.events(done.id)]
            assert ("lose_sight" in names, names.count("accept")) == (False, 1)

    asyncio.run(main())


def test_a_job_that_was_taken_for_lost_meanwhile_is_known_by_its_name(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        async with studio(tmp_path, vendors=[vendor]).working() as it:
            it.store.faults["accept"] = Stale("another server took it")
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.attempts == 1)
            async with asyncio.timeout(480):
                while True:
                    (attempt,) = await it.store.attempts(task.id)
                    if attempt.heard:
                        return
                    await asyncio.sleep(0.01)

    asyncio.run(main())


def test_the_loop_outlives_a_fault_and_shows_it_meanwhile(tmp_path: Path) -> None:
    async def main() -> None:
        it = studio(tmp_path)
        it.store.faults["claim"] = RuntimeError("a fault of ours")
        seen = set()
        async with it.working():
            task = await it.store.create(sample_task())
            while (await it.store.get(task.id) or task).state is not State.SUCCEEDED:
                seen.add(it.conductor.condition)
                await asyncio.sleep(0.01)
            assert it.conductor.condition == "ok"
        assert seen >= {"failing"}
        assert it.conductor.condition == "stopped"

    asyncio.run(main())


def test_a_render_that_is_lost_each_time_ends_the_task_in_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            it.actors.verdict = lambda _: NotFound()
            failed = await it.ended((await it.store.create(sample_task())).id)

            assert (failed.state, failed.error_code) == (State.FAILED, "too_many_attempts")
            assert failed.attempts == it.actors.calls["submit"] == limits.MAX_ATTEMPTS
            assert await money(it.store, failed) == RELEASED

    asyncio.run(main())


def test_a_job_that_can_not_be_done_is_forgotten(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            it.actors.verdict = lambda _: Failed("render_failed", "no")
            failed = await it.ended((await it.store.create(sample_task())).id)
            await until_no_step_is_left(it)

            assert failed.error_code == "render_failed"
            assert not it.actors.jobs

    asyncio.run(main())


def test_a_task_that_waited_too_long_expires(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            old = NOW - int(limits.TASK_DEADLINE_SECONDS * 1000) - 1
            expired = await it.ended((await it.store.create(sample_task(created_at=old))).id)

            assert (expired.state, expired.error_code) == (State.EXPIRED, "deadline")
            assert await money(it.store, expired) == RELEASED

    asyncio.run(main())


def test_a_task_may_have_a_time_of_its_own(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            hasty = replace(sample_task().request, expires_after=3600)
            new = sample_task(created_at=NOW - 3_600_001, request=hasty)

            assert (await it.ended((await it.store.create(new)).id)).state is State.EXPIRED

    asyncio.run(main())


def test_a_task_whose_model_left_the_catalog_fails(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            new = sample_task()
            gone = replace(new, request=replace(new.request, model="retired-model"))
            failed = await it.ended((await it.store.create(gone)).id)

            assert (failed.state, failed.error_code) == (State.FAILED, "model_gone")
            assert await money(it.store, failed) == RELEASED

    asyncio.run(main())


@pytest.mark.parametrize("taken", [True, False], ids=["running", "unknown"])
def test_what_a_vendor_may_have_in_hand_waits_for_a_model_that_left_the_catalog(tmp_path: Path, taken: bool) -> None:
    async def main() -> None:
        vendor, catalog = Vendor(tmp_path, "dashscope"), load()
        made, vendor.verdict, vendor.taken_anyway = vendor.verdict, running, True
        vendor.outcome = [] if taken else [OutcomeUnknown("the line broke")]
        state = State.RUNNING if taken else State.UNKNOWN
        studio = Studio(tmp_path, Actors(tmp_path), HandClock(), vendors=(vendor,), catalog=catalog)
        async with studio.working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is state and now.lease_owner is None)
            catalog.become(Catalog([model for model in load() if model.id != task.made_with]))
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)
            waiting = await it.looked(task.id, after=task.fence)
            assert waiting.state is state
            assert await money(it.store, waiting) == [("hold", PRICE_MICROS)]

            catalog.become(load())
            vendor.verdict = made
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)
            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_task_waits_for_an_input_that_is_not_at_hand(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            blob = (await it.media.put(picture(tmp_path / "a.png"))).digest
            hidden = (await it.media.local(blob)).rename(tmp_path / "hidden")
            task = await it.store.create(with_picture("", blob))
            await it.until(task.id, lambda now: now.fence == 1 and now.lease_owner is None)

            hidden.rename(tmp_path / "media" / blob[:2] / blob[2:4] / blob)
            it.clock.pass_seconds(limits.MISSING_INPUT_SECONDS)

            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_task_that_is_called_off_while_its_input_is_fetched_ends_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        with MediaServer() as server:
            async with studio(tmp_path, lease_seconds=0.3).working() as it:
                task = await it.store.create(with_picture(server.stall("/slow.png", b"\x89PNG")))
                await asyncio.to_thread(server.wait_for, "/slow.png")

                cancelled = await it.store.request_cancel(task.id, at=it.clock.now())

                assert cancelled is not None
                assert cancelled.state is State.CANCELLED
                await until_no_step_is_left(it)
                assert await money(it.store, task) == RELEASED

    asyncio.run(main())


def test_a_running_task_that_is_called_off_ends_also_when_the_server_stops(tmp_path: Path) -> None:
    async def main() -> None:
        it = studio(tmp_path)
        it.actors.verdict = running
        async with it.working():
            task = await it.store.create(sample_task())
            await it.until(task.id, lambda now: now.state is State.RUNNING)
            await hold(it)
            await it.store.request_cancel(task.id, at=it.clock.now())

            await it.conductor.aclose()

            assert (await it.ended(task.id)).state is State.CANCELLED
            assert not it.actors.jobs

    asyncio.run(main())


def test_a_server_that_lost_its_lease_can_write_nothing(tmp_path: Path) -> None:
    """Its peer takes the task over after the lease; the film is made again, and the task ends once."""

    async def main() -> None:
        first = studio(tmp_path, instance="first")
        first.actors.verdict = running
        async with first.working():
            task = await first.store.create(sample_task())
            held = await first.until(task.id, lambda now: now.state is State.RUNNING)
            await hold(first)
            first.clock.pass_seconds(limits.LEASE_SECONDS + 1)
            (tmp_path / "heir").mkdir()
            heir = Studio(tmp_path, type(first.actors)(tmp_path / "heir"), first.clock, instance="heir")
            async with heir.working():
                done = await heir.ended(task.id)
        assert (done.state, done.attempts) == (State.SUCCEEDED, 2)
        assert held.lease_owner == "first"

    asyncio.run(main())


async def hold(it: Studio) -> None:
    """Stop a server's conductor the hard way: its leases stay."""
    stopped = it.conductor._loop
    assert stopped is not None
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    await until_no_step_is_left(it)


async def until_no_step_is_left(it: Studio) -> None:
    async with asyncio.timeout(480):
        while it.conductor._working:  # noqa: ASYNC110 - the fetch is stopped from within
            await asyncio.sleep(0.01)


def test_what_runs_beside_outlives_its_faults() -> None:
    async def main() -> None:
        turns: list[int] = []
        done = asyncio.Event()

        async def work() -> None:
            turns.append(len(turns))
            if len(turns) < 3:
                raise ValueError
            done.set()

        beside = asyncio.create_task(every(0, work, "work"))
        async with asyncio.timeout(480):
            await done.wait()
        beside.cancel()

    asyncio.run(main())


def test_time_never_runs_backwards() -> None:
    wall, steady = [5_000_000_000], [1_000_000_000]
    clock = SystemClock(lambda: wall[0], lambda: steady[0])
    seen = [clock.now()]
    for wall[0], steady[0] in ((9_000_000_000, 1_001_000_000), (2_000_000_000, 1_002_000_000)):
        seen.append(clock.now())

    assert seen == [5000, 9000, 9001]


def test_a_step_is_followed_in_either_direction_and_told() -> None:
    day, wall, steady = 86_400_000_000_000, 0, 0
    clock = SystemClock(lambda: wall, lambda: steady)
    with capture_logs() as told:
        wall, steady = day, 1_000_000
        ahead, set_by = clock.now(), clock.set_by
        wall, steady = 2_000_000, 2_000_000
        right = clock.now()

    assert (ahead, right) == (86_400_000, 2)
    assert (set_by, clock.set_by) == (86_399_999, 0)
    assert [(line["event"], line["seconds"]) for line in told] == [("clock.step", 86400), ("clock.step", -86400)]


def test_the_bin_is_emptied_of_what_nothing_refers_to_and_of_what_is_gone_already(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path).working() as it:
            kept, refused = [(await it.media.put(picture(tmp_path / f"{n}.png", 64, 64 + n))).digest for n in range(2)]
            await it.store.create(with_picture("", kept))
            for blob in (kept, refused, "0" * 64):
                await it.store.files.bin(blob)
            young, old = Sweeper(it.store, it.media, it.clock), Sweeper(it.store, it.media, it.clock, grace=-1)

            assert await young.sweep() == 1
            assert await it.store.files.binned(10) == [refused]
            assert await old.sweep() == 1
            assert await it.store.files.binned(10) == []
            assert await it.media.size(kept)
            assert await it.media.size(refused) is None

    asyncio.run(main())


def test_files_that_a_restored_journal_does_not_know_are_kept_for_a_month(tmp_path: Path) -> None:
    """The server that it is a copy of may have put them there, and may serve them still."""

    async def main() -> None:
        async with studio(tmp_path).working() as it:
            unknown = (await it.media.put(picture(tmp_path / "one.png", 64, 64))).digest
            sweeper = Sweeper(it.store, it.media, it.clock, grace=-1)
            await it.store.note_restored(it.clock.now())
            assert await sweeper.look_for_orphans() == 0
            it.clock.pass_seconds(limits.RESTORED_ORPHANS_SECONDS)
            assert await sweeper.look_for_orphans() == 1
            assert await sweeper.sweep() == 1
            assert await it.media.size(unknown) is None

    asyncio.run(main())
