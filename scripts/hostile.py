"""`make hostile`: fuzzed requests and damaged media against a gateway, on the loopback address, all at once.

One half sends requests that are wrong in every place; the other sends creates whose pictures, clips and sounds are
damaged, through every mode, and waits for the renders of those that are taken. Beside them run a media server that
never gets to the point, and a polite client that polls and keeps the longest wait. No answer may be a 5xx (a 503 that
says when to come again is counted apart), no process may crash, no task may stay without an end. Ends with status 1
when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import functools
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from reelgate.dialects import routes
from reelgate.testing.samples import clip, picture, sound

KEY = "sk-hostile-0123456789abcdefghijklmnopqrstuvwxyz"
LINES = 8
"""Connections that send fuzzed requests at once."""
CREATES = 6
"""Creates with damaged media under way at once."""
SPENDS = 20_000_000
"""The daily limit, in micro-units, of the key that sends fuzzed requests."""
WAITING = 10
"""Tasks of each of them that may be unfinished: the queue must not outgrow the run."""
ANSWER_SECONDS = 120.0
END_SECONDS = 1800
"""That a task may take to its end once nothing else is sent: hundreds wait for their renders."""
_TEXT = {"type": "text", "text": "一只猫 by the sea"}


def _content(kind: str, role: str) -> Callable[[str], dict[str, Any]]:
    def body(url: str) -> dict[str, Any]:
        given = {"type": kind, kind: {"url": url}, "role": role}
        items = [_TEXT, given]
        if kind == "audio_url":
            items.append({"type": "image_url", "image_url": {"url": plain_picture()}, "role": "reference_image"})
        return {"model": "seedance-2.0-mini", "content": items, "resolution": "480p", "duration": 4}

    return body


def _house(model: str, field: str, **rest: Any) -> Callable[[str], dict[str, Any]]:
    return lambda url: {"model": model, "prompt": "一只猫 by the sea", field: url, **rest}


@functools.cache
def plain_picture() -> str:
    """Return the intact picture that is sent with a damaged file, as a data URI."""
    with tempfile.TemporaryDirectory() as folder:
        return "data:;base64," + base64.b64encode(picture(Path(folder) / "plain.png", 320, 320).read_bytes()).decode()


def _references(field: str) -> Callable[[str], dict[str, Any]]:
    plain = {"model": "animatic", "prompt": "猫", "duration": 1, "images": [plain_picture()]}
    return lambda url: {**plain, field: [url]}


def _frames(url: str) -> dict[str, Any]:
    return {"model": "animatic", "prompt": "猫", "image": url, "last_image": plain_picture(), "duration": 1}


_FLAT = "/v1/video/generations"
Order = tuple[str, Callable[[str], dict[str, Any]]]
ORDERS: dict[str, tuple[Order, ...]] = {
    "image": (
        ("/v1/tasks", _house("animatic", "image", duration=1)),
        ("/v1/tasks", _frames),
        ("/v1/tasks", _references("images")),
        ("/v1/tasks", _house("viduq3t-540p", "image", duration=1)),
    ),
    "video": (
        ("/v1/tasks", _house("animatic", "first_clip", duration=2)),
        ("/v1/tasks", _house("animatic", "video")),
        ("/v1/tasks", _references("videos")),
    ),
    "audio": ((_FLAT, _content("audio_url", "reference_audio")),),
}
"""For each kind of input the creates that it goes through: first frame, frames, reference, extension, edit, sound."""
DEAR: dict[str, tuple[Order, ...]] = {
    "image": (
        ("/v1/tasks", _house("wan2.7-i2v", "image", duration=2, resolution="720P")),
        (_FLAT, _content("image_url", "reference_image")),
    ),
    "video": (
        ("/v1/tasks", _house("wan2.7-i2v", "first_clip", duration=4, resolution="720P")),
        ("/v1/tasks", _house("wan2.7-videoedit", "video", resolution="720P")),
        (_FLAT, _content("video_url", "reference_video")),
    ),
    "audio": ORDERS["audio"],
}
"""As `ORDERS`, of sellers' models, which take longer files and render longer."""
DEAR_SHARE = 0.05
Share = tuple[bytes, dict[str, tuple[Order, ...]]]
"""A file with its kind in front, and what can be ordered with it."""


