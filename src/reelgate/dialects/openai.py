"""OpenAI's videos API, whose clients are still in use. It takes every model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from reelgate import ids, limits
from reelgate.catalog import Catalog, Model
from reelgate.catalog.expected import expected_seconds, expected_size
from reelgate.catalog.shapes import size
from reelgate.dialects import leftovers
from reelgate.dialects.answer_types.openai import OpenAIErrorAnswer, Video, VideoDeleted, VideoPage
from reelgate.dialects.answers import OPENAI_STATUSES, SPRITESHEET, THUMBNAIL, VIDEO, error_body, failure, unix
from reelgate.dialects.described import Described
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.openai_fields import named_by_id
from reelgate.dialects.port import Answer, Call, EndAction, Links, ListedTasks, Operation, Parsed, Route, TaskQuery
from reelgate.dialects.query import Query, text
from reelgate.dialects.request_builder import find_model
from reelgate.dialects.universal import parse_universal
from reelgate.errors import FileNotFound, InvalidField, ModelForbidden, ReelgateError, UnknownModel, shown
from reelgate.request import Media, MediaKind, Mode, Output, Role, VideoRequest
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State

VIDEO_ENDINGS = {
    state: "video.completed" if state is State.SUCCEEDED else "video.failed" for state in State if state in ENDS
}
"""The API's events: a webhook's messages about a task's end."""

_GOING_ON = ("queued", "in_progress")
_VARIANTS = {"video": VIDEO, "thumbnail": THUMBNAIL, "spritesheet": SPRITESHEET}
CREATES = "/v1/videos"
EDITS = "/v1/videos/edits"
EXTENSIONS = "/v1/videos/extensions"
_PROMPT = "a red fox runs through snow"
DEFAULT_MODEL = "sora-2"
"""The model of a create that names none, as in OpenAI's API."""
_REMIX = "remix_video_id"
"""The field in which AnyFast's clients name the video that a create remixes."""
_POLL_AFTER_MS = 2000
_MOST_NAMED = 4
_OF_A_REMIX = dict.fromkeys(("duration", "resolution", "ratio", "media"), "it with a create at /v1/videos instead")
"""A remix takes a prompt and nothing else."""

_STABLE = (
    (
        "moderation_blocked",
        re.compile(
            r"inspection|moderat|sensitive|inappropriate|polic|risk|censor|nsfw|illegal|unsafe|violat|audit|content.?filter"
            r"|copyright|敏感|审核|违规",
            re.IGNORECASE,
        ),
    ),
    ("invalid_request_error", re.compile(r"invalid|unsupported|argument|parameter|bad.?request", re.IGNORECASE)),
)
"""The codes that programs of the API look for, and how vendors write what they mean."""

_OURS = frozenset({"deadline", "cancelled", "expired", "submission_unknown", "too_many_attempts", "unsendable"})
"""Codes of this gateway's own that say what no vendor does."""

_ORDERS = ("desc", "asc")


