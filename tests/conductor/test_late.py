"""Nothing but a vendor's own answer ends a job that it may still make."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from reelgate import limits
from reelgate.providers.port import NotFound, OutcomeUnknown, Succeeded, Unrecognized, Verdict
from reelgate.tasks.states import State
from reelgate.testing.media_server import MediaServer
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor, running

DAY = 86_400


def studio(folder: Path, vendor: Vendor, **options: Any) -> Studio:
    return Studio(folder, Actors(folder), HandClock(), vendors=(vendor,), **options)


def test_a_late_job_is_looked_at_rarely_and_taken_over_when_it_is_done(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, running
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            await it.seconds_pass(limits.TASK_DEADLINE_SECONDS + 60)

            late = await it.looked(task.id, after=task.fence)
            wait = ((late.due_at or 0) - it.clock.now()) / 1000
            assert (late.state, 0.8 < wait / limits.LATE_LOOK_SECONDS < 1.2) == (State.RUNNING, True)

            vendor.verdict = made
            await it.seconds_pass(limits.LATE_LOOK_SECONDS * 1.2)
            done = await it.ended(task.id)
            assert (done.state, vendor.calls["submit"]) == (State.SUCCEEDED, 1)
            assert [line.kind for line in await it.store.ledger(task.id)] == ["hold", "capture"]

    asyncio.run(main())


def test_a_job_that_its_vendor_never_ends_fails_after_the_late_watch_and_is_called_off(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            await it.seconds_pass(limits.LATE_WATCH_SECONDS + DAY)

            failed = await it.ended(task.id)

            assert (failed.state, failed.error_code, vendor.calls["cancel"]) == (State.FAILED, "never_finished", 1)
            assert [line.kind for line in await it.store.ledger(task.id)] == ["hold", "release"]

    asyncio.run(main())


def test_a_vendor_that_can_not_be_asked_ends_nothing_however_late(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, running
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            vendor.verdict = silent
            await it.seconds_pass(limits.LATE_WATCH_SECONDS + DAY)
            still = await it.looked(task.id, after=task.fence)
            assert still.state is State.RUNNING

            vendor.verdict = made
            await it.seconds_pass(limits.LATE_LOOK_SECONDS * 1.2)
            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_file_that_can_not_be_had_is_asked_for_ever_more_rarely_and_given_up_with_the_late_watch(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            vendor.verdict = lambda _: Succeeded(url=server.url("/nothing.mp4"))
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                task = await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                await it.seconds_pass(limits.TASK_DEADLINE_SECONDS + 60)
                task = await it.looked(task.id, after=task.fence)
                assert (task.due_at or 0) - it.clock.now() == limits.LATE_LOOK_SECONDS * 1000
                await it.seconds_pass(limits.LATE_WATCH_SECONDS)

                failed = await it.ended(task.id)

                assert (failed.state, failed.error_code) == (State.FAILED, "result_unavailable")

    asyncio.run(main())


def test_a_page_that_stands_at_the_link_for_a_while_fails_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made = vendor.verdict
        with MediaServer() as server:
            page = Succeeded(url=server.serve("/film.mp4", b"<html>busy</html>"))
            vendor.verdict = lambda _: page
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                task = await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                vendor.verdict = made
                await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS + 1)

                assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_what_stays_no_video_is_a_failure(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            page = Succeeded(url=server.serve("/film.mp4", b"<html>busy</html>"))
            vendor.verdict = lambda _: page
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                await it.seconds_pass(limits.BAD_RESULT_SECONDS + 1)

                failed = await it.ended(task.id)

                assert (failed.state, failed.error_code) == (State.FAILED, "bad_result")
                assert [line.kind for line in await it.store.ledger(task.id)] == ["hold", "release"]

    asyncio.run(main())


def test_a_job_that_its_vendor_does_not_know_for_a_while_is_not_lost(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, lambda _: NotFound()
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda _: it.router.health["dashscope"].odd > 0)
            assert (await it.store.get(task.id) or task).state is State.RUNNING

            vendor.verdict = made
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_job_that_its_vendor_goes_on_not_to_know_is_lost(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = lambda _: NotFound()
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda _: it.router.health["dashscope"].odd > 0)
            await it.seconds_pass(limits.VENDOR_MISSED_SECONDS * 3)

            lost = await it.ended(task.id)

            assert (lost.state, lost.error_code, vendor.calls["submit"]) == (State.FAILED, "lost_upstream", 1)

    asyncio.run(main())


def test_odd_answers_are_counted_and_never_a_failure(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, lambda _: Unrecognized("task status PAUSED")
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            for looks in range(1, 5):
                await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
                await it.until(task.id, lambda _, n=looks: it.router.health["dashscope"].odd >= n)  # type: ignore[misc]
            health = it.router.health["dashscope"]
            assert (health.last_odd, health.reads.condition.until) == ("task status PAUSED", 0)
            assert (await it.store.get(task.id) or task).state is State.RUNNING

            vendor.verdict = made
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            assert (await it.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_new_process_knows_from_the_journal_how_long_jobs_take(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.poll_seconds = 1.0  # no job is looked at before the test lets time pass
        made, vendor.verdict = vendor.verdict, running
        async with studio(tmp_path, vendor).working() as it:
            first = await it.store.create(for_vendor())
            await it.until(first.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            vendor.verdict = made
            await it.seconds_pass(600)
            await it.ended(first.id)
        vendor.verdict = running
        async with Studio(tmp_path, Actors(tmp_path), it.clock, vendors=(vendor,)).working() as it:
            second = await it.store.create(for_vendor(task_id="task_two"))
            at = await it.until(second.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)

            assert (at.due_at or 0) - it.clock.now() > 4 * limits.VENDOR_POLL_SECONDS * 1000

    asyncio.run(main())


def test_a_submission_that_nobody_found_is_adopted_when_its_vendor_speaks_of_it(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome, vendor.taken_anyway = [OutcomeUnknown("no answer in time")], True
        async with studio(tmp_path, vendor, callback="https://gw.example/{}/{}".format).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            vendor.shown.clear()  # its list tells nothing
            attempt = task.attempt_id or ""
            assert vendor.told_to_call == [f"https://gw.example/dashscope/{attempt}"]

            await it.store.hear(attempt, ref=attempt, at=it.clock.now())

            done = await it.ended(task.id)
            assert (done.state, done.attempts, vendor.calls["find"]) == (State.SUCCEEDED, 1, 0)
            assert [event.name for event in await it.store.events(task.id)][3] == "adopt"

    asyncio.run(main())


def test_a_reference_that_the_vendor_does_not_know_is_not_adopted(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [OutcomeUnknown("no answer in time")]
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            await it.store.hear(task.attempt_id or "", ref="made up", at=it.clock.now())

            looked = await it.looked(task.id, after=task.fence)

            assert (looked.state, looked.upstream_ref, vendor.calls["submit"]) == (State.UNKNOWN, None, 0)

    asyncio.run(main())


def silent(_: str) -> Verdict:
    """Say nothing, as a vendor in an outage."""
    raise OSError("no answer")
