"""Creates and polls a second, beside a bare Starlette route in the same run.

The server under test runs on one core, the load on another; bare and real take turns, medians over rounds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from bench.load import Measured, drive, measured, pace, request_bytes

KEY = "sk-bench-0123456789abcdefghijklmnopqrstuvwxyz"
BODY = (
    '{"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "ratio": "16:9", '
    '"duration": 3, "watermark": false, "seed": 42, "parameters": {}}'
).encode()
CREATE = "/v1/video/generations"
CLIENTS = 64
POLL_CLIENTS = 16
POLLS_PER_SECOND = 2500


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
        forgets = stack.enter_context(gateway(Path(folder) / "forgets", 0, program="bench.storeless"))
        polls = [request_bytes("GET", f"{CREATE}/{finished}", KEY)] * POLL_CLIENTS
        waits = [request_bytes("GET", f"{CREATE}/{waiting_task(real)}", KEY)] * POLL_CLIENTS
        creates = [request_bytes("POST", CREATE, KEY, BODY.replace(b"42", b"%d" % (100 + n))) for n in range(CLIENTS)]
        for name, requests, yardstick, plain in (
            ("poll a finished task", polls, "bare", bare),
            ("poll a waiting task", waits, "bare", bare),
            ("create, one at a time", creates[:1], "bare", bare),
            (f"create, {CLIENTS} clients", creates, "bare", bare),
            (f"create, {CLIENTS} clients", creates, "storing nothing", forgets),
        ):
            runs = [[_drive(server, requests, seconds) for server in (plain, real)] for _ in range(rounds)]
            _print(name, yardstick, runs)
        for name, requests in (("finished", polls), ("waiting", waits)):
            paced = [_paced(server, requests[:1], seconds) for _ in range(rounds) for server in (bare, real)]
            _print_paced(name, paced[::2], paced[1::2])


def _print(name: str, yardstick: str, runs: list[list[_Run]]) -> None:
    plain, ours = [run[0] for run in runs], [run[1] for run in runs]
    rate = statistics.median(one.load.per_second / other.load.per_second for other, one in runs)
    cpu = statistics.median(other.cpu / one.cpu for other, one in runs)
    ratios = f"ratio {rate:.2f}, by cpu {cpu:.2f}"
    print(f"{name:22} {yardstick} {_shown(plain)}  reelgate {_shown(ours)}  {ratios}", flush=True)


def _print_paced(name: str, plain: list[Measured], ours: list[Measured]) -> None:
    (bare50, bare99), (our50, our99) = (
        [statistics.median(run[i] for run in runs) for i in (1, 2)] for runs in (plain, ours)
    )
    print(
        f"{POLLS_PER_SECOND:,} polls/s, {name:8} bare p50 {bare50:5.0f} us, p99 {bare99:6.0f} us"
        f"  reelgate p50 {our50:5.0f} us, p99 {our99:6.0f} us",
        flush=True,
    )


def _paced(server: Server, requests: Sequence[bytes], seconds: float) -> Measured:
    return measured(pace("127.0.0.1", server.port, requests, per_second=POLLS_PER_SECOND, seconds=seconds), seconds)


def _shown(runs: list[_Run]) -> str:
    rate, p50, p99 = (statistics.median(run.load[i] for run in runs) for i in range(3))
    cpu = statistics.median(run.cpu for run in runs)
    return f"{rate:7,.0f}/s (p50 {p50:5.0f} us, p99 {p99:6.0f} us, cpu {cpu:3.0f} us)"


def _drive(server: Server, requests: Sequence[bytes], seconds: float) -> _Run:
    before = cpu_seconds(server.pid)
    load = drive("127.0.0.1", [server.port], requests, seconds=seconds)
    return _Run(load, (cpu_seconds(server.pid) - before) / (load.per_second * seconds) * 1e6)


def cpu_seconds(pid: int) -> float:
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


def waiting_task(server: Server) -> str:
    """Order a video that no worker makes, and return the task's id."""
    headers = {"authorization": f"Bearer {KEY}"}
    task: str = httpx2.post(f"http://127.0.0.1:{server.port}{CREATE}", content=BODY, headers=headers).json()["id"]
    return task


@contextmanager
def gateway(
    data: Path,
    workers: int,
    store: str = "",
    *,
    cores: set[int] | None = None,
    program: str = "reelgate",
    options: Sequence[str] = (),
) -> Iterator[Server]:
    """Run a gateway, kept to some cores: by default to the first."""
    words = ["serve", "--port", "0", "--data", str(data), "--workers", str(workers), *options]
    arguments = [sys.executable, "-m", program, *words, *(["--store", store] if store else [])]
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
