"""Connects declared routes to their handlers. Every key and every owner is checked here."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import LoadShedder, Passage
from reelgate.dialects import routes, signing
from reelgate.dialects.described import described
from reelgate.dialects.port import Dialect, NativeDialect, Operation, Route
from reelgate.dialects.probing import list_parameters
from reelgate.dialects.query import Parameter
from reelgate.errors import ReelgateError
from reelgate.http.body import credential, headers
from reelgate.http.caller import Caller, DialectCaller, Visitor
from reelgate.http.links import LinkMaker
from reelgate.http.owned import Owned
from reelgate.http.responses import UNKNOWN_FIELDS, field_headers
from reelgate.http.route import A_FILE, NEEDS, Declaration, Pass, declared_in, served_in
from reelgate.http.strictness import checked, unknown_parameters
from reelgate.http.waiting import WAIT
from reelgate.signing import Claim
from reelgate.tasks.projects import Key, Scope


class Mount:
    """Makes Starlette's routes of a family's declarations."""

    def __init__(
        self, *, keys: KeyRing, gate: LoadShedder, owned: Owned, links: LinkMaker, numbers_token: str = ""
    ) -> None:
        """`numbers_token` opens what says so, and nothing else; "" opens nothing."""
        self._numbers_token = numbers_token
        self._keys = keys
        self._gate = gate
        self._owned = owned
        self._links = links

    def routes(self, *families: object) -> Iterator[WebRoute]:
        """Yield the routes of families, in the order of their declarations."""
        for family in families:
            for declaration, name in declared_in(type(family)):
                yield self._route(declaration, getattr(family, name))
            served = served_in(type(family))
            pairs = [(dialect, route) for route, speakers in routes() for dialect in speakers]
            for dialect, route in sorted(pairs, key=lambda pair: "{" in pair[1].path):  # a word is not an id
                if route.operation in served and is_slow(route):
                    handler = getattr(family, served[route.operation])
                    yield self._route(of_dialect(route), handler, dialect, route)

    def _route(
        self,
        declaration: Declaration,
        handler: Callable[..., Awaitable[Response]],
        speaker: Dialect | None = None,
        route: Route | None = None,
    ) -> WebRoute:
        needs = declaration.needs

        def meet(request: Request, check: Callable[[], Key]) -> Caller:
            if speaker is None or route is None:
                return Caller(request, self._links, check)
            caller = DialectCaller(request, self._links, check)
            caller.speaker, caller.route = speaker, route
            return caller

        async def open_to_all(request: Request) -> Response:
            visitor = Visitor(request, self._links)
            visitor.request = await checked(request, declaration, strict=visitor.strict)
            return _named(await handler(visitor), request, declaration)

        async def open_to_keys(request: Request) -> Response:
            if declaration.token and self._has_token(request):
                return await handler(Visitor(request, self._links))
            scope = needs if isinstance(needs, Scope) else None
            check = partial(self._keys.check, self._proof(request, speaker), scope)
            try:
                caller = meet(request, check)
            except ReelgateError as error:
                if declaration.refusal is None:
                    raise
                return declaration.refusal(error)
            caller.request = await checked(request, declaration, strict=caller.strict)
            with self._passed(declaration, caller) as caller.passage:
                if declaration.owner is not None:
                    caller.owned = await self._owned.of(declaration.owner, caller)
                return _named(await handler(caller), request, declaration)

        keyed = isinstance(needs, Scope) or needs is Pass.ANY_KEY
        return WebRoute(declaration.path, open_to_keys if keyed else open_to_all, methods=[declaration.method])

    def _proof(self, request: Request, speaker: Dialect | None) -> str | Claim | None:
        signer = signing().get(speaker.name) if speaker is not None else None
        claim = signer.claim(headers(request.scope)) if signer is not None else None
        return claim or credential(request.scope)

    def _has_token(self, request: Request) -> bool:
        given = (credential(request.scope) or "").removeprefix("Bearer ").encode()
        return bool(self._numbers_token) and hmac.compare_digest(given, self._numbers_token.encode())

    def _passed(self, declaration: Declaration, caller: Caller) -> AbstractContextManager[Passage | None]:
        return nullcontext() if declaration.door is None else self._gate.visited(caller.key, declaration.door)


def _named(response: Response, request: Request, declaration: Declaration) -> Response:
    """Name the unknown parameters, unless the handler has named them itself."""
    query = request.scope["query_string"]
    if query and declaration.query is not None and UNKNOWN_FIELDS not in response.headers:
        known = [one.name for one in declaration.query]
        response.headers.update(dict(field_headers(unknown_parameters(query, known), ())))
    return response


def is_slow(route: Route) -> bool:
    """Whether a dialect's route stands behind the dispatcher, which serves creates and plain queries itself."""
    if route.operation is Operation.QUERY:
        return "{id}" in route.path
    return route.operation is not Operation.CREATE


def of_dialect(route: Route, *speakers: Dialect) -> Declaration:
    """Return what a dialect's route states; its operation says what it needs."""
    need = NEEDS[route.operation]
    is_plain_query = route.operation is Operation.QUERY and "{id}" not in route.path
    return Declaration(
        method=route.method,
        path=f"{route.path}{{id}}" if is_plain_query else route.path,
        needs=need.needs,
        answers=need.answers,
        does=need.does,
        owner=need.owner,
        dialects=tuple(speaker.name for speaker in speakers),
        operation=route.operation,
        gives=_given(route.operation, speakers),
        query=_query(route, speakers),
    )


def _given(operation: Operation, speakers: Sequence[Dialect]) -> Mapping[int, Any]:
    if operation is Operation.CONTENT:
        return A_FILE
    found = dict.fromkeys(described(speaker).answers.get(operation, dict[str, Any]) for speaker in speakers)
    return {200: tuple(found)}


def _query(route: Route, speakers: Sequence[Dialect]) -> tuple[Parameter, ...]:
    if route.operation is Operation.LIST:
        return tuple(one for speaker in speakers for one in list_parameters(cast(NativeDialect, speaker)))
    own = tuple(one for speaker in speakers for one in described(speaker).query.get(route.operation, ()))
    return (*own, WAIT) if route.operation in (Operation.QUERY, Operation.CREATE, Operation.REMIX) else own
