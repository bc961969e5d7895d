"""The journal's batches and documents, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from reelgate.tasks.asset_rows import as_asset
from reelgate.tasks.assets import Asset
from reelgate.tasks.batches import Batch, BatchLine, BatchStatus, FileQuery, TextFile
from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.rows import as_record, as_text, number, readable
from reelgate.tasks.store import Stale

_FIRST = 2**62
"""A time after every batch's."""


class BatchRows:
    """The BatchStore of `reelgate.tasks.batches`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_document(self, document: TextFile, text: str) -> None:
        """Write a document down."""
        values: Params = {**asdict(document), "name": as_text(document.name), "text": as_text(text)}
        await self._database.write([Step("add_document", values)])

    async def document(self, document_id: str) -> TextFile | None:
        """Return the document with that id."""
        rows = await self._database.read("document", {"id": document_id})
        return as_record(TextFile, rows[0]) if rows else None

    async def text(self, document_id: str) -> str | None:
        """Return a document's text."""
        rows = await self._database.read("document_text", {"id": document_id})
        return str(rows[0][0]) if rows else None

    async def delete_document(self, document_id: str) -> bool:
        """Remove a document."""
        return await self._done(Step("delete_document", {"id": document_id}, Stale))

    async def documents(self, which: FileQuery, purpose: str = "") -> Sequence[TextFile]:
        """Return some of a project's documents."""
        query = "documents_oldest" if which.oldest_first else "documents_newest"
        rows = await self._database.read(query, {**_page(which), "purpose": purpose})
        return [as_record(TextFile, row) for row in rows]

    async def uploads(self, which: FileQuery, prefix: str) -> Sequence[Asset]:
        """Return some of a project's inputs that belong to no library."""
        query = "uploads_oldest" if which.oldest_first else "uploads_newest"
        rows = await self._database.read(query, {**_page(which), "prefix": prefix})
        return readable(as_asset, rows, "asset")

    async def expire_documents(self, now: int) -> None:
        """Remove the documents that have ended."""
        await self._database.write([Step("expire_documents", {"now": now})])

    async def add(self, batch: Batch, lines: str) -> None:
        """Write a batch down."""
        values: Params = {**asdict(batch), "metadata": as_text(batch.metadata), "lines": as_text(lines)}
        await self._database.write([Step("add_batch", values, Stale)])

    async def get(self, batch_id: str) -> Batch | None:
        """Return the batch with that id."""
        rows = await self._database.read("batch", {"id": batch_id})
        return as_record(Batch, rows[0]) if rows else None

    async def sent(self, batch_id: str) -> str:
        """Return a batch's lines."""
        rows = await self._database.read("batch_sent", {"id": batch_id})
        return str(rows[0][0]) if rows else "[]"

    async def list(self, project_id: str, *, before: Batch | None, limit: int) -> Sequence[Batch]:
        """Return a page of a project's batches."""
        at, last = (before.created_at, before.id) if before else (_FIRST, "")
        values: Params = {"project_id": project_id, "at": at, "before": last, "limit": limit}
        return [as_record(Batch, row) for row in await self._database.read("batches", values)]

    async def open_count(self, project_id: str) -> int:
        """Return how many of a project's batches are open."""
        return int((await self._database.read("count_open_batches", {"project_id": project_id}))[0][0])

    async def claim(self, owner: str, *, now: int, until: int) -> Sequence[Batch]:
        """Claim the open batches that no other server has claimed."""
        if not await self._database.read("open_batches", {}):
            return ()  # no write where nothing is to be done
        values: Params = {"owner": owner, "now": now, "until": until}
        return [as_record(Batch, row) for row in await self._database.write([Step("claim_batches", values)])]

    async def in_progress(self) -> Sequence[Batch]:
        """Return the batches that begin further lines."""
        return [as_record(Batch, row) for row in await self._database.read("batches_in_progress", {})]

    async def lines(self, batch_id: str) -> Sequence[BatchLine]:
        """Return the lines that were begun."""
        rows = await self._database.read("batch_lines", {"batch_id": batch_id})
        return [as_record(BatchLine, row) for row in rows]

    async def open_lines(self, batch_id: str) -> Sequence[BatchLine]:
        """Return the lines whose videos are still being made."""
        rows = await self._database.read("batch_lines_open", {"batch_id": batch_id})
        return [as_record(BatchLine, row) for row in rows]

    async def begun(self, batch_id: str) -> int:
        """Return how many lines were begun."""
        return number(await self._database.read("batch_next", {"batch_id": batch_id}))

    async def put_line(self, batch_id: str, line: BatchLine) -> None:
        """Write down how a line stands."""
        values: Params = {**asdict(line), "batch_id": batch_id, "answer": as_text(line.answer)}
        counted = () if line.open else (Step("count_batch", {"batch_id": batch_id}),)
        await self._database.write([Step("put_batch_line", values), *counted])

    async def turn(self, batch_id: str, status: BatchStatus, *, source: BatchStatus, at: int) -> bool:
        """Give an open batch another status."""
        cancelling = at if status is BatchStatus.CANCELLING else None
        values: Params = {"id": batch_id, "status": status, "source": source, "cancelling_at": cancelling}
        return await self._done(Step("turn_batch", values, Stale))

    async def end(self, batch: Batch, status: BatchStatus, *, at: int, output: str | None, errors: str | None) -> bool:
        """End a batch."""
        counts = {"completed": batch.completed, "failed": batch.failed}
        values: Params = {"id": batch.id, "status": status, "at": at, "output": output, "errors": errors, **counts}
        return await self._done(Step("end_batch", values, Stale))

    async def _done(self, step: Step) -> bool:
        try:
            await self._database.write([step])
        except Stale:
            return False
        return True


def _page(which: FileQuery) -> Params:
    second, behind = which.behind or ((-1 if which.oldest_first else _FIRST), "")
    return {
        "project_id": which.project_id,
        "now": which.now,
        "second": second,
        "behind": behind,
        "limit": which.limit,
    }
