"""A connection that limits informational answers (1xx) before the final one.

HTTP lets a server send any number of informational answers (1xx) first, and each has to be parsed.
"""

from __future__ import annotations

import re
import ssl
from typing import Any

import httpcore2

from reelgate.limits import FETCH_HEAD_BYTES, FETCH_INFORMATIONAL

_BEGINS = re.compile(rb"HTTP/\d\.\d 1\d\d")
_LONGEST_BEGINNING = len(b"HTTP/1.1 100")
_ENDS = re.compile(rb"\n\r?\n")


class EndlessAnswers(httpcore2.RemoteProtocolError):
    """A server sends informational answers on and on."""


class CountedAnswers(httpcore2.AsyncNetworkStream):
    """The `stream` of a connection for one request; reading raises EndlessAnswers."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._head = bytearray()
        self._informational = 0
        self._answered = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 (as the class says)
        """Return the received bytes. Raise EndlessAnswers."""
        data = await self._stream.read(max_bytes, timeout)
        if not self._answered:
            self._look_at(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """Return the same over TLS."""
        return CountedAnswers(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Return the connection's own information."""
        return self._stream.get_extra_info(info)

    def _look_at(self, data: bytes) -> None:
        """Count the informational answers in the received bytes, until the final one begins."""
        self._head += data
        while len(self._head) >= _LONGEST_BEGINNING:
            if not _BEGINS.match(self._head):
                self._answered = True
                self._head.clear()
                return
            end = _ENDS.search(self._head)
            if end is None and len(self._head) <= FETCH_HEAD_BYTES:
                return
            self._informational += 1
            if end is None or end.end() > FETCH_HEAD_BYTES or self._informational > FETCH_INFORMATIONAL:
                raise EndlessAnswers
            del self._head[: end.end()]
