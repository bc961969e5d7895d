"""The OpenAI videos API, as engines and relays serve it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from reelgate.testing.simulator.faults import SKEW_MS, Fault
from reelgate.testing.simulator.fields import Fields, Wrong
from reelgate.testing.simulator.jobs import Reason, Shot, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor

MAX_PROMPT = 32_000
_SIZE = re.compile(r"[1-9]\d{1,4}x[1-9]\d{1,4}")

WORDS: Mapping[State, str] = {
    State.QUEUED: "queued",
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
_TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
_NOT_READY = Said(404, "not_ready", "Generation is still in-progress")
_NO_CONTENT = Said(404, "no_content", "The video has no content.")


class OpenAIVideos(Vendor):
    """The generic form: JSON or multipart, any model, no other variant than the video itself."""

    name = "openai_videos"
    base = "/v1"
    broken = Said(500, "server_error", "The server had an error while processing your request.")
    busy = Said(429, "rate_limit_exceeded", "Rate limit reached for requests.")
    no_key = Said(401, "invalid_api_key", "You didn't provide an API key.")
    no_credit = Said(
        429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."
    )
    refused = Said(400, "moderation_blocked", "Your request was blocked by our moderation system.")
    not_found = Said(404, "not_found", "No such video or address.")
    fails = Reason("generation_failed", "The engine failed while it made the video.")

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses."""
        return (
            Route("POST", "/v1/videos", "create", self._create),
            Route("GET", "/v1/videos", "list", self._list),
            Route("GET", "/v1/videos/{id}", "query", self._query),
            Route("DELETE", "/v1/videos/{id}", "cancel", self._delete),
            Route("GET", "/v1/videos/{id}/content", "content", self._content),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal."""
        kind = _TYPES.get(said.status, "server_error" if said.status >= 500 else "invalid_request_error")
        return {"error": {"message": said.message, "type": kind, "param": None, "code": said.code}}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field."""
        return Said(400, "invalid_value", str(wrong))

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a video stands."""
        state = job.state(now)
        reason = job.reason if state is State.FAILED else None
        reason = Reason("cancelled", "The video was cancelled.") if state is State.CANCELLED else reason
        done = job.told(job.finished_at) // 1000
        return {
            "id": job.id,
            "object": "video",
            "model": job.model,
            "status": WORDS[state],
            "progress": 100 if state is State.SUCCEEDED else _progress(job, now),
            "created_at": job.told(job.created_at) // 1000,
            "completed_at": done if state.ended else None,
            "expires_at": done + 86_400 if state is State.SUCCEEDED else None,
            "prompt": job.prompt,
            "size": job.facts["size"],
            "seconds": str(job.shot.seconds),
            "remixed_from_video_id": None,
            "error": {"code": reason.code, "message": reason.message} if reason else None,
        }

    def _create(self, call: Call) -> Answer:
        fields = call.fields
        prompt = fields.text("prompt", most=MAX_PROMPT, required=True)
        size = fields.text("size") or "1280x720"
        if not _SIZE.fullmatch(size):
            raise Wrong("size", "must be WxH")
        job = self.accept(
            call,
            f"video_{uuid.uuid4().hex}",
            model=fields.text("model") or "default",
            prompt=prompt,
            body=call.body,
            shot=Shot(size.replace("x", ":"), _seconds(fields)),
            facts={"size": size},
        )
        return Answer(self.show(job, call.now, call.files))

    def _query(self, call: Call) -> Answer:
        return Answer(self.show(self._video(call), call.now, call.files))

    def _delete(self, call: Call) -> Answer:
        """Stop the job if it still runs, and drop it."""
        job = self._video(call)
        if not job.state(call.now).ended:
            job.cancelled_at = call.now
        call.table.remove(job)
        return Answer({"id": job.id, "object": "video.deleted", "deleted": True})

    def _content(self, call: Call) -> Answer:
        job = self._video(call)
        state = job.state(call.now)
        if not state.ended:
            raise Refusal(_NOT_READY)
        if state is not State.SUCCEEDED or call.query.get("variant", "video") != "video":
            raise Refusal(_NO_CONTENT)
        return Answer(film=job)

    def _list(self, call: Call) -> Answer:
        skew = SKEW_MS if call.fault is Fault.CLOCK_SKEW else 0
        limit = call.query.get("limit", "20")
        if not limit.isdecimal() or int(limit) > 100:
            raise Wrong("limit", "must be between 0 and 100")
        jobs = call.table.newest(call.key)
        if call.query.get("order") == "asc":
            jobs.reverse()
        after = call.query.get("after")
        if after:
            place = next((number for number, job in enumerate(jobs) if job.id == after), len(jobs))
            jobs = jobs[place + 1 :]
        data = [self.show(job.skewed(skew), call.now, call.files) for job in jobs[: int(limit)]]
        return Answer(
            {
                "object": "list",
                "data": data,
                "first_id": data[0]["id"] if data else None,
                "last_id": data[-1]["id"] if data else None,
                "has_more": len(jobs) > len(data),
            }
        )

    def _video(self, call: Call) -> VendorJob:
        job = call.job()
        if job is None:
            raise Refusal(self.not_found)
        return job


VENDOR = OpenAIVideos()


def _progress(job: VendorJob, now: int) -> int:
    """Return the part that is done, as engines that count their steps tell it; 99 at most."""
    whole = job.finished_at - job.started_at
    return max(0, min(99, 100 * (now - job.started_at) // whole)) if whole > 0 else 0


def _seconds(fields: Fields) -> int:
    """Return the length; engines take frames and their rate too, which count more."""
    frames, fps = _number(fields, "num_frames", 0), _number(fields, "fps", 24)
    return max(1, round(frames / fps)) if frames else _number(fields, "seconds", 4)


def _number(fields: Fields, name: str, default: int) -> int:
    """Return a number, which a form has as a text."""
    value = fields.get(name)
    text = str(default) if value is None else str(value)
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,4}", text) or (value is not None and not int(text)):
        raise Wrong(name, "must be a whole number above 0")
    return int(text)
