"""Ark's own wire API (Volcengine, and ModelArk of BytePlus): Seedance as the vendor serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answer_types.ark import ArkCreated, ArkErrorAnswer, ArkPage, ArkTask
from reelgate.dialects.answer_types.common import Empty
from reelgate.dialects.ark_flags import take_flags
from reelgate.dialects.ark_settings import check_camera, check_options, read_own, task_of
from reelgate.dialects.callbacks import changed_word
from reelgate.dialects.described import Described
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Answer, Call, EndAction, Links, ListedTasks, Operation, Parsed, Route, TaskQuery
from reelgate.dialects.query import Query
from reelgate.dialects.request_builder import Draft, find_model
from reelgate.dialects.seedance import STATUSES, read_content, read_settings, told
from reelgate.errors import (
    InDoubt,
    InsufficientFunds,
    InvalidField,
    MediaRefused,
    MissingField,
    MissingKey,
    ModelForbidden,
    RateLimited,
    ReelgateError,
    SpendLimit,
    TaskNotFound,
    TooManyTasks,
    Unavailable,
    UnknownModel,
    WrongKey,
    WrongState,
)
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State

_TASKS = "/api/v3/contents/generations/tasks"
_AT_APIYI = "/seedance"
_MOUNTS = (_TASKS, f"{_AT_APIYI}{_TASKS}")
"""The vendor's own address, and the one at which APIYI passes it on."""

_PAGE = 10
_LARGEST_PAGE = 500
_LAST_PAGE = 1_000_000
_ENDPOINT = "ep-"
_SHOWN = 80
_CALLED = frozenset({"queued", "running", "succeeded", "failed", "expired"})

_RUNNING = "Cannot delete task because it is currently running"
_CANCELLED = "Cannot delete task because it is cancelled already"
_REFUSALS = {_RUNNING: "InvalidAction.RunningTaskDeletion", _CANCELLED: "InvalidAction.CancelledTaskDeletion"}

_NO_KEY = "The API key or AK/SK in the request is missing or invalid."
_CODES: dict[type[ReelgateError], str] = {
    MissingKey: "AuthenticationError",
    WrongKey: "AuthenticationError",
    MissingField: "MissingParameter",
    UnknownModel: "InvalidEndpointOrModel.NotFound",
    ModelForbidden: "InvalidEndpointOrModel.ModelIDAccessDisabled",
    InsufficientFunds: "AccountOverdueError",
    SpendLimit: "AccountOverdueError",
    TaskNotFound: "NotFound.Task",
    RateLimited: "APIAccountRpmRateLimitExceeded",
    TooManyTasks: "QuotaExceeded",
    Unavailable: "ServerOverloaded",
}
_STATUSES = ((ModelForbidden, 404), (InsufficientFunds, 403))
"""The vendor's statuses where they are not ours."""

_KINDS = {
    400: ("BadRequest", "InvalidParameter"),
    401: ("Unauthorized", "AuthenticationError"),
    403: ("Forbidden", "AccessDenied"),
    404: ("NotFound", "NotFound"),
    409: ("Conflict", "InvalidAction"),
    429: ("TooManyRequests", "RateLimitExceeded"),
}
"""The `type` of an error by its HTTP status, and the code where nothing better is known."""


