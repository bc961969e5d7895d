"""What the dialects' answers share: times, failure texts, the error envelope."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from reelgate.errors import ReelgateError
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

VIDEO = "result.mp4"
LAST_FRAME = "last_frame.png"
THUMBNAIL = "thumbnail.webp"
CONTACT_SHEET = "contact_sheet.webp"
SPRITESHEET = "spritesheet.jpg"
"""The names under which a task's files are linked."""

EAST_8 = timezone(timedelta(hours=8))
"""The zone of times that are written without one."""

OPENAI_STATUSES = {
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
"""OpenAI's words. Its client's poll helper waits only for the first two, so there is no other open state."""

_ENDINGS = {
    State.FAILED: "the video could not be made",
    State.CANCELLED: "the task was cancelled",
    State.EXPIRED: "the task's time ran out before the video was made",
}

_ERROR_TYPES = {
    401: "authentication_error",
    402: "insufficient_funds_error",
    403: "permission_error",
    429: "rate_limit_error",
}


def unix(milliseconds: int | None) -> int:
    """Return Unix seconds; 0 for what has not happened."""
    return (milliseconds or 0) // 1000


def east_8(milliseconds: int | None) -> str:
    """Return `YYYY-MM-DD HH:MM:SS.mmm` in UTC+8, as DashScope writes times; "" for what has not happened."""
    if milliseconds is None:
        return ""
    moment = datetime.fromtimestamp(milliseconds / 1000, EAST_8)
    return moment.replace(tzinfo=None).isoformat(" ", "milliseconds")


def failure(task: Task) -> tuple[str, str] | None:
    """Return code and text of what ended the task without a video, None when nothing did."""
    if task.state not in _ENDINGS:
        return None
    return task.error_code or task.state.value, task.error_message or _ENDINGS[task.state]


def vendor_code(code: str) -> str:
    """Return an error code in the vendors' spelling: `invalid_media` becomes `InvalidMedia`."""
    return "".join(part[:1].upper() + part[1:] for part in code.split("_"))


def error_body(error: ReelgateError) -> dict[str, Any]:
    """Return `{"error": {message, type, code}}`, the envelope of the OpenAI family."""
    default = "invalid_request_error" if error.status < 500 else "server_error"
    kind = _ERROR_TYPES.get(error.status, default)
    return {"error": {"message": error.message, "type": kind, "code": error.code}}
