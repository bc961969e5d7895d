"""Mutated bytes on a connection: each is answered, never by a fault of ours, and an intact request is served after it.

`python -m tests.server.test_wire_fuzz 100000` sends more of them.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from collections import Counter
from contextlib import suppress

from tests.server.echo import echoing

BODY = b'{"model": "happyhorse-1.0-t2v", "prompt": "GET / HTTP/1.1", "duration": 3}'
WHOLE = (
    b"GET /v1/models?x=%41 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n\r\n",
    b"HEAD /v1/tasks/task_1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"POST /v1/video/generations HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY),
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nabcd\r\n0\r\nTrailer: y\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    b"PUT /a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
    b"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
)
PIECES = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b"\xff\xfe",
    b"Content-Length: 5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"Host: y\r\n",
    b"Expect: z\r\n",
    b"0\r\n\r\n",
    b"fffffffff\r\n",
    b"HTTP/1.1",
    b"x" * 5000,
    b"a: b\r\n" * 150,
    b"%",
    b"%zz",
    b"?",
)
ENDING = b"\r\n\r\n\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" * 3
"""What ends a head that a mutation left open, and a last request of ours."""
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")


def mutated(rng: random.Random) -> list[bytes]:
    """Return what to send, in segments."""
    sent = b"".join(rng.choices(WHOLE, k=rng.choice((1, 1, 1, 2, 3))))
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        at = rng.randrange(len(sent) or 1)
        match rng.randrange(4):
            case 0:
                sent = sent[:at] + rng.choice(PIECES) + sent[at:]
            case 1:
                sent = sent[:at] + sent[at + rng.randrange(1, 20) :]
            case 2:
                sent = sent[:at] + bytes([rng.randrange(256)]) + sent[at + 1 :]
            case _:
                sent = sent[:at] + sent[rng.randrange(len(sent) + 1) :]
    cuts = sorted(rng.randrange(len(sent) + 1) for _ in range(rng.choice((0, 0, 1, 2, 5))))
    return [sent[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True) if begin != end]


async def fuzz(port: int, rng: random.Random, times: int) -> Counter[int]:
    """Send so many, a hundred at a time; return the statuses of what was answered."""
    found: Counter[int] = Counter()
    places = asyncio.Semaphore(100)

    async def one(parts: list[bytes]) -> None:
        async with places:
            heard = await _exchanged(port, [*parts, ENDING])
        statuses = [int(status) for status in _STATUS.findall(heard)]
        assert all(status < 500 for status in statuses), (parts, heard)
        found.update(statuses)

    async with asyncio.TaskGroup() as group:
        for _ in range(times):
            await places.acquire()
            places.release()
            group.create_task(one(mutated(rng)))
    return found


async def _exchanged(port: int, parts: list[bytes]) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    with suppress(TimeoutError, ConnectionError):  # a mutated one may wait for more of its body
        async with asyncio.timeout(2):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
            while part := await reader.read(65536):
                heard += part
    writer.transport.abort()
    return heard


def test_mutated_requests_are_no_fault_of_ours() -> None:
    with echoing() as server:
        found = asyncio.run(fuzz(server.port, random.Random(7), 1000))
        assert found[200] > 100
        assert found[400] > 100
        assert server.ask(WHOLE[0]).status == 200


if __name__ == "__main__":
    with echoing() as running:
        asyncio.run(fuzz(running.port, random.Random(), int(sys.argv[1])))
