"""Videos in parts that end otherwise than whole: what their client pays, and what the operator owes for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.reconciliation import Margin, margins
from reelgate.conductor.expiry import Expiry
from reelgate.conductor.settling import Settling, Verdict
from reelgate.providers.port import Job, NotSent, OutcomeUnknown
from reelgate.request import Mode, Order, Part
from reelgate.tasks.projects import Act, Project
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.sqlite import back_up
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import PRICE_MICROS, money
from tests.conductor.studio import CATALOG, Actors, HandClock, Studio, Vendor, for_vendor, running

FIRST, SECOND = 5 * 84_000, 5 * 84_000
"""What the vendor bills: five seconds, and then the two that those end with and three new ones."""
HELD_AND_RELEASED = [("hold", PRICE_MICROS), ("release", PRICE_MICROS)]
KINDS = {"wan": "dashscope"}
MAKER = "sora-2 by wan2.7-t2v, wan2.7-i2v"
LOST, WAITING = OutcomeUnknown("the line broke"), NotSent("busy", retry_after=3600.0)
Work = Callable[[Studio, "Second", Sequence[Task]], Awaitable[None]]


class Second(Vendor):
    """A vendor's account that takes first parts; the submission of any other one ends as `second` says."""

    second: Exception | None = None

    async def submit(self, job: Job) -> str:
        """Take a job, or fail as told."""
        order = job.request.order
        self.outcome = [self.second] if order and order.at else []
        return await super().submit(job)


def in_parts(name: str, parts: int = 2) -> NewTask:
    going_on = Part("wan2.7-i2v", "dashscope", "720p", "adaptive", 3, tail=2)
    wanted = (Part("wan2.7-t2v", "dashscope", "720p", "16:9", 5), *[going_on] * (parts - 1))
    order = Order("sora-2", "dashscope", Mode.TEXT, "720p", "16:9", 8, width=64, height=36, parts=wanted)
    new = for_vendor("wan", name)
    return replace(new, request=replace(new.request, model="wan2.7-t2v", duration=5, order=order))


def after_first_parts(
    folder: Path, work: Work, second: Exception, *, parts: Sequence[int], taken: bool = False, **rule: object
) -> None:
    """Run a test with videos whose first part is made; this is how the submission of their second ends."""

    async def main() -> None:
        vendor = Second(folder, "wan", **rule)
        vendor.second, vendor.taken_anyway = second, taken
        state = State.UNKNOWN if second is LOST else State.QUEUED
        async with Studio(folder, Actors(folder), HandClock(), vendors=(vendor,)).working() as it:
            project = Project(id="project", name="one", created_at=it.clock.now())
            await it.store.projects.add(project, Act("test", it.clock.now(), "project.create"))
            names = [(await it.store.create(in_parts(f"task_{n}", many))).id for n, many in enumerate(parts)]
            tasks = [
                await it.until(
                    name, lambda now: bool(now.request.order and now.request.order.at) and now.state is state
                )
                for name in names
            ]
            assert await losses(it) == {}
            await work(it, vendor, tasks)
            assert list(await it.store.money.check()) == []

    asyncio.run(main())


async def losses(it: Studio) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for loss in await it.store.parked.losses(since=0):
        found.setdefault(loss.task_id, []).append(loss.micros)
    return found


async def earned(it: Studio) -> Sequence[Margin]:
    return await margins(it.store, CATALOG, KINDS, free="animatic", since=0)


async def ended_unpaid(it: Studio, task: Task, state: State) -> None:
    ended = await it.ended(task.id)
    assert (ended.state, ended.charged_micros, ended.output) == (state, 0, None)
    assert await money(it.store, task) == HELD_AND_RELEASED


def test_whatever_ends_a_video_whose_second_part_was_lost_from_sight_the_first_is_the_operators_loss(
    tmp_path: Path,
) -> None:
    async def work(it: Studio, vendor: Second, tasks: Sequence[Task]) -> None:
        called_off, given_up = tasks
        await it.store.request_cancel(called_off.id, at=it.clock.now())
        await it.until(given_up.id, lambda now: now.lease_owner is None)
        await Settling(it.store, it.clock, CATALOG, KINDS).one(given_up.id, Verdict.GIVE_UP)
        await ended_unpaid(it, called_off, State.CANCELLED)
        await ended_unpaid(it, given_up, State.FAILED)
        assert await losses(it) == {called_off.id: [FIRST], given_up.id: [FIRST, SECOND]}
        assert await earned(it) == [Margin(MAKER, "wan", 0, 0, 0, lost=3, lost_cost=2 * FIRST + SECOND)]

    after_first_parts(tmp_path, work, LOST, parts=(2, 2))


