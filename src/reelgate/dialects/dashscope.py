"""DashScope's wire API (Alibaba's Model Studio, Bailian): create, query, list, cancel, uploads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answer_types.dashscope import (
    DashScopeAnswer,
    DashScopeCreated,
    DashScopeDone,
    DashScopeError,
    DashScopePage,
)
from reelgate.dialects.answers import EAST_8, vendor_code
from reelgate.dialects.dashscope_answers import list_body, query_body
from reelgate.dialects.dashscope_body import check_asynchronous
from reelgate.dialects.dashscope_create import parse
from reelgate.dialects.dashscope_words import STATUSES
from reelgate.dialects.described import ASYNC, Described
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Answer, Call, EndAction, Links, ListedTasks, Operation, Parsed, Route, TaskQuery
from reelgate.dialects.query import Query
from reelgate.errors import (
    Damaged,
    InsufficientFunds,
    InvalidField,
    KeyForbidden,
    MalformedBody,
    MediaRefused,
    MissingKey,
    ModelForbidden,
    RateLimited,
    ReelgateError,
    RouteNotFound,
    ServiceError,
    SynchronousCall,
    TaskNotFound,
    TooManyTasks,
    UnknownModel,
    UploadForbidden,
    WrongKey,
    WrongState,
)
from reelgate.limits import MAX_PAGE_SIZE
from reelgate.request import Trait, VideoRequest
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_NOT_PENDING = "Failed to cancel the task, please confirm if the task is in PENDING status."
_ARREARAGE = "Access denied, please make sure your account is in good standing."
_NOT_LOADED = "Unable to download the media resource during the data inspection process."

_ERRORS: tuple[tuple[type[ReelgateError], int, str, str], ...] = (
    (MissingKey, 401, "InvalidApiKey", "No API-key provided."),
    (WrongKey, 401, "InvalidApiKey", "Invalid API-key provided."),
    (SynchronousCall, 403, "AccessDenied", "current user api does not support synchronous calls."),
    (UploadForbidden, 403, "AccessDenied", "{message}"),
    (KeyForbidden, 403, "AccessDenied", "Access denied. {message}"),
    (ModelForbidden, 403, "Model.AccessDenied", "Model access denied. {message}"),
    (InsufficientFunds, 400, "Arrearage", f"{_ARREARAGE} {{message}}"),
    (UnknownModel, 404, "ModelNotFound", "Model can not be found. {message}"),
    (RouteNotFound, 404, "NotFound", "{message}"),
    (TaskNotFound, 400, "UnsupportedOperation", _NOT_PENDING),
    (WrongState, 400, "UnsupportedOperation", _NOT_PENDING),
    (MalformedBody, 400, "InvalidParameter", "{message}"),
    (InvalidField, 400, "InvalidParameter", "{message}"),
    (RateLimited, 429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later. {message}"),
    (TooManyTasks, 429, "Throttling", "Requests throttling triggered. {message}"),
    (Damaged, 500, "InternalError", "{message}"),
    (ServiceError, 503, "ModelUnavailable", "{message}"),
)
"""Status, code and text of the mistakes that the vendor has words for; the first row that fits counts."""

_MEDIA_CODES = {
    Trait.ADDRESS: "InvalidURL",
    Trait.ARRIVAL: "InvalidParameter.DataInspection",
    Trait.CONTENT: "InvalidFile.Openerror",
    Trait.FORMAT: "InvalidFile.Format",
    Trait.SIDES: "InvalidFile.Resolution",
    Trait.SHAPE: "InvalidFile.AspectRatio",
    Trait.BYTES: "InvalidFile.Size",
    Trait.LENGTH: "InvalidFile.Duration",
    Trait.RATE: "InvalidFile.FPS",
}

_EXAMPLES = {
    "/api/v1/services/aigc/video-generation/video-synthesis": (
        {
            "model": "wan2.7-t2v",
            "input": {"prompt": "a red fox runs through snow"},
            "parameters": {"resolution": "720P", "duration": 5},
        },
    ),
    "/api/v1/services/aigc/image2video/video-synthesis": (
        {
            "model": "wan2.7-i2v",
            "input": {
                "prompt": "a red fox runs through snow",
                "media": [{"type": "first_frame", "url": "https://example.com/first.png"}],
            },
            "parameters": {"resolution": "720P"},
        },
    ),
}

_RESOLVE = "X-DashScope-OssResourceResolve"
_UPLOADED = "oss://"

_PAGE_SIZE = 10
_MAX_PAGE = 1_000_000
_DAY_MS = 24 * 3600 * 1000
_NOBODY = ("",)  # no task has this id: what a list of UNKNOWN tasks holds
_NO_STATE = ("UNKNOWN", "SUSPENDED")


class DashScope:
    """Wan, HappyHorse and the hosted Vidu models, as the vendor itself serves them."""

    name = "dashscope"
    routes = (
        Route("POST", "/api/v1/services/aigc/video-generation/video-synthesis", Operation.CREATE),
        Route("POST", "/api/v1/services/aigc/image2video/video-synthesis", Operation.CREATE),
        Route("GET", "/api/v1/tasks/", Operation.QUERY),
        Route("GET", "/api/v1/tasks", Operation.LIST),
        Route("GET", "/api/v1/tasks/", Operation.LIST),
        Route("POST", "/api/v1/tasks/{id}/cancel", Operation.CANCEL),
        Route("GET", "/api/v1/uploads", Operation.ASSET),
        Route("POST", "/api/v1/uploads", Operation.ASSET),
    )
    described = Described(
        answers={
            Operation.CREATE: DashScopeCreated,
            Operation.QUERY: DashScopeAnswer,
            Operation.LIST: DashScopePage,
            Operation.CANCEL: DashScopeDone,
        },
        errors=(DashScopeError,),
        examples=_EXAMPLES,
        headers=ASYNC,
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return a bare UUID."""
        return ids.uuid7(now)

    def new_request_id(self, now: int) -> str:
        """Return a bare UUID."""
        return ids.uuid7(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Raises ClientError; SynchronousCall unless the call asks for an asynchronous task."""
        check_asynchronous(call)
        parsed = parse(Fields(call.body), catalog, self.name)
        if call.headers.get(_RESOLVE.lower(), "").lower() != "enable":
            _refuse_uploads(parsed.request)
        return parsed

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create. The vendor's client takes no other status than 200 for done."""
        body = {"output": {"task_status": "PENDING", "task_id": task.id}, "request_id": task.request_id}
        return Answer(200, body)

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query; a failed task is a 200 too."""
        return Answer(200, query_body(task, model, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake, flat. A query for a task that does not exist is not a mistake: its status is UNKNOWN."""
        if isinstance(error, TaskNotFound) and error.asked:
            output = {"task_id": error.task_id, "task_status": "UNKNOWN"}
            return Answer(200, {"request_id": request_id, "output": output})
        status, code, text = _worded(error)
        message = text.replace("{message}", error.message)
        return Answer(status, {"code": code, "message": message, "request_id": request_id})

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call's query; times are `YYYYMMDDhhmmss` in UTC+8, both ends included. Raises InvalidField."""
        given = Query(query)
        status, task_id = given.choice("status", (*STATUSES, *_NO_STATE)), given.text("task_id")
        begin, end = _moment(given, "start_time"), _moment(given, "end_time")
        if begin is not None and end is not None and not 0 <= end - begin <= _DAY_MS:
            raise InvalidField.out_of_range("end_time", given.text("end_time"), "at most 24 hours after start_time")
        size = given.integer("page_size", 1, MAX_PAGE_SIZE) or _PAGE_SIZE
        page = given.integer("page_no", 1, _MAX_PAGE) or 1
        return TaskQuery(
            states=STATUSES.get(status, ()),
            model=given.text("model_name") or None,
            ids=_NOBODY if status in _NO_STATE else (task_id,) if task_id else (),
            created_from=begin,
            created_to=None if end is None else end + 1000,
            offset=(page - 1) * size,
            limit=size,
            page=page,
            unknown=given.unknown(),
        )

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        return Answer(200, list_body(listed))

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return that a task is cancelled. Raises WrongState for one that has begun, or is on its way to a vendor."""
        if task.state is not State.QUEUED:
            raise WrongState(_NOT_PENDING)
        return EndAction.CANCEL

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a cancel that was done."""
        return Answer(200, {"request_id": task.request_id})


def _worded(error: ReelgateError) -> tuple[int, str, str]:
    """Return status, code and text of a mistake; `{message}` in the text stands for our own."""
    if isinstance(error, MediaRefused):
        arrived = error.trait is not Trait.ARRIVAL
        return error.status, _MEDIA_CODES[error.trait], "{message}" if arrived else f"{_NOT_LOADED} {{message}}"
    for kind, status, code, text in _ERRORS:
        if isinstance(error, kind):
            return status, code, text
    return error.status, "InternalError" if error.status == 500 else vendor_code(error.code), "{message}"


def _refuse_uploads(request: VideoRequest) -> None:
    """Raise InvalidField for an uploaded file, which the vendor finds for those only who say that they send one."""
    for item in request.media:
        if item.url[: len(_UPLOADED)].lower() == _UPLOADED:
            message = f"{item.field}: an {_UPLOADED} address needs the header {_RESOLVE}: enable"
            raise InvalidField(item.field, message, value=item.url, allowed=f"{_RESOLVE}: enable")


def _moment(given: Query, name: str) -> int | None:
    """Return a time in milliseconds. Raises InvalidField."""
    text = given.text(name)
    if not text:
        return None
    try:
        if not re.fullmatch("[0-9]{14}", text):
            raise ValueError
        moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=EAST_8)
        return int(moment.timestamp()) * 1000
    except (ValueError, OverflowError):
        raise InvalidField.out_of_range(name, text, "a time as YYYYMMDDhhmmss, in UTC+8") from None


DIALECT = DashScope()
