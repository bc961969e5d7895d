"""Vidu's own wire API (ShengShu's open platform): four creates, the query by creations, list, cancel."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answer_types.common import Empty
from reelgate.dialects.answer_types.vidu import ViduCreated, ViduError, ViduPage, ViduTask
from reelgate.dialects.answers import THUMBNAIL, VIDEO, failure, vendor_code
from reelgate.dialects.callbacks import changed_word
from reelgate.dialects.described import Described
from reelgate.dialects.port import Answer, Call, EndAction, Links, ListedTasks, Operation, Parsed, Route, TaskQuery
from reelgate.dialects.query import Query
from reelgate.dialects.vidu_create import CREATES, EXAMPLES, parse
from reelgate.errors import (
    InDoubt,
    InsufficientFunds,
    InvalidField,
    ItemCount,
    MediaRefused,
    MissingField,
    ReelgateError,
    TaskNotFound,
    TooManyTasks,
    WrongState,
)
from reelgate.limits import MAX_PAGE_SIZE, PAGE_SIZE
from reelgate.request import MediaKind, Mode, Trait
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_TASKS = "/ent/v2/tasks"
_MICROS_PER_CREDIT = 5000
_LAST_PAGE = 1_000_000
_PAGINGS = ("pager", "paper")
"""The vendor's pages spell the paging keys in two ways."""

_CANCELLED = "UserCancelled"
_STATES = {
    State.QUEUED: "queueing",
    State.SUBMITTING: "queueing",
    State.UNKNOWN: "processing",
    State.RUNNING: "processing",
    State.COLLECTING: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
    State.EXPIRED: "failed",
}
_CALLED = frozenset({"processing", "success", "failed"})
_ACCESS_KEY = "vidu"
_WORDS = ("created", *dict.fromkeys(_STATES.values()))

_FIELD_ERRORS: tuple[tuple[type[InvalidField], str, str], ...] = (
    (MissingField, "FieldLacking", "field is missing or empty"),
    (ItemCount, "FieldItemCountOutOfRange", "field item count out of range"),
    (InvalidField, "FieldInvalid", "invalid field"),
)
_PICTURE_ERRORS = {
    Trait.ADDRESS: "ImageDownloadFailure",
    Trait.ARRIVAL: "ImageDownloadFailure",
    Trait.CONTENT: "ImageFormatInvalid",
    Trait.FORMAT: "ImageFormatInvalid",
}
_PICTURE_ERROR = "PageSizeOutOfRange"
"""What the vendor calls a picture of the wrong size or shape."""

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    503: "SystemThrottling",
}


