"""What a wire API is to Reelgate: routes, a parser, and renderers for answers and errors. No I/O."""

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
"""The name of the dialect that reads, at an address it shares with sellers, every model that none of them sells."""


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

    A query's `path` ends in `/`, the task id follows; or it holds `{id}`, as do the paths of whatever
    else is done with one task.
    """

    method: str
    path: str
    operation: Operation


class Call(msgspec.Struct, frozen=True):
    """A create call as it came in: lower-case header names, the decoded JSON object.

    `edit_model` is the model of an edit that names none: its source's, or the operator's; "" where there is neither.
    """

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    edit_model: str = ""


class Parsed(msgspec.Struct, frozen=True):
    """A parsed call: the model's catalog row, the request, the client's names for fields, the extra fields.

    `names` maps a VideoRequest attribute to the field the client wrote, for error texts (`duration` ->
    `parameters.duration`); inputs are named by role (`first_frame` -> `image`) or all together by `media`. The seed
    is -1 where the client named none. `otherwise` is what is ordered where nobody here makes the request itself.
    `metadata` are the client's own notes.
    """

    model: Model
    request: VideoRequest
    names: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    otherwise: VideoRequest | None = None
    metadata: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True):
    """What goes back: an HTTP status, a JSON-able body, extra headers."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


class Links(Protocol):
    """Makes signed links to a task's files."""

    def __call__(self, task: Task, name: str) -> str:
        """Return the absolute address of the task's file `name`."""
        ...


class TaskQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a project's tasks a list call asks for; whichever dialect made them.

    Pages go by `offset`, or by `after`, the id of the last task that was seen. Times are milliseconds, the upper
    one exclusive. `page` is what the client called this page, for the answer. `counted`: the answer says how many tasks
    there are, which costs a look at all of them.
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
    """Parameters of the call that mean nothing to the dialect."""


class ListedTasks(msgspec.Struct, frozen=True):
    """A page of tasks, each with its catalog row, and how many there are on all pages (0 where they are not counted).

    `request_id` names the list call, as the dialect makes such ids.
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
    """Cancelled first where it still moves, and removed as soon as it has stopped."""


class Dialect(Protocol):
    """One wire API. `reelgate.testing.check_dialect` holds every implementation to this."""

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
        """Answer a mistake."""
        ...


@runtime_checkable
class SigningDialect(Protocol):
    """A dialect whose clients send no key, but sign each call with a secret that goes with one, as in a JWT."""

    name: str

    def claim(self, headers: Mapping[str, str]) -> Claim | None:
        """Return what a call's headers claim (names in lower case), None where they bring an API key as everywhere."""
        ...


@runtime_checkable
class StandingDialect(Protocol):
    """A dialect whose clients go by an answer's body alone, also where its status says that nothing is known now."""

    name: str

    def standing(self, answer: Answer) -> str:
        """Return the word for a task that goes on from an answer to a query, "" for one that has ended."""
        ...

    def render_trouble(self, answer: Answer, task_id: str, standing: str) -> Answer:
        """Say in an error to a query that the task goes on, as far as is known."""
        ...


class NativeDialect(Dialect, Protocol):
    """A dialect that has LIST, CANCEL or DELETE routes too."""

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call's query. Raises InvalidField with the parameter as the client wrote it."""
        ...

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        ...

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return what a CANCEL or DELETE call does with that task. Raises WrongState where the API refuses it."""
        ...

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a CANCEL or DELETE call that was done; `task` is as it now is."""
        ...


@runtime_checkable
class CallingDialect(Protocol):
    """A dialect whose API tells an address that a task names of the task's moves."""

    name: str

    def call_word(self, before: State | None, after: State) -> str:
        """Return the state's word where the API tells of that move, "" where it does not."""
        ...

    def call_headers(self, url: str, secret: str, now: int, nonce: str) -> tuple[tuple[str, str], ...]:
        """Return the headers by which the API's clients know its calls, for one sent to `url` at `now` (ms)."""
        ...


@runtime_checkable
class EditDialect(Protocol):
    """A dialect in which an edit may leave its model open."""

    name: str

    def open_edit(self, call: Call) -> str | None:
        """Return the id of the video that a call edits without naming a model, "" for a clip that we did not make.

        None where the call is not such an edit.
        """
        ...


@runtime_checkable
class RemixDialect(Protocol):
    """A dialect in which a create may name a video, and is a remix of that then."""

    name: str

    def remix_of(self, call: Call) -> str:
        """Return the id of the video of which a create makes a remix, "" for any other create."""
        ...


class ContentDialect(Dialect, Protocol):
    """A dialect that has CONTENT or REMIX routes too."""

    def parse_content(self, query: Mapping[str, Sequence[str]], task: Task) -> str:
        """Return the name of the task's file that is asked for. Raises InvalidField, or FileNotFound."""
        ...

    def parse_remix(self, call: Call, task: Task, model: Model) -> Parsed:
        """Read a call that makes a new task out of `task`, which was made with `model`. Raises ClientError."""
        ...
