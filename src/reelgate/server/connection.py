"""One client's connection: HTTP/1.1 read within limits, offers of other protocols ignored."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol, cast
from urllib.parse import unquote

import httptools
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.utils import get_local_addr, get_remote_addr
from uvicorn.server import ServerState

from reelgate import limits
from reelgate.admission.delivery import ClientConnection
from reelgate.errors import ExpectationFailed, MalformedRequest, ReelgateError, Unavailable
from reelgate.http.lines import EXTENSION
from reelgate.server.exchange import Exchange
from reelgate.server.heads import Fields, check_host, check_size, path_so_far, reason, too_large, without_offer
from reelgate.server.sockets import end_of, unsent

_WATCHED = frozenset((b"host", b"expect"))
_CONTINUE = frozenset((b"100-continue",))
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_READ_SECONDS = 0.05
"""How long the server's end waits for what a client has sent already."""


class Register(Protocol):
    """What a connection learns from the object that knows all connections."""

    keep_alive: float
    stopping: bool
    answering: Callable[[ReelgateError], ASGIApp]

    @property
    def overfull(self) -> bool:
        """Whether every slot is taken, also those for refusals."""

    def keeps(self, headers: Iterable[tuple[bytes, bytes]]) -> float:
        """Return how many seconds a connection may be idle whose first request has these headers."""

    def admit(self, connection: Connection) -> bool:
        """Count a new connection, and say whether there is room for it."""

    def forget(self, connection: Connection) -> None:
        """Count a connection no more."""


