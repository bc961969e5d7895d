"""new-api, as its channels of each kind read a create and drop the rest of it.

A channel's form of a create is kept with the job (`arrived`), so that it can be compared with the order. The vendor
behind is not called: only the channel's own losses are simulated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from reelgate.ids import prefixed
from reelgate.testing.simulator.fields import Wrong
from reelgate.testing.simulator.jobs import Reason, Shot, State, VendorJob
from reelgate.testing.simulator.vendor import Answer, Call, Refusal, Route, Said, Vendor, link

_WORDS: Mapping[State, str] = {
    State.QUEUED: "queued",
    State.RUNNING: "in_progress",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}
_RECORD_WORDS: Mapping[State, str] = {
    State.QUEUED: "QUEUED",
    State.RUNNING: "IN_PROGRESS",
    State.SUCCEEDED: "SUCCESS",
    State.FAILED: "FAILURE",
    State.CANCELLED: "FAILURE",
}
_NO_TASK = Said(400, "task_not_exist", "task_not_exist")
_NOT_DONE = Said(400, "task_not_completed", "Task is not completed yet")

Body = dict[str, Any]


class NewApiCreate(NamedTuple):
    """A create as new-api itself reads it, whatever the channel."""

    model: str
    prompt: str
    image: str
    images: list[str]
    reference: str
    size: str
    duration: int
    seconds: str
    metadata: Body
    files: bool
    """Whether a file came in a form, which only one kind of channel passes on."""

    @property
    def whole(self) -> int:
        """The seconds from `duration`, else from `seconds`; 0 for none."""
        return self.duration or (int(self.seconds) if self.seconds.isdecimal() else 0)

    @property
    def pictures(self) -> list[str]:
        """The pictures that most channels see."""
        return self.images or [picture for picture in (self.image,) if picture]


class Arrived(NamedTuple):
    """What the vendor behind would be asked for."""

    mode: str
    seconds: int
    tier: str
    ratio: str
    """"" where a picture decides it."""


class NewApi(Vendor):
    """A new-api whose models are all served by channels of one kind."""

    base = "/v1"
    broken = Said(500, "do_request_failed", "do request failed")
    busy = Said(429, "rate_limit_exceeded", "Too many requests")
    no_key = Said(401, "", "Invalid token")
    no_credit = Said(403, "insufficient_user_quota", "user quota is not enough")
    refused = Said(400, "fail_to_fetch_task", json.dumps({"code": "DataInspectionFailed", "message": "inappropriate"}))
    not_found = Said(404, "not_found", "Invalid URL")
    fails = Reason("generation_failed", "the channel failed while it made the video")
    id_at = (("id",), ("task_id",))
    named_at = (("id",), ("task_id",))

    def __init__(self, channel: str) -> None:
        self.name = f"new_api_{channel}"
        self._reads = _CHANNELS[channel]

    def routes(self) -> tuple[Route, ...]:
        """Return its addresses: no list, no delete."""
        return (
            Route("POST", "/v1/videos", "create", self._create),
            Route("GET", "/v1/videos/{id}", "query", self._query),
            Route("GET", "/v1/videos/{id}/content", "content", self._content),
            Route("GET", "/v1/video/generations/{id}", "record", self._record),
        )

    def error(self, said: Said) -> Any:
        """Return the body of a refusal: of tasks without an envelope, of keys in one."""
        if said.status in (401, 403):
            return {"error": {"code": said.code, "message": said.message, "type": "new_api_error"}}
        return {"code": said.code, "message": said.message, "data": None}

    def wrong(self, wrong: Wrong) -> Said:
        """Return what it says of a field."""
        return Said(400, "invalid_request", str(wrong))

    def show(self, job: VendorJob, now: int, files: str) -> Any:
        """Return how a video stands, in OpenAI's form."""
        state = job.state(now)
        shown = _created(job) | {"status": _WORDS[state], "progress": 100 if state.ended else 30}
        if state is State.SUCCEEDED:
            shown["metadata"] = {"url": link(files, job)}
        if state is State.FAILED and job.reason:
            shown["error"] = {"code": job.reason.code, "message": job.reason.message}
        return shown

    def _create(self, call: Call) -> Answer:
        asked = _asked(call)
        arrived = self._reads(asked)
        job = self.accept(
            call,
            prefixed("task_", call.now),
            model=asked.model,
            prompt=asked.prompt,
            body=call.body,
            shot=Shot(arrived.ratio or "16:9", max(1, arrived.seconds)),
            facts={"arrived": arrived._asdict()},
        )
        return Answer(_created(job))

    def _query(self, call: Call) -> Answer:
        return Answer(self.show(_known(call), call.now, call.files))

    def _record(self, call: Call) -> Answer:
        """Answer at the other address, where a task's record is in an envelope."""
        job = _known(call)
        state = job.state(call.now)
        reason = job.reason.message if state is State.FAILED and job.reason else ""
        record = {"task_id": job.id, "status": _RECORD_WORDS[state], "fail_reason": reason, "progress": "30%"}
        return Answer({"code": "success", "message": "", "data": record})

    def _content(self, call: Call) -> Answer:
        job = _known(call)
        if job.state(call.now) is not State.SUCCEEDED:
            raise Refusal(_NOT_DONE)
        return Answer(film=job)


