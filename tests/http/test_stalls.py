"""No body, however large or odd, keeps the others waiting, and none takes much more memory than it has bytes.

A stall is measured as processor time of this process between two turns of its loop, so that a busy machine makes none.
The bound leaves much room for a slow one; each of these bodies held the loop for seconds where it was decoded whole.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import gzip
import json
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from reelgate import limits
from reelgate.server.compose import open_server
from reelgate.settings import Settings

KEY = "sk-test-0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_STALL = 0.25  # seconds of processor time
MEMORY = 3.5  # times the body, which is itself in memory here
MIB = 2**20


class Beat:
    """Looks again and again how long the loop has been away."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        last = time.process_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.process_time()
            self.longest, last = max(self.longest, now - last), now

    @contextlib.asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        gc.collect()
        gc.freeze()  # as the server does, which has not loaded what other tests here have
        running = asyncio.create_task(self.run())
        try:
            yield
            await asyncio.sleep(0.01)
        finally:
            running.cancel()
            gc.unfreeze()


async def posted(app: Any, path: str, body: bytes, content_type: str, *, packed: bool) -> tuple[int, Any]:
    """Send a body in the pieces that a socket brings; return the answer."""
    headers = [(b"host", b"x"), (b"authorization", f"Bearer {KEY}".encode()), (b"content-type", content_type.encode())]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    sent: list[Any] = []
    at = 0

    async def receive() -> Any:
        nonlocal at
        await asyncio.sleep(0)
        piece = body[at : at + 65536]
        at += len(piece)
        return {"type": "http.request", "body": piece, "more_body": at < len(body)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"root_path": "", "scheme": "http", "http_version": "1.1", "headers": headers}
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


def part(name: str, content: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return f'--b0\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"


def film() -> bytes:
    return base64.b64encode(bytes(range(256)) * 100_000)


END = b"--b0--\r\n"
FORM = "multipart/form-data; boundary=b0"
JSON = "application/json"
BODIES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a picture": ("/v1/tasks", lambda: b'{"model":"happyhorse-1.0-i2v","image":"' + film() + b'"}', JSON),
    "PHP's picture": ("/v1/tasks", lambda: b'{"image":"' + film().replace(b"/", b"\\/") + b'"}', JSON),
    "arrays": ("/v1/tasks", lambda: b'{"a":[' + b"[]," * 8_000_000 + b"1]}", JSON),
    "objects": ("/v1/tasks", lambda: b'{"a":[' + b"{}," * 66_000 + b"1]}", JSON),
    "keys": ("/v1/tasks", lambda: b"{" + b",".join(b'"%d":1' % n for n in range(2_000_000)) + b"}", JSON),
    "escapes": ("/v1/tasks", lambda: b'{"a":"' + b"\\n" * 12_000_000 + b'"}', JSON),
    "text": ("/v1/tasks", lambda: b'{"prompt":"' + "猫".encode() * 8_000_000 + b'"}', JSON),
    "quotes": ("/v1/quotes", lambda: b'{"a":[' + b"{}," * 8_000_000 + b"1]}", JSON),
    "assets": ("/volc/asset/ListAssets", lambda: b'{"a":[' + b"{}," * 8_000_000 + b"1]}", JSON),
    "a file": ("/v1/videos", lambda: part("input_reference", bytes(range(256)) * 100_000, "a.png") + END, FORM),
    "boundaries": ("/v1/videos", lambda: part("a", b"\r\n--b" * 2_000_000, "a.png") + END, FORM),
    "parts": ("/v1/videos", lambda: part("model", b"x") * 100_000 + END, FORM),
    "percents": ("/v1/tasks", lambda: b"prompt=" + b"%41" * 349_000, "application/x-www-form-urlencoded"),
    "a bomb": ("/v1/tasks", lambda: gzip.compress(b'{"a":"' + b"A" * 100_000_000), JSON),
}
"""Each is made when its test begins: together they take 250 MB, in every process that collects the tests."""


@pytest.mark.parametrize("name", BODIES)
def test_no_body_holds_up_the_others(name: str, tmp_path: Path) -> None:
    path, make, content_type = BODIES[name]
    body = make()
    beat = Beat()

    async def run() -> tuple[int, Any]:
        async with open_server(Settings(data=tmp_path / "data", key=KEY, workers=0)) as server, beat.beating():
            await asyncio.sleep(0.01)
            beat.longest = 0.0
            return await posted(server.app, path, body, content_type, packed=name == "a bomb")

    status, answer = asyncio.run(run())

    assert status in {400, 413}, answer
    assert "error" in answer
    assert beat.longest < LONGEST_STALL


@pytest.mark.parametrize("name", ["a picture", "arrays", "keys", "a file"])
def test_a_body_takes_little_more_memory_than_it_is_long(name: str, tmp_path: Path) -> None:
    path, make, content_type = BODIES[name]
    body = make()

    async def run() -> int:
        async with open_server(Settings(data=tmp_path / "data", key=KEY, workers=0)) as server:
            tracemalloc.start()
            try:
                await posted(server.app, path, body, content_type, packed=False)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert asyncio.run(run()) < MEMORY * len(body) + 8 * MIB


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/videos", "/v1/quotes"])
def test_a_packed_body_counts_as_it_is_in_memory(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROJECT_BODY_BYTES_AT_ONCE", MIB // 2)
    begin = b'{"model":"animatic","prompt":"a fox","note":"'
    small, large = (gzip.compress(begin + b"A" * size + b'"}') for size in (1, 3 * MIB // 4))
    assert len(large) < MIB // 100

    async def run() -> list[tuple[int, Any]]:
        async with open_server(Settings(data=tmp_path / "data", key=KEY, workers=0)) as server:
            return [await posted(server.app, path, sent, JSON, packed=True) for sent in (large, small, large)]

    (refused, why), (_, fine), (again, _) = asyncio.run(run())
    assert (refused, again) == (429, 429), why
    assert "too many large calls" in str(why)
    assert "too many large calls" not in str(fine)
