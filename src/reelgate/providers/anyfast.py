"""AnyFast as a vendor: Seedance in Ark's words, HappyHorse in words of its own."""

from __future__ import annotations

from typing import Any

from reelgate.catalog.rules import ratio_counts
from reelgate.providers import ark
from reelgate.providers.account import Kind
from reelgate.providers.answers import Said, address_in
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotSent, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.relay import RelayProvider, within
from reelgate.providers.reply import Reply
from reelgate.providers.told import seconds_told
from reelgate.providers.untold import check_sound, check_sound_kept
from reelgate.request import MediaKind, Mode, VideoRequest

_TASKS = "/v1/video/generations"
_SEEDANCE = "seedance"
_FAMILIES = (_SEEDANCE, "happyhorse")

_OF_ARK = frozenset(
    {
        "model",
        "content",
        "resolution",
        "ratio",
        "duration",
        "generate_audio",
        "watermark",
        "return_last_frame",
        "tools",
        "seed",
        "camera_fixed",
        "omni_reference_task_type",
    }
)
"""What AnyFast names of Ark's fields."""


def _made(reply: Reply) -> Verdict:
    """Return the video. Old rows kept its address in the field for the reason of a failure."""
    url = address_in(reply, ("data", "result_url"), ("data", "fail_reason"))
    below = ("data", "data")
    seconds = seconds_told(reply.at(*below, "usage", "output_video_duration"), reply.at(*below, "duration"))
    ratio = reply.text(*below, "usage", "ratio") or reply.text(*below, "ratio")
    return Succeeded(url=url or None, duration=seconds, ratio=ratio)


def _failed(reply: Reply) -> Said:
    """Return what the vendor behind says, which may stand as JSON in the reason."""
    below = ("data", "data")
    reason = reply.text("data", "fail_reason")
    inner = within(reason)
    code = reply.text(*below, "output", "code") or reply.text(*below, "error", "code") or inner.code
    return Said(code, inner.message or reason)


_READING = AnswerReading(
    states=(("data", "status"),),
    ids=(("data", "task_id"),),
    made=_made,
    failed=_failed,
    progress=("data", "progress"),
)


class AnyFastProvider(RelayProvider):
    """One account at AnyFast."""

    kind = "anyfast"
    creates = _TASKS
    tasks = _TASKS
    reading = _READING

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job)


def body_of(job: Job) -> dict[str, Any]:
    """Return the create's JSON of a job. Raises Rejected or NotSent; blocks while it reads inputs."""
    name = job.model.upstream_for("anyfast", job.request) or job.model.id
    if job.model.family == _SEEDANCE:
        asked = ark.body_of(job, "anyfast")
        asked |= {"duration": job.request.duration} if "frames" in asked else {}
        return {key: value for key, value in asked.items() if key in _OF_ARK}
    if job.model.family not in _FAMILIES:
        raise NotSent(f"AnyFast does not document {job.model.id}", unsendable=True)
    check_sound(job, "AnyFast")
    if job.request.mode is Mode.EDIT:
        return {"model": name, "input": _edit(job), "parameters": _look(job.request) | _length(job.request)}
    return {"model": name, "prompt": job.request.prompt, **_pictures(job), **_look(job.request), **_shape(job)}


KIND = Kind(
    name="anyfast",
    key_env="ANYFAST_API_KEY",
    url_env="ANYFAST_BASE_URL",
    base_url="https://www.anyfast.com.cn",
    make=AnyFastProvider,
    able=lambda _account, model, _mode: model.family in _FAMILIES,
)


def _look(request: VideoRequest) -> dict[str, Any]:
    """Return what every mode takes. The mark is on where nothing is said, so it is always said."""
    look: dict[str, Any] = {"resolution": request.resolution.upper(), "watermark": request.watermark}
    return look | ({"seed": request.seed} if request.seed >= 0 else {})


def _shape(job: Job) -> dict[str, Any]:
    counts = ratio_counts(job.model, job.request) and ":" in job.request.ratio
    return _length(job.request) | ({"ratio": job.request.ratio} if counts else {})


def _length(request: VideoRequest) -> dict[str, int]:
    """Return the seconds that were ordered. An edit is as long as its clip, but these are billed, else 5."""
    return {"duration": request.duration} if request.duration > 0 else {}


def _pictures(job: Job) -> dict[str, Any]:
    urls = [address(given, inline=False) for given in job.inputs]
    if job.request.mode is Mode.REFERENCE:
        return {"images": urls}
    return {"image": urls[0]} if urls else {}


def _edit(job: Job) -> dict[str, Any]:
    """Return the native form, the only one in which an edit can be asked for. Raises NotSent."""
    check_sound_kept(job.request, "AnyFast")
    media = [
        {"type": "video" if given.kind is MediaKind.VIDEO else "reference_image", "url": address(given, inline=False)}
        for given in job.inputs
    ]
    return {"prompt": job.request.prompt, "media": media}
