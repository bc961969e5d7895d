"""The models as cards: what each does, what it takes, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from reelgate import limits
from reelgate.catalog import Catalog
from reelgate.console.guard import Guard, Page, Visit
from reelgate.http.task_routes import TaskRoutes
from reelgate.previews.preview import Previews
from reelgate.request import Mode

MODES = {
    Mode.TEXT: "Text",
    Mode.IMAGE: "First frame",
    Mode.FRAMES: "First and last frame",
    Mode.REFERENCE: "References",
    Mode.EDIT: "Edit",
    Mode.EXTEND: "Extend",
}
"""Each mode's word for people."""

_LONGEST_NUMBER = 10


class ModelPages:
    """The page at `/console/models`."""

    def __init__(self, guard: Guard, *, house: TaskRoutes, catalog: Catalog, previews: Previews) -> None:
        self._guard = guard
        self._house = house
        self._catalog = catalog
        self._previews = previews

    def routes(self) -> list[Page]:
        """Return the routes."""
        return [self._guard.at("GET", "/console/models", self._models)]

    async def _models(self, visit: Visit) -> Response:
        listed = await self._guard.ask(visit, self._house.models)
        mode, search = visit.asked("mode"), visit.asked("q")
        cards = [{**_card(model), **self._who(model["id"])} for model in listed["data"]]
        counts = {one.value: sum(one.value in card["modes"] for card in cards) for one in MODES}
        shown = [card for card in cards if _fits(card, mode, search)]
        begin = visit.asked("from")
        start = int(begin) if begin.isdecimal() and len(begin) < _LONGEST_NUMBER else 0
        page = shown[start : start + limits.CONSOLE_PAGE]
        more = start + limits.CONSOLE_PAGE if start + limits.CONSOLE_PAGE < len(shown) else None
        words = {one.value: word for one, word in MODES.items()}
        return self._guard.page(
            visit,
            "models.html",
            cards=page,
            more=more,
            mode=mode,
            search=search,
            words=words,
            counts=counts,
            all=len(cards),
        )

    def _who(self, model_id: str) -> dict[str, Any]:
        model = self._catalog.find(model_id)
        if model is None or model.standin:  # which another model makes, as its card says
            return {}
        here, would = self._previews.who(model)
        return {"made_here": here, "would_make": would}


def _fits(card: Mapping[str, Any], mode: str, search: str) -> bool:
    words = f"{card['title']} {card['id']} {card['owned_by']}".lower()
    return (not mode or mode in card["modes"]) and all(word in words for word in search.lower().split())


def _card(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's card: its price by resolution and second, and whether the Studio takes it."""
    per_second = model["price"].get("micros_per_second") or {}
    rules = [rule for rule in model.get("price_rules", ()) if rule.get("per_second") or rule.get("per_million_tokens")]
    return {
        **model,
        "free": bool(per_second) and not any(per_second.values()) and not rules,
        "per_second": {tier: micros for tier, micros in per_second.items() if micros},
        "off_peak": bool(model["price"].get("offpeak_micros_per_second")),
        "counted": bool(rules),
        "sold_by": [model["dialect"], *(other["dialect"] for other in model.get("also", ()))],
    }
