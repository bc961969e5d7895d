"""The Studio: a prompt, its storyboard and its price, and the order."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from reelgate import limits
from reelgate.access.keyring import may_use
from reelgate.access.load_shedding import Door, LoadShedder
from reelgate.billing.quote_tokens import QUOTE_HEADER
from reelgate.catalog import Catalog, Derived
from reelgate.catalog.rules import check
from reelgate.console import words
from reelgate.console.fields import INPUTS, ModelFields, body_of, fields_of, offered
from reelgate.console.guard import HOME, Guard, Page, Visit
from reelgate.console.snippets import shown
from reelgate.console.task_pages import TaskPages
from reelgate.console.wordings import REFUSED, YOUR_FILE, Wording, sayable, worded
from reelgate.dialects import by_name
from reelgate.dialects.port import HOUSE, Call
from reelgate.errors import ClientError, InvalidField, KeyForbidden, KeyReused, ReelgateError
from reelgate.http.creates import CreateExchange, Creates
from reelgate.media.links import LinkSigner
from reelgate.previews.preview import Previews
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Scope

CREATE = "/v1/tasks"
_ASKED = ("model", "prompt", "seed", "duration", "resolution", "ratio", *(f"{name}_at" for name, _ in INPUTS.values()))
"""What an address may fill in."""
FIRST_MODEL = "animatic"
PAST_PRICE = "The price that was shown no longer holds. Look at the new one, then order."
ORDERED_ALREADY = "This page has ordered a video already: it is among the tasks. Order again to make another one."
OF_FORM = Markup(' form="studio"')

_INPUTS = frozenset(name for name, _ in INPUTS.values())
_AT_FIELDS = frozenset({"prompt", "model", "duration", "seed", "resolution", "ratio"}) | _INPUTS
"""Fields of the Studio that show their own errors; all other errors are shown above the form."""


class StudioPage:
    """The page at `/console` and what its form does."""

    def __init__(
        self,
        guard: Guard,
        tasks: TaskPages,
        *,
        catalog: Catalog,
        creates: Creates,
        previews: Previews,
        gate: LoadShedder,
        signer: LinkSigner,
    ) -> None:
        self._guard = guard
        self._tasks = tasks
        self._catalog = catalog
        self._models = Derived(catalog, offered)
        self._creates = creates
        self._previews = previews
        self._gate = gate
        self._signer = signer

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", HOME, self._studio, Scope.CREATE),
            at("POST", "/console/preview", self._preview, Scope.CREATE),
            at("POST", "/console/tasks", self._create, Scope.CREATE),
        ]

    async def _studio(self, visit: Visit) -> Response:
        asked = visit.request.query_params
        return await self._show_studio(visit, {name: asked[name] for name in _ASKED if name in asked})

    async def _show_studio(
        self,
        visit: Visit,
        form: Mapping[str, str],
        *,
        error: ClientError | None = None,
        found: Mapping[str, Any] | None = None,
        fields: ModelFields | None = None,
        forms: Mapping[str, Any] | None = None,
    ) -> Response:
        latest = Filter(project_id=visit.key.project_id, limit=3)
        return self._guard.page(
            visit,
            "studio.html",
            error.status if error else 200,
            fields=fields or self._fields(visit, form.get("model", ""), _given_at(form)),
            models=[model for model in self._models.value().values() if may_use(visit.key, model.id)],
            given=bool(_given_at(form)) or _place(error) in _INPUTS,
            form=form,
            error=error,
            said=in_words(error) if error else "",
            refused=_place(error),
            most=limits.MAX_BODY_BYTES,
            found=found,
            words=forms,
            owner=OF_FORM,
            lately=await self._tasks.list(visit, latest) if Scope.READ in visit.key.scopes else [],
            once=next_number(form.get("once", "") if error is None else ""),
        )

    def _fields(self, visit: Visit, name: str, given: Collection[str] = ()) -> ModelFields:
        models = self._models.value()
        model = models.get(name) or models.get(FIRST_MODEL)
        if model is None or not may_use(visit.key, model.id):
            model = next((m for m in models.values() if may_use(visit.key, m.id)), None)
        if model is None:
            raise KeyForbidden("this key may use no model that begins with words or a picture")
        return fields_of(model, given)

    async def _asked(self, visit: Visit) -> tuple[dict[str, str], ModelFields, dict[str, Any]]:
        """Return what a Studio form holds: its texts, the fields of its model, and the create that it stands for."""
        form = {name: value for name, value in visit.form.items() if isinstance(value, str)}
        given = {name: found for name in sorted(_INPUTS) if (found := await self._given(visit, name))}
        has = {*given, *(str(name) for name in visit.form.getlist("has"))}
        fields = self._fields(visit, form.get("model", ""), has)
        if form.get("free"):  # the same words by the built-in engine, for nothing
            fields = self._fields(visit, FIRST_MODEL, has)
            offers = {"resolution": fields.resolutions, "ratio": fields.ratios}
            form = {name: value for name, value in form.items() if value in offers.get(name, (value,))}
            form.pop("quote", None)
        if visit.text("only") == "forms":  # a script names the files instead of sending them
            given |= {name: [YOUR_FILE] for name in has - given.keys() if name in _INPUTS}
        names = [one.name for one in fields.inputs]
        return form, fields, body_of(form, fields, {name: given[name] for name in names if name in given})

    @staticmethod
    async def _given(visit: Visit, name: str) -> list[str]:
        """Return the files of a field as data addresses, then the addresses that were typed beside it."""
        given = []
        for file in visit.form.getlist(name):
            if isinstance(file, UploadFile) and file.size:
                data = base64.b64encode(await file.read()).decode()
                given.append(f"data:{file.content_type or 'application/octet-stream'};base64,{data}")
        return given + visit.text(f"{name}_at").split()

    async def _preview(self, visit: Visit) -> Response:
        """Show the storyboard and the price: alone where a script asks for it, else within the page."""
        form, fields, body = await self._asked(visit)
        if visit.text("only") == "fields":
            return await self._show_studio(visit, form, fields=fields)
        if visit.text("only") == "forms":
            return self._guard.page(visit, "forms.html", words=self._words(visit, body), owner=OF_FORM)
        found = await self._found(visit, body)
        if visit.text("only") == "preview":
            return self._guard.page(visit, "preview.html", found=found, fields=fields)
        return await self._show_studio(visit, form, found=found, fields=fields, forms=self._words(visit, body))

    async def _found(self, visit: Visit, body: dict[str, Any]) -> dict[str, Any]:
        """Return the storyboard and the price of a create. Raises ReelgateError."""
        with self._gate.visited(visit.key, Door.PREVIEWS):
            order = await self._creates.order(CREATE, body, visit.key)
            made = await self._previews.make(order.call, partial(self._creates.parse, order), visit.key)
        stills = [
            (still, self._signer.sign(made.id, f"still-{number}", made.ends // 1000))
            for number, still in enumerate(made.stills, 1)
        ]
        return {"preview": made, "stills": stills, "notes": made.told.notes if made.told else {}}

    def _words(self, visit: Visit, body: dict[str, Any]) -> dict[str, Any]:
        """Return the request in the chosen API's words, as the chosen code."""
        dialect = visit.text("dialect") if visit.text("dialect") in sayable() else HOUSE
        try:
            parsed = by_name(HOUSE).parse(Call(CREATE, {}, body), self._catalog)
            request = check(parsed.model, parsed.request, parsed.names)
            said = worded(dialect, request, parsed.model, self._catalog)
        except ClientError as error:
            said = Wording(dialect, why_not=REFUSED, names=(error.message,))
        return shown(said, visit.text("as"))

    async def _create(self, visit: Visit) -> Response:
        """Make the video; the form's own number makes sure that it is once."""
        form, fields, body = await self._asked(visit)
        try:
            made = await ordered(self._creates, visit, body, once=form.get("once", ""), quote=form.get("quote", ""))
        except ClientError as error:
            shown = None if form.get("free") else fields  # the form goes on being the chosen model's
            found = await self._found(visit, body) if _is_past_price(error) else None
            return await self._show_studio(visit, form, error=error, fields=shown, found=found)
        return RedirectResponse(f"/console/tasks/{made}", 303)


