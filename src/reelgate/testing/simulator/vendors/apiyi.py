"""APIYI: a reseller that passes DashScope's creates on, and answers queries in words of its own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from reelgate.testing.simulator.dashscope_rules import Rule, check, edit, rule_of
from reelgate.testing.simulator.dashscope_tasks import created
from reelgate.testing.simulator.fields import Fields, Wrong
from reelgate.testing.simulator.jobs import Reason, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

_CREATE = "/wan/api/v1/services/aigc/video-generation/video-synthesis"
_DAY_MS = 24 * 3600 * 1000
_MODELS = re.compile(r"wan2\.7-(t2v|i2v|r2v|videoedit)|happyhorse-1\.[01]-(t2v|i2v|r2v)|happyhorse-1\.0-video-edit")

WORDS: Mapping[State, str] = {
    State.QUEUED: "submitted",
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
_PROGRESS = {State.QUEUED: 0, State.RUNNING: 30}
_NOT_ASYNC = "AccessDenied"
_TIERS = ("720P", "1080P")


class Apiyi(Vendor):
    """APIYI. There is no list and no cancel; jobs are known for 24 hours."""

    name = "apiyi"
    id_at = (("output", "task_id"),)
    named_at = (("task_id",),)
    broken = Said(500, "do_request_failed", "upstream gateway error")
    busy = Said(429, "rate_limit_exceeded", "Rate limit exceeded, please try again later.")
    no_key = Said(401, "invalid_api_key", "Invalid token")
    no_credit = Said(429, "insufficient_user_quota", "user quota is not enough")
    refused = Said(403, "DataInspectionFailed", "Input data may contain inappropriate content.")
    not_found = Said(404, "not_found", "Invalid URL")
    fails = Reason("InvalidParameter", "the task failed while it was running")
    status_at = (("output", "task_status"), ("status",))
    links_refuse_keys = True

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses, whose prefixes differ."""
        return (Route("POST", _CREATE, "create", self._create), Route("GET", "/v1/tasks/{id}", "query", self._query))

    def error(self, said: Said) -> Any:
        """Return the body of a refusal; that of DashScope itself passes through."""
        if said.code == _NOT_ASYNC:
            return {"code": said.code, "message": said.message, "request_id": str(uuid.uuid4())}
        return {"error": {"message": said.message, "type": "task_error", "code": said.code}}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field: the words of its parser for a wrong type, 500 where a picture is missing."""
        if wrong.name == "input.media" and wrong.why == "missing":
            return Said(500, "build_request_failed", "图生视频模型必须提供图片")
        if "must be an integer" in wrong.text:
            name = wrong.name.rpartition(".")[2]
            text = f"json: cannot unmarshal string into Go struct field .{name} of type int"
            return Said(400, "parse_request_failed", text)
        return Said(400, "parse_request_failed", str(wrong))

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands."""
        state = job.state(now)
        shown: dict[str, Any] = {"status": WORDS[state], "progress": _PROGRESS.get(state, 100), "task_id": job.id}
        if state is State.SUCCEEDED:
            shown["result_url"] = link(files, job)
        if state is State.FAILED and job.reason:
            text = f"[{job.reason.code}] {job.reason.message}"
            shown |= {"error": {"message": text}, "fail_reason": text}
        return shown

    def _create(self, call: Call) -> Answer:
        if call.headers.get("x-dashscope-async") != "enable":
            raise Refusal(Said(403, _NOT_ASYNC, "current user api does not support synchronous calls"))
        fields = call.fields
        model = fields.text("model", required=True)
        rule = _rule(model)
        if rule is None:
            raise Refusal(Said(503, "model_not_found", "该模型无可用渠道"))
        source = fields.inner("input")
        prompt = source.text("prompt", required=True)
        _check_pictures(source, model)
        shot = check(fields, rule, resolves=False)
        return Answer(
            created(self.accept(call, str(uuid.uuid4()), model=model, prompt=prompt, body=call.body, shot=shot))
        )

    def _query(self, call: Call) -> Answer:
        job = call.job()
        if job is None or call.now - job.created_at > _DAY_MS:
            return Answer({"status": "UNKNOWN", "task_id": call.id})
        return Answer(self.show(job, call.now, call.files))


VENDOR = Apiyi()


def _rule(model: str) -> Rule | None:
    """Return what a model takes: DashScope's rule, except where these pages differ."""
    rule = rule_of(model) if _MODELS.fullmatch(model) else None
    if rule is None:
        return None
    if "edit" in model:
        return rule._replace(media=edit(5, least=1), resolutions=_TIERS)
    return rule._replace(resolutions=_TIERS, seconds=(2, 15))


def _check_pictures(source: Fields, model: str) -> None:
    if not source.objects("media") and not model.endswith("t2v"):
        raise Wrong("input.media", "is required", "missing")
