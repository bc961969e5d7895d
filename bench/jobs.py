"""Whole jobs through a vendor: how late their ends are known, how often we asked, and what a job costs the server.

Each job's client polls once a second, or not at all, which leaves the server's own work.

The vendor is the simulator in a process of its own, whose jobs all take the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from bench.http import KEY, cpu_seconds

LINES = 16
"""Connections of the clients."""
_NEVER = 1_000_000.0
"""Seconds that a job takes which is to stay open."""
_WARM_UP = 500
"""Jobs before the first look at the memory."""
_SETTLED = 5.0
"""Seconds between the last job's begin and a look at the memory."""
_MEASURED = "job "
"""How the prompts of those jobs begin whose ends are measured."""
_ORDER = {"model": "happyhorse-1.0-t2v", "resolution": "720P", "duration": 5}


def bench_jobs(jobs: int, seconds: float, per_second: float, *, watched: bool, known: int) -> None:
    """Print how late the ends of so many jobs, begun so many a second, were learned, once `known` of them are over."""
    with tempfile.TemporaryDirectory() as folder, _simulator(seconds) as vendor, _gateway(folder, vendor) as (url, pid):
        journal = Path(folder) / "data" / "journal.db"
        with ThreadPoolExecutor(1) as pool:
            film = pool.submit(_film_made, vendor, seconds)
            if known:
                asyncio.run(_ordered(url, known))
                film.result()
                _wait_for(journal, "succeeded", known)
            before = cpu_seconds(pid)
            late = asyncio.run(_run(url, jobs, per_second, watched))
            _wait_for(journal, "succeeded", known + jobs)
            film.result()
        cpu = cpu_seconds(pid) - before
        with urllib.request.urlopen(f"{vendor}/simulator/jobs") as answer:  # noqa: S310
            told = json.load(answer)
        noticed, kept = (_moved(journal, move) for move in ("deliver", "finish"))
    ends = {job["prompt"]: job["created_at"] / 1000 + seconds for job in told["jobs"]}
    found = sorted(seen - ends[prompt] for prompt, seen in late.items())
    clients = f"the client by {_shown(found)}" if watched else "no client asks"
    asked = sorted(at - ends[prompt] for prompt, at in noticed.items())
    copied = sorted(at - noticed[prompt] for prompt, at in kept.items())
    reads = sum(times for call, times in told["calls"].items() if not call.endswith("create"))
    rate = jobs / (max(kept.values()) - min(noticed.values())) if jobs > 1 else 0.0
    print(
        f"jobs    {jobs} of {seconds:g} s, {per_second:g}/s: the server knows late by {_shown(asked)}, "
        f"takes the file over in {_shown(copied)}, {clients}; {reads / jobs:.1f} reads a job; "
        f"{rate:.0f} finished a second; {cpu / jobs * 1000:.1f} ms of the server's computing for each",
        flush=True,
    )


def bench_open(jobs: int) -> None:
    """Print what the server's memory grows by for each of so many jobs that stay open at the vendor."""
    with tempfile.TemporaryDirectory() as folder, _simulator(_NEVER) as vendor, _gateway(folder, vendor) as (url, pid):
        journal, steps = Path(folder) / "data" / "journal.db", list[tuple[int, int, float]]()
        for count in (_WARM_UP, _WARM_UP + jobs // 2, _WARM_UP + jobs):
            begun = time.monotonic()
            asyncio.run(_ordered(url, count - (steps[-1][0] if steps else 0)))
            _wait_for(journal, "running", count)
            time.sleep(_SETTLED)
            steps.append((count, _resident(pid), time.monotonic() - begun))
        (first, least, _), (_, half, _), (last, most, seconds) = steps
        each, later = (most - least) / jobs, (most - half) / (jobs - jobs // 2)
        print(
            f"open    {last} jobs at a vendor: {least / 1024:.0f} MiB with {first}, {most / 1024:.0f} MiB with {last}: "
            f"{each:.2f} KiB for each, {later:.2f} KiB for each of the second half, which took {seconds:.0f} s",
            flush=True,
        )


async def _ordered(url: str, count: int) -> None:
    host, port = url.removeprefix("http://").split(":")
    numbers = iter(range(count))

    async def in_turn() -> None:
        line = _Line(*await asyncio.open_connection(host, int(port)))
        for number in numbers:
            await line.call("POST", "/v1/tasks", {**_ORDER, "prompt": f"{uuid.uuid4()} {number}"})

    await asyncio.gather(*(in_turn() for _ in range(LINES)))


def _wait_for(journal: Path, state: str, count: int) -> None:
    """Return once so many tasks are in a state. It reads the file: asking the server would be measured too."""
    with contextlib.closing(sqlite3.connect(journal)) as opened:
        while opened.execute("SELECT count(*) FROM tasks WHERE state = ?", (state,)).fetchone()[0] < count:
            time.sleep(1)


def _resident(pid: int) -> int:
    """Return the memory that a process holds now, in KiB (proc(5), VmRSS)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _film_made(vendor: str, seconds: float) -> None:
    """Have the simulator make the film that all jobs end in, which a real vendor has ready at a job's end."""
    api = f"{vendor}/dashscope/api/v1"
    task = _asked(
        f"{api}/services/aigc/video-generation/video-synthesis",
        {
            "model": _ORDER["model"],
            "input": {"prompt": "before all others"},
            "parameters": {"resolution": _ORDER["resolution"], "duration": _ORDER["duration"]},
        },
    )["output"]["task_id"]
    time.sleep(seconds)
    while not (output := _asked(f"{api}/tasks/{task}")["output"]).get("video_url"):
        time.sleep(0.05)
    with urllib.request.urlopen(output["video_url"]) as answer:  # noqa: S310
        answer.read()


def _asked(url: str, body: Any = None) -> Any:
    headers = {"Authorization": "Bearer bench", "Content-Type": "application/json", "X-DashScope-Async": "enable"}
    sent = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, sent, headers)) as answer:  # noqa: S310
        return json.load(answer)


