"""The front door: a small raw ASGI dispatcher for create and query, and a Starlette app behind it for the rest.

The two hot routes skip the framework: measured, each layer of middleware on them costs as much as a framework.
Every answer, right or wrong, is rendered by the dialect that the address belongs to.
"""

from __future__ import annotations

import re

import structlog
from msgspec import Raw
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import request_ids
from reelgate.access.keyring import KeyRing
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.place_in_line import Lines
from reelgate.dialects import all_dialects, dialect_for_query, routes, signing
from reelgate.dialects.port import HOUSE, Answer, Operation, StandingDialect
from reelgate.errors import ReelgateError, TaskNotFound
from reelgate.http.body import credential, header, headers
from reelgate.http.creates import CreateExchange, Creates
from reelgate.http.declarations import declarations
from reelgate.http.holding import Holding
from reelgate.http.links import LinkMaker
from reelgate.http.response_cache import KEPT_BYTES, AnswerKey, LastStates, RecentAnswers
from reelgate.http.responses import REQUEST_ID, Headers, encode, error_headers, fault, patiently, send_answer, stood_in
from reelgate.http.route import NEEDS
from reelgate.http.traffic import ANSWERED
from reelgate.http.waiting import wait_seconds
from reelgate.signing import Claim
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

_ELSEWHERE = ("/openai/", "/proxy/openai/")
_ELSEWHERE_PATH = re.compile("^/(?:proxy/)?openai/(?:v1/)?")
"""Where Azure (with its api-version or without) and ComfyUI have OpenAI's API."""
_SLASHES = re.compile("//+")
_CREATE, _READ = NEEDS[Operation.CREATE].needs, NEEDS[Operation.QUERY].needs


class Dispatcher:
    """The ASGI application."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        keys: KeyRing,
        creates: Creates,
        links: LinkMaker,
        recent: RecentAnswers,
        holding: Holding,
        clock: Clock,
        forecast: Forecast,
        lines: Lines,
        rest: ASGIApp,
    ) -> None:
        self._forecast = forecast
        self._lines = lines
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._creator = creates
        self._links = links
        self._recent = recent
        self._holding = holding
        self._clock = clock
        self._rest = rest
        self._standings = LastStates()
        self._standing = {found.name: found for found in all_dialects() if isinstance(found, StandingDialect)}
        self._creates = {route.path: found[0] for route, found in routes() if route.operation is Operation.CREATE}
        self._queries = {route.path: found[0] for route, found in routes() if route.operation is Operation.QUERY}
        self._fixed = {one.path for one in declarations() if one.method == "GET" and "{" not in one.path}
        """Addresses that stand where a query's id would: they are not ids."""
        self._signing = signing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            if scope["path"].startswith(_ELSEWHERE):
                scope = {**scope, "path": _ELSEWHERE_PATH.sub("/v1/", scope["path"])}
            if await self._served(scope, receive, send):
                return
            path = scope["path"]
            if "//" in path or (path.endswith("/") and path != "/"):  # a base address that ends in /, an id left out
                scope = {**scope, "path": _plain(path)}
                if await self._served(scope, receive, send):
                    return
        await self._rest(scope, receive, send)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serve a create or a query; return whether it was one."""
        path, method = scope["path"], scope["method"]
        speaker, task_id, cut = None, None, 0
        if method in ("GET", "HEAD"):
            cut = path.rfind("/") + 1
            task_id = path[cut:]
            speaker = self._queries.get(path[:cut]) if task_id else None
        elif method == "POST":
            speaker = self._creates.get(path)
        if speaker is None or (task_id is not None and path in self._fixed):
            return False
        exchange = CreateExchange(scope, receive, speaker)
        answer = await self._answer(exchange, task_id)
        named: Headers = () if task_id is None else ((REQUEST_ID, self._request_id(exchange)),)
        scope[ANSWERED] = exchange.speaker.name, path if task_id is None else path[:cut]
        await send_answer(send, answer, named)
        return True

    async def _answer(self, exchange: CreateExchange, task_id: str | None) -> Answer:
        try:
            return await (self._create(exchange) if task_id is None else self._query(exchange, task_id))
        except ReelgateError as error:
            return self._still(exchange, task_id, self._refusal(exchange, error))
        except Exception:
            log.exception("gateway.fault", path=exchange.path)
            return self._still(exchange, task_id, self._refusal(exchange, fault(exchange.scope["method"])))

    def _still(self, exchange: CreateExchange, task_id: str | None, answer: Answer) -> Answer:
        """Add that the task is open to the error of a query, if the dialect has words for that."""
        passes = answer.status == 429 or answer.status >= 500
        speaker = self._standing.get(exchange.speaker.name)
        if task_id is None or not passes or speaker is None:
            return answer
        return speaker.render_trouble(answer, task_id, self._standings.of(task_id))

    def _refusal(self, exchange: CreateExchange, error: ReelgateError) -> Answer:
        request_id = self._request_id(exchange)
        answer = exchange.speaker.render_error(error, request_id)
        found = (*answer.headers, *error_headers(error), *exchange.rates)
        return replace(answer, headers=(*found, (REQUEST_ID, request_id)))

    def _request_id(self, exchange: CreateExchange) -> str:
        return request_ids.drawn(lambda: exchange.speaker.new_request_id(self._clock.now()))

    def _proof(self, exchange: CreateExchange) -> str | Claim | None:
        signer = self._signing.get(exchange.speaker.name)
        claim = signer.claim(headers(exchange.scope)) if signer is not None else None
        return claim or credential(exchange.scope)

    async def _create(self, exchange: CreateExchange) -> Answer:
        key = self._keys.check(self._proof(exchange), _CREATE)
        seconds = wait_seconds(exchange.scope, strict=key.strict)
        answer = await self._creator.answer(exchange, key)
        return await self._holding.ended(exchange, answer, seconds)

    async def _query(self, exchange: CreateExchange, task_id: str) -> Answer:
        key = self._keys.check(self._proof(exchange), _READ)
        asked = AnswerKey(exchange.path, key.project_id, header(exchange.scope, b"host") or "")
        now = self._clock.now()
        seconds = wait_seconds(exchange.scope, strict=key.strict)
        kept = None if seconds else self._recent.get(task_id, asked, now)
        if kept is not None:
            return kept
        task = await patiently(lambda: self._store.get(task_id))
        if task is None or task.project_id != key.project_id:
            raise TaskNotFound(task_id=task_id, asked=True)
        task = await self._holding.changed(task, seconds)
        exchange.speaker = dialect_for_query(exchange.path, task)
        task = self._forecast.shown(task)
        links = self._links.under(exchange.scope["scheme"], asked.host)
        model = self._catalog.of(task.made_with, task.sold_by, or_like=task.state.ended)
        answer = exchange.speaker.render(task, model, links)
        if exchange.speaker.name == HOUSE:
            answer = replace(answer, body={**answer.body, **self._forecast.of(task), **await self._lines.of(task)})
        standing = self._standing.get(exchange.speaker.name)
        if standing is not None:
            self._standings.note(task_id, standing.standing(answer))
        body = encode(answer.body)
        answer = replace(answer, body=Raw(body), headers=(*answer.headers, *stood_in(task)))
        if len(body) <= KEPT_BYTES:
            self._recent.keep(task_id, asked, answer, now, ended=task.state.ended)
        return answer


def _plain(path: str) -> str:
    """Return a path as it was meant: no slash twice, none at the end."""
    return _SLASHES.sub("/", path).rstrip("/") or "/"
