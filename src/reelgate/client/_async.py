"""The Python client: creates tasks in the house dialect, waits for them, downloads their videos."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from reelgate.client.errors import ApiError, TaskFailed
from reelgate.client.task import RemoteTask

POLL_SECONDS = 0.5
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)


class AsyncReelgate:
    """A connection to a Reelgate server.

    >>> async with AsyncReelgate("http://127.0.0.1:8000", key="sk-…") as reelgate:
    ...     task = await reelgate.create(model="happyhorse-1.0-t2v", prompt="一只猫在草地上奔跑", duration=5)
    ...     task = await reelgate.wait(task.id)
    ...     await reelgate.download(task, "cat.mp4")
    """

    def __init__(self, base_url: str, *, key: str) -> None:
        headers = {"authorization": f"Bearer {key}"}
        self._http = httpx2.AsyncClient(base_url=base_url.rstrip("/"), headers=headers, timeout=TIMEOUT)
        # A result's link needs no key, and the key must not reach whoever keeps the files.
        self._files = httpx2.AsyncClient(timeout=TIMEOUT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._files.aclose()

    async def create(self, *, idempotency_key: str | None = None, **fields: Any) -> RemoteTask:
        """Create a task from the house dialect's fields (`model`, `prompt`, `image`, `duration` …). Raises ApiError.

        Sent again with the same key and fields, it returns the task that the first call made.
        """
        headers = {} if idempotency_key is None else {"idempotency-key": idempotency_key}
        return RemoteTask(await self._call("POST", "/v1/tasks", json=fields, headers=headers))

    async def preview(self, *, path: str = "/v1/tasks", inline: bool = False, **fields: Any) -> dict[str, Any]:
        """Return what a create with these fields would show, cost and be refused for; nothing is made or charged.

        `path` is the address of another API whose body the fields are. With `inline` the stills are in the answer as
        data URIs, else there are links to them. Raises ApiError.
        """
        asked = {"path": path, "body": fields, "inline": inline}
        found: dict[str, Any] = await self._call("POST", "/v1/previews", json=asked)
        return found

    async def get(self, task_id: str) -> RemoteTask:
        """Return a task as it is now. Raises ApiError."""
        return RemoteTask(await self._call("GET", f"/v1/tasks/{task_id}"))

    async def wait(self, task_id: str, on_progress: Callable[[RemoteTask], None] | None = None) -> RemoteTask:
        """Return the task once it has succeeded. Raises TaskFailed when it ended otherwise, ApiError."""
        while True:
            task = await self.get(task_id)
            if on_progress is not None:
                on_progress(task)
            if task.status == "completed":
                return task
            if task.status == "failed":
                raise TaskFailed(task)
            await asyncio.sleep(POLL_SECONDS)

    async def tasks(self, **filters: Any) -> AsyncIterator[RemoteTask]:
        """Yield tasks, newest first; `status`, `model`, `created_after`, `created_before` narrow the list."""
        cursor: dict[str, Any] = {}
        while True:
            page = await self._call("GET", "/v1/tasks", params={**filters, **cursor})
            for item in page["data"]:
                yield RemoteTask(item)
            if not page["has_more"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def cancel(self, task_id: str) -> RemoteTask:
        """Call a task off. Raises ApiError (409 when it has ended)."""
        return RemoteTask(await self._call("POST", f"/v1/tasks/{task_id}/cancel"))

    async def delete(self, task_id: str) -> None:
        """Remove an ended task and its files. Raises ApiError."""
        await self._call("DELETE", f"/v1/tasks/{task_id}")

    async def models(self) -> list[dict[str, Any]]:
        """Return the served models with their modes and limits."""
        found: list[dict[str, Any]] = (await self._call("GET", "/v1/models"))["data"]
        return found

    async def download(self, task: RemoteTask, path: str | Path) -> Path:
        """Save a finished task's video under `path`, whole or not at all. Raises ApiError, OSError."""
        return await self.save(task.result_url, Path(path))

    async def save(self, url: str, target: Path) -> Path:
        """Save what a signed link gives, whole or not at all. Raises ApiError, OSError."""
        part = target.with_name(target.name + ".part")
        async with self._files.stream("GET", url) as answer:
            if answer.status_code != 200:
                raise ApiError(answer.status_code, "the video's link was refused; get the task again for a fresh one")
            with part.open("wb") as opened:
                async for chunk in answer.aiter_bytes():
                    opened.write(chunk)
        return part.replace(target)

    async def _call(self, method: str, path: str, **parts: Any) -> Any:
        answer = await self._http.request(method, path, **parts)
        if answer.is_error:
            raise ApiError.of(answer)
        return answer.json()
