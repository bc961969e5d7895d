"""What an answer has to be. An answer of another shape, as from a proxy, is refused before anything is read from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx2

from reelgate.client.errors import UnreadableAnswer

Json = dict[str, Any]
Kind = type | tuple[type, ...]

_NUMBER = (int, float)
_WORDS = {str: "a text", int: "a number", bool: "true or false", dict: "an object", list: "a list"}


class Shape(NamedTuple):
    """What JSON has to contain: the fields that are read from it. Others may be there too."""

    what: str
    needs: Mapping[str, Kind] = {}
    may: Mapping[str, Kind] = {}
    """Fields that may be missing or null; `price.amount_micros` is a field of a field."""
    object: str = ""
    """The word in the field of this name, by which an answer is known of which no other field is read."""
    items: Shape | None = None
    """What each item of `data` has to be."""

    def wrong(self, found: Any) -> str:
        """Return what is wrong with a value; "" if nothing is."""
        if not isinstance(found, dict):
            return "it is not an object"
        if self.object and found.get("object") != self.object:
            return f"object is {found.get('object')!r}, not {self.object!r}"
        return next(filter(None, self._amiss(found)), "")

    def _amiss(self, found: Json) -> Iterator[str]:
        for name, kind in {**self.needs, **self.may}.items():
            value = at(found, *name.split("."))
            if name in self.needs and (value is None or (name == "id" and value == "")):
                yield f"{name} is missing"
            elif value is not None and not isinstance(value, kind):
                yield f"{name} is not {_WORDS[kind[0] if isinstance(kind, tuple) else kind]}"
        if self.items is not None:
            if found.get("has_more") and not found.get("next_cursor"):
                yield "next_cursor is missing"
            yield from map(self.items.wrong, found["data"])

    def read(self, answer: httpx2.Response) -> Json:
        """Return an answer's JSON. Raises UnreadableAnswer."""
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            raise UnreadableAnswer.instead_of(self.what, answer, "it is not JSON", answer.text) from None
        return self.checked(found, answer, answer.text)

    def checked(self, found: Any, answer: httpx2.Response, text: str) -> Json:
        """Return what an answer, or an event of it with this text, contains. Raises UnreadableAnswer."""
        wrong = self.wrong(found)
        if wrong:
            raise UnreadableAnswer.instead_of(self.what, answer, wrong, text)
        right: Json = found
        return right

    def event(self, text: str, answer: httpx2.Response) -> Json:
        """Return the JSON of one event in an answer. Raises UnreadableAnswer."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise UnreadableAnswer.instead_of(self.what, answer, "it is not JSON", text) from None
        return self.checked(found, answer, text)


def header(answer: httpx2.Response, name: str, form: re.Pattern[str]) -> str:
    """Return an answer's header. Raises UnreadableAnswer where it is missing, or of another form."""
    found: str = answer.headers.get(name, "")
    if not form.fullmatch(found):
        wrong = f"the header {name} is {found!r}" if found else f"the header {name} is missing"
        raise UnreadableAnswer.instead_of("the state of an upload", answer, wrong, answer.text)
    return found


def at(found: Any, *path: str) -> Any:
    """Return what is at a place in JSON; None if there is nothing."""
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


TASK = Shape(
    "a task",
    {"id": str, "model": str, "status": str, "state": str, "progress": _NUMBER, "created_at": _NUMBER},
    {
        "result_url": str, "error": dict, "error.message": str, "metadata": dict,
        "price": dict, "price.amount_micros": int, "price.charged_micros": int,
        "queue": dict, "queue.position": int, "waiting": dict, "waiting.message": str,
    },
)  # fmt: skip
TASKS = Shape("a list of tasks", {"data": list, "has_more": bool}, {"next_cursor": str}, items=TASK)
TIMELINE = Shape("a task's history", object="timeline")
MODEL = Shape("a model", {"id": str})
MODELS = Shape("a list of models", {"data": list}, items=MODEL)
QUOTE = Shape("a quote", {"id": str, "price": dict, "price.amount_micros": int})
PREVIEW = Shape("a preview", object="preview")
BALANCE = Shape("a balance", object="balance")
USAGE = Shape("a usage report", object="usage")
RELOAD = Shape("what a reload changes", object="reload")
FILE = Shape("a file", {"id": str})
WEBHOOK = Shape("a webhook", {"id": str})
WEBHOOKS = Shape("a list of webhooks", {"data": list}, items=WEBHOOK)
DELIVERY = Shape("a delivery", {"id": str})
DELIVERIES = Shape("a list of deliveries", {"data": list, "has_more": bool}, {"next_cursor": str}, items=DELIVERY)
REPLAYED = Shape("the number of deliveries", {"replayed": int})
DELETED = Shape("a deletion", {"id": str, "deleted": bool})
