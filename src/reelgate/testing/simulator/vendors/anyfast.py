"""AnyFast: a reseller of HappyHorse and Seedance, flat when a job is made and enveloped when it is asked for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from reelgate.ids import ark_id, prefixed, trace_id
from reelgate.testing.simulator import ark_rules
from reelgate.testing.simulator.ark_tasks import ark_error, ark_task, shown_settings
from reelgate.testing.simulator.dashscope_rules import RATIOS, SEED
from reelgate.testing.simulator.dashscope_tasks import dashscope_task
from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Reason, Shot, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

TASKS = "/v1/video/generations"
WORDS: Mapping[State, str] = {
    State.QUEUED: "NOT_START",
    State.RUNNING: "IN_PROGRESS",
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILURE",
    State.CANCELLED: "FAILURE",
}
_PROGRESS = {State.QUEUED: "0%", State.RUNNING: "50%"}
_TYPES = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}
_RELAYED = ("task_not_exist", "fail_to_fetch_task", "do_request_failed", "insufficient_user_quota")
"""Codes that come in the flat envelope of the relay, not in the documented one."""

_HORSE = re.compile(r"happyhorse-1\.[01]-(t2v|i2v|r2v)|happyhorse-1\.0-video-edit")
_MORE_RATIOS = (*RATIOS, "4:5", "5:4", "9:21", "21:9")
_ARK = ark_rules.rule_of("doubao-seedance-2-0-260128")
_SEEDANCE = re.compile(r"seedance(-fast|-2\.0(-fast|-mini)?)?")
_SMALL = re.compile(r"seedance-(fast|2\.0-mini)")

_INNER = ark_error(
    Said(
        400,
        "InputTextSensitiveContentDetected",
        "The request failed because the input text may contain sensitive information.",
    )
)


class AnyFast(Vendor):
    """AnyFast. There is no list and no cancel."""

    name = "anyfast"
    id_at = (("id",), ("task_id",))
    named_at = (("data", "task_id"),)
    broken = Said(500, "do_request_failed", "do request failed")
    busy = Said(429, "rate_limit_exceeded", "Rate limit exceeded, please try again later.")
    no_key = Said(401, "invalid_api_key", "No token provided")
    no_credit = Said(403, "insufficient_user_quota", "user quota is not enough")
    refused = Said(400, "fail_to_fetch_task", msgspec.json.encode(_INNER).decode())
    not_found = Said(404, "not_found", "Invalid URL")
    fails = Reason("InternalError.Algo", "the task failed while it was running")
    status_at = (("data", "status"), ("status",))
    odd_word = "PAUSED"

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses."""
        return (Route("POST", TASKS, "create", self._create), Route("GET", f"{TASKS}/{{id}}", "query", self._query))

    def error(self, said: Said) -> Any:
        """Return the body of a refusal."""
        if said.code in _RELAYED:
            return {"code": said.code, "message": said.message, "data": None}
        kind = _TYPES.get(said.status, "api_error")
        return {"error": {"message": said.message, "type": kind, "code": said.code}}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field."""
        return Said(400, "invalid_request", str(wrong))

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands, with the upstream's own words inside."""
        state = job.state(now)
        url = link(files, job)
        is_horse = "request_id" in job.facts
        reason = job.reason.message if state is State.FAILED and job.reason else ""
        data: dict[str, Any] = {"task_id": job.id, "action": "generate", "status": WORDS[state]}
        if state is State.SUCCEEDED:
            data["result_url"] = url
            reason = url if is_horse else ""
        begun = state is not State.QUEUED
        data |= {
            "fail_reason": reason,
            "submit_time": job.told(job.created_at) // 1000,
            "start_time": job.told(job.started_at) // 1000 if begun else 0,
            "finish_time": job.told(job.finished_at) // 1000 if state.ended else 0,
            "progress": _PROGRESS.get(state, "100%"),
            "request_id": trace_id(now),
            "data": None,
        }
        if begun:
            inner = dashscope_task(job, now, url) if is_horse else ark_task(job, now, url, "")
            data["data"] = inner
        return {"code": "success", "message": "", "data": data}

    def _create(self, call: Call) -> Answer:
        fields = call.fields
        model = fields.text("model", required=True)
        if _HORSE.fullmatch(model):
            return self._horse(call, fields, model)
        if _SEEDANCE.fullmatch(model) and _ARK:
            return self._seedance(call, fields, model, _ARK)
        raise Refusal(Said(503, "model_not_found", f"No available channel for model {model}"))

    def _horse(self, call: Call, fields: Fields, model: str) -> Answer:
        if model.endswith("video-edit"):
            prompt, shot = _edit(fields)
        else:
            prompt, shot = fields.text("prompt", required=True), _flat(fields, model)
        job = self.accept(
            call,
            prefixed("asyntask_", call.now),
            model=model,
            prompt=prompt,
            body=call.body,
            shot=shot,
            facts={"request_id": str(uuid.uuid4())},
        )
        return Answer(_created(job, "queued"))

    def _seedance(self, call: Call, fields: Fields, model: str, rule: ark_rules.Rule) -> Answer:
        if _SMALL.fullmatch(model):
            rule = rule._replace(resolutions=("480p", "720p"))
        prompt, shot = ark_rules.check(fields, rule)
        facts = shown_settings(ark_rules.defaults(fields, rule))
        job = self.accept(call, ark_id(call.now), model=model, prompt=prompt, body=call.body, shot=shot, facts=facts)
        return Answer(_created(job, ""))

    def _query(self, call: Call) -> Answer:
        job = call.job()
        if job is None:
            raise Refusal(Said(404, "task_not_exist", "task_not_exist"))
        return Answer(self.show(job, call.now, call.files))


