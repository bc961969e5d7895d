"""Clients as a few bytes on a socket, which can stop anywhere and go away in every way that a client can."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.server import KEY, Server

_RESET = struct.pack("ii", 1, 0)


class Wire:
    """One connection."""

    def __init__(self, gateway: Server) -> None:
        address = urlsplit(gateway.url)
        self._socket = socket.create_connection((address.hostname, address.port), 60)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def read(self, size: int) -> bytes:
        """Return so many bytes, and no more."""
        found = b""
        while len(found) < size:
            data = self._socket.recv(size - len(found))
            assert data, f"the connection ended after {found!r}"
            found += data
        return found

    def wait(self) -> None:
        """Wait for the first byte, and leave it where it is."""
        assert self._socket.recv(1, socket.MSG_PEEK)

    def answer(self) -> tuple[int, dict[str, str], Any]:
        """Return a whole answer: status, headers, JSON."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(1)
        first, *lines = head.decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split()[1]), headers, json.loads(self.read(int(headers["content-length"])))

    def close(self) -> None:
        """Go as a program goes that is done; with something unread the system resets the connection."""
        self._socket.close()

    def reset(self) -> None:
        """Go as a line goes that is cut."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a create's bytes."""
    sent = {
        "Host": "reelgate",
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def multipart(fields: Mapping[str, str], boundary: str) -> tuple[bytes, dict[str, str]]:
    """Return a form's body and its Content-Type."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = ("".join(parts) + f"--{boundary}--\r\n").encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
