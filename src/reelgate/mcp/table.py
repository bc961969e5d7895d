"""The tools: their names, descriptions and arguments."""

from __future__ import annotations

from typing import Any

from mcp_types import Tool, ToolAnnotations

from reelgate import limits

Schema = dict[str, Any]

_ADDRESS = "an https:// address, a data: URI, or asset://ID of a file that the project keeps"
_MODES = ["text", "image", "frames", "reference", "edit", "extend"]

ORDER: dict[str, Schema] = {
    "model": {"type": "string", "description": "A model of list_models."},
    "prompt": {"type": "string", "description": "What to show, in English or Chinese."},
    "negative_prompt": {"type": "string", "description": "What not to show."},
    "image": {"type": "string", "description": f"The first frame: {_ADDRESS}."},
    "last_image": {"type": "string", "description": "The last frame, as for image."},
    "images": {"type": "array", "items": {"type": "string"}, "description": "Reference pictures, as for image."},
    "video": {"type": "string", "description": "The clip to edit, as for image."},
    "first_clip": {"type": "string", "description": "The clip to extend, as for image."},
    "videos": {"type": "array", "items": {"type": "string"}, "description": "Reference clips, as for image."},
    "audios": {"type": "array", "items": {"type": "string"}, "description": "Voices or sounds, as for image."},
    "duration": {"type": "integer", "description": "Seconds."},
    "resolution": {"type": "string", "description": "Such as 720p or 1080p."},
    "ratio": {"type": "string", "description": "Such as 16:9 or 9:16."},
    "seed": {"type": "integer", "description": "The same seed gives the same video; another seed gives another."},
    "audio": {"type": "boolean", "description": "Whether it has sound."},
    "music": {"type": "boolean", "description": "Whether it has music."},
    "keep_audio": {"type": "boolean", "description": "Whether an edit keeps the clip's sound."},
    "watermark": {"type": "boolean", "description": "Whether it is marked as made by AI."},
    "prompt_extend": {"type": "boolean", "description": "Whether the model may rewrite the prompt."},
    "camera_fixed": {"type": "boolean", "description": "Whether the camera stands still."},
    "return_last_frame": {"type": "boolean", "description": "Whether the last frame comes as a picture too."},
    "metadata": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Notes of your own, as texts under names; list_tasks can find the task by them.",
    },
}
"""The fields of an order, which are the house dialect's."""

_TASK = {"task_id": {"type": "string", "description": "The id that generate returned."}}
_SECONDS = {
    "seconds": {
        "type": "number",
        "minimum": 0,
        "maximum": limits.AGENT_WAIT_SECONDS,
        "description": "The longest wait in seconds; 60 by default.",
    }
}
_NAME = {
    "idempotency_key": {
        "type": "string",
        "description": "Your own name for the order: the same name returns the same video. Without a name the same "
        "arguments are the same order.",
    },
    "max_price": {"type": "number", "description": "USD; a more expensive order needs the user's consent first."},
}


def _schema(properties: dict[str, Schema], *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _looks(name: str, title: str, description: str, schema: Schema) -> Tool:
    hints = ToolAnnotations(title=title, read_only_hint=True, open_world_hint=False)
    return Tool(name=name, title=title, description=description, input_schema=schema, annotations=hints)


def _acts(name: str, title: str, description: str, schema: Schema, *, destructive: bool) -> Tool:
    hints = ToolAnnotations(
        title=title, read_only_hint=False, destructive_hint=destructive, idempotent_hint=True, open_world_hint=True
    )
    return Tool(name=name, title=title, description=description, input_schema=schema, annotations=hints)


TOOLS: tuple[Tool, ...] = (
    _looks(
        "list_models",
        "List video models",
        "Lists the models, one on each line, with modes, resolutions, seconds and ratios. With `model` it returns all "
        "limits of one.",
        _schema(
            {
                "mode": {"type": "string", "enum": _MODES, "description": "Only models with this mode."},
                "search": {"type": "string", "description": "Only ids with this text in them."},
                "model": {"type": "string", "description": "One model, with the limits of every input."},
            }
        ),
    ),
    _looks(
        "preview",
        "Preview a video",
        "Draws a storyboard of an order, and returns its price and the reasons for which it would be refused. Nothing "
        "is ordered or charged.",
        _schema(ORDER, "model"),
    ),
    _looks("quote", "Price a video", "Returns the price of an order. Nothing is ordered.", _schema(ORDER, "model")),
    _acts(
        "generate",
        "Order a video",
        "Orders a video and returns its task at once; wait for it with wait. It is charged when it has been made. The "
        "same arguments are the same order: called again, nothing is made or paid twice. For another video give "
        "another seed or idempotency_key. An order that failed or was cancelled is placed again.",
        _schema({**ORDER, **_NAME}, "model"),
        destructive=False,
    ),
    _looks("look", "Look at a task", "Returns a task's state.", _schema(_TASK, "task_id")),
    _looks(
        "wait",
        "Wait for a video",
        "Waits until a task has ended, reports its progress, and returns the video's link and poster. If the task "
        "needs longer, it continues: call wait again.",
        _schema({**_TASK, **_SECONDS}, "task_id"),
    ),
    _acts(
        "cancel",
        "Cancel a task",
        "Cancels a task; nothing is charged for it.",
        _schema(_TASK, "task_id"),
        destructive=True,
    ),
    _looks(
        "fetch",
        "Fetch a video",
        "Returns a finished video's link, poster, length, seed and charge.",
        _schema(_TASK, "task_id"),
    ),
    _looks(
        "list_tasks",
        "List tasks",
        "Lists the project's tasks, newest first.",
        _schema(
            {
                "status": {"type": "string", "description": "submitted, in_progress, completed or failed."},
                "model": {"type": "string", "description": "Only this model's."},
                "metadata": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "Only those with these notes.",
                },
                "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "How many; 20 by default."},
            }
        ),
    ),
    _looks("balance", "Show the balance", "Returns what can still be spent, in USD, and what is on hold.", _schema({})),
)
"""In a fixed order, so that a client may keep the list."""

_PATH = {"path": {"type": "string", "description": "Save the video to this file on this machine, and check its hash."}}


def tools(*, local: bool) -> list[Tool]:
    """Return the tools; where the agent's machine is ours, `fetch` saves to it and inputs may be its files."""
    if not local:
        return list(TOOLS)
    saving = _schema({**_TASK, **_PATH}, "task_id")
    return [one.model_copy(update={"input_schema": saving}) if one.name == "fetch" else one for one in TOOLS]
