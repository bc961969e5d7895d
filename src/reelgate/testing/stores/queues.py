"""What a store promises of waiting tasks: whose they are, who gets them, and how many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from reelgate.tasks.projects import Act, Overflow
from reelgate.tasks.queues import NoRoom, Queue
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore
from reelgate.testing.expect import expect, expect_equal
from reelgate.testing.stores.projects import sample_key, sample_project
from reelgate.testing.stores.samples import LEASE_MS, NOW, bring, sample_task

_ACT = Act("operator", NOW, "add")


async def add_project(store: TaskStore, name: str, keys: Sequence[str], /, **changes: Any) -> None:
    """Make a project with keys; `changes` are the project's."""
    project = sample_project(name, **changes)
    await store.projects.add(project, _ACT)
    for key in keys:
        await store.projects.add_key(sample_key(key, project_id=project.id), _ACT)


def task_of(project: str, key: str, number: int = 0, /, **changes: Any) -> NewTask:
    """Return a new task of a key."""
    name = f"{project}_{key}_{number:05}"
    return sample_task(name, **{"project_id": f"proj_{project}", "key_id": f"key_{key}", "counted": True} | changes)


def waiting_offpeak(new: NewTask) -> NewTask:
    """Return the task as one that may wait."""
    return replace(new, request=replace(new.request, offpeak=True))


async def take(store: TaskStore, queue: Queue, *, owner: str = "worker", now: int = NOW, limit: int = 9) -> list[Task]:
    """Take tasks of a queue."""
    return list(await store.queues.take(queue, owner=owner, now=now, lease_ms=LEASE_MS, limit=limit))


async def check_queues(store: TaskStore) -> None:
    """A provider's queues are told by key, with their project's place in the order; each is served oldest first."""
    await add_project(store, "one", ["a", "b"], priority=2, weight=3)
    await add_project(store, "two", ["c"])
    for number in range(3):
        await store.create(task_of("one", "a", number, created_at=NOW - number))
    await store.create(waiting_offpeak(task_of("one", "a", 9, created_at=NOW - 9)))
    await store.create(task_of("one", "b", created_at=NOW - 5))
    await store.create(task_of("two", "c", created_at=NOW + 1))
    await store.create(task_of("two", "c", 1, provider="other"))
    expect_equal(await store.queues.due(now=NOW - 10), set(), "accounts with due tasks before any is")
    due = {("animatic", State.QUEUED), ("other", State.QUEUED)}
    expect_equal(await store.queues.due(now=NOW), due, "accounts with due tasks, and their states")
    found = await store.queues.waiting("animatic", now=NOW)
    told = [(queue.project_id, queue.key_id, queue.offpeak, queue.due_at) for queue in found]
    wanted = [("proj_one", "key_a", True, NOW - 9), ("proj_one", "key_b", False, NOW - 5)]
    expect_equal(told, [*wanted, ("proj_one", "key_a", False, NOW - 2)], "queues with due tasks, oldest due first")
    expect_equal({(queue.priority, queue.weight) for queue in found}, {(2, 3)}, "what their project is worth")
    expect(not any(queue.bounded for queue in found), "a project that may have any number at once is not counted")
    for offpeak, limit, ids in ((False, 2, ["b_00000", "a_00002"]), (False, 9, 5), (True, 9, ["a_00009"])):
        line = await store.queues.line("animatic", offpeak=offpeak, limit=limit)
        expect_equal([one[-7:] for one in line] if isinstance(ids, list) else len(line), ids, "a provider's line")
    got = await take(store, found[2], limit=2)
    expect_equal([task.id[-5:] for task in got], ["00001", "00002"], "those of a queue that were due longest")
    expect_equal({(task.fence, task.lease_owner) for task in got}, {(1, "worker")}, "fence and owner of a take")
    rest = await take(store, found[2], owner="other")
    expect_equal([task.id[-5:] for task in rest], ["00000"], "what is left for another worker")
    expect_equal(await take(store, found[2]), [], "tasks in hand, taken again")
    later = await store.queues.waiting("animatic", now=NOW + LEASE_MS)
    expect_equal([queue.key_id for queue in later], ["key_a", "key_b", "key_c", "key_a"], "queues when leases ran out")


