"""What a store promises of repeated creates: with an idempotency key, or with the same content."""

from __future__ import annotations

import asyncio
from typing import Any

from reelgate.tasks.record import NewTask, Task, Unheard
from reelgate.tasks.states import State
from reelgate.tasks.store import DuplicateId, KeyTaken, TaskStore
from reelgate.testing.expect import expect, expect_equal, expect_raises
from reelgate.testing.stores.samples import NOW, bring, sample_task

_KEY = "order-1 ~"


def _keyed(name: str, **changes: Any) -> NewTask:
    return sample_task(name, **{"idempotency_key": _KEY, "fingerprint": "f1", **changes})


async def check_idempotency_key(store: TaskStore) -> None:
    """A key makes one task in its project, whichever API key sends it, and is freed with its task."""
    task = await store.create(_keyed("one"))
    expect_equal(task.fingerprint, "f1", "the fingerprint of a new task")
    again = _keyed("two", key_id="another", fingerprint="f2")
    await expect_raises(KeyTaken, store.create(again), "a key that has made a task")
    left = (await store.get("task_two"), list(await store.ledger("task_two")), await store.events("task_two"))
    expect_equal(left, (None, [], []), "what a refused create left")
    await expect_raises(DuplicateId, store.create(sample_task()), "an id that is taken, without a key")
    await expect_raises(DuplicateId, store.create(_keyed("one", idempotency_key="order-2")), "the same with a free key")
    expect_equal(await store.task_of_key("project", _KEY), task, "the task of a key")
    expect_equal(await store.task_of_key("another", _KEY), None, "the same key in another project")
    await store.create(_keyed("foreign", project_id="another"))
    moved = await bring(store, task, State.SUCCEEDED)
    expect_equal(await store.task_of_key("project", _KEY), moved, "the task of a key, after it ended")
    expect_equal(moved.as_created(), task, "an ended task as it was created")
    await store.delete(task.id)
    expect_equal(await store.task_of_key("project", _KEY), None, "the key of a deleted task")
    expect_equal((await store.create(again)).id, "task_two", "a create with the key of a deleted task")


async def check_idempotency_race(store: TaskStore) -> None:
    """Of many creates with one key at once, exactly one is written; creates beside them don't suffer."""
    keyed = [_keyed(str(number)) for number in range(24)]
    plain = [sample_task(f"plain{number}") for number in range(8)]
    outcomes = await asyncio.gather(*map(store.create, [*keyed, *plain]), return_exceptions=True)
    made = [outcome for outcome in outcomes[: len(keyed)] if isinstance(outcome, Task)]
    lost = [outcome for outcome in outcomes[: len(keyed)] if isinstance(outcome, KeyTaken)]
    expect_equal((len(made), len(lost)), (1, len(keyed) - 1), "creates with one key that were written and refused")
    expect_equal(await store.task_of_key("project", _KEY), made[0], "the task of the key")
    expect(all(isinstance(outcome, Task) for outcome in outcomes[len(keyed) :]), "creates beside them")


async def check_alike(store: TaskStore) -> None:
    """The newest task of the same request is found: by API key, not before a moment, and never one with a key."""
    plain = {"idempotency_key": None}
    await store.create(_keyed("old", **plain, created_at=NOW - 60_001))
    expect_equal(await store.latest_alike("key", "f1", since=NOW - 60_000), None, "a task from before that moment")
    await store.create(_keyed("first", **plain))
    latest = await store.create(_keyed("second", **plain))
    for name, changes in (("keyed", {}), ("other", {"fingerprint": "f2"}), ("foreign", {"key_id": "another"})):
        await store.create(_keyed(name, **({**plain, **changes} if changes else {})))
    await store.create(sample_task("bare"))
    expect_equal(await store.latest_alike("key", "f1", since=NOW - 60_000), latest, "the newest task that is alike")
    expect_equal(await store.latest_alike("key", "f9", since=0), None, "a request that made none")


async def check_unheard(store: TaskStore) -> None:
    """Undelivered creates are listed for every server, oldest first, until they are delivered or long past."""
    ones = [Unheard("key", f"f{number}", f"task_{number}", NOW + number) for number in (2, 1, 3)]
    for one in (*ones, ones[0]):
        await store.note_unheard(one)
    expect_equal(await store.unheard(since=NOW), sorted(ones, key=lambda one: one.at), "the answers that were lost")
    expect_equal(await store.unheard(since=NOW + 3), [ones[2]], "those since a moment")
    for _ in range(2):
        await store.heard("task_1")
    expect_equal([one.task_id for one in await store.unheard(since=0)], ["task_2", "task_3"], "those that are left")
    late = Unheard("key", "f9", "task_9", NOW + 3_600_000)
    await store.note_unheard(late)
    expect_equal(await store.unheard(since=0), [late], "what an hour leaves of them")


REPEATS_CHECKS = (check_idempotency_key, check_idempotency_race, check_alike, check_unheard)