VENDOR = AnyFast()


def _created(job: VendorJob, status: str) -> dict[str, Any]:
    return {
        "id": job.id,
        "task_id": job.id,
        "object": "video",
        "model": job.model,
        "status": status,
        "progress": 0,
        "created_at": job.told(job.created_at) // 1000,
    }


def _flat(fields: Fields, model: str) -> Shot:
    """Return the film; the settings can be in `parameters` too, where they win."""
    fields = Fields(fields.all | fields.inner("parameters").all)
    settings = _look(fields)
    duration = fields.whole("duration", 3, 15, default=5)
    ratios = _MORE_RATIOS if "-1.1-" in model else RATIOS
    ratio = fields.one_of("ratio", ratios, default="16:9")
    if model.endswith("i2v"):
        pictures = [fields.text("image")] if fields.get("image") else fields.texts("images", 1, 1)
    else:
        most = 9 if "-1.1-" in model else 3  # of the newer page little is known: what the vendor behind it takes
        pictures = fields.texts("images", 1, most) if model.endswith("r2v") else []
    for number, url in enumerate(pictures):
        address(url, f"images[{number}]", (*WEB, "data:image/"))
    return settings._replace(ratio=ratio, seconds=duration)


def _edit(fields: Fields) -> tuple[str, Shot]:
    """Return the prompt and the film of an edit, which exists in the native form only."""
    source = fields.inner("input")
    prompt = source.text("prompt", required=True)
    media = source.objects("media")
    kinds = [item.one_of("type", ("video", "reference_image")) for item in media]
    if sorted(kinds) != ["reference_image", "video"]:
        raise Wrong("input.media", "must be one video and one reference_image", "count")
    for item in media:
        address(item.text("url", required=True), item.name("url"), WEB)
    return prompt, _look(fields.inner("parameters"))


def _look(fields: Fields) -> Shot:
    fields.one_of("resolution", ("720P", "1080P"))
    fields.flag("watermark", default=True)
    fields.whole("seed", 0, SEED, default=0)
    return Shot(audio=True)
