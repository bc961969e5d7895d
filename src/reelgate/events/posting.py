"""Sends a message to a client's address, which is not trusted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import NamedTuple

import httpcore2
import httpx2

from reelgate import __version__, limits
from reelgate.media.addresses import AddressRule
from reelgate.media.answers import EndlessAnswers
from reelgate.media.lookups import Resolve, asking
from reelgate.media.network import AddressForbidden, SystemResolver, UnknownHost, VettedBackend

Headers = Sequence[tuple[str, str]]

_ALWAYS = (
    ("User-Agent", f"reelgate/{__version__}"),
    ("Content-Type", "application/json"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
)


class ReceiverReply(NamedTuple):
    """What came back: an HTTP status and the beginning of its body, or why nothing did."""

    status: int = 0
    answer: str = ""
    error: str = ""
    retry_after: int = 0
    """The seconds that the receiver asks to be left alone."""
    forbidden: bool = False
    """Whether the address leads where nothing may be sent."""

    @property
    def arrived(self) -> bool:
        """Whether the receiver has taken the message."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver says that it wants nothing any more."""
        return self.status == 410


class Poster:
    """Posts over HTTP and HTTPS to addresses that `rule` permits. No redirect is followed, no proxy used.

    `seconds` is the limit until an answer's status, `answer_seconds` the limit for its body after that.
    """

    def __init__(
        self,
        rule: AddressRule,
        *,
        resolve: Resolve | None = None,
        verify: ssl.SSLContext | None = None,
        seconds: float = limits.WEBHOOK_SECONDS,
        answer_seconds: float = limits.WEBHOOK_ANSWER_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._answer_seconds = answer_seconds
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=verify or httpcore2.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=VettedBackend(rule, resolve or SystemResolver()),
        )

    async def aclose(self) -> None:
        """Close what is still connected."""
        await self._pool.aclose()

    async def post(self, url: str, headers: Headers, body: bytes, *, project: str) -> ReceiverReply:
        """Send a message to an address as `address_problem` lets it pass; nothing that a receiver does raises."""
        parsed = httpx2.URL(url)
        before = asking.set(project)
        answer = _Answer(parsed.host)
        try:
            async with asyncio.timeout(self._seconds) as patience:
                await self._exchange(parsed, headers, body, answer, patience)
        except TimeoutError:
            answer.fail(f"took longer than {self._seconds:g} s")
        except AddressForbidden:
            answer.fail("is not a public address")
            answer.forbidden = True
        except UnknownHost:
            answer.fail("is not known")
        except httpcore2.ConnectTimeout:
            answer.fail("does not answer")
        except httpcore2.ConnectError as error:
            untrusted = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
            answer.fail("shows a certificate that can't be trusted" if untrusted else "refuses the connection")
        except EndlessAnswers:
            answer.fail("sends informational answers (1xx) without end")
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
            answer.fail("broke off before it answered")
        finally:
            asking.reset(before)
        return answer.reply()

    async def _exchange(
        self, url: httpx2.URL, headers: Headers, body: bytes, answer: _Answer, patience: asyncio.Timeout
    ) -> None:
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        seconds = {"connect": limits.WEBHOOK_CONNECT_SECONDS, "read": self._seconds, "write": self._seconds}
        sent = [*_ALWAYS, ("Content-Length", str(len(body))), *headers]
        async with self._pool.stream(
            "POST", target, headers=sent, content=body, extensions={"timeout": seconds}
        ) as response:
            answer.head = response
            patience.reschedule(asyncio.get_running_loop().time() + self._answer_seconds)
            async for chunk in response.aiter_stream():
                answer.body += chunk
                if len(answer.body) > limits.WEBHOOK_ANSWER_BYTES:
                    return


class _Answer:
    """An answer as far as it has arrived. Its status decides; its body changes nothing."""

    def __init__(self, host: str) -> None:
        self.head: httpcore2.Response | None = None
        self.body = bytearray()
        self.forbidden = False
        self._host = host
        self._error = ""

    def fail(self, why: str) -> None:
        """Record why the receiver did not answer."""
        self._error = f"{self._host} {why}"

    def reply(self) -> ReceiverReply:
        """Return the outcome of the message."""
        if self.head is None:
            return ReceiverReply(error=self._error, forbidden=self.forbidden)
        status = self.head.status
        text = bytes(self.body).decode("utf-8", "replace")[: limits.WEBHOOK_ANSWER_CHARS]
        error = "redirects are not followed" if 300 <= status < 400 else f"HTTP {status}"
        return ReceiverReply(status, text, "" if 200 <= status < 300 else error, _retry_after(self.head))


def _retry_after(response: httpcore2.Response) -> int:
    value = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return min(int(value), limits.WEBHOOK_RETRY_AFTER_SECONDS) if value.isdigit() and len(value) < 10 else 0
