"""The client for a seller's or vendor's own API: translates orders into it, and its answers into the house's.

Only what these APIs have is spoken: creating, asking, cancelling where that is offered. None of them knows an order
that is repeated, so a create is sent once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx2

from reelgate.client.addresses import path_segment
from reelgate.client.shapes import Json, Shape, at

_ANY = Shape("an object")
_ORDERED = Shape("a new task", {"id": (str, int)}, {"state": str, "result_url": str})
_STANDS = Shape("a task's state", {"state": str}, {"id": (str, int), "result_url": str})

_QUEUED = frozenset({"", "queued", "queueing", "submitted", "pending", "created", "not_start"})
_DONE = frozenset({"success", "succeeded", "succeed", "completed"})
_ENDED = frozenset({"failed", "failure", "error", "cancelled", "canceled", "expired"})
_NONE = "unknown"
"""DashScope's code for an unknown task."""
_RESOLVE = {"x-dashscope-ossresourceresolve": "enable"}


class SellerCall(NamedTuple):
    """A call in a seller's words."""

    path: str
    body: Json | None = None
    headers: Mapping[str, str] = {}
    method: str = "POST"


class Speaker(NamedTuple):
    """One API: how it expresses an order, a query and a cancel, and what its answers mean."""

    name: str
    create: Callable[[Json], SellerCall]
    query: str
    find: Callable[[Json], Json]
    """Returns from an answer what the house has: `id`, `state`, `progress`, `result_url`, `reason`."""
    cancel: Callable[[str], SellerCall] | None = None
    scheme: str = "Bearer"

    def asked(self, task_id: str) -> str:
        """Return the address of a task."""
        return self.query.format(path_segment(task_id))

    def placed(self, answer: httpx2.Response, known: Json) -> Json:
        """Return the answer to an order as the Reelgate dialect has it; `known` is what was known of the task before.

        Raises UnreadableAnswer where the answer names no task: it may have been made.
        """
        return self._read(answer, known, _ORDERED)

    def told(self, answer: httpx2.Response, known: Json) -> Json:
        """Return the answer to a query in the same form. Raises UnreadableAnswer."""
        return self._read(answer, known, _STANDS)

    def _read(self, given: httpx2.Response, known: Json, shape: Shape) -> Json:
        answer = _ANY.read(given)
        found = shape.checked(self.find(answer), given, given.text)
        word = str(found.get("state") or "").lower()
        url = found.get("result_url") or ""
        status = "completed" if word in _DONE else "failed" if word in _ENDED else "in_progress"
        status = "submitted" if word in _QUEUED and not found.get("progress") else status
        state = {"completed": "succeeded", "submitted": "queued", "in_progress": "running"}.get(status, word)
        task_id = "" if word == _NONE else str(found.get("id") or known.get("id") or "")
        raw = {**known, "id": task_id, "status": status, "state": state}
        raw["progress"] = 100 if status == "completed" else _percent(found.get("progress"))
        if status == "completed":
            raw["result_url"] = url
        if status == "failed":
            raw["error"] = {"message": str(found.get("reason") or f"{self.name} says no more than {word}")}
        return {"created_at": int(time.time()), "model": "", **raw, "answer": answer}


def speaker(name: str) -> Speaker | None:
    """Return how an API is spoken, None for the house's own. Raises ValueError for one that is not known."""
    if name in ("", "reelgate"):
        return None
    if name not in _SPEAKERS:
        raise ValueError(f"dialect is {name!r}; allowed: reelgate, {', '.join(sorted(_SPEAKERS))}")
    return _SPEAKERS[name]


def _percent(given: Any) -> int:
    text = str(given or "0").removesuffix("%")
    return int(float(text)) if text.replace(".", "", 1).isdecimal() and len(text) < 9 else 0


