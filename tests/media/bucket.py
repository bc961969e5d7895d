"""A server that speaks S3, in a process of its own, and a line to it that can be bad."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ports import reserved

PYTHON = Path(sys.prefix) / "clients" / "s3" / "bin" / "python"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
_START_SECONDS = 480.0


class Line:
    """Passes connections on to a port. While `fault` is set each is treated so:

    `away` closes it, `throttled` answers 503, `silent` never answers, `cut` breaks answers off after some bytes, `full`
    refuses every write because it is full.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.fault = ""
        self.times = 10**9
        """How often the fault happens before all is well again."""
        self.heads: list[str] = []
        self.before: Callable[[str], None] = lambda _head: None
        """Called with the head of each request before it is handled."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The line's address."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def direct(self) -> str:
        """The server's own address, past this line."""
        return f"http://127.0.0.1:{self._port}"

    def break_off(self, fault: str, times: int = 10**9) -> None:
        """Be bad from now on, also for the connections that are kept."""
        self.fault, self.times = fault, times
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        """End."""
        self._listener.close()
        self.break_off("away")

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            fault = self.fault if self.times > 0 else ""
            self.times -= bool(fault)
            if fault == "away":
                return
            self._open.append(client)
            if fault == "throttled":
                client.recv(65536)
                client.sendall(_refusal("503 Slow Down", "SlowDown"))
                return
            if fault == "silent":
                while client.recv(65536):
                    pass
                return
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                self._open.append(server)
                up = threading.Thread(target=self._pass, args=(client, server, None, True), daemon=True)
                up.start()
                self._pass(server, client, 100_000 if fault == "cut" else None)
                up.join(5)

    def _pass(self, source: socket.socket, target: socket.socket, most: int | None, heads: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if heads:
                    self.heads.append(data[:2000].decode("latin-1"))
                    self.before(self.heads[-1])
                    if self.fault == "full" and data.startswith(b"PUT "):
                        source.sendall(_refusal("507 Insufficient Storage", "XMinioStorageFull"))
                        source.shutdown(socket.SHUT_WR)
                        while source.recv(65536):
                            pass
                        break
                if most is not None and (most := most - len(data)) < 0:
                    break
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _refusal(status: str, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code></Error>"
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@contextlib.contextmanager
def bucket_server() -> Iterator[Line]:
    """Yield a line to a server with a bucket named `videos`."""
    assert PYTHON.exists(), f"{PYTHON} is missing: `make test` sets it up, and scripts/clients.sh .venv"
    with reserved() as port:
        yield from _served(port)


def _served(port: int) -> Iterator[Line]:
    server = subprocess.Popen(
        [PYTHON, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    line = Line(port)
    try:
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                make = urllib.request.Request(f"http://127.0.0.1:{port}/videos", method="PUT")
                urllib.request.urlopen(make, timeout=480).close()  # noqa: S310
                break
            except OSError:
                assert time.monotonic() < end, "the S3 server does not start"
                time.sleep(0.1)
        yield line
    finally:
        line.close()
        server.kill()
        server.wait()
