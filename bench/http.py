"""Creates and polls a second, beside a bare Starlette route in the same run.

The server under test runs on one core, the load on another; bare and real take turns, medians over rounds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from bench.load import Measured, drive, request_bytes

KEY = "sk-bench-0123456789abcdefghijklmnopqrstuvwxyz"
BODY = (
    '{"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "ratio": "16:9", '
    '"duration": 3, "watermark": false, "seed": 42, "parameters": {}}'
).encode()
CREATE = "/v1/video/generations"
CLIENTS = 64
POLL_CLIENTS = 16


class Server(NamedTuple):
    """A gateway or a yardstick that runs."""

    port: int
    pid: int


class _Run(NamedTuple):
    """One run of load, and the microseconds of computing that an answer cost: a machine's mood moves it less."""

    load: Measured
    cpu: float


def bench_http(seconds: float, rounds: int, store: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder) / "data"
        finished, created, queried = finished_task(data, store)
        bare = stack.enter_context(_bare(created, queried))
        real = stack.enter_context(gateway(data, 0, store))
        poll = request_bytes("GET", f"{CREATE}/{finished}", KEY)
        create = request_bytes("POST", CREATE, KEY, BODY)
        wait = request_bytes("GET", f"{CREATE}/{_waiting_task(real)}", KEY)
        for name, request, clients in (
            ("poll a finished task", poll, POLL_CLIENTS),
            ("poll a waiting task", wait, POLL_CLIENTS),
            ("create, one at a time", create, 1),
            (f"create, {CLIENTS} clients", create, CLIENTS),
        ):
            runs = [[_drive(server, request, clients, seconds) for server in (bare, real)] for _ in range(rounds)]
            _print(name, runs)


def _print(name: str, runs: list[list[_Run]]) -> None:
    bares, reals = [run[0] for run in runs], [run[1] for run in runs]
    rate = statistics.median(ours.load.per_second / plain.load.per_second for plain, ours in runs)
    cpu = statistics.median(plain.cpu / ours.cpu for plain, ours in runs)
    print(f"{name:22} bare {_shown(bares)}  reelgate {_shown(reals)}  ratio {rate:.2f}, by cpu {cpu:.2f}", flush=True)


def _shown(runs: list[_Run]) -> str:
    rate, p50, p99 = (statistics.median(run.load[i] for run in runs) for i in range(3))
    cpu = statistics.median(run.cpu for run in runs)
    return f"{rate:7,.0f}/s (p50 {p50:5.0f} us, p99 {p99:6.0f} us, cpu {cpu:3.0f} us)"


def _drive(server: Server, request: bytes, clients: int, seconds: float) -> _Run:
    before = _cpu_seconds(server.pid)
    load = drive("127.0.0.1", server.port, request, clients=clients, seconds=seconds)
    return _Run(load, (_cpu_seconds(server.pid) - before) / (load.per_second * seconds) * 1e6)


def _cpu_seconds(pid: int) -> float:
    """Return the time that a process has spent computing, in all its threads (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def finished_task(data: Path, store: str) -> tuple[str, str, str]:
    """Make one video; return its id and the bodies of a create's and a query's answer."""
    with gateway(data, 1, store) as server, httpx2.Client(headers={"authorization": f"Bearer {KEY}"}) as http:
        base = f"http://127.0.0.1:{server.port}"
        created = http.post(base + CREATE, content=BODY)
        created.raise_for_status()
        task_id = created.json()["id"]
        while (answer := http.get(f"{base}{CREATE}/{task_id}")).json()["data"]["status"] != "SUCCESS":
            if answer.json()["data"]["status"] == "FAILURE":
                raise RuntimeError(answer.text)
        return task_id, created.text, answer.text


def _waiting_task(server: Server) -> str:
    headers = {"authorization": f"Bearer {KEY}"}
    task: str = httpx2.post(f"http://127.0.0.1:{server.port}{CREATE}", content=BODY, headers=headers).json()["id"]
    return task


@contextmanager
def gateway(data: Path, workers: int, store: str = "", *, cores: set[int] | None = None) -> Iterator[Server]:
    """Run a gateway, kept to some cores: by default to the first."""
    options = ["serve", "--port", "0", "--data", str(data), "--workers", str(workers)]
    arguments = [sys.executable, "-m", "reelgate", *options, *(["--store", store] if store else [])]
    environment = {**os.environ, "REELGATE_KEY": KEY, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)
    _pin(process.pid, {0} if cores is None else cores)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Server(int(line.strip().rpartition(":")[2]), process.pid)
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _bare(created: str, queried: str) -> Iterator[Server]:
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare_server"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "BENCH_CREATED": created, "BENCH_QUERIED": queried},
        )
        _pin(process.pid, {0})
        try:
            assert process.stdout is not None
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()
            process.communicate()


def pin_to_other_core() -> None:
    """Keep the load generator off the server's core."""
    _pin(0, os.sched_getaffinity(0) - {0})


def _pin(process: int, cores: set[int]) -> None:
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, cores)
