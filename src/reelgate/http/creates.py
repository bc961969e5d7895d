"""The only path from a create's body to its answer: JSON or a form, at its own address or from another task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from msgspec.structs import replace
from starlette.types import Receive, Scope

from reelgate import tracing
from reelgate.access.load_shedding import LoadShedder, Passage
from reelgate.admission.idempotency import Idempotency, read_sent
from reelgate.admission.pipeline import Admission
from reelgate.billing.quote_tokens import QuoteTokens
from reelgate.catalog import Catalog
from reelgate.dialects import all_dialects, by_name, dialect_for_create, routes
from reelgate.dialects.port import Answer, Call, ContentDialect, Dialect, EditDialect, Operation, Parsed, RemixDialect
from reelgate.dialects.probing import Probe
from reelgate.errors import InvalidField, UnknownField
from reelgate.http.body import headers, read_object
from reelgate.http.lines import line_of
from reelgate.http.owned import Owned
from reelgate.http.responses import Headers, created
from reelgate.http.strictness import is_strict, refuse_parameters
from reelgate.http.waiting import WAIT
from reelgate.request import Mode
from reelgate.tasks.projects import Key
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

Json = dict[str, Any]

_QUOTE_HEADERS = {"x-dashscope-async": "enable", "x-dashscope-ossresourceresolve": "enable"}
"""What some APIs want to see with each create; a quote asks about its body alone."""


class CreateExchange:
    """One request on its way: who speaks for it, which becomes known as it is read, and its key's rate."""

    __slots__ = ("made", "path", "rates", "receive", "scope", "speaker")

    def __init__(self, scope: Scope, receive: Receive, speaker: Dialect) -> None:
        self.scope = scope
        self.receive = receive
        self.path: str = scope["path"]
        self.speaker = speaker
        self.rates: Headers = ()
        self.made: Task | None = None
        """The task that it made, or had made before."""


class ReadCreate(NamedTuple):
    """A create whose reader is known: the call, and the task that a remix is made from."""

    speaker: Dialect
    call: Call
    source: Task | None = None
    strict: bool = False
    """Whether it is refused where it holds what is not known."""


