"""One task: wait for it, follow it, save its video, cancel it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Generator
from pathlib import Path
from typing import Any

from reelgate.client._async.transport import AsyncTransport
from reelgate.client.addresses import path_segment
from reelgate.client.errors import ApiError, NotFound, NotOffered, TaskFailed, WaitedTooLong
from reelgate.client.progress import ProgressBar
from reelgate.client.shapes import DELETED, TASK, TIMELINE
from reelgate.client.task import RemoteTask, TaskEvent

LONG_POLL_SECONDS = 20
"""How long one query waits at the server for a change."""

SELLERS_SECONDS = 5.0
"""The time between two queries if the API can't wait for a change."""

_REFUSED, _GONE = 403, (404, 410)

Watch = Callable[[RemoteTask], None]


class AsyncTask(RemoteTask):
    """A task with its last known state; every method that calls the server updates it."""

    def __init__(self, transport: AsyncTransport, raw: dict[str, Any]) -> None:
        super().__init__(raw)
        self._transport = transport

    # async only
    def __await__(self) -> Generator[Any, None, AsyncTask]:
        """Wait for the video: `await task` is `await task.wait()`."""
        return self.wait().__await__()

    # both
    async def refresh(self, *, wait: float = 0) -> AsyncTask:
        """Query the task; with `wait` the answer comes when it has changed, or after that many seconds."""
        if self._transport.speaker is not None:
            self.take(await self._transport.ask(self.raw, after=min(wait, SELLERS_SECONDS)))
            return self
        held: dict[str, Any] = {}
        if wait >= 1:
            held = {"params": {"wait": str(int(wait))}, "timeout": self._transport.held(wait)}
        self.take(await self._transport.call("GET", f"/v1/tasks/{path_segment(self.id)}", TASK, **held))
        return self

    async def wait(
        self,
        *,
        timeout: float | None = None,
        progress: bool = False,
        on_progress: Watch | None = None,
    ) -> AsyncTask:
        """Return once the video is there. Raises TaskFailed, WaitedTooLong, ApiError, Unreachable.

        `progress` shows a bar on the terminal; `on_progress` is called with every answer.
        """
        if progress:
            with ProgressBar() as bar:
                return await self._until_ended(timeout, _both(bar, on_progress))
        return await self._until_ended(timeout, on_progress)

    async def events(self) -> AsyncIterator[TaskEvent]:
        """Yield the task's current state, then every change until it has ended. Raises ApiError, Unreachable."""
        self._house("events")
        async for event in self._transport.events(f"/v1/tasks/{path_segment(self.id)}/events", {}):
            self.take(event.task.raw)
            yield event
            if event.final:
                return

    async def save(self, path: str | Path) -> Path:
        """Save the video, whole or not at all; a broken download resumes where it stopped.

        Raises TaskFailed if there is none, ApiError, Unreachable, DamagedFile, OSError.
        """
        if not self.result_url:
            await self.wait()
        again = False
        while True:
            if not self.result_url:
                raise NotFound(404, f"the task {self.id} has no link to a video")
            try:
                return await self._transport.download(self.result_url, Path(path))
            except ApiError as error:
                if error.status not in (_REFUSED, *_GONE) or (again and error.status == _REFUSED):
                    raise
                if again:
                    raise NotFound(error.status, f"the video of {self.id} is not there any more") from None
            await self.refresh()  # the link has expired
            again = True

    async def cancel(self) -> AsyncTask:
        """Cancel it. Raises Conflict if it has already ended, NotOffered if the API has no cancel."""
        seller = self._transport.speaker
        if seller is not None:
            if seller.cancel is None:
                raise NotOffered(seller.name, "cancel")
            await self._transport.say(seller.cancel(self.id))
            return await self.refresh()
        self.take(await self._transport.call("POST", f"/v1/tasks/{path_segment(self.id)}/cancel", TASK))
        return self

    async def delete(self) -> None:
        """Remove the ended task and its files. Raises Conflict if it has not ended."""
        self._house("delete")
        await self._transport.call("DELETE", f"/v1/tasks/{path_segment(self.id)}", DELETED)

    async def timeline(self) -> dict[str, Any]:
        """Return its history."""
        self._house("timeline")
        return await self._transport.call("GET", f"/v1/tasks/{path_segment(self.id)}/timeline", TIMELINE)

    def _house(self, what: str) -> None:
        if self._transport.speaker is not None:
            raise NotOffered(self._transport.speaker.name, what)

    async def _until_ended(self, timeout: float | None, watch: Watch | None) -> AsyncTask:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            if watch is not None:
                watch(self)
            if self.succeeded:
                return self
            if self.ended:
                raise TaskFailed(self)
            left = LONG_POLL_SECONDS if end is None else end - time.monotonic()
            if timeout is not None and left <= 0:
                raise WaitedTooLong(self, timeout)
            await self.refresh(wait=max(1, min(left, LONG_POLL_SECONDS)))


def _both(first: Watch, second: Watch | None) -> Watch:
    def watch(task: RemoteTask) -> None:
        first(task)
        if second is not None:
            second(task)

    return watch
