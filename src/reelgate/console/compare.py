"""Side by side: the same prompt by up to four models, with time, price and measured delivery of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from reelgate import limits
from reelgate.access.keyring import may_use
from reelgate.catalog import Catalog, Derived, Model
from reelgate.console.fields import body_of, fields_of
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.studio import CREATE, in_words, next_number, ordered
from reelgate.console.task_pages import TaskPages
from reelgate.errors import InDoubt, InvalidField, ReelgateError
from reelgate.http.billing_routes import BillingRoutes
from reelgate.http.creates import Creates
from reelgate.request import Mode
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Scope

_KEPT = ("prompt", "duration", "seed", "resolution", "ratio", "negative_prompt")


class Compare:
    """The pages under `/console/compare`."""

    def __init__(
        self, guard: Guard, tasks: TaskPages, *, catalog: Catalog, creates: Creates, money: BillingRoutes
    ) -> None:
        self._guard = guard
        self._tasks = tasks
        self._models = Derived(catalog, _by_words)
        self._creates = creates
        self._money = money

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", "/console/compare", self._page, Scope.CREATE),
            at("POST", "/console/compare", self._asked, Scope.CREATE),
            at("GET", "/console/compare/{id}/tile", self._tile, Scope.READ),
        ]

    async def _page(self, visit: Visit) -> Response:
        named = tuple(visit.asked("tasks").split(",")[: limits.CONSOLE_COMPARED])
        shown = []
        if named[0] and visit.may(Scope.READ):
            which = Filter(project_id=visit.key.project_id, ids=named, limit=limits.CONSOLE_COMPARED)
            shown = sorted(await self._tasks.list(visit, which), key=lambda task: named.index(task["id"]))
        form = {"prompt": shown[0]["prompt"]} if shown else {}
        return self._show(visit, form, [task["model"] for task in shown], shown=shown)

    async def _asked(self, visit: Visit) -> Response:
        """Show what the chosen models would cost, or order from each at that price."""
        form = {name: visit.text(name) for name in _KEPT if visit.text(name)}
        chosen = list(dict.fromkeys(str(name) for name in visit.form.getlist("models")))
        do = visit.text("do")
        if do == "choose":
            return self._show(visit, form, [visit.text("model")])
        if not 1 <= len(chosen) <= limits.CONSOLE_COMPARED:
            error = InvalidField.out_of_range("models", len(chosen), f"1 to {limits.CONSOLE_COMPARED} models")
            return self._show(visit, form, chosen, error=error)
        if do != "make":
            return self._show(visit, form, chosen, quotes=await self._quotes(visit, form, chosen))
        made, left, refused = [], [], {}
        for name in chosen:
            try:
                body = self._body(form, name)
                once, quote = f"{visit.text('once')}-{name}", visit.text(f"quote-{name}")
                made.append(await ordered(self._creates, visit, body, once=once, quote=quote))
            except ReelgateError as error:
                refused[name] = {"refused": in_words(error)}
                left += [] if isinstance(error, InDoubt) else [name]
        if refused:  # only what was certainly not ordered stays chosen: the others would be paid for twice
            return self._show(visit, form, left, quotes=refused, made=made)
        return RedirectResponse(f"/console/compare?tasks={','.join(made)}", 303)

    async def _quotes(self, visit: Visit, form: Mapping[str, str], chosen: list[str]) -> dict[str, Any]:
        """Return for each model its quote, or why it would be refused."""
        found: dict[str, Any] = {}
        for name in chosen:
            try:
                body = {"path": CREATE, "body": self._body(form, name)}
                found[name] = await self._guard.ask(visit, self._money.quote, body=body)
            except ReelgateError as error:
                found[name] = {"refused": in_words(error)}
        return found

    def _body(self, form: Mapping[str, str], name: str) -> dict[str, Any]:
        """Return what one model is asked for: what it does not offer is left to its own default."""
        model = self._models.value().get(name)
        if model is None:
            raise InvalidField.out_of_range("models", name, "a model that makes videos from words")
        fields = fields_of(model)
        offers = {"resolution": fields.resolutions, "ratio": fields.ratios}
        kept = {one: text for one, text in form.items() if text in offers.get(one, (text,))}
        return body_of(kept, fields)

    async def _tile(self, visit: Visit) -> Response:
        task = self._tasks.told(visit, await self._guard.task(visit))
        return self._guard.page(visit, "compared.html", task=task)

    def _show(
        self,
        visit: Visit,
        form: Mapping[str, str],
        chosen: list[str],
        *,
        shown: list[dict[str, Any]] | None = None,
        quotes: Mapping[str, Any] | None = None,
        made: Sequence[str] = (),
        error: ReelgateError | None = None,
    ) -> Response:
        good = [one["price"]["amount_micros"] for one in (quotes or {}).values() if "refused" not in one]
        return self._guard.page(
            visit,
            "compare.html",
            error.status if error else 200,
            error=error,
            form=form,
            kept=_KEPT,
            models=[model for model in self._models.value().values() if may_use(visit.key, model.id)],
            chosen=chosen,
            most=limits.CONSOLE_COMPARED,
            tasks=shown or [],
            quotes=quotes or {},
            total=sum(good) if good and len(good) == len(chosen) else None,
            made=made,
            once=next_number("" if visit.text("do") == "make" else visit.text("once")),
        )


def _by_words(catalog: Catalog) -> dict[str, Model]:
    return {model.id: model for model in catalog if Mode.TEXT in model.modes}