def _shown(late: list[float]) -> str:
    p50, p95, p99 = (late[len(late) * share // 100] for share in (50, 95, 99))
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s"


def _moved(journal: Path, move: str) -> dict[str, float]:
    """Return when each measured task made a move: to be delivered, when the server knows of the end; to be finished."""
    query = "SELECT request, events.at FROM events JOIN tasks ON tasks.id = task_id WHERE name = ?"
    with contextlib.closing(sqlite3.connect(journal)) as opened:
        moves = [(json.loads(request)["prompt"], at / 1000) for request, at in opened.execute(query, (move,))]
        return {prompt: at for prompt, at in moves if prompt.startswith(_MEASURED)}


@contextmanager
def _simulator(seconds: float) -> Iterator[str]:
    with _process("simulate", "--port", "0", "--job-seconds", str(seconds)) as (line, _):
        yield line.split("on ")[1].split(",")[0]


@contextmanager
def _gateway(folder: str, vendor: str) -> Iterator[tuple[str, int]]:
    """Run a gateway with an account at the vendor; yields its address and process."""
    config = Path(folder) / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "dashscope"\nkey = "bench"\nbase_url = "{vendor}/dashscope/api/v1"\n'
        "at_once = 100000\nper_minute = 100000\nreads_per_second = 200\n"
    )
    options = ("--port", "0", "--data", f"{folder}/data", "--workers", "0", "--config", str(config))
    with _process("serve", *options, "--allow-private-media") as (line, pid):
        yield line.split()[-1], pid


@contextmanager
def _process(*arguments: str) -> Iterator[tuple[str, int]]:
    """Run a command of ours; yields the first line that it prints, and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reelgate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "REELGATE_KEY": KEY, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield cast(IO[str], process.stdout).readline(), process.pid
    finally:
        process.terminate()
        process.wait(60)


async def _run(url: str, jobs: int, per_second: float, watched: bool) -> dict[str, float]:
    """Order, and where they are watched poll once a second each; return when the end of each prompt's task was seen, on
    the system's clock."""
    host, port = url.removeprefix("http://").split(":")
    lines = [_Line(*await asyncio.open_connection(host, int(port))) for _ in range(LINES)]
    seen: dict[str, float] = {}

    async def one(number: int) -> None:
        line, prompt = lines[number % LINES], f"{_MEASURED}{number}"
        await asyncio.sleep(number / per_second)
        task = (await line.call("POST", "/v1/tasks", {**_ORDER, "prompt": prompt}))["id"]
        await asyncio.sleep(random.random())  # noqa: S311 (no secret)
        while watched:
            asked = time.monotonic()
            status = (await line.call("GET", f"/v1/tasks/{task}"))["state"]
            if status == "succeeded":
                seen[prompt] = time.time()
                return
            if status in ("failed", "expired"):
                raise RuntimeError(f"{prompt} is {status}")
            await asyncio.sleep(max(0.0, asked + 1 - time.monotonic()))

    await asyncio.gather(*(one(number) for number in range(jobs)))
    return seen


class _Line:
    """A kept connection that takes one call at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._turn = asyncio.Lock()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        async with self._turn:
            self._writer.write(head.encode() + sent)
            found = await self._reader.readuntil(b"\r\n\r\n")
            size = next(int(one[15:]) for one in found.lower().split(b"\r\n") if one.startswith(b"content-length:"))
            content = await self._reader.readexactly(size)
        if not found.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path} is answered {found[:30]!r} {content!r}")
        return json.loads(content)
