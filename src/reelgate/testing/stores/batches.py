"""What a store promises of batches of creates, and of the texts that they come from and end in."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.tasks.batches import Batch, BatchLine, BatchStatus, TextFile
from reelgate.tasks.store import TaskStore
from reelgate.testing.expect import expect, expect_equal
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
    expect_equal([one.id for one in await batches.documents("project")], ["file-1", "file-2"], "the documents")
    expect_equal(list(await batches.documents("others")), [], "another project's documents")
    await batches.expire_documents(NOW + 5)
    expect_equal([one.id for one in await batches.documents("project")], ["file-1"], "documents that have not ended")
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


BATCH_CHECKS = (check_documents, check_batches)
