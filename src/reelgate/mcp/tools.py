"""What each tool does, through the Python client: so an agent can do what its key can, and no more."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from mcp_types import CallToolResult

from reelgate import limits
from reelgate.client import ApiError, AsyncReelgate, AsyncTask, ClientError, RemoteTask
from reelgate.mcp.answers import model_line, money, picture, refused, standing, told, video
from reelgate.mcp.table import ORDER, TOOLS

Arguments = Mapping[str, Any]
Progress = Callable[[RemoteTask], Awaitable[None]]
"""Tells the client how a task stands, while it waits."""

_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 20.0
_DRAWING_SECONDS = (1.0, 2.0, 4.0, 8.0)  # pauses while stills are still being drawn, as on a busy machine
_MEDIA = ("image", "last_image", "video", "first_clip", "images", "videos", "audios")
_ADDRESSES = ("http://", "https://", "data:", "asset://")
_DOUBTFUL = ("not_understood", "undrawn", "placeholders", "not_done", "removed")
"""What of the words has no effect, or another one than they say."""
_KNOWN = {one.name: tuple(one.input_schema["properties"]) for one in TOOLS}


_ORDERS = ("preview", "quote", "generate")
_CLIENT_S = ("model", *_MEDIA)
"""Fields of an order that must be right before it can be sent; the server says what is wrong with the others."""
_SCHEMAS = {one.name: one.input_schema["properties"] for one in TOOLS}
_NAME_CHARS, _SHOWN_CHARS = 255, 80
_MOST = 1e12
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a text"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "array": ((list,), "a list of texts"),
    "object": ((dict,), "texts under names"),
}


def _refused(tool: str, field: str, value: Any) -> str:
    """Return what a tool takes in a field, where that is not the value; "" where it is, or the server says."""
    if tool in _ORDERS and field in ORDER and field not in _CLIENT_S:
        return ""
    kind = _SCHEMAS[tool].get(field, {"type": "string"})["type"]
    types, words = _KINDS[kind]
    inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else ()
    fits = isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool))
    if not fits or not all(isinstance(one, str) for one in inner):
        return words
    if kind == "number" and not abs(value) < _MOST:
        return f"a number under {_MOST:g}"
    named = isinstance(value, str) and field not in (*_MEDIA, "path")
    if named and not (len(value) <= _NAME_CHARS and value.isprintable()):
        return f"a text of at most {_NAME_CHARS} printable characters"
    if field == "idempotency_key" and not value.isascii():
        return f"at most {_NAME_CHARS} printable ASCII characters"
    return ""


class WrongArguments(ValueError):
    """What an agent gave can't be used; the message tells it why."""