class Tally:
    """What was seen."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.ends: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.longest = 0.0
        self.polls = 0

    def answer(self, what: str, status: int, head: bytes, body: bytes = b"") -> None:
        """Count an answer, and note one that must not be."""
        self.answers[f"{what} {status}"] += 1
        if status >= 500 and not (status == 503 and b"retry-after" in head.lower()):
            self.wrong.append(f"{what}: {head[:200]!r} {body[:300]!r}")


class Line:
    """One connection over HTTP/1.1, reopened when it has been closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> tuple[int, bytes, bytes]:
        """Send bytes as they are; return status, head and body of the first answer, 0 if there is none."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._sent(data)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            self.close()
            return 0, b"", b""

    async def _sent(self, data: bytes) -> tuple[int, bytes, bytes]:
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._ends
        writer.write(data)
        await writer.drain()
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            if status != 100:
                break
        found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(found[1])) if found and not data.startswith(b"HEAD ") else b""
        if not found or b"connection: close" in head.lower():
            self.close()
        return status, head, body

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


def request(method: str, path: str, body: bytes = b"", *more: str, key: str = KEY) -> bytes:
    """Return a whole request with a key."""
    lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *more)
    return ("\r\n".join((*lines, f"Content-Length: {len(body)}")) + "\r\n\r\n").encode("utf-8", "replace") + body


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Return a copy with some bytes changed, cut out, doubled, or put elsewhere."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 32))):
        at = rng.randrange(len(found) + 1)
        match rng.randrange(8):
            case 0:
                del found[at : at + rng.choice((1, 4, 32, 1024))]
            case 1:
                found[at:at] = found[at : at + rng.choice((1, 4, 32, 1024))]
            case 2:
                found[at : at + 4] = rng.choice((bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", rng.randbytes(4)))
            case _ if found:
                found[at % len(found)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(found)


def key_of_little(port: int) -> str:
    """Return a key of a project that may spend `SPENDS` a day: fuzzed requests that are right order videos too."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    project = {"id": "fuzz", "name": "fuzz", "spend_day_micros": SPENDS}
    secret = ""
    for path, body in (
        ("/admin/v1/projects", project),
        ("/admin/v1/keys", {"project_id": "fuzz", "name": "fuzz", "scopes": ["create", "read", "admin"]}),
    ):
        line.request("POST", path, json.dumps(body), headers)
        answer = line.getresponse()
        said = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {said}")
        secret = said.get("secret", "")
    line.close()
    return secret


def fuzzed(rng: random.Random, key: str) -> Iterator[bytes]:
    """Yield requests without end: well-formed ones to every route with odd values, and damaged ones."""
    paths = sorted({(route.method, route.path) for route, _ in routes()})
    odd: tuple[Any, ...] = (None, "", -1, 1e308, 10**30, True, [], {}, [None], "\0", "x" * 3000, "data:;base64,!")
    names = ("model", "prompt", "duration", "seconds", "size", "image", "images", "content", "input", "parameters", "n")
    models = ("viduq3t-540p", "wan2.7-i2v", "happyhorse-1.0-t2v", "doubao-seedance-2-0-260128", "nothing")
    while True:
        method, path = rng.choice(paths)
        path = path.replace("{id}", rng.choice(("nobody", "%00", "..", "x" * 300, "task_0")))
        body: Any = {"model": rng.choice(models), "prompt": "猫"} if rng.random() < 0.5 else {}
        for _ in range(rng.randrange(4)):
            body[rng.choice(names)] = rng.choice(odd)
        data = json.dumps(body).encode() if method == "POST" else b""
        kinds = (
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=b",
            "application/x-www-form-urlencoded",
        )
        method = rng.choice((method, method, "PUT", "DELETE"))
        whole = request(method, path, data, f"Content-Type: {rng.choice(kinds)}", key=key)
        yield damaged(rng, whole) if rng.random() < 0.5 else whole


