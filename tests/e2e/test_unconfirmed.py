"""A journal that takes a task and whose answer is lost: what the client is told, and what a repeat makes of it."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.e2e.server import Server, serving

HOUSE = "/v1/tasks"
LOST = "the answer to this is lost"
BODY = {"model": "viduq3t-540p", "prompt": LOST, "duration": 1}
IDLE = b"Z\x00\x00\x00\x05I"
"""How PostgreSQL ends its answer once a statement is committed."""


class CutLine:
    """Passes clients through to PostgreSQL; the first statement with the marker arrives and its answer does not."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._lost = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """End, once the clients are gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                cut = threading.Event()
                self._start(self._forward, client, server, cut)
                self._start(self._return, server, client, cut)

    def _forward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if LOST.encode() in data and not self._lost:
                    self._lost = True
                    cut.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _return(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with client, server, suppress(OSError):
            while data := server.recv(65536):
                if not cut.is_set():
                    client.sendall(data)
                elif data.endswith(IDLE):
                    break
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def over_a_cut_line(postgres_url: str, schema: str, data: Path) -> Iterator[Server]:
    """Start a gateway whose first create is committed unheard."""
    asyncio.run(_execute(postgres_url, f"CREATE SCHEMA {schema}"))
    (folder,) = parse_qs(urlsplit(postgres_url).query)["host"]
    line = CutLine(f"{folder}/.s.PGSQL.5432")
    store = re.sub(r"@.*", f"@127.0.0.1:{line.port}/postgres?search_path={schema}&sslmode=disable", postgres_url)
    try:
        with serving(data, "--workers", "0", "--store", store) as gateway:
            yield gateway
    finally:
        line.close()


async def _execute(url: str, query: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(query)
    await connection.close()


def test_without_a_key_the_client_is_told_not_to_repeat(postgres_url: str, tmp_path: Path) -> None:
    with over_a_cut_line(postgres_url, "unheard", tmp_path / "data") as gateway:
        answer = gateway.post(HOUSE, BODY, headers={"X-Stainless-Retry-Count": "0"})

        assert answer.status == 503
        assert answer.json["error"]["code"] == "unconfirmed"
        assert answer.headers["x-should-retry"] == "false"
        assert "retry-after" not in answer.headers
        (task,) = gateway.get(HOUSE).json["data"]
        again = gateway.post(HOUSE, BODY, headers={"X-Stainless-Retry-Count": "1"})
        assert again.json["id"] == task["id"]


def test_with_a_key_a_repeat_is_safe(postgres_url: str, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "order 1"}
    with over_a_cut_line(postgres_url, "unheard_with_key", tmp_path / "data") as gateway:
        answer = gateway.post(HOUSE, BODY, headers=key)

        assert answer.status == 503
        assert "x-should-retry" not in answer.headers
        assert int(answer.headers["retry-after"]) > 0
        again = gateway.post(HOUSE, BODY, headers=key)
        assert again.status == 200
        assert [task["id"] for task in gateway.get(HOUSE).json["data"]] == [again.json["id"]]


def test_what_the_tasks_state_forbids_is_not_to_be_repeated(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        task = gateway.post(HOUSE, BODY).json["id"]

        answer = gateway.call("DELETE", f"{HOUSE}/{task}")

        assert (answer.status, answer.headers["x-should-retry"]) == (409, "false")
