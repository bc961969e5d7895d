"""Which accounts are asked, how often, and what follows when one does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.health import Breaker
from reelgate.providers.port import Job, NotSent, OutcomeUnknown, Unreached, Verdict
from reelgate.tasks.record import AttemptState
from reelgate.tasks.states import State
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor, running


class Gated(Vendor):
    """A vendor whose calls wait until the test lets them through."""

    poll_seconds = 1.0  # no job is looked at before the test lets time pass

    def __init__(self, folder: Path, name: str, **bounds: Any) -> None:
        super().__init__(folder, name, **bounds)
        self.gate = asyncio.Event()
        self.gate.set()
        self.inside = self.most_inside = self.polls = 0

    async def _through(self) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await self.gate.wait()
        finally:
            self.inside -= 1

    async def submit(self, job: Job) -> str:
        self.calls["tried"] += 1
        await self._through()
        return await super().submit(job)

    async def poll(self, ref: str) -> Verdict:
        self.polls += 1
        await self._through()
        return await super().poll(ref)


def studio(folder: Path, *vendors: Vendor) -> Studio:
    return Studio(folder, Actors(folder), HandClock(), vendors=vendors)


async def asked(it: Studio, count: Callable[[], int], times: int) -> None:
    """Wait until a vendor was asked so often, and see that the conductor's next looks ask it no more."""
    async with asyncio.timeout(480):
        while count() < times:
            it.conductor.wake()
            await asyncio.sleep(0.01)
    await ticks(it)
    assert count() == times


async def ticks(it: Studio) -> None:
    """Let the conductor look some times more."""
    for _ in range(3):
        it.conductor.wake()
        await asyncio.sleep(0.25)


