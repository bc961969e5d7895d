"""Speaks HTTP to a vendor, and tells apart what is known after each way in which a call can end.

What a vendor may have been paid for depends on it, so it stands in one place. Of a submission:

- no connection was made, or the request could not be begun: `NotSent`;
- anything broke after the first byte went out, no answer in time, a 5xx, an answer that can't be read, a redirect:
  `OutcomeUnknown`, since the vendor may have taken the job;
- a 2xx with JSON or a 4xx is the vendor's word, which the adapter reads.

Of a reading call every failure is an OSError: it says nothing about the job.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx2
import msgspec

from reelgate import __version__, limits
from reelgate.bucket import Bucket
from reelgate.providers.port import NotSent, OutcomeUnknown, Unreached

_NOT_BEGUN = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)
_SHOWN_CHARS = 200
_HIDDEN = b"[key]"
_SHORTEST_KEY = 8  # a shorter one may stand in any text

Query = Mapping[str, str | int | Sequence[str]]


class Reply(msgspec.Struct, frozen=True):
    """A vendor's answer: the status, the JSON (None where there is none), and the wait that it asks for."""

    status: int
    json: Any
    retry_after: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    def at(self, *path: str) -> Any:
        """Return the value at that path of objects, None where there is none, whatever shape the answer has."""
        value = self.json
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *path: str) -> str:
        """Return the text at that path, "" for anything else."""
        value = self.at(*path)
        return value if isinstance(value, str) else ""


class Wire:
    """The connection to one account. `headers` carry the credential; they are never shown in errors or logs.

    Nor is the key where a vendor's answer repeats it: such words reach clients, the journal and the log.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        seconds: float = limits.VENDOR_CALL_SECONDS,
        reads_per_second: float = limits.VENDOR_READS_PER_SECOND,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"User-Agent": f"reelgate/{__version__}", **headers}
        self._key = headers.get("Authorization", "").rpartition(" ")[2].encode()
        self._seconds = seconds
        self._reads = Bucket(reads_per_second, 1.0)
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        """Make the connection pool; nothing is sent yet."""
        self._client = httpx2.AsyncClient(
            headers=self._headers,
            timeout=httpx2.Timeout(self._seconds, connect=limits.VENDOR_CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the connections. Closing twice is a no-op."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

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
        parts = [(name, (None, value)) for name, value in (form or {}).items()]  # multipart also without a file
        content: dict[str, Any] = {"json": json} if form is None else {"files": [*parts, *files]}
        try:
            answer = await self._open_client().post(self._base_url + path, headers=dict(headers or {}), **content)
        except _NOT_BEGUN as error:
            raise NotSent(f"no connection to the provider ({type(error).__name__})") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise OutcomeUnknown(f"the connection broke after the job was sent ({type(error).__name__})") from error
        told = self._told(answer)
        reply = _reply(answer, told)
        if 400 <= reply.status < 500 or (reply.ok and reply.json is not None):
            return reply
        if reply.status >= 500 and believed is not None and believed(reply):
            return reply
        raise OutcomeUnknown(f"HTTP {reply.status} {_excerpt(told)}".strip())

    async def read(
        self, path: str, *, query: Query | None = None, believed: Callable[[Reply], bool] | None = None
    ) -> Reply:
        """GET. Returns any answer but 429 and 5xx, which raise OSError as every failure on the way does, unless they
        are `believed`: where the vendor tells of a job in them."""
        return await self._call("GET", path, believed=believed, params=dict(query or {}))

    async def change(self, method: str, path: str, *, json: Any = None) -> Reply:
        """Make a call that costs nothing (a cancel). Raises OSError as `read` does."""
        return await self._call(method, path, **({} if json is None else {"json": json}))

    async def _call(
        self, method: str, path: str, *, believed: Callable[[Reply], bool] | None = None, **options: Any
    ) -> Reply:
        """Call in turn: who comes first goes first, and never more a second than the account allows."""
        await asyncio.sleep(self._reads.take(time.monotonic()))
        try:
            answer = await self._open_client().request(method, self._base_url + path, **options)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise Unreached(f"the provider can't be reached ({type(error).__name__})") from error
        told = self._told(answer)
        reply = _reply(answer, told)
        busy_or_broken = reply.status == 429 or reply.status >= 500
        if busy_or_broken and not (believed is not None and believed(reply)):
            raise Unreached(f"HTTP {reply.status} {_excerpt(told)}".strip(), retry_after=reply.retry_after)
        return reply

    def _told(self, answer: httpx2.Response) -> bytes:
        return answer.content.replace(self._key, _HIDDEN) if len(self._key) >= _SHORTEST_KEY else answer.content

    def _open_client(self) -> httpx2.AsyncClient:
        if self._client is None:
            raise NotSent("the provider is closed")
        return self._client


def _reply(answer: httpx2.Response, told: bytes) -> Reply:
    value = None
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = msgspec.json.decode(told)
    return Reply(answer.status_code, value, _retry_after(answer.headers.get("retry-after", "")))


def _retry_after(text: str) -> float:
    """Return the seconds of a Retry-After header, 0 for none; dates and nonsense count as none."""
    return min(float(text), limits.VENDOR_RETRY_AFTER_MAX_SECONDS) if text.isascii() and text.isdigit() else 0.0


def _excerpt(told: bytes) -> str:
    text = told[:_SHOWN_CHARS].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)
