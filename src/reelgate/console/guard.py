"""Checks before every page: session, scope, form token. Pages use the API's own handlers for everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reelgate import limits
from reelgate.access.keyring import check_scope
from reelgate.access.load_shedding import LoadShedder
from reelgate.clock import Clock
from reelgate.console import rendering, words
from reelgate.console.sessions import COOKIE, Session, Sessions
from reelgate.errors import BodyTooLarge, KeyForbidden, ReelgateError, WrongContentType
from reelgate.http.caller import Caller
from reelgate.http.links import LinkMaker
from reelgate.http.owned import Owned
from reelgate.http.route import Owner, declaration_of
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.record import Task

HOME = "/console"
SIGN_IN = "/console/sign-in"
SIGN_OUT = "/console/sign-out"
UNSENT = "unsent"
"""A parameter of the door's address: a form came after its session had ended."""

RAIL: Mapping[str, tuple[tuple[str, str, str, Scope | None], ...]] = {
    "Make": (
        ("/console", "studio", "Studio", Scope.CREATE),
        ("/console/tasks", "tasks", "Tasks", Scope.READ),
        ("/console/models", "models", "Models", None),
    ),
    "Account": (
        ("/console/usage", "usage", "Usage", Scope.READ),
        ("/console/webhooks", "webhooks", "Webhooks", Scope.READ),
    ),
    "Operate": (
        ("/console/projects", "keys", "Keys", Scope.ADMIN),
        ("/console/providers", "providers", "Providers", Scope.ADMIN),
        ("/console/all-tasks", "all", "All tasks", Scope.ADMIN),
        ("/console/audit", "audit", "Audit", Scope.ADMIN),
        ("/console/settings", "settings", "Settings", Scope.ADMIN),
    ),
}
"""The pages by group: address, icon, name, and the scope that a key needs to see it; None: any key does."""

Page = Route
"""A page at its address; this module alone makes them, so that none forgets to ask who is there."""

Serve = Callable[["Visit"], Awaitable[Response]]
Handler = Callable[[Any], Awaitable[Response]]
Json = dict[str, Any]


class Visit(msgspec.Struct):
    """A signed-in visitor's call."""

    request: Request
    session: Session
    key: Key
    form: FormData
    scope: Scope | None = None
    """What the page needs."""

    def text(self, name: str) -> str:
        """Return a field of the form, empty if it is not there or is a file."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def asked(self, name: str) -> str:
        """Return a parameter of the address, empty if it is not there."""
        return self.request.query_params.get(name, "").strip()

    @property
    def named(self) -> str:
        """The id in the address."""
        return str(self.request.path_params.get("id", ""))

    def may(self, scope: Scope) -> bool:
        """Whether the visitor's key has a scope."""
        return scope in self.key.scopes


