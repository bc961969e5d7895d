"""A vendor whose answers are written down by the test: a real HTTP server on 127.0.0.1."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit


class Seen(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


class ScriptedVendor:
    """Answers every call of a method, or of one address, with what was written down last."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, method: str, status: int, body: Any, *, at: str = "", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers[method + at] = (
            status,
            content,
            {name.replace("_", "-"): value for name, value in headers.items()},
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _respond(self) -> None:
                parts = urlsplit(self.path)
                content = self.rfile.read(int(self.headers.get("content-length") or 0))
                is_json = "json" in self.headers.get("content-type", "")
                body = json.loads(content) if content and is_json else content or None
                headers = {name.lower(): value for name, value in self.headers.items()}
                vendor.seen.append(Seen(self.command, parts.path, parse_qs(parts.query), headers, body))
                status, answer, extra = vendor._answers.get(self.command + parts.path) or vendor._answers[self.command]
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self) -> None:
                self._respond()

            def do_POST(self) -> None:
                self._respond()

            def do_DELETE(self) -> None:
                self._respond()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (as the base class calls it)
                """Stay silent."""

        return Handler
