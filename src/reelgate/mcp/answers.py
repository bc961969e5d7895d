"""The tools' answers: a text for the model, the server's answer as structure, pictures, and a link to the video."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent

from reelgate.client import RemoteTask

_MICROS = 1_000_000
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


def text(words: str) -> TextContent:
    """Return words for the model."""
    return TextContent(text=words)


def told(words: str, structure: Any = None, *more: ContentBlock) -> CallToolResult:
    """Return an answer."""
    return CallToolResult(content=[text(words), *more], structured_content=structure)


def refused(words: str, structure: Any = None) -> CallToolResult:
    """Return what went wrong, so that the model can do something about it."""
    return CallToolResult(content=[text(words)], structured_content=structure, is_error=True)


def picture(data: bytes) -> ImageContent | None:
    """Return a picture that a model can look at; None for anything else."""
    kind = next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)
    return ImageContent(data=base64.b64encode(data).decode(), mime_type=kind) if kind else None


def money(micros: int) -> str:
    """Write millionths of a dollar."""
    whole, rest = divmod(micros, _MICROS)
    return f"{whole}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')} USD"


def standing(task: RemoteTask) -> str:
    """Say how a task stands."""
    if task.succeeded:
        return f"{task.id} has succeeded"
    if task.ended:
        why = task.error or f"it was {task.state}"
        return f"{task.id} ended without a video ({task.state}), and nothing was charged: {why}"
    place = f", number {task.position} in line" if task.position else ""
    why = f" ({task.waits_for})" if task.waits_for else ""
    return f"{task.id} is {task.state}, {task.progress}%{place}{why}"


def video(task: RemoteTask, poster: bytes | None, saved: str = "") -> CallToolResult:
    """Return a task's outcome: the video's link with a poster, or why it has no video."""
    if not task.succeeded:
        return refused(standing(task), task.raw)
    raw = task.raw
    name = f"{task.id}.mp4"
    size = f"{raw.get('seconds') or raw.get('duration')} s, {raw.get('width')}x{raw.get('height')}"
    paid = f"charged {money(task.charged_micros or 0)}"
    lines = [f"{task.id}: {size}, seed {raw.get('seed')}, {paid}"]
    lines.append(f"saved as {saved}" if saved else f"video: {task.result_url}")
    link = ResourceLink(
        uri=task.result_url,
        name=name,
        title=str(raw.get("prompt", ""))[:80] or name,
        mime_type="video/mp4",
        size=raw.get("bytes"),
    )
    image = picture(poster) if poster else None
    return told("\n".join(lines), raw, link, *([image] if image else []))


def model_line(model: Mapping[str, Any]) -> str:
    """Describe a model in one line."""
    bounds = model["limits"]
    length = bounds["duration"]
    seconds = f"{length['min']}-{length['max']} s" if "min" in length else "as long as its source"
    shapes = (" ".join(model["modes"]), " ".join(bounds["resolutions"]), " ".join(bounds["ratios"]), seconds)
    return "; ".join([str(model["id"]), *(one for one in shapes if one)])