class OpenAI:
    """`/v1/videos`, in JSON and in forms."""

    name = "openai"
    routes = (
        Route("POST", "/v1/videos", Operation.CREATE),
        Route("POST", EDITS, Operation.CREATE),
        Route("POST", EXTENSIONS, Operation.CREATE),
        Route("GET", "/v1/videos/", Operation.QUERY),
        Route("GET", "/v1/videos", Operation.LIST),
        Route("DELETE", "/v1/videos/{id}", Operation.DELETE),
        Route("GET", "/v1/videos/{id}/content", Operation.CONTENT),
        Route("POST", "/v1/videos/{id}/remix", Operation.REMIX),
    )
    described = Described(
        answers={
            Operation.CREATE: Video,
            Operation.QUERY: Video,
            Operation.LIST: VideoPage,
            Operation.DELETE: VideoDeleted,
            Operation.REMIX: Video,
        },
        query={Operation.CONTENT: (text("variant", words=tuple(_VARIANTS)),)},
        errors=(OpenAIErrorAnswer,),
        examples={
            CREATES: ({"model": "sora-2", "prompt": _PROMPT, "seconds": "4", "size": "1280x720"},),
            EDITS: ({"model": "sora-2", "prompt": _PROMPT, "video": {"id": "video_of_an_earlier_create"}},),
            EXTENSIONS: ({"model": "sora-2", "prompt": _PROMPT, "seconds": "4", "video": {"id": "video_of_a_create"}},),
            "/v1/videos/{id}/remix": ({"prompt": _PROMPT},),
        },
    )

    elsewhere: ClassVar[Mapping[str, str]] = {
        "/v1/videos/sync": "POST /v1/videos, ask GET /v1/videos/{id} until it is completed, then GET its /content",
    }

    def new_id(self, model: Model, now: int) -> str:
        """Return `video_` and 32 alphanumerics."""
        return ids.prefixed("video_", now)

    def new_request_id(self, now: int) -> str:
        """Return `req_` and 32 alphanumerics."""
        return ids.prefixed("req_", now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. The inputs in the call decide the mode. Raises ClientError."""
        by_id = named_by_id(call.body)
        given = type(call.body)(call.body)
        if by_id:
            given["video"] = f"asset://{by_id}"
        if call.path == EXTENSIONS:
            source = catalog.find(call.edit_model) if call.edit_model else None
            return self._extension(given, by_id, catalog, source)
        if self.open_edit(call) is not None and call.path == EDITS:
            chosen = call.edit_model or (DEFAULT_MODEL if catalog.find(DEFAULT_MODEL) else "")
            if not chosen:
                raise InvalidField.missing("model", _editors(catalog))
            given["model"] = chosen
        if call.path == CREATES and not given.get("model") and catalog.find(DEFAULT_MODEL):
            given["model"] = DEFAULT_MODEL
        for field in ("remixed_from_video_id", _REMIX):
            if given.get(field) not in (None, ""):
                raise _no_remix(field, given[field])
        body = LooseFields(given)
        model = find_model(body, catalog)
        if call.path == EDITS:
            body.require("video", 'the clip to edit: a file, an address, or {"id": …} of a completed video')
        return parse_universal(body, model, remixed_from=by_id)

    def _extension(self, given: dict[str, Any], by_id: str, catalog: Catalog, source: Model | None) -> Parsed:
        """Read an extension: `seconds` are the new ones; without a model it is made as the stand-in that made it."""
        if not given.get("model"):
            given["model"] = source.id if source is not None and source.standin else DEFAULT_MODEL
        body = LooseFields(given)
        model = find_model(body, catalog)
        if model.standin is None:
            known = tuple(one.id for one in catalog if one.standin and Mode.EXTEND in one.modes)
            raise InvalidField.not_one_of("model", model.id, known)
        body.require("video", 'the clip to extend: a file, an address, or {"id": …} of a completed video')
        given["first_clip"] = given.pop("video")
        parsed = parse_universal(LooseFields(given), model, remixed_from=by_id)
        names = {**parsed.names, "first_clip": "video"}
        clips = tuple(replace(one, field="video") for one in parsed.request.media)
        unknown = tuple(name for name in parsed.unknown if name != "model")
        return replace(parsed, request=replace(parsed.request, media=clips), names=names, unknown=unknown)

    def open_edit(self, call: Call) -> str | None:
        """Return the id of the video that a call edits without naming a model, as OpenAI's clients do it."""
        return named_by_id(call.body) if call.path in (EDITS, EXTENSIONS) and not call.body.get("model") else None

    def remix_of(self, call: Call) -> str:
        """Return the id of the video that a create remixes, "" for any other create."""
        named = call.body.get(_REMIX) if call.path == CREATES else None
        return named if isinstance(named, str) else ""

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create or a remix."""
        return Answer(200, _video(task, model))

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query; while the video is being made, with the time after which to ask again."""
        headers = () if task.state.ended else (("openai-poll-after-ms", str(_POLL_AFTER_MS)),)
        return Answer(200, video_body(task, model, links), headers)

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake; `param` names the field at fault."""
        said = error_body(error)["error"]
        param = error.field if isinstance(error, InvalidField) else None
        if isinstance(error, ModelForbidden):
            param = "model"
        if isinstance(error, UnknownModel):
            param = "model"
            said["message"] += "; an operator can add any name to the catalog, as a row of one's own"
        return Answer(error.status, {"error": {**said, "param": param}})

    def standing(self, answer: Answer) -> str:
        """Return the status of an open task, "" for one that has ended."""
        word = answer.body["status"]
        return word if word in _GOING_ON else ""

    def render_trouble(self, answer: Answer, task_id: str, standing: str) -> Answer:
        """Add to an error that the task is open: new-api treats an error without a status as its end."""
        still = {"id": task_id, "object": "video", "status": standing or OPENAI_STATUSES[State.RUNNING]}
        return replace(answer, body={**still, **answer.body})

    def parse_list(self, query: Mapping[str, Sequence[str]]) -> TaskQuery:
        """Read a list call. One task more than wanted is asked for, which tells whether another page follows."""
        asked = Query(query)
        wanted = asked.integer("limit", 0, limits.MAX_PAGE_SIZE)
        return TaskQuery(
            after=asked.text("after"),
            oldest_first=asked.choice("order", _ORDERS) == "asc",
            limit=(limits.PAGE_SIZE if wanted is None else wanted) + 1,
            counted=False,
            unknown=asked.unknown(),
        )

    def render_list(self, listed: ListedTasks, links: Links) -> Answer:
        """Answer a list call."""
        shown = [video_body(task, model, links) for task, model in listed.tasks[: listed.wanted.limit - 1]]
        body = {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": len(listed.tasks) > len(shown) > 0,
        }
        return Answer(200, body)

    def ending(self, operation: Operation, task: Task) -> EndAction:
        """Return that a task is removed in any state; one that still moves is cancelled first."""
        return EndAction.CANCEL_AND_DELETE

    def render_ending(self, operation: Operation, task: Task) -> Answer:
        """Answer a delete."""
        return Answer(200, {"id": task.id, "object": "video.deleted", "deleted": True})

    def parse_content(self, query: Mapping[str, Sequence[str]], task: Task) -> str:
        """Return the file that `variant` names, the video by default. Raises InvalidField or FileNotFound."""
        variant = (query.get("variant") or ["video"])[-1]
        if variant not in _VARIANTS:
            raise InvalidField.not_one_of("variant", variant, tuple(_VARIANTS))
        if task.delivered is None:
            raise FileNotFound(f"the video is {OPENAI_STATUSES[task.state]}; there is content once it is completed")
        return _VARIANTS[variant]

    def parse_remix(self, call: Call, task: Task, model: Model) -> Parsed:
        """Read a remix: an edit of the finished video where the model edits, else the same order with another prompt.

        Raises InvalidField, also for a video that is not completed.
        """
        fields = LooseFields(call.body)
        fields.require("prompt", "what the new video is to show")
        if fields.string("model") not in ("", model.id):
            raise InvalidField.out_of_range(
                "model", fields.string("model"), f"{model.id}, with which the video was made"
            )
        named_as = _REMIX if fields.string(_REMIX) else "id"
        if task.delivered is None:
            raise InvalidField.out_of_range(named_as, OPENAI_STATUSES[task.state], "a video that is completed")
        anew = replace(task.request, prompt=fields.string("prompt"), remixed_from=task.id, ignored=(), unsent=())
        anew = request = replace(anew, callback_url="")  # which the first one's client named
        if Mode.EDIT in model.modes:
            others = tuple(item for item in request.media if item.role is not Role.SOURCE)
            request = replace(request, mode=Mode.EDIT, media=(_as_source(task.delivered), *others))
        leftovers.refuse(dict(fields.unread()), model, request, _OF_A_REMIX)
        return Parsed(model=model, request=request, names={}, unknown=fields.unknown(), otherwise=anew)


def video_event(event_id: str, name: str, task_id: str, at: int) -> dict[str, Any]:
    """Return an event as the API's webhooks send it, for a move made `at` (ms)."""
    found = {"id": f"evt_{event_id}", "object": "event", "created_at": unix(at), "type": name}
    return {**found, "data": {"id": task_id}}


def video_body(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the video with a link to its file, which needs no key, where relays put it."""
    return _video(task, model) | ({"metadata": {"url": links(task, VIDEO)}} if task.delivered is not None else {})


def _video(task: Task, model: Model) -> dict[str, Any]:
    broken, made = _failure(task), task.delivered
    order = task.request.order
    left = order is None or not order.width  # to the input, or to the model
    wide, high = (made.width, made.height) if made and left else _expected_size(model, task.request)
    seconds = made.duration if made else expected_seconds(model, task.request)
    return {
        "id": task.id,
        "object": "video",
        "created_at": unix(task.created_at),
        "status": OPENAI_STATUSES[State.RUNNING] if _between(task) else OPENAI_STATUSES[task.state],
        "completed_at": unix(task.finished_at) or None,
        "error": {"code": broken[0], "message": broken[1]} if broken else None,
        "expires_at": None,
        "model": task.model,
        "progress": 100 if made else task.progress,
        "prompt": task.request.prompt,
        "remixed_from_video_id": task.request.remixed_from or None,
        "seconds": str((task.request.total_seconds if order else 0) or seconds),
        "size": f"{wide}x{high}",
    }


def _expected_size(model: Model, request: VideoRequest) -> tuple[int, int]:
    """Return the size that the video is going to have, as far as is known: clients' types take no null here."""
    try:
        return expected_size(model, request)
    except KeyError:  # the catalog has changed since
        return size(model.shapes, model.default_resolution, "16:9")


def _between(task: Task) -> bool:
    """Whether a part of the video is made already and the next one waits."""
    return bool(task.request.order and task.request.order.at) and task.state in (State.QUEUED, State.SUBMITTING)


def _failure(task: Task) -> tuple[str, str] | None:
    """Return what ended a task without a video; of a stand-in's in the words that the API's programs look for."""
    broken = failure(task)
    if broken is None or task.request.order is None or broken[0] in _OURS:
        return broken
    code, message = broken
    stable = next((word for word, pattern in _STABLE if pattern.search(f"{code} {message}")), "video_generation_failed")
    return stable, message if code in message else f"{code}: {message}"


def _no_remix(field: str, video_id: Any) -> InvalidField:
    """Return the refusal of a create that wants to be a remix: it would make another video."""
    allowed = "POST /v1/videos/{id}/remix"
    text = f"{field} is {shown(video_id)}; a remix is made by {allowed} with the prompt alone"
    return InvalidField(field, text, value=video_id, allowed=allowed)


def _editors(catalog: Catalog) -> str:
    """Return what to do where an edit names no model."""
    ids = dict.fromkeys(model.id for model in catalog if Mode.EDIT in model.modes)
    names = ", ".join(list(ids)[:_MOST_NAMED])
    return f"one that edits, such as {names}; OpenAI's clients send it as an extra field (extra_body, SetExtraFields …)"


def _as_source(made: Output) -> Media:
    """Return a finished video as the clip that an edit changes."""
    return Media(kind=MediaKind.VIDEO, role=Role.SOURCE, field="id", blob=made.blob, facts=made.facts)


DIALECT = OpenAI()
