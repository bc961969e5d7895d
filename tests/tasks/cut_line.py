"""A line to PostgreSQL that breaks: statements arrive, and their answers do not."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

IDLE = b"Z\x00\x00\x00\x05I"
"""How PostgreSQL ends its answer once a statement is committed."""


class CutLine:
    """Passes clients through to a PostgreSQL server until a statement with `marker` comes, which breaks the line.

    `before`: it does not arrive; else it is carried out, and its answer is lost. The first `times` such statements do
    so. `stays`: no client gets through again until `mend` is called.
    """

    def __init__(self, url: str, marker: str, *, before: bool = False, times: int = 1, stays: bool = False) -> None:
        (folder,) = parse_qs(urlsplit(url).query)["host"]
        self._target = f"{folder}/.s.PGSQL.5432"
        self._marker = marker.encode()
        self._before = before
        self._left = times
        self._stays = stays
        self._away = False
        self._broken = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._url = url
        self._lines: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def url(self, schema: str) -> str:
        """Return the address of a schema over this line."""
        port = self._listener.getsockname()[1]
        return re.sub(r"@.*", f"@127.0.0.1:{port}/postgres?search_path={schema}&sslmode=disable", self._url)

    def mend(self) -> None:
        """Let clients through again."""
        self._away = False

    def wait(self) -> None:
        """Wait until the line has broken."""
        assert self._broken.wait(180)

    def close(self) -> None:
        """End, and cut off who is left."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._cut_off()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _cut_off(self, but: tuple[socket.socket, ...] = ()) -> None:
        for line in self._lines:
            if line not in but:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._away:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._lines += [client, server]
                cut = threading.Event()
                self._start(self._forward, client, server, cut)
                self._start(self._return, server, client, cut)

    def _forward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self._marker in data and self._left > 0:
                    self._left -= 1
                    self._away = self._stays
                    cut.set()
                    self._broken.set()
                    if self._stays:
                        self._cut_off(but=(client, server))
                    if self._before:
                        break
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
