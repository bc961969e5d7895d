"""Submissions with an unknown outcome: they end for the client, and later for the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.expiry import Expiry
from reelgate.conductor.settling import Settling, Verdict
from reelgate.providers.port import Failed, NotFound, OutcomeUnknown, Succeeded
from reelgate.tasks.parked import Outcome
from reelgate.tasks.projects import Act, Project
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale
from reelgate.testing.stores.samples import PRICE_MICROS, money
from tests.conductor.studio import CATALOG, Actors, HandClock, Studio, Vendor, for_vendor, running

HELD_AND_RELEASED = [("hold", PRICE_MICROS), ("release", PRICE_MICROS)]
LIST_PRICE = 630_000
"""What the vendor's own row bills for the studio's task."""
Work = Callable[[Studio, Vendor, Task], Awaitable[None]]


def lost(folder: Path, work: Work, *, taken: bool = True, **rule: object) -> None:
    """Run a test with a task whose submission is lost from sight at a vendor that lists nothing."""

    async def main() -> None:
        vendor = Vendor(folder, "dashscope", **rule)
        vendor.outcome, vendor.taken_anyway = [OutcomeUnknown("the line broke")], taken
        async with Studio(folder, Actors(folder), HandClock(), vendors=(vendor,)).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
            found, vendor.shown[:] = list(vendor.shown), []
            vendor.hidden = found
            await work(it, vendor, task)

    asyncio.run(main())


async def parked(it: Studio, task: Task, seconds: float = limits.UNKNOWN_SECONDS) -> Task:
    """Let the time pass in which the task's account looks for lost submissions."""
    await it.seconds_pass(seconds + 1)
    return await it.ended(task.id)


