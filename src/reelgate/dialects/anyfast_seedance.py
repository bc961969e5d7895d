"""AnyFast's Seedance: a `content[]` create body, and Ark's own body inside the query answer."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects import seedance
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Links, Parsed
from reelgate.dialects.request_builder import Draft
from reelgate.tasks.record import Task

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


def parse(fields: Fields, model: Model) -> Parsed:
    """Read a create body. Raises ClientError."""
    draft = Draft(model)
    content = seedance.read_content(fields)
    draft.put("prompt", content.prompt, content.field)
    seedance.read_settings(draft, fields)
    return draft.parsed(content.mode, content.inputs, fields)


def upstream_body(task: Task, model: Model, links: Links) -> dict[str, Any]:
    """Return the task as Ark tells it, for AnyFast's `data.data`."""
    told = seedance.told(task, model, links)
    return {key: told[key] for key in _UPSTREAM if told.get(key) is not None}
