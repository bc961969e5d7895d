"""The rules for a request's head, and their errors."""

from __future__ import annotations

import re
from urllib.parse import unquote

import httptools
import structlog

from reelgate import limits
from reelgate.errors import HeadersTooLarge, MalformedRequest, MethodNotAllowed, ReelgateError

log = structlog.get_logger()

Fields = list[tuple[bytes, bytes]]

_HOST = re.compile(rb"(?:[A-Za-z0-9!$&'()*+,;=._~%-]*|\[[0-9A-Fa-fv:.]+\])(?::[0-9]*)?")  # RFC 3986, section 3.2.2
_LINE_END = re.compile(rb"[\r\n]")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")  # what one that means a proxy is told


def check_size(what: str, fields: Fields, more: int = 0) -> None:
    """Raise HeadersTooLarge if there are too many `fields`, or they and `more` bytes are too much."""
    if len(fields) > limits.MAX_HEAD_FIELDS:
        raise HeadersTooLarge(f"the {what} are more than {limits.MAX_HEAD_FIELDS}; send fewer")
    if more + sum(len(name) + len(value) + len(": \r\n") for name, value in fields) > limits.MAX_HEAD_BYTES:
        raise too_large(what)


def too_large(what: str) -> HeadersTooLarge:
    """Return the error for `what`, headers or trailers, that is over the limit of bytes."""
    return HeadersTooLarge(f"the {what} are over {limits.MAX_HEAD_BYTES // 1024} KiB; send less in them")


def check_host(value: bytes) -> None:
    """Raise MalformedRequest if a Host header is invalid."""
    if not _HOST.fullmatch(value):
        raise MalformedRequest(
            "the Host header is not valid; send a host name or an address, and the port if there is one"
        )


def without_offer(method: bytes, url: bytes, version: bytes, fields: Fields) -> bytes:
    """Return a head that offered another protocol as if it had not.

    Raises MethodNotAllowed for CONNECT, which demands what it names, and MalformedRequest.
    """
    if method == b"CONNECT":
        raise MethodNotAllowed("CONNECT", _METHODS)
    lines = [b"%b %b HTTP/%b" % (method, url, version)]
    for name, value in fields:
        if name == b"connection":
            kept = [option for option in value.split(b",") if option.strip().lower() != b"upgrade"]
            lines.append(b"connection:" + b",".join(kept))
        elif name != b"upgrade":
            lines.append(b"%b:%b" % (name, value))
    if any(_LINE_END.search(line) for line in lines):
        raise MalformedRequest
    return b"\r\n".join(lines) + b"\r\n\r\n"


def reason(error: httptools.HttpParserError) -> ReelgateError:
    """Return what is wrong with a request that the parser, or a callback of ours, gave up."""
    cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else None
    if isinstance(cause, ReelgateError):
        return cause
    if cause is not None and not isinstance(cause, httptools.HttpParserError | ValueError):
        log.error("connection.fault", exc_info=cause)
    return MalformedRequest(f"the request is not valid HTTP/1.1 (RFC 9112): {cause or error}")


def path_so_far(url: bytes) -> tuple[str, bytes]:
    """Return the path, decoded and raw, of a request whose head may not be complete."""
    try:
        raw = httptools.parse_url(url).path or b"/"
        return unquote(raw.decode("ascii")), raw
    except (httptools.HttpParserError, ValueError):
        return "/", b"/"
