"""ByteDance's Ark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reelgate.ids import ark_id
from reelgate.testing.simulator.ark_rules import check, defaults, rule_of
from reelgate.testing.simulator.ark_tasks import ark_error, ark_task, shown_settings
from reelgate.testing.simulator.faults import SKEW_MS, Fault
from reelgate.testing.simulator.fields import Wrong
from reelgate.testing.simulator.jobs import Reason, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

TASKS = "/api/v3/contents/generations/tasks"
WEEK_MS = 7 * 24 * 3600 * 1000

_NO_TASK = Said(404, "NotFound.ContentGenerationTask", "The specified content generation task is not found.")
_NO_MODEL = Said(
    404,
    "InvalidEndpointOrModel.NotFound",
    "The model or endpoint does not exist or you do not have access to it.",
)
_RUNNING = Said(409, "InvalidAction.RunningTaskDeletion", "Cannot delete task because it is currently running")
_CANCELLED = Said(409, "InvalidAction.CancelledTaskDeletion", "Cannot delete task because it is cancelled")


class Ark(Vendor):
    """Ark. Jobs are known for seven days, films for one; callbacks carry no signature."""

    name = "ark"
    base = "/api/v3"
    broken = Said(500, "InternalServiceError", "The service encountered an unexpected internal error.")
    busy = Said(
        429, "RateLimitExceeded.EndpointRPMExceeded", "The Requests Per Minute (RPM) limit of the endpoint is exceeded."
    )
    no_key = Said(401, "AuthenticationError", "The API key or AK/SK in the request is missing or invalid.")
    no_credit = Said(403, "AccountOverdueError", "The account has an overdue balance.")
    refused = Said(
        400,
        "InputTextSensitiveContentDetected",
        "The request failed because the input text may contain sensitive information.",
    )
    not_found = Said(404, "NotFound.Path", "The requested path is not found.")
    fails = Reason(
        "OutputVideoSensitiveContentDetected",
        "The request failed because the output video may contain sensitive information.",
    )
    called_on = frozenset({State.QUEUED, State.RUNNING, State.SUCCEEDED, State.FAILED})

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses."""
        return (
            Route("POST", TASKS, "create", self._create),
            Route("GET", TASKS, "list", self._list),
            Route("GET", f"{TASKS}/{{id}}", "query", self._query),
            Route("DELETE", f"{TASKS}/{{id}}", "cancel", self._delete),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal."""
        return ark_error(said)

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands."""
        return ark_task(job, now, link(files, job), link(files, job, "png"))

    def _create(self, call: Call) -> Answer:
        fields = call.fields
        model = fields.text("model", required=True)
        rule = rule_of(model)
        if rule is None:
            raise Refusal(_NO_MODEL)
        prompt, shot = check(fields, rule)
        facts = shown_settings(defaults(fields, rule))
        job = self.accept(
            call,
            ark_id(call.now),
            model=model,
            prompt=prompt,
            body=call.body,
            shot=shot,
            callback_url=fields.text("callback_url"),
            facts=facts,
        )
        return Answer({"id": job.id})

    def _query(self, call: Call) -> Answer:
        return Answer(self.show(self._task(call), call.now, call.files))

    def _delete(self, call: Call) -> Answer:
        job = self._task(call)
        state = job.state(call.now)
        if state is State.RUNNING:
            raise Refusal(_RUNNING)
        if state is State.CANCELLED:
            raise Refusal(_CANCELLED)
        if state is State.QUEUED:
            job.cancelled_at = call.now
        else:
            call.table.remove(job)
        return Answer({})

    def _task(self, call: Call) -> VendorJob:
        job = call.job()
        if job is None or call.now - job.created_at > WEEK_MS:
            raise Refusal(_NO_TASK)
        return job

    def _list(self, call: Call) -> Answer:
        skew = SKEW_MS if call.fault is Fault.CLOCK_SKEW else 0
        known = [job for job in call.table.newest(call.key) if call.now - job.created_at <= WEEK_MS]
        items = [item for job in known if _wanted(call, item := self.show(job.skewed(skew), call.now, call.files))]
        page, size_ = _number(call, "page_num", 1, 10**9), _number(call, "page_size", 20, 500)
        return Answer({"items": items[(page - 1) * size_ : page * size_], "total": len(items)})


VENDOR = Ark()


def _wanted(call: Call, item: Mapping[str, Any]) -> bool:
    ids = call.query.getlist("filter.task_ids")
    tier = call.query.get("filter.service_tier", "default")
    asked = {"status": call.query.get("filter.status"), "model": call.query.get("filter.model")}
    same = all(value in (None, "", item[name]) for name, value in asked.items())
    return same and item["service_tier"] == tier and (not ids or item["id"] in ids)


def _number(call: Call, name: str, default: int, most: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Wrong(name, f"must be between 1 and {most}")
    return int(text)
