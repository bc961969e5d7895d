"""Batches of creates, the documents that they come from and end in, and the port of the store that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from reelgate.tasks.assets import Asset


class TextFile(msgspec.Struct, frozen=True, kw_only=True):
    """A text file of a project, such as a batch's lines. Its text is read apart from it. Times are milliseconds."""

    id: str
    project_id: str
    purpose: str
    name: str
    bytes: int
    created_at: int
    expires_at: int | None = None

    def live(self, now: int) -> bool:
        """Whether it is still there for its project."""
        return self.expires_at is None or now < self.expires_at


class FileQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a project's documents or inputs are listed: by the second of their making, then by their ids.

    What has ended by `now` (ms) is not. `behind` is the second and the id of the one that a page begins behind.
    """

    project_id: str
    now: int
    limit: int
    oldest_first: bool = False
    behind: tuple[int, str] | None = None


class BatchStatus(StrEnum):
    """How a batch stands."""

    IN_PROGRESS = "in_progress"
    CANCELLING = "cancelling"
    EXPIRING = "expiring"
    """Its window is over; what it has under way is cancelled."""
    COMPLETED = "completed"
    FAILED = "failed"
    """Its file held no batch."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self in (BatchStatus.IN_PROGRESS, BatchStatus.CANCELLING, BatchStatus.EXPIRING)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Creates that one file holds, a line each. Times are milliseconds since the epoch, UTC.

    `errors` is JSON, what is wrong with the file; `metadata` is the client's own, JSON too.
    """

    id: str
    project_id: str
    key_id: str
    endpoint: str
    status: BatchStatus
    input_file: str
    created_at: int
    expires_at: int
    total: int = 0
    completed: int = 0
    failed: int = 0
    errors: str = ""
    metadata: str = ""
    keep_seconds: int = 0
    """How long the files that it ends in are kept, 0: until they are deleted."""
    cancelling_at: int | None = None
    ended_at: int | None = None
    output_file: str | None = None
    error_file: str | None = None


class BatchLine(msgspec.Struct, frozen=True):
    """One line that was begun. `answer` is JSON once it has ended, `ok` whether its video was made."""

    number: int
    task_id: str | None
    ok: int | None = None
    answer: str = ""

    @property
    def open(self) -> bool:
        """Whether its video is still being made."""
        return self.ok is None


class LineError(msgspec.Struct, frozen=True):
    """Why a line of a batch has no video, as its client reads it."""

    code: str
    message: str

    @property
    def told(self) -> dict[str, object]:
        """What the line's answer says."""
        return {"response": None, "error": {"code": self.code, "message": self.message}}


CANCELLED = LineError("batch_cancelled", "This request was not executed because the batch was cancelled.")
EXPIRED = LineError("batch_expired", "This request could not be executed before the completion window expired.")
RESTORED = LineError(
    "batch_restored",
    "This server was restored from a backup and may have executed this request before. "
    "Make sure before you send it again.",
)


def line_key(batch_id: str, number: int) -> str:
    """Return the idempotency key under which a line of a batch is ordered."""
    return f"{batch_id}:{number}"


class BatchStore(Protocol):
    """Where batches and documents live. Every method that writes returns only after the write is durable."""

    async def add_document(self, document: TextFile, text: str) -> None:
        """Write a document down; one that is there already stays as it is."""
        ...

    async def document(self, document_id: str) -> TextFile | None:
        """Return the document, of any project."""
        ...

    async def text(self, document_id: str) -> str | None:
        """Return a document's text."""
        ...

    async def delete_document(self, document_id: str) -> bool:
        """Remove a document; False when it is gone."""
        ...

    async def documents(self, which: FileQuery, purpose: str = "") -> Sequence[TextFile]:
        """Return some of a project's documents, of one purpose or of any."""
        ...

    async def uploads(self, which: FileQuery, prefix: str) -> Sequence[Asset]:
        """Return some of a project's inputs that belong to no library; their ids begin with these five characters."""
        ...

    async def expire_documents(self, now: int) -> None:
        """Remove the documents that have ended."""
        ...

    async def add(self, batch: Batch, lines: str) -> None:
        """Record a batch with its lines, as they will be sent."""
        ...

    async def get(self, batch_id: str) -> Batch | None:
        """Return the batch, of any project."""
        ...

    async def sent(self, batch_id: str) -> str:
        """Return a batch's lines as they were written down."""
        ...

    async def list(self, project_id: str, *, before: Batch | None, limit: int) -> Sequence[Batch]:
        """Return a page of a project's batches, newest first."""
        ...

    async def open_count(self, project_id: str) -> int:
        """Return how many of a project's batches have not ended."""
        ...

    async def claim(self, owner: str, *, now: int, until: int) -> Sequence[Batch]:
        """Claim the open batches that no other server has claimed, until that time."""
        ...

    async def in_progress(self) -> Sequence[Batch]:
        """Return the batches of all projects that begin further lines."""
        ...

    async def lines(self, batch_id: str) -> Sequence[BatchLine]:
        """Return the lines that were begun, in their order."""
        ...

    async def open_lines(self, batch_id: str) -> Sequence[BatchLine]:
        """Return the lines whose videos are still being made, in their order."""
        ...

    async def begun(self, batch_id: str) -> int:
        """Return how many lines were begun; each begins after the one before it."""
        ...

    async def put_line(self, batch_id: str, line: BatchLine) -> None:
        """Write down how a line stands. What has ended stays so, and is counted once."""
        ...

    async def turn(self, batch_id: str, status: BatchStatus, *, source: BatchStatus, at: int) -> bool:
        """Give an open batch another status; False if it has another one than `source`."""
        ...

    async def end(self, batch: Batch, status: BatchStatus, *, at: int, output: str | None, errors: str | None) -> bool:
        """End a batch with the ids of the documents it ends in; False if it has ended."""
        ...
