"""Errors on the slow routes, rendered by the dialect that the address belongs to (the house's where none does)."""

from __future__ import annotations

import asyncio
import difflib

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import request_ids
from reelgate.clock import SystemClock
from reelgate.dialects import all_dialects, by_name, elsewhere, routes
from reelgate.dialects.port import HOUSE, Dialect, Operation, Route
from reelgate.errors import MethodNotAllowed, ReelgateError, RouteNotFound, StoreError
from reelgate.http.responses import JsonResponse, error_headers, fault
from reelgate.limits import SLOW_503_SECONDS

log = structlog.get_logger()

_ALIKE = 0.8  # of two addresses, 1 being the same
_LONGEST_PATH = 200


async def problem(request: Request, error: Exception) -> Response:
    """Return the answer to an error raised on a slow route, or by routing itself."""
    if isinstance(error, HTTPException):
        error = _of_routing(request, error)
    if not isinstance(error, ReelgateError):
        log.error("web.fault", path=request.url.path, exc_info=error)
        error = fault(request.method)
    if isinstance(error, StoreError) and not error.hung and request.method in ("GET", "HEAD"):
        await asyncio.sleep(SLOW_503_SECONDS)  # some clients ask again at once, without a pause and without an end
    speaker = speaker_at(request.url.path)
    request_id = request_ids.drawn(lambda: speaker.new_request_id(SystemClock().now()))
    answer = speaker.render_error(error, request_id)
    headers = dict((*answer.headers, *error_headers(error), ("x-request-id", request_id)))
    return JsonResponse(answer.body, status_code=answer.status, headers=headers)


def _of_routing(request: Request, error: HTTPException) -> ReelgateError:
    path = request.url.path
    led = [
        *((one.path, one.methods or set()) for one in request.app.routes if _is_led_to(path, one)),
        *((one.path, {one.method, *_also(one.method)}) for one, _ in routes() if _leads_to(path, one)),
    ]
    fixed = [methods for at, methods in led if at == path]
    taken = {method for methods in fixed or (methods for _, methods in led) for method in methods}
    is_a_name = all(at.endswith(("/{id}", "/")) for at, _ in led) and _is_a_name(path)
    if not taken or (request.method == "POST" and is_a_name):
        return RouteNotFound(way=_way(request, path))
    return MethodNotAllowed(request.method, sorted(taken))


def _is_led_to(path: str, route: object) -> bool:
    pattern = getattr(route, "path_regex", None)
    return pattern is not None and pattern.match(path) is not None


def _also(method: str) -> tuple[str, ...]:
    return ("HEAD",) if method == "GET" else ()


def _is_a_name(path: str) -> bool:
    """Whether a path to a single thing ends in a word instead of an id."""
    return not any(char.isdecimal() for char in path.rpartition("/")[2])


def _way(request: Request, path: str) -> str:
    """Return what to do instead: the dialect's hint for the address, else similar addresses."""
    told = next((way for dialect in all_dialects() for at, way in elsewhere(dialect).items() if at == path), "")
    if told:
        return told
    served = {route.path for route in request.app.routes if request.method in (getattr(route, "methods", None) or ())}
    served |= {route.path for route, _ in routes() if route.method == request.method}
    alike = difflib.get_close_matches(path[:_LONGEST_PATH], sorted(served), n=2, cutoff=_ALIKE)
    return f"is it {' or '.join(f'{request.method} {one}' for one in alike)}?" if alike else ""


def speaker_at(path: str) -> Dialect:
    """Return who words the mistakes at `path`."""
    found = [(route, dialects[0]) for route, dialects in routes() if _leads_to(path, route)]
    speakers = [speaker for route, speaker in found if route.path == path] or [speaker for _, speaker in found]
    return speakers[0] if speakers else _neighbour(path)


def _neighbour(path: str) -> Dialect:
    """Return the only dialect near an unknown address, because an SDK reads only its own API's errors."""
    start = path.split("/")[:3]
    near = {dialect.name: dialect for route, dialects in routes() for dialect in dialects if _start(route) == start}
    return next(iter(near.values())) if len(near) == 1 else by_name(HOUSE)


def _start(route: Route) -> list[str]:
    return route.path.split("/")[:3]


def _leads_to(path: str, route: Route) -> bool:
    before, _, after = route.path.partition("{id}")
    if before == route.path and route.operation is not Operation.QUERY:
        return path == route.path
    if not (path.startswith(before) and path.endswith(after)):
        return False
    task_id = path[len(before) : len(path) - len(after)]
    return task_id != "" and "/" not in task_id


def answering(error: ReelgateError) -> ASGIApp:
    """Return an application that answers every request with `error`: for what is refused before it is routed."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await problem(Request(scope), error)
        await response(scope, receive, send)

    return app
