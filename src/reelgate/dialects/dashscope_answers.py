"""DashScope's answers: a task in its query and its list."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.answers import VIDEO, east_8, failure, vendor_code
from reelgate.dialects.dashscope_words import WORDS, lines, usage
from reelgate.dialects.port import Links, ListedTasks
from reelgate.request import Mode, Output
from reelgate.tasks.record import Task

_CODES = {
    "render_failed": "InternalError.Algo",
    "expired": "InternalError.Timeout",
    "invalid_media": "InvalidParameter",
}
"""Failures that the vendor has a code of its own for."""


def query_body(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the answer to a query. What is not known yet is left out; a failure stands inside `output`."""
    output = _known(
        task_id=task.id,
        task_status=WORDS[task.state],
        submit_time=east_8(task.created_at),
        scheduled_time=east_8(task.started_at),
        end_time=east_8(task.finished_at),
    )
    body: dict[str, Any] = {"request_id": task.request_id, "output": output}
    broken = failure(task)
    if broken is not None:
        code, message = broken
        output |= {"code": _CODES.get(code) or vendor_code(code), "message": message}
    elif task.delivered is not None:
        output |= {"orig_prompt": task.request.prompt, "video_url": links(task, VIDEO)}
        body["usage"] = _hosted_usage(task, task.delivered) if model.family == "vidu" else usage(task, task.delivered)
    return body


def list_body(listed: ListedTasks) -> dict[str, Any]:
    """Return a page of the list, flat; times are milliseconds since the epoch here."""
    wanted = listed.wanted
    return {
        "request_id": listed.request_id,
        "data": [_entry(task) for task, _ in listed.tasks],
        "page_no": wanted.page,
        "page_size": wanted.limit,
        "total_page": -(-listed.total // wanted.limit),
        "total": listed.total,
    }


def _entry(task: Task) -> dict[str, Any]:
    function = "text2video" if task.request.mode is Mode.TEXT else "image2video"
    return _known(
        api_key_id=task.key_id,
        caller_parent_id=task.project_id,
        caller_uid=task.project_id,
        gmt_create=task.created_at,
        start_time=task.started_at,
        end_time=task.finished_at,
        request_id=task.request_id,
        status=WORDS[task.state],
        task_id=task.id,
        user_api_unique_key=f"apikey:v1:aigc:{function}:video-synthesis:{task.model}",
        model_name=task.model,
    )


def _hosted_usage(task: Task, made: Output) -> dict[str, Any]:
    """Return the bill of a hosted Vidu model, whose tier is a text."""
    return {
        "duration": made.duration,
        "size": f"{made.width}*{made.height}",
        "output_video_duration": made.duration,
        "fps": round(made.fps),
        "video_count": 1,
        "audio": made.audio,
        "SR": str(lines(task.request.resolution)),
    }


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}
