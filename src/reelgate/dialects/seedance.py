"""Ark's vocabulary for Seedance, which resellers pass on: typed items in `content[]`, and the task in Ark's form."""

from __future__ import annotations

from typing import Any, NamedTuple

from reelgate.catalog import Model
from reelgate.dialects.answers import LAST_FRAME, VIDEO, failure, unix, vendor_code
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Links
from reelgate.dialects.request_builder import Draft, media
from reelgate.errors import InvalidField, ItemCount
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

_DRAFT = "draft_task"
_FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
_FPS = 24
_ANY_SEED = -1
EXPIRES_AFTER = 172_800
"""Seconds after its creation at which a task ends that states nothing else."""

STATUSES = {
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


class Content(NamedTuple):
    """What stands in `content[]`: the texts as one prompt, the name of its field, the inputs in the client's order."""

    prompt: str
    field: str
    inputs: tuple[Media, ...]

    @property
    def mode(self) -> Mode:
        """What these inputs ask for."""
        roles = {item.role for item in self.inputs}
        if Role.LAST_FRAME in roles:
            return Mode.FRAMES
        if Role.FIRST_FRAME in roles:
            return Mode.IMAGE
        return Mode.REFERENCE if roles else Mode.TEXT


def read_content(fields: Fields) -> Content:
    """Read `content[]`. Raises InvalidField, also for inputs that are never taken together."""
    fields.require("content", "an array of text, image_url, video_url and audio_url items")
    texts: list[str] = []
    inputs: list[Media] = []
    name = "content"
    items = fields.objects("content")
    carriers = [item for item in items if item.string("type") != "text"]
    for item in items:
        item.require("type", f"one of text, {', '.join(_ITEMS)}")
        if item.string("type") == _DRAFT:
            text = "a video is not made from its draft here; send the draft's content again, without draft"
            raise InvalidField(item.path("type"), f"{item.path('type')} {_DRAFT}: {text}", value=_DRAFT)
        kind = item.choice("type", ("text", *_ITEMS))
        if kind == "text":
            texts.append(item.string("text"))
            name = item.path("text")
        else:
            inputs.append(_read_input(item, kind, alone=len(carriers) == 1))
    _check_together(inputs)
    return Content("\n".join(filter(None, texts)), name, tuple(inputs))


def read_settings(draft: Draft, fields: Fields) -> None:
    """Read what every seller of Seedance takes beside `content[]`. Raises InvalidField."""
    draft.name(media="content")
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
    if fields.integer("seed") != _ANY_SEED:
        draft.read(fields, seed="seed")
    for tool in fields.objects("tools"):
        tool.require("type", "web_search")
        tool.choice("type", ("web_search",))
        draft.put("web_search", value=True, field="tools")


def told(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the task in Ark's form and order. `content` and `usage` are there once there is a video."""
    request, made = task.request, task.delivered
    body: dict[str, Any] = {
        "id": task.id,
        "model": model.upstream.get("ark", model.id),
        "status": STATUSES[task.state],
        "error": None,
    }
    broken = failure(task)
    if broken is not None:
        body["error"] = {"code": vendor_code(broken[0]), "message": broken[1]}
    if made is not None:
        tokens = _tokens(task, made)
        body["content"] = {"video_url": links(task, VIDEO)}
        body["content"] |= {"last_frame_url": links(task, LAST_FRAME)} if made.last_frame else {}
        body["usage"] = {"completion_tokens": tokens, "total_tokens": tokens}
    length = {"frames": request.frames} if request.frames else {"duration": made.duration if made else request.duration}
    return body | {
        "created_at": unix(task.created_at),
        "updated_at": unix(task.finished_at or task.started_at or task.created_at),
        "seed": request.seed,
        "resolution": request.resolution,
        "ratio": made.ratio if made else request.ratio,
        **length,
        "framespersecond": round(made.fps) if made else _FPS,
        "service_tier": "flex" if request.offpeak else "default",
        "execution_expires_after": request.expires_after or EXPIRES_AFTER,
        "generate_audio": request.audio,
        "draft": request.draft,
    }


def _read_input(item: Fields, name: str, *, alone: bool) -> Media:
    """Return the input that an item carries. Only an image that comes alone may leave its role open: first frame."""
    kind, roles = _ITEMS[name]
    if kind is MediaKind.IMAGE and not alone:
        item.require("role", f"role must be specified for image contents. It is one of {', '.join(roles)}")
    role = roles[item.choice("role", tuple(roles)) or next(iter(roles))]
    holder = item.object(name)
    holder.require("url", "the input's address")
    return media(holder, "url", kind, role)[0]


def _check_together(inputs: list[Media]) -> None:
    """Raise InvalidField, in the vendor's words, for frames beside references and for two frames of one kind."""
    framed = [item for item in inputs if item.role in _FRAMES]
    others = [item for item in inputs if item.role not in _FRAMES]
    if framed and others:
        field = max(framed[0], others[0], key=inputs.index).field
        text = "first/last frame content cannot be mixed with reference media content."
        raise InvalidField(field, f"{field}: {text}", allowed="frames, or references")
    for role in _FRAMES:
        given = [item for item in framed if item.role is role]
        if len(given) > 1:
            field, what = given[1].field, role.replace("_", " ")
            text = f"{field}: expected at most one {what} image content but got {len(given)} instead."
            raise ItemCount(field, text, value=len(given), allowed="at most one")


def _tokens(task: Task, made: Output) -> int:
    """Return width x height x frames / 1024: the output's frames and one, and those of the clips that came in."""
    clips = [item.facts.seconds for item in task.request.media if item.kind is MediaKind.VIDEO and item.facts]
    frames = (task.request.frames or _FPS * made.duration + 1) + round(_FPS * sum(clips))
    return made.width * made.height * frames // 1024
