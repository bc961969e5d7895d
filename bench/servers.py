"""One server and two on one PostgreSQL: how many more requests two of them answer.

Each server has a fixed share of a processor, by a control group, so that the database and the load never are what is
waited for: on a machine of two cores two whole servers would take these from each other.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.http import BODY, CLIENTS, CREATE, KEY, Server, gateway, waiting_task
from bench.load import drive, request_bytes
from scripts.database import database

SHARE = 0.25
"""Of one processor, that each server has."""
_PERIOD_US = 20_000
_OLD, _NEW = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


def bench_servers(seconds: float, rounds: int) -> None:
    """Print what one and two servers answer a second. Raises PermissionError where processors can't be shared out."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        places = Path(folder)
        store = stack.enter_context(database(places / "postgres")).url
        servers = [stack.enter_context(_server(places, name, store)) for name in ("one", "two")]
        polls = [request_bytes("GET", f"{CREATE}/{waiting_task(servers[0])}", KEY)] * CLIENTS
        creates = [request_bytes("POST", CREATE, KEY, BODY.replace(b"42", b"%d" % (100 + n))) for n in range(CLIENTS)]
        for name, requests in (("poll a waiting task", polls), ("create", creates)):
            runs = [[_rate(some, requests, seconds) for some in (servers[:1], servers)] for _ in range(rounds)]
            one, two = (statistics.median(run[i] for run in runs) for i in range(2))
            times = statistics.median(both / single for single, both in runs)
            print(f"servers {name:22} one {one:6,.0f}/s  two {two:6,.0f}/s  ratio {times:.2f}", flush=True)


def _rate(servers: list[Server], requests: list[bytes], seconds: float) -> float:
    return drive("127.0.0.1", [server.port for server in servers], requests, seconds=seconds).per_second


@contextmanager
def _server(places: Path, name: str, store: str) -> Iterator[Server]:
    options = ("--media", str(places / "media"))
    with (
        gateway(places / name, 0, store, cores=set(), options=options) as server,
        _limited(f"bench-{name}", server.pid),
    ):
        yield server


@contextmanager
def _limited(name: str, pid: int) -> Iterator[None]:
    """Give a process its share and no more."""
    group = (_OLD if _OLD.is_dir() else _NEW) / name
    group.mkdir(exist_ok=True)
    quota = round(SHARE * _PERIOD_US)
    if _OLD.is_dir():
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(quota))
    else:
        (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
    (group / "cgroup.procs").write_text(str(pid))
    try:
        yield
    finally:
        for member in (group / "cgroup.procs").read_text().split():
            (group.parent / "cgroup.procs").write_text(member)
        group.rmdir()
