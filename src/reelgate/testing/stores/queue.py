"""What a store promises of claims, leases and cancellation."""

from __future__ import annotations

import asyncio

import msgspec
from msgspec.structs import replace

from reelgate.ids import uuid7
from reelgate.tasks.durations import Durations
from reelgate.tasks.lists import Everywhere
from reelgate.tasks.pauses import Pause
from reelgate.tasks.projects import Act, AuditFilter
from reelgate.tasks.record import AttemptState
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, ReportOutcome, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import LEASE_MS, NOW, PRICE_MICROS, bring, claim, money, sample_task


async def check_claims(store: TaskStore) -> None:
    """A claim takes due tasks of its provider and states, oldest due first, and nobody else gets them."""
    for name, age in (("young", 1), ("old", 3), ("middle", 2), ("future", -1)):
        await store.create(sample_task(name, created_at=NOW - age))
    await store.create(sample_task("foreign", provider="other"))
    await bring(store, await store.create(sample_task("running")), State.RUNNING)
    got = await claim(store, limit=2)
    expect_equal({task.id for task in got}, {"task_old", "task_middle"}, "the two that were due longest")
    expect_equal({(task.fence, task.lease_owner) for task in got}, {(1, "worker")}, "fence and owner of a claim")
    expect_equal([task.id for task in await claim(store, "other")], ["task_young"], "what another owner gets")
    expect_equal(await claim(store), [], "tasks in hand, claimed again by their owner")
    moving = await claim(store, states=(State.RUNNING, State.COLLECTING))
    expect_equal([task.id for task in moving], ["task_running"], "a claim of other states")
    after = await claim(store, "third", now=NOW + LEASE_MS)
    expect_equal(len(after), 4, "tasks whose lease ran out, and the one that is due by now")
    old = next(task for task in got if task.id == "task_old")
    await expect_raises(Stale, store.move(old, "fail", Change(at=NOW)), "a move of a worker that lost its lease")


async def check_race(store: TaskStore) -> None:
    """Of many claimers at once, no two get the same task."""
    await asyncio.gather(*(store.create(sample_task(str(number))) for number in range(60)))
    rounds = await asyncio.gather(*(claim(store, f"owner{number}", limit=10) for number in range(12)))
    taken = [task.id for got in rounds for task in got]
    expect_equal(len(taken), len(set(taken)), "tasks claimed, against different tasks claimed")
    rest = await claim(store, "last")
    expect_equal(len(taken) + len(rest), 60, "all tasks claimed in the end")


async def check_leases(store: TaskStore) -> None:
    """A lease can be kept, renewed, listed and given back."""
    await store.create(sample_task())
    (task,) = await claim(store)
    await store.renew(task, until=NOW + 2 * LEASE_MS)
    expect_equal(await claim(store, now=NOW + LEASE_MS), [], "a renewed task in hand")
    task = await store.move(task, "submit", Change(at=NOW, due_in_ms=10, release=False, attempt_id="a"))
    expect_equal([held.id for held in await store.leased("worker")], [task.id], "what the owner holds")
    expect_equal(await store.leased("worker", states=(State.QUEUED,)), [], "what the owner holds in another state")
    states = (State.SUBMITTING,)
    expect_equal(await claim(store, "other", now=NOW + 10, states=states), [], "a kept lease, to another owner")
    (task,) = await claim(store, now=NOW + 10, states=states)
    expect_equal(await store.release_leases("worker", now=NOW + 20), 1, "leases given back")
    await expect_raises(Stale, store.renew(task, until=NOW + LEASE_MS), "a lease that was given back")
    await expect_raises(Stale, store.move(task, "accept", Change(at=NOW)), "a move after the lease was given back")
    expect_equal(len(await claim(store, "other", now=NOW + 20, states=states)), 1, "the next owner's claim")
    (again,) = await claim(store, "other", now=NOW + 20 + 2 * LEASE_MS, states=states)
    (newer,) = await claim(store, "other", now=NOW + 20 + 4 * LEASE_MS, states=states)
    stale = store.renew(again, until=NOW + 9 * LEASE_MS)
    await expect_raises(Stale, stale, "a lease that the same owner has taken anew since")
    await store.renew(newer, until=NOW + 9 * LEASE_MS)


async def check_wrong_clock(store: TaskStore) -> None:
    """What was put off by a clock that was ahead is due again; what waits rightly, or is claimed, stays."""
    day = 86_400_000
    for name, created in (("ahead", NOW + day), ("soon", NOW + 600_000), ("held", NOW)):
        await store.create(replace(sample_task(name), created_at=created))
    (held,) = await claim(store, now=NOW)
    expect_equal(await store.unfreeze(now=NOW, margin_ms=900_000, grown=True), 1, "tasks that are due again")
    expect_equal([task.id for task in await claim(store, "other", now=NOW)], ["task_ahead"], "what is due now")
    expect_equal(await store.unfreeze(now=NOW, margin_ms=60_000, grown=False), 1, "tasks that wait for over a minute")
    await store.renew(held, until=NOW + day)
    expect_equal(await store.free_leases(now=NOW, latest=NOW + 300_000), 1, "leases of the future")
    await expect_raises(Stale, store.renew(held, until=NOW + LEASE_MS), "a lease that was given back")