async def send_requests(port: int, source: Iterator[bytes], count: int, end: float, tally: Tally) -> None:
    """Send fuzzed requests on one connection. One that promises more than it brings is cut off."""
    line = Line(port)
    for _ in range(count):
        if time.monotonic() > end:
            break
        data = next(source)
        sent = asyncio.create_task(line.send(data))
        done, _ = await asyncio.wait({sent}, timeout=0.5)  # it may wait for the rest of a body that never comes
        if not done:
            line.close()
            sent.cancel()
            await asyncio.gather(sent, return_exceptions=True)
            tally.answers["http cut off"] += 1
            continue
        status, head, body = sent.result()
        tally.answer("http", status, head, body)
    line.close()


async def send_media(
    port: int, rng: random.Random, share: Iterator[Share], end: float, tally: Tally, *, follows: bool
) -> None:
    """Create with damaged media, one after another, and wait for each task that was taken, or cancel it."""
    line, taken = Line(port), list[str]()
    for sample, orders in share:
        if time.monotonic() > end:
            break
        kind, _, data = sample.partition(b"\n")
        path, body = rng.choice(orders[kind.decode()])
        url = "data:;base64," + base64.b64encode(damaged(rng, data)).decode()
        created = request("POST", path, json.dumps(body(url)).encode(), "Content-Type: application/json")
        status, head, answer = await line.send(created)
        tally.answer("create", status, head, answer)
        if status != 200:
            tally.reasons[re.sub(r"\d+", "N", answer.decode("utf-8", "replace"))[:110]] += 1
            continue
        found = json.loads(answer)
        taken.append(found.get("id") or found["task_id"])
        if not follows:
            status, head, answer = await line.send(request("POST", f"/v1/tasks/{taken.pop()}/cancel"))
            tally.answer("cancel", status, head, answer)
        if len(taken) > WAITING:
            await follow(line, taken.pop(0), tally)
    for task in taken:
        await follow(line, task, tally)
    line.close()


async def follow(line: Line, task: str, tally: Tally) -> None:
    """Poll a task to its end."""
    for _ in range(END_SECONDS):
        status, head, body = await line.send(request("GET", f"/v1/tasks/{task}"))
        tally.answer("query", status, head, body)
        state = json.loads(body)["state"] if status == 200 else ""
        if state in ("succeeded", "failed"):
            tally.ends[state] += 1
            if state == "failed":
                tally.reasons[re.sub(r"\d+", "N", json.dumps(json.loads(body).get("error")))[:110]] += 1
            return
        await asyncio.sleep(0.5)
    tally.ends["without an end"] += 1


def poll_politely(port: int, over: threading.Event, tally: Tally) -> None:
    """Ask whether the server lives, again and again, and keep the longest wait. A thread's work."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    while not over.wait(0.02):
        began = time.monotonic()
        line.request("GET", "/healthz")
        answer = line.getresponse()
        answer.read()
        tally.longest = max(tally.longest, time.monotonic() - began)
        tally.polls += 1
        tally.answer("poll", answer.status, b"")
    line.close()


async def serve_media() -> None:
    """Say on which port, and serve."""
    async with await asyncio.start_server(never_to_the_point, "127.0.0.1") as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


async def never_to_the_point(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a media server that says "wait" on and on, or sends single bytes."""
    with contextlib.suppress(ConnectionError):
        if random.random() < 0.5:
            while True:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n\x89PNG\r\n\x1a\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.001)


async def order_from_afar(port: int, media: int, over: threading.Event, tally: Tally) -> None:
    """Create with addresses of the server that never gets to the point."""
    line = Line(port)
    while not over.is_set():
        urls = [f"http://127.0.0.1:{media}/{n}.png" for n in range(4)]
        body = json.dumps({"model": "viduq3t-mix-540p", "prompt": "猫", "images": urls, "duration": 1}).encode()
        status, head, answer = await line.send(request("POST", "/v1/tasks", body, "Content-Type: application/json"))
        tally.answer("from afar", status, head, answer)
        if status == 200:
            await asyncio.sleep(5)
            await line.send(request("POST", f"/v1/tasks/{json.loads(answer)['id']}/cancel"))
        await asyncio.sleep(1)


