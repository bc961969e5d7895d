"""What is done when a vendor may have been paid: looked for, adopted, never sent again blindly."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reelgate import limits
from reelgate.providers.port import NotSent, OutcomeUnknown, Rejected, Succeeded, Unrecognized
from reelgate.tasks.pauses import Pause
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import State
from reelgate.testing.media_server import MediaServer
from reelgate.testing.stores.samples import NOW
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor, running


def studio(folder: Path, *vendors: Vendor) -> Studio:
    return Studio(folder, Actors(folder), HandClock(), vendors=vendors)


async def events(it: Studio, task: Task) -> list[str]:
    return [event.name for event in await it.store.events(task.id)]


def test_a_job_that_a_vendor_took_before_the_line_broke_is_found_and_made_once(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome, vendor.taken_anyway = [OutcomeUnknown("the connection broke")], True
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.UNKNOWN)
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.attempts, vendor.calls["submit"]) == (State.SUCCEEDED, 1, 1)
            assert "adopt" in await events(it, task)

    asyncio.run(main())


def test_a_submission_that_is_not_found_waits_with_its_money_and_is_never_sent_again(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [OutcomeUnknown("no answer in time")]
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.UNKNOWN)
            for looks in range(1, 4):
                await it.seconds_pass(limits.LOOK_SOON_SECONDS + 100 * looks)
                await it.until(task.id, lambda _, looks=looks: vendor.calls["find"] >= looks)  # type: ignore[misc]

            now = await it.until(task.id, lambda now: now.lease_owner is None)

            assert (now.state, now.attempts, vendor.calls["submit"]) == (State.UNKNOWN, 1, 0)
            assert [line.kind for line in await it.store.ledger(task.id)] == ["hold"]

    asyncio.run(main())


def test_a_job_of_another_task_is_not_adopted(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            first = await it.store.create(for_vendor())
            theirs = await it.until(first.id, lambda now: now.state is State.RUNNING)
            vendor.outcome, vendor.shown = [OutcomeUnknown("no answer")], [theirs.upstream_ref or ""]
            second = await it.store.create(for_vendor(task_id="task_second"))
            await it.until(second.id, lambda now: now.state is State.UNKNOWN)
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
            await it.until(second.id, lambda _: vendor.calls["find"] >= 1)

            now = await it.until(second.id, lambda now: now.lease_owner is None)

            assert now.state is State.UNKNOWN

    asyncio.run(main())


def test_a_lost_job_is_looked_for_with_what_is_known_of_others(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            kept = await it.store.create(for_vendor(task_id="task_kept"))
            kept = await it.until(kept.id, lambda now: now.state is State.RUNNING)
            vendor.outcome = [OutcomeUnknown("no answer")] * 2
            ids = ("task_lost", "task_lost_too")
            for task_id in ids:
                await it.store.create(for_vendor(task_id=task_id))
                await it.until(task_id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
            for task_id in ids:
                await it.until(task_id, lambda now: now.fence > 1 and now.lease_owner is None)
            seen = {job.attempt_id: job for job in vendor.looked_for}
            assert {(job.taken, job.alone) for job in seen.values()} == {(frozenset({kept.upstream_ref}), False)}

            await it.seconds_pass(2 * limits.VENDOR_ARRIVAL_SECONDS)
            vendor.outcome = [OutcomeUnknown("no answer")]
            later = await it.store.create(for_vendor(task_id="task_later"))
            later = await it.until(later.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
            await it.looked(later.id, after=later.fence)
            assert [(job.taken, job.alone) for job in vendor.looked_for if job.attempt_id == later.attempt_id] == [
                (frozenset(), True)
            ]

    asyncio.run(main())


def test_a_cancel_of_an_unknown_task_ends_it_at_once_and_its_job_once_it_is_found(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome, vendor.taken_anyway, vendor.verdict = [OutcomeUnknown("broke")], True, running
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.UNKNOWN)
            await it.store.request_cancel(task.id, at=it.clock.now())

            done = await it.ended(task.id)

            assert (done.state, vendor.calls["cancel"]) == (State.CANCELLED, 0)
            assert [line.kind for line in await it.store.ledger(task.id)] == ["hold", "release"]
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
            await it.parking.tend()
            assert vendor.calls["cancel"] == 1
            assert (await it.store.parked.counts()) == {"dashscope": 1}

    asyncio.run(main())


def test_a_job_that_was_certainly_not_taken_goes_to_another_account(tmp_path: Path) -> None:
    async def main() -> None:
        broke, rich = Vendor(tmp_path, "broke", priority=1), Vendor(tmp_path, "rich")
        broke.outcome = [NotSent("Arrearage", account=True)]
        async with studio(tmp_path, broke, rich).working() as it:
            task = await it.store.create(for_vendor("broke"))
            await it.until(task.id, lambda now: now.state is State.QUEUED and now.attempts == 1)
            await it.seconds_pass(limits.PUT_BACK_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.provider, done.attempts) == (State.SUCCEEDED, "rich", 2)
            tried = [(a.provider, a.state) for a in await it.store.attempts(task.id)]
            assert tried == [("broke", AttemptState.REJECTED), ("rich", AttemptState.DONE)]

    asyncio.run(main())


def test_a_users_own_mistake_ends_the_task_and_never_counts_against_an_account(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [Rejected("DataInspectionFailed", "Input data may contain inappropriate content.")] * 5
        async with studio(tmp_path, vendor).working() as it:
            for number in range(5):
                done = await it.ended((await it.store.create(for_vendor(task_id=f"task_{number}"))).id)
                assert (done.state, done.error_code) == (State.FAILED, "DataInspectionFailed")

            assert it.router.health["dashscope"].sends.condition.until == 0
            assert (await it.ended((await it.store.create(for_vendor())).id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_an_outage_pauses_an_account_and_fails_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [NotSent("no connection")] * 12
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            while vendor.outcome:
                left = len(vendor.outcome)
                await it.until(task.id, lambda now: now.state is State.QUEUED and now.lease_owner is None)
                await it.seconds_pass(limits.BREAKER_MAX_SECONDS + 1)
                await it.until(task.id, lambda _, left=left: len(vendor.outcome) < left)  # type: ignore[misc]
            await it.until(task.id, lambda now: now.state is State.QUEUED and now.lease_owner is None)
            await it.seconds_pass(limits.BREAKER_MAX_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.attempts) == (State.SUCCEEDED, 13)

    asyncio.run(main())


def test_an_account_never_has_more_jobs_than_it_may(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope", at_once=2)
        async with studio(tmp_path, vendor).working() as it:
            made, vendor.verdict = vendor.verdict, running
            ids = [(await it.store.create(for_vendor(task_id=f"task_{n}"))).id for n in range(6)]
            for task_id in ids[:2]:
                await it.until(task_id, lambda now: now.state is State.RUNNING)
            for _ in range(3):
                it.conductor.wake()
                await asyncio.sleep(0.01)
            assert [await it.store.open_jobs("dashscope"), vendor.calls["submit"]] == [2, 2]

            vendor.verdict = made
            for count in (2, 4, 6):
                await it.until(ids[0], lambda _, most=count: vendor.calls["submit"] >= most)  # type: ignore[misc]
                for task_id in ids:
                    await it.until(task_id, lambda now: now.state.ended or now.lease_owner is None)
                it.clock.pass_seconds(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            for task_id in ids:
                assert (await it.ended(task_id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_what_waits_for_a_full_account_goes_to_a_free_one_like_it(tmp_path: Path) -> None:
    async def main() -> None:
        full, free = Vendor(tmp_path, "full", at_once=1), Vendor(tmp_path, "free", at_once=2)
        other = Vendor(tmp_path, "dearer", at_once=9, priority=-1)
        async with studio(tmp_path, full, free, other).working() as it:
            for vendor in (full, free, other):
                vendor.verdict = running
            ids = [(await it.store.create(for_vendor("full", f"task_{n}"))).id for n in range(5)]

            for task_id in ids[:3]:
                await it.until(task_id, lambda now: now.state is State.RUNNING)

            counts = [await it.store.open_jobs(vendor.name) for vendor in (full, free, other)]
            assert counts == [1, 2, 0]
            moved = [event.note for event in await it.store.events(ids[1]) if event.name == "reroute"]
            assert moved == ["the account was full"]
            assert (await it.store.open_tasks())["full"] == {State.RUNNING: 1, State.QUEUED: 2}

    asyncio.run(main())


def test_a_paused_account_takes_nothing_over(tmp_path: Path) -> None:
    async def main() -> None:
        full, paused = Vendor(tmp_path, "full", at_once=1), Vendor(tmp_path, "paused", at_once=2)
        async with studio(tmp_path, full, paused).working() as it:
            full.verdict = running
            it.router.health["paused"].sends.failed("no credit", account=True)
            ids = [(await it.store.create(for_vendor("full", f"task_{n}"))).id for n in range(3)]
            await it.until(ids[0], lambda now: now.state is State.RUNNING)
            for _ in range(3):
                it.conductor.wake()
                await asyncio.sleep(0.01)

            assert [await it.store.open_jobs("full"), paused.calls["submit"]] == [1, 0]

    asyncio.run(main())


def test_what_waits_at_a_paused_account_holds_up_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        paused, other = Vendor(tmp_path, "first"), Vendor(tmp_path, "second")
        async with studio(tmp_path, paused, other).working() as it:
            it.router.paused = {"first": Pause("first", NOW, "ops", "invoice")}
            waiting = await it.store.create(for_vendor("first", "task_waiting"))
            done = await it.ended((await it.store.create(for_vendor("second"))).id)
            assert (done.state, paused.calls["submit"], it.conductor.condition) == (State.SUCCEEDED, 0, "ok")
            it.router.paused = {}
            it.conductor.wake()
            assert (await it.ended(waiting.id)).state is State.SUCCEEDED

    asyncio.run(main())


def test_a_result_is_fetched_on_from_where_the_line_broke(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        film = vendor.film("film").read_bytes()
        with MediaServer() as server:
            server.serve("/film.mp4", film, type="video/mp4")
            server.break_off_first("/film.mp4", film, at=len(film) // 2)
            vendor.verdict = lambda _: Succeeded(url=server.url("/film.mp4"))
            async with studio(tmp_path, vendor).working() as it:
                done = await it.ended((await it.store.create(for_vendor())).id)

            assert done.output is not None
            assert done.output.thumbnail != ""
            assert (done.state, done.output.bytes) == (State.SUCCEEDED, len(film))
            assert server.headers["/film.mp4"]["Range"] == f"bytes={len(film) // 2}-"

    asyncio.run(main())


def test_a_file_that_cannot_be_had_yet_is_not_given_up(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        with MediaServer() as server:
            vendor.verdict = lambda _: Succeeded(url=server.url("/film.mp4"))
            async with studio(tmp_path, vendor).working() as it:
                task = await it.store.create(for_vendor())
                await it.until(task.id, lambda now: now.state is State.COLLECTING and now.lease_owner is None)
                server.serve("/film.mp4", vendor.film("film").read_bytes(), type="video/mp4")
                await it.seconds_pass(limits.COLLECT_AGAIN_SECONDS + 1)

                done = await it.ended(task.id)

                assert (done.state, done.attempts) == (State.SUCCEEDED, 1)

    asyncio.run(main())


def test_a_job_that_nobody_understands_takes_no_place_after_a_while(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope", at_once=1)
        vendor.verdict = lambda _: Unrecognized("status paused")
        async with studio(tmp_path, vendor).working() as it:
            odd = await it.store.create(for_vendor(task_id="task_odd"))
            odd = await it.until(odd.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            behind = await it.store.create(for_vendor(task_id="task_behind"))
            while it.clock.now() - odd.created_at < limits.VENDOR_ODD_SECONDS * 1000:
                assert await it.store.open_jobs("dashscope") == 1
                seen = (await it.store.get(odd.id) or odd).fence
                await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
                it.conductor.look()
                await it.looked(odd.id, after=seen)
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)

            taken = await it.until(behind.id, lambda now: now.state is State.RUNNING)

            assert taken.upstream_ref != odd.upstream_ref
            assert ((await it.store.get(odd.id)) or behind).state is State.RUNNING
            assert it.router.health["dashscope"].odd > 0

    asyncio.run(main())


def test_only_the_right_one_of_the_references_that_were_told_is_adopted(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            other = await it.store.create(for_vendor(task_id="task_other"))
            other = await it.until(other.id, lambda now: now.state is State.RUNNING)
            vendor.outcome, vendor.taken_anyway = [OutcomeUnknown("no answer in time")], True
            lost = await it.store.create(for_vendor(task_id="task_lost"))
            lost = await it.until(lost.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            vendor.shown.clear()
            attempt = lost.attempt_id or ""
            for ref in ("made up", other.upstream_ref or "", attempt):
                await it.store.hear(attempt, ref=ref, at=it.clock.now())
            it.conductor.look()

            found = await it.until(lost.id, lambda now: now.state is State.RUNNING)

            assert (found.upstream_ref, found.attempts) == (attempt, 1)

    asyncio.run(main())
