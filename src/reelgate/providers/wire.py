"""Speaks HTTP to a vendor, and says what is known after each way in which a call can end.

It decides what a vendor may have been paid for, so it is written once. For a submission:

- no connection was made, or the request could not be begun: `NotSent`;
- a redirect: `NotSent` with the account at fault, since its address is another one and nobody there took anything;
- anything broke after the first byte went out, no answer in time, a 5xx, an answer that can't be read or is larger than
  any vendor's: `OutcomeUnknown`, since the vendor may have taken the job;
- a 2xx with JSON or a 4xx is the vendor's word, which the adapter reads.

Of a reading call every failure is an OSError: it says nothing about the job. A GET or DELETE whose kept connection
breaks is made once more on a new one (RFC 9110, 9.2.2); a POST never is.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from weakref import WeakSet

import aiohttp
import httpx2
import msgspec

from reelgate import __version__, limits, tracing
from reelgate.bucket import TokenBucket
from reelgate.providers.port import NotSent, OutcomeUnknown, Unreached
from reelgate.providers.reply import Reply, is_crowded

_NOT_BEGUN = (
    aiohttp.ClientConnectorError,  # also where the certificate is not trusted
    aiohttp.ConnectionTimeoutError,  # also where no connection of the account's became free
    aiohttp.InvalidURL,
)
_MOVED = (301, 302, 307, 308)  # not 303, with which a server says that it did as asked, and where to look
_ANY_ZLIB = 47  # gzip or zlib, as the data itself says
_HALF_A_SECOND_MS = 500
_NEAR_MS = 2_000  # between two clocks that agree: the way of an answer, and the second that a date is cut to
_SHOWN_CHARS = 200
_HIDDEN = b"[key]"
_SHORTEST_KEY = 8  # a shorter one may stand in any text

Query = Mapping[str, str | int | Sequence[str]]


class _Body(NamedTuple):
    content: bytes
    kind: str


class _Heard(NamedTuple):
    """An answer as far as it was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    trouble: str
    """Why the body is not the vendor's whole word, "" where it is."""


class _Socket(socket.socket):
    """A socket whose end can be awaited: a closed transport lets go of it some turns of the loop later."""

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self.closed = asyncio.Event()

    def close(self) -> None:
        """Close it, as asyncio's own loop does."""
        super().close()
        self.closed.set()

    def detach(self) -> int:
        """Let go of the descriptor, as uvloop does when it has closed it."""
        self.closed.set()
        return super().detach()


