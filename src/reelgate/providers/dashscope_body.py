"""What DashScope's create asks for, which a relay passes on as it is: each family takes fields of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reelgate.catalog import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import size
from reelgate.providers.inline import address
from reelgate.providers.port import Job, NotSent, Rejected, Staged
from reelgate.providers.untold import check_sound
from reelgate.request import MediaKind, Mode, Role, VideoRequest

_OWN = "dashscope"
_HORSE_SECONDS = 3  # the shortest that HappyHorse makes
_WAN_EDIT_PICTURES = 4  # beside the clip

_TYPES = {
    (Role.FIRST_FRAME, MediaKind.IMAGE): "first_frame",
    (Role.LAST_FRAME, MediaKind.IMAGE): "last_frame",
    (Role.REFERENCE, MediaKind.IMAGE): "reference_image",
    (Role.REFERENCE, MediaKind.VIDEO): "reference_video",
    (Role.FIRST_CLIP, MediaKind.VIDEO): "first_clip",
    (Role.SOURCE, MediaKind.VIDEO): "video",
    (Role.VOICE, MediaKind.AUDIO): "driving_audio",
}


def body_of(job: Job, kind: str = _OWN) -> dict[str, Any]:
    """Return the create's JSON of a job, with the model's id at `kind`, which may be a relay that passes it on.

    Raises Rejected or NotSent; blocks while it reads inputs.
    """
    name = upstream(job, kind)
    if kind == _OWN:
        _check(job, name)
    if not _is_vidu(name):
        check_sound(job, kind)
    return {"model": name, "input": _input(job, name), "parameters": _parameters(job.request, job.model, name)}


def upstream(job: Job, kind: str = _OWN) -> str:
    """Return the model's id at `kind`."""
    return job.model.upstream_for(kind, job.request) or job.model.id


def _check(job: Job, name: str) -> None:
    """Raise NotSent for what other sellers of a model take and the vendor itself refuses."""
    seconds = job.request.duration
    if not (_is_wan(name) or _is_vidu(name)) and job.request.mode is not Mode.EDIT and 0 < seconds < _HORSE_SECONDS:
        text = f"duration is {seconds}; DashScope makes videos of {name} from {_HORSE_SECONDS} seconds on"
        raise NotSent(text, unsendable=True)
    pictures = sum(given.kind is MediaKind.IMAGE for given in job.inputs)
    if _is_wan(name) and job.request.mode is Mode.EDIT and pictures > _WAN_EDIT_PICTURES:
        text = f"{pictures} pictures; DashScope takes at most {_WAN_EDIT_PICTURES} beside the clip that {name} edits"
        raise NotSent(text, unsendable=True)


def _is_vidu(name: str) -> bool:
    return name.startswith("vidu/")


def _is_wan(name: str) -> bool:
    return name.startswith("wan")


def _parameters(request: VideoRequest, model: Model, name: str) -> dict[str, Any]:
    """Return the parameters that the model takes, and no other: what it does with those it does not know is unsaid.

    The vendor's defaults differ by family (a mark, 1080P), so none is relied on.
    """
    parameters: dict[str, Any] = {"resolution": request.resolution.upper(), "watermark": request.watermark}
    if request.seed >= 0:
        parameters["seed"] = request.seed
    if request.mode is Mode.EDIT:
        parameters["audio_setting"] = "origin" if request.keep_audio else "auto"
    if _is_wan(name):
        parameters["prompt_extend"] = request.prompt_extend
    if _is_vidu(name):
        parameters["audio"] = request.audio
    if request.duration > 0 and request.mode is not Mode.EDIT:
        parameters["duration"] = request.duration
    elif request.mode is Mode.EDIT and _is_wan(name):
        parameters["duration"] = max(0, request.duration)  # 0: the whole source
    return parameters | _shape(request, model, name)


def _shape(request: VideoRequest, model: Model, name: str) -> dict[str, str]:
    """Return the ratio where it counts. The hosted Vidu models know none, but a size that goes before the tier."""
    if request.mode not in (Mode.TEXT, Mode.REFERENCE) or ":" not in request.ratio or not ratio_counts(model, request):
        return {}
    if not _is_vidu(name):
        return {"ratio": request.ratio}
    width, height = size(model.shapes, request.resolution, request.ratio)
    return {"size": f"{width}*{height}"}


def _input(job: Job, name: str) -> dict[str, Any]:
    request = job.request
    given: dict[str, Any] = {"prompt": request.prompt} if request.prompt else {}
    if request.negative_prompt and _is_wan(name):
        given["negative_prompt"] = request.negative_prompt
    if request.mode is Mode.TEXT:
        voice = next((i for i in job.inputs if i.role is Role.VOICE), None)
        return given | ({"audio_url": address(voice, inline=False)} if voice else {})
    media = _vidu_media(job.inputs) if _is_vidu(name) else _media(job.inputs, request.mode)
    return given | ({"media": media} if media else {})


def _vidu_media(inputs: Iterable[Staged]) -> list[dict[str, str]]:
    """Return the items: the first frame before the last, which nothing else tells apart."""
    ordered = sorted(inputs, key=lambda i: i.role is Role.LAST_FRAME)
    return [{"type": i.kind.value, "url": address(i, inline=False)} for i in ordered]


def _media(inputs: tuple[Staged, ...], mode: Mode) -> list[dict[str, str]]:
    voiced = _voices(inputs) if mode is Mode.REFERENCE else {}
    items = []
    for number, given in enumerate(inputs):
        if mode is Mode.REFERENCE and given.role is Role.VOICE:
            continue
        item = {"type": _TYPES[given.role, given.kind], "url": address(given, inline=given.kind is MediaKind.IMAGE)}
        if given.description:
            item["reference_description"] = given.description
        if number in voiced:
            item["reference_voice"] = address(voiced[number], inline=False)
        items.append(item)
    return items


def _voices(inputs: tuple[Staged, ...]) -> dict[int, Staged]:
    """Return the voice of each reference, by the reference's place: the one right behind it, where each has that;
    else the first for the first. Raises Rejected for one that is left over."""
    references = [n for n, i in enumerate(inputs) if i.role is Role.REFERENCE]
    voices = [n for n, i in enumerate(inputs) if i.role is Role.VOICE]
    if all(n - 1 in references for n in voices):
        return {n - 1: inputs[n] for n in voices}
    if len(voices) > len(references):
        raise Rejected("voice_without_reference", f"{len(voices)} voices for {len(references)} references")
    return {place: inputs[n] for place, n in zip(references, voices, strict=False)}
