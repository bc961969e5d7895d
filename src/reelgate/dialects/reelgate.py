"""The house dialect: every model of every seller in one vocabulary, and the fullest answer."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from reelgate import ids, limits
from reelgate.catalog import Catalog, Model
from reelgate.dialects import leftovers
from reelgate.dialects.answer_types.house import HouseErrorAnswer, HouseTask
from reelgate.dialects.answers import CONTACT_SHEET, LAST_FRAME, THUMBNAIL, error_body, unix
from reelgate.dialects.apiyi import STATUSES, job
from reelgate.dialects.callbacks import read_callback
from reelgate.dialects.described import Described
from reelgate.dialects.fields import Fields
from reelgate.dialects.inputs import NAMES, mode_of, read_inputs
from reelgate.dialects.metadata import FIELD, read_metadata
from reelgate.dialects.port import HOUSE, Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import Draft, find_model
from reelgate.errors import ConfigRefused, InvalidField, ReelgateError, shown
from reelgate.tasks.money import CURRENCY
from reelgate.tasks.record import Task

__all__ = ["DIALECT", "STATUSES", "House", "house_task", "metadata_of", "refusal_body"]

_SETTINGS = (
    "prompt",
    "negative_prompt",
    "resolution",
    "ratio",
    "duration",
    "seed",
    "audio",
    "keep_audio",
    "music",
    "watermark",
    "prompt_extend",
    "return_last_frame",
    "web_search",
    "camera_fixed",
)

_decode = msgspec.json.Decoder(dict[str, str]).decode
_LARGEST_EXACT = 2**53  # what every JSON reader keeps exactly


class House:
    """The gateway's own API. Field names are those of the normalised request."""

    name = HOUSE
    routes = (
        Route("POST", "/v1/tasks", Operation.CREATE),
        Route("GET", "/v1/tasks/", Operation.QUERY),
    )
    described = Described(
        answers={Operation.CREATE: HouseTask, Operation.QUERY: HouseTask},
        errors=(HouseErrorAnswer,),
        examples={"/v1/tasks": ({"model": "animatic", "prompt": "a red fox runs through snow", "duration": 5},)},
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return `task_` and 32 alphanumerics."""
        return ids.prefixed("task_", now)

    def new_request_id(self, now: int) -> str:
        """Return a UUID."""
        return ids.uuid7(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. The inputs in the call decide the mode. Raises ClientError."""
        fields = Fields(call.body)
        model = find_model(fields, catalog)
        draft = Draft(model)
        draft.read(fields, **{name: name for name in _SETTINGS})
        draft.name(**NAMES)
        read_callback(draft, fields)
        inputs, notes = read_inputs(fields), fields.value(FIELD)
        parsed = draft.parsed(mode_of(inputs), inputs, fields)
        if notes:  # an input or a setting among them was meant to be made
            leftovers.refuse({fields.path(FIELD): notes}, parsed.model, parsed.request, parsed.names)
        return replace(parsed, metadata=read_metadata(fields))

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create; the task has no file yet."""
        return Answer(200, house_task(task, _no_links))

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query."""
        return Answer(200, house_task(task, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake; where a field is at fault, with its name, its value and what is allowed."""
        return Answer(error.status, {"error": refusal_body(error)})


def refusal_body(error: ReelgateError) -> dict[str, Any]:
    """Return an error in the Reelgate dialect's form."""
    body: dict[str, Any] = error_body(error)["error"]
    if isinstance(error, InvalidField):
        body["param"] = error.field
        if error.value is not None:
            body["value"] = _short(error.value)
        if error.allowed is not None:
            body["allowed"] = error.allowed
    if isinstance(error, ConfigRefused):
        body["line"] = error.line or None
    return body


def house_task(task: Task, links: Links) -> dict[str, Any]:
    """Return everything that a task's owner may know of it. Times are Unix seconds; null is what is not known yet.

    `duration` is the length that was ordered, where one was, `seconds` the one that was delivered.
    """
    request, made = task.request, task.delivered
    body: dict[str, Any] = {
        "id": task.id,
        "object": "task",
        **job(task, links),
        "state": task.state.value,
        "model": task.model,
        "mode": request.mode.value,
        "dialect": task.dialect,
        "prompt": request.prompt,
        "created_at": unix(task.created_at),
        "started_at": unix(task.started_at) or None,
        "finished_at": unix(task.finished_at) or None,
        "seed": request.seed,
        "duration": made.duration if made and request.duration <= 0 else request.duration,
        "resolution": request.resolution,
        "ratio": made.ratio if made else request.ratio,
        "seconds": made.seconds if made else None,
        "bytes": made.bytes if made else None,
        "width": made.width if made else None,
        "height": made.height if made else None,
        "has_audio": made.audio if made else None,
        "made_by": made.made_by or None if made else None,
        **({"made_with": task.makers} if request.order else {}),
        "price": _price(task),
        "ignored": list(request.without_effect),
        "metadata": metadata_of(task),
        "notes": made.notes if made else {},
    }
    if "result_url" in body and made is not None:
        pictures = {
            "last_frame_url": (made.last_frame, LAST_FRAME),
            "thumbnail_url": (made.thumbnail, THUMBNAIL),
            "contact_sheet_url": (made.contact_sheet, CONTACT_SHEET),
        }
        body |= {field: links(task, name) for field, (blob, name) in pictures.items() if blob}
    return body


def metadata_of(task: Task) -> dict[str, str]:
    """Return the client's own notes on a task."""
    return _decode(task.metadata) if task.metadata else {}


def _price(task: Task) -> dict[str, Any]:
    """Return what a task holds or held, and what it was charged when it ended (null until then).

    While it holds its price, also when that ends at the latest, which moves as the task does.
    """
    price = {"amount_micros": task.price_micros, "charged_micros": task.charged_micros, "currency": CURRENCY}
    return price if task.state.ended else {**price, "expires_at": unix(_hold_end(task))}


def _hold_end(task: Task) -> int:
    """Return when a task's hold ends at the latest, as things stand, in ms."""
    if task.hold_until is not None:
        return task.hold_until
    if task.started_at is not None:
        return task.started_at + int((limits.LATE_WATCH_SECONDS + limits.HOLD_SLACK_SECONDS) * 1000)
    return task.created_at + int((task.request.expires_after or limits.TASK_DEADLINE_SECONDS) * 1000)


def _no_links(task: Task, name: str) -> str:
    raise LookupError(f"a task that was just created has no {name}")


def _short(value: Any) -> Any:
    """Return a value as it can be in an answer: small ones as they are, others as a short text."""
    plain = isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) <= _LARGEST_EXACT)
    return value if plain else shown(value).strip('"')


DIALECT = House()
