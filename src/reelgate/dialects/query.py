"""Reads a list call's query by name, as `fields` reads a body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from reelgate.errors import InvalidField
from reelgate.limits import MAX_LISTED_IDS

_DIGITS = re.compile("[0-9]{1,18}")


class Parameter(NamedTuple):
    """A parameter of an address's query, and the JSON Schema of its text."""

    name: str
    schema: Mapping[str, Any]


def whole(name: str, low: int, high: int, says: str = "") -> Parameter:
    """Return a parameter that is a whole number."""
    told = {"description": says} if says else {}
    return Parameter(name, {"type": "integer", "minimum": low, "maximum": high, **told})


def text(name: str, says: str = "", *, words: Sequence[str] = ()) -> Parameter:
    """Return a parameter that is a text, or one of some words."""
    told = {"description": says} if says else {}
    return Parameter(name, {"type": "string", **({"enum": list(words)} if words else {}), **told})


class Query:
    """The parameters of an address. Every reader raises InvalidField with the name, the value and what is taken."""

    def __init__(self, query: Mapping[str, Sequence[str]]) -> None:
        self._query = query
        self._read: set[str] = set()

    def unknown(self) -> tuple[str, ...]:
        """Return the parameters that no reader has asked for."""
        return tuple(name for name in self._query if name not in self._read)

    def refuse_unknown(self) -> None:
        """Raise InvalidField for a parameter that no reader has asked for."""
        refuse_unknown(self.unknown(), sorted(self._read))

    def text(self, name: str) -> str:
        """Return a parameter's last value, "" when absent."""
        self._read.add(name)
        return self._query[name][-1] if self._query.get(name) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a repeated parameter; commas part them too."""
        self._read.add(name)
        found = tuple(one for text in self._query.get(name, ()) for one in text.split(",") if one)
        if len(found) > MAX_LISTED_IDS:
            allowed = f"at most {MAX_LISTED_IDS}"
            raise InvalidField(name, f"{name} has {len(found)} values; allowed: {allowed}", allowed=allowed)
        return found

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return one of `choices`, "" when absent."""
        text = self.text(name)
        if text and text not in choices:
            raise InvalidField.not_one_of(name, text, choices)
        return text

    def integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`, None when absent."""
        text = self.text(name)
        if not text:
            return None
        if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
            raise InvalidField.out_of_range(name, text, f"a whole number from {low} to {high}")
        return int(text)


def refuse_unknown(unknown: Sequence[str], known: Sequence[str]) -> None:
    """Raise InvalidField for parameters that are not known: what they were to change would not be changed."""
    if unknown:
        name, allowed = unknown[0], ", ".join(known)
        raise InvalidField(
            name[:60], f"{name[:60]} is not a parameter of this route; allowed: {allowed}", allowed=allowed
        )
