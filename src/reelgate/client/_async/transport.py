"""Calls to the server, repeated while it is unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2

from reelgate.client.addresses import key_header, server_address
from reelgate.client.errors import DamagedFile, NotFound, too_long
from reelgate.client.files import Download
from reelgate.client.retries import Patience
from reelgate.client.shapes import Shape
from reelgate.client.speakers import SellerCall, Speaker
from reelgate.client.sse import EventReader
from reelgate.client.task import TaskEvent

STREAM_SECONDS = 60.0  # of silence; a server that lives says something every 15 s


class AsyncTransport:
    """Connections to a server, and to the storage of its files."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout: float,
        retry_seconds: float,
        through: httpx2.AsyncBaseTransport | None = None,
        speaker: Speaker | None = None,
    ) -> None:
        self.speaker = speaker
        seconds = httpx2.Timeout(timeout, connect=min(timeout, 10.0))
        headers = key_header(speaker.scheme if speaker else "Bearer", key)
        base = server_address(base_url)
        self._http = httpx2.AsyncClient(base_url=base, headers=headers, timeout=seconds, transport=through)
        # A result's link needs no key, and the key must not reach the storage of the files.
        self._files = httpx2.AsyncClient(timeout=seconds, follow_redirects=True, transport=through)
        self._timeout = timeout
        self._retry_seconds = retry_seconds

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._files.aclose()

    async def say(self, sent: SellerCall) -> httpx2.Response:
        """Place an order at a seller, or cancel one, once. Raises as `answer`."""
        parts: dict[str, Any] = {"json": sent.body, "headers": dict(sent.headers)}
        return await self.answer(sent.method, sent.path, safe=False, once=True, **parts)

    async def ask(self, known: dict[str, Any], *, after: float = 0) -> dict[str, Any]:
        """Ask a seller how a task stands, after so many seconds. Raises as `answer`, and UnreadableAnswer."""
        if self.speaker is None:
            raise LookupError("this is not the API of a known seller")
        await asyncio.sleep(after)
        answer = await self.answer("GET", self.speaker.asked(known["id"]))
        found = self.speaker.told(answer, known)
        if not found["id"]:
            raise NotFound(404, f"{self.speaker.name} has no task {known['id']}")
        return found

    def held(self, seconds: float) -> httpx2.Timeout:
        """Return how long a call may take whose answer the server holds for so many seconds."""
        return httpx2.Timeout(self._timeout + seconds, connect=min(self._timeout, 10.0))

    async def call(self, method: str, path: str, shape: Shape, *, safe: bool = True, **parts: Any) -> dict[str, Any]:
        """Make a call, and return the answer's JSON. Raises as `answer`, and UnreadableAnswer."""
        answer = await self.answer(method, path, safe=safe, **parts)
        return shape.read(answer) if answer.is_success else {}

    async def answer(
        self,
        method: str,
        path: str,
        *,
        safe: bool = True,
        once: bool = False,
        **parts: Any,
    ) -> httpx2.Response:
        """Make a call, and return the answer. Raises ApiError, Unreachable, ClientError for too long parameters.

        What is `safe` to be done twice is made again also where no answer came; for `once` see Patience.
        """
        patience = Patience(self._retry_seconds, safe=safe, once=once)
        while True:
            try:
                answer = await self._http.request(method, path, **parts)
            except httpx2.InvalidURL:
                raise too_long(path) from None
            except httpx2.TransportError as error:
                await asyncio.sleep(patience.after_silence(error))
                continue
            if answer.is_success or (method == "DELETE" and answer.status_code == 404 and patience.again):
                return answer  # a 404 where the answer to an earlier try was lost
            await asyncio.sleep(patience.after(answer))

    async def events(self, path: str, params: dict[str, Any], last: str = "") -> AsyncIterator[TaskEvent]:
        """Yield a stream's events, and resume it after a break. Raises ApiError, Unreachable."""
        patience = Patience(self._retry_seconds, safe=True)
        timeout = httpx2.Timeout(STREAM_SECONDS, connect=10.0)
        while True:
            headers = {"last-event-id": last} if last else {}
            try:
                async with self._http.stream("GET", path, params=params, headers=headers, timeout=timeout) as answer:
                    if answer.status_code == 204:
                        return
                    if not answer.is_success:
                        await answer.aread()
                        await asyncio.sleep(patience.after(answer))
                        continue
                    reader = EventReader(answer)
                    async for piece in answer.aiter_text():
                        for event in reader.feed(piece):
                            patience = Patience(self._retry_seconds, safe=True)
                            last = event.id or last
                            yield event
                await asyncio.sleep(patience.pause())
            except httpx2.InvalidURL:
                raise too_long(path) from None
            except httpx2.TransportError as error:
                await asyncio.sleep(patience.after_silence(error))

    async def read(self, url: str) -> bytes:
        """Return what a signed link gives. Raises ApiError, Unreachable."""
        patience = Patience(self._retry_seconds, safe=True)
        while True:
            try:
                answer = await self._files.get(url)
            except httpx2.TransportError as error:
                await asyncio.sleep(patience.after_silence(error))
                continue
            if answer.is_success:
                return answer.content
            await asyncio.sleep(patience.after(answer))

    async def download(self, url: str, path: Path) -> Path:
        """Save what a signed link gives, whole or not at all. Raises ApiError, Unreachable, DamagedFile, OSError."""
        patience = Patience(self._retry_seconds, safe=True)
        damaged = False
        while True:
            download = Download(path)
            try:
                async with self._files.stream("GET", url, headers=download.headers) as answer:
                    if answer.status_code >= 500 or answer.status_code == 429:
                        await answer.aread()
                        await asyncio.sleep(patience.after(answer))
                        continue
                    if download.begin(answer):
                        async for chunk in answer.aiter_bytes():
                            download.write(chunk)
                return download.finish()
            except httpx2.TransportError as error:
                await asyncio.sleep(patience.after_silence(error))
            except DamagedFile:
                if damaged:
                    raise
                damaged = True
