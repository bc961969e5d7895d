"""What a store promises of lists, files and restarts."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate.errors import StoreError
from reelgate.request import Media, MediaKind, Role, VideoRequest
from reelgate.tasks.lists import Filter, Tally
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, Stale, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.money import open_account, paid_task
from reelgate.testing.stores.samples import NOW, OUTPUT, bring, sample_task


async def check_delete(store: TaskStore) -> None:
    """Only an ended task goes; its money stays on record."""
    task = await store.create(sample_task())
    await store.files.add_blob(task.id, "in", "b1", at=NOW)
    expect(not await store.delete(task.id), "a task that has not ended can't be deleted")
    expect_equal(await store.files.binned(10), [], "the bin after a refused delete")
    await store.request_cancel(task.id, at=NOW)
    expect(await store.delete(task.id), "an ended task can be deleted")
    left = (await store.get(task.id), await store.events(task.id), await store.attempts(task.id))
    expect_equal((*left, await store.files.blobs(task.id)), (None, [], [], {}), "what is left of a deleted task")
    expect_equal(len(await store.ledger(task.id)), 2, "ledger lines of a deleted task")
    expect(not await store.delete(task.id), "a task can be deleted only once")
    await expect_raises(Stale, store.files.add_blob(task.id, "in", "b1", at=NOW), "a file for a deleted task")


async def check_blobs(store: TaskStore) -> None:
    """A file goes to the bin when it loses a reference, and out of it when there is another."""
    task, other = await store.create(sample_task()), await store.create(sample_task("two"))
    for holder, name, blob in ((task, "in", "b1"), (task, "in", "b1"), (task, "out", "b2"), (other, "in", "b1")):
        await store.files.add_blob(holder.id, name, blob, at=NOW)
    expect_equal(await store.files.blobs(task.id), {"in": "b1", "out": "b2"}, "a task's files")
    expect_equal(await store.files.binned(10), [], "the bin while all files are referred to")
    await store.files.add_blob(task.id, "out", "b3", at=NOW)
    expect_equal(await store.files.binned(10), ["b2"], "a file that was replaced")
    await store.request_cancel(task.id, at=NOW)
    await store.delete(task.id)
    expect_equal(await store.files.binned(10), ["b2", "b3"], "the bin, without what another task refers to")
    await store.files.unbin("b2")
    await store.files.add_blob(other.id, "again", "b3", at=NOW)
    expect_equal(await store.files.binned(10), [], "a file that was taken up again")
    for blob in ("b3", "b4", "b4"):
        await store.files.bin(blob)
    expect_equal(await store.files.binned(10), ["b4"], "new files in the bin, without what a task refers to")


async def check_named_files(store: TaskStore) -> None:
    """What a request or an output names is referred to in the transaction that writes it."""
    new = sample_task()
    first, second = (_picture_request(new.request, blob) for blob in ("b1", "b2"))
    task = await store.create(msgspec.structs.replace(new, request=first))
    expect_equal(await store.files.blobs(task.id), {"input-0": "b1"}, "the files of a new task")
    task = await store.move(task, "submit", Change(at=NOW, request=second, attempt_id="a"))
    expect_equal(await store.files.blobs(task.id), {"input-0": "b2"}, "the files after its input was replaced")
    expect_equal(await store.files.binned(10), ["b1"], "the input that was replaced")
    for name in ("accept", "deliver"):
        task = await store.move(task, name, Change(at=NOW))
    task = await store.move(task, "finish", Change(at=NOW, output=OUTPUT))
    expect_equal(await store.files.blobs(task.id), {"input-0": "b2", "output": OUTPUT.blob}, "a finished task's files")
    expect_equal(await store.files.binned(10), ["b1"], "the bin after the task was finished")


def _picture_request(request: VideoRequest, blob: str) -> VideoRequest:
    picture = Media(kind=MediaKind.IMAGE, role=Role.FIRST_FRAME, field="image", blob=blob)
    return msgspec.structs.replace(request, media=(picture,))


async def check_list(store: TaskStore) -> None:
    """A list shows one project's tasks, newest first, by state, model, time and hurry, in pages."""
    await open_account(store, project_id="project", key_id="key", floor_micros=None)
    tasks = [await store.create(sample_task(str(number), created_at=NOW + number)) for number in range(2)]
    patient = msgspec.structs.replace(tasks[0].request, offpeak=True)
    words = msgspec.structs.replace(tasks[0].request, prompt='"offpeak":true')
    tasks[2:] = [
        await store.create(sample_task(name, created_at=NOW + at, request=request))
        for name, at, request in (("patient", 2, patient), ("words", 3, words))
    ]
    request = msgspec.structs.replace(tasks[0].request, model="wan2.7-t2v")
    wan = await store.create(sample_task("wan", request=request))
    await store.create(sample_task("foreign", project_id="another"))
    tasks[1] = await bring(store, tasks[1], State.RUNNING)
    lists: list[tuple[list[Task], dict[str, Any]]] = [
        ([wan, *reversed(tasks)], {}),
        ([wan, tasks[3]], {"limit": 2}),
        ([tasks[2], tasks[1], tasks[0]], {"before_seq": tasks[3].seq}),
        ([tasks[1]], {"states": (State.RUNNING, State.FAILED)}),
        ([wan], {"model": "wan2.7-t2v"}),
        ([tasks[2], tasks[1]], {"created_from": NOW + 1, "created_to": NOW + 3}),
        ([], {"created_to": 0}),
        ([tasks[2]], {"offpeak": True}),
        ([wan, tasks[3], tasks[1], tasks[0]], {"offpeak": False}),
    ]
    notes = [{"名": "a'b"}, {"名": "a'b", "order": "7"}, {"order": "7"}]
    noted = [
        await store.create(sample_task(f"noted{at}", metadata=msgspec.json.encode(one).decode()))
        for at, one in enumerate(notes)
    ]
    await store.create(sample_task("noted_elsewhere", project_id="another", metadata='{"order":"7"}'))
    lists = [(expected, {**wanted, "before_seq": wanted.get("before_seq", noted[0].seq)}) for expected, wanted in lists]
    lists += [
        ([noted[1], noted[0]], {"metadata": {"名": "a'b"}}),
        ([noted[1]], {"metadata": {"名": "a'b", "order": "7"}}),
        ([noted[1]], {"metadata": {"order": "7"}, "before_seq": noted[2].seq}),
        ([noted[2]], {"metadata": {"order": "7"}, "limit": 1}),
        ([], {"metadata": {"order": "7"}, "states": (State.RUNNING,)}),
        ([], {"metadata": {"order": "8"}}),
    ]
    for expected, wanted in lists:
        expect_equal(
            list(await store.lists.page(Filter(project_id="project", **wanted))), expected, f"a list by {wanted}"
        )


