"""The Python client: makes videos in the house dialect, waits for them, saves them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from reelgate.client._async.files import AsyncFiles
from reelgate.client._async.task import AsyncTask
from reelgate.client._async.transport import AsyncTransport
from reelgate.client._async.webhooks import AsyncWebhooks
from reelgate.client.addresses import path_segment
from reelgate.client.errors import NotOffered
from reelgate.client.filters import parameters
from reelgate.client.media import fields_of
from reelgate.client.order_names import OrderNames
from reelgate.client.shapes import BALANCE, DELETED, MODEL, MODELS, PREVIEW, QUOTE, RELOAD, TASK, TASKS, USAGE, Shape
from reelgate.client.speakers import Speaker, speaker
from reelgate.client.task import RemoteTask, TaskEvent

TIMEOUT_SECONDS = 30.0
RETRY_SECONDS = 300.0
"""That a call is made again while the server is away or busy: long enough for a restart."""


class AsyncReelgate:
    """A connection to a Reelgate server.

    >>> async with AsyncReelgate("http://127.0.0.1:8000", key="sk-…") as reelgate:
    ...     task = await reelgate.generate("一只猫在草地上奔跑", model="happyhorse-1.0-t2v", duration=5)
    ...     await task.wait(progress=True)
    ...     await task.save("cat.mp4")

    Without an address and a key those of `REELGATE_URL` and `REELGATE_KEY` are taken; what can't be one raises
    ValueError. A call may take `timeout` seconds; while the server is away or busy it is made again for
    `retry_seconds`. A create carries a name of its own, so that it is never paid for twice. `through` is a transport of
    httpx2's, for a proxy or certificates of your own. With a `dialect` (anyfast, uniall, apiyi, dashscope, ark, vidu)
    it speaks that API, at a Reelgate server or at the seller: `generate`, `get`, `wait`, `save`, and `cancel` where the
    API has it; everything else raises NotOffered.
    """

    def __init__(
        self,
        base_url: str = "",
        *,
        key: str = "",
        timeout: float = TIMEOUT_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        through: httpx2.AsyncBaseTransport | None = None,
        dialect: str = "",
    ) -> None:
        url = base_url or os.environ.get("REELGATE_URL", "http://127.0.0.1:8000")
        self._transport = AsyncTransport(
            url,
            key or os.environ.get("REELGATE_KEY", ""),
            timeout=timeout,
            retry_seconds=retry_seconds,
            through=through,
            speaker=speaker(dialect),
        )
        self._names = OrderNames()
        self.webhooks = AsyncWebhooks(self._transport)
        self.files = AsyncFiles(self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def generate(self, prompt: str = "", *, model: str, name: str | None = None, **fields: Any) -> AsyncTask:
        """Order a video and return its task at once. Raises ApiError, Unreachable, OSError.

        `fields` are the house dialect's. `image`, `last_image`, `video`, `first_clip`, and lists of them in `images`,
        `videos`, `audios`, may be addresses, paths, bytes, open files or PIL images. `name` is your own name for the
        order: ordered again under it, the same task comes back.
        """
        return await self.create(idempotency_key=name, prompt=prompt, model=model, **fields)

    async def create(
        self,
        *,
        idempotency_key: str | None = None,
        quote_id: str | None = None,
        **fields: Any,
    ) -> AsyncTask:
        """Create a task from the house dialect's fields (`model`, `prompt`, `image`, `duration` …).

        Sent again with the same key and fields, it returns the task that the first call made, `replayed`; so it does
        without a key within a minute after a call that failed. With the `id` of a quote for the same fields it costs
        what that said. Raises as `generate`.
        """
        if self._transport.speaker is not None:
            return await self._said(self._transport.speaker, fields)
        body = fields_of(fields)
        name = idempotency_key or self._names.name(body)
        headers = {"idempotency-key": name} | ({"x-reelgate-quote": quote_id} if quote_id else {})
        try:
            answer = await self._transport.answer("POST", "/v1/tasks", json=body, headers=headers)
            task = self._task(TASK.read(answer))
        except BaseException:
            if not idempotency_key:
                self._names.doubt(name, body)
            raise
        task.replayed = "x-reelgate-replayed" in answer.headers
        return task

    async def quote(self, prompt: str = "", *, model: str, **fields: Any) -> dict[str, Any]:
        """Return what `generate` would cost, and why. Raises as it does."""
        body = fields_of({"prompt": prompt, "model": model, **fields})
        return await self._call("POST", "/v1/quotes", QUOTE, json={"path": "/v1/tasks", "body": body})

    async def preview(self, *, path: str = "/v1/tasks", inline: bool = False, **fields: Any) -> dict[str, Any]:
        """Return what a create with these fields would show, cost and be refused for; nothing is made or charged.

        `path` is the address of another API whose body the fields are. With `inline` the stills are in the answer as
        data URIs, else there are links to them. Raises ApiError, Unreachable.
        """
        body = fields_of(fields) if path == "/v1/tasks" else fields
        return await self._call("POST", "/v1/previews", PREVIEW, json={"path": path, "body": body, "inline": inline})

    async def get(self, task_id: str) -> AsyncTask:
        """Return a task as it is now. Raises NotFound."""
        if self._transport.speaker is not None:
            return self._task(await self._transport.ask({"id": task_id}))
        return self._task(await self._transport.call("GET", f"/v1/tasks/{path_segment(task_id)}", TASK))

    async def wait(
        self,
        task_id: str,
        on_progress: Callable[[RemoteTask], None] | None = None,
        *,
        timeout: float | None = None,
        progress: bool = False,
    ) -> AsyncTask:
        """Return the task once it has succeeded. Raises TaskFailed when it ended otherwise, WaitedTooLong."""
        task = await self.get(task_id)
        return await task.wait(timeout=timeout, progress=progress, on_progress=on_progress)

    async def tasks(self, **filters: Any) -> AsyncIterator[AsyncTask]:
        """Yield tasks, newest first.

        `status`, `model`, `created_after`, `created_before` and `metadata` (a dict) narrow the list.
        """
        asked = parameters(filters)
        cursor: dict[str, Any] = {}
        while True:
            page = await self._call("GET", "/v1/tasks", TASKS, params={**asked, **cursor})
            for item in page["data"]:
                yield self._task(item)
            if not page["has_more"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def events(self, *, last: str = "", **filters: Any) -> AsyncIterator[TaskEvent]:
        """Yield what happens to the project's tasks, without an end; `model`, `status` and `metadata` narrow it.

        `last` is the `id` of the last event that was seen: what happened since then comes first.
        """
        self._house("events")
        async for event in self._transport.events("/v1/events", parameters(filters), last):
            yield event

    async def cancel(self, task_id: str) -> AsyncTask:
        """Cancel a task. Raises Conflict when it has ended."""
        if self._transport.speaker is not None:
            return await (await self.get(task_id)).cancel()
        return self._task(await self._transport.call("POST", f"/v1/tasks/{path_segment(task_id)}/cancel", TASK))

    async def delete(self, task_id: str) -> None:
        """Remove an ended task and its files. Raises Conflict while it moves."""
        self._house("delete")
        await self._transport.call("DELETE", f"/v1/tasks/{path_segment(task_id)}", DELETED)

    async def models(self) -> list[dict[str, Any]]:
        """Return the served models with their modes and limits."""
        found: list[dict[str, Any]] = (await self._call("GET", "/v1/models", MODELS))["data"]
        return found

    async def model(self, model_id: str) -> dict[str, Any]:
        """Return one model. Raises NotFound."""
        return await self._call("GET", f"/v1/models/{path_segment(model_id)}", MODEL)

    async def balance(self) -> dict[str, Any]:
        """Return what the project has, holds and was charged, and what its limits leave."""
        return await self._call("GET", "/v1/balance", BALANCE)

    async def usage(self, **period: Any) -> dict[str, Any]:
        """Return what the project spent; the parameters are those of `GET /v1/usage`."""
        return await self._call("GET", "/v1/usage", USAGE, params=period)

    async def reload(self, *, check: bool = False) -> dict[str, Any]:
        """Have the server read its operator's files again, or only say what would change. It takes an admin's key."""
        return await self._call("POST", "/admin/v1/reload", RELOAD, json={"check": check})

    async def download(self, task: RemoteTask, path: str | Path) -> Path:
        """Save a finished task's video, as `task.save` does."""
        return await self._task(task.raw).save(path)

    async def read(self, url: str) -> bytes:
        """Return what a signed link gives, such as a small picture. Raises ApiError, Unreachable."""
        return await self._transport.read(url)

    async def save(self, url: str, target: Path) -> Path:
        """Save what a signed link gives, whole or not at all. Raises ApiError, Unreachable, DamagedFile, OSError."""
        return await self._transport.download(url, target)

    async def _said(self, seller: Speaker, fields: dict[str, Any]) -> AsyncTask:
        body = fields_of(fields)
        known: dict[str, Any] = {name: body[name] for name in ("model", "prompt", "seed", "duration") if name in body}
        return self._task(seller.placed(await self._transport.say(seller.create(body)), known))

    def _task(self, raw: dict[str, Any]) -> AsyncTask:
        return AsyncTask(self._transport, raw)

    def _house(self, what: str) -> None:
        if self._transport.speaker is not None:
            raise NotOffered(self._transport.speaker.name, what)

    async def _call(self, method: str, path: str, shape: Shape, **parts: Any) -> dict[str, Any]:
        self._house(path)
        return await self._transport.call(method, path, shape, **parts)
