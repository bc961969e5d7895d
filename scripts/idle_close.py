"""`python -m scripts.idle_close`: POSTs that meet the moment at which an idle connection would be closed.

Real clients with the settings that they come with (httpx2, net/http, java.net.http), and real proxies as
docs/operating.md configures them (nginx, Caddy), each over a line that delays every byte. None may be lost, and each
makes one task. Ends with status 1 when one was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx2
import uvloop

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "scripts/clients"
KEY = "sk-idle-0123456789abcdefghijklmnopqrstuvwxyz"
MODEL = "happyhorse-1.0-t2v"
DELAYS = (0.0, 0.010, 0.050)
"""Seconds that a line takes, each way."""
CLIENTS = {"httpx2": "", "net/http": "go", "java.net.http": "java"}
"""Each client, and the command that it needs."""
PROXIES = {"nginx": "nginx", "Caddy": "caddy"}
PACKAGES = {"go": "golang-go", "java": "openjdk-17-jdk-headless", "nginx": "nginx-light", "caddy": "caddy"}
"""Debian's names."""
PATIENCE = 180.0
"""Seconds that a client or a gateway may take beyond the idle time: on a crowded machine a JVM starts for many."""


class Outcome(NamedTuple):
    """What became of the POSTs of one client, or through one proxy, over one line."""

    who: str
    delay: float
    sent: int
    lost: int
    errors: Sequence[str]


class Point(NamedTuple):
    """Where a client sends to, and by how much earlier it has to send than its POST shall arrive."""

    url: str
    lead: float


# The line


class _Way(asyncio.Protocol):
    """One side of a connection through the line: what comes in leaves at the other side a little later."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._due: deque[bytes | None] = deque()
        self._out: asyncio.Transport | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def leads_to(self, out: asyncio.Transport) -> None:
        self._out = out
        for _ in self._due:
            self._loop.call_later(self._delay, self._pass)

    def data_received(self, data: bytes) -> None:
        self._take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._take(None)

    def _take(self, data: bytes | None) -> None:
        self._due.append(data)
        if self._out is not None:
            self._loop.call_later(self._delay, self._pass)

    def _pass(self) -> None:
        data = self._due.popleft()
        if self._out is None or self._out.is_closing():
            return
        if data is None:
            self._out.close()
        else:
            self._out.write(data)


class _Entry(_Way):
    """The side that a client connects to."""

    def __init__(self, delay: float, target: int) -> None:
        super().__init__(delay)
        self._target = target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connecting = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        assert self.transport is not None
        await asyncio.sleep(self._delay)
        try:
            out, back = await self._loop.create_connection(lambda: _Way(self._delay), "127.0.0.1", self._target)
        except OSError:
            self.transport.close()
            return
        back.leads_to(self.transport)
        self.leads_to(out)


def _run_lines(target: int, delays: Sequence[float], told: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_server(partial(_Entry, delay, target), "127.0.0.1", 0, backlog=4096) for delay in delays
        ]
        told.send([server.sockets[0].getsockname()[1] for server in made])
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


@contextmanager
def lines(target: int, delays: Sequence[float]) -> Iterator[list[int]]:
    """Run a line to a port for each delay; yields their ports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run_lines, args=(target, delays, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


# The clients


def _body(who: str) -> str:
    return json.dumps({"model": MODEL, "prompt": f"sent by {who}", "duration": 3})


def _environment(folder: Path) -> dict[str, str]:
    cache = {"GO111MODULE": "off", "GOCACHE": str(folder / "go-cache"), "GOFLAGS": ""}
    return {**os.environ, **cache, "KEY": KEY, "HOME": str(folder)}


def _built(names: Sequence[str], folder: Path) -> list[subprocess.Popen[bytes]]:
    """Begin to compile what needs it."""
    go = ["go", "build", "-o", str(folder / "posts"), str(PROGRAMS / "go/posts.go")]
    java = ["javac", "-d", str(folder), str(PROGRAMS / "java/Posts.java")]
    commands = {"net/http": go, "java.net.http": java}
    return [subprocess.Popen(commands[name], env=_environment(folder)) for name in names if name in commands]


def _started(who: str, points: Sequence[Point], count: int, idle: float, folder: Path) -> subprocess.Popen[str]:
    java = ["java", "-XX:+UseSerialGC", "-cp", str(folder), "Posts"]
    programs = {"net/http": [str(folder / "posts")], "java.net.http": java}
    program = programs.get(who, [sys.executable, "-m", "scripts.idle_close", "--as", who])
    flat = [word for point in points for word in (point.url, f"{point.lead * 1000:g}")]
    arguments = [*program, str(count), f"{idle:g}", _body(who), *flat]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=_environment(folder), cwd=ROOT)


