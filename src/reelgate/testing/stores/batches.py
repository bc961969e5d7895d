"""What a store promises of batches of creates, and of the texts that they come from and end in."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.tasks.assets import AssetState
from reelgate.tasks.batches import Batch, BatchLine, BatchStatus, FileQuery, TextFile
from reelgate.tasks.store import TaskStore
from reelgate.testing.expect import expect, expect_equal
from reelgate.testing.stores.assets import sample_asset, sample_group
from reelgate.testing.stores.samples import NOW

_BATCH = Batch(
    id="batch_1",
    project_id="project",
    key_id="key",
    endpoint="/v1/videos",
    status=BatchStatus.IN_PROGRESS,
    input_file="file-1",
    created_at=NOW,
    expires_at=NOW + 9,
    total=2,
    metadata='{"名":"猫"}',
)


async def check_documents(store: TaskStore) -> None:
    """A text is kept once under its id, listed for its project, and gone once it is deleted or its time is over."""
    batches = store.batches
    kept = TextFile(id="file-1", project_id="project", purpose="batch", name="猫.jsonl", bytes=3, created_at=NOW)
    await batches.add_document(kept, "猫")
    await batches.add_document(replace(kept, bytes=9), "another")
    expect_equal((await batches.document("file-1"), await batches.text("file-1")), (kept, "猫"), "a document")
    await batches.add_document(replace(kept, id="file-2", created_at=NOW + 1, expires_at=NOW + 5), "x")
    which = FileQuery(project_id="project", now=NOW, limit=9, oldest_first=True)
    expect_equal([one.id for one in await batches.documents(which)], ["file-1", "file-2"], "the documents")
    ended = replace(which, now=NOW + 5)
    expect_equal([one.id for one in await batches.documents(ended)], ["file-1"], "documents that have not ended")
    expect_equal(list(await batches.documents(replace(which, project_id="others"))), [], "another project's documents")
    await batches.expire_documents(NOW + 5)
    expect_equal([one.id for one in await batches.documents(which)], ["file-1"], "documents that are left")
    expect(await batches.delete_document("file-1"), "a document can be deleted")
    expect(not await batches.delete_document("file-1"), "a document is deleted once")
    expect_equal(await batches.text("file-1"), None, "the text of a deleted document")


async def check_batches(store: TaskStore) -> None:
    """A batch is in one server's hand at a time; a line that has ended stays so and counts once; it ends once."""
    batches = store.batches
    await batches.add(_BATCH, "[1,2]")
    later = replace(_BATCH, id="batch_2", created_at=NOW + 1, status=BatchStatus.FAILED, ended_at=NOW + 1)
    await batches.add(later, "[]")
    expect_equal((await batches.get("batch_1"), await batches.sent("batch_1")), (_BATCH, "[1,2]"), "a batch")
    first = await batches.list("project", before=None, limit=1)
    second = await batches.list("project", before=first[0], limit=9)
    expect_equal([one.id for one in (*first, *second)], ["batch_2", "batch_1"], "the pages of a list")
    for owner, at, found in (("a", NOW, 1), ("b", NOW + 1, 0), ("a", NOW + 1, 1), ("b", NOW + 99, 1)):
        taken = await batches.claim(owner, now=at, until=at + 9)
        expect_equal(len(taken), found, f"what {owner} takes")
    expect_equal(await batches.begun("batch_1"), 0, "how many lines were begun of a new batch")
    for line in (BatchLine(0, "task"), BatchLine(0, "task", 1, "made"), BatchLine(0, "task", 0, "not")):
        await batches.put_line("batch_1", line)
        open_ones = [one.number for one in await batches.open_lines("batch_1")]
        expect_equal((open_ones, await batches.begun("batch_1")), ([0] if line.open else [], 1), "the lines that go on")
    await batches.put_line("batch_1", BatchLine(1, None, 0, "no"))
    told = [(line.number, line.ok, line.answer) for line in await batches.lines("batch_1")]
    expect_equal(told, [(0, 1, "made"), (1, 0, "no")], "the lines")
    counted = await batches.get("batch_1") or later
    expect_equal((counted.completed, counted.failed), (1, 1), "what is counted")
    source, wanted = BatchStatus.IN_PROGRESS, BatchStatus.CANCELLING
    turned = [await batches.turn("batch_1", wanted, source=source, at=NOW + 3) for _ in range(2)]
    expect_equal(turned, [True, False], "a turn, twice")
    expect_equal([await batches.open_count(one) for one in ("project", "others")], [1, 0], "how many go on")
    ends = [await batches.end(counted, BatchStatus.CANCELLED, at=NOW + 4, output="o", errors=None) for _ in range(2)]
    expect_equal(ends, [True, False], "an end, twice")
    ended = await batches.get("batch_1") or later
    expect_equal((ended.cancelling_at, ended.ended_at, ended.output_file), (NOW + 3, NOW + 4, "o"), "what has ended")
    expect_equal(await batches.open_count("project"), 0, "how many go on then")
    expect_equal(list(await batches.claim("a", now=NOW + 999, until=NOW + 999)), [], "what goes on")


