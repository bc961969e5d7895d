"""A receiver of webhooks that does what the test says: takes, refuses, hangs, lies, breaks off, is not there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from tests.ports import reserved

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Got(NamedTuple):
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """An HTTP server at a port that is kept for it. `answers` are given one by one; then everything is taken."""

    def __init__(self, port: int) -> None:
        self.got: list[Got] = []
        self.answers: list[bytes | Answer] = []
        self.port = port
        self.heard = asyncio.Event()
        self.open = 0
        self.most_open = 0
        self._server: asyncio.Server | None = None
        self._released = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    async def start(self) -> None:
        """Listen at the port, also again after a `kill`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def kill(self) -> None:
        """Close, so that no server listens any more."""
        assert self._server is not None
        self._released.set()
        self._server.close()
        await self._server.wait_closed()
        self._released = asyncio.Event()

    async def hang(self, _: asyncio.StreamWriter) -> None:
        """Answer nothing until the end."""
        await self._released.wait()

    async def dribble(self, writer: asyncio.StreamWriter) -> None:
        """Take it, and never end the answer's body."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nso ")
        await writer.drain()
        await self._released.wait()

    async def flood(self, writer: asyncio.StreamWriter) -> None:
        """Take it, with an answer as large as its reader lets it be."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        try:
            for _ in range(100_000):
                writer.write(b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            return

    async def wait_on(self, writer: asyncio.StreamWriter) -> None:
        """Send 'continue' answers for ever."""
        try:
            for _ in range(100_000):
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                await writer.drain()
        except ConnectionError:
            return

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.rstrip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
            self.got.append(Got(line, headers, await reader.readexactly(int(headers["content-length"]))))
            self.heard.set()
            answer = self.answers.pop(0) if self.answers else OK
            if callable(answer):
                await answer(writer)
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Yield a receiver that listens."""
    with reserved() as port:
        receiver = Receiver(port)
        await receiver.start()
        try:
            yield receiver
        finally:
            await receiver.kill()


def status(code: int, *fields: str) -> bytes:
    """Return a whole answer with that status."""
    return "\r\n".join((f"HTTP/1.1 {code} X", *fields, "Content-Length: 0", "", "")).encode()