async def check_overdue(store: TaskStore) -> None:
    """What waits too long is told, by its own time where it has one, unless somebody has it in hand."""
    hour = 3600 * 1000
    await add_project(store, "one", ["a"])
    times = [(0, 0), (50, 0), (2, 3600), (2, 7300), (60, 0)]
    for number, (hours, seconds) in enumerate(times):
        new = task_of("one", "a", number, created_at=NOW - hours * hour)
        await store.create(replace(new, request=replace(new.request, expires_after=seconds)))
    (queue,) = await store.queues.waiting("animatic", now=NOW)
    held = await take(store, queue, limit=1)
    found = await store.queues.overdue("animatic", now=NOW, seconds=48 * 3600, limit=9)
    told = [[task.id for task in tasks] for tasks in (held, found)]
    expect_equal(told, [["task_one_a_00004"], ["task_one_a_00001", "task_one_a_00002"]], "in hand, and overdue")
    expect_equal(len(await store.queues.overdue("animatic", now=NOW, seconds=48 * 3600, limit=1)), 1, "at most")
    expect_equal(list(await store.queues.overdue("other", now=NOW, seconds=1, limit=9)), [], "another provider's")


async def check_places(store: TaskStore) -> None:
    """Of what a project queues, no more is in hand than it and its keys may have, however many ask at once."""
    await add_project(store, "one", ["a", "b"], tasks_at_once=3, overflow=Overflow.QUEUE)
    await store.projects.add_key(sample_key("c", tasks_at_once=1), _ACT)
    for key in ("a", "b", "c"):
        for number in range(4):
            await store.create(task_of("one", key, number))
    queues = {queue.key_id: queue for queue in await store.queues.waiting("animatic", now=NOW)}
    bounds = [(queue.project_places, queue.key_places) for queue in queues.values()]
    expect_equal(sorted(map(str, bounds)), ["(3, 1)", "(3, None)", "(3, None)"], "places of a project and its keys")
    asked = [take(store, queue, owner=f"server{n}") for n in range(4) for queue in queues.values()]
    got = [task for tasks in await asyncio.gather(*asked) for task in tasks]
    expect_equal(len(got), 3, "tasks taken for a project that may have three at once")
    of_c = [task for task in got if task.key_id == "key_c"]
    expect(len(of_c) <= 1, "a key has no more in hand than it may")
    full = await store.queues.waiting("animatic", now=NOW)
    expect_equal({queue.project_places for queue in full}, {0}, "places left when all are taken")
    expect_equal(await take(store, queues["key_a"]), [], "one more than there are places")
    ended = await bring(store, got[0], State.RUNNING)
    expect_equal(await take(store, queues["key_a"]), [], "one more while the first runs")
    await store.move(ended, "fail", Change(at=NOW))
    expect_equal(len(await take(store, queues["key_a"])), 1, "tasks taken when a place has become free")
    expect_equal(len(await take(store, queues["key_b"], now=NOW + LEASE_MS)), 1, "one when the leases have run out")


async def check_room(store: TaskStore) -> None:
    """A project that may not queue more gets no more open tasks than it and its keys may have, at any moment."""
    await add_project(store, "one", ["a", "b"], tasks_at_once=5)
    await store.projects.add_key(sample_key("c", tasks_at_once=2), _ACT)
    await add_project(store, "two", ["d"])
    new = [task_of("one", key, number) for number in range(4) for key in ("c", "a", "b")]
    new += [task_of("two", "d", number) for number in range(12)]
    outcomes = await asyncio.gather(*(store.create(one) for one in new), return_exceptions=True)
    made = [one for one in outcomes if isinstance(one, Task)]
    refused = [one for one in outcomes if isinstance(one, NoRoom)]
    expect_equal((len(made), len(refused)), (5 + 12, 12 - 5), "creates beside a bound of five, and without any")
    expect(sum(task.key_id == "key_c" for task in made) <= 2, "a key has no more open tasks than it may")
    expect(await store.get("task_one_b_00003") is None, "a refused task is not written")
    expect_equal(await store.ledger("task_one_b_00003"), [], "what a refused task holds")
    ended = next(task for task in made if task.project_id == "proj_one" and task.key_id != "key_c")
    await store.request_cancel(ended.id, at=NOW)
    await store.create(task_of("one", "a", 9))
    last = await asyncio.gather(store.create(task_of("one", "b", 9)), return_exceptions=True)
    expect(isinstance(last[0], NoRoom), "one more than five is refused again")
    project = sample_project("one", tasks_at_once=5)
    await store.projects.change(project, replace(project, overflow=Overflow.QUEUE), _ACT)
    await store.create(task_of("one", "b", 10))


async def check_repeat_without_room(store: TaskStore) -> None:
    """A create that comes again finds its task, also if there is no room for another."""
    await add_project(store, "one", ["a"], tasks_at_once=1)
    first = await store.create(task_of("one", "a", idempotency_key="order", fingerprint="f"))
    again = await asyncio.gather(
        store.create(task_of("one", "a", 1, idempotency_key="order", fingerprint="f")), return_exceptions=True
    )
    expect_equal(type(again[0]).__name__, "KeyTaken", "a create that comes again to a full project")
    expect_equal(await store.task_of_key("proj_one", "order"), first, "the task of the first create")


QUEUES_CHECKS = (check_queues, check_overdue, check_places, check_room, check_repeat_without_room)