class Ark:
    """Seedance 1.0 to 2.5 under the vendor's own ids."""

    name = "ark"
    words: Mapping[State, str] = STATUSES
    """The status words."""
    routes = tuple(
        route
        for tasks in _MOUNTS
        for route in (
            Route("POST", tasks, Operation.CREATE),
            Route("GET", f"{tasks}/", Operation.QUERY),
            Route("GET", tasks, Operation.LIST),
            Route("DELETE", f"{tasks}/{{id}}", Operation.DELETE),
        )
    )
    described = Described(
        answers={
            Operation.CREATE: ArkCreated,
            Operation.QUERY: ArkTask,
            Operation.LIST: ArkPage,
            Operation.DELETE: Empty,
        },
        errors=(ArkErrorAnswer,),
        examples=dict.fromkeys(
            _MOUNTS,
            (
                {
                    "model": "doubao-seedance-1-0-pro-250528",
                    "content": [{"type": "text", "text": "a red fox runs through snow"}],
                    "resolution": "720p",
                    "ratio": "16:9",
                    "duration": 5,
                },
            ),
        ),
    )

    def at(self, path: str) -> Ark:
        """Return what speaks at a path."""
        return _PASSED_ON if path.startswith(_AT_APIYI) else self

    def new_id(self, model: Model, now: int) -> str:
        """Return `cgt-`, the time in UTC+8 and five characters."""
        return ids.ark_id(now)

    def new_request_id(self, now: int) -> str:
        """Return `02`, the milliseconds and 32 hexadecimal digits."""
        return f"02{now:013d}{ids.uuid7(now).replace('-', '')}"

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Flags inside the text count where the body's own fields say nothing."""
        fields = Fields(call.body)
        model = find_model(fields, catalog, self.name)
        check_options(fields, model)
        draft = Draft(model)
        content = read_content(fields)
        draft.put("prompt", take_flags(draft, content.prompt, content.field, model), content.field)
        read_settings(draft, fields)
        read_own(draft, fields, model)
        mode, inputs = task_of(fields, content)
        check_camera(fields, mode)
        return draft.parsed(mode, inputs, fields)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create: the id, and nothing else."""
        return Answer(200, {"id": task.id})

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query."""
        body = told(task, model, links) | {"status": self.words[task.state]}
        if body["status"] != STATUSES[State.FAILED]:
            body["error"] = None  # the vendor's word for the other ends is the status alone
        if task.dialect == self.name and task.request.client_ref:
            body["safety_identifier"] = task.request.client_ref
        return Answer(200, body)

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake; the text ends with the request's id, as the vendor's do."""
        status = next((own for mistake, own in _STATUSES if isinstance(error, mistake)), error.status)
        kind, code = _KINDS.get(status, ("BadRequest", "InvalidParameter"))
        if error.status >= 500 or isinstance(error, InDoubt):
            kind, code = "InternalServerError", "InternalServiceError"
        code = _REFUSALS.get(error.message, _CODES.get(type(error), code))
        message = f"{_said(error).rstrip('.')}. Request id: {request_id}"
        body = {"code": code, "message": message, "param": _param(error), "type": kind}
        return Answer(status, {"error": body})

    def call_word(self, before: State | None, after: State) -> str:
        """Return the word of a move that the vendor reports: every change except a cancel, which its client made."""
        return changed_word(STATUSES, _CALLED, before, after)

    def call_headers(self, url: str, secret: str, now: int, nonce: str) -> tuple[tuple[str, str], ...]:
        """Return nothing: the vendor signs nothing."""
        return ()

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call's query. Off-peak tasks are hidden unless they are asked for."""
        asked = Query(query)
        page = asked.integer("page_num", 1, _LAST_PAGE) or 1
        size = asked.integer("page_size", 1, _LARGEST_PAGE) or _PAGE
        status = asked.choice("filter.status", tuple(dict.fromkeys(STATUSES.values())))
        tier = asked.choice("filter.service_tier", ("default", "flex")) or "default"
        return TaskQuery(
            states=tuple(state for state, word in STATUSES.items() if status in (word, self.words[state])),
            model=asked.text("filter.model") or None,
            ids=asked.texts("filter.task_ids"),
            offpeak=tier == "flex",
            offset=(page - 1) * size,
            limit=size,
            page=page,
            unknown=asked.unknown(),
        )

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        items = [self.render(task, model, links).body for task, model in listed.tasks]
        return Answer(200, {"items": items, "total": listed.total})

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return what a delete does: cancel a queued task, remove one that has ended. Raises WrongState."""
        if task.state is State.CANCELLED:
            raise WrongState(_CANCELLED)
        if task.state in ENDS:
            return EndAction.DELETE
        if task.state is not State.QUEUED:  # one that is being submitted may be at a vendor already
            raise WrongState(_RUNNING)
        return EndAction.CANCEL

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a delete that was done."""
        return Answer(200, {})


class _PassedOn(Ark):
    """The same at APIYI, which has no cancel: its client asks on for half an hour about a cancelled task."""

    words: Mapping[State, str] = {**STATUSES, State.CANCELLED: STATUSES[State.FAILED]}


def _said(error: ReelgateError) -> str:
    if isinstance(error, MissingKey | WrongKey):
        return _NO_KEY
    if isinstance(error, UnknownModel):
        return _no_model(error)
    if isinstance(error, MediaRefused | MissingField) or not isinstance(error, InvalidField):
        return error.message
    return f"The parameter `{error.field}` specified in the request is not valid: {error.message}"


def _no_model(error: UnknownModel) -> str:
    name = error.model[:_SHOWN]
    if name.startswith(_ENDPOINT):
        return f"The endpoint {name} is known to its owner's account alone; name a model (GET /v1/models lists them)"
    return f"The model or endpoint {name} does not exist or you do not have access to it; {error.message}"


def _param(error: ReelgateError) -> str:
    if isinstance(error, InvalidField):
        return error.field
    return "model" if isinstance(error, UnknownModel | ModelForbidden) else ""


DIALECT = Ark()
_PASSED_ON = _PassedOn()
