"""What a provider can't be told of a job: a setting without effect, or a reason not to send the job there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.providers.port import Job, NotSent, Rejected
from reelgate.request import VideoRequest

_NOWHERE = "https://input.invalid/"
"""The address of inputs that are not read while bodies are compared."""


def no_field(provider: str, what: str) -> NotSent:
    """Return the refusal of a job that `provider` has no words for; its name is the operator's business."""
    return NotSent(f"{provider} has no field for {what}", unsendable=True, told=f"the provider has no field for {what}")


def check_sound_kept(request: VideoRequest, provider: str) -> None:
    """Raise NotSent for an edit that is to keep the source's sound, at a provider that can't be told so."""
    if request.keep_audio:
        raise no_field(provider, "keep_audio in an edit")


def check_sound(job: Job, provider: str) -> None:
    """Raise NotSent for sound or silence that is not the model's own, at a provider that can't be told of it."""
    if job.request.audio != job.model.audio_default:
        raise no_field(provider, "sound (audio: true)" if job.request.audio else "silence (audio: false)")


def usual(model: Model) -> dict[str, Any]:
    """Return the settings of a request that ask for nothing beside what the model does by itself."""
    return {
        "negative_prompt": "",
        "audio": model.audio_default,
        "keep_audio": False,
        "music": False,
        "watermark": model.watermark.default,
        "prompt_extend": False,
        "web_search": False,
        "camera_fixed": False,
        "frames": 0,
        "offpeak": False,
        "draft": False,
    }


def unsent(job: Job, build: Callable[[Job], object]) -> tuple[str, ...]:
    """Return the settings that a job asks for and that make no difference to what `build` returns.

    A job that `build` refuses is not sent at all, so it has none. May block as `build` does.
    """
    request = job.request
    other = {name: value for name, value in usual(job.model).items() if getattr(request, name) != value}
    other |= {"seed": -1} if request.seed_given else {}
    if not other:
        return ()
    job = replace(job, inputs=tuple(replace(one, url=one.url or _NOWHERE) for one in job.inputs))
    try:
        sent = build(job)
    except (NotSent, Rejected):
        return ()
    return tuple(name for name, value in other.items() if _built(job, name, value, build) == sent)


def _built(job: Job, name: str, value: Any, build: Callable[[Job], object]) -> object:
    """Return what is sent with another value of a setting, None if that job is refused."""
    try:
        return build(replace(job, request=replace(job.request, **{name: value})))
    except (NotSent, Rejected):
        return None
