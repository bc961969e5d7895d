"""Fetches an input from a client's address, which is not trusted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import httpcore2
import httpx2

from reelgate import __version__, limits
from reelgate.fair_slots import FairSlots
from reelgate.media import partial
from reelgate.media.addresses import AddressRule
from reelgate.media.answers import EndlessAnswers
from reelgate.media.disk import check_room
from reelgate.media.lookups import Resolve, asking
from reelgate.media.network import AddressForbidden, SystemResolver, Trusted, UnknownHost, VettedBackend

_HEADERS = (
    ("User-Agent", f"reelgate/{__version__}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
)
Headers = Sequence[tuple[str, str]]
Origin = tuple[str, str, int | None]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_MB = 1024 * 1024
_WRITE_BYTES = 128 * 1024
_CHUNKS_AT_A_TIME = 4
_SHOWN_CHARS = 120


class FetchFailed(Exception):
    """The file did not arrive. `transient`: the same address may well answer later. `too_large`: it has no end, or one
    beyond what is taken.

    `reason` names host and path at most: a query often carries a signature.
    """

    def __init__(self, reason: str, *, transient: bool = False, too_large: bool = False) -> None:
        self.reason = reason
        self.transient = transient
        self.too_large = too_large
        super().__init__(reason)


class Fetcher:
    """Fetches over HTTP and HTTPS, from addresses that `rule` permits, whatever redirects say.

    `connect_seconds` is for resolving and for connecting, `idle_seconds` the longest wait for further bytes, `seconds`
    the whole fetch without the wait for its turn: so many are under way at once in all, for each project, and for each
    host of a project. `trusted` hosts may have any address, at one port each. No proxy and no other setting is taken
    from the environment.
    """

    def __init__(
        self,
        rule: AddressRule,
        *,
        resolve: Resolve | None = None,
        verify: ssl.SSLContext | None = None,
        trusted: Trusted = frozenset(),
        connect_seconds: float = limits.FETCH_CONNECT_SECONDS,
        idle_seconds: float = limits.FETCH_IDLE_SECONDS,
        seconds: float = limits.FETCH_SECONDS,
    ) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=verify or httpcore2.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=VettedBackend(rule, resolve or SystemResolver(), trusted),
        )
        self._timeouts = {"connect": connect_seconds, "read": idle_seconds, "write": idle_seconds}
        self._seconds = seconds
        self._places = FairSlots(limits.FETCHES_AT_ONCE, limits.FETCHES_PER_PROJECT, limits.FETCHES_PER_HOST)

    async def aclose(self) -> None:
        """Close what is still connected."""
        await self._pool.aclose()

    async def fetch(
        self,
        address: str,
        path: Path,
        max_bytes: int,
        *,
        headers: Headers = (),
        resume: bool = False,
        project: str = "",
    ) -> None:
        """Write the file at `address` to `path`. Raise FetchFailed; `path` may then hold a part of it.

        Raises OSError if the disk has no room for it beside what must stay free, before or while it comes.

        `headers` go to the address's own scheme, host and port only, whatever redirects say. With `resume` the part
        that `path` holds is kept where the server can go on from its end with the same version, and a checksum that
        the server tells is compared with the whole.
        """
        url = _parsed(address)
        begun = partial.begun(path) if resume else None  # one look, where no transfer broke off
        before = asking.set(project)
        try:
            await self._follow(url, _Wanted(path, max_bytes, tuple(headers), _origin(url), begun), project)
        except TimeoutError:
            raise FetchFailed(f"{_shown(url)} took longer than {self._seconds:g} s", transient=True) from None
        finally:
            asking.reset(before)

    async def _follow(self, url: httpx2.URL, wanted: _Wanted, project: str) -> None:
        now = asyncio.get_running_loop().time
        left = self._seconds
        for _ in range(1 + limits.FETCH_REDIRECTS):
            async with self._places.held(project, f"{project} {url.host}"):
                began = now()
                async with asyncio.timeout(left), self._answer(url, wanted.headers_for(url)) as response:
                    if response.status not in _REDIRECTS:
                        await _save(url, response, wanted)
                        return
                    url = _redirected(url, response)
                left -= now() - began
        raise FetchFailed(f"more than {limits.FETCH_REDIRECTS} redirects, the last to {_shown(url)}")

    @asynccontextmanager
    async def _answer(self, url: httpx2.URL, headers: Headers) -> AsyncIterator[httpcore2.Response]:
        """Yield the answer to a GET; what goes wrong on the wire, also while the body is read, becomes FetchFailed."""
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            async with self._pool.stream(
                "GET", target, headers=[*_HEADERS, *headers], extensions={"timeout": self._timeouts}
            ) as response:
                yield response
        except AddressForbidden:
            raise FetchFailed(f"{url.host} is not a public address") from None
        except UnknownHost as error:
            raise FetchFailed(f"the host {url.host} is not known", transient=error.transient) from None
        except httpcore2.ConnectTimeout:
            raise FetchFailed(f"{url.host} does not answer", transient=True) from None
        except httpcore2.ConnectError as error:
            raise _not_connected(url, error) from None
        except httpcore2.TimeoutException:
            raise FetchFailed(f"{_shown(url)} stopped sending", transient=True) from None
        except EndlessAnswers:
            raise FetchFailed(f"{_shown(url)} sends informational answers (1xx) without end") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise FetchFailed(f"{_shown(url)} broke off before the end", transient=True) from None


class _Wanted(NamedTuple):
    """What a fetch is for: the file to write, and what may be sent to the address's own server."""

    path: Path
    max_bytes: int
    headers: Headers
    origin: Origin
    begun: partial.Begun | None
    """The part that is here already of a transfer that may resume later; None for one that is made at once."""

    def headers_for(self, url: httpx2.URL) -> Headers:
        own = self.headers if _origin(url) == self.origin else ()
        return (*own, *(self.begun.headers() if self.begun else ()))