async def check_long_step(store: TaskStore) -> None:
    """A step that outlasts its first lease stays claimed as long as its lease is renewed."""
    await store.create(sample_task())
    (task,) = await claim(store)
    task = await store.move(task, "submit", Change(at=NOW + 1, due_in_ms=LEASE_MS, release=False, attempt_id="a"))
    await store.renew(task, until=NOW + 3 * LEASE_MS)
    later = NOW + 2 * LEASE_MS
    expect_equal(await claim(store, now=later, states=(State.SUBMITTING,)), [], "a long step, claimed by its owner")
    await store.request_cancel(task.id, at=later)
    expect_equal(await claim(store, now=later, states=(State.SUBMITTING,)), [], "a long step that was called off")
    moved = await store.move(task, "accept", Change(at=later))
    expect(moved.cancel_requested, "the step sees the mark in what its write returns")


async def check_cancel(store: TaskStore) -> None:
    """A queued task ends at once with its money, also if claimed; a moving one is marked and made due."""
    waiting = await store.create(sample_task())
    ended = await store.request_cancel(waiting.id, at=NOW + 1)
    expect(ended is not None and ended.state is State.CANCELLED, "a waiting task that is called off ends at once")
    settled = [("hold", PRICE_MICROS), ("release", PRICE_MICROS)]
    expect_equal(await money(store, waiting), settled, "a cancelled task's ledger")
    expect_equal(await store.request_cancel(waiting.id, at=NOW + 2), ended, "a second cancel")
    running = await bring(store, await store.create(sample_task("two")), State.RUNNING)
    running = await store.note_progress(running, progress=1, at=NOW, due_in_ms=60_000, release=True)
    expected = msgspec.structs.replace(running, cancel_requested=True, due_at=NOW + 3)
    expect_equal(await store.request_cancel(running.id, at=NOW + 3), expected, "a running task that was called off")
    await store.create(sample_task("three"))
    (held,) = await claim(store)
    gone = await store.request_cancel(held.id, at=NOW + 4)
    expect(gone is not None and gone.state is State.CANCELLED, "a queued task ends at once, even while a worker has it")
    late = store.move(held, "submit", Change(at=NOW + 5, attempt_id="late"))
    await expect_raises(Stale, late, "a submission of a task that was called off")
    expect_equal(await store.request_cancel("task_none", at=NOW), None, "an unknown task that was called off")


async def check_hearing(store: TaskStore) -> None:
    """A provider's own report makes a task due, and may name the job of an unknown outcome."""
    running = await bring(store, await store.create(sample_task()), State.SUBMITTING)
    change = Change(at=NOW, due_in_ms=60_000, attempt_id=running.attempt_id, attempt_state=AttemptState.ACCEPTED)
    running = await store.move(running, "accept", change)
    heard = await store.hear(str(running.attempt_id), ref="theirs", at=NOW + 5)
    expect_equal(heard, ReportOutcome.NOTED, "word of an attempt whose task is at its provider")
    expect_equal(await store.get(running.id), msgspec.structs.replace(running, due_at=NOW + 5), "a task heard of")
    expect_equal([a.upstream_ref for a in await store.attempts(running.id)], [None], "an accepted attempt's reference")
    lost = await bring(store, await store.create(sample_task("two")), State.SUBMITTING)
    change = Change(at=NOW, due_in_ms=60_000, attempt_id=lost.attempt_id, attempt_state=AttemptState.UNKNOWN)
    lost = await store.move(lost, "lose_sight", change)
    for ref in ("", "theirs", "another", "theirs"):
        await store.hear(str(lost.attempt_id), ref=ref, at=NOW + 6)
    told = [(a.upstream_ref, a.heard) for a in await store.attempts(lost.id)]
    expect_equal(told, [(None, "theirs\nanother\n")], "the references told, each once")
    (held,) = await claim(store, now=NOW + 6, states=(State.UNKNOWN,))
    heard = await store.hear(str(lost.attempt_id), ref="theirs", at=NOW + 7)
    expect_equal(heard, ReportOutcome.IN_HAND, "word of an attempt whose task is in hand")
    expect_equal(await claim(store, now=NOW + 7, states=(State.UNKNOWN,)), [], "a task in hand, heard of")
    expect_equal(held.due_at, NOW + 6 + LEASE_MS, "when a task in hand is due")
    heard = await store.hear("no such attempt", ref="theirs", at=NOW)
    expect_equal(heard, ReportOutcome.UNKNOWN, "word of an attempt that nobody made")
    expect_equal([task.id for task in await store.lists.newest(1)], [lost.id], "the newest task")
    await store.request_cancel((await store.create(sample_task("three"))).id, at=NOW)
    left = {"animatic": {State.RUNNING: 1, State.UNKNOWN: 1}}
    expect_equal(await store.open_tasks(), left, "open tasks by provider and state")


