"""What renders do to those who poll: the slowest answers while every worker draws, beside those of an idle gateway.

The load is the same in both states, so many polls a second, far from what the server can take. Server, renders and
load share all cores. Idle and busy take turns, medians over the rounds.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from bench.http import CREATE, KEY, Server, gateway
from bench.load import Measured, pace, request_bytes

POLLS_PER_SECOND = 400
TASKS = 4
"""Finished tasks that are polled in turn: an answer is kept for a second, so that some are read anew."""

_SHORT = {"resolution": "720P", "duration": 3}
_LONG = {"resolution": "1080P", "duration": 15}


def bench_latency(seconds: float, rounds: int) -> None:
    """Print the table."""
    cores = os.cpu_count() or 1
    headers = {"authorization": f"Bearer {KEY}"}
    with (
        tempfile.TemporaryDirectory() as folder,
        gateway(Path(folder) / "data", cores, cores=set()) as server,
        httpx2.Client(headers=headers, base_url=f"http://127.0.0.1:{server.port}") as http,
    ):
        polled = [_created(http, **_SHORT) for _ in range(TASKS)]
        _wait(http, polled, "SUCCESS")
        turns = [(_polls(server, polled, seconds), _busy(http, server, polled, cores, seconds)) for _ in range(rounds)]
    _print("idle", [idle for idle, _ in turns])
    _print(f"{cores} renders", [busy for _, busy in turns])
    ratio = statistics.median(busy.p99 / idle.p99 for idle, busy in turns)
    print(f"latency p99 of polls, rendering to idle: {ratio:.2f}", flush=True)


def _print(name: str, runs: list[Measured]) -> None:
    rate, p50, p99 = (statistics.median(run[i] for run in runs) for i in range(3))
    print(f"latency {name:10} {rate:5.0f} polls/s: p50 {p50:5.0f} us, p99 {p99:6.0f} us", flush=True)


def _busy(http: httpx2.Client, server: Server, polled: list[str], workers: int, seconds: float) -> Measured:
    """Return what polls take while every worker draws a long clip."""
    drawn = [_created(http, **_LONG) for _ in range(workers)]
    _wait(http, drawn, "IN_PROGRESS")
    measured = _polls(server, polled, seconds)
    if any(_status(http, task) != "IN_PROGRESS" for task in drawn):
        raise RuntimeError("a render ended too early: measure for fewer --seconds")
    _wait(http, drawn, "SUCCESS")
    return measured


def _polls(server: Server, tasks: list[str], seconds: float) -> Measured:
    requests = [request_bytes("GET", f"{CREATE}/{task}", KEY) for task in tasks]
    return pace("127.0.0.1", server.port, requests, per_second=POLLS_PER_SECOND, seconds=seconds)


def _created(http: httpx2.Client, **options: object) -> str:
    body = {"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "ratio": "16:9", **options}
    task: str = http.post(CREATE, json=body).raise_for_status().json()["id"]
    return task


def _wait(http: httpx2.Client, tasks: list[str], wanted: str) -> None:
    while [_status(http, task) for task in tasks] != [wanted] * len(tasks):
        time.sleep(0.1)


def _status(http: httpx2.Client, task: str) -> str:
    answer = http.get(f"{CREATE}/{task}").raise_for_status()
    status: str = answer.json()["data"]["status"]
    if status == "FAILURE":
        raise RuntimeError(answer.text)
    return status
