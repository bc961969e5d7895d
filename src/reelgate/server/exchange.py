"""One request and its answer on a connection, as the ASGI application sees them."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import structlog
from starlette.types import ASGIApp
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from reelgate.errors import ReelgateError
from reelgate.http.error_handler import answering
from reelgate.http.responses import fault

log = structlog.get_logger()

_CONTROLS = bytes([*range(9), *range(10, 32), 127])  # what no header may contain; a tab it may


class Carrier(Protocol):
    """What an exchange needs of the connection that carries it."""

    transport: asyncio.Transport
    flow: FlowControl
    server_state: ServerState

    @property
    def is_last(self) -> bool:
        """Whether an answer that begins now ends the connection."""

    def read_on(self) -> None:
        """Take more from the client."""

    def answers(self) -> None:
        """Note that the last of the answer goes out."""

    def answered(self) -> None:
        """Go on with the next request, or wait for it."""

    def end(self) -> None:
        """Close after the answer."""


class Exchange:
    """As uvicorn's `RequestResponseCycle`, with an end for what never arrives.

    An answer's headers are checked all at once, so that poll and create pay for more care with less time.
    """

    __slots__ = (
        "_carrier",
        "_event",
        "_expected",
        "_head",
        "_until_close",
        "body",
        "chunked",
        "disconnected",
        "failure",
        "keep_alive",
        "more_body",
        "received",
        "response_complete",
        "response_started",
        "scope",
        "waits_to_continue",
    )

    def __init__(self, carrier: Carrier, scope: Any, *, expects: bool, keep_alive: bool) -> None:
        self._carrier = carrier
        self._event = asyncio.Event()
        self._expected = 0  # bytes of the answer's body that are still to come
        self._head = b""
        self._until_close = False
        self.scope = scope
        self.keep_alive = keep_alive
        self.waits_to_continue = expects
        self.body = bytearray()
        """The part of the body that has arrived and was not read yet."""
        self.more_body = True
        self.received = 0
        """Bytes of the body so far."""
        self.failure: ReelgateError | None = None
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self.chunked: bool | None = None

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer; where it fails to, say that it did, or close."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:
            log.exception("connection.fault", path=self.scope["path"])
            if not self.response_started:
                await self._answer_fault()
        finally:
            if not self.response_complete and not self.disconnected:
                self._flush()
                self._carrier.transport.close()

    async def _answer_fault(self) -> None:
        self.keep_alive = False
        try:
            await answering(fault(self.scope["method"]))(self.scope, self.receive, self.send)
        except Exception:
            log.exception("connection.fault", path=self.scope["path"])

    def move(self) -> None:
        """Wake up who waits for the request: there is more of it, or no more."""
        self._event.set()

    def fail(self, error: ReelgateError) -> None:
        """Raise `error` where the body is read, and let the connection end with the answer."""
        self.keep_alive = False
        if not self.response_started:
            self.failure = error
            self._event.set()

    async def receive(self) -> Any:
        """Return the next ASGI event of the request. Raises what its body failed with."""
        if self.waits_to_continue and not self._carrier.transport.is_closing():
            self._carrier.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.waits_to_continue = False
        if not self.disconnected and not self.response_complete and self.failure is None:
            self._carrier.read_on()
            await self._event.wait()
            self._event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        if self.failure is not None:
            raise self.failure
        message = {"type": "http.request", "body": bytes(self.body), "more_body": self.more_body}
        self.body = bytearray()
        return message

    async def send(self, message: Any) -> None:
        """Send a part of the answer. Raises RuntimeError if the application breaks ASGI's rules."""
        if self._carrier.flow.write_paused and not self.disconnected:
            await self._carrier.flow.drain()
        if self.disconnected:
            return
        if not self.response_started:
            self._send_head(message)
            if self.chunked is not False:  # a body of known length follows soon, and takes the head along
                self._flush()
        elif self.response_complete:
            raise RuntimeError(f"{message['type']} after the answer was complete")
        else:
            self._send_body(message)

    def _send_head(self, message: Any) -> None:
        if message["type"] != "http.response.start":
            raise RuntimeError(f"{message['type']} before http.response.start")
        if self._carrier.is_last or (self.more_body and self.waits_to_continue):
            self.keep_alive = False  # what comes next from a client that waits to continue is the body or a request
        self.chunked, self._expected, self._until_close = None, 0, False  # whatever a head said that was refused
        status = message["status"]
        lines = [
            STATUS_LINE[status],
            *[b"%b: %b\r\n" % header for header in self._carrier.server_state.default_headers],
        ]
        said_close = False
        for name, value in message.get("headers", ()):
            lowered = name.lower()
            lines.append(b"%b: %b\r\n" % (lowered, value))
            if lowered == b"content-length" and self.chunked is None:
                self._expected = int(value)
                self.chunked = False
            elif lowered == b"transfer-encoding" and value.lower() == b"chunked":
                self._expected = 0
                self.chunked = True
            elif lowered == b"connection" and value.lower() == b"close":
                self.keep_alive = False
                said_close = True
        if not self.keep_alive and not said_close:
            lines.append(b"connection: close\r\n")
        if self.chunked is None and self.scope["method"] != "HEAD" and status not in (204, 304):
            lines += self._frame()
        head = b"".join(lines)
        if len(head.translate(None, _CONTROLS)) != len(head) - 2 * len(lines):
            raise RuntimeError("a header of the answer holds a control character")
        self.response_started = True
        self.waits_to_continue = False
        self._head = head + b"\r\n"

    def _flush(self) -> None:
        """Send the head, unless it has gone with the body."""
        if self._head and not self.disconnected:
            self._carrier.transport.write(self._head)
        self._head = b""

    def _write(self, body: bytes) -> None:
        self._carrier.transport.write(self._head + body)
        self._head = b""

    def _frame(self) -> list[bytes]:
        """Choose how an answer of unknown length shows its end."""
        if self.scope["http_version"] == "1.0":
            self._until_close = True  # it knows no chunks
            return []
        self.chunked = True
        return [b"transfer-encoding: chunked\r\n"]

    def _send_body(self, message: Any) -> None:
        if message["type"] != "http.response.body":
            raise RuntimeError(f"{message['type']} while the answer's body was awaited")
        body = message.get("body", b"")
        more = message.get("more_body", False)
        if not more:
            self._carrier.answers()
        if self.scope["method"] == "HEAD":
            self._expected = 0
        elif self.chunked:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self._write(chunk if more else chunk + b"0\r\n\r\n")
        elif self._until_close:
            self._write(body)
        else:
            self._expected -= len(body)
            if self._expected < 0:
                raise RuntimeError("the answer is longer than its Content-Length")
            self._write(body)
        if not more:
            if self._expected != 0:
                raise RuntimeError("the answer is shorter than its Content-Length")
            self._flush()
            self.response_complete = True
            self._event.set()
            if not self.keep_alive:
                self._carrier.end()
            self._carrier.answered()
