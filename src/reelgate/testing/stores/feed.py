"""What a store promises of its feed: every move once, in one order, from any place on."""

from __future__ import annotations

import asyncio

from reelgate.tasks.feeds import Moved, MovePosition
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore
from reelgate.testing.expect import expect, expect_equal
from reelgate.testing.stores.samples import NOW, bring, sample_task


async def check_feed(store: TaskStore) -> None:
    """Moves are in the order in which they were made, and can be read from any place."""
    start = await store.feed.last()
    expect_equal(await store.feed.after(start, limit=10), [], "moves behind the last one")
    task = await bring(store, await store.create(sample_task()), State.RUNNING)
    other = await store.create(sample_task("two", project_id="proj_other"))
    seen = await _read(store, start)
    expect_equal(
        [(moved.task.id, moved.name, moved.target) for moved in seen],
        [
            (task.id, "create", "queued"),
            (task.id, "submit", "submitting"),
            (task.id, "accept", "running"),
            (other.id, "create", "queued"),
        ],
        "the feed of two tasks",
    )
    expect_equal([moved.task for moved in seen], [task, task, task, other], "the tasks as they are now")
    places = [moved.place for moved in seen]
    expect(places == sorted(set(places)), "places grow")
    expect_equal(await store.feed.last(), places[-1], "the last place")
    behind = await store.feed.after(places[1], limit=1)
    expect_equal([moved.place for moved in behind], [places[2]], "one move behind a place")
    of_task = await store.feed.after(start, limit=10, task_id=task.id)
    expect_equal([moved.name for moved in of_task], ["create", "submit", "accept"], "moves of a task")
    of_other = await store.feed.after(start, limit=10, project_id="proj_other")
    expect_equal([moved.task.id for moved in of_other], [other.id], "moves of another project")


async def check_feed_after_delete(store: TaskStore) -> None:
    """A deleted task's moves are gone, and its places are not given again."""
    task = await store.create(sample_task())
    task = await store.move(task, "fail", Change(at=NOW))
    last = await store.feed.last()
    await store.delete(task.id)
    expect_equal(await store.feed.after(MovePosition(0, 0), limit=10), [], "moves of a deleted task")
    await store.create(sample_task("two"))
    expect_equal(len(await _read(store, last)), 1, "moves behind the deleted ones")


async def check_feed_race(store: TaskStore) -> None:
    """Who reads on while others write misses no move and sees none twice."""
    names = [f"race{number}" for number in range(40)]
    seen: list[Moved] = []
    place = await store.feed.last()

    async def follow() -> None:
        nonlocal place
        while len(seen) < 2 * len(names):
            page = await store.feed.after(place, limit=7)
            seen.extend(page)
            place = page[-1].place if page else place
            await asyncio.sleep(0)

    async def write(name: str) -> None:
        task = await store.create(sample_task(name))
        await store.move(task, "fail", Change(at=NOW))

    async with asyncio.timeout(480):
        await asyncio.gather(follow(), *map(write, names))
    moves = [(moved.task.id, moved.name) for moved in seen]
    expect_equal(len(moves), len(set(moves)), "moves that were seen, against different ones")
    expect_equal(await store.feed.after(place, limit=10), [], "moves that were not seen")


async def check_news(store: TaskStore) -> None:
    """This process learns of its own writes, after they are durable."""
    told: list[tuple[str, bool]] = []
    store.listen(lambda task, *, moved: told.append((task.state, moved)))
    task = await bring(store, await store.create(sample_task()), State.RUNNING)
    await store.note_progress(task, progress=10, at=NOW, due_in_ms=0, release=True)
    expect_equal(told, [("queued", True), ("submitting", True), ("running", True), ("running", False)], "what was told")


async def _read(store: TaskStore, place: MovePosition) -> list[Moved]:
    """Read what is behind a place, once other transactions hold nothing of it back."""
    async with asyncio.timeout(480):
        while True:
            if found := await store.feed.after(place, limit=100):
                return list(found)
            await asyncio.sleep(0.01)


FEED_CHECKS = (check_feed, check_feed_after_delete, check_feed_race, check_news)