async def check_ended(store: TaskStore) -> None:
    """Tasks by their end, and how many there are in each state: of one project, model and time, up to a bound."""
    await open_account(store, floor_micros=None)
    states = (State.SUCCEEDED, State.CANCELLED, State.RUNNING, State.SUCCEEDED, State.QUEUED, State.SUCCEEDED)
    tasks = [
        await bring(store, await store.create(paid_task(str(number), created_at=NOW + number)), state)
        for number, state in enumerate(states)
    ]
    foreign = await store.create(sample_task("foreign", project_id="another"))
    await bring(store, foreign, State.SUCCEEDED)
    ended = Filter(project_id=tasks[0].project_id, states=(State.SUCCEEDED, State.CANCELLED))
    lists: list[tuple[list[int], dict[str, Any]]] = [
        ([5, 3, 1, 0], {}),
        ([5, 3], {"limit": 2}),
        ([1, 0], {"before_seq": tasks[3].seq}),
        ([5, 3, 0], {"states": (State.SUCCEEDED, State.SUCCEEDED)}),
        ([3], {"states": (State.SUCCEEDED,), "created_from": NOW + 1, "created_to": NOW + 5}),
        ([], {"model": "wan2.7-t2v"}),
        ([0, 1, 3], {"oldest_first": True, "limit": 3}),
        ([4, 2, 1], {"states": (State.QUEUED, State.RUNNING, State.CANCELLED)}),
        ([2, 4], {"states": (State.QUEUED, State.RUNNING), "oldest_first": True, "before_seq": tasks[1].seq}),
        ([3, 1], {"offset": 1, "limit": 2}),
    ]
    for expected, wanted in lists:
        found = await store.lists.page(msgspec.structs.replace(ended, **wanted))
        expect_equal(found, [tasks[number] for number in expected], f"a list of ended tasks by {wanted}")
    tallies: list[tuple[tuple[int, ...], int, dict[str, Any]]] = [
        ((3, 1, 1, 1), 10, {}),
        ((3, 1, 1, 1), 10, {"model": foreign.model, "before_seq": 1, "limit": 1}),
        ((0, 0, 0, 0), 10, {"model": "wan2.7-t2v"}),
        ((2, 1, 1, 0), 10, {"created_to": NOW + 4, "created_from": 0, "states": (State.FAILED,)}),
        ((1, 0, 0, 1), 10, {"created_from": NOW + 4}),
    ]
    counted = (State.SUCCEEDED, State.CANCELLED, State.RUNNING, State.QUEUED)
    for numbers, looked, wanted in tallies:
        told = await store.lists.tally(msgspec.structs.replace(ended, **wanted), looked=looked)
        expect_equal(
            [told[state] for state in counted], [Tally(one, more=False) for one in numbers], f"a tally by {wanted}"
        )
        expect_equal(set(told), set(State), "the states of a tally")
    bounded = await store.lists.tally(ended, looked=2)
    expect_equal(bounded[State.SUCCEEDED], Tally(2, more=True), "a tally of more than are looked at")
    later = await store.lists.tally(msgspec.structs.replace(ended, created_from=NOW + 5), looked=2)
    expect_equal(later[State.SUCCEEDED], Tally(1, more=True), "a tally of the newest of more")


