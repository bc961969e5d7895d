"""Alibaba's Model Studio (DashScope)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from reelgate.testing.simulator.dashscope_rules import check, rule_of
from reelgate.testing.simulator.dashscope_tasks import CHINA, WORDS, created, dashscope_task
from reelgate.testing.simulator.faults import SKEW_MS, Fault
from reelgate.testing.simulator.fields import Wrong
from reelgate.testing.simulator.jobs import Reason, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

DAY_MS = 24 * 3600 * 1000
CREATE = "/services/aigc/video-generation/video-synthesis"

NOT_ASYNC = Said(403, "AccessDenied", "current user api does not support synchronous calls.")
NO_PROMPT = Reason("InvalidParameter", "Field required: input.prompt")

_NO_CANCEL = Said(
    400, "UnsupportedOperation", "Failed to cancel the task, please confirm if the task is in PENDING status."
)


class DashScope(Vendor):
    """DashScope. Jobs and films are known for 24 hours; there are no callbacks."""

    name = "dashscope"
    id_at = (("output", "task_id"),)
    named_at = (("output", "task_id"),)
    base = "/api/v1"
    broken = Said(
        500, "InternalError", "An internal error has occured, please try again later or contact service support."
    )
    busy = Said(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.")
    no_key = Said(401, "InvalidApiKey", "No API-key provided.")
    no_credit = Said(400, "Arrearage", "Access denied, please make sure your account is in good standing.")
    refused = Said(400, "DataInspectionFailed", "Input data may contain inappropriate content.")
    not_found = Said(404, "NotFound", "The requested resource can not be found.")
    fails = Reason("InternalError.Algo", "The task failed while it was running.")
    status_at = (("output", "task_status"),)
    odd_word = "SUSPENDED"
    links_refuse_keys = True

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses."""
        return (
            Route("POST", f"/api/v1{CREATE}", "create", self._create),
            Route("POST", "/api/v1/services/aigc/image2video/video-synthesis", "create", self._create),
            Route("GET", "/api/v1/tasks", "list", self._list),
            Route("GET", "/api/v1/tasks/", "list", self._list),
            Route("GET", "/api/v1/tasks/{id}", "query", self._query),
            Route("POST", "/api/v1/tasks/{id}/cancel", "cancel", self._cancel),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal: flat, without an envelope."""
        return {"code": said.code, "message": said.message, "request_id": str(uuid.uuid4())}

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands."""
        return dashscope_task(job, now, link(files, job))

    def _create(self, call: Call) -> Answer:
        if call.headers.get("x-dashscope-async") != "enable":
            raise Refusal(NOT_ASYNC)
        model = call.fields.text("model", required=True)
        rule = rule_of(model)
        if rule is None:
            raise Refusal(Said(400, "InvalidParameter", "Model not exist."))
        shot = check(call.fields, rule, resolves=call.headers.get("x-dashscope-ossresourceresolve") == "enable")
        prompt = call.fields.inner("input").text("prompt")
        lost = NO_PROMPT if rule.prompt and not prompt else None
        job = self.accept(call, str(uuid.uuid4()), model=model, prompt=prompt, body=call.body, shot=shot, reason=lost)
        return Answer(created(job))

    def _query(self, call: Call) -> Answer:
        job = call.job()
        if job is None or call.now - job.created_at > DAY_MS:
            return Answer({"request_id": str(uuid.uuid4()), "output": {"task_id": call.id, "task_status": "UNKNOWN"}})
        return Answer(self.show(job, call.now, call.files))

    def _cancel(self, call: Call) -> Answer:
        job = call.job()
        if job is None or job.state(call.now) is not State.QUEUED:
            raise Refusal(_NO_CANCEL)
        job.cancelled_at = call.now
        return Answer({"request_id": str(uuid.uuid4())})

    def _list(self, call: Call) -> Answer:
        skew = SKEW_MS if call.fault is Fault.CLOCK_SKEW else 0
        begin, end = _window(call.query, call.now)
        wanted = [
            _entry(job.skewed(skew), call.now)
            for job in call.table.newest(call.key)
            if begin <= job.told(job.created_at) // 1000 * 1000 + skew <= end
        ]
        for name, asked in (("model_name", "model_name"), ("status", "status"), ("task_id", "task_id")):
            if value := call.query.get(asked):
                wanted = [entry for entry in wanted if entry[name] == value]
        page, size = _number(call.query, "page_no", 1), _number(call.query, "page_size", 10)
        return Answer(
            {
                "request_id": str(uuid.uuid4()),
                "data": wanted[(page - 1) * size : page * size],
                "page_no": page,
                "page_size": size,
                "total_page": -(-len(wanted) // size),
                "total": len(wanted),
            }
        )


VENDOR = DashScope()


def _entry(job: VendorJob, now: int) -> dict[str, Any]:
    state = job.state(now)
    return {
        "api_key_id": "1",
        "caller_parent_id": "1",
        "caller_uid": "1",
        "gmt_create": job.told(job.created_at),
        "start_time": job.told(min(job.started_at, job.finished_at)),
        **({"end_time": job.told(job.finished_at)} if state.ended else {}),
        "region": "cn-beijing",
        "request_id": str(uuid.uuid4()),
        "status": WORDS[state],
        "task_id": job.id,
        "user_api_unique_key": f"apikey:v1:aigc:video-generation:video-synthesis:{job.model}",
        "model_name": job.model,
    }


def _window(query: QueryParams, now: int) -> tuple[int, int]:
    """Return the times in ms between which the listed tasks were made. Raises Wrong."""
    end = _moment(query, "end_time") or now + SKEW_MS
    begin = _moment(query, "start_time") or end - DAY_MS
    if not 0 <= end - begin <= DAY_MS + SKEW_MS:
        raise Wrong("start_time", "must be at most 24 hours before end_time")
    return begin, end


def _moment(query: QueryParams, name: str) -> int:
    text = query.get(name, "")
    try:
        return round(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA).timestamp() * 1000) if text else 0
    except ValueError:
        raise Wrong(name, "must be YYYYMMDDhhmmss") from None


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or not int(text):
        raise Wrong(name, "must be a whole number above 0")
    return int(text)
