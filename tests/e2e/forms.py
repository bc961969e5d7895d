"""Forms with a file, as HTTP clients send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BOUNDARY = "form-boundary-7d1"


def form(texts: Mapping[str, str], filename: str, content: bytes, *, last: Mapping[str, str] | None = None) -> Any:
    """Return the options of a call with these texts and, after them, the file; `last` stands behind it."""
    body = _texts(texts)
    body += f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'.encode()
    body += b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n" + _texts(last or {})
    body += f"--{_BOUNDARY}--\r\n".encode()
    return {"raw": body, "headers": {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}}


def _texts(texts: Mapping[str, str]) -> bytes:
    parts = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in texts.items()
    )
    return "".join(parts).encode()