def test_a_second_part_that_only_waits_ends_so_too(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Second, tasks: Sequence[Task]) -> None:
        called_off, late = tasks
        await it.store.request_cancel(called_off.id, at=it.clock.now())
        await ended_unpaid(it, called_off, State.CANCELLED)
        await it.conductor.aclose()
        assert await losses(it) == {called_off.id: [FIRST]}
        it.clock.pass_seconds(limits.TASK_DEADLINE_SECONDS + 1)
        await Expiry(it.store, it.conductor.owed, it.clock).sweep()

        await ended_unpaid(it, late, State.EXPIRED)
        assert await losses(it) == {called_off.id: [FIRST], late.id: [FIRST]}

    after_first_parts(tmp_path, work, WAITING, parts=(2, 2))


def test_a_whole_video_costs_all_its_parts_and_none_of_them_is_lost(tmp_path: Path) -> None:
    async def work(it: Studio, vendor: Second, tasks: Sequence[Task]) -> None:
        vendor.second = None
        await it.seconds_pass(3601)
        done = await it.ended(tasks[0].id)

        assert (done.state, done.charged_micros) == (State.SUCCEEDED, PRICE_MICROS)
        assert await losses(it) == {}
        assert await earned(it) == [Margin(MAKER, "wan", 1, PRICE_MICROS, FIRST + SECOND)]
        assert await it.store.delete(done.id)
        assert await losses(it) == {}

    after_first_parts(tmp_path, work, WAITING, parts=(2,))


@pytest.mark.parametrize(("rule", "charged"), [("refund", 0), ("charge", PRICE_MICROS)])
def test_a_last_part_that_is_found_late_makes_the_video_and_any_other_is_the_operators_loss(
    rule: str, charged: int, tmp_path: Path
) -> None:
    async def work(it: Studio, vendor: Second, tasks: Sequence[Task]) -> None:
        whole, open_ended = tasks
        refs = {task.id: f"{task.attempt_id}" for task in tasks}
        vendor.shown.clear()
        await it.seconds_pass(limits.UNKNOWN_SECONDS + 1)
        for task in tasks:
            await it.ended(task.id)
            await it.store.hear(refs[task.id], ref=refs[task.id], at=it.clock.now())
        await it.parking.tend()

        done = await it.store.get(whole.id)
        assert done is not None
        assert done.output is not None
        assert (done.state, done.charged_micros, done.output.duration) == (State.SUCCEEDED, charged, 8)
        await ended_unpaid(it, open_ended, State.FAILED)
        assert await losses(it) == {open_ended.id: [FIRST, SECOND]} | ({} if charged else {whole.id: [FIRST, SECOND]})
        assert vendor.calls["submit"] == 4

    after_first_parts(tmp_path, work, LOST, parts=(2, 3), taken=True, late=rule)


def test_a_part_that_a_copys_original_may_have_ordered_is_not_ordered_again(tmp_path: Path) -> None:
    async def main() -> None:
        vendor, clock, copy = Vendor(tmp_path, "wan"), HandClock(), tmp_path / "copy"
        made, vendor.verdict = vendor.verdict, running
        copy.mkdir()
        async with Studio(tmp_path, Actors(tmp_path), clock, vendors=(vendor,)).working() as it:
            task = await it.store.create(in_parts("task_one"))
            await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            back_up(tmp_path / "journal.db", copy / "journal.db")
            vendor.verdict = made
            await it.seconds_pass(limits.VENDOR_POLL_SECONDS)
            await it.until(task.id, lambda now: now.attempts == 2 and now.state is not State.SUBMITTING)
            first = (await it.store.attempts(task.id))[0]
        vendor.jobs.add(first.upstream_ref or "")

        async with Studio(copy, Actors(copy), clock, vendors=(vendor,)).working() as again:
            await again.seconds_pass(limits.VENDOR_POLL_SECONDS)
            task = await again.until(task.id, lambda now: now.attempts == 2 and now.state is not State.SUBMITTING)
            assert (task.state, vendor.calls["submit"]) == (State.UNKNOWN, 2)

            await Settling(again.store, clock, CATALOG, KINDS).one(task.id, Verdict.NOT_TAKEN)
            again.conductor.wake()
            await again.until(task.id, lambda now: now.attempts == 3)
            assert (await again.ended(task.id)).state is State.SUCCEEDED

    asyncio.run(main())
