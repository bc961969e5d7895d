"""What servers that speak OpenAI's /v1/videos make of it: which fields, in which form, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import size, size_like
from reelgate.providers import channels
from reelgate.providers.account import Account
from reelgate.providers.inline import content
from reelgate.providers.port import Job, NotSent, Staged
from reelgate.request import MediaKind, Mode

Part = tuple[str, bytes, str]
"""A file of a form: its name, its bytes, its media type."""

_FPS = 16
"""Frames a second where the operator names no other: Wan's."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One sort of server. Only fields named here are ever sent: some servers take paths and addresses in others."""

    fields: frozenset[str]
    modes: frozenset[Mode] = frozenset({Mode.TEXT, Mode.IMAGE})
    waiting: tuple[str, ...] = ()
    """Words for an open job, in addition to OpenAI's own."""
    multipart: bool = False
    """Whether a create is always a form; else JSON, unless a file goes along."""
    side_step: int = 2
    """Both sides of a video are multiples of it."""
    free: bool = False
    """An engine of the operator's own, where a job costs nothing and is forgotten when the engine restarts."""
    lists: bool = True
    deletes: bool = True
    """Whether a delete stops a job."""
    tidies: bool = False
    """Whether files lie there until they are deleted."""
    channels: bool = False
    """Whether what is read of a create depends on the kind of channel behind, which `options.channel` names."""
    fails_by_status: bool = False
    """Whether a failed job is reported as a 4xx or 5xx with the job as its body."""


_COMMON = frozenset({"model", "prompt", "size", "seed", "negative_prompt", "input_reference"})

PROFILES: Mapping[str, Profile] = {
    "generic": Profile(fields=_COMMON | {"seconds"}),
    "new_api": Profile(
        fields=_COMMON | {"seconds", "duration", "image", "metadata"},
        waiting=("unknown",),
        lists=False,
        deletes=False,
        channels=True,
    ),
    "sglang": Profile(
        fields=_COMMON | {"num_frames", "fps"},
        multipart=True,
        side_step=16,
        free=True,
        deletes=False,
    ),
    "vllm_omni": Profile(
        fields=_COMMON | {"num_frames", "fps", "input_references"},
        modes=frozenset({Mode.TEXT, Mode.IMAGE, Mode.REFERENCE}),
        multipart=True,
        side_step=16,
        free=True,
        tidies=True,
        fails_by_status=True,
    ),
}


def profile_of(account: Account) -> Profile:
    """Return the profile that an account's options name. Raises ValueError for one that does not exist."""
    name = account.options.get("profile", "generic")
    if name not in PROFILES:
        raise ValueError(f"account {account.name}: options.profile is {name!r}; allowed: {', '.join(PROFILES)}")
    return PROFILES[name]


def modes_of(account: Account) -> frozenset[Mode]:
    """Return what an account's server can be asked for. Raises ValueError for options that mean nothing."""
    profile = profile_of(account)
    return profile.modes if channel_of(account) or not profile.channels else frozenset({Mode.TEXT})


def channel_of(account: Account) -> str:
    """Return the kind of channel that an account's options name, "" for none. Raises ValueError if there is none."""
    name, profile = account.options.get("channel", ""), profile_of(account)
    if name and (not profile.channels or name not in channels.NAMES):
        allowed = ", ".join(channels.NAMES) if profile.channels else "none beside the profile new_api"
        raise ValueError(f"account {account.name}: options.channel is {name!r}; allowed: {allowed}")
    return name


def check_fps(account: Account) -> None:
    """Raise ValueError if an account's options name something that is not a frame rate."""
    fps = account.options.get("fps", "1")
    if not fps.isdecimal() or int(fps) < 1:
        raise ValueError(f"account {account.name}: options.fps is {fps!r}; allowed: whole frames a second")


def body_of(job: Job, profile: Profile, options: Mapping[str, str]) -> dict[str, Any]:
    """Return the create's fields, files among them as parts. Raises Rejected or NotSent; blocks while it reads.

    `options` may name the server's own `model`, an engine's `fps`, new-api's `channel`.
    """
    request = job.request
    if request.mode not in profile.modes:
        raise NotSent(f"this provider makes no {request.mode}", unsendable=True)
    foreign = next((given for given in job.inputs if given.kind is not MediaKind.IMAGE), None)
    if foreign is not None:
        raise NotSent(f"this provider takes pictures only, no {foreign.kind}", unsendable=True)
    channel = options.get("channel", "")
    if profile.channels and channel != channels.PASSES_ON:
        return channels.body_of(job, _model(job, profile, options), _size(job, profile.side_step), channel)
    body: dict[str, Any] = {"prompt": request.prompt, "size": _size(job, profile.side_step), **_length(job, options)}
    body["model"] = _model(job, profile, options)
    body["seed"] = request.seed if request.seed >= 0 else ""
    body["negative_prompt"] = request.negative_prompt
    pictures = [_part(number, given) for number, given in enumerate(job.inputs, 1)]
    if request.mode is Mode.REFERENCE:
        body["input_references"] = pictures
    elif pictures:
        body["input_reference"] = pictures[0]
    return {name: value for name, value in body.items() if name in profile.fields and value not in ("", None)}


def marks_of(job: Job, profile: Profile, options: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a create by which its job can be known in a list, "" for what was not said."""
    seconds = str(job.request.duration) if job.request.duration > 0 and "seconds" in profile.fields else ""
    return {"prompt": job.request.prompt, "model": _model(job, profile, options), "seconds": seconds}


def _model(job: Job, profile: Profile, options: Mapping[str, str]) -> str:
    """Return the server's name of the model, "" at an engine where none is set: it has one, and refuses all others."""
    known = "" if profile.free else job.model.id
    return options.get("model") or job.model.upstream_for("openai_videos", job.request) or known


def _length(job: Job, options: Mapping[str, str]) -> dict[str, Any]:
    """Return the length in both ways: as a text of seconds, and as frames, one more than a multiple of four.

    Engines would count the seconds at a rate of their own.
    """
    request, fps = job.request, int(options.get("fps", _FPS))
    if request.duration <= 0:
        return {"fps": fps}
    return {"seconds": str(request.duration), "fps": fps, "num_frames": 4 * round(request.seconds * fps / 4) + 1}


def _size(job: Job, step: int) -> str:
    """Return `WxH`: the ratio's, else the first picture's shape; "" to leave it to the server."""
    request, model = job.request, job.model
    first = job.inputs[0].facts if job.inputs else None
    if ":" in request.ratio and ratio_counts(model, request):
        sides = size(model.shapes, request.resolution, request.ratio)
    elif first and first.width and first.height:
        sides = size_like(model.shapes, request.resolution, first.width, first.height)
    else:
        return ""
    width, height = (max(step, step * round(side / step)) for side in sides)
    return f"{width}x{height}"


def _part(number: int, given: Staged) -> Part:
    return f"input-{number}.{given.facts.format}", content(given), given.facts.content_type