class Vidu:
    """Q3 and Q2 as the vendor serves them."""

    name = "vidu"
    routes = (
        *(Route("POST", path, Operation.CREATE) for path in CREATES),
        Route("GET", f"{_TASKS}/{{id}}/creations", Operation.QUERY),
        Route("GET", _TASKS, Operation.LIST),
        Route("POST", f"{_TASKS}/{{id}}/cancel", Operation.CANCEL),
    )
    described = Described(
        answers={
            Operation.CREATE: ViduCreated,
            Operation.QUERY: ViduTask,
            Operation.LIST: ViduPage,
            Operation.CANCEL: Empty,
        },
        errors=(ViduError,),
        examples=EXAMPLES,
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return a decimal number that grows with time."""
        return ids.decimal(now)

    def new_request_id(self, now: int) -> str:
        """Return 32 hexadecimal digits."""
        return ids.uuid7(now).replace("-", "")

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Raises ClientError."""
        return parse(call, catalog)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create: the task, with what it will cost."""
        return Answer(200, {"task_id": task.id, "state": "created", **_settings(task), "credits": _credits(task)})

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query."""
        return Answer(200, _told(task, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake: the vendor's name for it, and which field it is about."""
        reason, message = _named(error)
        status = 400 if isinstance(error, InsufficientFunds) else error.status
        body = {"code": status, "reason": reason, "message": message, "metadata": {"trace_id": request_id}}
        return Answer(status, body)

    def call_word(self, before: State | None, after: State) -> str:
        """Return the word of a move that the vendor reports."""
        return changed_word(_STATES, _CALLED, before, after)

    def call_headers(self, url: str, secret: str, now: int, nonce: str) -> tuple[tuple[str, str], ...]:
        """Return the vendor's signature: of the address, the date and the nonce, not of the body."""
        parts = urlsplit(url)
        date = format_datetime(datetime.fromtimestamp(now / 1000, UTC), usegmt=True)
        lines = ["POST", parts.path or "/", parts.query, _ACCESS_KEY, date]
        lines += [f"Date:{date}", f"x-request-nonce:{nonce}"]
        signed = "".join(f"{line}\n" for line in lines).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()
        return (
            ("X-HMAC-SIGNATURE", signature),
            ("X-HMAC-ALGORITHM", "hmac-sha256"),
            ("X-HMAC-ACCESS-KEY", _ACCESS_KEY),
            ("X-HMAC-SIGNED-HEADERS", "Date;x-request-nonce"),
            ("Date", date),
            ("x-request-nonce", nonce),
        )

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call's query. Raises InvalidField, also for filters that are not served."""
        asked = Query(query)
        for name in ("resolutions", "templates"):
            if asked.texts(name):
                raise InvalidField(name, f"{name}: lists are not filtered by {name} here", allowed="nothing")
        models = asked.texts("model_versions")
        if len(models) > 1:
            raise InvalidField("model_versions", "model_versions: one model at a time", allowed="one")
        page = max(_paging(asked, "page", 0, _LAST_PAGE) or 1, 1)
        size = _paging(asked, "pagesz", 1, MAX_PAGE_SIZE) or PAGE_SIZE
        token = next((text for name in _PAGINGS if (text := asked.text(f"{name}.page_token"))), "")
        return TaskQuery(
            states=_states(asked),
            model=models[0] if models else None,
            ids=asked.texts("task_ids"),
            created_from=_moment(asked, "created_at.from"),
            created_to=_moment(asked, "created_at.to"),
            after=token,
            offset=0 if token else (page - 1) * size,
            limit=size,
            page=page,
            unknown=asked.unknown(),
        )

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        tasks = [{**_told(task, links), **_settings(task)} for task, _ in listed.tasks]
        token = listed.tasks[-1][0].id if listed.more else ""
        return Answer(200, {"tasks": tasks, "next_page_token": token, "total": listed.total})

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return what a cancel does; again it does nothing. Raises WrongState for a task that has ended otherwise."""
        if task.state.ended and task.state is not State.CANCELLED:
            raise WrongState(f"the task has ended with {_STATES[task.state]}; it can't be cancelled any more")
        return EndAction.CANCEL

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a cancel that was done."""
        return Answer(200, {})


def _told(task: Task, links: Links) -> dict[str, Any]:
    """Return the task as a query tells it. What was not delivered costs nothing."""
    made, broken = task.delivered, failure(task)
    creations: list[dict[str, str]] = []
    if made is not None:
        url = links(task, VIDEO)
        creations = [
            {
                "id": task.id,
                "url": url,
                "cover_url": links(task, THUMBNAIL) if made.thumbnail else "",
                "watermarked_url": url if task.request.watermark else "",
            }
        ]
    return {
        "id": task.id,
        "state": _STATES[task.state],
        "err_code": _reason(task),
        "err_msg": broken[1] if broken else "",
        "credits": 0 if broken else _credits(task),
        "payload": _payload(task),
        "bgm": task.request.music,
        "off_peak": task.request.offpeak,
        "progress": 100 if task.state.ended else task.progress,
        "creations": creations,
    }


def _settings(task: Task) -> dict[str, Any]:
    request = task.request
    moment = datetime.fromtimestamp(task.created_at / 1000, UTC)
    return {
        "model": task.model,
        "prompt": request.prompt,
        "images": [item.url for item in request.media if item.kind is MediaKind.IMAGE and _is_address(item.url)],
        "duration": max(request.duration, 0),
        "seed": max(request.seed, 0),
        "aspect_ratio": request.ratio if request.mode in (Mode.TEXT, Mode.REFERENCE) else "",
        "resolution": request.resolution,
        "movement_amplitude": "auto",
        "bgm": request.music,
        "audio": request.audio,
        "payload": _payload(task),
        "off_peak": request.offpeak,
        "watermark": request.watermark,
        "created_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _is_address(url: str) -> bool:
    """Whether an input came by address: one that came inside the request is not sent back."""
    return url.startswith(("http://", "https://"))


def _credits(task: Task) -> int:
    """Return what a task costs: what it was charged where it has ended, until then what it holds."""
    micros = task.price_micros if task.charged_micros is None else task.charged_micros
    return micros // _MICROS_PER_CREDIT


def _payload(task: Task) -> str:
    """Return the client's note, where the task was made at these addresses."""
    return task.request.client_ref if task.dialect == Vidu.name else ""


def _reason(task: Task) -> str:
    broken = failure(task)
    if task.state is State.CANCELLED:
        return _CANCELLED
    return vendor_code(broken[0]) if broken else ""


def _named(error: ReelgateError) -> tuple[str, str]:
    """Return the vendor's name of a mistake, and a text that begins as the vendor's does."""
    if isinstance(error, MediaRefused):
        return _PICTURE_ERRORS.get(error.trait, _PICTURE_ERROR), error.message
    if isinstance(error, InvalidField):
        reason, text = next((name, text) for kind, name, text in _FIELD_ERRORS if isinstance(error, kind))
        return reason, f"{text}: {error.field} ({error.message})"
    if isinstance(error, TaskNotFound):
        return "TaskNotFound", error.message
    if isinstance(error, InsufficientFunds):
        return "CreditInsufficient", f"insufficient credits: {error.message}"
    if isinstance(error, TooManyTasks):
        return "QuotaExceeded", error.message
    status = 500 if isinstance(error, InDoubt) else error.status
    return _REASONS.get(status, "InternalServiceFailure" if status >= 500 else "BadRequest"), error.message


def _paging(asked: Query, key: str, low: int, high: int) -> int | None:
    found = (asked.integer(f"{name}.{key}", low, high) for name in _PAGINGS)
    return next((number for number in found if number is not None), None)


def _states(asked: Query) -> tuple[State, ...]:
    wanted: list[State] = []
    for word in asked.texts("states"):
        if word not in _WORDS:
            raise InvalidField.not_one_of("states", word, _WORDS)
        wanted += [State.QUEUED] if word == "created" else [state for state, name in _STATES.items() if name == word]
    return tuple(dict.fromkeys(wanted))


def _moment(asked: Query, name: str) -> int | None:
    """Return a time as milliseconds; it comes as ISO 8601, in UTC where it says nothing else."""
    text = asked.text(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidField.out_of_range(name, text, "a time such as 2026-01-01T15:41:31Z") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


DIALECT = Vidu()