def _spread(index: int, count: int) -> float:
    """Return by how many seconds a POST misses the moment: 2 ms at most, or every other time 20 ms."""
    return (0.002, 0.020)[index % 2] * (2 * index / (count - 1) - 1)


async def _post_all(who: str, count: int, idle: float, body: str, points: Sequence[Point]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = [{"sent": count, "lost": 0, "errors": []} for _ in points]
    context = ssl.create_default_context()
    ready = asyncio.Barrier(count * len(points))

    async def one(found: dict[str, Any], point: Point, index: int) -> None:
        wait = idle - point.lead + _spread(index, count)
        try:
            if who in PROXIES:
                await _post_through(point.url, body, wait, ready)
            else:
                async with httpx2.AsyncClient(verify=context, timeout=60) as client:
                    await _post(client, point.url, body, wait)
        except (httpx2.HTTPError, OSError, EOFError) as error:
            found["lost"] += 1
            found["errors"].append(repr(error))

    async with asyncio.TaskGroup() as group:
        for found, point in zip(results, points, strict=True):
            for index in range(count):
                group.create_task(one(found, point, index))
                await asyncio.sleep(0.005)
    return results


async def _post(client: httpx2.AsyncClient, url: str, body: str, wait: float) -> None:
    (await client.get(f"{url}/healthz")).raise_for_status()
    await asyncio.sleep(wait)
    headers = {"authorization": f"Bearer {os.environ['KEY']}", "content-type": "application/json"}
    (await client.post(f"{url}/v1/video/generations", content=body, headers=headers)).raise_for_status()


async def _post_through(url: str, body: str, wait: float, ready: asyncio.Barrier) -> None:
    """As `_post`, with all first requests at one moment, for which the proxy opens as many connections.

    It is those that are idle then; the POST comes to the proxy on a new one.
    """
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await ready.wait()
    host, key = url.rpartition("/")[2], os.environ["KEY"]
    head = f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    writer.write(f"GET /healthz {head}\r\n".encode())
    await _answer(reader)
    writer.close()
    await asyncio.sleep(wait)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST /v1/video/generations {head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    await _answer(reader)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    size = re.search(rb"content-length: *([0-9]+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(size[1]) if size else 0)
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise OSError(f"{head[:30]!r} {body[:200]!r}")


# The proxies


def _documented(language: str) -> str:
    text = (ROOT / "docs/operating.md").read_text()
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def _nginx(folder: Path, listens: int, upstream: int) -> list[str]:
    said = _documented("nginx").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    said = said.replace("listen 443 ssl;", f"listen 127.0.0.1:{listens};")
    main = f"worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;"
    (folder / "nginx.conf").write_text(
        f"{main}\nevents {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\n{said}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, listens: int, upstream: int) -> list[str]:
    said = _documented("caddy").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    said = said.replace("video.example.com", f"http://127.0.0.1:{listens}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{said}")
    return ["caddy", "run", "--config", str(folder / "Caddyfile")]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def proxy(who: str, folder: Path, upstream: int) -> Iterator[str]:
    """Run a proxy in front of a port, as the documentation configures it; yields its address."""
    folder.mkdir()
    port = _free_port()
    arguments = (_nginx if who == "nginx" else _caddy)(folder, port, upstream)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(arguments, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
    try:
        _answers(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with suppress(httpx2.HTTPError):
            httpx2.get(f"http://127.0.0.1:{port}/healthz")
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)  # a minute in all: on a crowded machine the proxy takes seconds to start
    raise TimeoutError(log.read_text())


# All together


@contextmanager
def gateway(folder: Path, *options: str) -> Iterator[int]:
    """Run a gateway that makes no videos; yields its port."""
    command = [sys.executable, "-m", "reelgate", "serve", "--port", "0", "--data", str(folder), "--workers", "0"]
    environment = {**os.environ, "REELGATE_KEY": KEY, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline().strip().rpartition(":")[2])
    finally:
        process.terminate()
        _said(process, PATIENCE)


def _said(process: subprocess.Popen[str], seconds: float) -> str:
    """Return what a process writes until it ends; one that does not end in time is killed, and the error raised."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


def missing(names: Sequence[str]) -> list[str]:
    """Return the Debian packages that some of `names` need and this machine lacks."""
    needed = [(CLIENTS | PROXIES)[name] for name in names]
    return [PACKAGES[command] for command in needed if command and shutil.which(command) is None]


def prove(
    names: Sequence[str], *, count: int, idle: float, delays: Sequence[float] = DELAYS, options: Sequence[str] = ()
) -> tuple[list[Outcome], int]:
    """Let all of them post at once; return the outcomes, and how many tasks the gateway has."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        builds = _built(names, folder)
        port = stack.enter_context(gateway(folder / "data", *options))
        ports = stack.enter_context(lines(port, delays))
        points = {
            name: [
                Point(
                    stack.enter_context(proxy(name, folder / f"{name}-{line}", line))
                    if name in PROXIES
                    else f"http://127.0.0.1:{line}",
                    2 * delay,
                )
                for line, delay in zip(ports, delays, strict=True)
            ]
            for name in names
        }
        assert [build.wait() for build in builds] == [0] * len(builds)
        running = {name: _started(name, points[name], count, idle, folder) for name in names}
        for process in running.values():
            stack.callback(process.kill)
        outcomes = []
        for name, process in running.items():
            said = _said(process, idle + PATIENCE)
            assert process.returncode == 0, name
            found = json.loads(said)
            outcomes += [Outcome(name, delay, **one) for delay, one in zip(delays, found, strict=True)]
        with closing(sqlite3.connect(folder / "data/journal.db")) as journal:
            (tasks,) = journal.execute("SELECT count(*) FROM tasks").fetchone()
        return outcomes, tasks


def main() -> None:
    """Run what is asked for and print the table."""
    if sys.argv[1:2] == ["--as"]:
        who, count, idle, body, *flat = sys.argv[2:]
        points = [Point(url, float(lead) / 1000) for url, lead in zip(flat[::2], flat[1::2], strict=True)]
        print(json.dumps(uvloop.run(_post_all(who, int(count), float(idle), body, points))))
        return
    parser = argparse.ArgumentParser(prog="python -m scripts.idle_close", description=__doc__)
    parser.add_argument("--connections", type=int, default=200, help="of each client over each line")
    parser.add_argument("--idle", type=float, default=125.0, help="seconds between an answer and the POST")
    parser.add_argument("--only", action="append", choices=[*CLIENTS, *PROXIES])
    parser.add_argument("options", nargs="*", help="of `reelgate serve`, after --")
    asked = parser.parse_args()
    names = asked.only or [*CLIENTS, *PROXIES]
    if lacking := missing(names):
        raise SystemExit(f"missing; on Debian or Ubuntu: apt-get install {' '.join(lacking)}")
    outcomes, tasks = prove(names, count=asked.connections, idle=asked.idle, options=asked.options)
    for one in outcomes:
        example = f"  {one.errors[0]}" if one.errors else ""
        print(f"{one.who:14} {one.delay * 1000:3.0f} ms each way: {one.lost:3} of {one.sent} lost{example}")
    sent = sum(one.sent for one in outcomes)
    print(f"{tasks} tasks were made of {sent} POSTs")
    sys.exit(any(one.lost for one in outcomes) or tasks != sent)


if __name__ == "__main__":
    main()
