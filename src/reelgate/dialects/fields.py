"""Reads a JSON object field by field; errors name each field as the client wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, NoReturn, Self

import msgspec

from reelgate.errors import InvalidField
from reelgate.limits import MAX_MEDIA_ITEMS

_WORDS = {"true": True, "false": False}
_WHOLE = re.compile(r"[0-9]{1,18}(?:\.0{1,9})?")
_WHOLE_IN_FORMS = re.compile(r"-?[0-9]{1,18}")
_JSON = ("{", "[")


class FormBody(dict[str, Any]):
    """An object that came as a form, where every value is a text: "5" is 5, "true" is true, a JSON text its value."""


class _Layer:
    """One JSON object, the path to it, and the keys of it that were asked for."""

    __slots__ = ("obj", "path", "read")

    def __init__(self, obj: Mapping[str, Any], path: str) -> None:
        self.obj = obj
        self.path = path
        self.read: set[str] = set()

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


class Fields:
    """A JSON object with typed readers.

    null counts as absent, a boolean is not an integer, and every reader raises InvalidField with the dotted path, the
    value and what is taken. Subclasses change how strict a wire API is: `digit_strings` takes "5" and "5.0" for 5,
    `word_booleans` "true" for true, `json_texts` the JSON text of an object or an array for it; `mismatch` words the
    refusal of a wrong JSON type.
    """

    digit_strings = False
    word_booleans = False
    json_texts = False

    def __init__(self, obj: Mapping[str, Any], path: str = "") -> None:
        self.home = self.top = _Layer(obj, path)
        self.layers: tuple[_Layer, ...] = (self.top,) if obj else ()
        self.keys: Set[str] = obj.keys()
        self.hides = False
        self.inner: dict[str, Self] = {}

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
        return self._integer(*self._find(key))

    def integers(self, key: str) -> tuple[tuple[str, int], ...]:
        """Return path and value of the integer at `key` in every layer that holds one."""
        found = ((path, self._integer(path, value)) for path, value in self._everywhere(key))
        return tuple((path, number) for path, number in found if number is not None)

    def texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return path and value of the string at `key` in every layer that holds one."""
        return tuple(
            (path, value if isinstance(value, str) else self.mismatch(path, value, "a string"))
            for path, value in self._everywhere(key)
        )

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
        path, value = self._structure(key)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(
            item if isinstance(item, str) else self.mismatch(f"{path}[{at}]", item, "a string")
            for at, item in enumerate(self._array(path, value))
        )

    def object(self, key: str) -> Self:
        """Return the object at `key`, an empty one when absent."""
        path, value = self._structure(key)
        return self._within({} if value is None else value, path)

    def objects(self, key: str) -> tuple[Self, ...]:
        """Return an array of objects, empty when absent."""
        path, value = self._structure(key)
        if self._of_form and isinstance(value, dict):  # a form's only one of a list
            value = [value]
        items = [self._opened(item) for item in self._array(path, value)]
        return tuple(self._within(item, f"{path}[{at}]") for at, item in enumerate(items))

    def value(self, key: str) -> Any:
        """Return what is there, whatever its type; None when absent."""
        return self._structure(key)[1]

    def has(self, key: str) -> bool:
        """Tell whether `key` is there, whatever its type."""
        return self._find(key)[1] is not None

    def holds(self, key: str) -> bool:
        """Tell the same, and leave `key` unread."""
        return key in self.keys and any(layer.obj.get(key) is not None for layer in self.layers)

    def lacks(self, keys: Iterable[str]) -> bool:
        """Tell whether none of `keys` is there, so that what reads them need not begin."""
        return self.keys.isdisjoint(keys)

    def require(self, key: str, wanted: str) -> None:
        """Raise InvalidField unless `key` is there; `wanted` says what belongs there."""
        path, value = self._find(key)
        if value in (None, "", [], {}):
            raise InvalidField.missing(path, wanted)

    def over(self, under: Self, *, at_home: bool = False, hides: bool = False) -> Self:
        """Return this object laid over `under`: a key that is here wins, one that is not is read there.

        One that is nowhere goes by its name in `under`, or in this object where it is `at_home` here. If this object
        `hides` the one below, values there under the same name do not count.
        """
        both = type(self)({})
        both.layers, both.inner = self.layers + under.layers, self.inner
        both.keys = self.keys | under.keys if under.keys else self.keys
        both.home, both.top, both.hides = self.home if at_home else under.home, self.top, hides
        return both

    def unknown(self) -> tuple[str, ...]:
        """Return the paths of the fields that no reader has asked for, here and in the objects that were read."""
        return tuple(path for path, _ in self.unread())

    def unread(self) -> Iterator[tuple[str, Any]]:
        """Yield path and value of the fields that no reader has asked for, here and in the objects that were read."""
        own = self.top
        for key, value in own.obj.items():
            if key not in own.read:
                yield own.name(key), value
        for inner in self.inner.values():
            if inner.top.obj or inner.inner:
                yield from inner.unread()

    def mismatch(self, path: str, value: Any, wanted: str) -> NoReturn:
        """Raise the refusal of a value of the wrong JSON type."""
        raise InvalidField.wrong_type(path, value, wanted)

    def _find(self, key: str) -> tuple[str, Any]:
        """Return the path and the value of `key`."""
        if key not in self.keys:  # as most of all the names are that a parser tries
            return self.home.name(key), None
        found = None
        for layer in self.layers:
            layer.read.add(key)
            if found is None and layer.obj.get(key) is not None:
                found = layer
        return (self.home.name(key), None) if found is None else (found.name(key), found.obj[key])

    def _integer(self, path: str, value: Any) -> int | None:
        if self.digit_strings and isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value.partition(".")[0])
        if self._of_form and isinstance(value, str) and _WHOLE_IN_FORMS.fullmatch(value):
            return int(value)
        if self.digit_strings and isinstance(value, float) and value.is_integer():
            return int(value)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        return self.mismatch(path, value, "an integer")

    def _everywhere(self, key: str) -> Iterator[tuple[str, Any]]:
        """Yield path and value of `key` in every layer that holds it."""
        if key not in self.keys:
            return
        self._find(key)
        for layer in self.layers:
            if layer.obj.get(key) is not None:
                yield layer.name(key), layer.obj[key]
                if self.hides and layer is self.top:
                    return

    def _structure(self, key: str) -> tuple[str, Any]:
        """Return the path and the value of `key`, where an array or an object may stand as its JSON text."""
        path, value = self._find(key)
        return path, None if value is None else self._opened(value)

    @property
    def _of_form(self) -> bool:
        """Whether any of this came as a form."""
        return any(isinstance(layer.obj, FormBody) for layer in self.layers)

    def _opened(self, value: Any) -> Any:
        """Return what the JSON text of an object or array stands for where such is taken, any other value as it is."""
        may_be = isinstance(value, str) and (self.json_texts or self._of_form) and value.lstrip().startswith(_JSON)
        return decoded(value) if may_be else value

    def _array(self, path: str, value: Any) -> list[Any]:
        if value is None:
            return []
        items: list[Any] = value if isinstance(value, list) else self.mismatch(path, value, "an array")
        if len(items) > MAX_MEDIA_ITEMS:  # far more than any model takes; a bound on what is read and named back
            allowed = f"at most {MAX_MEDIA_ITEMS} items"
            raise InvalidField(path, f"{path} has {len(items)} items; allowed: {allowed}", allowed=allowed)
        return items

    def _within(self, value: Any, path: str) -> Self:
        if path not in self.inner:
            self.inner[path] = (
                type(self)(value, path) if isinstance(value, dict) else self.mismatch(path, value, "an object")
            )
        return self.inner[path]


class LooseFields(Fields):
    """Takes values as forms and new-api's kin write them: "5" for 5, "true" for true, an object as its JSON text."""

    digit_strings = True
    word_booleans = True
    json_texts = True

    def object(self, key: str) -> Self:
        """Return the object at `key`, an empty one when absent or an empty text, as forms send it."""
        path, value = self._structure(key)
        return self._within({} if value in (None, "") else value, path)


def decoded(text: str) -> Any:
    """Return the value of a JSON text; the text itself if it is not JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