class Creates:
    """Takes creates in; a quote goes the same way up to the price."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        owned: Owned,
        gate: LoadShedder,
        admission: Admission,
        quote_tokens: QuoteTokens,
        repeats: Idempotency,
        edit_model: str = "",
        tracer: tracing.Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._catalog = catalog
        self._store = store
        self._owned = owned
        self._gate = gate
        self._admission = admission
        self._quote_tokens = quote_tokens
        self._repeats = repeats
        self._edit_model = edit_model
        self._editors = {found.name: found for found in all_dialects() if isinstance(found, EditDialect)}
        self._remixers = {found.name: found for found in all_dialects() if isinstance(found, RemixDialect)}
        self._addresses = {
            route.path: found[0] for route, found in routes() if route.operation in (Operation.CREATE, Operation.REMIX)
        }

    async def answer(self, exchange: CreateExchange, key: Key, source: Task | None = None) -> Answer:
        """Make a task, from `source` where the call is a remix. Raises ReelgateError."""
        above = headers(exchange.scope).get(tracing.HEADER) if self._tracer else None
        with tracing.entered(self._tracer, above, "create") as span, self._gate.passed(key) as passage:
            exchange.rates = passage.headers
            span.note({"url.path": exchange.path, "reelgate.project": key.project_id})
            answer = await self._made(exchange, key, source, passage)
            span.note({"reelgate.dialect": exchange.speaker.name, "http.response.status_code": answer.status})
        return replace(answer, headers=(*answer.headers, *exchange.rates)) if exchange.rates else answer

    async def _made(self, exchange: CreateExchange, key: Key, source: Task | None, passage: Passage) -> Answer:
        body = await read_object(exchange.scope, exchange.receive, passage)
        if source is None:
            exchange.speaker = dialect_for_create(exchange.path, body.get("model"), self._catalog)
        call = Call(exchange.path, headers(exchange.scope), body)
        strict = key.strict or is_strict(call.headers.get("prefer"))
        if strict:
            refuse_parameters(exchange.scope["query_string"], (WAIT.name,))
        order = ReadCreate(exchange.speaker, await self._with_edit_model(exchange.speaker, call, key), source, strict)
        sent = await read_sent(call, order.speaker, line_of(exchange.scope, call.headers))
        unknown: tuple[str, ...] = ()

        async def admit() -> Task:
            nonlocal unknown
            parsed = self.parse(await self._with_source(order, key))
            unknown = parsed.unknown
            pinned = self._quote_tokens.redeem(key.project_id, call)
            return await self._admission.admit(order.speaker, parsed, key, sent.mark, pinned)

        def tell(task: Task, again: bool) -> Answer:
            """Answer with the task as it was created, whatever its state is now."""
            exchange.speaker, exchange.made = by_name(task.dialect), task
            model = self._catalog.of(task.made_with, task.sold_by, or_like=True)
            answer = exchange.speaker.render_created(task.as_created(), model)
            return created(answer, task, unknown, again=again)

        return await self._repeats.once(sent, key, admit, tell)

    async def order(self, path: object, body: object, key: Key, *, strict: bool = False) -> ReadCreate:
        """Return a call that would be sent, with its reader. Raises InvalidField for its address, and TaskNotFound."""
        route, task_id = self._addressed(path)
        if not isinstance(body, dict):
            raise InvalidField.wrong_type("body", body, "the object that would be sent there")
        call = Call(str(path), _QUOTE_HEADERS, body)
        if task_id:
            source = await self._owned.task(task_id, key.project_id)
            return ReadCreate(self._addresses[route], call, source, strict)
        speaker = dialect_for_create(call.path, call.body.get("model"), self._catalog)
        call = await self._with_edit_model(speaker, call, key)
        return await self._with_source(ReadCreate(speaker, call, None, strict), key)

    async def placed(self, path: str, body: Json, key: Key, sent_with: Mapping[str, str]) -> Task:
        """Make the task of a create that no connection brought, once for its Idempotency-Key. Raises ReelgateError."""
        speaker = dialect_for_create(path, body.get("model"), self._catalog)
        order = ReadCreate(speaker, Call(path, dict(sent_with), body), strict=key.strict)
        sent = await read_sent(order.call, speaker, None)
        made: list[Task] = []

        async def admit() -> Task:
            parsed = self.parse(await self._with_source(order, key))
            return await self._admission.admit(speaker, parsed, key, sent.mark)

        def tell(task: Task, again: bool) -> Answer:
            made.append(task)
            return Answer(200, {})

        said = {"url.path": path, "reelgate.project": key.project_id, "reelgate.dialect": speaker.name}
        with tracing.entered(self._tracer, order.call.headers.get(tracing.HEADER), "create", said):
            await self._repeats.once(sent, key, admit, tell)
        return made[0]

    def parse(self, order: ReadCreate) -> Parsed:
        """Read an order. Raises ClientError with the field as the client wrote it."""
        parsed = self._read(order)
        if order.strict and parsed.unknown:
            raise UnknownField.of(parsed.unknown, self._known(order))
        return parsed

    def _known(self, order: ReadCreate) -> tuple[str, ...]:
        """Return the fields that an order might hold."""
        if order.source is not None:
            return ("prompt", "model")
        return Probe(order.speaker, order.call.path, self._catalog).names(order.call.body)

    def _read(self, order: ReadCreate) -> Parsed:
        if order.source is None:
            return order.speaker.parse(order.call, self._catalog)
        source, named = order.source, self._catalog.of(order.source.model, order.source.dialect)
        ordered = replace(source, request=source.request.ordered)
        return cast(ContentDialect, order.speaker).parse_remix(order.call, ordered, named)

    def _addressed(self, path: object) -> tuple[str, str]:
        """Return the route that leads to a path, and the id in it. Raises InvalidField if nothing is made there."""
        if not isinstance(path, str):
            raise InvalidField.not_one_of("path", path, sorted(self._addresses))
        for route in self._addresses:
            before, about_one, after = route.partition("{id}")
            task_id = path[len(before) : len(path) - len(after)] if about_one else ""
            if path == before + task_id + after and "/" not in task_id and bool(task_id) == bool(about_one):
                return route, task_id
        raise InvalidField.not_one_of("path", path, sorted(self._addresses))

    async def _with_source(self, order: ReadCreate, key: Key) -> ReadCreate:
        """Return the order with the task that its own body says to remix. Raises TaskNotFound."""
        remixer = self._remixers.get(order.speaker.name) if order.source is None else None
        task_id = remixer.remix_of(order.call) if remixer else ""
        return order._replace(source=await self._owned.task(task_id, key.project_id)) if task_id else order

    async def _with_edit_model(self, speaker: Dialect, call: Call, key: Key) -> Call:
        """Return the call with the model of an edit that names none: its source's, or the operator's."""
        editor = self._editors.get(speaker.name)
        source_id = editor.open_edit(call) if editor else None
        if source_id is None:
            return call
        source = await self._store.get(source_id) if source_id else None
        if source is not None and source.project_id == key.project_id:
            model = self._catalog.find(source.model)
            if model is not None and Mode.EDIT in model.modes:
                return replace(call, edit_model=model.id)
        return replace(call, edit_model=self._edit_model)
