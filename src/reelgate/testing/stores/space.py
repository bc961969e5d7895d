"""What a store promises of the room that files take, and of what was fetched."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.tasks.files import Held, Old
from reelgate.tasks.store import TaskStore
from reelgate.testing.expect import expect_equal
from reelgate.testing.stores.assets import sample_asset
from reelgate.testing.stores.samples import NOW, sample_task


async def check_space(store: TaskStore) -> None:
    """Each file is looked at once, and counts once for its project and kind."""
    one = await store.create(sample_task())
    two = await store.create(sample_task("two"))
    other = await store.create(sample_task("other", project_id="other"))
    for task, name, blob in (
        (one, "input-0", "a"),
        (two, "input-0", "a"),
        (one, "output", "b"),
        (other, "output", "b"),
    ):
        await store.files.add_blob(task.id, name, blob, at=NOW)
    await store.assets.add(sample_asset(blob="c"))
    expect_equal(sorted(await store.files.unsized(9)), ["a", "b", "c"], "files of unknown size")
    await store.files.note_sizes([("a", 10), ("b", 5_000_000_000)])
    await store.files.note_sizes([("a", 11)])
    await store.files.note_sizes([])
    expect_equal(await store.files.unsized(9), ["c"], "the file of which that is left")
    mine = [Held(one.project_id, "assets", 1, 0), Held(one.project_id, "inputs", 1, 10)]
    mine.append(Held(one.project_id, "results", 1, 5_000_000_000))
    expect_equal(await store.files.held(one.project_id), mine, "what a project holds")
    expect_equal(
        [held.project_id for held in await store.files.held()], ["other", *[one.project_id] * 3], "all projects"
    )
    await store.files.unbin("b")
    expect_equal(sorted(await store.files.unsized(9)), ["b", "c"], "a file that was removed and is there again")


async def check_fetched(store: TaskStore) -> None:
    """The oldest files of ended tasks and those that were fetched are found; the first fetch counts."""
    for number, name in enumerate(("a", "b", "open")):
        task = await store.create(replace(sample_task(name), id=name))
        for file in ("input-0", "output"):
            await store.files.add_blob(name, file, f"{name} {file}", at=NOW + number)
        await store.files.note_download(name, at=NOW + number)
        await store.files.note_download(name, at=NOW + 100)
        if name != "open":
            await store.request_cancel(name, at=NOW)
    await store.files.note_download("nobody", at=NOW)
    project = task.project_id
    await store.files.note_sizes([("a output", 7)])
    oldest = [("a", "input-0", 0), ("a", "output", 7), ("b", "input-0", 0)]
    expect_equal(await store.files.oldest_files(project, 3), oldest, "the oldest files of ended tasks")
    for before, found in ((NOW, []), (NOW + 1, ["a"]), (NOW + 9, ["a", "b"])):
        wanted = [(name, "output") for name in found]
        expect_equal(await store.files.fetched_files(Old(before=before)), wanted, f"what was fetched before {before}")
    expect_equal(await store.files.fetched_files(Old(before=NOW + 9, others=(project,))), [], "without that project's")
    await store.delete("a")
    expect_equal(await store.files.fetched_files(Old(before=NOW + 9)), [("b", "output")], "after a task was deleted")


SPACE_CHECKS = (check_space, check_fetched)
