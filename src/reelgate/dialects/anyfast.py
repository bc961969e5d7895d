"""AnyFast's wire API: a flat answer to a create, an enveloped one to a query."""

from __future__ import annotations

from typing import Any

from reelgate import ids
from reelgate.catalog import Catalog, Model
from reelgate.dialects import anyfast_assets, anyfast_happyhorse, anyfast_seedance
from reelgate.dialects.answers import VIDEO, error_body, failure, unix
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Answer, Call, Links, Operation, Parsed, Route
from reelgate.dialects.request_builder import find_model
from reelgate.errors import MissingKey, ReelgateError, TaskNotFound, WrongKey
from reelgate.request import MediaKind, Mode, VideoRequest
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_SEEDANCE = "seedance"
"""The family of models that speaks Ark's vocabulary; every other one speaks DashScope's."""

_NOT_STARTED = "NOT_START"

_STATUSES = {
    State.QUEUED: "QUEUED",  # NOT_START before the first attempt
    State.SUBMITTING: "QUEUED",
    State.UNKNOWN: "IN_PROGRESS",
    State.RUNNING: "IN_PROGRESS",
    State.COLLECTING: "IN_PROGRESS",
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILURE",
    State.CANCELLED: "FAILURE",
    State.EXPIRED: "FAILURE",
}

_TEXTS: dict[type[ReelgateError], str] = {
    MissingKey: "No token provided",
    WrongKey: "Invalid API key provided.",
}


class AnyFast:
    """HappyHorse and Seedance as AnyFast sells them."""

    name = "anyfast"
    routes = (
        Route("POST", "/v1/video/generations", Operation.CREATE),
        Route("GET", "/v1/video/generations/", Operation.QUERY),
        *anyfast_assets.ROUTES,
    )

    def new_id(self, model: Model, now: int) -> str:
        """Return `cgt-…` for Seedance, `asyntask_…` for the rest."""
        return ids.ark_id(now) if model.family == _SEEDANCE else ids.prefixed("asyntask_", now)

    def new_request_id(self, now: int) -> str:
        """Return 31 characters that begin with the time."""
        return ids.trace_id(now)

    def parse(self, call: Call, catalog: Catalog) -> Parsed:
        """Read a create call. Raises ClientError."""
        fields = Fields(call.body)
        model = find_model(fields, catalog, self.name)
        if model.family == _SEEDANCE:
            return anyfast_seedance.parse(fields, model)
        return anyfast_happyhorse.parse(fields, model)

    def render_created(self, task: Task, model: Model) -> Answer:
        """Answer a create. Seedance's status begins as an empty string."""
        body = {
            "id": task.id,
            "task_id": task.id,
            "object": "video",
            "model": task.model,
            "status": "" if model.family == _SEEDANCE else "queued",
            "progress": 0,
            "created_at": unix(task.created_at),
        }
        return Answer(200, body)

    def render(self, task: Task, model: Model, links: Links) -> Answer:
        """Answer a query: the task, and around it the upstream's own body."""
        data: dict[str, Any] = {"task_id": task.id, "action": _action(task.request), "status": _status(task)}
        broken = failure(task)
        reason = broken[1] if broken else ""
        if task.output is not None and broken is None:
            data["result_url"] = links(task, VIDEO)
            # HappyHorse's clients of old read the address from here.
            reason = "" if model.family == _SEEDANCE else data["result_url"]
        data |= {
            "fail_reason": reason,
            "submit_time": unix(task.created_at),
            "start_time": unix(task.started_at),
            "finish_time": unix(task.finished_at),
            "progress": _progress(task),
            "request_id": task.request_id,
            "data": _upstream_body(task, model, links),
        }
        return Answer(200, {"code": "success", "message": "", "data": data})

    def render_error(self, error: ReelgateError, request_id: str) -> Answer:
        """Answer a mistake."""
        if isinstance(error, TaskNotFound):
            return Answer(error.status, {"code": "task_not_exist", "message": "task_not_exist", "data": None})
        body = error_body(error)
        body["error"]["message"] = _TEXTS.get(type(error), error.message)
        return Answer(error.status, body)


def _status(task: Task) -> str:
    if task.state is State.QUEUED and not task.attempts:
        return _NOT_STARTED
    return _STATUSES[task.state]


def _progress(task: Task) -> str:
    """Return `NN%`: 0 before the work begins, 50 to 99 while it goes on, 100 at every end."""
    if task.state.ended:
        return "100%"
    begun = task.progress or _STATUSES[task.state] == "IN_PROGRESS"
    return f"{50 + task.progress // 2}%" if begun else "0%"


def _action(request: VideoRequest) -> str:
    if request.mode in {Mode.TEXT, Mode.IMAGE}:
        return "generate"
    if request.mode is Mode.FRAMES:
        return "firstTailGenerate"
    pictures_only = all(item.kind is MediaKind.IMAGE for item in request.media)
    return "referenceGenerate" if request.mode is Mode.REFERENCE and pictures_only else "omniGenerate"


def _upstream_body(task: Task, model: Model, links: Links) -> dict[str, Any] | None:
    """Return None until there is an upstream task to tell of."""
    if task.attempt_id is None:
        return None
    if model.family == _SEEDANCE:
        return anyfast_seedance.upstream_body(task, model, links)
    return anyfast_happyhorse.upstream_body(task, links)


DIALECT = AnyFast()