async def ordered(creates: Creates, visit: Visit, body: Mapping[str, Any], *, once: str, quote: str) -> str:
    """Make a video by the same way as `POST /v1/tasks`, once for each `once`; return the task's id.

    Raises ReelgateError.
    """
    sent = {"content-type": "application/json", "idempotency-key": f"console-{once}"[:200]}
    if quote:
        sent[QUOTE_HEADER] = quote
    data = msgspec.json.encode(body)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data, "more_body": False}

    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "method": "POST", "path": CREATE, "headers": pairs, "query_string": b""}
    answer = await creates.answer(CreateExchange(scope, receive, by_name(HOUSE)), visit.key)
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer.body))
    return str(made["id"])


def next_number(former: str) -> str:
    """Return the number of a form's order: the former one until an order was answered, so that a page which is asked
    for again after a lost answer orders nothing twice."""
    return former or secrets.token_urlsafe(12)


def in_words(error: ReelgateError) -> str:
    """Return what an order's refusal says to people, who know neither quotes nor idempotency keys."""
    if isinstance(error, KeyReused):
        return words.translated(ORDERED_ALREADY)
    return words.translated(PAST_PRICE) if _is_past_price(error) else words.refusal(error)


def _is_past_price(error: ReelgateError) -> bool:
    return isinstance(error, InvalidField) and error.field.lower() == QUOTE_HEADER


def _given_at(form: Mapping[str, str]) -> set[str]:
    """Return the inputs that a form gives by their address."""
    return {name for name in _INPUTS if form.get(f"{name}_at", "").strip()}


def _place(error: ClientError | None) -> str:
    """Return the field of the Studio at which a refusal is shown, "" for above the form."""
    name = error.field.partition("[")[0].partition(".")[0] if isinstance(error, InvalidField) else ""
    return name if name in _AT_FIELDS else ""
