"""Load generators for fixed requests: as many as are answered, or so many a second.

They count bytes instead of parsing, so that one core drives a server on another to its limit; every answer must
therefore be as long as the first one, which is checked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle
from typing import NamedTuple, cast

import uvloop

CONNECTIONS = 16
LAST_ANSWERS = 10.0
"""Seconds that the answers under way at the end of a run may take."""


class Measured(NamedTuple):
    """What one run of load showed: answers per second, and the median and 99th percentile in microseconds."""

    per_second: float
    p50: float
    p99: float


class _Client(asyncio.Protocol):
    def __init__(self, request: bytes, size: int, ends: asyncio.Event) -> None:
        self._request = request
        self._size = size
        self._ends = ends
        self._left = size
        self._sent = 0.0
        self.times: list[float] = []
        self.broken = False
        self.rests = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is not a subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left > 0:
            return
        if self._left < 0:
            self.broken = True
            self.rests.set()
        elif self._ends.is_set():
            self.rests.set()
        else:
            self.times.append(time.perf_counter() - self._sent)
            self._left = self._size
            self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)


def request_bytes(method: str, path: str, key: str, body: bytes = b"", extra: str = "") -> bytes:
    """Return one HTTP/1.1 request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(host: str, ports: Sequence[int], requests: Sequence[bytes], *, seconds: float) -> Measured:
    """Load servers by a client for each request, which sends it again and again, and return what they took.

    Raises RuntimeError when answers differ in length, TimeoutError when one does not come.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(host, ports, requests, seconds))


async def _drive(host: str, ports: Sequence[int], requests: Sequence[bytes], seconds: float) -> Measured:
    size = await _answer_size(host, ports[0], requests[0])
    loop, ends = asyncio.get_running_loop(), asyncio.Event()
    made = [
        await loop.create_connection(partial(_Client, request, size, ends), host, port)
        for request, port in zip(requests, cycle(ports), strict=False)
    ]
    await asyncio.sleep(seconds)
    ends.set()
    protocols = [protocol for _, protocol in made]
    # A create that is cut off before its answer is remembered, and the next run's first one would be answered with it.
    async with asyncio.timeout(LAST_ANSWERS):
        await asyncio.gather(*(protocol.rests.wait() for protocol in protocols))
    for transport, _ in made:
        transport.close()
    if any(protocol.broken for protocol in protocols):
        raise RuntimeError(f"an answer to {requests[0][:60]!r} is longer than the first one")
    return measured([taken for protocol in protocols for taken in protocol.times], seconds)


def drive_any(port: int, request: bytes, *, clients: int, seconds: float) -> Measured:
    """As `drive`, for answers of any length, at this machine. Raises RuntimeError for one that is no 200."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive_any(port, request, clients, seconds))


async def _drive_any(port: int, request: bytes, clients: int, seconds: float) -> Measured:
    times, end = list[float](), time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (sent := time.perf_counter()) < end:
            writer.write(request)
            await _answered(reader, request)
            times.append(time.perf_counter() - sent)
        writer.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return measured(times, seconds)


class _Paced(asyncio.Protocol):
    """A connection that asks at set times. What is asked late because the answer before was late counts from then."""

    def __init__(self, asked: Sequence[tuple[bytes, int]], first: float, period: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked = cycle(asked)
        self._due, self._period = first, period
        self._left = 0
        self._sent = 0.0
        self.times: list[float] = []
        self.broken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._loop.call_at(self._due, self._send, 0.0)

    def _send(self, late: float) -> None:
        if self._transport.is_closing():
            return
        request, self._left = next(self._asked)
        self._sent = time.perf_counter() - late  # the loop's own clock counts in milliseconds
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left > 0:
            return
        self.broken = self.broken or self._left < 0
        self.times.append(time.perf_counter() - self._sent)
        self._due += self._period
        late = self._loop.time() - self._due
        if late > 0:
            self._send(late)
        else:
            self._loop.call_at(self._due, self._send, 0.0)


def pace(host: str, port: int, requests: Sequence[bytes], *, per_second: float, seconds: float) -> list[float]:
    """Send so many requests a second, the given ones in turn, over `CONNECTIONS` connections.

    Return the seconds that each answer took. Raises RuntimeError when answers to one request differ in length.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_pace(host, port, requests, per_second, seconds))


async def _pace(host: str, port: int, requests: Sequence[bytes], per_second: float, seconds: float) -> list[float]:
    asked = [(request, await _answer_size(host, port, request)) for request in requests]
    loop, made = asyncio.get_running_loop(), []
    begins, period = loop.time() + 0.1, CONNECTIONS / per_second
    for number in range(CONNECTIONS):
        first = begins + number / per_second
        turns = asked[number % len(asked) :] + asked[: number % len(asked)]
        made.append(await loop.create_connection(partial(_Paced, turns, first, period), host, port))
    await asyncio.sleep(seconds)
    for transport, _ in made:
        transport.close()
    if any(protocol.broken for _, protocol in made):
        raise RuntimeError("an answer is longer than the first one")
    return [taken for _, protocol in made for taken in protocol.times]


def measured(times: list[float], seconds: float) -> Measured:
    """Return what answers took that came within so many seconds."""
    times.sort()
    return Measured(len(times) / seconds, times[len(times) // 2] * 1e6, times[len(times) * 99 // 100] * 1e6)


async def _answer_size(host: str, port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    size = await _answered(reader, request)
    writer.close()
    return size


async def _answered(reader: asyncio.StreamReader, request: bytes) -> int:
    """Read an answer and return its size."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{request[:60]!r} is answered {head[:200]!r}")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return len(head) + length