def test_a_lost_submission_is_looked_for_as_long_as_its_account_says_and_then_parked(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        assert task.hold_until == pytest.approx(it.clock.now() + 600_000, abs=1)
        await it.seconds_pass(599)
        await it.looked(task.id, after=task.fence)
        ended = await parked(it, task, 1)

        assert (ended.state, ended.error_code) == (State.FAILED, "submission_unknown")
        assert await money(it.store, task) == HELD_AND_RELEASED
        assert vendor.calls["submit"] == 1
        assert await it.store.parked.counts() == {"dashscope": 1}
        assert list(await it.store.parked.losses(since=0)) == []

    lost(tmp_path, work, look_seconds=600)


@pytest.mark.parametrize(("rule", "charged"), [("refund", 0), ("charge", PRICE_MICROS)])
def test_a_late_success_is_kept_and_paid_for_by_the_accounts_rule(rule: str, charged: int, tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        vendor.shown[:] = vendor.hidden
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        assert await it.parking.tend() == 1

        done = await it.ended(task.id)
        assert (done.state, done.error_code, done.charged_micros) == (State.SUCCEEDED, None, charged)
        assert done.output is not None
        assert await it.media.size(done.output.blob) == done.output.bytes
        assert await money(it.store, task) == HELD_AND_RELEASED
        losses = [(loss.task_id, loss.micros) for loss in await it.store.parked.losses(since=0)]
        assert losses == ([] if charged else [(task.id, LIST_PRICE)])
        balance = await it.store.money.balance(task.project_id)
        assert (balance.held, balance.charged) == (0, charged)
        assert list(await it.store.money.check()) == []
        settled = await it.store.parked.of_task(task.id)
        assert (settled.outcome if settled else None, vendor.calls["submit"]) == (Outcome.LATE, 1)

    lost(tmp_path, work, late=rule)


def test_what_was_called_off_stays_so_and_its_late_video_is_the_operators_loss(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        called_off = await it.store.request_cancel(task.id, at=it.clock.now())
        assert called_off is not None
        assert called_off.state is State.CANCELLED
        vendor.shown[:] = vendor.hidden
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        await it.parking.tend()

        kept = await it.store.get(task.id)
        assert kept is not None
        assert (kept.state, kept.charged_micros, kept.output is not None) == (State.CANCELLED, 0, True)
        assert await money(it.store, task) == HELD_AND_RELEASED
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    lost(tmp_path, work, late="charge")


def test_a_deleted_tasks_submission_is_settled_by_its_vendors_word(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await it.store.request_cancel(task.id, at=it.clock.now())
        assert await it.store.delete(task.id)
        await it.store.hear(task.attempt_id or "", ref=vendor.hidden[0], at=it.clock.now())
        await it.parking.tend()

        (loss,) = await it.store.parked.losses(since=0)
        assert (loss.task_id, loss.micros) == (task.id, None)

    lost(tmp_path, work)


@pytest.mark.parametrize("verdict", [Verdict.GIVE_UP, Verdict.NOT_TAKEN])
def test_the_operator_settles_what_a_deleted_task_has_left(verdict: Verdict, tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await it.store.request_cancel(task.id, at=it.clock.now())
        assert await it.store.delete(task.id)
        settling = Settling(it.store, it.clock, CATALOG, {"dashscope": "dashscope"})
        assert await settling.one(task.id, verdict) == "deleted, and its submission is settled"

        lost = [
            (loss.attempt_id, loss.task_id, loss.project_id, loss.provider, loss.model, loss.micros)
            for loss in await it.store.parked.losses(since=0)
        ]
        whose = (task.attempt_id, task.id, task.project_id, "dashscope", task.request.model, None)
        assert lost == ([whose] if verdict is Verdict.GIVE_UP else [])
        assert await it.store.parked.counts() == {}

    lost(tmp_path, work)


def test_a_job_that_failed_at_its_vendor_after_all_costs_nobody_anything(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        vendor.shown[:], vendor.verdict = vendor.hidden, lambda _: Failed("moderated", "no")
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        await it.parking.tend()

        settled = await it.store.parked.of_task(task.id)
        assert settled is not None
        assert settled.outcome is Outcome.FAILED
        assert list(await it.store.parked.losses(since=0)) == []

    lost(tmp_path, work)


def test_a_running_job_that_was_called_off_is_stopped_and_any_other_is_waited_for(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        made, vendor.verdict = vendor.verdict, running
        await parked(it, task)
        vendor.shown[:] = vendor.hidden
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        await it.parking.tend()
        assert vendor.calls["cancel"] == 0
        vendor.verdict = made
        await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS + 1)
        await it.parking.tend()

        assert (await it.ended(task.id)).state is State.SUCCEEDED

    lost(tmp_path, work)


def test_what_nobody_finds_is_left_to_the_operator_in_the_end(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        await it.seconds_pass(limits.LATE_WATCH_SECONDS + 1)
        assert await it.parking.tend() == 1
        await it.seconds_pass(limits.LATE_WATCH_SECONDS)
        assert await it.parking.tend() == 0

        assert await it.store.parked.counts() == {"dashscope": 1}

    lost(tmp_path, work, taken=False)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_operator_settles_what_is_parked(verdict: Verdict, tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        settling = Settling(it.store, it.clock, CATALOG, {"dashscope": "dashscope"})
        await settling.one(task.id, verdict, vendor.hidden[0] if verdict is Verdict.ADOPT else "")
        await it.parking.tend()

        ended = await it.store.get(task.id)
        assert ended is not None
        assert ended.state is (State.SUCCEEDED if verdict is Verdict.ADOPT else State.FAILED)
        lost_micros = [loss.micros for loss in await it.store.parked.losses(since=0)]
        assert lost_micros == ([] if verdict is Verdict.NOT_TAKEN else [LIST_PRICE])
        assert await it.store.parked.counts() == {}
        with pytest.raises(ValueError, match="only an unknown or parked submission can be settled"):
            await settling.one(task.id, verdict)

    lost(tmp_path, work)


def test_the_operator_settles_everything_of_an_account_at_once(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        vendor.outcome = [OutcomeUnknown("again")]
        second = await it.store.create(for_vendor(task_id="task_two"))
        await it.until(second.id, lambda now: now.state is State.UNKNOWN and now.lease_owner is None)
        settling = Settling(it.store, it.clock, CATALOG, {"dashscope": "dashscope"})

        told = await settling.all_of("dashscope", Verdict.GIVE_UP)

        assert {name for name, _ in told} == {task.id, second.id}
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE, LIST_PRICE]
        assert (await it.store.money.balance(task.project_id)).held == 0

    lost(tmp_path, work)


def test_the_hold_of_a_task_whose_account_is_gone_ends_and_its_bill_is_known(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await it.conductor.aclose()
        gone = Studio(tmp_path, Actors(tmp_path), it.clock)
        expiry = Expiry(it.store, gone.conductor.owed, it.clock)
        it.clock.pass_seconds(limits.UNKNOWN_SECONDS - 1)
        assert await expiry.sweep() == 0
        it.clock.pass_seconds(120)
        assert await expiry.sweep() == 1

        assert (await it.ended(task.id)).error_code == "submission_unknown"
        assert await money(it.store, task) == HELD_AND_RELEASED
        assert await it.store.delete(task.id)
        await Settling(it.store, it.clock, CATALOG, {}).one(task.id, Verdict.GIVE_UP)
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    lost(tmp_path, work)


def test_what_is_called_off_at_an_account_that_is_gone_keeps_its_bill(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await it.conductor.aclose()
        gone = Studio(tmp_path, Actors(tmp_path), it.clock)
        await it.store.request_cancel(task.id, at=it.clock.now(), owed=gone.conductor.owed)
        found = await it.store.parked.of_task(task.id)
        assert (found.owed_micros if found else None) == LIST_PRICE

    lost(tmp_path, work)


def test_what_waits_for_an_account_that_is_gone_expires_too(tmp_path: Path) -> None:
    async def main() -> None:
        async with Studio(tmp_path, Actors(tmp_path), HandClock()).working() as it:
            task = await it.store.create(for_vendor("sold"))
            expiry = Expiry(it.store, it.conductor.owed, it.clock)
            it.clock.pass_seconds(limits.TASK_DEADLINE_SECONDS)
            assert await expiry.sweep() == 0
            it.clock.pass_seconds(1)
            assert await expiry.sweep() == 1
            assert ((await it.ended(task.id)).state, await money(it.store, task)) == (State.EXPIRED, HELD_AND_RELEASED)

    asyncio.run(main())


def test_a_late_success_that_cannot_be_paid_is_kept_at_the_operators_cost(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        project = Project(id=task.project_id, name="poor", created_at=it.clock.now(), floor_micros=0)
        await it.store.projects.add(project, Act("test", it.clock.now(), "project.create"))
        vendor.shown[:] = vendor.hidden
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        await it.parking.tend()

        done = await it.ended(task.id)
        assert (done.state, done.charged_micros) == (State.SUCCEEDED, 0)
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    lost(tmp_path, work, late="charge")


def test_a_settled_submission_is_settled_once(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        await parked(it, task)
        one = await it.store.parked.of_task(task.id)
        assert one is not None
        await it.store.parked.settle(one, Outcome.NOT_TAKEN, at=it.clock.now())
        with pytest.raises(Stale):
            await it.store.parked.settle(one, Outcome.WRITTEN_OFF, at=it.clock.now())
        vendor.shown[:], vendor.verdict = vendor.hidden, lambda _: Succeeded()
        assert await it.parking.tend() == 0
        assert replace(one, due_at=None).attempt_id == task.attempt_id

    lost(tmp_path, work)


class Unstoppable(Vendor):
    """A vendor that continues a cancelled job, as relays do."""

    async def cancel(self, ref: str) -> None:
        """Count the call."""
        self.calls["cancel"] += 1


def called_off(folder: Path, vendor: Vendor, work: Work) -> None:
    """Run a test with a task that its client cancelled while a vendor had its job."""

    async def main() -> None:
        vendor.verdict = running
        async with Studio(folder, Actors(folder), HandClock(), vendors=(vendor,)).working() as it:
            task = await it.store.create(for_vendor())
            await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            await it.store.request_cancel(task.id, at=it.clock.now())
            await it.seconds_pass(limits.VENDOR_POLL_SECONDS)
            ended = await it.ended(task.id)
            assert (ended.state, await money(it.store, task)) == (State.CANCELLED, HELD_AND_RELEASED)
            await work(it, vendor, ended)

    asyncio.run(main())


def test_a_job_that_goes_on_after_its_cancel_is_kept_and_the_operators_loss(tmp_path: Path) -> None:
    vendor = Unstoppable(tmp_path, "dashscope", late="charge")
    made = vendor.verdict

    async def work(it: Studio, _: Vendor, task: Task) -> None:
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        assert await it.parking.tend() == 1
        settling = Settling(it.store, it.clock, CATALOG, {"dashscope": "dashscope"})
        assert await settling.all_of("dashscope", Verdict.GIVE_UP) == []  # it is known, and followed
        assert list(await it.store.parked.losses(since=0)) == []
        vendor.verdict = made
        await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS + 1)
        assert await it.parking.tend() == 1

        kept = await it.store.get(task.id)
        assert kept is not None
        assert (kept.state, kept.charged_micros, kept.output is not None) == (State.CANCELLED, 0, True)
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]
        assert await money(it.store, task) == HELD_AND_RELEASED
        assert await it.store.parked.counts() == {}
        assert it.router.health[vendor.name].late == 1

    called_off(tmp_path, vendor, work)


def test_a_job_that_its_vendor_stopped_costs_nobody_anything(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Vendor, task: Task) -> None:
        for _ in range(2):  # one that is not known for a moment only may go on
            assert await it.store.parked.counts() == {"dashscope": 1}
            assert await it.store.parked.unclear() == {}
            await it.seconds_pass(limits.VENDOR_MISSED_SECONDS + 1)
            assert await it.parking.tend() == 1

        settled = await it.store.parked.of_task(task.id)
        assert settled is not None
        assert settled.outcome is Outcome.FAILED
        assert list(await it.store.parked.losses(since=0)) == []
        assert it.router.health[vendor.name].odd == 0

    called_off(tmp_path, Vendor(tmp_path, "dashscope"), work)


def test_a_job_that_its_vendor_knows_again_after_its_task_failed_is_taken_over(tmp_path: Path) -> None:
    async def main() -> None:
        vendor = Vendor(tmp_path, "dashscope")
        made, vendor.verdict = vendor.verdict, running
        async with Studio(tmp_path, Actors(tmp_path), HandClock(), vendors=(vendor,)).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            vendor.verdict = lambda _: NotFound()
            await it.seconds_pass(limits.VENDOR_WATCH_MAX_SECONDS)
            await it.until(task.id, lambda _: it.router.health["dashscope"].odd > 0)
            await it.seconds_pass(limits.VENDOR_MISSED_SECONDS * 3)
            ended = await it.ended(task.id)
            assert (ended.state, ended.error_code) == (State.FAILED, "lost_upstream")

            vendor.verdict = made
            await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
            assert await it.parking.tend() == 1

            done = await it.ended(task.id)
            assert (done.state, done.charged_micros) == (State.SUCCEEDED, 0)
            assert await money(it.store, task) == HELD_AND_RELEASED
            assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    asyncio.run(main())


def test_the_loss_of_a_task_that_was_cancelled_and_deleted_has_its_price(tmp_path: Path) -> None:
    vendor = Unstoppable(tmp_path, "dashscope")
    made = vendor.verdict

    async def work(it: Studio, _: Vendor, task: Task) -> None:
        assert await it.store.delete(task.id)
        vendor.verdict = made
        await it.seconds_pass(limits.LOOK_SOON_SECONDS + 1)
        assert await it.parking.tend() == 1
        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    called_off(tmp_path, vendor, work)


@pytest.mark.parametrize("cancelled", [True, False])
def test_the_loss_of_an_unknown_submission_whose_task_was_deleted_has_its_price(
    cancelled: bool, tmp_path: Path
) -> None:
    async def work(it: Studio, _: Vendor, task: Task) -> None:
        if cancelled:
            await it.store.request_cancel(task.id, at=it.clock.now(), owed=it.conductor.owed)
        else:
            await parked(it, task)
        assert await it.store.delete(task.id)
        await Settling(it.store, it.clock, CATALOG, {"dashscope": "dashscope"}).one(task.id, Verdict.GIVE_UP)

        assert [loss.micros for loss in await it.store.parked.losses(since=0)] == [LIST_PRICE]

    lost(tmp_path, work)
