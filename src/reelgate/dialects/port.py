"""A wire API: routes, a parser, and renderers for answers and errors. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import msgspec

from reelgate.catalog import Catalog, Model
from reelgate.errors import ReelgateError
from reelgate.request import VideoRequest
from reelgate.signing import Claim
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

HOUSE = "reelgate"
"""The name of the gateway's own dialect."""

UNIVERSAL = "new_api"
"""The name of the dialect that, at an address shared with sellers, reads every model that none of them sells."""


class Operation(StrEnum):
    """What a route does."""

    CREATE = "create"
    QUERY = "query"
    LIST = "list"
    CANCEL = "cancel"
    DELETE = "delete"
    CONTENT = "content"
    REMIX = "remix"
    ASSET = "asset"


class Route(msgspec.Struct, frozen=True):
    """One address of a dialect.

    A query's `path` ends in `/`, and the task id follows; or it contains `{id}`, as do the paths of all other
    operations on one task.
    """

    method: str
    path: str
    operation: Operation


class Call(msgspec.Struct, frozen=True):
    """A create call as it arrived: lower-case header names, the decoded JSON object.

    `edit_model` is the model of an edit that names none: its source's, or the operator's; "" without either.
    """

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    edit_model: str = ""


class Parsed(msgspec.Struct, frozen=True):
    """A parsed call: the model's catalog row, the request, the client's names for fields, the extra fields.

    `names` maps a VideoRequest attribute to the field the client wrote, for error texts (`duration` ->
    `parameters.duration`); inputs are named by role (`first_frame` -> `image`) or all together by `media`. The seed
    is -1 if the client named none. `otherwise` is the request to use if no account makes the first one.
    `metadata` has the client's own notes.
    """

    model: Model
    request: VideoRequest
    names: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    otherwise: VideoRequest | None = None
    metadata: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True):
    """An answer: HTTP status, JSON body, extra headers."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


class Links(Protocol):
    """Makes signed links to a task's files."""

    def __call__(self, task: Task, name: str) -> str:
        """Return the absolute address of the task's file `name`."""
        ...


class TaskQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a project's tasks a list call selects, whichever dialect made them.

    Pages begin at `offset`, or after the task with the id `after`. Times are in milliseconds; the upper one is
    exclusive. `page` is the client's name for this page, for the answer. `counted`: the answer states the number of
    tasks, so all of them have to be counted.
    """

    states: tuple[State, ...] = ()
    model: str | None = None
    ids: tuple[str, ...] = ()
    offpeak: bool | None = None
    created_from: int | None = None
    created_to: int | None = None
    offset: int = 0
    after: str = ""
    oldest_first: bool = False
    limit: int
    page: int = 1
    counted: bool = True
    unknown: tuple[str, ...] = ()
    """Parameters of the call that the dialect does not know."""


class ListedTasks(msgspec.Struct, frozen=True):
    """A page of tasks, each with its catalog row, and the number of tasks on all pages (0 if they are not counted).

    `request_id` is the id of the list call, in the dialect's form.
    """

    wanted: TaskQuery
    tasks: tuple[tuple[Task, Model], ...]
    total: int
    request_id: str = ""

    @property
    def more(self) -> bool:
        """Whether another page may follow."""
        return len(self.tasks) == self.wanted.limit and self.total > self.wanted.offset + len(self.tasks)


class EndAction(StrEnum):
    """What a cancel or delete call does with a task."""

    CANCEL = "cancel"
    DELETE = "delete"
    CANCEL_AND_DELETE = "cancel_and_delete"
    """An open task is cancelled first, and removed as soon as it has stopped."""


class Dialect(Protocol):
    """One wire API. `reelgate.testing.check_dialect` tests every implementation against this."""

    name: str
    routes: tuple[Route, ...]

    def new_id(self, model: Model, now: int) -> str:
        """Return a fresh public task id in this dialect's form; ids grow with time (`now` in ms)."""
        ...

    def new_request_id(self, now: int) -> str:
        """Return a fresh trace id in this dialect's form."""
        ...

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Raises ClientError with the field as the client wrote it."""
        ...

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create."""
        ...

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query. The video is `task.delivered`: a task that was cancelled may have an `output` as well."""
        ...

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer an error."""
        ...


@runtime_checkable
class SigningDialect(Protocol):
    """A dialect whose clients send no key but sign each call with a key's secret, as in a JWT."""

    name: str

    def claim(self, headers: Mapping[str, str]) -> Claim | None:
        """Return the claim in a call's headers (names in lower case), None if they have an API key instead."""
        ...


@runtime_checkable
class StandingDialect(Protocol):
    """A dialect whose clients read only an answer's body, even if its status is an error."""

    name: str

    def standing(self, answer: Answer) -> str:
        """Return the word for an open task from an answer to a query, "" for a task that has ended."""
        ...

    def render_trouble(self, answer: Answer, task_id: str, standing: str) -> Answer:
        """Add to the error answer of a query that the task is open, as far as is known."""
        ...


class NativeDialect(Dialect, Protocol):
    """A dialect with LIST, CANCEL or DELETE routes."""

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call's query. Raises InvalidField with the parameter as the client wrote it."""
        ...

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        ...

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return what a CANCEL or DELETE call does with that task. Raises WrongState if the API refuses it."""
        ...

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a successful CANCEL or DELETE call; `task` is its current state."""
        ...


@runtime_checkable
class CallingDialect(Protocol):
    """A dialect whose API calls an address that a task names when the task changes its state."""

    name: str

    def call_word(self, before: State | None, after: State) -> str:
        """Return the state's word if the API reports that move, otherwise ""."""
        ...

    def call_headers(self, url: str, secret: str, now: int, nonce: str) -> tuple[tuple[str, str], ...]:
        """Return the headers with which the API signs its calls, for one sent to `url` at `now` (ms)."""
        ...


@runtime_checkable
class MountedDialect(Protocol):
    """A dialect that is also served at another seller's addresses, and has other words there."""

    name: str

    def at(self, path: str) -> Dialect:
        """Return what speaks at the path of one of its routes: itself, or the same dialect in that seller's words."""
        ...


@runtime_checkable
class EditDialect(Protocol):
    """A dialect in which an edit may name no model."""

    name: str

    def open_edit(self, call: Call) -> str | None:
        """Return the id of the video that a call edits without naming a model, "" for a clip of another origin.

        None if the call is not such an edit.
        """
        ...


@runtime_checkable
class RemixDialect(Protocol):
    """A dialect in which a create may name a video, and is a remix of that then."""

    name: str

    def remix_of(self, call: Call) -> str:
        """Return the id of the video that a create remixes, "" for any other create."""
        ...


class ContentDialect(Dialect, Protocol):
    """A dialect with CONTENT or REMIX routes."""

    def parse_content(self, query: Mapping[str, Sequence[str]], task: Task) -> str:
        """Return the name of the requested file of the task. Raises InvalidField or FileNotFound."""
        ...

    def parse_remix(self, call: Call, task: Task, model: Model) -> Parsed:
        """Read a call that makes a new task from `task`, which was made with `model`. Raises ClientError."""
        ...
