"""The outermost ASGI layer: headers that every answer has, and CORS with its preflight requests.

Every answer has an `X-Request-Id`, every refusal says whether to repeat the call, and a page of another origin may read
both where `--cors-origin` allows it. Nothing here reads cookies: a page learns only what its own key opens.
"""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any, NamedTuple

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import ids, request_ids
from reelgate.clock import Clock
from reelgate.fault_log import FaultLog
from reelgate.http.traffic import Traffic
from reelgate.settings import ANY_ORIGIN

log = structlog.get_logger()

_FILES = "/files/"
"""Links carry their own signature: with one, the file may be read from any page."""
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}")
_PREFLIGHT_SECONDS = b"7200"  # browsers keep an answer for two hours at most
_PRINTABLE = re.compile(rb"[ -~]{1,128}")
_RETRY_SECONDS = b"5"
_UNKNOWN_KEY, _ERROR, _FAULT = 401, 400, 500
_SAFE = ("GET", "HEAD", "OPTIONS")

_Pairs = list[tuple[bytes, bytes]]


class _Asked(NamedTuple):
    """What a request's headers say that the answer's depend on."""

    origin: bytes = b""
    method: bytes = b""
    names: bytes = b""
    client_id: bytes = b""


class Front:
    """The ASGI application around all others; `access_log`: each answer is a line of the log."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        origins: tuple[str, ...],
        *,
        traffic: Traffic | None = None,
        access_log: bool = False,
    ) -> None:
        self._app = app
        self._clock = clock
        self._traffic = traffic or Traffic()
        self._access_log = access_log
        self._faults = FaultLog()
        self._any = ANY_ORIGIN in origins
        self._origins = frozenset(origin.rstrip("/").lower().encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = _asked(scope)
        begun = perf_counter()

        async def complete(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._complete(message, scope, asked)
                self._note(message, scope, perf_counter() - begun)
            await send(message)

        if scope["method"] == "OPTIONS" and asked.origin and asked.method:
            await complete({"type": "http.response.start", "status": 204, "headers": self._preflight(scope, asked)})
            await complete({"type": "http.response.body", "body": b""})
            return
        token = request_ids.begin()
        try:
            await self._app(scope, receive, complete)
        finally:
            request_ids.end(token)

    def _complete(self, message: Any, scope: Scope, asked: _Asked) -> None:
        status, headers = message["status"], list(message["headers"])
        names = {name for name, _ in headers}
        if b"x-request-id" not in names:
            headers.append((b"x-request-id", request_ids.drawn(lambda: ids.uuid7(self._clock.now())).encode()))
        if asked.client_id:
            headers.append((b"x-client-request-id", asked.client_id))
        if status >= _ERROR:
            headers += _repeats(status, scope["method"], names)
        if b"access-control-allow-origin" not in names:
            headers += self._allowed(scope, asked)
        message["headers"] = headers

    def _note(self, message: Any, scope: Scope, seconds: float) -> None:
        """Count an answer, and write down what an operator looks for: refused keys, and all of them on wish."""
        status: int = message["status"]
        self._traffic.note(scope, status, seconds)
        if self._access_log:
            log.info(
                "request", method=scope["method"], status=status, ms=round(seconds * 1000, 1), **_named(message, scope)
            )
        elif status == _UNKNOWN_KEY:
            named = _named(message, scope)
            self._faults.warning("key.refused", about=named["client"], **named)

    def _preflight(self, scope: Scope, asked: _Asked) -> _Pairs:
        found = self._allowed(scope, asked)
        if not found or found[0][0] != b"access-control-allow-origin":
            return found
        names = asked.names if _NAMES.fullmatch(asked.names) else b"authorization, content-type"
        return [
            found[0],
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", names),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ]

    def _allowed(self, scope: Scope, asked: _Asked) -> _Pairs:
        """Return what lets the page that asks read the answer, and keeps caches from giving it to another."""
        if scope["path"].startswith(_FILES) or (self._any and asked.origin):
            return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*")]
        if self._any or not self._origins:
            return []
        if asked.origin.lower() in self._origins:
            allowed = (b"access-control-allow-origin", asked.origin)
            return [allowed, (b"access-control-expose-headers", b"*"), (b"vary", b"Origin")]
        return [(b"vary", b"Origin")]


def _asked(scope: Scope) -> _Asked:
    origin = method = names = client_id = b""
    for name, value in scope["headers"]:
        if name == b"origin":
            origin = value
        elif name == b"access-control-request-method":
            method = value
        elif name == b"access-control-request-headers":
            names = value
        elif name == b"x-client-request-id" and _PRINTABLE.fullmatch(value):
            client_id = value
    return _Asked(origin, method, names, client_id)


def _named(message: Any, scope: Scope) -> dict[str, str]:
    """Return a request's fields for a line of the log: never its query, which may have signatures."""
    ids_of = (value.decode("latin-1") for name, value in message["headers"] if name == b"x-request-id")
    return {"path": scope["path"], "request_id": next(ids_of, ""), "client": (scope.get("client") or ("",))[0]}


def _repeats(status: int, method: str, names: set[bytes]) -> _Pairs:
    """Return a refusal's fields about a repeat, if the refusal itself has none."""
    if b"x-should-retry" in names:
        return []
    if status < _FAULT or method not in _SAFE:
        return [(b"x-should-retry", b"false")]
    said = [(b"x-should-retry", b"true")]
    return said if b"retry-after" in names else [*said, (b"retry-after", _RETRY_SECONDS)]
