"""Connections that mean harm, against a gateway in a process of its own: what it costs, and who is still served."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Server, serving

MB = 1_000_000
ORDER = {"model": "happyhorse-1.0-t2v", "prompt": "a cat", "duration": 3, "resolution": "720P"}
CREATE = "/v1/video/generations"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile") / "data", "--workers", "0") as server:
        yield server


def connect(server: Server) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=480)


def memory(server: Server) -> int:
    """Return the bytes that the process holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def computed(server: Server) -> float:
    """Return the seconds that the process has computed: no stall of its loop is longer than what this grows by."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def descriptors(server: Server) -> int:
    """Return how many descriptors the process has open."""
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def flooded(server: Server, head: bytes, flood: bytes, times: int) -> bytes:
    """Send a head's begin and then as much of `flood` as the server takes; return the first bytes of its answer."""
    with connect(server) as sock:
        with contextlib.suppress(OSError):
            sock.sendall(head)
            for _ in range(times):
                sock.sendall(flood)
        with contextlib.suppress(OSError):
            return sock.recv(4096)
    return b""


@pytest.mark.parametrize(
    ("head", "flood"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"a" * MB, id="one header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n", b"a: b\r\n" * (MB // 6), id="many headers"),
        pytest.param(b"GET /", b"a" * MB, id="an address"),
        pytest.param(
            b"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
            b"a" * MB,
            id="a trailer",
        ),
        pytest.param(
            b"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", b"a" * MB, id="an extension"
        ),
    ],
)
def test_a_head_of_a_hundred_megabytes_costs_next_to_nothing(gateway: Server, head: bytes, flood: bytes) -> None:
    assert gateway.get("/healthz").status == 200
    memory_before, computed_before = memory(gateway), computed(gateway)
    threads = [threading.Thread(target=flooded, args=(gateway, head, flood, 100)) for _ in range(8)]
    for thread in threads:
        thread.start()
    most = memory_before
    while any(thread.is_alive() for thread in threads):
        assert gateway.get("/healthz").status == 200
        most = max(most, memory(gateway))
    assert most - memory_before < 40 * MB
    assert computed(gateway) - computed_before < 3.0
    answer = flooded(gateway, head, flood, 1)
    assert answer.startswith(b"HTTP/1.1 4"), answer


def test_silent_connections_and_half_heads_shut_nobody_out(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", "--workers", "1", open_files="256:1024") as server,
        contextlib.ExitStack() as stack,
    ):
        limit = re.search(r"Max open files\s+(\d+)\s+(\d+)", Path(f"/proc/{server.process.pid}/limits").read_text())
        assert limit is not None
        assert limit.groups() == ("1024", "1024")
        task = server.post(CREATE, ORDER).json["id"]
        for number in range(1100):
            sock = stack.enter_context(connect(server))
            if number % 2:
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            if number % 100 == 0:
                assert server.get("/healthz").status == 200
                assert descriptors(server) < 1000
        for _ in range(20):
            assert server.post(CREATE, ORDER).status == 200
        done = server.until(f"{CREATE}/{task}", lambda answer: answer["data"]["status"] in ("SUCCESS", "FAILURE"))
        assert done["data"]["status"] == "SUCCESS"
        assert descriptors(server) < 1000


def test_a_stop_with_a_thousand_idle_connections_ends_in_time(tmp_path: Path) -> None:
    options = ("--workers", "0", "--drain-seconds", "0")
    with serving(tmp_path / "data", *options) as server, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(connect(server)) for _ in range(1000)]
        for sock in idle[:500]:
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        body = json.dumps(ORDER).encode()
        lines = [f"POST {CREATE} HTTP/1.1", "Host: x", f"Authorization: Bearer {server.key}"]
        lines.append(f"Content-Length: {len(body)}")
        under_way = stack.enter_context(connect(server))
        under_way.sendall("\r\n".join([*lines, "", ""]).encode() + body[:20])
        assert server.get("/healthz").status == 200  # who came before has been let in
        stopped: list[int] = []
        stopping = threading.Thread(target=lambda: stopped.append(server.stop()))
        stopping.start()
        with contextlib.suppress(ConnectionResetError):
            idle[999].recv(1)  # the idle are closed while the other goes on
        under_way.sendall(body[20:])
        answer = under_way.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert b"\r\nconnection: close\r\n" in answer
        stopping.join(180)
        assert stopped == [0]
    assert "graceful shutdown exceeded" not in (tmp_path / "data.log").read_text()