class Connection(asyncio.Protocol):
    """What uvicorn's own protocol on httptools does, with what neither of the two has.

    Heads, trailers and bodies have limits and deadlines. An offer to speak another protocol (`Upgrade: h2c`, which
    Java's client makes with every request) is ignored as RFC 9110, section 7.8 allows, and the body arrives. Trailers
    are not headers. What is refused before the application sees it is answered in the dialect of its address.
    """

    transport: asyncio.Transport
    flow: FlowControl

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # uvicorn hands it over; we have none
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        register: Register,
    ) -> None:
        self.server_state = server_state
        self._app = config.loaded_app
        self._loop = _loop or asyncio.get_running_loop()
        self._register = register
        self._parser = self._new_parser()
        self.exchange: Exchange | None = None
        """The last one that has begun to arrive."""
        self._ahead: deque[tuple[Exchange, ASGIApp]] = deque()  # those that wait for the answers before theirs
        self._answering: Exchange | None = None
        self.since = 0.0
        """When what is awaited now began to be: a head, a body, the next request."""
        self.keeps = register.keep_alive
        """Seconds that it may be idle."""
        self.in_head = False
        """Whether a request has begun whose head is not complete."""
        self.deaf = False
        """Whether what comes is dropped."""
        self.lingers = False
        """Whether its end is sent, and the client's is awaited."""
        self._offered = False  # the head that was just read offers another protocol
        self._begun = 0  # messages in this segment
        self._segment = 0  # its bytes
        self._head_bytes = 0  # of the head that is being read, in segments before this one
        self._quiet_bytes = 0  # of chunk sizes and trailers, since the body's last byte
        self._url = b""
        self._fields: Fields = []  # the head's, then the trailers
        self._hosts = 0
        self._host = b""  # the last one that was well-formed
        self._expectations: frozenset[bytes] = frozenset()
        self._last = b""
        """The bytes of the last request, if it came at once and has no body: polls are sent again as they were."""
        self._last_scope: dict[str, Any] = {}
        self.unsent = (-1, 0.0)
        """Bytes that wait for the client, and since when none of them has gone."""

    def _new_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_data_after_close=True)  # what follows a last request harms nobody
        return parser

    # What the transport says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or refuse to where there are too many."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class is not a subclass
        self.flow = FlowControl(self.transport)
        self._addresses = get_local_addr(self.transport), get_remote_addr(self.transport)
        self.server_state.connections.add(self)  # type: ignore[arg-type]  # it only wants to shut it down
        self.since = self._loop.time()
        self._line = ClientConnection(partial(unsent, self.transport), partial(end_of, self.transport))
        if self._register.admit(self):
            return
        if self._register.overfull:
            self.transport.abort()
        else:
            self._refuse(Unavailable("too many connections to this server; try again shortly"))

    def eof_received(self) -> None:
        """Close, as the client sends nothing more."""
        self._line.closes(sent_end=self.lingers)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._line.ends(broken=exc is not None)
        self._register.forget(self)
        self.server_state.connections.discard(self)
        for one in (self._answering, *(queued for queued, _ in self._ahead)):
            if one is not None:
                one.disconnected = True
                one.move()
        self._ahead.clear()
        self.flow.resume_writing()

    def pause_writing(self) -> None:
        """Wait before more of an answer is sent."""
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        """Send more of an answer."""
        self.flow.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read a segment."""
        if self.deaf:
            return
        before, was_in_head = self.exchange, self.in_head
        if data == self._last and before is not None and before.response_complete and not was_in_head:
            self._repeat()
            return
        self._last = b""
        reads_body = before is not None and before.more_body
        received = before.received if before is not None else 0
        self._begun = 0
        self._segment = len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            self.break_off(reason(error))
        except ReelgateError as error:
            self.break_off(error)
        else:
            if self.in_head:
                if self._begun == 0 or (self._begun == 1 and not was_in_head and not reads_body):
                    self._count_head(len(data))  # all of the segment belongs to it
            elif self.exchange is not None and self.exchange.more_body:
                self._count_quiet(len(data), before, received)
            elif self._begun == 1 and not was_in_head and not reads_body and len(data) <= limits.REPEATED_BYTES:
                self._keep(data)

    def _keep(self, data: bytes) -> None:
        """Remember a request that need not be read again where it is sent again."""
        exchange = self.exchange
        if exchange is None or exchange.scope["method"] not in ("GET", "HEAD"):
            return
        if exchange.keep_alive and not exchange.waits_to_continue and not exchange.received:
            self._last, self._last_scope = data, {**exchange.scope}  # the application has not seen it yet

    def _repeat(self) -> None:
        """Begin with a request whose bytes are those of the one before."""
        self._line.asks()
        self.since = self._loop.time()
        scope = {**self._last_scope, "headers": [*self._last_scope["headers"]]}
        exchange = Exchange(self, scope, expects=False, keep_alive=True)
        exchange.more_body = False
        exchange.move()
        self._begin(exchange, self._app)

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            read = offer.args[0]
        else:
            return
        self._ignore_offer(memoryview(data)[read:])

    def _ignore_offer(self, rest: memoryview) -> None:
        """Read a head that offered another protocol, and the `rest` that follows it, as if it had not."""
        while True:
            parser = self._parser
            head = without_offer(parser.get_method(), self._url, parser.get_http_version().encode(), self._fields)
            self._offered = False
            self._segment = 0  # its bytes were counted when they came
            self._parser = self._new_parser()
            self._parser.feed_data(head)
            try:
                self._parser.feed_data(rest)
            except httptools.HttpParserUpgrade as another:
                rest = rest[another.args[0] :]
            else:
                return

    # What the parser says

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._line.asks()
        self.in_head = True
        self.since = self._loop.time()
        self._begun += 1
        self._url = b""
        self._fields = []
        self._head_bytes = self._hosts = 0
        if self._expectations:
            self._expectations = frozenset()

    def on_url(self, url: bytes) -> None:
        """Read a part of the address."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, or count a trailer, which is not read."""
        name = name.lower()
        if name in _WATCHED:
            self._note(name, value.strip())
        self._fields.append((name, value))

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"expect":
            self._expectations |= {one.strip() for one in value.lower().split(b",")} - {b""}
            return
        self._hosts += 1
        if value != self._host:
            check_host(value)
            self._host = value

    def on_headers_complete(self) -> None:
        """Begin to answer. Raises, to the parser, what a head is refused for."""
        fields, parser = self._fields, self._parser
        if self._head_bytes + self._segment > limits.MAX_HEAD_BYTES or len(fields) > limits.MAX_HEAD_FIELDS:
            check_size("headers", fields, len(self._url))
        if parser.should_upgrade():
            self._offered = True
            return
        version = parser.get_http_version()
        if self._hosts != 1 and (self._hosts or version == "1.1"):
            raise MalformedRequest(f"a request needs one Host header, and has {self._hosts or 'none'}")
        expects = bool(self._expectations) and version != "1.0"
        if expects and self._expectations != _CONTINUE:
            raise ExpectationFailed
        if len(self._ahead) >= limits.REQUESTS_AHEAD:
            raise MalformedRequest(f"over {limits.REQUESTS_AHEAD} requests were sent ahead of their answers")
        url = httptools.parse_url(self._url)
        raw_path = url.path or b"/"
        path = raw_path.decode("ascii")
        if "%" in path:
            path = unquote(path)
        scope = self._scope(parser.get_method().decode(), path, raw_path, url.query or b"", version)
        if self.exchange is None:
            self.keeps = self._register.keeps(fields)
        self.in_head = False
        self.since = self._loop.time()
        self._fields = []  # what comes now are trailers
        keep_alive = version != "1.0" and parser.should_keep_alive()
        self._begin(Exchange(self, scope, expects=expects, keep_alive=keep_alive), self._app)

    def _scope(self, method: str, path: str, raw_path: bytes, query: bytes, version: str) -> dict[str, Any]:
        server, client = self._addresses
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "server": server,
            "client": client,
            "scheme": "http",
            "root_path": "",
            "method": method,
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self._fields,
            "extensions": {EXTENSION: self._line},
        }

    def on_body(self, body: bytes) -> None:
        """Hand on a part of the body."""
        exchange = self.exchange
        if exchange is None:
            return
        exchange.received += len(body)
        if exchange.response_complete:
            return
        exchange.body += body
        if len(exchange.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        exchange.move()

    def on_message_complete(self) -> None:
        """End the body. Raises, to the parser, HeadersTooLarge."""
        if self._offered:
            return
        if self._fields:
            check_size("trailers", self._fields)
        exchange = self.exchange
        if exchange is None:
            return
        exchange.more_body = False
        if exchange.response_complete:
            self.since = self._loop.time()
        else:
            exchange.move()

    # What the answer says

    def _begin(self, exchange: Exchange, app: ASGIApp) -> None:
        before = self.exchange
        self.exchange = exchange
        if before is None or before.response_complete:
            self._answer(exchange, app)
        else:
            self.flow.pause_reading()
            self._ahead.append((exchange, app))

    def _answer(self, exchange: Exchange, app: ASGIApp) -> None:
        self._answering = exchange
        task = self._loop.create_task(exchange.run(app))
        tasks = self.server_state.tasks
        task.add_done_callback(tasks.discard)
        tasks.add(task)

    @property
    def is_last(self) -> bool:
        """Whether an answer that begins now ends the connection, because the server stops."""
        return self._register.stopping and not self._ahead

    def read_on(self) -> None:
        """Take more from the client, unless it has sent requests ahead."""
        if not self._ahead:
            self.flow.resume_reading()

    def answers(self) -> None:
        """Note that the last of an answer goes out."""
        self._line.answers()

    def answered(self) -> None:
        """Go on with the next request, or wait for it."""
        if self.lingers or self.transport.is_closing():
            return
        if self._ahead:
            self._answer(*self._ahead.popleft())
        elif not self.in_head and self.exchange is not None and not self.exchange.more_body:
            self.since = self._loop.time()
        self.read_on()

    def end(self) -> None:
        """Close after an answer; only once the client has had time to read it where more may be on its way, or where it
        matters how the client ends: one that has read an answer closes, one that has not resets the connection.
        """
        if self.lingers or self.transport.is_closing():
            return
        complete = not self.deaf and self.exchange is not None and not self.exchange.more_body
        if complete and not self._line.watched:
            self.transport.close()
            return
        self.deaf = self.lingers = True
        self.since = self._loop.time()
        self.transport.write_eof()
        self.flow.resume_reading()

    # What is refused

    def break_off(self, error: ReelgateError) -> None:
        """Refuse what is arriving, and read no more."""
        exchange = self.exchange
        if self.in_head or exchange is None or not exchange.more_body:
            self._refuse(error)
        elif exchange.response_complete:
            self.end()
        else:
            self.deaf = True
            exchange.fail(error)

    def _refuse(self, error: ReelgateError) -> None:
        """Answer what was read of a head with an error."""
        if not self.in_head:
            self.on_message_begin()
        self.in_head = False
        self.deaf = True
        method = self._parser.get_method().decode() if self._url else "GET"
        scope = self._scope(method, *path_so_far(self._url), b"", "1.1")
        self._begin(Exchange(self, scope, expects=False, keep_alive=False), self._register.answering(error))

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > limits.MAX_HEAD_BYTES:
            self.break_off(too_large("headers"))

    def _count_quiet(self, size: int, before: Exchange | None, received: int) -> None:
        """Bound what comes between two parts of a body: chunk sizes, their extensions, trailers."""
        moved = before is None or before is not self.exchange or before.received != received
        self._quiet_bytes = 0 if moved else self._quiet_bytes + size
        if self._quiet_bytes > limits.MAX_HEAD_BYTES:
            self.break_off(too_large("trailers"))

    # The server's end

    def shutdown(self) -> None:
        """End with the answers that are due; where none is, as soon as what has arrived was read."""
        self._register.stopping = True
        if self.exchange is not None and not self.exchange.response_complete:
            self.exchange.keep_alive = False
        else:
            self._loop.call_later(_READ_SECONDS, self._shut)

    def _shut(self) -> None:
        if not self.in_head and (self.exchange is None or self.exchange.response_complete) and not self.lingers:
            self.transport.close()
