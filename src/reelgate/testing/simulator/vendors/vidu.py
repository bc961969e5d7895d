"""ShengShu's own platform for Vidu."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import msgspec

from reelgate.testing.simulator.faults import SKEW_MS, Fault
from reelgate.testing.simulator.fields import WEB, Fields, Wrong, address
from reelgate.testing.simulator.jobs import Reason, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link
from reelgate.testing.simulator.vidu_rules import check, price

ROOT = "/ent/v2"
MAX_BODY = 20 * 1000 * 1000
_WEEK_MS = 7 * 24 * 3600 * 1000

WORDS: Mapping[State, str] = {
    State.QUEUED: "queueing",
    State.RUNNING: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
_REASONS = {
    "missing": ("FieldLacking", "field is missing or empty"),
    "unwanted": ("FieldUnwanted", "unwanted field"),
    "count": ("FieldItemCountOutOfRange", "field item count out of range"),
    "invalid": ("FieldInvalid", "invalid field"),
}
_NO_TASK = Said(404, "TaskNotFound", "task not found")
_CREATES = ("text2video", "img2video", "start-end2video", "reference2video")


class Vidu(Vendor):
    """Vidu. A job bears its `payload`; the list shows seven days; callbacks are signed with the key."""

    name = "vidu"
    id_at = (("task_id",),)
    scheme = "Token"
    broken = Said(500, "InternalServiceFailure", "internal service failure")
    busy = Said(429, "TooManyRequests", "too many requests")
    no_key = Said(401, "Unauthorized", "unauthorized")
    no_credit = Said(400, "CreditInsufficient", "insufficient credits")
    refused = Said(400, "AuditSubmitIllegal", "submit is illegal")
    not_found = Said(404, "NotFound", "not found")
    fails = Reason("CreationPolicyViolation", "")
    status_at = (("state",),)
    called_on = frozenset({State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELLED})

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses."""
        return (
            *(Route("POST", f"{ROOT}/{name}", "create", self._creator(name)) for name in _CREATES),
            Route("GET", f"{ROOT}/tasks", "list", self._list),
            Route("GET", f"{ROOT}/tasks/{{id}}/creations", "query", self._query),
            Route("POST", f"{ROOT}/tasks/{{id}}/cancel", "cancel", self._cancel),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal: the name is in `reason`, `code` is a mere number."""
        trace = {"trace_id": secrets.token_hex(16)}
        return {"code": said.status, "reason": said.code, "message": said.message, "metadata": trace}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field."""
        code, text = _REASONS[wrong.why]
        return Said(400, code, f"{text}: {wrong.name}, {wrong.text}")

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a task stands."""
        state = job.state(now)
        code = "UserCancelled" if state is State.CANCELLED else ""
        code = job.reason.code if state is State.FAILED and job.reason else code
        done = {
            "id": f"{job.id}1",
            "url": link(files, job),
            "cover_url": link(files, job, "jpeg"),
            "watermarked_url": link(files, job),
        }
        return {
            "id": job.id,
            "state": WORDS[state],
            "err_code": code,
            "credits": 0 if code else job.facts["credits"],
            "payload": job.body.get("payload") or "",
            "bgm": job.body.get("bgm") or False,
            "off_peak": job.body.get("off_peak") or False,
            "creations": [done] if state is State.SUCCEEDED else [],
        }

    def signature(self, url: str, key: str, now: int, nonce: str) -> dict[str, str]:
        """Return the headers that sign a callback: the address, the date and the nonce, but not the body."""
        date = formatdate(now / 1000, usegmt=True)
        parts = urlsplit(url)
        text = f"POST\n{parts.path or '/'}\n{parts.query}\nvidu\n{date}\nDate:{date}\nx-request-nonce:{nonce}\n"
        digest = hmac.digest(key.encode(), text.encode(), "sha256")
        return {
            "X-HMAC-SIGNATURE": base64.b64encode(digest).decode("ascii"),
            "X-HMAC-ALGORITHM": "hmac-sha256",
            "X-HMAC-ACCESS-KEY": "vidu",
            "X-HMAC-SIGNED-HEADERS": "Date;x-request-nonce",
            "Date": date,
            "x-request-nonce": nonce,
        }

    def _creator(self, endpoint: str) -> Callable[[Call], Answer]:
        return lambda call: self._create(call, endpoint)

    def _create(self, call: Call, endpoint: str) -> Answer:
        if len(msgspec.json.encode(call.body)) > MAX_BODY:
            raise Refusal(Said(400, "BadRequest", "request body is larger than 20 MB"))
        fields = call.fields
        shot = check(fields, endpoint)
        job = self.accept(
            call,
            str(secrets.randbelow(9 * 10**17) + 10**17),
            model=fields.text("model"),
            prompt=fields.text("prompt"),
            body=call.body,
            shot=shot,
            callback_url=_callback(fields),
            facts={"credits": price(fields, shot, endpoint)},
        )
        return Answer(_created(job, fields))

    def _query(self, call: Call) -> Answer:
        return Answer(self.show(_task(call), call.now, call.files))

    def _cancel(self, call: Call) -> Answer:
        job = _task(call)
        if job.state(call.now) is not State.QUEUED:
            raise Refusal(Said(400, "OperationInProcess", "operation in process, please retry later"))
        job.cancelled_at = call.now
        return Answer({})

    def _list(self, call: Call) -> Answer:
        """Return the tasks of the time and states asked for; they do not show their payload."""
        skew = SKEW_MS if call.fault is Fault.CLOCK_SKEW else 0
        begin, end = _moment(call, "created_at.from", call.now - _WEEK_MS), _moment(call, "created_at.to", 2**62)
        ids, states = call.query.getlist("task_ids"), call.query.getlist("states")
        found = []
        for job in (job.skewed(skew) for job in call.table.newest(call.key)):
            shown = self.show(job, call.now, call.files) | {"created_at": _time(job.told(job.created_at))}
            shown |= {"model": job.model, "prompt": job.prompt, "duration": job.shot.seconds}
            shown.pop("payload")
            fits = begin <= job.told(job.created_at) <= end
            if fits and (not ids or job.id in ids) and (not states or shown["state"] in states):
                found.append(shown)
        page, size = _number(call, "page", 1, 10**9), _number(call, "pagesz", 20, 100)
        return Answer({"tasks": found[(page - 1) * size : page * size], "next_page_token": ""})


VENDOR = Vidu()


def _created(job: VendorJob, fields: Fields) -> dict[str, Any]:
    shot = job.shot
    return {
        "task_id": job.id,
        "state": "created",
        "model": job.model,
        "prompt": job.prompt,
        "images": fields.texts("images", 0, 7),
        "duration": shot.seconds,
        "seed": fields.get("seed") or secrets.randbelow(2**31),
        "aspect_ratio": shot.ratio,
        "resolution": fields.get("resolution") or "720p",
        "movement_amplitude": fields.get("movement_amplitude") or "auto",
        "bgm": fields.flag("bgm"),
        "payload": fields.text("payload"),
        "off_peak": fields.flag("off_peak"),
        "credits": job.facts["credits"],
        "watermark": fields.flag("watermark"),
        "created_at": _time(job.told(job.created_at)),
    }


def _task(call: Call) -> VendorJob:
    job = call.job()
    if job is None:
        raise Refusal(_NO_TASK)
    return job


def _callback(fields: Fields) -> str:
    url = fields.text("callback_url")
    return address(url, "callback_url", WEB) if url else ""


def _moment(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000) if text else default
    except ValueError:
        raise Wrong(name, "is not a time") from None


def _number(call: Call, name: str, default: int, most: int) -> int:
    text = call.query.get(f"pager.{name}", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Wrong(f"pager.{name}", f"must be between 1 and {most}")
    return int(text)


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