async def check_reopening(store: TaskStore) -> None:
    """What was written is there after the store was closed and opened; a closed store refuses."""
    task = await store.create(sample_task())
    await store.ping()
    await store.aclose()
    await store.aclose()
    await expect_raises(StoreError, store.ping(), "a read of a closed store")
    await expect_raises(StoreError, store.create(sample_task("two")), "a create on a closed store")
    await store.open()
    expect_equal(await store.get(task.id), task, "a task after the store was opened again")


async def check_orphans(store: TaskStore) -> None:
    """Of files that a process left, those that nothing refers to go to the bin, once."""
    task = await store.create(sample_task())
    await store.files.add_blob(task.id, "in", "b1", at=NOW)
    expect_equal(await store.files.bin_orphans(["b1", "b2", "b3"]), 2, "files that nothing refers to")
    expect_equal(await store.files.bin_orphans(["b1", "b2", "b3"]), 0, "files that are in the bin already")
    expect_equal(sorted(await store.files.binned(10)), ["b2", "b3"], "the bin")
    expect_equal(await store.files.bin_orphans([]), 0, "no files")


async def check_shared(store: TaskStore) -> None:
    """The first value of a name stays."""
    expect_equal(await store.share("secret", "one"), "one", "a new value")
    expect_equal(await store.share("secret", "two"), "one", "a value that is there")
    expect_equal(await store.share("other", "two"), "two", "another name's")


async def check_ages(store: TaskStore) -> None:
    """How many tasks are open, and since when."""
    expect_equal(await store.open_ages(), [], "the ages of no tasks")
    expect_equal(await store.deliveries.waiting(), (0, None), "no deliveries")
    first = await store.create(sample_task())
    second = await store.create(msgspec.structs.replace(sample_task("two"), created_at=NOW + 5))
    (ages,) = await store.open_ages()
    expect_equal((ages.state, ages.tasks, ages.created_at), (State.QUEUED, 2, first.created_at), "two queued tasks")
    await store.request_cancel(first.id, at=NOW + 9)
    (ages,) = await store.open_ages()
    expect_equal((ages.tasks, ages.created_at, ages.due_at), (1, second.created_at, second.due_at), "the one left")


KEEPING_CHECKS = (
    check_delete,
    check_blobs,
    check_named_files,
    check_list,
    check_ended,
    check_reopening,
    check_orphans,
    check_shared,
    check_ages,
)
