"""Tasks as Ark shows them; resellers hand the same on."""

from __future__ import annotations

import secrets
from typing import Any

from reelgate.catalog.shapes import size
from reelgate.testing.simulator.jobs import State, VendorJob
from reelgate.testing.simulator.vendor import Said

_TYPES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests"}


def ark_error(said: Said) -> Any:
    """Return the body of a refusal."""
    return {
        "error": {
            "code": said.code,
            "message": f"{said.message} Request id: 0217{secrets.token_hex(20)}",
            "param": "",
            "type": _TYPES.get(said.status, "InternalServerError"),
        }
    }


def shown_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Return what a task shows of its settings; a seed that was left open is drawn."""
    seed = settings["seed"]
    return settings | {"seed": secrets.randbelow(100_000) if seed in (None, -1) else seed}


def ark_task(job: VendorJob, now: int, film: str, last_frame: str) -> dict[str, Any]:
    """Return how a task stands."""
    state = job.state(now)
    shown: dict[str, Any] = {"id": job.id, "model": job.model, "status": state.value, "error": None}
    if state is State.FAILED and job.reason:
        shown["error"] = {"code": job.reason.code, "message": job.reason.message}
    at = job.finished_at if state.ended else now if state is State.QUEUED else job.started_at
    shown |= {"created_at": job.told(job.created_at) // 1000, "updated_at": job.told(at) // 1000, **job.facts}
    if state is State.SUCCEEDED:
        wants_frame = job.body.get("return_last_frame")
        shown["content"] = {"video_url": film, **({"last_frame_url": last_frame} if wants_frame else {})}
        shown |= {"ratio": job.shot.ratio, "framespersecond": 24, "usage": _usage(job)}
    if state is State.SUCCEEDED or not job.body.get("frames"):
        asked = job.body.get("duration")
        shown["duration"] = job.shot.seconds if state is State.SUCCEEDED or asked is None else asked
    return shown


def _usage(job: VendorJob) -> dict[str, int]:
    width, height = size("ark", job.facts["resolution"], job.shot.ratio)
    tokens = width * height * (24 * job.shot.seconds + 1) // 1024
    return {"completion_tokens": tokens, "total_tokens": tokens}
