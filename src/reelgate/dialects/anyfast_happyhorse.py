"""AnyFast's HappyHorse: a flat or a native create body, and DashScope's own body inside the query answer."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.answers import VIDEO, east_8, failure, vendor_code
from reelgate.dialects.dashscope_body import mode_of, read_media
from reelgate.dialects.dashscope_words import WORDS, usage
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Links, Parsed
from reelgate.dialects.request_builder import Draft, media, media_list
from reelgate.request import Media, MediaKind, Mode, Role
from reelgate.tasks.record import Task

_EDIT_FORM = (
    '{"model": …, "input": {"prompt": …, "media": [{"type": "video", "url": …}, '
    '{"type": "reference_image", "url": …}]}, "parameters": {…}}'
)


def parse(fields: Fields, model: Model) -> Parsed:
    """Read a create body. Raises ClientError."""
    draft = Draft(model)
    native = fields.object("input")
    if Mode.EDIT in model.modes:
        native.require("media", f"a video edit takes the native form only: {_EDIT_FORM}")
    inputs = read_media(native, model)
    if inputs:
        draft.name(media="input.media")
    else:
        inputs = _flat_media(draft, fields, model)
    texts = native.over(fields)
    draft.read(texts, prompt="prompt")
    if Mode.EDIT in model.modes and not texts.string("prompt"):
        draft.name(prompt=native.path("prompt"))
    options = fields.object("parameters").over(fields)
    draft.read(options, resolution="resolution", ratio="ratio", duration="duration", watermark="watermark", seed="seed")
    return draft.parsed(mode_of(model, inputs), inputs, fields)


def _flat_media(draft: Draft, fields: Fields, model: Model) -> tuple[Media, ...]:
    if Mode.REFERENCE in model.modes:
        draft.name(reference="images")
        return media_list(fields, "images", MediaKind.IMAGE, Role.REFERENCE)
    if Mode.IMAGE not in model.modes:
        return ()
    draft.name(first_frame="image")
    frame = media(fields, "image", MediaKind.IMAGE, Role.FIRST_FRAME)
    listed = media_list(fields, "images", MediaKind.IMAGE, Role.FIRST_FRAME)
    used = frame or listed[:1]
    draft.ignore(item.field for item in listed if item not in used)
    return used


def upstream_body(task: Task, links: Links) -> dict[str, Any]:
    """Return the task as DashScope tells it, for AnyFast's `data.data`."""
    output: dict[str, Any] = {"task_id": task.attempt_id, "task_status": WORDS[task.state]}
    body: dict[str, Any] = {"output": output, "request_id": task.request_id}
    broken = failure(task)
    if broken is not None:
        output["code"], output["message"] = vendor_code(broken[0]), broken[1]
    elif task.output is not None:
        output["video_url"] = links(task, VIDEO)
        output["orig_prompt"] = task.request.prompt
        output["submit_time"] = east_8(task.created_at)
        output["scheduled_time"] = east_8(task.started_at)
        output["end_time"] = east_8(task.finished_at)
        body["usage"] = usage(task, task.output)
    return body
