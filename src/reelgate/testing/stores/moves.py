"""What a store promises of creates and moves: states, events, attempts, money."""

from __future__ import annotations

import asyncio

import msgspec

from reelgate.errors import StoreError
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import EDGES, Edge, Settlement, State
from reelgate.tasks.store import Change, DuplicateId, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW, OUTPUT, PRICE_MICROS, bring, money, moves, sample_task

_HOLD, _RELEASE, _CAPTURE = ("hold", PRICE_MICROS), ("release", PRICE_MICROS), ("capture", PRICE_MICROS)


async def check_create(store: TaskStore) -> None:
    """A new task is there at once, whole, with its hold and its first event."""
    task = await store.create(sample_task())
    expect_equal(await store.get(task.id), task, "a created task read back")
    expect_equal((task.state, task.due_at, task.fence), (State.QUEUED, NOW, 0), "state, due time, fence of a new task")
    expect_equal(await money(store, task), [_HOLD], "a new task's ledger")
    expect_equal(await moves(store, task), [("create", None, "queued")], "a new task's events")
    later = await store.create(sample_task("two"))
    expect(later.seq > task.seq, "seq grows with every insert")
    expect_equal(await store.get("task_none"), None, "an unknown task")


async def check_duplicates(store: TaskStore) -> None:
    """An id is given once, also within a group and after its task was deleted; neighbours don't suffer."""
    group = [sample_task(), sample_task(), sample_task("bad", price_micros=-1), sample_task("good")]
    outcomes = await asyncio.gather(*map(store.create, group), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    expect_equal(kinds, [Task, DuplicateId, StoreError, Task], "outcomes of first, same id, refused price and good")
    expect_equal(await store.get("task_bad"), None, "a task that was refused")
    task = await store.get("task_one")
    if task is None:
        raise AssertionError("the first of two tasks with one id is there")
    task = await bring(store, task, State.SUCCEEDED)
    await store.delete(task.id)
    await expect_raises(DuplicateId, store.create(sample_task()), "the id of a deleted task")
    expect_equal(await store.get(task.id), None, "what a refused duplicate left")


async def check_edges(store: TaskStore) -> None:
    """Every edge moves the state, writes its event, and settles the money exactly at an end."""
    for number, edge in enumerate(EDGES):
        task = await bring(store, await store.create(sample_task(f"edge{number}")), edge.source)
        before = await moves(store, task)
        moved = await store.move(task, edge.name, Change(at=NOW + 1, due_in_ms=5))
        expect_equal(moved.state, edge.target, f"the state after {edge.name}")
        expect_equal(await store.get(task.id), moved, f"what {edge.name} returned, read back")
        expect_equal(await moves(store, task), [*before, (edge.name, edge.source, edge.target)], "the events")
        expect_equal(await money(store, task), _settled(edge), f"the ledger after {edge.name} from {edge.source}")
        ended = moved.state.ended
        expect_equal(moved.finished_at, NOW + 1 if ended else None, f"finished_at after {edge.name}")
        expect_equal(moved.due_at, None if ended else NOW + 6, f"due_at after {edge.name}")


async def check_guards(store: TaskStore) -> None:
    """A move from an old state, under an old fence or along no edge writes nothing."""
    queued = await store.create(sample_task())
    task = await store.move(queued, "submit", Change(at=NOW, due_in_ms=0, attempt_id="a"))
    before = (await store.get(task.id), await store.events(task.id), await store.attempts(task.id))
    change = Change(at=NOW, attempt_id="b")
    await expect_raises(Stale, store.move(queued, "submit", change), "a move from an old state")
    await expect_raises(Stale, store.move(queued, "fail", change), "an end from an old state")
    await expect_raises(KeyError, store.move(task, "finish", change), "a move along no edge")
    behind = msgspec.structs.replace(task, fence=task.fence + 1)
    await expect_raises(Stale, store.move(behind, "accept", change), "a move under another fence")
    note = store.note_progress(behind, progress=50, at=NOW, due_in_ms=0, release=True)
    await expect_raises(Stale, note, "progress under another fence")
    after = (await store.get(task.id), await store.events(task.id), await store.attempts(task.id))
    expect_equal(after, before, "a task after refused moves")


async def check_progress(store: TaskStore) -> None:
    """Progress never goes backwards, also where a task starts over, and ends at 100; the first start stays."""
    task = await bring(store, await store.create(sample_task()), State.SUBMITTING)
    task = await store.move(task, "accept", Change(at=NOW, due_in_ms=0, upstream_ref="up1"))
    expect_equal((task.started_at, task.upstream_ref), (NOW, "up1"), "started_at and upstream job of a running task")
    for reported, kept in ((40, 40), (10, 40), (60, 60)):
        task = await store.note_progress(task, progress=reported, at=NOW, due_in_ms=9, release=True)
        expect_equal((task.progress, task.due_at), (kept, NOW + 9), f"progress and due time after {reported} %")
    for odd, at, places in ((True, 1, 1), (None, 2, 1), (True, 3, 0), (False, 4, 1), (True, 5, 1)):
        task = await store.note_progress(task, progress=60, at=NOW + at, due_in_ms=9, release=True, odd=odd)
        taken = await store.open_jobs(task.provider, odd_before=NOW + at - 2)
        expect_equal(taken, places, f"places taken {at} ms later, a job not understood: {odd}")
    task = await store.move(task, "lose_render", Change(at=NOW, due_in_ms=0))
    expect_equal((task.progress, task.upstream_ref), (60, None), "progress and upstream job of a task that starts over")
    for name in ("submit", "accept", "deliver", "finish"):
        task = await store.move(task, name, Change(at=NOW + 5, due_in_ms=0, attempt_id="second"))
    expect_equal((task.progress, task.started_at), (100, NOW), "progress and started_at of a finished task")
    late = store.note_progress(task, progress=50, at=NOW, due_in_ms=0, release=True)
    await expect_raises(Stale, late, "progress of a task that has ended")


async def check_attempts(store: TaskStore) -> None:
    """An attempt is written down with the move that makes it and follows the task's later moves."""
    task = await store.create(sample_task())
    staged = msgspec.structs.replace(task.request, prompt="staged")
    nothing = Change(at=NOW, attempt_state=AttemptState.LOST)
    await expect_raises(ValueError, store.move(task, "fail", nothing), "news of an attempt that was never made")
    task = await store.move(task, "submit", Change(at=NOW, due_in_ms=0, attempt_id="a1", request=staged))
    expect_equal(task.request, staged, "the staged request")
    task = await store.move(task, "put_back", Change(at=NOW, due_in_ms=0, attempt_state=AttemptState.REJECTED))
    task = await store.move(task, "submit", Change(at=NOW + 1, due_in_ms=0, attempt_id="a2"))
    accepted = Change(at=NOW + 2, due_in_ms=0, attempt_state=AttemptState.ACCEPTED, upstream_ref="up2\0")
    task = await store.move(task, "accept", accepted)
    expect_equal((task.attempts, task.attempt_id, task.upstream_ref), (2, "a2", "up2"), "a task's second attempt")
    rows = [(a.id, a.number, a.provider, a.state, a.upstream_ref) for a in await store.attempts(task.id)]
    first = ("a1", 1, "animatic", AttemptState.REJECTED, None)
    expect_equal(rows, [first, ("a2", 2, "animatic", AttemptState.ACCEPTED, "up2")], "the attempts")


async def check_results(store: TaskStore) -> None:
    """A finished task keeps its output and charge, a failed one its error, whatever characters a vendor sent."""
    task = await bring(store, await store.create(sample_task()), State.COLLECTING)
    for charge in (PRICE_MICROS + 1, -1):
        change = Change(at=NOW, charged_micros=charge)
        await expect_raises(ValueError, store.move(task, "finish", change), f"a charge of {charge}")
    task = await store.move(task, "finish", Change(at=NOW, output=OUTPUT, charged_micros=300_000))
    expect_equal(task.output, OUTPUT, "a finished task's output")
    lines = [_HOLD, ("capture", 300_000), ("release", PRICE_MICROS - 300_000)]
    expect_equal(await money(store, task), lines, "the ledger of a task that cost less than was held")
    odd = Change(at=NOW, error_code="vendor\0", error_message="坏\0\ud800了", note="\0")
    failed = await store.move(await store.create(sample_task("two")), "fail", odd)
    expect_equal((failed.error_code, failed.error_message), ("vendor", "坏?了"), "a failed task's error")


def _settled(edge: Edge) -> list[tuple[str, int]]:
    ends = {Settlement.RELEASE: [_RELEASE], Settlement.CAPTURE: [_CAPTURE]}
    before = [_RELEASE] if edge.source.ended else []
    return [_HOLD, *before, *ends.get(edge.settlement, [])]


MOVES_CHECKS = (
    check_create,
    check_duplicates,
    check_edges,
    check_guards,
    check_progress,
    check_attempts,
    check_results,
)
