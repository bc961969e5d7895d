"""UniAll's wire API: one flat job in every answer, on several addresses."""

from __future__ import annotations

from typing import Any

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.catalog.expected import expected_seconds
from reelgate.dialects.answer_types.common import PlainErrorAnswer
from reelgate.dialects.answer_types.uniall import UniAllCreated, UniAllJob
from reelgate.dialects.answers import OPENAI_STATUSES, THUMBNAIL, VIDEO, error_body, failure, unix
from reelgate.dialects.described import Described
from reelgate.dialects.fields import Fields, LooseFields
from reelgate.dialects.inputs import mode_of, read_any, read_universal
from reelgate.dialects.openai_fields import read_references
from reelgate.dialects.port import Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import Draft, find_model
from reelgate.dialects.universal import layered, read_length, read_shape
from reelgate.errors import InvalidField, ReelgateError
from reelgate.request import Media, MediaKind, Mode, Role
from reelgate.tasks.record import Task

_VIDU = "vidu"
"""The family with a last frame and an `extra_body`."""

_ARTICLES = (
    ("image_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("first_image_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("last_image_url", MediaKind.IMAGE, Role.LAST_FRAME),
    ("video_url", MediaKind.VIDEO, Role.SOURCE),
)
"""Inputs under the names that the seller's articles give them, beside those of its reference."""

_MIX = "-mix-"
_LENGTHS = ("duration", "seconds")


class LenientFields(LooseFields):
    """UniAll's tables type integers as strings, its examples write them as numbers: both are taken."""


class UniAll:
    """Happy Horse and Vidu as UniAll sells them."""

    name = "uniall"
    routes = (
        Route("POST", "/v1/video/generations", Operation.CREATE),
        Route("POST", "/v1/videos/generations", Operation.CREATE),
        Route("GET", "/v1/video/generations/", Operation.QUERY),
        Route("GET", "/v1/videos/generations/", Operation.QUERY),
        Route("GET", "/v1/videos/", Operation.QUERY),
    )
    described = Described(
        answers={Operation.CREATE: UniAllCreated, Operation.QUERY: UniAllJob},
        errors=(PlainErrorAnswer,),
        examples=dict.fromkeys(
            ("/v1/video/generations", "/v1/videos/generations"),
            (
                {"model": "viduq3p-720p", "prompt": "a red fox runs through snow", "duration": 5},
                {"model": "happy-horse-720p", "prompt": "a red fox runs through snow", "duration": 5},
            ),
        ),
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return `task_` and 32 alphanumerics."""
        return ids.prefixed("task_", now)

    def new_request_id(self, now: int) -> str:
        """Return 31 characters that begin with the time."""
        return ids.trace_id(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. The inputs in the call decide the mode. Raises ClientError."""
        body = LenientFields(call.body)
        model = find_model(body, catalog, self.name)
        fields, draft = layered(body), Draft(model)
        read_length(draft, fields, _LENGTHS)
        if model.duration.required and draft.stated("duration") in (None, 0):
            rule = model.duration
            body.require("duration", f"whole seconds from {rule.min} to {rule.max}")
            raise InvalidField.out_of_range("duration", 0, f"whole seconds from {rule.min} to {rule.max}")
        draft.read(fields, prompt="prompt")
        extra = body.object("extra_body").over(fields)
        draft.read(extra, seed="seed", **({"audio": "audio", "music": "bgm"} if model.family == _VIDU else {}))
        mode, inputs = (_vidu if model.family == _VIDU else _happy_horse)(draft, fields, model)
        read_shape(draft, fields, model, mode)
        return draft.parsed(mode, inputs, body)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create."""
        return Answer(200, {**_head(task), "status": "queued", "progress": 0, "created_at": unix(task.created_at)})

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query: the created answer's keys, then the rest. `duration` is how long the task took, seconds."""
        broken = failure(task)
        made = task.delivered if broken is None else None
        url = links(task, VIDEO) if made else None
        total = _elapsed(task, task.created_at)
        body = {
            **_head(task),
            "status": OPENAI_STATUSES[task.state],
            "progress": 100 if task.state.ended else task.progress,
            "created_at": unix(task.created_at),
            "seconds": str(
                task.request.duration if task.request.duration > 0 else expected_seconds(model, task.request)
            ),
            "error": {"code": broken[0], "message": broken[1]} if broken else None,
            "result": {"outputs": [url], "video_url": url} if url else None,
            "video_url": url,
            "prompt": task.request.prompt,
            "duration": None if total is None else int(total),
            "metadata": None
            if total is None
            else {"total_time": total, "predict_time": _elapsed(task, task.started_at) or 0.0},
            "thumbnail_url": links(task, THUMBNAIL) if made and made.thumbnail else None,
        }
        return Answer(200, body)

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        return Answer(error.status, error_body(error))


def _happy_horse(draft: Draft, fields: Fields, model: Model) -> tuple[Mode, tuple[Media, ...]]:
    if setting := fields.choice("audio_setting", ("auto", "origin")):
        draft.put("keep_audio", setting == "origin", "audio_setting")
    draft.name(reference="images", first_frame="image", source="video")
    inputs = _inputs(fields, model)
    return (Mode.EDIT if Mode.EDIT in model.modes else mode_of(inputs)), inputs


def _vidu(draft: Draft, fields: Fields, model: Model) -> tuple[Mode, tuple[Media, ...]]:
    """Read a Vidu model's inputs: outside mix, references beside a first frame are without effect."""
    draft.name(reference="reference_image_urls", first_frame="image", last_frame="last_image")
    inputs = _inputs(fields, model)
    roles = {item.role for item in inputs}
    if Role.LAST_FRAME in roles and Role.FIRST_FRAME not in roles:
        raise InvalidField.missing("image", "last_image is only taken together with image, the first frame")
    if _MIX not in model.id and Role.FIRST_FRAME in roles:
        draft.ignore(item.field for item in inputs if item.role is Role.REFERENCE)
        inputs = tuple(item for item in inputs if item.role is not Role.REFERENCE)
    return mode_of(inputs), inputs


def _inputs(fields: Fields, model: Model) -> tuple[Media, ...]:
    found = read_references(fields, model) + read_universal(fields, model)
    known = {(item.role, item.url) for item in found}
    others = tuple(item for key, kind, role in _ARTICLES for item in read_any(fields, key, kind, role))
    return found + tuple(item for item in others if (item.role, item.url) not in known)


def _head(task: Task) -> dict[str, Any]:
    return {"id": task.id, "task_id": task.id, "object": "video.generation.job", "model": task.model}


def _elapsed(task: Task, since: int | None) -> float | None:
    """Return seconds from `since` to the task's end, None before it has ended or where it never began."""
    return None if task.finished_at is None or since is None else (task.finished_at - since) / 1000


DIALECT = UniAll()
