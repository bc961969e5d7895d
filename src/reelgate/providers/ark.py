"""ByteDance's Ark (Volcengine) and ModelArk (BytePlus): Seedance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from reelgate.catalog.rules import ratio_counts
from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import Said, address_in, id_in
from reelgate.providers.callbacks import unsigned
from reelgate.providers.codes import ARK
from reelgate.providers.gather import Gather
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotFound, Staged, Succeeded, Unrecognized, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.told import seconds_told
from reelgate.providers.untold import check_sound, check_sound_kept
from reelgate.providers.vendor import VendorProvider, refusal
from reelgate.providers.wire import Query
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role, VideoRequest

_TASKS = "/contents/generations/tasks"
_PAGE = 500  # the most that the vendor lists at once
_VERSION = re.compile(r"seedance-(\d)[-.](\d)")
_NEWEST = (2, 0)
"""What an endpoint's id (`ep-…`), which names no model, is taken for where the catalog's id says nothing either."""

_ROLES = {
    (Role.FIRST_FRAME, MediaKind.IMAGE): "first_frame",
    (Role.LAST_FRAME, MediaKind.IMAGE): "last_frame",
    (Role.REFERENCE, MediaKind.IMAGE): "reference_image",
    (Role.REFERENCE, MediaKind.VIDEO): "reference_video",
    (Role.FIRST_CLIP, MediaKind.VIDEO): "reference_video",
    (Role.SOURCE, MediaKind.VIDEO): "reference_video",
    (Role.VOICE, MediaKind.AUDIO): "reference_audio",
}
_TASK_TYPES = {Mode.REFERENCE: "reference", Mode.EDIT: "edit", Mode.EXTEND: "extend"}
_SHAPED_BY_INPUTS = (Mode.IMAGE, Mode.FRAMES, Mode.EDIT, Mode.EXTEND)


class ArkProvider(VendorProvider):
    """One account at Ark."""

    kind = "ark"

    def __init__(self, account: Account, clock: Clock | None = None, *, seconds: float | None = None) -> None:
        """Speak for `account`; a call may take `seconds`."""
        super().__init__(account, {"Authorization": f"Bearer {account.key}"}, clock, seconds=seconds)
        self._gather = Gather(self._list, self._read)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job)

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the task's id. Raises Rejected, NotSent or OutcomeUnknown."""
        reply = await self._wire.submit(_TASKS, json=body)
        ref = id_in(reply, ("id",), calls_named=True)
        if reply.ok and ref:
            return ref
        raise refusal(reply, *_error(reply), ARK)

    async def look(self, ref: str) -> Verdict:
        """Ask how a task stands. Raises OSError."""
        return _verdict(await self._gather.get(ref), ref)

    async def mark_of(self, ref: str) -> str:
        """Return the mark that stands with a task. Raises OSError."""
        return _mark((await self._read(ref)).json)

    async def cancel(self, ref: str) -> None:
        """Cancel a task that is still queued. Raises OSError.

        The same call on a finished task destroys its record and result, so the state is asked for first.
        """
        reply = await self._read(ref)
        if reply.text("status") != "queued":
            return
        answer = await self._wire.change("DELETE", f"{_TASKS}/{quote(ref, safe='')}")
        if not answer.ok and answer.status not in (400, 404, 409):
            raise OSError(f"the provider did not cancel: {_said(answer)}")

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return the task that bears the attempt's id; if no task bears any mark, the only one made about then that
        has the job's model and shape, None if there is none or more than one. Raises OSError."""
        body = settings_of(job)
        query: Query = {"page_num": 1, "page_size": _PAGE, "filter.service_tier": body.get("service_tier", "default")}
        reply = await self._wire.read(_TASKS, query=query)
        tasks = reply.at("items")
        if not reply.ok or not isinstance(tasks, list):
            raise OSError(f"the provider does not list its tasks: {_said(reply)}")
        marked = {mark: task.get("id") for task in tasks if (mark := _mark(task))}
        if marked:
            return marked.get(job.attempt_id)
        begin, end = (ms / 1000 for ms in self.arrival(since // 1000 * 1000))  # the list has whole seconds
        if len(tasks) >= _PAGE and all(_made_at(task) > begin for task in tasks):
            return None  # the page does not reach back far enough
        return self.only(job, (task["id"] for task in tasks if begin <= _made_at(task) <= end and _is_like(task, body)))

    async def _list(self, refs: Sequence[str]) -> dict[str, Reply]:
        """Return the states of tasks in the vendor's list, where they are clear. Raises OSError.

        The list leaves out those of the cheap tier unless it is asked for that tier alone.
        """
        told = await self._listed(refs, "default")
        missing = [ref for ref in refs if ref not in told]
        return told | (await self._listed(missing, "flex") if len(missing) > 1 else {})

    async def _listed(self, refs: Sequence[str], tier: str) -> dict[str, Reply]:
        query: Query = {"page_num": 1, "page_size": len(refs), "filter.service_tier": tier, "filter.task_ids": refs}
        items = _allowed(await self._wire.read(_TASKS, query=query)).at("items")
        found = [Reply(200, item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        return {
            reply.text("id"): reply
            for reply in found
            if reply.text("id") in refs and _is_clear(_verdict(reply, reply.text("id")))
        }

    async def _read(self, ref: str) -> Reply:
        return _allowed(await self._wire.read(f"{_TASKS}/{quote(ref, safe='')}"))


def body_of(job: Job, kind: str = "ark") -> dict[str, Any]:
    """Return the create's JSON of a job, with the model's id at `kind`, which may be a relay that passes it on.

    Raises Rejected or NotSent; blocks while it reads inputs.
    """
    check_told(job, kind)
    text = [{"type": "text", "text": job.request.prompt}] if job.request.prompt else []
    told = {"callback_url": job.callback_url} if job.callback_url else {}
    content = [*text, *(_item(given) for given in job.inputs)]
    return settings_of(job, kind) | {"content": content, "safety_identifier": job.attempt_id} | told


KIND = Kind(
    name="ark",
    key_env="ARK_API_KEY",
    url_env="ARK_BASE_URL",
    base_url="https://ark.cn-beijing.volces.com/api/v3",
    make=ArkProvider,
    callbacks=lambda _account, _clock: unsigned,
)


def check_told(job: Job, kind: str = "ark") -> None:
    """Raise NotSent for a wish that Ark has no field for, if a video without it would be another one."""
    check_sound_kept(job.request, kind)
    if _version_of(job, kind) < (1, 5):
        check_sound(job, kind)


def _item(given: Staged) -> dict[str, Any]:
    """Return an input; the vendor takes pictures and sounds inside the request, clips by address only."""
    name = f"{given.kind.value}_url"
    url = address(given, inline=given.kind is not MediaKind.VIDEO)
    return {"type": name, name: {"url": url}, "role": _ROLES[given.role, given.kind]}


def settings_of(job: Job, kind: str = "ark") -> dict[str, Any]:
    """Return all of the create's JSON but the content: what the model takes, and no other field.

    The vendor's defaults differ by model (sound is on, a tier is dearer), so none is relied on.
    """
    request = job.request
    version = _version_of(job, kind)
    settings: dict[str, Any] = {
        "model": _name(job, kind),
        "resolution": request.resolution,
        "watermark": request.watermark,
        "return_last_frame": request.return_last_frame,
    }
    ratio = _ratio(job, version)
    settings |= {"ratio": ratio} if ratio else {}
    settings |= _length(request, version)
    if version >= (1, 5):
        settings["generate_audio"] = request.audio
    if version < (2, 0):
        waits = job.model.offpeak or request.offpeak
        settings |= {"seed": request.seed, "service_tier": "flex" if waits else "default"}
        settings |= {"camera_fixed": request.camera_fixed} if request.mode is not Mode.REFERENCE else {}
    elif request.web_search:
        settings["tools"] = [{"type": "web_search"}]
    settings |= {"draft": True} if request.draft else {}
    settings |= {"execution_expires_after": request.expires_after} if request.expires_after else {}
    if version >= (2, 5) and request.mode in _TASK_TYPES:
        settings["omni_reference_task_type"] = _TASK_TYPES[request.mode]
    return settings


def _name(job: Job, kind: str) -> str:
    return job.model.upstream_for(kind, job.request) or job.model.id


def _version_of(job: Job, kind: str) -> tuple[int, int]:
    return _version(_name(job, kind), job.model.id)


def _version(*names: str) -> tuple[int, int]:
    found = next((match for name in names if (match := _VERSION.search(name))), None)
    return (int(found[1]), int(found[2])) if found else _NEWEST


def _ratio(job: Job, version: tuple[int, int]) -> str:
    """Return the ratio, "" to leave it out: 2.5 lets a first frame or a clip decide, 1.0 knows no `adaptive` text."""
    request = job.request
    if version >= (2, 5) and request.mode in _SHAPED_BY_INPUTS:
        return "adaptive"
    if not ratio_counts(job.model, request):
        return ""
    return "" if version < (1, 5) and request.mode is Mode.TEXT and request.ratio == "adaptive" else request.ratio


def _length(request: VideoRequest, version: tuple[int, int]) -> dict[str, int]:
    """Return the duration, -1 where it is left to the model and it can choose; or the exact frames."""
    if request.frames:
        return {"frames": request.frames}
    seconds = AUTO_DURATION if request.mode is Mode.EDIT or request.duration <= 0 else request.duration
    return {} if seconds == AUTO_DURATION and version < (1, 5) else {"duration": seconds}


def _verdict(reply: Reply, ref: str) -> Verdict:
    if reply.status == 404 and "NotFound" in _error(reply).code:
        return NotFound()
    return _READING.verdict(reply, ref)


def _is_clear(verdict: Verdict) -> bool:
    """Whether a list shows enough of a task that it need not be queried alone."""
    return not isinstance(verdict, Unrecognized) and not (isinstance(verdict, Succeeded) and verdict.url is None)


def _made(reply: Reply) -> Verdict:
    url = address_in(reply, ("content", "video_url")) or None
    return Succeeded(url=url, duration=seconds_told(reply.at("duration")), ratio=reply.text("ratio"))


def _allowed(reply: Reply) -> Reply:
    """Return the answer. Raises OSError if it speaks of the account and not of what was asked for."""
    if reply.status in (401, 403):
        raise OSError(f"the provider refuses the account: {_said(reply)}")
    return reply


def _error(reply: Reply) -> Said:
    """Return code and message, which some hosts wrap in `error` and some do not."""
    where = ("error",) if isinstance(reply.at("error"), dict) else ()
    return Said(reply.text(*where, "code"), reply.text(*where, "message"))


_READING = AnswerReading(states=(("status",),), ids=(("id",),), made=_made, failed=_error, started=10)


def _said(reply: Reply) -> str:
    return " ".join(_error(reply)).strip() or f"HTTP {reply.status}"


def _made_at(task: Any) -> float:
    at = task.get("created_at") if isinstance(task, dict) else None
    return at if isinstance(at, int | float) else 0.0


def _mark(task: Any) -> str:
    """Return what the maker of a listed task marked it with, "" for nothing."""
    mark = task.get("safety_identifier") if isinstance(task, dict) else None
    return mark if isinstance(mark, str) else ""


def _is_like(task: Any, settings: dict[str, Any]) -> bool:
    """Whether a listed task was made with the settings, as far as it states them and they are not left open."""
    if not isinstance(task.get("id"), str) or task.get("model") != settings["model"]:
        return False
    told = {name: settings[name] for name in ("resolution", "ratio", "duration", "seed") if name in settings}
    return all(value in ("adaptive", -1) or task.get(name) in (None, value) for name, value in told.items())
