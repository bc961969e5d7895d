"""A line to a gateway on which answers get lost: the call arrives, its answer does not."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_METHODS = ("GET", "POST", "DELETE")


class LossyLine:
    """Passes clients through and counts their calls; the answer to the first POST is lost, with the connection.

    Where it is not `lossy`, it only counts.
    """

    def __init__(self, url: str, *, lossy: bool = True) -> None:
        self._lossy = lossy
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self._target = (address.hostname, address.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.calls: Counter[str] = Counter()
        """The calls by method."""
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
                server = socket.create_connection(self._target)
                cut = threading.Event()
                self._start(self._forward, client, server, cut)
                self._start(self._return, server, client, cut)

    def _forward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                method = data.partition(b" ")[0].decode("latin-1")
                if method in _METHODS:
                    self.calls[method] += 1
                if self._lossy and method == "POST" and self.calls[method] == 1:
                    cut.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _return(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with client, server, suppress(OSError):
            while (data := server.recv(65536)) and not cut.is_set():
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)
