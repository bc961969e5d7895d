"""The console's routes: signing in, the Studio, tasks. Each page asks for a session, each form for its token."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reelgate import limits
from reelgate.access.keyring import check_scope, may_use
from reelgate.access.load_shedding import Door, Gate
from reelgate.billing.quote_tokens import QUOTE_HEADER
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.console import rendering, words
from reelgate.console.fields import Fields, body_of, fields_of, offered
from reelgate.console.sessions import COOKIE, Session, Sessions
from reelgate.dialects import by_name
from reelgate.dialects.port import HOUSE
from reelgate.dialects.reelgate import house_task
from reelgate.errors import ClientError, InvalidField, KeyForbidden, ReelgateError, TaskNotFound
from reelgate.http.caller import Caller
from reelgate.http.creates import Creates, Exchange
from reelgate.http.event_routes import Events
from reelgate.http.links import LinkMaker
from reelgate.http.owned import Owned
from reelgate.http.task_routes import House
from reelgate.media.links import LinkSigner
from reelgate.previews.preview import Previews
from reelgate.request import Mode
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Filter, TaskStore

HOME = "/console"
SIGN_IN = "/console/sign-in"
CREATE = "/v1/tasks"
FIRST_MODEL = "animatic"

FILTERS: Mapping[str, tuple[State, ...]] = {
    "all": (),
    "open": (State.QUEUED, State.SUBMITTING, State.RUNNING, State.COLLECTING, State.UNKNOWN),
    "done": (State.SUCCEEDED,),
    "failed": (State.FAILED, State.EXPIRED),
    "cancelled": (State.CANCELLED,),
}
"""What the list of tasks can be narrowed to."""

_FILTER_WORDS = {"all": "All", "open": "Under way", "done": "Done", "failed": "Failed", "cancelled": "Cancelled"}

_AT_FIELDS = frozenset({"prompt", "model", "duration", "seed", "resolution", "ratio", "image"})
"""Fields of the Studio that show what is wrong with them; all else is told above the form."""

Pages = Sequence[Route]

Serve = Callable[["Visit"], Awaitable[Response]]


class Visit(msgspec.Struct):
    """A signed-in visitor's call."""

    request: Request
    session: Session
    key: Key
    form: FormData

    def text(self, name: str) -> str:
        """Return a field of the form, empty where it is not there or is a file."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""


class Console:
    """The pages, as Starlette's routes under `/console`, and `/`, which leads there."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        owned: Owned,
        creates: Creates,
        previews: Previews,
        house: House,
        events: Events,
        gate: Gate,
        sessions: Sessions,
        signer: LinkSigner,
        clock: Clock,
        link_seconds: int,
        secure: bool,
    ) -> None:
        self._models = offered(catalog)
        self._store = store
        self._owned = owned
        self._creates = creates
        self._previews = previews
        self._house = house
        self._events = events
        self._gate = gate
        self._sessions = sessions
        self._signer = signer
        self._links = LinkMaker(signer, clock, public_url="", seconds=link_seconds)
        self._clock = clock
        self._secure = secure

    def routes(self) -> Pages:
        """Return the routes."""
        return [
            Route("/", self._home, methods=["GET"]),
            Route("/console/static/{name}", self._static, methods=["GET"]),
            Route("/console/preferences", self._preferences, methods=["POST"]),
            Route(SIGN_IN, self._ask, methods=["GET"]),
            Route(SIGN_IN, self._sign_in, methods=["POST"]),
            Route("/console/sign-out", self._known(self._sign_out), methods=["POST"]),
            Route(HOME, self._known(self._studio, Scope.CREATE), methods=["GET"]),
            Route("/console/preview", self._known(self._preview, Scope.CREATE), methods=["POST"]),
            Route("/console/tasks", self._known(self._create, Scope.CREATE), methods=["POST"]),
            Route("/console/tasks", self._known(self._tasks, Scope.READ), methods=["GET"]),
            Route("/console/tasks/{id}", self._known(self._task, Scope.READ), methods=["GET"]),
            Route("/console/tasks/{id}/card", self._known(self._card, Scope.READ), methods=["GET"]),
            Route("/console/tasks/{id}/events", self._known(self._live, Scope.READ), methods=["GET"]),
            Route("/console/tasks/{id}/cancel", self._known(self._cancel, Scope.CREATE), methods=["POST"]),
            Route("/console/tasks/{id}/delete", self._known(self._delete, Scope.CREATE), methods=["POST"]),
        ]

    # Signing in

    async def _home(self, request: Request) -> Response:
        return RedirectResponse(HOME, 303)

    async def _static(self, request: Request) -> Response:
        return rendering.served(request.path_params["name"])

    async def _preferences(self, request: Request) -> Response:
        """Keep a visitor's language or theme, and lead back."""
        form = await request.form(max_files=0, max_fields=8)
        back = str(form.get("back", HOME))
        answer = RedirectResponse(back if back.startswith(HOME) else HOME, 303)
        chosen = (
            (rendering.LANGUAGE, form.get("language"), words.LANGUAGES),
            (rendering.THEME, form.get("theme"), rendering.THEMES),
        )
        for cookie, value, allowed in chosen:
            if isinstance(value, str) and value in allowed:
                answer.set_cookie(cookie, value, max_age=365 * 86400, path=HOME, httponly=True, samesite="strict")
        return answer

    async def _ask(self, request: Request) -> Response:
        if self._session(request) is not None:
            return RedirectResponse(HOME, 303)
        return rendering.page(request, "sign-in.html", problem="")

    async def _sign_in(self, request: Request) -> Response:
        try:
            _check_origin(request)
            form = await request.form(max_files=0, max_fields=4, max_part_size=4096)
            address = request.client.host if request.client else ""
            cookie = self._sessions.open(str(form.get("key", "")), address)
        except ReelgateError as error:
            answer = rendering.page(request, "sign-in.html", error.status, problem=error.message)
            if error.retry_after:
                answer.headers["retry-after"] = str(error.retry_after)
            return answer
        done = RedirectResponse(HOME, 303)
        secure = self._secure or request.url.scheme == "https"
        seconds = int(limits.SESSION_SECONDS)
        done.set_cookie(COOKIE, cookie, max_age=seconds, path=HOME, httponly=True, secure=secure, samesite="strict")
        return done

    async def _sign_out(self, visit: Visit) -> Response:
        self._sessions.end(visit.session)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path=HOME)
        return answer

    def _session(self, request: Request) -> tuple[Session, Key] | None:
        return self._sessions.read(request.cookies.get(COOKIE, ""))

    def _known(self, serve: Serve, scope: Scope | None = None) -> Callable[[Request], Awaitable[Response]]:
        """Have a page asked for a session, a scope and, where it changes something, its form's token."""

        async def guarded(request: Request) -> Response:
            found = self._session(request)
            if found is None:
                return RedirectResponse(SIGN_IN, 303)
            session, key = found
            words.speak(rendering.language_of(request))
            try:
                form = FormData()
                if request.method == "POST":
                    _check_origin(request)
                    form = await request.form(max_files=1, max_fields=32, max_part_size=limits.MAX_SMALL_BODY_BYTES)
                    if not self._sessions.is_token(session, str(form.get("token", ""))):
                        raise KeyForbidden("this form is not of this session; open the page again")
                check_scope(key, scope)
                return await serve(Visit(request, session, key, form))
            except ReelgateError as error:
                return self._page(Visit(request, session, key, FormData()), "problem.html", error.status, error=error)

        return guarded

    def _page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        key = visit.key
        return rendering.page(
            visit.request,
            template,
            status,
            token=self._sessions.token(visit.session),
            project=key.project_id,
            may_create=Scope.CREATE in key.scopes,
            may_read=Scope.READ in key.scopes,
            **values,
        )

    # The Studio

    async def _studio(self, visit: Visit) -> Response:
        asked = visit.request.query_params
        return await self._show_studio(visit, {name: asked[name] for name in ("model", "prompt") if name in asked})

    async def _show_studio(
        self,
        visit: Visit,
        form: Mapping[str, str],
        *,
        error: ClientError | None = None,
        found: Mapping[str, Any] | None = None,
    ) -> Response:
        latest = Filter(project_id=visit.key.project_id, limit=3)
        return self._page(
            visit,
            "studio.html",
            error.status if error else 200,
            fields=self._fields(visit, form.get("model", "")),
            models=[model for model in self._models.values() if may_use(visit.key, model.id)],
            form=form,
            error=error,
            refused=error.field if isinstance(error, InvalidField) and error.field in _AT_FIELDS else "",
            found=found,
            lately=await self._list(visit, latest) if Scope.READ in visit.key.scopes else [],
            once=secrets.token_urlsafe(12),
        )

    def _fields(self, visit: Visit, name: str) -> Fields:
        model = self._models.get(name) or self._models.get(FIRST_MODEL)
        if model is None or not may_use(visit.key, model.id):
            model = next((m for m in self._models.values() if may_use(visit.key, m.id)), None)
        if model is None:
            raise KeyForbidden("this key may use no model that begins with words or a picture")
        return fields_of(model)

    async def _asked(self, visit: Visit) -> tuple[dict[str, str], dict[str, Any]]:
        """Return what a Studio form holds: its texts, and the body of the create that it stands for."""
        form = {name: value for name, value in visit.form.items() if isinstance(value, str)}
        fields = self._fields(visit, form.get("model", ""))
        if form.get("free"):  # the same words by the built-in engine, for nothing
            fields = self._fields(visit, FIRST_MODEL)
            offers = {"resolution": fields.resolutions, "ratio": fields.ratios}
            form = {name: value for name, value in form.items() if value in offers.get(name, (value,))}
            form.pop("quote", None)
        picture = visit.form.get("image")
        image = ""
        if isinstance(picture, UploadFile) and picture.size:
            data = base64.b64encode(await picture.read()).decode()
            image = f"data:{picture.content_type or 'application/octet-stream'};base64,{data}"
        return form, body_of(form, fields, image)

    async def _preview(self, visit: Visit) -> Response:
        """Show the storyboard and the price: alone where a script asks for it, else within the page."""
        form, body = await self._asked(visit)
        if visit.text("only") == "fields":
            return await self._show_studio(visit, form)
        with self._gate.visited(visit.key, Door.PREVIEWS):
            order = await self._creates.order(CREATE, body, visit.key)
            made = await self._previews.make(order.call, partial(self._creates.parse, order), visit.key)
        stills = [
            (still, self._signer.sign(made.id, f"still-{number}", made.ends // 1000))
            for number, still in enumerate(made.stills, 1)
        ]
        found = {"preview": made, "stills": stills, "notes": made.told.notes if made.told else {}}
        if visit.text("only") == "preview":
            return self._page(visit, "preview.html", found=found, fields=self._fields(visit, form.get("model", "")))
        return await self._show_studio(visit, form, found=found)

    async def _create(self, visit: Visit) -> Response:
        """Make the video, by the same way as `POST /v1/tasks`; the form's own number makes sure that it is once."""
        form, body = await self._asked(visit)
        sent = {"content-type": "application/json", "idempotency-key": f"console-{form.get('once', '')}"[:200]}
        if form.get("quote"):
            sent[QUOTE_HEADER] = form["quote"]
        data = msgspec.json.encode(body)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
        scope = {"type": "http", "method": "POST", "path": CREATE, "headers": pairs, "query_string": b""}
        try:
            answer = await self._creates.answer(Exchange(scope, receive, by_name(HOUSE)), visit.key)
        except ClientError as error:
            return await self._show_studio(visit, form, error=error)
        made = msgspec.json.decode(msgspec.json.encode(answer.body))
        return RedirectResponse(f"/console/tasks/{made['id']}", 303)

    # Tasks

    async def _tasks(self, visit: Visit) -> Response:
        query = visit.request.query_params
        chosen = query.get("state", "all")
        before = query.get("before", "")
        which = Filter(
            project_id=visit.key.project_id,
            states=FILTERS.get(chosen, ()),
            before_seq=int(before) if before.isdecimal() and len(before) < 19 else None,
            limit=limits.CONSOLE_PAGE,
        )
        tasks = await self._store.list(which)
        shown = [self._told(visit, task) for task in tasks]
        more = tasks[-1].seq if len(tasks) == which.limit else None
        return self._page(visit, "tasks.html", tasks=shown, chosen=chosen, filters=_FILTER_WORDS, more=more)

    async def _list(self, visit: Visit, which: Filter) -> list[dict[str, Any]]:
        return [self._told(visit, task) for task in await self._store.list(which)]

    async def _task(self, visit: Visit) -> Response:
        task = await self._own(visit)
        body = house_task(task, self._links.under(visit.request.url.scheme, visit.request.headers.get("host", "")))
        raw = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
        return self._page(visit, "task.html", task=self._told(visit, task), raw=raw)

    async def _card(self, visit: Visit) -> Response:
        return self._page(visit, "card.html", task=self._told(visit, await self._own(visit)))

    async def _live(self, visit: Visit) -> Response:
        return await self._events.of_task(await self._caller(visit))

    async def _cancel(self, visit: Visit) -> Response:
        await self._house.cancel(await self._caller(visit))
        return RedirectResponse(f"/console/tasks/{visit.request.path_params['id']}", 303)

    async def _delete(self, visit: Visit) -> Response:
        await self._house.delete(await self._caller(visit))
        return RedirectResponse("/console/tasks", 303)

    async def _own(self, visit: Visit) -> Task:
        task_id = visit.request.path_params["id"]
        if len(task_id) > 200:
            raise TaskNotFound
        return await self._owned.task(task_id, visit.key.project_id)

    async def _caller(self, visit: Visit) -> Caller:
        """Return the visitor as the API's routes see a caller, with the task that the address names."""

        def check() -> Key:
            return self._sessions.still(visit.session)

        caller = Caller(visit.request, self._links, check)
        caller.owned = await self._own(visit)
        return caller

    def _told(self, visit: Visit, task: Task) -> dict[str, Any]:
        """Return a task as the pages show it."""
        word, look = rendering.STATES[task.state]
        body = house_task(task, self._links.under(visit.request.url.scheme, visit.request.headers.get("host", "")))
        return {
            **body,
            "word": word,
            "look": look,
            "ended": task.state.ended,
            "when": words.ago(task.created_at, self._clock.now()),
            "at": words.moment(task.created_at),
            "text": task.request.mode is Mode.TEXT,
        }


def _check_origin(request: Request) -> None:
    """Refuse a form that another site sent. Raises KeyForbidden."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    foreign = origin != "" and origin.partition("://")[2] != request.headers.get("host", "")
    if site not in ("same-origin", "none") or foreign:
        raise KeyForbidden("this form came from another site")
