"""UniAll: a reseller of HappyHorse and Vidu with flat answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reelgate.ids import prefixed
from reelgate.testing.simulator.dashscope_rules import RATIOS, SEED
from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Reason, Shot, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

WORDS: Mapping[State, str] = {
    State.QUEUED: "queued",
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
_CREATES = ("/v1/video/generations", "/v1/videos/generations")
_QUERIES = (*_CREATES, "/v1/videos")
_HORSE = re.compile(r"happy-horse(-edit)?-(720p|1080p)")
_VIDU = re.compile(r"viduq3[pt](-mix)?-(540p|720p|1080p)(-offpeak)?")
_TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


class UniAll(Vendor):
    """UniAll. There is no list and no cancel; its error bodies are those of its lineage, its pages show none."""

    name = "uniall"
    id_at = (("id",), ("task_id",))
    named_at = (("id",), ("task_id",))
    broken = Said(500, "do_request_failed", "do request failed")
    busy = Said(429, "rate_limit_exceeded", "Rate limit exceeded, please try again later.")
    no_key = Said(401, "invalid_api_key", "Invalid token")
    no_credit = Said(402, "insufficient_user_quota", "user quota is not enough")
    refused = Said(400, "content_policy_violation", "The prompt may contain inappropriate content.")
    not_found = Said(404, "not_found", "Invalid URL")
    fails = Reason("generation_failed", "the upstream failed while it made the video")

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses; the pages differ in how they write them."""
        return (
            *(Route("POST", path, "create", self._create) for path in _CREATES),
            *(Route("GET", f"{path}/{{id}}", "query", self._query) for path in _QUERIES),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal."""
        kind = _TYPES.get(said.status, "api_error" if said.status >= 500 else "invalid_request_error")
        return {"error": {"message": said.message, "type": kind, "code": said.code}}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field."""
        return Said(400, "invalid_request", str(wrong))

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands; `duration` is how long the task took."""
        state = job.state(now)
        progress = {State.QUEUED: 0, State.RUNNING: 30}.get(state, 100)
        shown = _created(job) | {"status": WORDS[state], "progress": progress, "prompt": job.prompt, "error": None}
        if state is State.FAILED and job.reason:
            shown["error"] = {"code": job.reason.code, "message": job.reason.message}
        if state.ended:
            shown |= {"result": None, "video_url": None, "duration": (job.finished_at - job.created_at) // 1000}
        if state is State.SUCCEEDED:
            url = link(files, job)
            shown |= {"video_url": url, "result": {"outputs": [url], "video_url": url}}
        return shown

    def _create(self, call: Call) -> Answer:
        fields = call.fields
        model = fields.text("model", required=True)
        if found := _HORSE.fullmatch(model):
            shot = _horse(fields, tier=found[2], edits=bool(found[1]))
        elif _VIDU.fullmatch(model):
            shot = _vidu(fields)
        else:
            raise Refusal(Said(503, "model_not_found", f"No available channel for model {model}"))
        job = self.accept(
            call,
            prefixed("task_", call.now),
            model=model,
            prompt=fields.text("prompt"),
            body=call.body,
            shot=shot,
        )
        return Answer(_created(job))

    def _query(self, call: Call) -> Answer:
        job = call.job()
        if job is None:
            raise Refusal(Said(404, "task_not_exist", "task_not_exist"))
        return Answer(self.show(job, call.now, call.files))


VENDOR = UniAll()


def _created(job: VendorJob) -> dict[str, Any]:
    return {
        "id": job.id,
        "task_id": job.id,
        "object": "video.generation.job",
        "model": job.model,
        "status": "queued",
        "progress": 0,
        "created_at": job.told(job.created_at) // 1000,
    }


def _horse(fields: Fields, *, tier: str, edits: bool) -> Shot:
    fields.text("prompt", most=2500, required=True)
    seconds = fields.whole("duration", 3, 15)
    fields.one_of("size", (tier,))
    fields.whole("seed", 0, SEED, default=0)
    ratio = fields.one_of("aspect_ratio", RATIOS, default="16:9")
    references = fields.texts("reference_image_urls", 0, 5 if edits else 9) or fields.texts("images", 0, 9)
    links = {"image": fields.text("image"), "video": fields.text("video", required=edits)}
    if edits:
        fields.refuse("aspect_ratio", "image")
        fields.one_of("audio_setting", ("auto", "origin"))
    else:
        fields.refuse("video", "audio_setting")
        if references and links["image"]:
            raise Wrong("image", "cannot be combined with reference images", "unwanted")
    _links(links, references)
    return Shot(ratio, seconds, audio=True)


def _vidu(fields: Fields) -> Shot:
    fields.text("prompt", required=True)
    value = fields.get("duration")
    seconds = int(value) if isinstance(value, str) and value.isdecimal() else fields.whole("duration", 1, 16)
    if not 1 <= seconds <= 16:
        raise Wrong("duration", "must be between 1 and 16")
    links = {"image": fields.text("image"), "last_image": fields.text("last_image")}
    if links["last_image"] and not links["image"]:
        raise Wrong("last_image", "needs an image", "unwanted")
    references = fields.texts("reference_image_urls", 0, 4)
    if references and links["image"]:
        raise Wrong("image", "cannot be combined with reference images", "unwanted")
    _links(links, references)
    extra = fields.inner("extra_body")
    extra.flag("bgm")
    return Shot(fields.one_of("aspect_ratio", RATIOS, default="16:9"), seconds, extra.flag("audio", default=True))


def _links(links: Mapping[str, str], references: list[str]) -> None:
    for name, url in [*links.items(), *(("reference_image_urls", url) for url in references)]:
        if url:
            address(url, name, WEB)