async def _save(url: httpx2.URL, response: httpcore2.Response, wanted: _Wanted) -> None:
    begun = wanted.begun or partial.Begun()
    going_on = response.status == 206 and begun.size > 0
    if begun.size and (response.status == 416 or (going_on and not begun.goes_on(response.headers))):
        await asyncio.to_thread(partial.forget, wanted.path)  # not the file that was begun: once more from its start
        raise FetchFailed(f"{_shown(url)} has changed", transient=True)
    if response.status != 200 and not going_on:
        raise FetchFailed(f"HTTP {response.status} from {_shown(url)}", transient=response.status in _TRANSIENT)
    await _write(url, response, wanted, begun.size if going_on else 0)
    told = "" if going_on or wanted.begun is None else partial.checksum(response.headers)
    if told and not await asyncio.to_thread(partial.fits, wanted.path, told):
        await asyncio.to_thread(partial.forget, wanted.path)
        raise FetchFailed(f"{_shown(url)} does not fit its checksum", transient=True)


async def _write(url: httpx2.URL, response: httpcore2.Response, wanted: _Wanted, size: int) -> None:
    """Write the answer's body behind the `size` bytes that are here."""
    too_large = FetchFailed(f"{_shown(url)} is larger than {wanted.max_bytes / _MB:g} MB", too_large=True)
    declared = _declared_size(response)
    if size + declared > wanted.max_bytes:
        raise too_large
    folder, looked = wanted.path.parent, size

    def make_ready() -> None:
        if wanted.begun is not None and not size:
            partial.note_start(wanted.path, response.headers)
        check_room(folder, limits.MIN_FREE_BYTES + declared)

    await asyncio.to_thread(make_ready)
    with _gathered(wanted.path.open("ab" if size else "wb")) as file:
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > wanted.max_bytes:
                raise too_large
            if file.chunks > limits.FETCH_SMALL_CHUNKS and file.is_in_crumbs:
                raise FetchFailed(f"{_shown(url)} comes in pieces of a few bytes")
            await file.write(chunk)
            if size - looked >= limits.FETCH_LOOK_BYTES:
                looked = size
                await asyncio.to_thread(check_room, folder)


class _Gathered:
    """Writes the body in large pieces, so a server that sends single bytes does not cost a thread's turn for each.
    Thousands of chunks may arrive at once, so other work has a turn after every few.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting = bytearray()
        self._bytes = 0
        self.chunks = 0

    @property
    def is_in_crumbs(self) -> bool:
        return self._bytes < self.chunks * limits.FETCH_SMALL_CHUNK_BYTES

    async def write(self, chunk: bytes) -> None:
        self._waiting += chunk
        self._bytes += len(chunk)
        self.chunks += 1
        if self.chunks % _CHUNKS_AT_A_TIME == 0:
            await asyncio.sleep(0)
        if len(self._waiting) >= _WRITE_BYTES:
            data = bytes(self._waiting)
            self._waiting.clear()
            await asyncio.to_thread(self._file.write, data)

    def flush(self) -> None:
        self._file.write(self._waiting)


@contextmanager
def _gathered(file: BinaryIO) -> Iterator[_Gathered]:
    """Close the file in the end, with all the bytes that have come: a transfer resumes from there."""
    with file:
        gathered = _Gathered(file)
        try:
            yield gathered
        finally:
            gathered.flush()


def _declared_size(response: httpcore2.Response) -> int:
    return next((int(value) for name, value in response.headers if name.lower() == b"content-length"), 0)


def _redirected(url: httpx2.URL, response: httpcore2.Response) -> httpx2.URL:
    location = next((value for name, value in response.headers if name.lower() == b"location"), b"")
    try:
        return _parsed(str(url.join(_located(location))))
    except httpx2.InvalidURL:
        raise FetchFailed(f"{_shown(url)} redirects to something that is not an address") from None


def _located(location: bytes) -> str:
    """Return a redirect's target as browsers read it: UTF-8, and other bytes unchanged."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in location)


def _parsed(address: str) -> httpx2.URL:
    """Return the address with nothing in it that a fetch would not use; raise FetchFailed for any other."""
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL:
        raise FetchFailed("it is not a valid address") from None
    if url.scheme not in ("http", "https"):
        raise FetchFailed("only http and https addresses are fetched")
    if url.port is not None and not 0 < url.port < 65536:
        raise FetchFailed("its port must be between 1 and 65535")
    if url.userinfo:
        raise FetchFailed("an address must not carry a user name or password")
    if not url.host or "%" in url.host:  # what no host name may hold was escaped; an IPv6 zone is never public
        raise FetchFailed("it names no valid host")
    return url


def _origin(url: httpx2.URL) -> Origin:
    """Return who answers there: another port of a host may be another program, and http tells everybody on the way."""
    return url.scheme, url.host, url.port


def _shown(url: httpx2.URL) -> str:
    text = "".join(char if char.isprintable() else "\ufffd" for char in f"{url.host}{url.path}")
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def _not_connected(url: httpx2.URL, error: httpcore2.ConnectError) -> FetchFailed:
    if isinstance(error.__cause__, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError):
        return FetchFailed(f"the certificate of {url.host} can't be trusted")
    return FetchFailed(f"{url.host} refuses the connection", transient=True)
