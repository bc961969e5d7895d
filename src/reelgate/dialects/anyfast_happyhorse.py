"""AnyFast's HappyHorse: a flat or a native create body, and DashScope's own body inside the query answer."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.answers import VIDEO, east_8, failure, vendor_code
from reelgate.dialects.dashscope_body import mode_of, older, read_media, voices
from reelgate.dialects.dashscope_words import WORDS, usage
from reelgate.dialects.fields import Fields
from reelgate.dialects.inputs import NAMES, read_universal
from reelgate.dialects.openai_fields import read_references
from reelgate.dialects.port import Links, Parsed
from reelgate.dialects.request_builder import Draft
from reelgate.dialects.universal import layered, read_length, read_shape
from reelgate.request import Media, Mode, Role
from reelgate.tasks.record import Task

_EDIT_FORM = (
    '{"model": …, "input": {"prompt": …, "media": [{"type": "video", "url": …}, '
    '{"type": "reference_image", "url": …}]}, "parameters": {…}}'
)

_LENGTHS = ("duration", "seconds")
_RATIOS = ("ratio", "aspect_ratio")


def parse(fields: Fields, model: Model) -> Parsed:
    """Read a create body. Raises ClientError."""
    draft = Draft(model)
    native = fields.object("input")
    if Mode.EDIT in model.modes:
        native.require("media", f"a video edit takes the native form only: {_EDIT_FORM}")
    whole = layered(fields, "parameters")
    inputs = (*read_media(native, model), *voices(native), *older(native))
    if inputs:
        draft.name(media="input.media")
    else:
        inputs = _flat_media(draft, whole, model)
    mode = mode_of(model, inputs)
    texts = native.over(fields)
    draft.read(texts, prompt="prompt")
    if Mode.EDIT in model.modes and not texts.string("prompt"):
        draft.name(prompt=native.path("prompt"))
    options = fields.object("parameters").over(whole, hides=True)
    draft.read(options, watermark="watermark", seed="seed")
    read_length(draft, options, _LENGTHS)
    read_shape(draft, options, model, mode, ratios=_RATIOS)
    return draft.parsed(mode, inputs, fields)


def _flat_media(draft: Draft, fields: Fields, model: Model) -> tuple[Media, ...]:
    """Return the inputs of the flat form; of several pictures for one frame the first one counts."""
    only_references = Mode.REFERENCE in model.modes
    draft.name(**({"reference": "images"} if only_references else NAMES))
    given = read_references(fields, model) + read_universal(fields, model)
    frames = [item for item in given if item.role is Role.FIRST_FRAME]
    spare = frames[1:] if Mode.IMAGE in model.modes else []
    draft.ignore(item.field for item in spare)
    return tuple(item for item in given if item not in spare)


def upstream_body(task: Task, links: Links) -> dict[str, Any]:
    """Return the task in DashScope's form, for AnyFast's `data.data`."""
    output: dict[str, Any] = {"task_id": task.attempt_id, "task_status": WORDS[task.state]}
    body: dict[str, Any] = {"output": output, "request_id": task.request_id}
    broken = failure(task)
    if broken is not None:
        output["code"], output["message"] = vendor_code(broken[0]), broken[1]
    elif task.delivered is not None:
        output["video_url"] = links(task, VIDEO)
        output["orig_prompt"] = task.request.prompt
        output["submit_time"] = east_8(task.created_at)
        output["scheduled_time"] = east_8(task.started_at)
        output["end_time"] = east_8(task.finished_at)
        body["usage"] = usage(task, task.delivered)
    return body
