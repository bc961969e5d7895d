"""APIYI's wire API: DashScope's create, and a flat query shared by all tasks."""

from __future__ import annotations

from typing import Any, NoReturn

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects.answer_types.dashscope import ApiyiErrorAnswer, ApiyiJob, DashScopeCreated, DashScopeError
from reelgate.dialects.answers import VIDEO, error_body, failure, vendor_code
from reelgate.dialects.dashscope_body import check_asynchronous, mode_of, read_media, read_size, with_others
from reelgate.dialects.described import ASYNC, Described
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import Draft, find_model
from reelgate.errors import InsufficientFunds, InvalidField, MalformedBody, ReelgateError, SynchronousCall, TaskNotFound
from reelgate.request import Mode, Role
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

STATUSES = {
    "submitted": (State.QUEUED, State.SUBMITTING),
    "in_progress": (State.UNKNOWN, State.RUNNING, State.COLLECTING),
    "completed": (State.SUCCEEDED,),
    "failed": (State.FAILED, State.CANCELLED, State.EXPIRED),
}
"""The status words, and the states that each stands for."""

_WORDS = {state: word for word, states in STATUSES.items() for state in states}

_EXTENDS = "wan"
"""The family whose prompts are extended unless the client says otherwise."""

_MEDIA = "input.media"
_BEGINNINGS = frozenset({Role.FIRST_FRAME, Role.FIRST_CLIP})

_GO_TYPES = {"an integer": "int", "a boolean": "bool", "a string": "string", "an array": "[]Media"}
_GO_VALUES = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"), (type(None), "null"))


class GoFields(Fields):
    """Words the refusal of a wrong JSON type as Go's decoder does, which APIYI's clients look for."""

    def mismatch(self, path: str, value: Any, wanted: str) -> NoReturn:
        """Raise the refusal of a value of the wrong JSON type."""
        given = next((name for kind, name in _GO_VALUES if isinstance(value, kind)), "object")
        go_type = _GO_TYPES.get(wanted, "struct")
        plain = InvalidField.wrong_type(path, value, wanted)
        text = f"json: cannot unmarshal {given} into Go struct field VideoRequest.{path} of type {go_type}: {plain}"
        raise InvalidField(path, text, value=value, allowed=wanted)


class Apiyi:
    """Wan (and HappyHorse beside it) as APIYI sells them."""

    name = "apiyi"
    routes = (
        Route("POST", "/wan/api/v1/services/aigc/video-generation/video-synthesis", Operation.CREATE),
        Route("GET", "/v1/tasks/", Operation.QUERY),
    )
    described = Described(
        answers={Operation.CREATE: DashScopeCreated, Operation.QUERY: ApiyiJob},
        errors=(ApiyiErrorAnswer, DashScopeError),
        examples={
            "/wan/api/v1/services/aigc/video-generation/video-synthesis": (
                {
                    "model": "wan2.7-t2v",
                    "input": {"prompt": "a red fox runs through snow"},
                    "parameters": {"resolution": "720P", "duration": 5},
                },
            )
        },
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
        fields = GoFields(call.body)
        model = find_model(fields, catalog, self.name)
        draft = Draft(model)
        inner, options = fields.object("input"), fields.object("parameters")
        draft.read(inner, prompt="prompt", negative_prompt="negative_prompt")
        if model.family == _EXTENDS:
            draft.put("prompt_extend", value=True, field="parameters.prompt_extend")
        draft.read(
            options,
            resolution="resolution",
            ratio="ratio",
            duration="duration",
            prompt_extend="prompt_extend",
            watermark="watermark",
            seed="seed",
        )
        if Mode.EDIT in model.modes and (setting := options.choice("audio_setting", ("auto", "origin"))):
            draft.put("keep_audio", setting == "origin", "parameters.audio_setting")
        draft.name(media=_MEDIA)
        inputs = with_others(read_media(inner, model), inner)
        mode = mode_of(model, inputs)
        read_size(draft, options, model, mode)
        if Mode.IMAGE in model.modes and not any(item.role in _BEGINNINGS for item in inputs):
            raise InvalidField(_MEDIA, f"图生视频模型 {model.id} 必须提供图片: input.media needs a first_frame")
        return draft.parsed(mode, inputs, fields)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create, in DashScope's words."""
        body = {"output": {"task_id": task.id, "task_status": "PENDING"}, "request_id": task.request_id}
        return Answer(200, body)

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query, in APIYI's own words."""
        return Answer(200, job(task, links))

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        if isinstance(error, SynchronousCall):
            message = "current user api does not support synchronous calls"
            return Answer(error.status, {"code": "AccessDenied", "message": message, "request_id": request_id})
        body = error_body(error)
        if isinstance(error, (InvalidField, MalformedBody)):
            body["error"] |= {"type": "task_error", "code": "parse_request_failed"}
        if isinstance(error, TaskNotFound):
            body = {"status": "UNKNOWN", **body}
        # One status says both: too many calls, and no money for another one.
        return Answer(429 if isinstance(error, InsufficientFunds) else error.status, body)


def job(task: Task, links: Links) -> dict[str, Any]:
    """Return the flat answer to a query."""
    body: dict[str, Any] = {
        "status": _WORDS[task.state],
        "progress": 100 if task.state.ended else task.progress,
    }
    broken = failure(task)
    if broken is not None:
        text = f"[{vendor_code(broken[0])}] {broken[1]}"
        body |= {"error": {"message": text}, "fail_reason": text}
    elif task.delivered is not None:
        body["result_url"] = links(task, VIDEO)
    body["task_id"] = task.id
    return body


DIALECT = Apiyi()
