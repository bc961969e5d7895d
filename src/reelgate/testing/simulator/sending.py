"""How answers leave: whole, in part, slowly or never."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from reelgate.testing.simulator.connections import Connections

NEVER_SECONDS = 300.0  # after which a client that still waits is hung up on
LATE_SECONDS = 75.0  # before an answer that comes late
ENDLESS_PIECE = 64 * 1024
CROWD = 1_000_000
SLOW_PIECES = 20
SLOW_SECONDS = 0.1  # before each piece

TYPES = {"mp4": "video/mp4", "png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}

_EXPIRED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>"
)
_NO_KEYS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>SignatureDoesNotMatch</Code>"
    "<Message>The request signature we calculated does not match the signature you provided.</Message></Error>"
)


class Exchange:
    """One request and the ways to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, connections: Connections) -> None:
        self.request = Request(scope, receive)
        self.now = 0
        """The vendor's time in ms, which goes with every answer."""
        self._scope = scope
        self._receive = receive
        self._out = send
        self._connections = connections

    async def json(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send JSON."""
        await self._reply(Response(msgspec.json.encode(body), status, headers, "application/json"))

    async def endless(self, stop: asyncio.Event, media_type: str) -> None:
        """Send without an end, until the client hangs up or the server stops."""
        await self._begin(200, {"Content-Type": media_type})
        gone = asyncio.ensure_future(self._gone())
        while not (gone.done() or stop.is_set()):
            await self._more(b" " * ENDLESS_PIECE, more=True)
            await asyncio.sleep(0)
        gone.cancel()
        await self.drop()

    async def crowd(self) -> None:
        """Send a list of a million lists."""
        await self._reply(Response(b"[" + b"[]," * CROWD + b"[]]", media_type="application/json"))

    async def page(self) -> None:
        """Send what a load balancer sends."""
        await self._reply(Response("<html><body>Service in maintenance</body></html>", media_type="text/html"))

    async def expired(self) -> None:
        """Refuse a link whose time is over, as an object store does."""
        await self._reply(Response(_EXPIRED, 403, media_type="application/xml"))

    async def no_keys(self) -> None:
        """Refuse a key beside the signature in a link, as an object store does."""
        await self._reply(Response(_NO_KEYS, 403, media_type="application/xml"))

    async def drop(self) -> None:
        """Close the connection without an answer."""
        if self.request.client is not None:
            self._connections.close((self.request.client.host, self.request.client.port))
        await self._gone()

    async def never(self, stop: asyncio.Event) -> None:
        """Let the client wait until it gives up, or the server stops."""
        waits = [asyncio.ensure_future(self._gone()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, timeout=NEVER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await self.drop()

    async def file(self, content: bytes, suffix: str, *, cut: bool = False, slowly: bool = False) -> None:
        """Send a file, or the part of it that the client asks for; `cut` breaks off in the middle of that."""
        headers = {"Content-Type": TYPES[suffix], "Accept-Ranges": "bytes", "ETag": _etag(content)}
        status, sent, place = self._part(content, headers["ETag"])
        headers |= {"Content-Length": str(len(sent)), **({"Content-Range": place} if place else {})}
        await self._begin(status, headers)
        if self.request.method == "HEAD" or not sent:
            await self._more(b"", more=False)
        elif cut:
            await self._more(sent[: len(sent) // 2], more=True)
            await self.drop()
        else:
            await self._pieces(sent, slowly=slowly)

    def _part(self, content: bytes, etag: str) -> tuple[int, bytes, str]:
        """Return the status, what is asked for of the file, and its place in it, "" for all."""
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.request.headers.get("range", ""))
        if found is None or self.request.headers.get("if-range", etag) != etag:
            return 200, content, ""
        start, stop = int(found[1]), min(len(content), int(found[2] or len(content)) + 1)
        if start >= stop:
            return 416, b"", f"bytes */{len(content)}"
        return 206, content[start:stop], f"bytes {start}-{stop - 1}/{len(content)}"

    async def _pieces(self, content: bytes, *, slowly: bool) -> None:
        size = max(1, len(content) // SLOW_PIECES) if slowly else max(1, len(content))
        for start in range(0, len(content), size):
            if slowly:
                await asyncio.sleep(SLOW_SECONDS)
            await self._more(content[start : start + size], more=True)
        await self._more(b"", more=False)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            date = formatdate(self.now / 1000, usegmt=True)
            message = {**message, "headers": [*message.get("headers", ()), (b"date", date.encode())]}
        await self._out(message)

    async def _gone(self) -> None:
        """Return once the client's connection is closed."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _reply(self, response: Response) -> None:
        await response(self._scope, self._receive, self._send)

    async def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def _more(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
