"""A real HTTP server on 127.0.0.1 that serves media well or badly, for tests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Behaviour = Callable[[BaseHTTPRequestHandler], None]
"""Writes the whole answer to one GET."""

PATIENCE_SECONDS = 480.0


class MediaServer:
    """Serves what a test asks for, each path in its own way, in threads; use it as a context manager.

        with MediaServer() as server:
            url = server.serve("/a.png", path.read_bytes(), type="image/png")

    Every method that adds a path returns its URL. Stalled answers end when the server does.
    """

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        """How often each path was asked for."""
        self.headers: dict[str, dict[str, str]] = {}
        """The latest request's headers, by path."""
        self._behaviours: dict[str, Behaviour] = {}
        self._changed = threading.Condition()
        self._released = threading.Event()
        self._active = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def port(self) -> int:
        """The TCP port."""
        return self._http.server_port

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a path, under another host name if asked."""
        return f"http://{host}:{self.port}{path}"

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Answer a path with `behaviour`."""
        self._behaviours[path] = behaviour
        return self.url(path)

    def serve(self, path: str, body: bytes | Path, *, type: str = "application/octet-stream", status: int = 200) -> str:  # noqa: A002 (as in Content-Type)
        """Serve bytes or a file, truthfully."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            data = body.read_bytes() if isinstance(body, Path) else body
            _begin(request, status, {"Content-Type": type, "Content-Length": str(len(data))})
            request.wfile.write(data)

        return self.on(path, answer)

    def fail_first(self, path: str, times: int, status: int = 503) -> str:
        """Answer a path that is already served with `status` for the first `times` requests."""
        then = self._behaviours[path]

        def answer(request: BaseHTTPRequestHandler) -> None:
            if self.requests[path] <= times:
                _begin(request, status, {"Content-Length": "0"})
            else:
                then(request)

        return self.on(path, answer)

    def break_off_first(self, path: str, body: bytes, at: int) -> str:
        """Serve a body that breaks off there the first time; from then on also the rest of it, as Range asks."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            if self.requests[path] == 1:
                _begin(request, 200, {"Content-Length": str(len(body))})
                request.wfile.write(body[:at])
                request.close_connection = True
                return
            start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            _begin(request, 206 if start else 200, {"Content-Length": str(len(body) - start)})
            request.wfile.write(body[start:])

        return self.on(path, answer)

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        """Send the client on."""
        return self.on(path, lambda request: _begin(request, status, {"Location": location, "Content-Length": "0"}))

    def lie(self, path: str, body: bytes, declared: int) -> str:
        """Declare another Content-Length than the body has."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            _begin(request, 200, {"Content-Length": str(declared)})
            request.wfile.write(body)

        return self.on(path, answer)

    def stall(self, path: str, first: bytes = b"", declared: int = 1_000_000) -> str:
        """Send headers and `first`, then nothing until the server ends."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            _begin(request, 200, {"Content-Length": str(declared)})
            request.wfile.write(first)
            request.wfile.flush()
            self._released.wait(PATIENCE_SECONDS)

        return self.on(path, answer)

    def drip(self, path: str, body: bytes, chunk: int, pause: float) -> str:
        """Send the body slowly: `chunk` bytes, then a pause of that many seconds, and so on."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            _begin(request, 200, {"Content-Length": str(len(body))})
            self._send(request, (body[n : n + chunk] for n in range(0, len(body), chunk)), pause)

        return self.on(path, answer)

    def endless(self, path: str) -> str:
        """Send zeros, with no declared length, until the client has had enough."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            _begin(request, 200, {})
            self._send(request, iter(lambda: bytes(65_536), b""), 0)

        return self.on(path, answer)

    def wait_for(self, path: str, count: int = 1) -> None:
        """Block until a path has been asked for `count` times; raise TimeoutError after `PATIENCE_SECONDS`."""
        self._wait(lambda: self.requests[path] >= count, f"{count} requests for {path}")

    def wait_until_idle(self) -> None:
        """Block until no answer is being sent; raise TimeoutError after `PATIENCE_SECONDS`."""
        self._wait(lambda: self._active == 0, "the end of all answers")

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(reached, PATIENCE_SECONDS):
                raise TimeoutError(f"waited {PATIENCE_SECONDS} s for {what}")

    def _send(self, request: BaseHTTPRequestHandler, chunks: Iterable[bytes], pause: float) -> None:
        for chunk in chunks:
            request.wfile.write(chunk)
            request.wfile.flush()
            if self._released.wait(pause):
                return

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        with self._changed:
            self.requests[path] += 1
            self.headers[path] = dict(request.headers.items())
            self._active += 1
            self._changed.notify_all()
        try:
            self._behaviours.get(path, _not_found)(request)
        except ConnectionError:
            pass  # the client hung up, which is what some tests are about
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the overridden name)
                pass

        return Handler


def _begin(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.end_headers()


def _not_found(request: BaseHTTPRequestHandler) -> None:
    _begin(request, 404, {"Content-Length": "0"})
