"""What the journal keeps of a task, an attempt and an event."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from reelgate.request import Output, VideoRequest
from reelgate.tasks.states import State


class Origin(msgspec.Struct, frozen=True):
    """The fields of a task that a create sets; only this class names them."""

    id: str
    project_id: str
    key_id: str
    dialect: str
    provider: str
    request_id: str
    request: VideoRequest
    price_micros: int
    created_at: int
    fingerprint: str | None
    """A hash of address and body, set if the same create may be sent again."""
    terms: str | None
    """The terms of its price as JSON (`reelgate.billing.terms`); None for a task older than those."""
    trace: str | None
    """The `traceparent` of its create, which all later work on it belongs to; None if nothing is traced."""
    metadata: str | None
    """The client's own notes: texts under names, as a JSON object; None if there are none."""


class Task(Origin, frozen=True):
    """One accepted request, its state, its money, its result. Times are milliseconds since the epoch, UTC.

    `seq` grows with every insert and orders lists; `id` is the public id in the form of the dialect that created
    the task; `fence` grows with every claim, so that a worker that lost its lease can write nothing.
    """

    seq: int
    state: State
    progress: int
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
    charged_micros: int | None = None
    """What it was charged when it ended; None until then."""
    hold_until: int | None = None
    """When its hold ends at the latest, as things stand; None while that follows from its other times."""

    @property
    def delivered(self) -> Output | None:
        """What its client gets. The file that a vendor made of a cancelled task is kept, and not the client's."""
        return self.output if self.state is State.SUCCEEDED else None

    @property
    def model(self) -> str:
        """The public model id that the client named."""
        return self.request.named

    @property
    def made_with(self) -> str:
        """The id of the model that makes it: the one named, or its stand-in."""
        return self.request.model

    @property
    def makers(self) -> str:
        """The models that make it, all its parts' where it is made in several."""
        order = self.request.order
        return ", ".join(order.makers) if order and order.parts else self.request.model

    @property
    def maker(self) -> str:
        """The model for an operator's books: the name that was asked for, and what made it where that differs."""
        return f"{self.model} by {self.makers}" if self.makers != self.model else self.model

    @property
    def sold_by(self) -> str:
        """The dialect of the row that it is made with."""
        return self.request.order.sold_by if self.request.order else self.dialect

    @classmethod
    def new(cls, seq: int, origin: Origin) -> Task:
        """Return the task that a create has just written."""
        return cls(*(*_fields(origin), seq, State.QUEUED, 0, origin.created_at))

    def as_created(self) -> Task:
        """Return the task as it was when it had just been created."""
        first = Task.new(self.seq, self)
        return replace(first, request=replace(self.request, unsent=())) if self.request.unsent else first


class NewTask(Origin, frozen=True):
    """What admission writes down, in one transaction with its hold and its first event.

    `idempotency_key` is the client's own name for this create, unique in the project.
    """

    idempotency_key: str | None = None
    counted: bool = False
    """Whether its key or project has a bound on open tasks, which then decides in the create's own transaction."""


_fields = attrgetter(*Origin.__struct_fields__)


class AttemptState(StrEnum):
    """The outcome of one submission."""

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
    """References that arrived at its own callback address while its outcome was unknown, one on each line."""


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