class Tools:
    """The tools for one caller. `local`: it runs on the caller's own machine, whose files it may read and write.

    `leaving`: whether this process is about to stop, so that a wait has to be answered now.
    """

    def __init__(self, house: AsyncReelgate, *, local: bool, leaving: Callable[[], bool] = lambda: False) -> None:
        self.house = house
        self._local = local
        self._leaving = leaving

    async def call(self, name: str, given: Arguments, progress: Progress) -> CallToolResult:
        """Do what a tool but `generate` does. Raises ClientError, WrongArguments, OSError."""
        self.check(name, given)
        if name == "wait":
            return await self._wait(given, progress)
        found: CallToolResult = await getattr(self, f"_{name}")(given)
        return found

    def check(self, name: str, given: Arguments) -> None:
        """Raise WrongArguments for an argument that a tool does not have, or one that is missing."""
        known = (*_KNOWN[name], *(("path",) if self._local and name == "fetch" else ()))
        strange = sorted(set(given) - set(known))
        if strange:
            raise WrongArguments(f"{name} takes no {', '.join(strange)}; it takes {', '.join(known) or 'nothing'}")
        for field, value in given.items():
            if value is not None and (allowed := _refused(name, field, value)):
                raise WrongArguments(f"{field} is {str(value)[:_SHOWN_CHARS]!r}; allowed: {allowed}")
        if "task_id" in known and not given.get("task_id"):
            raise WrongArguments(f"{name} needs task_id, the id that generate returned")
        if name in _ORDERS and not given.get("model"):
            raise WrongArguments(f"{name} needs model; list_models shows what there is")

    def order(self, given: Arguments) -> dict[str, Any]:
        """Return an order's fields. Raises WrongArguments if one names a file of the server's machine."""
        fields = {name: value for name, value in given.items() if name in ORDER and value is not None}
        if not self._local:
            for name in _MEDIA:
                held = fields.get(name)
                for one in held if isinstance(held, list) else [held]:
                    if one is not None and not (isinstance(one, str) and one.startswith(_ADDRESSES)):
                        raise WrongArguments(
                            f"{name}: give an https:// address, a data: URI, or asset://ID of a file that was sent to "
                            "POST /v1/files; the server can't read your files"
                        )
        return fields

    async def place(self, fields: dict[str, Any], name: str | None, quote_id: str | None) -> AsyncTask:
        """Order a video; the same order again returns the same task, unless that ended without a video."""
        if name:
            return await self.house.create(idempotency_key=name, quote_id=quote_id, **fields)
        same = hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:40]
        for number in range(limits.AGENT_ORDERS_ANEW):
            task = await self.house.create(idempotency_key=f"agent-{same}-{number}", quote_id=quote_id, **fields)
            if not task.replayed:
                return task
            await task.refresh()
            if task.succeeded or not task.ended:
                return task
        raise WrongArguments("this order failed again and again; change it, or give it an idempotency_key of its own")

    async def end(self, task: AsyncTask, saved: str = "") -> CallToolResult:
        """Return an ended task's video, or the reason for its absence."""
        return video(task, await self._poster(task), saved)

    async def _list_models(self, given: Arguments) -> CallToolResult:
        if given.get("model"):
            one = await self.house.model(str(given["model"]))
            return told(json.dumps(one, ensure_ascii=False), one)
        mode, search = given.get("mode"), str(given.get("search", "")).lower()
        found = [
            one
            for one in await self.house.models()
            if (not mode or mode in one["modes"]) and search in one["id"].lower()
        ]
        lines = [model_line(one) for one in found] or ["no model matches"]
        return told("\n".join(lines), {"models": [one["id"] for one in found]})

    async def _preview(self, given: Arguments) -> CallToolResult:
        fields = self.order(given)
        for pause in (*_DRAWING_SECONDS, None):
            found = await self.house.preview(inline=True, **fields)
            board = found.get("storyboard") or {"stills": []}
            if pause is None or all(still.get("data") or still.get("reason") for still in board["stills"]):
                break
            await asyncio.sleep(pause)
        stills = [still for still in board["stills"] if still.get("data")]
        pictures = [picture(base64.b64decode(still.pop("data").partition(",")[2])) for still in stills]
        lines = [f"refused: {one['message']}" for one in found["refusals"]]
        if found.get("quote"):
            lines.append(f"price: {money(found['quote']['price']['amount_micros'])}")
        doubtful = [name for name in _DOUBTFUL if board.get(name)]
        lines += [f"{name.replace('_', ' ')}: {', '.join(map(str, board[name]))}" for name in doubtful]
        lines.append(f"{len(stills)} stills of the storyboard follow" if stills else "there is no storyboard to show")
        return told("\n".join(lines), found, *[one for one in pictures if one])

    async def _quote(self, given: Arguments) -> CallToolResult:
        found = await self.house.quote(**self.order(given))
        return told(f"{money(found['price']['amount_micros'])} ({found['sum']})", found)

    async def _look(self, given: Arguments) -> CallToolResult:
        task = await self.house.get(given["task_id"])
        return told(standing(task), task.raw)

    async def _wait(self, given: Arguments, progress: Progress) -> CallToolResult:
        task = await self.house.get(given["task_id"])
        seconds = given.get("seconds", _WAIT_SECONDS)
        if not isinstance(seconds, int | float) or not 0 <= seconds <= limits.AGENT_WAIT_SECONDS:
            raise WrongArguments(f"seconds is {seconds}; allowed: 0 to {limits.AGENT_WAIT_SECONDS:g}")
        end = time.monotonic() + seconds
        await progress(task)
        while not task.ended and not self._leaving() and (left := end - time.monotonic()) > 0:
            await task.refresh(wait=max(1.0, min(left, _LOOK_SECONDS)))
            await progress(task)
        if task.ended:
            return await self.end(task)
        if self._leaving():
            return told(f"{standing(task)}; this server restarts and the task continues: call wait again", task.raw)
        return told(f"{standing(task)}; it continues: call wait again", task.raw)

    async def _cancel(self, given: Arguments) -> CallToolResult:
        task = await self.house.cancel(given["task_id"])
        return told(standing(task) if task.ended else f"{task.id} is being cancelled", task.raw)

    async def _fetch(self, given: Arguments) -> CallToolResult:
        task = await self.house.get(given["task_id"])
        if not task.ended:
            return refused(f"{standing(task)}; wait for it", task.raw)
        saved = ""
        if self._local and given.get("path") and task.succeeded:
            saved = str(await task.save(Path(given["path"])))
        return await self.end(task, saved)

    async def _list_tasks(self, given: Arguments) -> CallToolResult:
        filters = {name: given[name] for name in ("status", "model", "metadata") if given.get(name)}
        limit = given.get("limit", 20)
        if not isinstance(limit, int) or not 1 <= limit <= 100:
            raise WrongArguments(f"limit is {limit}; allowed: 1 to 100")
        found: list[RemoteTask] = []
        async for task in self.house.tasks(limit=limit, **filters):
            found.append(task)
            if len(found) >= limit:
                break
        lines = [f"{standing(one)}: {one.model}: {str(one.raw.get('prompt', ''))[:60]}" for one in found]
        whole = _fitting(found)
        answer: dict[str, Any] = {"tasks": [one.raw for one in found[:whole]]}
        if whole < len(found):
            answer["left_out"] = [one.id for one in found[whole:]]
            left = f"The last {len(found) - whole} have only a line here"
            lines.append(f"{left}, because the answer would be too long; look shows one whole")
        return told("\n".join(lines) or "no tasks", answer)

    async def _balance(self, _: Arguments) -> CallToolResult:
        found = await self.house.balance()
        left = found["available_micros"]
        parts = [
            f"available {money(left)}" if left is not None else "no minimum balance",
            f"held {money(found['held_micros'])}",
            f"charged {money(found['charged_micros'])}",
        ]
        for whose, spans in found["spending"].items():
            for span, one in spans.items():
                if one["left_micros"] is not None:
                    parts.append(f"{whose} {span}: {money(one['left_micros'])} left of {money(one['limit_micros'])}")
        return told("; ".join(parts), found)

    async def _poster(self, task: AsyncTask) -> bytes | None:
        url = task.raw.get("thumbnail_url")
        if not url:
            return None
        try:
            return await self.house.read(url)
        except ClientError:  # the video's link is what counts
            return None


def _fitting(found: list[RemoteTask]) -> int:
    """Return how many tasks, from the first, an answer gives whole."""
    sizes = itertools.accumulate(len(json.dumps(one.raw, ensure_ascii=False).encode()) for one in found)
    return sum(size <= limits.AGENT_LIST_BYTES for size in sizes)


def explained(error: Exception) -> CallToolResult:
    """Return an error as an answer that a model can act on."""
    if isinstance(error, ApiError):
        facts = {"status": error.status, "code": error.code, "field": error.field, "allowed": error.allowed}
        return refused(str(error), {"error": {name: value for name, value in facts.items() if value}})
    return refused(str(error))
