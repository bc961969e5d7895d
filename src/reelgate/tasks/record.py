"""What the journal keeps of a task, an attempt and an event."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from reelgate.request import Output, VideoRequest
from reelgate.tasks.states import State


class Task(msgspec.Struct, frozen=True):
    """One accepted request, its state, its money, its result. Times are milliseconds since the epoch, UTC.

    `seq` grows with every insert and orders lists; `id` is the public id in the form of the dialect that created
    the task; `fence` grows with every claim, so that a worker that lost its lease can write nothing.
    """

    seq: int
    id: str
    project_id: str
    key_id: str
    dialect: str
    provider: str
    request_id: str
    state: State
    progress: int
    request: VideoRequest
    price_micros: int
    created_at: int
    due_at: int | None = None
    started_at: int | None = None
    finished_at: int | None = None
    lease_owner: str | None = None
    lease_until: int | None = None
    fence: int = 0
    cancel_requested: bool = False
    attempts: int = 0
    attempt_id: str | None = None
    upstream_ref: str | None = None
    output: Output | None = None
    error_code: str | None = None
    error_message: str | None = None
    fingerprint: str | None = None
    """Which request made it, as `NewTask` has it."""
    terms: str | None = None
    """The terms of its price as JSON (`reelgate.billing.terms`); None for a task older than those."""
    charged_micros: int | None = None
    """What it was charged when it ended; None until then."""
    hold_until: int | None = None
    """When its hold ends at the latest, as things stand; None while that follows from its other times."""

    @property
    def model(self) -> str:
        """The public model id that the client named."""
        return self.request.named

    @property
    def made_with(self) -> str:
        """The id of the model that makes it: the named one, or the one that stands in for it."""
        return self.request.model

    @property
    def maker(self) -> str:
        """The model for an operator's books: the name that was asked for, and what made it where that differs."""
        return f"{self.model} by {self.made_with}" if self.made_with != self.model else self.model

    @property
    def sold_by(self) -> str:
        """The dialect of the row that it is made with."""
        return self.request.order.sold_by if self.request.order else self.dialect

    def as_created(self) -> Task:
        """Return the task as it was when it had just been created."""
        return Task(
            seq=self.seq,
            id=self.id,
            project_id=self.project_id,
            key_id=self.key_id,
            dialect=self.dialect,
            provider=self.provider,
            request_id=self.request_id,
            state=State.QUEUED,
            progress=0,
            request=self.request,
            price_micros=self.price_micros,
            created_at=self.created_at,
            due_at=self.created_at,
            fingerprint=self.fingerprint,
            terms=self.terms,
        )


class NewTask(msgspec.Struct, frozen=True):
    """What admission writes down, in one transaction with its hold and its first event.

    `idempotency_key` is the client's own name for this create, unique in the project; `fingerprint` a hash of address
    and body, set where the same create may come again.
    """

    id: str
    project_id: str
    key_id: str
    dialect: str
    provider: str
    request_id: str
    request: VideoRequest
    price_micros: int
    created_at: int
    idempotency_key: str | None = None
    fingerprint: str | None = None
    terms: str | None = None
    """The terms of its price, kept as they are."""
    counted: bool = False
    """Whether its key or project has a bound on open tasks, which then decides in the create's own transaction."""


class AttemptState(StrEnum):
    """What became of one submission."""

    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    LOST = "lost"
    DONE = "done"


class Attempt(msgspec.Struct, frozen=True):
    """One submission of a task to one provider; written down before it is sent."""

    id: str
    task_id: str
    number: int
    provider: str
    state: AttemptState
    upstream_ref: str | None
    created_at: int
    updated_at: int
    heard: str = ""
    """References that were told at its own address while nobody knew whether it arrived, one on a line."""


class Event(msgspec.Struct, frozen=True):
    """One move of a task, written in the move's own transaction."""

    task_id: str
    at: int
    name: str
    source: str | None
    target: str
    note: str


class Unheard(msgspec.Struct, frozen=True):
    """A task of whose create the client heard nothing: the API key, a hash of address and body, and since when."""

    key_id: str
    fingerprint: str
    task_id: str
    at: int
