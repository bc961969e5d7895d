"""AnyFast's Seedance: a `content[]` create body, and Ark's own body inside the query answer."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects import seedance
from reelgate.dialects.fields import LooseFields
from reelgate.dialects.port import Links, Parsed
from reelgate.dialects.request_builder import Draft
from reelgate.dialects.universal import layered, parse_universal, read_length, read_shape
from reelgate.tasks.record import Task

_FLAT = ("prompt", "image", "images", "input_reference", "video")
"""What a call in new-api's flat form has instead of `content[]`."""

_LENGTHS = ("duration", "seconds")
_RATIOS = ("ratio", "aspect_ratio")
_UPSTREAM = (
    "content",
    "created_at",
    "draft",
    "error",
    "duration",
    "framespersecond",
    "generate_audio",
    "id",
    "model",
    "ratio",
    "resolution",
    "seed",
    "service_tier",
    "status",
    "updated_at",
    "usage",
)
"""The keys of AnyFast's example, in its order."""


def parse(fields: LooseFields, model: Model) -> Parsed:
    """Read a create body: `content[]` as the seller documents it, else new-api's flat form. Raises ClientError."""
    whole = layered(fields)
    if not whole.has("content") and any(whole.has(name) for name in _FLAT):
        return parse_universal(fields, model)
    draft = Draft(model)
    content = seedance.read_content(whole)
    prompt = content.prompt or fields.string("prompt")
    draft.put("prompt", prompt, content.field if content.prompt or not prompt else "prompt")
    seedance.read_settings(draft, whole)
    read_length(draft, whole, _LENGTHS)
    read_shape(draft, whole, model, content.mode, ratios=_RATIOS)
    return draft.parsed(content.mode, content.inputs, fields)


def upstream_body(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the task in Ark's form, for AnyFast's `data.data`."""
    told = seedance.told(task, model, links)
    return {key: told[key] for key in _UPSTREAM if told.get(key) is not None}
