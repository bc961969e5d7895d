"""The effect of renders on polls: the slowest answers while every worker draws, beside those while none does.

The load is the same in both states: a number of polls a second far below the server's limit. Server, renders and load
share all cores. The renders are paused and resumed in short turns, so that other work of the machine affects both
states alike.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path

import httpx2

from bench.http import CREATE, KEY, Server, gateway
from bench.load import Measured, measured, pace, request_bytes

POLLS_PER_SECOND = 400
TASKS = 4
"""Finished tasks that are polled in turn: an answer is kept for a second, so that some are read anew."""

_SHORT = {"resolution": "720P", "duration": 3}
_LONG = {"resolution": "1080P", "duration": 15}
_CLIPS = 3  # long clips for each render process
_TURN = 0.5  # seconds


def bench_latency(seconds: float, rounds: int) -> None:
    """Print the table: of `seconds` of polling in each state, `rounds` times."""
    _go_first()
    cores = os.cpu_count() or 1
    headers = {"authorization": f"Bearer {KEY}"}
    with (
        tempfile.TemporaryDirectory() as folder,
        gateway(Path(folder) / "data", cores, cores=set()) as server,
        httpx2.Client(headers=headers, base_url=f"http://127.0.0.1:{server.port}", timeout=60) as http,
    ):
        polled = [_created(http, **_SHORT) for _ in range(TASKS)]
        _wait(http, polled, "SUCCESS")
        drawn = [_created(http, **_LONG) for _ in range(_CLIPS * cores)]
        _wait(http, drawn[:cores], "IN_PROGRESS")
        idle, busy = _both(server, polled, round(seconds * rounds / _TURN))
        if _status(http, drawn[-1]) == "SUCCESS":
            raise RuntimeError("the renders ended too early: measure for fewer --seconds")
    for name, run in (("idle", idle), (f"{cores} renders", busy)):
        print(f"latency {name:10} {run.per_second:.0f} polls/s: p50 {run.p50:5.0f} us, p99 {run.p99:6.0f} us")
    print(f"latency p99 of polls, rendering to idle: {busy.p99 / idle.p99:.2f}", flush=True)


def _go_first() -> None:
    """Let the load, which stands for other machines, wait for nothing on this one: only a privileged user may."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except OSError:
        print("latency: run by a user who may not go first, so the load's own waits count too")


def _both(server: Server, tasks: list[str], turns: int) -> tuple[Measured, Measured]:
    """Return what polls take while the render processes are held, and while they work."""
    workers = _render_processes(server.pid)
    took: dict[int, list[float]] = {signal.SIGSTOP: [], signal.SIGCONT: []}
    for _ in range(turns):
        for state, times in took.items():
            for worker in workers:
                os.kill(worker, state)
            times.extend(_polls(server, tasks, _TURN))
    idle, busy = (measured(times, turns * _TURN) for times in took.values())
    return idle, busy


def _render_processes(server: int) -> list[int]:
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(child) for child in children if b"animatic.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _polls(server: Server, tasks: list[str], seconds: float) -> list[float]:
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