async def check_files(store: TaskStore) -> None:
    """Files are listed by the second of their making, then by the bytes of their ids, from wherever a page begins."""
    document = TextFile(id="", project_id="project", purpose="batch", name="n", bytes=1, created_at=NOW)
    for name, ms in (("a-output", 900), ("Z", 500), ("a", 999), ("_", 1000)):
        purpose = "batch_output" if "output" in name else "batch"
        made = replace(document, id=f"file-{name}", created_at=NOW + ms, purpose=purpose)
        await store.batches.add_document(made, "x")
    group = await store.assets.add_group(sample_group())
    for asset in (
        sample_asset(id="file-b"),
        sample_asset(id="file-B", created_at=NOW + 1, expires_at=NOW + 9),
        sample_asset(id="file-c", created_at=NOW + 1999),
        sample_asset(id="char_a"),
        sample_asset(id="file-d", project_id="others"),
        sample_asset(id="file-e", state=AssetState.PROCESSING, blob=None, facts=None, url="http://x"),
        sample_asset(id="file-f", group_id=group.id),
    ):
        await store.assets.add(asset)
    texts, inputs = ["file-Z", "file-a", "file-a-output", "file-_"], ["file-B", "file-b", "file-c"]

    async def listed(which: FileQuery, purpose: str = "") -> list[list[str]]:
        found = await store.batches.documents(which, purpose), await store.batches.uploads(which, "file-")
        return [[one.id for one in some] for some in found]

    for oldest_first in (True, False):
        which = FileQuery(project_id="project", now=NOW, limit=99, oldest_first=oldest_first)
        every = [texts, inputs] if oldest_first else [texts[::-1], inputs[::-1]]
        expect_equal(await listed(which), every, "all files")
        expect_equal(await listed(replace(which, limit=2)), [some[:2] for some in every], "the first of them")
        for last in ("file-a", "file-_", "file-b"):
            place = _SECONDS[last], last
            later = [[one for one in some if ((_SECONDS[one], one) > place) is oldest_first] for some in every]
            left = [[one for one in some if one != last] for some in later]
            expect_equal(await listed(replace(which, behind=place)), left, f"files behind {last}")
    left = [["file-Z", "file-a", "file-_"], ["file-b", "file-c"]]
    ended = FileQuery(project_id="project", now=NOW + 9, limit=99, oldest_first=True)
    expect_equal(await listed(ended, "batch"), left, "what has not ended, of one purpose")


_SECONDS = dict.fromkeys(("file-Z", "file-a", "file-a-output", "file-B", "file-b"), NOW // 1000)
_SECONDS |= dict.fromkeys(("file-_", "file-c"), NOW // 1000 + 1)

BATCH_CHECKS = (check_documents, check_files, check_batches)
