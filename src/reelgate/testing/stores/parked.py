"""What a store promises of submissions that outlive their task, and of losses at vendors."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.tasks.parked import Loss, Outcome, Parked
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.scripts import given_up
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, ReportOutcome, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW, OUTPUT, PRICE_MICROS, bring, money, sample_task

_LOOK = NOW + 2_000


async def _unknown(store: TaskStore, name: str) -> Task:
    return await bring(store, await store.create(sample_task(name, provider="vendor")), State.UNKNOWN)


async def _given_up(store: TaskStore, name: str) -> tuple[Task, Parked]:
    task = await store.move(await _unknown(store, name), "park", given_up(NOW, "submission_unknown", "nobody knows"))
    parked = await store.parked.of_task(task.id)
    if parked is None:
        raise AssertionError("a submission that was given up is parked")
    return task, parked


def _loss(parked: Parked, micros: int | None = 5) -> Loss:
    return Loss(
        parked.attempt_id, parked.task_id, parked.project_id, parked.provider, parked.model, micros, NOW, "late"
    )


async def check_giving_up(store: TaskStore) -> None:
    """A submission that is given up ends its task with its money back, and is parked in the same transaction."""
    task, parked = await _given_up(store, "one")
    expect_equal(
        (task.state, task.error_code, task.charged_micros), (State.FAILED, "submission_unknown", 0), "the task"
    )
    expect_equal(await money(store, task), [("hold", PRICE_MICROS), ("release", PRICE_MICROS)], "its money")
    expect_equal((parked.attempt_id, parked.provider, parked.due_at), (task.attempt_id, "vendor", _LOOK), "the parked")
    expect_equal(await store.parked.counts(), {"vendor": 1}, "how many are parked")


async def check_calling_off(store: TaskStore) -> None:
    """A cancel of an unknown task ends it at once, parks its submission, and lets it be deleted."""
    task = await _unknown(store, "one")
    called_off = await store.request_cancel(task.id, at=NOW)
    expect_equal(called_off.state if called_off else None, State.CANCELLED, "an unknown task that is called off")
    expect_equal(await money(store, task), [("hold", PRICE_MICROS), ("release", PRICE_MICROS)], "its money")
    expect(await store.delete(task.id), "what was called off can be deleted")
    parked = await store.parked.of_task(task.id)
    expect_equal(parked.outcome if parked else None, Outcome.OPEN, "a submission outlives its task")


async def check_calling_off_what_runs(store: TaskStore) -> None:
    """A job at its vendor is parked with what names it there: it may go on, and that is known."""
    task = await bring(store, await store.create(sample_task("one", provider="vendor")), State.SUBMITTING)
    accepted = Change(at=NOW, due_in_ms=0, attempt_id=task.attempt_id, upstream_ref="up1")
    task = await store.move(task, "accept", replace(accepted, attempt_state=AttemptState.ACCEPTED))
    task = await store.move(task, "cancel", given_up(NOW, "cancelled", "the client cancelled it"))
    expect_equal(await money(store, task), [("hold", PRICE_MICROS), ("release", PRICE_MICROS)], "its money")
    parked = await store.parked.of_task(task.id)
    expect_equal(parked.upstream_ref if parked else None, "up1", "what names its job")
    expect_equal(await store.parked.counts(), {"vendor": 1}, "how many are parked")
    expect_equal(await store.parked.unclear(), {}, "how many may be at their vendor or not")
    if parked is not None:
        await store.parked.put_off(parked, due_at=None)
    expect_equal(await store.parked.unclear(), {"vendor": 1}, "how many are left to the operator")


async def check_parked_in_turn(store: TaskStore) -> None:
    """What is due is taken once; it comes due again, is put off, heard of, and settled once, with its loss."""
    task, _ = await _given_up(store, "one")
    early = await store.parked.claim("vendor", now=_LOOK - 1, until=NOW, limit=9)
    expect_equal(list(early), [], "what is not due yet")
    (taken,) = await store.parked.claim("vendor", now=_LOOK, until=_LOOK + 10, limit=9)
    again = await store.parked.claim("vendor", now=_LOOK + 9, until=NOW, limit=9)
    expect_equal(list(again), [], "what somebody has in hand")
    expect_equal(await store.parked.unclear(), {"vendor": 1}, "how many may be at their vendor or not")
    await store.parked.put_off(taken, due_at=None)
    expect_equal(list(await store.parked.claim("vendor", now=2**60, until=2**60, limit=9)), [], "the operator's own")
    heard = await store.hear(task.attempt_id or "", ref="up1", at=NOW + 5)
    expect_equal(heard, ReportOutcome.NOTED, "a vendor's word about a parked submission")
    (known,) = await store.parked.claim("vendor", now=NOW + 5, until=NOW + 99, limit=9)
    (attempt,) = await store.attempts(task.id)
    expect_equal((known.upstream_ref, attempt.heard), (None, "up1\n"), "the reference that was heard, with its attempt")
    for micros in (5, 7):
        settling = store.parked.settle(known, Outcome.WRITTEN_OFF, at=NOW + 6, loss=_loss(known, micros))
        if micros == 5:
            await settling
        else:
            await expect_raises(Stale, settling, "settling twice")
    expect_equal(list(await store.parked.losses(since=NOW)), [_loss(known)], "the losses")
    expect_equal(list(await store.parked.losses(since=NOW + 1)), [], "later losses")
    expect_equal(list(await store.parked.open_ones(limit=9)), [], "what is open")


async def check_late_success(store: TaskStore) -> None:
    """A parked submission that was made after all gives its task the video, once; money moves only where told to."""
    for name, charged in (("free", None), ("paid", 300_000)):
        task, parked = await _given_up(store, name)
        change = Change(
            at=NOW + 9,
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.DONE,
            output=OUTPUT,
            settled=Outcome.LATE,
            loss=None if charged else _loss(parked),
            charged_micros=charged,
        )
        made = await store.move(task, "adopt_late", change)
        told = (made.state, made.output, made.error_code, made.charged_micros)
        expect_equal(told, (State.SUCCEEDED, OUTPUT, None, charged or 0), f"a late success, {name}")
        await expect_raises(Stale, store.move(task, "adopt_late", change), "a late success, twice")
    expect_equal(len(await store.parked.losses(since=0)), 1, "losses of late successes")
    balance = await store.money.balance("project")
    expect_equal((balance.held, balance.charged), (0, 300_000), "what is held and charged after late successes")
    expect_equal(list(await store.money.check()), [], "discrepancies after late successes")


async def check_forgetting(store: TaskStore) -> None:
    """What is parked goes with its task once it is settled, and is settled without it where that was deleted first."""
    for name, deleted_first in (("one", False), ("two", True)):
        task, parked = await _given_up(store, name)
        if deleted_first:
            expect(await store.delete(task.id), "a task whose submission is open can be deleted")
        await store.parked.settle(parked, Outcome.WRITTEN_OFF, at=NOW + 6, loss=_loss(parked))
        if not deleted_first:
            kept = await store.parked.of_task(task.id)
            expect_equal(kept.outcome if kept else None, Outcome.WRITTEN_OFF, "what is settled, beside its task")
            expect(await store.delete(task.id), "a task whose submission is settled can be deleted")
        expect_equal(await store.parked.of_task(task.id), None, "what is settled of a deleted task")
        await expect_raises(Stale, store.parked.settle(parked, Outcome.LATE, at=NOW + 7), "settling what is forgotten")
    expect_equal(len(await store.parked.losses(since=NOW)), 2, "the losses of deleted tasks")


async def check_what_parts_cost(store: TaskStore) -> None:
    """What a video's parts cost is lost once the video ends unpaid, and not while it is open or once it is paid."""
    for name, edge, lost in (("paid", "finish", 0), ("unpaid", "fail", 1), ("cancelled", "cancel", 2)):
        task = await bring(store, await store.create(sample_task(name)), State.COLLECTING)
        part = Loss(task.attempt_id or "", task.id, task.project_id, task.provider, task.model, 5, NOW, "part 1 of 2")
        change = Change(at=NOW, due_in_ms=0, attempt_id=task.attempt_id, attempt_state=AttemptState.DONE, loss=part)
        task = await store.move(task, "go_on", change)
        before = len(await store.parked.losses(since=0))
        if edge == "finish":
            for step, attempt in (("submit", "second"), ("accept", None), ("deliver", None)):
                task = await store.move(task, step, Change(at=NOW, due_in_ms=0, attempt_id=attempt))
        task = await store.move(task, edge, Change(at=NOW, output=OUTPUT if edge == "finish" else None))
        expect_equal((before, len(await store.parked.losses(since=0))), (max(0, lost - 1), lost), f"losses, {name}")
        expect(await store.delete(task.id), "an ended task can be deleted")
        expect_equal(len(await store.parked.losses(since=0)), lost, f"losses of a deleted task, {name}")