class Guard:
    """Lets visitors in, and calls the API's handlers for them."""

    def __init__(self, *, sessions: Sessions, gate: LoadShedder, owned: Owned, links: LinkMaker, clock: Clock) -> None:
        self.sessions = sessions
        self._gate = gate
        self._owned = owned
        self._links = links
        self.clock = clock

    def session(self, request: Request) -> tuple[Session, Key] | None:
        """Return who is signed in."""
        return self.sessions.read(request.cookies.get(COOKIE, ""))

    def known(self, serve: Serve, scope: Scope | None = None) -> Callable[[Request], Awaitable[Response]]:
        """Have a page asked for a session, a scope and, where it changes something, its form's token."""

        async def guarded(request: Request) -> Response:
            found = self.session(request)
            if found is None:
                unsent = request.method == "POST" and request.url.path != SIGN_OUT
                return RedirectResponse(f"{SIGN_IN}?{UNSENT}=yes" if unsent else SIGN_IN, 303)
            session, key = found
            words.speak(rendering.language_of(request))
            try:
                form = FormData()
                if request.method == "POST":
                    check_origin(request)
                    form = await _form(request)
                    if not self.sessions.is_token(session, str(form.get("token", ""))):
                        raise KeyForbidden("this form belongs to another session; open the page again")
                check_scope(key, scope)
                return await serve(Visit(request, session, key, form, scope))
            except ReelgateError as error:
                return self.page(Visit(request, session, key, FormData()), "problem.html", error.status, error=error)

        return guarded

    def at(self, method: str, path: str, serve: Serve, scope: Scope | None = None) -> Page:
        """Return a page at an address, or what its form does, for visitors signed in with a scope."""
        return Page(path, self.known(serve, scope), methods=[method])

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page for a visitor."""
        key = visit.key
        return rendering.page(
            visit.request,
            template,
            status,
            token=self.sessions.token(visit.session),
            project=key.project_id,
            rail=rail_of(key),
            now=self.clock.now() / 1000,
            may_create=visit.may(Scope.CREATE),
            may_read=visit.may(Scope.READ),
            may_admin=visit.may(Scope.ADMIN),
            **{"error": None, "form": {}, **values},
        )

    async def ask(
        self,
        visit: Visit,
        handler: Handler,
        *,
        id: str = "",  # noqa: A002 (as in the routes)
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
    ) -> Json:
        """Return what a handler of the API answers to this visitor; it asks for the same scope, owner and rate.

        Raises ReelgateError.
        """
        answer = await self.answer(visit, handler, id=id, query=query, body=body)
        found: Json = msgspec.json.decode(answer.body)
        return found

    async def answer(
        self,
        visit: Visit,
        handler: Handler,
        *,
        id: str = "",  # noqa: A002
        query: Mapping[str, str] | None = None,
        body: Json | None = None,
    ) -> Response:
        """Return a handler's answer as it is. Raises ReelgateError."""
        declared = declaration_of(handler)
        data = b"" if body is None else msgspec.json.encode(body)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        kept = {name: value for name, value in (query or {}).items() if value}
        request = Request(
            {
                **visit.request.scope,
                "method": declared.method,
                "headers": [
                    (b"host", visit.request.headers.get("host", "").encode()),
                    (b"content-type", b"application/json"),
                ],
                "query_string": urlencode(kept).encode(),
                "path_params": {"id": id},
            },
            receive,
        )
        caller = Caller(request, self._links, lambda: self._checked(visit, declared.needs))
        with nullcontext() if declared.door is None else self._gate.visited(caller.key, declared.door) as passage:
            caller.passage = passage
            if declared.owner is not None:
                caller.owned = await self._owned.of(declared.owner, caller)
            return await handler(caller)

    async def caller(self, visit: Visit) -> Caller:
        """Return the visitor as the API's routes see a caller, with the task that the address names."""
        caller = Caller(visit.request, self._links, lambda: self._checked(visit, visit.scope))
        caller.owned = await self._owned.of(Owner.TASK, caller)
        return caller

    async def task(self, visit: Visit) -> Task:
        """Return the visitor's task that the address names. Raises TaskNotFound."""
        return (await self.caller(visit)).task

    def links(self, visit: Visit) -> Any:
        """Return what makes links to tasks' files."""
        return self._links.under(visit.request.url.scheme, visit.request.headers.get("host", ""))

    def _checked(self, visit: Visit, needs: object) -> Key:
        key = self.sessions.still(visit.session)
        check_scope(key, needs if isinstance(needs, Scope) else None)
        return key


async def _form(request: Request) -> FormData:
    """Return a form and its files; together they may be as large as a create. Raises BodyTooLarge."""
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > limits.MAX_BODY_BYTES:
        raise BodyTooLarge(f"a form may have {limits.MAX_BODY_BYTES >> 20} MB; give larger files by their address")
    return await form_of(request, files=limits.CONSOLE_INPUTS, fields=64, part_bytes=limits.MAX_SMALL_BODY_BYTES)


async def form_of(request: Request, *, files: int = 0, fields: int = 8, part_bytes: int = 4096) -> FormData:
    """Return a form of so many files and fields at most. Raises WrongContentType for one that is not in UTF-8."""
    named = parse_options_header(request.headers.get("content-type"))[1].get(b"charset", b"utf-8")
    if named.lower() not in (b"utf-8", b"utf8"):
        raise WrongContentType("a form must be in UTF-8; leave the charset out of its Content-Type")
    return await request.form(max_files=files, max_fields=fields, max_part_size=part_bytes)


def open_at(method: str, path: str, serve: Callable[[Request], Awaitable[Response]]) -> Page:
    """Return a page at an address that needs no session."""
    return Page(path, serve, methods=[method])


def rail_of(key: Key) -> dict[str, list[tuple[str, str, str]]]:
    """Return the pages that a key sees, by group."""
    seen = {
        group: [page[:3] for page in pages if page[3] is None or page[3] in key.scopes] for group, pages in RAIL.items()
    }
    return {group: pages for group, pages in seen.items() if pages}


def first_page(key: Key) -> str:
    """Return the address of the first page that a key sees."""
    return next(iter(rail_of(key).values()))[0][0]


def check_origin(request: Request) -> None:
    """Refuse a form that another site sent. Raises KeyForbidden."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    foreign = origin != "" and origin.partition("://")[2] != request.headers.get("host", "")
    if site not in ("same-origin", "none") or foreign:
        raise KeyForbidden("this form came from another site")
