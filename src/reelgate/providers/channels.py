"""What new-api's channels read of a create: each kind has fields of its own, and drops all others.

Its channels for other vendors than OpenAI's take JSON only: a file in a form is dropped without a word, a length counts
as a whole number in `duration`, and each wants another `size`. What a kind can't be told (a ratio at Vidu's, a tier
that Kling does not have) is not sent there: the job would arrive as another, and be paid for as that.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from reelgate.catalog.rules import ratio_counts
from reelgate.providers import ark
from reelgate.providers.inline import address, content
from reelgate.providers.port import Job, NotSent
from reelgate.providers.untold import check_sound, no_field
from reelgate.request import Mode

MODES = frozenset({Mode.TEXT, Mode.IMAGE})

Body = dict[str, Any]

_TAKE_NEGATIVE = ("ali", "kling")
"""The kinds with a field for what is not to be seen."""

_VIDU = "vidu"
"""The family of Vidu's models, which Ali hosts too."""

_USUAL = "16:9"
"""The default shape of a video, at every vendor behind new-api."""

_ALI_SIZES: Mapping[str, Mapping[str, str]] = {
    "480p": {"16:9": "832*480", "9:16": "480*832", "1:1": "624*624"},
    "720p": {"16:9": "1280*720", "9:16": "720*1280", "1:1": "960*960", "4:3": "1088*832", "3:4": "832*1088"},
    "1080p": {"16:9": "1920*1080", "9:16": "1080*1920", "1:1": "1440*1440", "4:3": "1632*1248", "3:4": "1248*1632"},
}
"""The sizes that its Ali channel knows; others it refuses."""

_KLING_SIZES = {"16:9": "1280x720", "9:16": "720x1280", "1:1": "1024x1024"}
_KLING_MODES = {"720p": "std", "1080p": "pro"}
_HAILUO_TIERS = {"512p": "512P", "720p": "720P", "768p": "768P", "1080p": "1080P"}


def body_of(job: Job, model: str, size: str, channel: str) -> Body:
    """Return the create's JSON for a kind of channel, "" for one that nobody named.

    `size` is `WxH`. Raises NotSent for a job that would arrive changed, and as `address` does; blocks while it reads.
    """
    request = job.request
    seconds = max(0, request.duration)
    if request.frames and channel != "doubao":
        raise _not_told("an exact number of frames", channel)
    if (job.model.offpeak or request.offpeak) and channel != "doubao":
        raise _not_told("that it may wait for off-peak hours", channel)
    if request.negative_prompt and channel not in _TAKE_NEGATIVE:
        raise _not_told("a negative prompt", channel)
    body: Body = {"model": model, "prompt": request.prompt}
    body |= {"seconds": str(seconds), "duration": seconds} if seconds else {}
    return body | _CHANNELS[channel](job, size)


def _ratio(job: Job) -> str:
    """Return the ratio that the job asks for, "" where an input decides it or it is left open."""
    ratio = job.request.ratio
    return ratio if ":" in ratio and ratio_counts(job.model, job.request) else ""


def _picture(job: Job) -> Body:
    return {"image": address(job.inputs[0])} if job.inputs else {}


def _seed(job: Job) -> Body:
    return {"seed": job.request.seed} if job.request.seed >= 0 else {}


def _unnamed(job: Job, size: str) -> Body:
    """Return what every kind of channel reads alike or refuses: a text at 720p and 16:9."""
    if job.inputs:
        raise _not_told("a picture", "")
    if job.request.resolution != "720p" or _ratio(job) not in ("", _USUAL):
        raise _not_told(f"{job.request.resolution} at {job.request.ratio}", "")
    shape = {"resolution": "720p", "ratio": _USUAL, "aspect_ratio": _USUAL}
    return {"size": size or "1280x720", "metadata": shape | _seed(job)}


def _ali(job: Job, _: str) -> Body:
    request, tier = job.request, job.request.resolution
    size = tier.upper()
    if not job.inputs:
        found = _ALI_SIZES.get(tier, {}).get(_ratio(job) or _USUAL)
        if found is None:
            raise _not_told(f"{tier} at {request.ratio}", "ali")
        size = found
    settings = {"watermark": request.watermark, "prompt_extend": request.prompt_extend, "resolution": tier.upper()}
    if job.model.family == _VIDU:
        settings["audio"] = request.audio
    else:
        check_sound(job, "new-api's ali channel")
    told: Body = {"parameters": settings | _seed(job)}
    told |= {"input": {"negative_prompt": request.negative_prompt}} if request.negative_prompt else {}
    return {"size": size, "metadata": told, **_picture(job)}


def _doubao(job: Job, _: str) -> Body:
    ark.check_told(job)
    settings = {name: value for name, value in ark.settings_of(job).items() if name != "model"}
    return {"metadata": settings, **_picture(job)}


def _vidu(job: Job, _: str) -> Body:
    """Return what the channel reads. It has no field for sound (Q3 has sound, older models have none) or a mark.

    A mark that a model has by default is the vendor's own doing, so it is no wish of the client's.
    """
    if _ratio(job) not in ("", _USUAL):
        raise _not_told(f"the ratio {job.request.ratio}", "vidu")
    check_sound(job, "new-api's vidu channel")
    if job.request.watermark and not job.model.watermark.default:
        raise _not_told("a watermark", "vidu")
    return {"size": job.request.resolution, "metadata": {"bgm": job.request.music, **_seed(job)}, **_picture(job)}


def _kling(job: Job, _: str) -> Body:
    request, ratio = job.request, _ratio(job) or _USUAL
    if ratio not in _KLING_SIZES or request.resolution not in _KLING_MODES:
        raise _not_told(f"{request.resolution} at {request.ratio}", "kling")
    told: Body = {"mode": _KLING_MODES[request.resolution], "aspect_ratio": ratio}
    told |= {"negative_prompt": request.negative_prompt} if request.negative_prompt else {}
    picture: Body = {}
    if job.inputs:  # an address, else bare Base64: a data URI is not taken there
        given = job.inputs[0]
        picture = {"image": given.url or base64.b64encode(content(given)).decode("ascii")}
    return {"size": _KLING_SIZES[ratio], "metadata": told, **picture}


def _hailuo(job: Job, _: str) -> Body:
    tier = _HAILUO_TIERS.get(job.request.resolution)
    if tier is None or _ratio(job) not in ("", _USUAL):
        raise _not_told(f"{job.request.resolution} at {job.request.ratio}", "hailuo")
    told: Body = {"resolution": tier, "aigc_watermark": job.request.watermark}
    told |= {"first_frame_image": address(job.inputs[0])} if job.inputs else {}
    return {"size": tier, "metadata": told}


_CHANNELS: Mapping[str, Callable[[Job, str], Body]] = {
    "": _unnamed,
    "ali": _ali,
    "doubao": _doubao,
    "vidu": _vidu,
    "kling": _kling,
    "hailuo": _hailuo,
}

PASSES_ON = "sora"
"""The kind that passes a create on as it came, a form with its files."""

NAMES = (PASSES_ON, *(name for name in _CHANNELS if name))


def _not_told(what: str, channel: str) -> NotSent:
    """Return the refusal of a job that would arrive changed; whose channel it is, is the operator's business."""
    if channel:
        return no_field(f"new-api's {channel} channel", what)
    text = f"{what} cannot be passed through new-api until the account names its channel's kind (options.channel)"
    return NotSent(text, unsendable=True, told=f"the provider has no field for {what}")
