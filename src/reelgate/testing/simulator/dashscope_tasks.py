"""Tasks as DashScope shows them; resellers hand the same on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from reelgate.testing.simulator.fields import Fields
from reelgate.testing.simulator.jobs import State, VendorJob

CHINA = timezone(timedelta(hours=8))

WORDS: Mapping[State, str] = {
    State.QUEUED: "PENDING",
    State.RUNNING: "RUNNING",
    State.SUCCEEDED: "SUCCEEDED",
    State.FAILED: "FAILED",
    State.CANCELLED: "CANCELED",
}


def created(job: VendorJob) -> dict[str, Any]:
    """Return the answer to a create."""
    return {"output": {"task_status": "PENDING", "task_id": job.id}, "request_id": str(uuid.uuid4())}


def dashscope_task(job: VendorJob, now: int, url: str) -> dict[str, Any]:
    """Return how a task stands."""
    state = job.state(now)
    output: dict[str, Any] = {"task_id": job.id, "task_status": WORDS[state]}
    shown: dict[str, Any] = {"request_id": str(uuid.uuid4()), "output": output}
    output["submit_time"] = _time(job.told(job.created_at))
    if state is not State.QUEUED:
        output["scheduled_time"] = _time(job.told(min(job.started_at, job.finished_at)))
    if state.ended:
        output["end_time"] = _time(job.told(job.finished_at))
    if state is State.FAILED and job.reason:
        output |= {"code": job.reason.code, "message": job.reason.message}
    if state is State.SUCCEEDED:
        output |= {"orig_prompt": job.prompt, "video_url": url}
        shown["usage"] = _usage(job)
    return shown


def _usage(job: VendorJob) -> dict[str, Any]:
    parameters = Fields(dict(job.body)).inner("parameters")
    is_vidu = job.model.startswith("vidu/")
    tier = parameters.text("resolution") or ("720P" if is_vidu else "1080P")
    usage: dict[str, Any] = {"duration": job.shot.seconds, "output_video_duration": job.shot.seconds, "video_count": 1}
    if is_vidu:
        return usage | {"fps": 24, "audio": job.shot.audio, "SR": tier.rstrip("P")}
    return usage | {"input_video_duration": 0, "SR": int(tier.rstrip("P")), "ratio": job.shot.ratio}


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
