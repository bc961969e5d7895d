"""Finds what a dialect's parser reads: the parser gets objects that record its reads, and unusual values.

A parser says by its refusals what it takes. So what is said about a create, in a document or beside a misspelt field,
is what the code does, whichever table or row of the catalog that stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from reelgate.catalog import Catalog
from reelgate.dialects.described import described
from reelgate.dialects.port import Call, Dialect, NativeDialect, Parsed
from reelgate.dialects.query import Parameter
from reelgate.errors import ClientError, InvalidField, MissingField

_TYPES = {
    "a string": "string",
    "an integer": "integer",
    "a boolean": "boolean",
    "an array": "array",
    "an object": "object",
}
"""How a refusal names the JSON type that it wants."""

_SAMPLES: tuple[tuple[str, Any], ...] = (
    ("string", "~"),
    ("integer", 3),
    ("boolean", True),
    ("array", ["~"]),
    ("object", {"~": "~"}),
)
_RANGE = re.compile(r"a whole number from (-?[0-9]+) to ([0-9]+)")
_DEEPEST = 3
_FEW = 5
_PLACE = re.compile(r"\[[0-9]*\]")


class NamesRead:
    """The names that a parser has asked for, by the path of the object that it asked."""

    def __init__(self) -> None:
        self.by_path: dict[str, dict[str, None]] = {}

    def note(self, path: str, key: str) -> None:
        """Write a name down."""
        self.by_path.setdefault(path, {})[key] = None

    def paths(self) -> Iterator[str]:
        """Yield every path that was asked for: `input.media[].url`."""
        for path, keys in self.by_path.items():
            yield from (f"{path}.{key}" if path else key for key in keys)


class _Keys(Set[str]):
    """The keys of one or several objects that note what is looked for among them."""

    def __init__(self, *parts: _Noting) -> None:
        self._parts = parts

    def __contains__(self, key: object) -> bool:
        found = False
        for part in self._parts:
            if isinstance(key, str):
                part.asked.note(part.path, key)
            found = found or dict.__contains__(part, key)
        return found

    def __iter__(self) -> Iterator[str]:
        for part in self._parts:
            yield from dict.__iter__(part)

    def __len__(self) -> int:
        return sum(dict.__len__(part) for part in self._parts)

    def __bool__(self) -> bool:
        return True  # so that an empty object is asked too

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        for key in other:
            _ = key in self
        return False  # so that its reader begins

    def __or__(self, other: Set[Any]) -> _Keys:
        more = other._parts if isinstance(other, _Keys) else ()
        return _Keys(*self._parts, *more)


class _Noting(dict[str, Any]):
    """A JSON object that notes what it is asked for, as do the objects in it."""

    def __init__(self, obj: Mapping[str, Any], asked: NamesRead | None = None, path: str = "") -> None:
        self.asked: NamesRead = obj.asked if isinstance(obj, _Noting) else asked or NamesRead()
        self.path: str = obj.path if isinstance(obj, _Noting) else path
        super().__init__(
            {key: self._inner(value, f"{self.path}.{key}" if self.path else key) for key, value in obj.items()}
        )

    def _inner(self, value: Any, path: str) -> Any:
        if isinstance(value, _Noting):
            return value
        if isinstance(value, dict):
            return _Noting(value, self.asked, path)
        return [self._inner(one, f"{path}[]") for one in value] if isinstance(value, list) else value

    def keys(self) -> Any:
        return _Keys(self)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.note(self.path, key)
        return dict.get(self, key, default)


class Probe:
    """The parser of one dialect's creates at one address."""

    def __init__(self, dialect: Dialect, path: str, catalog: Catalog) -> None:
        self._dialect = dialect
        self._path = path
        self._catalog = catalog
        said = described(dialect)
        self._headers = {name.lower(): value for name, value in said.headers.items()}
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}
        self._top: frozenset[str] = frozenset()
        self._examples = [dict(one) for one in said.examples.get(path, ())]

    def names(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the paths that the parser asks for when it reads `body`."""
        asked = NamesRead()
        self._parse(_Noting(body, asked))
        return tuple(dict.fromkeys(asked.paths()))

    def schema(self) -> dict[str, Any]:
        """Return a JSON Schema of the object that a create sends."""
        found: dict[str, Any] = {"type": "object", "properties": {}}
        for example in self._examples:
            self._known = {}
            self._top = frozenset(self._asked(example, ""))
            for key in sorted(self._asked(example, ""), key=lambda key: (key not in example, key)):
                if key not in found["properties"]:
                    found["properties"][key] = self._property(example, key, 1)
        required = [self._required(example) for example in self._examples]
        if both := [name for name in (required[0] if required else ()) if all(name in one for one in required)]:
            found["required"] = both
        return found

    def _asked(self, example: Mapping[str, Any], path: str) -> tuple[str, ...]:
        """Return what the parser asks the object at `path` of an example for."""
        asked = NamesRead()
        self._parse(_Noting(example, asked))
        return tuple(asked.by_path.get(path, ()))

    def told(self) -> dict[str, str]:
        """Return under which path the parser reads each attribute of a request, as far as examples tell."""
        found: dict[str, str] = {}
        for example in self._examples:
            parsed = self._parse(example)
            if isinstance(parsed, Parsed):
                found = {**parsed.names, **found}
        return found

    def _property(self, example: Mapping[str, Any], path: str, depth: int) -> dict[str, Any]:
        refused = {kind: self._refusal(_with(example, path, sample), path) for kind, sample in _SAMPLES}
        taken = [kind for kind, said in refused.items() if said is None or said.allowed not in _TYPES]
        if len(taken) == len(_SAMPLES):
            return {}
        found: dict[str, Any] = {"type": taken[0] if len(taken) == 1 else taken}
        if taken == ["integer"] and self._refusal(_with(example, path, "3"), path) is None:
            found = {"type": ["integer", "string"], "pattern": "^[0-9]+$"}
        wrong = refused["string"]
        if taken == ["string"] and wrong and (words := self._words(example, path, wrong.allowed or "")):
            found["enum"] = words
        if "object" in taken and depth < _DEEPEST:
            found |= self._object(example, path, {}, path, depth)
        if "array" in taken:
            found["items"] = self._items(example, path, depth)
        return found

    def _items(self, example: Mapping[str, Any], path: str, depth: int) -> dict[str, Any]:
        place = f"{path}[0]"
        refused = {kind: self._refusal(_with(example, path, [sample]), place) for kind, sample in _SAMPLES}
        taken = [kind for kind, said in refused.items() if said is None or said.allowed not in _TYPES]
        if len(taken) == len(_SAMPLES):
            return {}
        found: dict[str, Any] = {"type": taken[0] if len(taken) == 1 else taken}
        return found | (self._object(example, path, [{}], f"{path}[]", depth) if "object" in taken else {})

    def _object(self, example: Mapping[str, Any], path: str, empty: Any, at: str, depth: int) -> dict[str, Any]:
        """Return what is asked of an object that stands at `path`; what the body itself is asked for stands there."""
        names = self._asked(_with(example, path, empty), at)
        own = tuple(name for name in names if name not in self._top)
        if own not in self._known:
            lists = isinstance(empty, list)
            self._known[own] = {
                name: self._in_item(example, path, name)
                if lists
                else self._property(_with(example, path, {}), f"{path}.{name}", depth + 1)
                for name in sorted(own)
            }
        found: dict[str, Any] = {"properties": self._known[own]} if own else {}
        if len(names) - len(own) > _FEW:
            found["description"] = "Takes the fields of the body itself too."
        return found

    def _in_item(self, example: Mapping[str, Any], path: str, name: str) -> dict[str, Any]:
        """Return what an item's field takes, as far as an item that holds nothing else tells."""
        place = f"{path}[0].{name}"
        refused = {kind: self._refusal(_with(example, path, [{name: sample}]), place) for kind, sample in _SAMPLES}
        taken = [kind for kind, said in refused.items() if said is None or said.allowed not in _TYPES]
        return {"type": taken[0]} if len(taken) == 1 else {}

    def _words(self, example: Mapping[str, Any], path: str, allowed: str) -> list[str]:
        """Return the words that a refusal names, where each is taken and is all that is."""
        words = allowed.split(", ") if allowed else []
        if len(words) < 2 or any(self._refusal(_with(example, path, word), path) for word in words):
            return []
        return words if self._refusal(_with(example, path, words[0].swapcase()), path) else []

    def _required(self, example: Mapping[str, Any]) -> tuple[str, ...]:
        found = []
        for name in example:
            parsed = self._parse({key: value for key, value in example.items() if key != name})
            if isinstance(parsed, MissingField) and parsed.field == name:
                found.append(name)
        return tuple(found)

    def _refusal(self, body: Mapping[str, Any], path: str) -> InvalidField | None:
        """Return why the parser refuses what `body` has at `path`, None if it does not, or for something else."""
        said = self._parse(body)
        if isinstance(said, InvalidField) and _PLACE.sub("[]", said.field) == _PLACE.sub("[]", path):
            return said
        return None

    def _parse(self, body: Mapping[str, Any]) -> Parsed | ClientError:
        given = body if isinstance(body, _Noting) else dict(body)
        try:
            return self._dialect.parse(Call(self._path, self._headers, given), self._catalog)
        except ClientError as error:
            return error


def _with(example: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an example that holds `value` at `path`."""
    body = dict(example)
    at = body
    *holders, last = path.split(".")
    for holder in holders:
        inner = at.get(holder)
        at[holder] = dict(inner) if isinstance(inner, dict) else {}
        at = at[holder]
    at[last] = value
    return body


class _NotingQuery(dict[str, Sequence[str]]):
    def __init__(self, query: Mapping[str, Sequence[str]], asked: NamesRead) -> None:
        super().__init__(query)
        self._asked = asked

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.note("", key)
        return dict.get(self, key, default)


def list_parameters(dialect: NativeDialect) -> tuple[Parameter, ...]:
    """Return the parameters that a dialect's list calls read."""
    asked = NamesRead()
    dialect.parse_list(_NotingQuery({}, asked))
    return tuple(Parameter(name, _text_schema(dialect.parse_list, name)) for name in asked.by_path.get("", {}))


def _text_schema(parse: Callable[[Mapping[str, Sequence[str]]], object], name: str) -> dict[str, Any]:
    def refusal(text: str) -> str:
        try:
            parse({name: [text]})
        except InvalidField as error:
            return error.allowed or "?"
        return ""

    allowed = refusal("~")
    if numbers := _RANGE.fullmatch(allowed):
        return {"type": "integer", "minimum": int(numbers[1]), "maximum": int(numbers[2])}
    words = allowed.split(", ") if allowed else []
    if len(words) > 1 and not any(map(refusal, words)):
        return {"type": "string", "enum": words}
    return {"type": "string", **({"description": f"Taken: {allowed}."} if allowed else {})}
