"""A server of the gateway's own connections, before an application that says what it was asked."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from reelgate.background import every
from reelgate.errors import ReelgateError
from reelgate.http.error_handler import answering
from reelgate.server.connection import Connection
from reelgate.server.connections import TEND_SECONDS, Connections
from reelgate.server.run import listen

PATIENCE = 60.0


class Heard(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """A plain socket that sends a test's bytes and reads answers one by one."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._read = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> Client:
        """Send bytes, each part as a segment of its own."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            self.socket.sendall(part)
        return self

    def answer(self, *, of_head: bool = False) -> Heard | None:
        """Return the next answer, None where the connection ended instead."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                assert not self._read, self._read
                return None
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        size = 0 if of_head else int(headers.get("content-length", 0))
        while len(self._read) < size:
            assert self._more(), "the connection ended within an answer"
        body, self._read = self._read[:size], self._read[size:]
        return Heard(int(first.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Return all that comes until the connection ends."""
        while self._more():
            pass
        return self._read

    def ends(self) -> bool:
        """Wait for the end of the connection, and say whether nothing came before it."""
        return not self._read and not self._more()

    def _more(self) -> bool:
        try:
            part = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self._read += part
        return bool(part)


class EchoServer:
    """The running server."""

    def __init__(
        self, port: int, connections: Connections, loop: asyncio.AbstractEventLoop, http: uvicorn.Server
    ) -> None:
        self.port = port
        self.connections = connections
        self.loop = loop
        self._http = http

    def client(self) -> Client:
        """Connect."""
        return Client(self.port)

    def ask(self, *parts: bytes) -> Heard:
        """Send one request on a connection of its own and return its answer."""
        with self.client() as client:
            heard = client.send(*parts).answer()
        assert heard is not None, "the connection ended without an answer"
        return heard

    def on_loop(self, work: Callable[[], Any]) -> Any:
        """Do something on the server's loop."""

        async def run() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(PATIENCE)

    def stop(self) -> None:
        """Ask it to stop."""
        self._http.should_exit = True


@contextmanager
def echoing(*, keep_alive: float = 125.0, ceiling: int = 1000, tends: bool = True) -> Iterator[EchoServer]:
    """Run one in a thread. Without `tends` only the test looks at how long things take."""
    made: list[EchoServer] = []
    ready = threading.Event()

    async def main() -> None:
        connections = Connections(keep_alive=keep_alive, ceiling=ceiling, answering=answering)
        http = uvicorn.Server(
            uvicorn.Config(
                echo,
                http=functools.partial(Connection, register=connections),  # type: ignore[arg-type]
                ws="none",
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=int(PATIENCE),
            )
        )
        with listen("127.0.0.1", 0) as sock:
            made.append(EchoServer(sock.getsockname()[1], connections, asyncio.get_running_loop(), http))
            tending = asyncio.create_task(every(TEND_SECONDS, connections.tend, "tend")) if tends else None
            ready.set()
            await http.serve(sockets=[sock])
            if tending is not None:
                tending.cancel()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield made[0]
    finally:
        made[0].stop()
        thread.join(PATIENCE)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked; `/unread` unread, `/stream` in parts, `/fails`, `/splits` and `/mute` wrongly."""
    if scope["path"] in ("/fails", "/mute"):
        scope["path"] = "/" if scope["path"] == "/fails" else None  # without it no error's answer can be made
        raise LookupError("on purpose")
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"one ", b"two"):
            await send({"type": "http.response.body", "body": part, "more_body": part == b"one "})
        return
    if scope["path"] == "/splits":
        headers = [(b"content-length", b"7"), (b"x-said", b"a\r\nset-cookie: b")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = b""
    try:
        more = scope["path"] != "/unread"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
    except ReelgateError as error:
        await answering(error)(scope, receive, send)
        return
    said = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]],
        "body": body.decode("latin-1"),
    }
    encoded = json.dumps(said).encode()
    headers = [(b"content-length", b"%d" % len(encoded))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": encoded})
