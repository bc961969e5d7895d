"""AnyFast's Seedance: a `content[]` create body, and Ark's own body inside the query answer."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.answers import LAST_FRAME, VIDEO, failure, unix, vendor_code
from reelgate.dialects.draft import Draft, media
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Links, Parsed
from reelgate.request import Media, MediaKind, Mode, Output, Role
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_ITEMS = {
    "image_url": (
        MediaKind.IMAGE,
        {"first_frame": Role.FIRST_FRAME, "last_frame": Role.LAST_FRAME, "reference_image": Role.REFERENCE},
    ),
    "video_url": (MediaKind.VIDEO, {"reference_video": Role.REFERENCE}),
    "audio_url": (MediaKind.AUDIO, {"reference_audio": Role.VOICE}),
}
"""The types of items that carry an input, and what each one's roles mean."""

_FPS = 24

_STATUSES = {
    State.QUEUED: "queued",
    State.SUBMITTING: "queued",
    State.UNKNOWN: "running",
    State.RUNNING: "running",
    State.COLLECTING: "running",
    State.SUCCEEDED: "succeeded",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "expired",
}


def parse(fields: Fields, model: Model) -> Parsed:
    """Read a create body. Raises ClientError."""
    fields.require("content", "an array of text, image_url, video_url and audio_url items")
    draft = Draft(model)
    draft.name(media="content")
    inputs = _read_content(draft, fields)
    draft.read(
        fields,
        audio="generate_audio",
        resolution="resolution",
        ratio="ratio",
        duration="duration",
        watermark="watermark",
        return_last_frame="return_last_frame",
        camera_fixed="camera_fixed",
    )
    if fields.integer("seed") != -1:  # Ark's word for "any"
        draft.read(fields, seed="seed")
    for tool in fields.objects("tools"):
        tool.require("type", "web_search")
        tool.choice("type", ("web_search",))
        draft.put("web_search", value=True, field="tools")
    return draft.parsed(_mode(inputs), inputs, fields)


def _read_content(draft: Draft, fields: Fields) -> tuple[Media, ...]:
    """Return the inputs of `content[]`; its texts become the prompt."""
    texts: list[str] = []
    found: list[Media] = []
    name = "content"
    items = fields.objects("content")
    carriers = [item for item in items if item.string("type") != "text"]
    for item in items:
        item.require("type", f"one of text, {', '.join(_ITEMS)}")
        kind = item.choice("type", ("text", *_ITEMS))
        if kind == "text":
            texts.append(item.string("text"))
            name = item.path("text")
        else:
            found.append(_read_input(item, kind, alone=len(carriers) == 1))
    draft.put("prompt", "\n".join(filter(None, texts)), name)
    return tuple(found)


def _read_input(item: Fields, name: str, *, alone: bool) -> Media:
    """Return the input that an item carries. Only an image that comes alone may leave its role open: first frame."""
    kind, roles = _ITEMS[name]
    if kind is MediaKind.IMAGE and not alone:
        item.require("role", f"one of {', '.join(roles)} (an image beside other inputs)")
    role = roles[item.choice("role", tuple(roles)) or next(iter(roles))]
    holder = item.object(name)
    holder.require("url", "the input's address")
    return media(holder, "url", kind, role)[0]


def _mode(inputs: tuple[Media, ...]) -> Mode:
    roles = {item.role for item in inputs}
    if Role.LAST_FRAME in roles:
        return Mode.FRAMES
    if Role.FIRST_FRAME in roles:
        return Mode.IMAGE
    return Mode.REFERENCE if roles else Mode.TEXT


def upstream_body(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the task as Ark tells it, for AnyFast's `data.data`. Keys stand in the order of AnyFast's example."""
    request, made = task.request, task.output
    body: dict[str, Any] = {}
    if made is not None:
        body["content"] = {"video_url": links(task, VIDEO)}
        if made.last_frame:
            body["content"]["last_frame_url"] = links(task, LAST_FRAME)
    body |= {"created_at": unix(task.created_at), "draft": False}
    broken = failure(task)
    if broken is not None:
        body["error"] = {"code": vendor_code(broken[0]), "message": broken[1]}
    body |= {
        "duration": made.duration if made else request.duration,
        "framespersecond": round(made.fps) if made else _FPS,
        "generate_audio": request.audio,
        "id": task.id,
        "model": model.upstream.get("ark", model.id),
        "ratio": made.ratio if made else request.ratio,
        "resolution": request.resolution,
        "seed": request.seed,
        "service_tier": "default",
        "status": _STATUSES[task.state],
        "updated_at": unix(task.finished_at or task.started_at or task.created_at),
    }
    if made is not None:
        tokens = _tokens(task, made)
        body["usage"] = {"completion_tokens": tokens, "total_tokens": tokens}
    return body


def _tokens(task: Task, made: Output) -> int:
    """Return width x height x frames / 1024: the output's frames and one, and those of the clips that came in."""
    clips = [item.facts.seconds for item in task.request.media if item.kind is MediaKind.VIDEO and item.facts]
    frames = _FPS * made.duration + 1 + round(_FPS * sum(clips))
    return made.width * made.height * frames // 1024
