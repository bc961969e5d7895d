"""A server that answers as the test says, one answer after another: refusals, silence, half answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

TASK: dict[str, Any] = {
    "id": "task_1",
    "model": "animatic",
    "status": "in_progress",
    "state": "running",
    "progress": 40,
    "created_at": 1,
    "price": {"amount_micros": 5, "charged_micros": None},
}


class Asked(NamedTuple):
    """One request."""

    line: str
    headers: dict[str, str]
    body: Any


class Flaky:
    """`answers` are given in turn, None is a connection that ends without one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.answers: list[bytes | None] = []


def answer(status: int, body: Any = None, **headers: str) -> bytes:
    """Return a whole answer; header names are written with `_`."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"content_length": str(len(data)), "connection": "close", **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join((*lines, "", "")).encode() + data


def task(**fields: Any) -> bytes:
    """Return the answer that shows a task."""
    return answer(200, {**TASK, **fields})


@contextmanager
def flaky() -> Iterator[Flaky]:
    """Yield a server that does what a test asks for."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Flaky(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    server.asked.append(_read(connection))
                    given = server.answers.pop(0)
                    if given is not None:
                        connection.sendall(given)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _read(connection: socket.socket) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    is_json = headers.get("content-type") == "application/json"
    return Asked(line, headers, json.loads(body) if is_json else body or None)