async def check_held_too_long(store: TaskStore) -> None:
    """A hold's end is kept with its task, forgotten with a new start, and found when it is over."""
    task = await store.create(sample_task("one"))
    task = await store.move(task, "submit", Change(at=NOW, due_in_ms=0, attempt_id="a", hold_until=NOW + 5))
    expect_equal(task.hold_until, NOW + 5, "the end of a hold")
    expect_equal(list(await store.held_too_long(now=NOW + 9, before=NOW + 9, limit=9)), [], "what is being submitted")
    task = await store.move(task, "lose_sight", Change(at=NOW, due_in_ms=0))
    known = [one.id for one in await store.unknown_at("animatic", limit=9)]
    expect_equal(known, [task.id], "an account's unknown tasks")
    found = await store.held_too_long(now=NOW + 9, before=NOW + 6, limit=9)
    expect_equal([late.id for late in found], [task.id], "holds that are over")
    expect_equal(list(await store.held_too_long(now=NOW + 9, before=NOW + 5, limit=9)), [], "holds that are not")
    task = await store.move(task, "disown", Change(at=NOW, due_in_ms=0))
    expect_equal(task.hold_until, None, "the end of the hold of a task that starts over")


PARKED_CHECKS = (
    check_giving_up,
    check_calling_off,
    check_calling_off_what_runs,
    check_parked_in_turn,
    check_late_success,
    check_forgetting,
    check_what_parts_cost,
    check_held_too_long,
)
