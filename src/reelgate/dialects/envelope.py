"""new-api's answer to a query, which its kin share: the task in an envelope, and around it the upstream's own body."""

from __future__ import annotations

from typing import Any

from reelgate.dialects.answers import VIDEO, error_body, failure, unix
from reelgate.dialects.port import Answer, Links
from reelgate.errors import MissingKey, ReelgateError, TaskNotFound, WrongKey
from reelgate.request import MediaKind, Mode, VideoRequest
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

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


def enveloped(task: Task, links: Links, upstream: dict[str, Any] | None) -> Answer:
    """Answer a query; `upstream` is the task in its maker's form, None until there is one."""
    data: dict[str, Any] = {"task_id": task.id, "action": _action(task.request), "status": _status(task)}
    broken = failure(task)
    reason = broken[1] if broken else ""
    if task.delivered is not None and broken is None:
        data["result_url"] = links(task, VIDEO)
        reason = data["result_url"]  # clients of old read the address from here
    data |= {
        "fail_reason": reason,
        "submit_time": unix(task.created_at),
        "start_time": unix(task.started_at),
        "finish_time": unix(task.finished_at),
        "progress": _progress(task),
        "request_id": task.request_id,
        "data": upstream,
    }
    return Answer(200, {"code": "success", "message": "", "data": data})


def refusal(error: ReelgateError) -> Answer:
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
    """Return `NN%`: 0 before the work begins, 50 to 99 during the work, 100 at every end."""
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
