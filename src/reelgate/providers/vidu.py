"""ShengShu's own platform for Vidu."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from reelgate import limits
from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import Said, address_in, id_in
from reelgate.providers.callbacks import HmacSigned
from reelgate.providers.codes import VIDU
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotFound, NotSent, Staged, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.vendor import VendorProvider, refusal
from reelgate.providers.wire import Query
from reelgate.request import MediaKind, Mode, Role, VideoRequest

_ROOT = "/ent/v2"
_TASKS = f"{_ROOT}/tasks"
_CREATES = {
    Mode.TEXT: "text2video",
    Mode.IMAGE: "img2video",
    Mode.FRAMES: "start-end2video",
    Mode.REFERENCE: "reference2video",
}
_SHAPED = (Mode.TEXT, Mode.REFERENCE)
"""Where a ratio counts; elsewhere the pictures decide, and the field is unwanted."""

_PAGE = 100  # the most that the vendor lists at once
_PAGES = 10  # of what was made about the time of one submission
_Q3 = "q3"
_TAKES_CLIPS = "q2-pro"
_REFERENCE_SECONDS = 3  # the shortest that Q3 makes of references, but for one of its models
_DRAMA_SECONDS = 2
_Q2_FRAMES_SECONDS = 8  # the longest that Q2 makes of a first and a last frame
_BESIDE_CLIPS = 4  # reference pictures
_FRAMES_ALIKE = (0.8, 1.25)  # between the shapes of the first and the last frame

_MESSAGES = {
    "TaskPromptPolicyViolation": "the prompt was refused by the provider's moderation",
    "AuditSubmitIllegal": "an input was refused by the provider's moderation",
    "CreationPolicyViolation": "the finished video was refused by the provider's moderation",
    "PageSizeOutOfRange": "a picture's size, format or shape is not taken by the provider",
}
"""What some codes mean: a failed task has a code alone, and not every code says what it is about."""


class ViduProvider(VendorProvider):
    """One account at Vidu."""

    kind = "vidu"
    tells_progress = True

    def __init__(self, account: Account, clock: Clock | None = None, *, seconds: float | None = None) -> None:
        """Speak for `account`; a call may take `seconds`."""
        super().__init__(account, {"Authorization": f"Token {account.key}"}, clock, seconds=seconds)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job)

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the task's id. Raises Rejected, NotSent or OutcomeUnknown."""
        reply = await self._wire.submit(f"{_ROOT}/{_CREATES[job.request.mode]}", json=body)
        ref = id_in(reply, ("task_id",), calls_named=True)
        if reply.ok and ref:
            return ref
        raise refusal(reply, *_error(reply), VIDU)

    async def look(self, ref: str) -> Verdict:
        """Ask how a task stands. Raises OSError."""
        reply = await self._read(ref)
        if reply.status == 404 and _error(reply).code.endswith("NotFound"):
            return NotFound()
        return _READING.verdict(reply, ref)

    async def mark_of(self, ref: str) -> str:
        """Return the payload that stands with a task. Raises OSError."""
        return (await self._read(ref)).text("payload")

    async def cancel(self, ref: str) -> None:
        """Cancel a task that waits, and read its state again: a running one may simply continue. Raises OSError."""
        reply = await self._wire.change("POST", f"{_TASKS}/{quote(ref, safe='')}/cancel", json={"id": ref})
        if not reply.ok and reply.status not in (400, 404, 409):
            raise OSError(f"the provider did not cancel: {_said(reply)}")
        await self.poll(ref)

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return the task that bears the attempt's id, None if none of that time does.

        The list can't be searched for it; where its items don't show it, each task is asked. Raises OSError.
        """
        unmarked = []
        for page in range(1, _PAGES + 1):
            tasks = await self._listed(page, *self.arrival(since))
            for task in tasks:
                if task.get("payload") == job.attempt_id:
                    return _id(task)
            unmarked += [_id(task) for task in tasks if not task.get("payload")]
            if len(tasks) < _PAGE:
                break
        for ref in unmarked:
            if ref and ref not in self._polled and (await self._read(ref)).text("payload") == job.attempt_id:
                return ref
        return None

    async def _listed(self, page: int, begin: int, end: int) -> list[dict[str, Any]]:
        # The vendor's pages spell the paging keys in two ways.
        query: Query = {
            "created_at.from": _stamp(begin),
            "created_at.to": _stamp(end),
            "pager.page": page,
            "pager.pagesz": _PAGE,
            "paper.page": page,
            "paper.pagesz": _PAGE,
        }
        reply = await self._wire.read(_TASKS, query=query)
        tasks = reply.at("tasks")
        if not reply.ok or not isinstance(tasks, list):
            raise OSError(f"the provider does not list its tasks: {_said(reply)}")
        return [task for task in tasks if isinstance(task, dict)]

    async def _read(self, ref: str) -> Reply:
        reply = await self._wire.read(f"{_TASKS}/{quote(ref, safe='')}/creations")
        if reply.status in (401, 403) or (not reply.ok and _error(reply).code in VIDU.account):
            raise OSError(f"the provider refuses the account: {_said(reply)}")
        return reply


def body_of(job: Job) -> dict[str, Any]:
    """Return the create's JSON of a job. Raises Rejected or NotSent; blocks while it reads inputs.

    Defaults differ by page and model (sound, a mark), so none is relied on.
    """
    request = job.request
    name = job.model.upstream_for("vidu", request) or job.model.id
    _check(job, name)
    body: dict[str, Any] = {
        "model": name,
        "resolution": request.resolution,
        "audio": request.audio,
        "bgm": request.music,
        "watermark": request.watermark,
        "off_peak": job.model.offpeak or request.offpeak,
        "payload": job.attempt_id,
    }
    body |= {"prompt": request.prompt} if request.prompt else {}
    body["duration"] = max(0, request.duration)  # 0: the model chooses, where it can
    body |= {"seed": request.seed} if request.seed >= 0 else {}
    body |= {"aspect_ratio": request.ratio} if request.mode in _SHAPED and ":" in request.ratio else {}
    body |= {"callback_url": job.callback_url} if job.callback_url else {}
    body |= _inputs(job.inputs)
    if len(msgspec.json.encode(body)) > limits.VIDU_BODY_BYTES:
        most = limits.VIDU_BODY_BYTES // 1000**2
        raise NotSent(f"the pictures are too large to go inside one request (at most {most} MB)", unsendable=True)
    return body


KIND = Kind(
    name="vidu",
    key_env="VIDU_API_KEY",
    url_env="VIDU_BASE_URL",
    base_url="https://api.vidu.cn",
    make=ViduProvider,
    callbacks=lambda account, clock: HmacSigned("vidu", account.callback_secret or account.key, clock),
    callback_env="VIDU_CALLBACK_SECRET",
    able=lambda _account, _model, mode: mode in _CREATES,
)


def _check(job: Job, name: str) -> None:
    """Raise NotSent for what the vendor is known to refuse, and another may take."""
    request = job.request
    if request.mode not in _CREATES:
        raise NotSent(f"Vidu makes no {request.mode}", unsendable=True)
    taken = (MediaKind.IMAGE, MediaKind.VIDEO) if _TAKES_CLIPS in name else (MediaKind.IMAGE,)
    foreign = next((given for given in job.inputs if given.kind not in taken), None)
    if foreign is not None:
        raise NotSent(f"{name} takes {' and '.join(taken)} inputs only, no {foreign.kind}", unsendable=True)
    if job.model.offpeak or request.offpeak:
        _check_offpeak(request, name)
    if request.mode is Mode.REFERENCE:
        _check_references(job, name)
    if request.mode is Mode.FRAMES:
        _check_frames(job, name)


def _check_references(job: Job, name: str) -> None:
    seconds, least = job.request.duration, _DRAMA_SECONDS if name.endswith("-drama") else _REFERENCE_SECONDS
    if _Q3 in name and 0 < seconds < least:
        text = f"duration is {seconds}; Vidu makes videos of references from {least} seconds on"
        raise NotSent(text, unsendable=True)
    kinds = [given.kind for given in job.inputs]
    if MediaKind.VIDEO in kinds and kinds.count(MediaKind.IMAGE) > _BESIDE_CLIPS:
        raise NotSent(f"Vidu takes at most {_BESIDE_CLIPS} pictures beside a clip", unsendable=True)


def _check_frames(job: Job, name: str) -> None:
    if _Q3 not in name and job.request.duration > _Q2_FRAMES_SECONDS:
        text = f"duration is {job.request.duration}; Vidu makes {name} up to {_Q2_FRAMES_SECONDS} seconds of two frames"
        raise NotSent(text, unsendable=True)
    if not _are_alike(job.inputs):
        raise NotSent("the first and the last frame must be of nearly the same shape", unsendable=True)


def _check_offpeak(request: VideoRequest, name: str) -> None:
    if name.endswith("-mix"):
        raise NotSent(f"Vidu makes nothing off-peak with {name}", unsendable=True)
    if (_Q3 in name) != request.audio:
        wanted = "with sound" if _Q3 in name else "without sound"
        raise NotSent(f"Vidu makes videos of {name} off-peak {wanted} only", unsendable=True)


def _are_alike(inputs: tuple[Staged, ...]) -> bool:
    shapes = [given.facts.width / given.facts.height for given in inputs if given.facts.width and given.facts.height]
    least, most = _FRAMES_ALIKE
    return len(shapes) != len(_in_order(inputs)) or least <= shapes[0] / shapes[-1] <= most


def _inputs(inputs: tuple[Staged, ...]) -> dict[str, Any]:
    """Return pictures and clips; as subjects where the prompt calls them by name."""
    names = dict.fromkeys(given.name for given in inputs if given.name)
    if names:
        return {
            "subjects": [{"name": name, **_files(given for given in inputs if given.name == name)} for name in names]
        }
    return _files(inputs)


def _files(given_ones: Iterable[Staged]) -> dict[str, list[str]]:
    inputs = tuple(given_ones)
    pictures = [address(given) for given in _in_order(inputs) if given.kind is MediaKind.IMAGE]
    clips = [address(given, inline=False) for given in inputs if given.kind is MediaKind.VIDEO]
    return {name: urls for name, urls in (("images", pictures), ("videos", clips)) if urls}


def _in_order(inputs: tuple[Staged, ...]) -> list[Staged]:
    """Return the inputs, the first frame before the last: nothing but the order tells which is which."""
    return sorted(inputs, key=lambda given: given.role is Role.LAST_FRAME)


def _made(reply: Reply) -> Verdict:
    """Return the video: the first creation that has an address."""
    creations = reply.at("creations")
    count = len(creations) if isinstance(creations, list) else 0
    url = next((url for n in range(count) if (url := reply.text("creations", n, "url"))), "") or address_in(reply)
    return Succeeded(url=url or None)


def _failed(reply: Reply) -> Said:
    code, message = _error(reply)
    if code == "UserCancelled":
        return Said("cancelled", "the task was cancelled at the provider")
    return Said(code, message or _MESSAGES.get(code, ""))


def _error(reply: Reply) -> Said:
    """Return code and message: the name is in `reason`, in a task in `err_code`; `code` may be a mere number."""
    return Said(reply.text("reason") or reply.text("code") or reply.text("err_code"), reply.text("message"))


_READING = AnswerReading(states=(("state",),), ids=(("task_id",), ("id",)), made=_made, failed=_failed, started=10)


def _said(reply: Reply) -> str:
    return " ".join(_error(reply)).strip() or f"HTTP {reply.status}"


def _id(task: dict[str, Any]) -> str:
    """Return a listed task's id, "" if it has no usable one."""
    ref = task.get("id") or task.get("task_id")
    return ref if isinstance(ref, str) else ""


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