def _known(call: Call) -> VendorJob:
    job = call.job()
    if job is None:
        raise Refusal(_NO_TASK)
    return job


def _created(job: VendorJob) -> Body:
    return {
        "id": job.id,
        "task_id": job.id,
        "object": "video",
        "model": job.model,
        "status": "queued",
        "progress": 0,
        "created_at": job.told(job.created_at) // 1000,
    }


def _asked(call: Call) -> NewApiCreate:
    """Read a create. In a form all values are texts, `seconds` is the length, and files are seen by no reader."""
    fields = call.fields
    form = call.headers.get("content-type", "").startswith("multipart/form-data")
    given = fields.all
    files = [name for name, value in given.items() if form and isinstance(value, dict)]
    metadata = given.get("metadata")
    if isinstance(metadata, str):
        metadata = json.loads(metadata) if metadata.startswith("{") else {}
    known = ("prompt", "model", "mode", "image", "images", "size", "duration", "input_reference", "metadata", *files)
    extra = {name: value for name, value in given.items() if form and name not in known}
    duration = str(given.get("seconds") if form else given.get("duration"))
    return NewApiCreate(
        model=fields.text("model", required=True),
        prompt=fields.text("prompt", required=True),
        image=fields.text("image"),
        images=[] if form else fields.texts("images", 0, 9),
        reference="" if "input_reference" in files else fields.text("input_reference"),
        size=fields.text("size"),
        duration=int(duration) if duration.isdecimal() else 0,
        seconds=fields.text("seconds"),
        metadata={**(metadata or {}), **extra},
        files=bool(files),
    )


def _sora(asked: NewApiCreate) -> Arrived:
    """Pass all of it on; the vendor behind reads OpenAI's own fields and has OpenAI's defaults."""
    wide, _, high = (asked.size or "720x1280").partition("x")
    if not (wide.isdecimal() and high.isdecimal()):
        raise Wrong("size", "must be WxH")
    seconds = int(asked.seconds) if asked.seconds.isdecimal() else 4
    mode = "image" if asked.files or asked.reference else "text"
    return Arrived(mode, seconds, _tier(int(wide), int(high)), "" if mode == "image" else _ratio(int(wide), int(high)))


