"""UniAll's wire API: one flat job in every answer, on several addresses."""

from __future__ import annotations

from typing import Any

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answers import THUMBNAIL, VIDEO, error_body, failure, unix
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import Draft, find_model, media, media_list
from reelgate.errors import InvalidField, ReelgateError
from reelgate.request import Media, MediaKind, Mode, Role
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_VIDU = "vidu"
"""The family with a last frame and an `extra_body`."""

_STATUSES = {
    State.QUEUED: "queued",
    State.SUBMITTING: "queued",
    State.UNKNOWN: "in_progress",
    State.RUNNING: "in_progress",
    State.COLLECTING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
    State.EXPIRED: "failed",
}


class LenientFields(Fields):
    """UniAll's tables type integers as strings, its examples write them as numbers: both are taken."""

    digit_strings = True


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

    def new_id(self, model: Model, now: int) -> str:
        """Return `task_` and 32 alphanumerics."""
        return ids.prefixed("task_", now)

    def new_request_id(self, now: int) -> str:
        """Return 31 characters that begin with the time."""
        return ids.trace_id(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. The inputs that come along decide the mode. Raises ClientError."""
        fields = LenientFields(call.body)
        model = find_model(fields, catalog, self.name)
        if model.duration.required:
            fields.require("duration", f"whole seconds from {model.duration.min} to {model.duration.max}")
        draft = Draft(model)
        draft.read(fields, prompt="prompt", duration="duration", ratio="aspect_ratio")
        mode, inputs = _vidu(draft, fields) if model.family == _VIDU else _happy_horse(draft, fields, model)
        return draft.parsed(mode, inputs, fields)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create."""
        return Answer(200, {**_head(task), "status": "queued", "progress": 0, "created_at": unix(task.created_at)})

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query: the created answer's keys, then the rest. `duration` is how long the task took, seconds."""
        broken = failure(task)
        made = task.output if broken is None else None
        url = links(task, VIDEO) if made else None
        total = _elapsed(task, task.created_at)
        body = {
            **_head(task),
            "status": _STATUSES[task.state],
            "progress": 100 if task.state.ended else task.progress,
            "created_at": unix(task.created_at),
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
    draft.read(fields, seed="seed", resolution="size")
    if setting := fields.choice("audio_setting", ("auto", "origin")):
        draft.put("keep_audio", setting == "origin", "audio_setting")
    references = _references(draft, fields, "images", "reference_image_urls")
    if Mode.EDIT in model.modes:
        draft.name(source="video")
        return Mode.EDIT, media(fields, "video", MediaKind.VIDEO, Role.SOURCE) + references
    draft.name(first_frame="image")
    frame = media(fields, "image", MediaKind.IMAGE, Role.FIRST_FRAME)
    if references:
        return Mode.REFERENCE, frame + references
    return (Mode.IMAGE if frame else Mode.TEXT), frame


def _vidu(draft: Draft, fields: Fields) -> tuple[Mode, tuple[Media, ...]]:
    extra = fields.object("extra_body").over(fields)
    draft.read(extra, audio="audio", seed="seed", music="bgm")
    references = _references(draft, fields, "reference_image_urls", "images")
    first = media(fields, "image", MediaKind.IMAGE, Role.FIRST_FRAME)
    last = media(fields, "last_image", MediaKind.IMAGE, Role.LAST_FRAME)
    draft.name(first_frame="image", last_frame="last_image")
    if last and not first:
        raise InvalidField.missing("image", "last_image is only taken together with image, the first frame")
    if references:
        return Mode.REFERENCE, first + last + references
    if last:
        return Mode.FRAMES, first + last
    return (Mode.IMAGE if first else Mode.TEXT), first


def _references(draft: Draft, fields: Fields, *keys: str) -> tuple[Media, ...]:
    """Return the reference pictures, under whichever of the equivalent `keys` they come."""
    draft.name(reference=keys[0])
    return tuple(item for key in keys for item in media_list(fields, key, MediaKind.IMAGE, Role.REFERENCE))


def _head(task: Task) -> dict[str, Any]:
    return {"id": task.id, "task_id": task.id, "object": "video.generation.job", "model": task.model}


def _elapsed(task: Task, since: int | None) -> float | None:
    """Return seconds from `since` to the task's end, None before it has ended or where it never began."""
    return None if task.finished_at is None or since is None else (task.finished_at - since) / 1000


DIALECT = UniAll()