class Wire:
    """The connection to one account. `headers` carry the credential; they are never shown in errors or logs.

    Nor is the key where a vendor's answer repeats it: such words reach clients, the journal and the log. A submission
    may take `create_seconds` for its answer, any other call `seconds`.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        seconds: float = limits.VENDOR_CALL_SECONDS,
        create_seconds: float = limits.VENDOR_CALL_SECONDS,
        reads_per_second: float = limits.VENDOR_READS_PER_SECOND,
        now: Callable[[], int] = lambda: round(time.time() * 1000),
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"User-Agent": f"reelgate/{__version__}", "Accept-Encoding": "identity", **headers}
        self._key = headers.get("Authorization", "").rpartition(" ")[2].encode()
        self._seconds = seconds
        self._create_seconds = create_seconds
        self._reads = TokenBucket(reads_per_second, 1.0)
        self._session: aiohttp.ClientSession | None = None
        self._sockets: WeakSet[_Socket] = WeakSet()
        self._now = now
        self.silent_since: int | None = None
        """Since when, in ms, no call was answered at all; None if the last one was."""
        self.ahead_ms = 0
        """By how much the vendor's clock is ahead of ours, as its last answer told (`Date`); 0 until one did."""

    async def open(self) -> None:
        """Make the connection pool; nothing is sent yet."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=limits.VENDOR_CONNECTIONS,
                keepalive_timeout=limits.VENDOR_IDLE_SECONDS,
                socket_factory=self._new_socket,
                ssl=_trusted() if self._base_url.startswith("https:") else True,
            ),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=limits.VENDOR_HEADER_BYTES,
            max_field_size=limits.VENDOR_HEADER_BYTES,
        )

    async def aclose(self) -> None:
        """Close the connections. Closing twice is a no-op."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        for left in self._sockets:  # whose vendor does not take what is still to be sent
            with contextlib.suppress(OSError):
                left.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.VENDOR_CLOSE_SECONDS):
                await asyncio.gather(*(left.closed.wait() for left in self._sockets))

    def _new_socket(self, address: aiohttp.AddrInfoType) -> _Socket:
        """Make a socket that ends by itself if the other end reads nothing: closing it waits for unsent bytes."""
        made = _Socket(*address[:3])
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limits.VENDOR_UNREAD_SECONDS * 1000)
        self._sockets.add(made)
        return made

    async def submit(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] = (),
        headers: Mapping[str, str] | None = None,
        believed: Callable[[Reply], bool] | None = None,
    ) -> Reply:
        """POST what may be paid for, as JSON or as a multipart form. Raises NotSent or OutcomeUnknown.

        A reply that comes back is a 2xx whose JSON could be read, a 4xx, or a 5xx that is `believed`: one in which the
        vendor says that it has not even tried.
        """
        body = _json(json) if form is None else _multipart(form, files)
        # What has come in is looked at first, so that no connection is taken which the vendor has closed by now: one
        # turn of the loop for it to read the end, one to close the connection, and one until the pool knows of that.
        for _ in range(3):
            await asyncio.sleep(0)
        try:
            heard = await self._heard("POST", path, self._create_seconds, body, headers=headers)
        except _NOT_BEGUN as error:
            raise NotSent(f"no connection to the provider ({type(error).__name__})") from error
        except TimeoutError as error:
            raise OutcomeUnknown(f"no answer within {self._create_seconds:g} s after the job was sent") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown(f"the connection broke after the job was sent ({type(error).__name__})") from error
        if heard.status in _MOVED:
            raise NotSent(f"{_moved(heard)}: the account's base_url is not the provider's address", account=True)
        reply = self._reply(heard)
        if 400 <= reply.status < 500 or (reply.ok and reply.json is not None):
            return reply
        if reply.status >= 500 and believed is not None and believed(reply):
            return reply
        raise OutcomeUnknown(_described(heard, reply), answer=reply.told)

    async def read(
        self, path: str, *, query: Query | None = None, believed: Callable[[Reply], bool] | None = None
    ) -> Reply:
        """GET. Returns any answer but 429, 5xx and redirects, which raise OSError as every failure on the way does,
        unless they are `believed`: if the vendor reports a job's state in them."""
        return await self._call("GET", path, believed=believed, query=query)

    async def change(self, method: str, path: str, *, json: Any = None) -> Reply:
        """Make a call that costs nothing (a cancel). Raises OSError as `read` does."""
        return await self._call(method, path, json=json)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        query: Query | None = None,
        believed: Callable[[Reply], bool] | None = None,
    ) -> Reply:
        """Call in turn: who comes first goes first, and never more a second than the account allows."""
        await asyncio.sleep(self._reads.take(time.monotonic()))
        body = None if json is None else _json(json)
        try:
            heard = await self._heard(method, path, self._seconds, body, query=query)
        except TimeoutError as error:
            raise Unreached(f"the provider does not answer within {self._seconds:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreached(f"the provider can't be reached ({type(error).__name__})") from error
        reply = self._reply(heard)
        if heard.status in _MOVED:
            raise Unreached(f"{_moved(heard)}: the account's base_url is not the provider's address")
        no_word = bool(heard.trouble) or reply.status == 429 or reply.status >= 500
        if no_word and not (believed is not None and believed(reply)):
            raise Unreached(_described(heard, reply), retry_after=reply.retry_after)
        return reply

    async def _heard(
        self,
        method: str,
        path: str,
        seconds: float,
        body: _Body | None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Query | None = None,
    ) -> _Heard:
        """Make a call and read its answer, up to the length that any vendor's answer may have.

        Raises aiohttp's errors, or TimeoutError where the answer is not whole in time.
        """
        session, said = self._open_session(), dict(headers or {})
        if body is not None:
            said["Content-Type"] = body.kind
        if here := tracing.traceparent():
            said[tracing.HEADER] = here
        sending = (len(body.content) if body is not None else 0) / limits.VENDOR_UPLOAD_BYTES_PER_SECOND
        patience = aiohttp.ClientTimeout(
            total=None, connect=seconds, sock_connect=limits.VENDOR_CONNECT_SECONDS, sock_read=seconds
        )
        try:
            async with (
                asyncio.timeout(limits.VENDOR_CONNECT_SECONDS + sending + seconds),
                session.request(
                    method,
                    self._base_url + path,
                    params=query,
                    data=io.BytesIO(body.content) if body is not None else None,  # in pieces, with turns for others
                    headers=said,
                    allow_redirects=False,
                    timeout=patience,
                ) as answer,
            ):
                self._compare_clocks(answer.headers)
                heard = await _read(answer)
        except (TimeoutError, aiohttp.ClientError, OSError):
            self.silent_since = self._now() if self.silent_since is None else self.silent_since
            raise
        self.silent_since = None
        return heard

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        """Note the vendor's time; an answer that a cache has kept is as old as that says."""
        with contextlib.suppress(ValueError, OverflowError):  # such as an age without an end
            there = (_moment(headers.get("date", "")) + float(headers.get("age", "0"))) * 1000
            ahead = round(there) + _HALF_A_SECOND_MS - self._now()  # a date leaves out the part of the second
            if abs(ahead) <= limits.VENDOR_AHEAD_MAX_SECONDS * 1000:
                self.ahead_ms = ahead if abs(ahead) > _NEAR_MS else 0

    def _reply(self, heard: _Heard) -> Reply:
        told = heard.body.replace(self._key, _HIDDEN) if len(self._key) >= _SHORTEST_KEY else heard.body
        value = None
        if not heard.trouble:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                value = msgspec.json.decode(told)
        return Reply(heard.status, value, _retry_after(heard.headers), _printable(told[: limits.VENDOR_KEPT_BYTES]))

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NotSent("the provider is closed")
        return self._session


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return the authorities that are trusted, the same as everywhere else; it takes 20 ms to load them."""
    return httpx2.create_ssl_context(trust_env=False)


def _json(value: Any) -> _Body:
    return _Body(msgspec.json.encode(value), "application/json")


def _multipart(fields: Mapping[str, str], files: Sequence[tuple[str, tuple[str, bytes, str]]]) -> _Body:
    """Return a form as browsers write it: a field has no type and no coding of its own."""
    parts = [(name, (None, value)) for name, value in fields.items()]  # multipart also without a file
    form = httpx2.Request("POST", "http://form", files=[*parts, *files])
    return _Body(form.read(), form.headers["content-type"])


async def _read(answer: aiohttp.ClientResponse) -> _Heard:
    """Read an answer up to the limits; what lies beyond them is never asked for."""
    body, whole = bytearray(), True
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limits.VENDOR_ANSWER_BYTES:
            whole = False
            break
    content, unpacked = _unpacked(bytes(body), answer.headers.get("content-encoding", ""))
    trouble = ""
    if not (whole and unpacked):
        trouble = f"an answer of more than {limits.VENDOR_ANSWER_BYTES // 1024**2} MiB"
    elif is_crowded(content):
        trouble = f"an answer of more than {limits.VENDOR_ANSWER_VALUES} values"
    return _Heard(answer.status, answer.headers, content, trouble)


def _unpacked(body: bytes, coding: str) -> tuple[bytes, bool]:
    """Return a body out of its coding, and whether that is all of it; some mark as packed what is not."""
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body, True
    unpacker = zlib.decompressobj(_ANY_ZLIB)
    try:
        content = unpacker.decompress(body, limits.VENDOR_ANSWER_BYTES)
    except zlib.error:
        return body, True
    return content, not unpacker.unconsumed_tail


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that an answer asks to wait: a number or a date, by the vendor's own clock where it tells one.

    0 for none, for a time that is over, and for nonsense.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text) if text[:1].isdigit() else _moment(text) - _moment(headers.get("date", ""), time.time())
    except ValueError:
        return 0.0
    return max(0.0, min(seconds, limits.VENDOR_RETRY_AFTER_MAX_SECONDS))


def _moment(text: str, usual: float | None = None) -> float:
    """Return an HTTP date as a Unix time, `usual` if there is none. Raises ValueError."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError) as error:  # a year, or a zone, of twenty digits
        if usual is None:
            raise ValueError(text) from error
        return usual
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp()


def _moved(heard: _Heard) -> str:
    """Return a redirect in words; a query in its address may hold a secret."""
    there = heard.headers.get("location", "").partition("?")[0][:_SHOWN_CHARS]
    return f"HTTP {heard.status} to {_printable(there.encode(errors='surrogateescape'))}".strip()


def _described(heard: _Heard, reply: Reply) -> str:
    return f"HTTP {heard.status} {heard.trouble or reply.told[:_SHOWN_CHARS]}".strip()


def _printable(told: bytes) -> str:
    text = told.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