async def run(it: Studio, count: int, name: str = "dashscope") -> list[str]:
    """Bring tasks to their vendor."""
    ids = [(await it.store.create(for_vendor(name, f"task_{n}"))).id for n in range(count)]
    for task_id in ids:
        await it.until(task_id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
    return ids


def test_after_a_pause_one_submission_is_tried_and_the_others_follow_when_it_worked(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Gated(tmp_path, "dashscope")
        vendor.outcome, vendor.verdict = [NotSent("no connection")] * limits.BREAKER_FAULTS, running
        async with studio(tmp_path, vendor).working() as it:
            for number in range(limits.BREAKER_FAULTS):
                task = await it.store.create(for_vendor(task_id=f"task_{number}"))
                await it.until(task.id, lambda now: now.attempts == 1 and now.state is State.QUEUED)
            await it.seconds_pass(limits.PUT_BACK_SECONDS + 1)
            await ticks(it)
            assert vendor.calls["tried"] == limits.BREAKER_FAULTS, "it is left alone"

            vendor.gate.clear()
            await it.seconds_pass(limits.BREAKER_MAX_SECONDS)
            await asked(it, lambda: vendor.calls["tried"], limits.BREAKER_FAULTS + 1)
            assert it.router.health["dashscope"].sends.condition.reason == "one is tried after: no connection"

            vendor.gate.set()
            await it.seconds_pass(limits.TRIAL_LOOK_SECONDS + 1)
            for number in range(limits.BREAKER_FAULTS):
                await it.until(f"task_{number}", lambda now: now.state is State.RUNNING)

    asyncio.run(main())


def test_a_trial_that_fails_pauses_for_longer() -> None:
    clock = HandClock()
    breaker = Breaker(clock)
    pauses = []
    for _ in range(limits.BREAKER_FAULTS - 1):
        breaker.failed("silence")
    for _ in range(8):
        assert breaker.admits()
        breaker.failed("silence")
        breaker.failed("silence of one that was under way")
        pauses.append((breaker.condition.until - clock.now()) / 1000)
        clock.pass_seconds(pauses[-1])
    assert pauses == [20, 40, 80, 160, 300, 300, 300, 300]
    assert breaker.on_trial

    breaker.worked()

    assert [breaker.admits(), breaker.admits(), breaker.on_trial] == [True, True, False]


def test_an_outage_of_weeks_pauses_as_one_of_an_hour() -> None:
    clock = HandClock()
    breaker = Breaker(clock)
    for _ in range(5000):
        breaker.failed("silence", account=True)
        clock.pass_seconds(limits.BREAKER_MAX_SECONDS)
        assert breaker.admits()

    breaker.failed("silence")

    assert breaker.condition.until == clock.now() + limits.BREAKER_MAX_SECONDS * 1000


def test_a_trial_that_nobody_hears_of_again_is_followed_by_another() -> None:
    clock = HandClock()
    breaker = Breaker(clock)
    breaker.failed("no credit", account=True)
    clock.pass_seconds(limits.BREAKER_SECONDS)

    assert [breaker.admits(), breaker.admits()] == [True, False]
    clock.pass_seconds(limits.TRIAL_SECONDS)
    assert [breaker.admits(), breaker.admits()] == [True, False]


def test_an_outage_pauses_the_polls_then_one_is_tried_and_nothing_fails(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Gated(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            ids = await run(it, 5)
            made = Vendor(tmp_path, "spare").verdict
            vendor.verdict = silent
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            await asked(it, lambda: vendor.polls, limits.BREAKER_FAULTS)
            assert it.router.health["dashscope"].reads.condition.reason == "HTTP 503"

            vendor.gate.clear()
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 3)
            await asked(it, lambda: vendor.polls, limits.BREAKER_FAULTS + 1)

            vendor.verdict = made
            vendor.gate.set()
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            for task_id in ids:
                assert (await it.ended(task_id)).state is State.SUCCEEDED
            assert it.router.health["dashscope"].sends.condition.until == 0

    asyncio.run(main())


def test_a_wait_that_a_read_is_asked_for_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Gated(tmp_path, "dashscope")
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            await run(it, 1)
            vendor.verdict = lambda _: raised(Unreached("HTTP 429", retry_after=120))
            await it.seconds_pass(limits.VENDOR_POLL_SECONDS * 2)
            await asked(it, lambda: vendor.polls, 1)
            await it.seconds_pass(119)
            await ticks(it)
            assert vendor.polls == 1
            await it.seconds_pass(2)
            await asked(it, lambda: vendor.polls, 2)

    asyncio.run(main())


def test_no_more_polls_are_under_way_than_may_be_and_every_task_has_its_turn(tmp_path: Path) -> None:
    async def main() -> None:
        count = limits.VENDOR_LOOKS_AT_ONCE + 20
        vendor = Gated(tmp_path, "dashscope", at_once=count, per_minute=10 * count)
        seen: set[str] = set()

        def noted(ref: str) -> Verdict:
            seen.add(ref)
            return running(ref)

        vendor.verdict = noted
        async with studio(tmp_path, vendor).working() as it:
            await run(it, count)
            vendor.gate.clear()
            vendor.most_inside = 0
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS * 2)
            await asked(it, lambda: vendor.most_inside, limits.VENDOR_LOOKS_AT_ONCE)
            assert it.conductor.condition == "ok"

            vendor.gate.set()
            async with asyncio.timeout(480):
                while len(seen) < count:  # noqa: ASYNC110 - the vendor is asked from within
                    await asyncio.sleep(0.02)

    asyncio.run(main())


def test_submissions_follow_the_accounts_rate(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Gated(tmp_path, "dashscope", per_minute=5)
        vendor.verdict = running
        async with studio(tmp_path, vendor).working() as it:
            for number in range(4):
                await it.store.create(for_vendor(task_id=f"task_{number}"))
            for sent in range(1, 4):
                await asked(it, lambda: vendor.calls["tried"], sent)
                await it.seconds_pass(15)  # four fifths of five a minute

    asyncio.run(main())


@pytest.mark.parametrize("error", [OutcomeUnknown("HTTP 500"), NotSent("HTTP 429")])
def test_only_what_was_certainly_not_taken_goes_elsewhere(tmp_path: Path, error: Exception) -> None:
    async def main() -> None:
        first, second = Vendor(tmp_path, "first", priority=1), Vendor(tmp_path, "second")
        first.outcome = [error] * limits.BREAKER_FAULTS
        async with studio(tmp_path, first, second).working() as it:
            ids = [(await it.store.create(for_vendor("first", f"task_{n}"))).id for n in range(limits.BREAKER_FAULTS)]
            async with asyncio.timeout(480):
                while first.outcome:
                    await it.seconds_pass(1)
                    await asyncio.sleep(0.01)
            await it.seconds_pass(limits.PUT_BACK_MAX_SECONDS)
            if isinstance(error, OutcomeUnknown):
                for task_id in ids:
                    assert (await it.until(task_id, lambda now: now.lease_owner is None)).state is State.UNKNOWN
                assert not second.jobs
            else:
                ends = [await it.ended(task_id) for task_id in ids]
                assert {(end.state, end.provider) for end in ends} <= {
                    (State.SUCCEEDED, "first"),
                    (State.SUCCEEDED, "second"),
                }

    asyncio.run(main())


def test_a_job_that_one_account_can_not_be_sent_goes_to_another_and_counts_against_none(tmp_path: Path) -> None:
    async def main() -> None:
        first, second = Vendor(tmp_path, "first", priority=1), Vendor(tmp_path, "second")
        first.outcome = [NotSent("an input has no public address", unsendable=True)]
        async with studio(tmp_path, first, second).working() as it:
            task = await it.store.create(for_vendor("first"))
            await it.until(task.id, lambda now: now.attempts == 1 and now.state is State.QUEUED)
            await it.seconds_pass(limits.PUT_BACK_SECONDS + 1)

            done = await it.ended(task.id)

            assert (done.state, done.provider) == (State.SUCCEEDED, "second")
            assert it.router.health["first"].sends.condition.until == 0
            tried = [(a.provider, a.state) for a in await it.store.attempts(task.id)]
            assert tried == [("first", AttemptState.REJECTED), ("second", AttemptState.DONE)]

    asyncio.run(main())


class Terse(Vendor):
    """A vendor without a field for music."""

    async def unsent(self, job: Job) -> tuple[str, ...]:
        """Return what it is not told."""
        return ("music",) if job.request.music else ()


def test_what_an_account_is_not_told_is_named_while_the_job_is_there(tmp_path: Path) -> None:
    async def main() -> None:
        first, second = Terse(tmp_path, "first", priority=1), Vendor(tmp_path, "second")
        first.outcome = [NotSent("an input has no public address", unsendable=True)]
        async with studio(tmp_path, first, second).working() as it:
            new = for_vendor("first")
            task = await it.store.create(replace(new, request=replace(new.request, music=True)))
            there = await it.until(task.id, lambda now: now.attempts == 1 and now.state is State.QUEUED)
            await it.seconds_pass(limits.PUT_BACK_SECONDS + 1)

            done = await it.ended(task.id)

            assert there.request.without_effect == ("music",)
            assert there.as_created().request == task.request
            assert (done.provider, done.request.without_effect) == ("second", ())

    asyncio.run(main())


def test_a_job_that_no_account_can_be_sent_fails_with_the_reason(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [NotSent("set the server's public URL", unsendable=True)] * limits.UNSENDABLE_TRIES
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            for tried in range(1, limits.UNSENDABLE_TRIES):
                await it.until(task.id, lambda now, n=tried: now.attempts == n and now.state is State.QUEUED)  # type: ignore[misc]
                await it.seconds_pass(limits.PUT_BACK_MAX_SECONDS)

            failed = await it.ended(task.id)

            assert (failed.error_code, failed.error_message) == ("unsendable", "set the server's public URL")
            assert [line.kind for line in await it.store.ledger(task.id)] == ["hold", "release"]

    asyncio.run(main())


def silent(_: str) -> Verdict:
    """Say nothing, as a vendor in an outage."""
    raise Unreached("HTTP 503")


def raised(error: Exception) -> Verdict:
    raise error


def test_a_job_that_was_not_taken_waits_twice_as_long_each_further_time(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.outcome = [NotSent("an input has no public address", unsendable=True)] * limits.UNSENDABLE_TRIES
        async with studio(tmp_path, vendor).working() as it:
            task = await it.store.create(for_vendor())
            for tried in range(1, limits.UNSENDABLE_TRIES):
                back = await it.until(task.id, lambda now, n=tried: now.attempts == n and now.state is State.QUEUED)  # type: ignore[misc]
                assert back.due_at is not None
                assert back.due_at - it.clock.now() == limits.PUT_BACK_SECONDS * 1000 * 2 ** (tried - 1)
                await it.seconds_pass(limits.PUT_BACK_MAX_SECONDS)

    asyncio.run(main())
