"""Plays requests as raw bytes, the way programs in other languages write them, and reads the answers."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

_BOUNDARY = "b7f2c1-wire-test"


class Part(NamedTuple):
    """A part of a form: a text or bytes, with or without a file's name, a type and a length of its own."""

    name: str
    value: str | bytes
    filename: str | None = None
    kind: str = ""
    counted: bool = False


class Sent(NamedTuple):
    """A request: where it goes, its headers beside Host, Authorization and the body's, and how its bytes go out.

    `pieces`: head and body in TCP segments of their own, and the body in so many chunks; 0: in one, with its length.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    pieces: int = 0
    apart: bool = False


class Heard(NamedTuple):
    """An answer, and what the server said after it without being asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    unasked: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """The task's id, wherever the dialect puts it."""
        body = self.json
        for holder in (body, body.get("output") or {}):
            for key in ("id", "task_id"):
                if isinstance(holder.get(key), str):
                    return str(holder[key])
        raise AssertionError(f"no id in {body}")


def post_json(target: str, body: Any, *headers: tuple[str, str], pieces: int = 0, apart: bool = False) -> Sent:
    """Return a POST of JSON."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return Sent("POST", target, (("Content-Type", "application/json"), *headers), data, pieces, apart)


def post_form(target: str, parts: Sequence[Part], *headers: tuple[str, str], pieces: int = 0) -> Sent:
    """Return a POST of a form."""
    data = b"".join(_part(part) for part in parts) + f"--{_BOUNDARY}--\r\n".encode()
    kind = ("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
    return Sent("POST", target, (kind, *headers), data, pieces)


def _part(part: Part) -> bytes:
    value = part.value.encode() if isinstance(part.value, str) else part.value
    file = "" if part.filename is None else f'; filename="{part.filename}"'
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{part.name}"{file}\r\n'
    head += f"Content-Type: {part.kind}\r\n" if part.kind else ""
    head += f"Content-Length: {len(value)}\r\n" if part.counted else ""
    return head.encode() + b"\r\n" + value + b"\r\n"


def play(address: str, key: str, sent: Sent) -> Heard:
    """Send a request on a connection of its own and return its answer."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    lines = [f"{sent.method} {sent.target} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {key}"]
    lines += [f"{name}: {value}" for name, value in sent.headers]
    chunks = [sent.body]
    if sent.pieces:
        lines.append("Transfer-Encoding: chunked")
        size = max(1, -(-len(sent.body) // sent.pieces))
        cut = [sent.body[at : at + size] for at in range(0, len(sent.body), size)]
        chunks = [b"%x\r\n%b\r\n" % (len(one), one) for one in cut] + [b"0\r\n\r\n"]
    elif sent.body:
        lines.append(f"Content-Length: {len(sent.body)}")
    head = "\r\n".join((*lines, "", "")).encode()
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=480) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (head, *chunks) if sent.apart or sent.pieces else (head + b"".join(chunks),):
            link.sendall(piece)
        with link.makefile("rb") as stream:
            return _heard(link, stream.readline, stream.read, sent.method)


def _heard(link: socket.socket, line: Callable[[], bytes], read: Callable[[int], bytes], method: str) -> Heard:
    status = 100
    headers: dict[str, str] = {}
    while status == 100:
        first = line()
        assert first.startswith(b"HTTP/1.1 "), first
        status, headers = int(first.split()[1]), {}
        while (row := line()) not in (b"\r\n", b""):
            name, _, value = row.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
    body = b"" if method == "HEAD" or status in (204, 304) else _body(headers, line, read)
    unasked = b""
    link.settimeout(0.05)
    with contextlib.suppress(TimeoutError, OSError):
        unasked = link.recv(200)
    return Heard(status, headers, body, unasked)


def _body(headers: Mapping[str, str], line: Callable[[], bytes], read: Callable[[int], bytes]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return read(int(headers.get("content-length", "0")))
    found = b""
    while size := int(line(), 16):
        found += read(size + 2)[:size]
    line()
    return found
