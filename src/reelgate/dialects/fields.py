"""Reads a JSON object field by field, and speaks of each field by the name that the client gave it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn, Self

import msgspec

from reelgate.errors import InvalidField
from reelgate.limits import MAX_MEDIA_ITEMS

_WORDS = {"true": True, "false": False}
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_JSON = ("{", "[")


class FormBody(dict[str, Any]):
    """An object that came as a form, where every value is a text: "5" is 5, "true" is true, a JSON text its value."""


class _Layer(NamedTuple):
    """One JSON object, the path to it, and the keys that were asked for."""

    obj: Mapping[str, Any]
    path: str
    read: set[str]

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


class Fields:
    """A JSON object with typed readers.

    null counts as absent, a boolean is no integer, and every reader raises InvalidField with the dotted path, the
    value and what is taken. Subclasses change how strict a wire API is: `digit_strings` takes "5" for 5,
    `word_booleans` "true" for true, `mismatch` words the refusal of a wrong JSON type.
    """

    digit_strings = False
    word_booleans = False

    def __init__(self, obj: Mapping[str, Any], path: str = "") -> None:
        self.layers = [_Layer(obj, path, set())]
        self.inner: list[Self] = []

    def path(self, key: str) -> str:
        """Return the name by which the client knows `key`: `parameters.duration`."""
        return self._find(key)[0]

    def string(self, key: str) -> str:
        """Return a string, "" when absent."""
        path, value = self._find(key)
        if value is None:
            return ""
        return value if isinstance(value, str) else self.mismatch(path, value, "a string")

    def integer(self, key: str) -> int | None:
        """Return an integer, None when absent."""
        path, value = self._find(key)
        if self.digit_strings and isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value):
            return int(value)
        if self._of_form and isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        return self.mismatch(path, value, "an integer")

    def boolean(self, key: str) -> bool | None:
        """Return true or false, None when absent."""
        path, value = self._find(key)
        if isinstance(value, str) and (self.word_booleans or self._of_form):
            value = _WORDS.get(value.lower() if self._of_form else value, value)
        return value if value is None or isinstance(value, bool) else self.mismatch(path, value, "a boolean")

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Return one of `choices`, "" when absent."""
        value = self.string(key)
        if value and value not in choices:
            raise InvalidField.not_one_of(self.path(key), value, choices)
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """Return an array of strings, empty when absent. A single string counts as an array of one."""
        path, value = self._find(key)
        value = self._opened(value)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(
            item if isinstance(item, str) else self.mismatch(f"{path}[{at}]", item, "a string")
            for at, item in enumerate(self._array(path, value))
        )

    def object(self, key: str) -> Self:
        """Return the object at `key`, an empty one when absent."""
        path, value = self._find(key)
        return self._within({} if value is None else self._opened(value), path)

    def objects(self, key: str) -> tuple[Self, ...]:
        """Return an array of objects, empty when absent."""
        path, value = self._find(key)
        value = self._opened(value)
        if self._of_form and isinstance(value, dict):  # a form's only one of a list
            value = [value]
        items = [self._opened(item) for item in self._array(path, value)]
        return tuple(self._within(item, f"{path}[{at}]") for at, item in enumerate(items))

    def has(self, key: str) -> bool:
        """Tell whether `key` is there, whatever its type."""
        return self._find(key)[1] is not None

    def require(self, key: str, wanted: str) -> None:
        """Raise InvalidField unless `key` is there; `wanted` says what belongs there."""
        path, value = self._find(key)
        if value in (None, "", [], {}):
            raise InvalidField.missing(path, wanted)

    def over(self, under: Self) -> Self:
        """Return this object laid over `under`: a key that is here wins, one that is not is read there."""
        both = type(self)({})
        both.layers, both.inner = self.layers + under.layers, self.inner
        return both

    def unknown(self) -> tuple[str, ...]:
        """Return the paths of the fields that no reader has asked for, here and in the objects that were read."""
        own = self.layers[0]
        found = [own.name(key) for key in own.obj if key not in own.read]
        for inner in self.inner:
            found += inner.unknown()
        return tuple(found)

    def mismatch(self, path: str, value: Any, wanted: str) -> NoReturn:
        """Raise the refusal of a value of the wrong JSON type."""
        raise InvalidField.wrong_type(path, value, wanted)

    def _find(self, key: str) -> tuple[str, Any]:
        """Return the path and the value of `key`."""
        value = None
        for layer in self.layers:
            layer.read.add(key)
        for layer in self.layers:  # the last one is the field's home when it is nowhere
            value = layer.obj.get(key)
            if value is not None:
                break
        return layer.name(key), value

    @property
    def _of_form(self) -> bool:
        """Whether any of this came as a form."""
        return any(isinstance(layer.obj, FormBody) for layer in self.layers)

    def _opened(self, value: Any) -> Any:
        """Return what the JSON text of an object or array stands for in a form, any other value as it is."""
        if not (isinstance(value, str) and self._of_form and value.lstrip().startswith(_JSON)):
            return value
        try:
            return msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value

    def _array(self, path: str, value: Any) -> list[Any]:
        if value is None:
            return []
        items: list[Any] = value if isinstance(value, list) else self.mismatch(path, value, "an array")
        if len(items) > MAX_MEDIA_ITEMS:  # far more than any model takes; a bound on what is read and named back
            allowed = f"at most {MAX_MEDIA_ITEMS} items"
            raise InvalidField(path, f"{path} has {len(items)} items; allowed: {allowed}", allowed=allowed)
        return items

    def _within(self, value: Any, path: str) -> Self:
        inner = type(self)(value, path) if isinstance(value, dict) else self.mismatch(path, value, "an object")
        self.inner.append(inner)
        return inner
