"""Reads what a client sent as strictly as a vendor's documents have it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any


class Wrong(Exception):
    """A field is not as the vendor's documents have it; each vendor says so in its own way.

    `why` is `missing`, `unwanted`, `count` or `invalid`.
    """

    def __init__(self, name: str, text: str, why: str = "invalid") -> None:
        self.name = name
        self.text = text
        self.why = why
        super().__init__(f"{name}: {text}")


class Fields:
    """An object of a request. `null` counts as absent, as official clients send it for what is not set.

    Fields that are never asked for are tolerated, as vendors do. Every method raises Wrong.
    """

    def __init__(self, given: Any, where: str = "") -> None:
        if not isinstance(given, dict):
            raise Wrong(where.rstrip(".") or "body", "must be an object", "missing" if given is None else "invalid")
        self._given = given
        self._where = where

    @property
    def all(self) -> dict[str, Any]:
        """What was sent."""
        return self._given

    def name(self, name: str) -> str:
        """Return the field's full name."""
        return self._where + name

    def get(self, name: str) -> Any:
        """Return the value, None if it is absent."""
        return self._given.get(name)

    def inner(self, name: str) -> Fields:
        """Return an object in it; an empty one where it is absent."""
        value = self.get(name)
        return Fields({} if value is None else value, f"{self._where}{name}.")

    def text(self, name: str, *, most: int = 0, required: bool = False) -> str:
        """Return a text of up to `most` characters, "" where it is absent."""
        value = self.get(name)
        if value is None or value == "":
            if required:
                raise Wrong(self.name(name), "is required", "missing")
            return ""
        if not isinstance(value, str):
            raise Wrong(self.name(name), "must be a string")
        if most and len(value) > most:
            raise Wrong(self.name(name), f"is longer than {most} characters")
        return value

    def whole(self, name: str, low: int, high: int, *, also: Collection[int] = (), default: int | None = None) -> int:
        """Return a whole number between `low` and `high`, or one of `also`; without a default it is required."""
        value = self.get(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise Wrong(self.name(name), "is required", "missing")
        if type(value) is not int:
            raise Wrong(self.name(name), "must be an integer")
        if not (low <= value <= high or value in also):
            raise Wrong(self.name(name), f"must be between {low} and {high}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise Wrong(self.name(name), "must be a boolean")
        return value

    def one_of(self, name: str, allowed: Collection[str], *, default: str = "") -> str:
        """Return one of the words."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            raise Wrong(self.name(name), f"must be one of {', '.join(allowed)}")
        return value

    def texts(self, name: str, low: int = 0, high: int = 0) -> list[str]:
        """Return a list of `low` to `high` texts; empty if it is absent."""
        value = self.get(name)
        if value is None:
            value = []
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise Wrong(self.name(name), "must be a list of strings")
        if not low <= len(value) <= max(low, high):
            raise Wrong(self.name(name), f"must have {low} to {high} items", "count" if value else "missing")
        return value

    def objects(self, name: str) -> list[Fields]:
        """Return a list of objects; empty if it is absent."""
        value = self.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Wrong(self.name(name), "must be a list")
        return [Fields(item, f"{self.name(name)}[{number}].") for number, item in enumerate(value)]

    def refuse(self, *names: str) -> None:
        """Let no field of those names pass: the documents say that the model does not take them."""
        for name in names:
            if self.get(name) is not None:
                raise Wrong(self.name(name), "is not supported by this model", "unwanted")


def address(url: str, name: str, schemes: Iterable[str]) -> str:
    """Return an input's address, which begins with one of the schemes (`https://`, `data:image/`)."""
    if not any(url.startswith(scheme) for scheme in schemes):
        raise Wrong(name, f"must begin with {' or '.join(schemes)}")
    return url


WEB = ("http://", "https://")