def samples(folder: Path, side: int, seconds: float) -> list[bytes]:
    """Return a file of each format, its kind in front on a line of its own; clips as long as `seconds`."""
    pictures = [picture(folder / name, side, side, name) for name in ("jpeg", "png", "webp", "gif", "tiff", "bmp")]
    clips = [clip(folder / f"{n}.mp4", side, side, seconds, audio=bool(n)) for n in (0, 1)]
    clips.append(clip(folder / "a.mov", side, side, seconds, audio=True))
    sounds = [sound(folder / "wav", 2.0), sound(folder / "mp3", 2.0, "mp3")]
    kinds = (("image", pictures), ("video", clips), ("audio", sounds))
    return [kind.encode() + b"\n" + path.read_bytes() for kind, paths in kinds for path in paths]


def shares(rng: random.Random, folder: Path, count: int) -> Iterator[Share]:
    """Yield so many files and what is ordered with them."""
    cheap, dear = samples(folder, 320, 1.0), samples(folder, 640, 3.0)
    for _ in range(count):
        yield (rng.choice(dear), DEAR) if rng.random() < DEAR_SHARE else (rng.choice(cheap), ORDERS)


def figures(pid: int) -> tuple[int, int]:
    """Return a process's memory in megabytes and its open descriptors."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0, len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def attack(port: int, media: int, options: argparse.Namespace, folder: Path, tally: Tally) -> None:
    """Do everything at once, within the counts and the time."""
    rng, end = random.Random(options.seed), time.monotonic() + options.seconds
    share = shares(rng, folder, options.media)
    over = threading.Event()
    polls = asyncio.create_task(asyncio.to_thread(poll_politely, port, over, tally))
    afar = asyncio.create_task(order_from_afar(port, media, over, tally))
    key = key_of_little(port)
    work: list[Awaitable[None]] = [
        send_requests(port, fuzzed(random.Random(rng.random()), key), options.requests // LINES, end, tally)
        for _ in range(LINES)
    ]
    follows = options.workers > 0
    work += [send_media(port, random.Random(rng.random()), share, end, tally, follows=follows) for _ in range(CREATES)]
    await asyncio.gather(*work)
    over.set()
    await asyncio.gather(polls, afar)


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000, help="fuzzed requests")
    parser.add_argument("--media", type=int, default=500, help="creates with damaged media")
    parser.add_argument("--seconds", type=float, default=600.0, help="after which no more is sent")
    parser.add_argument("--workers", type=int, default=2, help="render processes; with 0 tasks stay in the queue")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve-media", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_media:
        asyncio.run(serve_media())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "reelgate", "serve", "--port", "0", "--data", str(folder / "data")]
        environment = {**os.environ, "REELGATE_KEY": KEY}
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [*command, "--allow-private-media", "--workers", str(options.workers)],
                stdout=log,
                stderr=log,
                env=environment,
            ) as server,
        ):
            while server.poll() is None and b"serves on" not in (folder / "log").read_bytes():
                time.sleep(0.1)
            found = re.search(r"serves on http://127\.0\.0\.1:(\d+)", (folder / "log").read_text())
            if found is None:
                print((folder / "log").read_text())
                return 1
            port = int(found[1])
            before, tally, began = figures(server.pid), Tally(), time.monotonic()
            media = subprocess.Popen([sys.executable, __file__, "--serve-media"], stdout=subprocess.PIPE, text=True)
            asyncio.run(attack(port, int(media.stdout.readline()) if media.stdout else 0, options, folder, tally))
            media.kill()
            media.wait()
            took, after = time.monotonic() - began, figures(server.pid)
            server.send_signal(signal.SIGTERM)
            status = server.wait(120)
        said = (folder / "log").read_text(errors="replace")
    crashes = re.findall(r"[^\n]*(?:ended with status|web\.fault|conductor\.step|Traceback)[^\n]*", said)
    print(f"{took:.0f} s; answers: {dict(sorted(tally.answers.items()))}")
    print(f"tasks: {dict(tally.ends)}; polls {tally.polls}, the longest {tally.longest * 1000:.0f} ms")
    print(
        f"memory {before[0]} -> {after[0]} MB, descriptors {before[1]} -> {after[1]}, the server's exit status {status}"
    )
    for reason, count in tally.reasons.most_common(25):
        print(f"  {count} x {reason}")
    for line in (*tally.wrong[:20], *crashes[:20]):
        print(f"WRONG {line}")
    return int(bool(tally.wrong or crashes or tally.ends["without an end"] or status))


if __name__ == "__main__":
    sys.exit(main())