def _some(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _media(fields: Json) -> list[Json]:
    """Return the inputs as DashScope has them."""
    kinds = {"image": "first_frame", "last_image": "last_frame", "video": "video", "first_clip": "first_clip"}
    found = [{"type": kind, "url": fields[name]} for name, kind in kinds.items() if fields.get(name)]
    found += [{"type": "reference_image", "url": url} for url in fields.get("images", ())]
    return found + [{"type": "reference_video", "url": url} for url in fields.get("videos", ())]


def _native(path: str, fields: Json) -> SellerCall:
    """Say an order in DashScope's form."""
    tier = fields.get("resolution")
    given = _some(prompt=fields.get("prompt"), negative_prompt=fields.get("negative_prompt"))
    media = _media(fields)
    names = ("ratio", "duration", "seed", "watermark", "prompt_extend")
    parameters = {name: fields[name] for name in names if fields.get(name) is not None}
    parameters |= _some(resolution=tier and str(tier).upper())
    body = {
        "model": fields["model"],
        "input": {**given, **({"media": media} if media else {})},
        "parameters": parameters,
    }
    held = any(str(one["url"]).startswith("oss://") for one in media)
    return SellerCall(path, body, {"x-dashscope-async": "enable", **(_RESOLVE if held else {})})


def _content(path: str, fields: Json) -> SellerCall:
    """Say an order in Ark's form."""
    roles = {"image": "first_frame", "last_image": "last_frame"}
    content: list[Json] = [{"type": "text", "text": fields["prompt"]}] if fields.get("prompt") else []
    pictures = [(fields[name], role) for name, role in roles.items() if fields.get(name)]
    pictures += [(url, "reference_image") for url in fields.get("images", ())]
    content += [{"type": "image_url", "image_url": {"url": url}, "role": role} for url, role in pictures]
    content += [
        {"type": "video_url", "video_url": {"url": url}, "role": "reference_video"} for url in fields.get("videos", ())
    ]
    names = ("resolution", "ratio", "duration", "seed", "watermark", "camera_fixed", "return_last_frame")
    settings = {name: fields[name] for name in names if fields.get(name) is not None}
    settings |= _some(generate_audio=fields.get("audio"), callback_url=fields.get("callback_url"))
    return SellerCall(path, {"model": fields["model"], "content": content, **settings})


def _anyfast(fields: Json) -> SellerCall:
    path = "/v1/video/generations"
    return _content(path, fields) if str(fields["model"]).startswith("seedance") else _native(path, fields)


def _uniall(fields: Json) -> SellerCall:
    names = ("model", "prompt", "negative_prompt", "duration", "seed", "image", "last_image", "images", "video")
    body = {name: fields[name] for name in names if fields.get(name) is not None}
    return SellerCall("/v1/video/generations", body | _some(aspect_ratio=fields.get("ratio")))


def _vidu(fields: Json) -> SellerCall:
    ends = [fields[name] for name in ("image", "last_image") if fields.get(name)]
    images = ends or list(fields.get("images", ()))
    kind = ("text2video", "img2video", "start-end2video")[len(ends)] if ends or not images else "reference2video"
    body = _some(
        model=fields["model"], prompt=fields.get("prompt"), duration=fields.get("duration"), seed=fields.get("seed"),
        resolution=fields.get("resolution"), aspect_ratio=fields.get("ratio"), audio=fields.get("audio"),
        callback_url=fields.get("callback_url"), images=images or None,
    )  # fmt: skip
    return SellerCall(f"/ent/v2/{kind}", body)


def _of_anyfast(answer: Json) -> Json:
    told = answer.get("data")
    data: Json = told if isinstance(told, dict) else answer
    inner = [at(data, "data", "output", "video_url"), at(data, "data", "content", "video_url")]
    return {
        "id": data.get("task_id") or data.get("id"),
        "state": data.get("status"),
        "progress": data.get("progress"),
        "result_url": data.get("result_url") or next((url for url in inner if url), ""),
        "reason": data.get("fail_reason"),
    }


def _of_flat(answer: Json) -> Json:
    output = answer.get("output")  # a create at APIYI answers as DashScope does
    return {
        "id": answer.get("id") or answer.get("task_id") or at(output, "task_id"),
        "state": answer.get("status", at(output, "task_status")),
        "progress": answer.get("progress"),
        "result_url": answer.get("result_url") or answer.get("video_url") or at(answer, "result", "video_url"),
        "reason": at(answer, "error", "message") or answer.get("fail_reason"),
    }


def _of_dashscope(answer: Json) -> Json:
    output = answer.get("output")
    return {
        "id": at(output, "task_id"),
        "state": at(output, "task_status"),
        "result_url": at(output, "video_url"),
        "reason": at(output, "message"),
    }


def _of_ark(answer: Json) -> Json:
    return {
        "id": answer.get("id"),
        "state": answer.get("status"),
        "result_url": at(answer, "content", "video_url"),
        "reason": at(answer, "error", "message"),
    }


def _of_vidu(answer: Json) -> Json:
    made = answer.get("creations")
    return {
        "id": answer.get("task_id") or answer.get("id"),
        "state": answer.get("state"),
        "progress": answer.get("progress"),
        "result_url": at(made[0], "url") if isinstance(made, list) and made else "",
        "reason": answer.get("err_code") or answer.get("message"),
    }


_SYNTHESIS = "/services/aigc/video-generation/video-synthesis"
_ARK = "/api/v3/contents/generations/tasks"
_SPEAKERS = {
    one.name: one
    for one in (
        Speaker("anyfast", _anyfast, "/v1/video/generations/{}", _of_anyfast),
        Speaker("uniall", _uniall, "/v1/videos/{}", _of_flat),
        Speaker("apiyi", lambda fields: _native(f"/wan/api/v1{_SYNTHESIS}", fields), "/v1/tasks/{}", _of_flat),
        Speaker(
            "dashscope",
            lambda fields: _native(f"/api/v1{_SYNTHESIS}", fields),
            "/api/v1/tasks/{}",
            _of_dashscope,
            lambda task_id: SellerCall(f"/api/v1/tasks/{path_segment(task_id)}/cancel"),
        ),
        Speaker(
            "ark",
            lambda fields: _content(_ARK, fields),
            f"{_ARK}/{{}}",
            _of_ark,
            lambda task_id: SellerCall(f"{_ARK}/{path_segment(task_id)}", method="DELETE"),
        ),
        Speaker(
            "vidu",
            _vidu,
            "/ent/v2/tasks/{}/creations",
            _of_vidu,
            lambda task_id: SellerCall(f"/ent/v2/tasks/{path_segment(task_id)}/cancel", {}),
            scheme="Token",
        ),
    )
}