async def check_attempts_of_a_time(store: TaskStore) -> None:
    """The submissions of a time are found by their provider."""
    made = {}
    for name, at, provider in (("a", 1, "here"), ("b", 2, "here"), ("c", 2, "there"), ("d", 3, "here")):
        task = await store.create(sample_task(name, provider=provider))
        made[name] = uuid7(NOW + at)
        await store.move(task, "submit", Change(at=NOW + at, due_in_ms=0, attempt_id=made[name]))
    found = await store.attempts_between("here", NOW + 1, NOW + 2)
    expect_equal([attempt.id for attempt in found], [made["a"], made["b"]], "the attempts of a time")


async def check_durations(store: TaskStore) -> None:
    """What was learned of durations is kept by provider and sort; the last that was written stays."""
    ones = [Durations("here", f"sort {number}", ((1.5, 2.0),), NOW + number) for number in range(3)]
    await store.durations.keep(ones)
    changed = Durations("here", "sort 0", ((1.5, 2.0), (0.25, 3.0)), NOW + 9)
    await store.durations.keep([changed])
    await store.durations.keep([])
    expect_equal(await store.durations.all(), [ones[1], ones[2], changed], "the durations, the newest last")


async def check_hasten(store: TaskStore) -> None:
    """Running tasks that are not claimed come due sooner, and never later; others stay as they are."""
    for name in ("sooner", "later", "queued"):
        await store.create(sample_task(name))
    for name in ("sooner", "later"):
        task = await store.get(f"task_{name}")
        if task is not None:
            task = await bring(store, task, State.RUNNING)
            await store.note_progress(task, progress=1, at=NOW, due_in_ms=5000, release=True)
    await store.durations.hasten({"task_sooner": NOW + 10, "task_later": NOW + 9000, "task_queued": 1, "task_none": 1})
    await store.durations.hasten({})
    due = {name: task.due_at for name in ("sooner", "later", "queued") if (task := await store.get(f"task_{name}"))}
    expect_equal(due, {"sooner": NOW + 10, "later": NOW + 5000, "queued": NOW}, "when tasks are due")


async def check_pauses(store: TaskStore) -> None:
    """An account is paused once, with its newest reason, until it is resumed; the audit log has a line for each."""
    for reason in ("first", "second"):
        await store.pauses.pause(Pause("here", NOW, "ops", reason), Act("ops", NOW, "account.pause"))
    expect_equal(await store.pauses.all(), [Pause("here", NOW, "ops", "second")], "the paused accounts")
    await store.pauses.resume("here", Act("ops", NOW + 1, "account.resume"))
    await store.pauses.resume("there", Act("ops", NOW + 2, "account.resume"))
    expect_equal(await store.pauses.all(), [], "the paused accounts")
    await store.projects.note(Act("ops", NOW + 3, "task.cancel"), project_id="p", subject="task_a", after={"why": "x"})
    lines = await store.projects.audit(AuditFilter(actor="ops"))
    told = [(line.action, line.subject, line.after) for line in lines[:2]]
    expect_equal(told, [("task.cancel", "task_a", '{"why":"x"}'), ("account.resume", "there", None)], "the audit log")


async def check_everywhere(store: TaskStore) -> None:
    """An operator sees tasks of all projects, newest first, by what they ask for, page by page."""
    for name, provider, project in (("a", "here", "one"), ("b", "there", "two"), ("c", "here", "two")):
        await store.create(sample_task(name, provider=provider, project_id=project))
    found, more = await store.lists.everywhere(Everywhere(provider="here", limit=1))
    expect_equal([task.id for task in found], ["task_c"], "the first page")
    found, more = await store.lists.everywhere(Everywhere(provider="here", limit=9, before_seq=more or 0))
    expect_equal(([task.id for task in found], more), (["task_a"], None), "the last page")
    found, _ = await store.lists.everywhere(Everywhere(project_id="two", states=(State.QUEUED,)))
    expect_equal([task.id for task in found], ["task_c", "task_b"], "a project's")
    found, _ = await store.lists.everywhere(Everywhere(states=(State.FAILED,)))
    expect_equal(list(found), [], "those that failed")


QUEUE_CHECKS = (
    check_pauses,
    check_everywhere,
    check_durations,
    check_hasten,
    check_claims,
    check_race,
    check_leases,
    check_wrong_clock,
    check_long_step,
    check_cancel,
    check_hearing,
    check_attempts_of_a_time,
)