def _ali(asked: NewApiCreate) -> Arrived:
    picture = asked.image or next(iter(asked.images), "") or asked.reference
    tier, ratio = "720p", "16:9"
    if asked.size and "t2v" in asked.model and "*" not in asked.size:
        raise Wrong("size", f"invalid size: {asked.size}, example: 1920*1080")
    if "*" in asked.size:
        if asked.size not in _ALI_SIZES:
            raise Wrong("size", f"invalid size: {asked.size}")
        wide, _, high = asked.size.partition("*")
        tier, ratio = _tier(int(wide), int(high)), _ratio(int(wide), int(high))
    elif asked.size:
        tier = asked.size.lower().removesuffix("p") + "p"
    told = asked.metadata.get("parameters") or {}
    tier = str(told.get("resolution", tier)).lower()
    return Arrived(
        "image" if picture else "text", told.get("duration", asked.whole or 5), tier, "" if picture else ratio
    )


def _doubao(asked: NewApiCreate) -> Arrived:
    told = asked.metadata
    seconds = asked.whole or told.get("duration") or 5
    ratio = "" if asked.pictures else str(told.get("ratio", "16:9"))
    mode = "image" if asked.pictures else "text"
    return Arrived(mode, seconds, str(told.get("resolution", "720p")), ratio)


def _vidu(asked: NewApiCreate) -> Arrived:
    tier = str(asked.metadata.get("resolution", asked.size or "1080p"))
    if tier not in ("360p", "540p", "720p", "1080p"):
        raise Refusal(Said(400, "fail_to_fetch_task", json.dumps({"reason": "FieldInvalid", "message": "resolution"})))
    seconds = asked.metadata.get("duration", asked.duration or 5)
    return Arrived("image" if asked.pictures else "text", seconds, tier, "" if asked.pictures else "16:9")


def _kling(asked: NewApiCreate) -> Arrived:
    shapes = {"1280x720": "16:9", "1920x1080": "16:9", "720x1280": "9:16", "1080x1920": "9:16"}
    ratio = str(asked.metadata.get("aspect_ratio", shapes.get(asked.size, "1:1")))
    tier = "1080p" if asked.metadata.get("mode") == "pro" else "720p"
    if asked.image.startswith("data:"):
        raise Refusal(Said(400, "task_failed", "image: not Base64"))
    mode = "image" if asked.image else "text"
    return Arrived(mode, asked.duration or 5, tier, "" if asked.image else ratio)


def _hailuo(asked: NewApiCreate) -> Arrived:
    found = next((tier for tier in ("1080", "768", "720", "512") if tier in asked.size), "768")
    tier = str(asked.metadata.get("resolution", f"{found}P"))
    if tier not in ("512P", "720P", "768P", "1080P"):
        raise Refusal(Said(400, "2013", "hailuo api error: invalid params"))
    picture = asked.metadata.get("first_frame_image")
    seconds = asked.metadata.get("duration", asked.duration or 6)
    return Arrived("image" if picture else "text", seconds, tier.lower(), "" if picture else "16:9")


_ALI_SIZES = (
    *("832*480", "480*832", "624*624"),
    *("1280*720", "720*1280", "960*960", "1088*832", "832*1088"),
    *("1920*1080", "1080*1920", "1440*1440", "1632*1248", "1248*1632"),
)

_CHANNELS: Mapping[str, Callable[[NewApiCreate], Arrived]] = {
    "sora": _sora,
    "ali": _ali,
    "doubao": _doubao,
    "vidu": _vidu,
    "kling": _kling,
    "hailuo": _hailuo,
}

VENDORS = tuple(NewApi(channel) for channel in _CHANNELS)


def _tier(wide: int, high: int) -> str:
    """Return the tier of a size, by its area."""
    tiers = {"480p": 832 * 480, "540p": 960 * 540, "720p": 1280 * 720, "1080p": 1920 * 1080}
    return min(tiers, key=lambda tier: abs(tiers[tier] - wide * high))


def _ratio(wide: int, high: int) -> str:
    """Return the usual ratio that a size is nearest to."""
    ratios = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4, "21:9": 21 / 9}
    return min(ratios, key=lambda ratio: abs(ratios[ratio] - wide / high))
