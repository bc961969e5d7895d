"""JSON Schemas of what routes take and give, each under its name in the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, is_typeddict

import msgspec

from reelgate.catalog import Catalog, Model
from reelgate.dialects.described import described
from reelgate.dialects.port import HOUSE, UNIVERSAL, Dialect, Operation
from reelgate.dialects.probing import Probe

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_ANY = {"type": "object"}
_SHOWN_MODELS = 6
_TAKES_ALL = (HOUSE, UNIVERSAL, "openai")
"""Dialects that read creates for every model, of any seller."""


def of_types(types: Iterable[Any]) -> Json:
    """Return the schemas of types, by name, with all that they hold."""
    _, found = msgspec.json.schema_components([one for one in types if is_typeddict(one)], ref_template=_REF)
    return found


def reference(kind: Any) -> Json:
    """Return the schema of a type where it is used."""
    return {"$ref": _REF.format(name=kind.__name__)} if is_typeddict(kind) else dict(_ANY)


def any_of(schemas: Sequence[Json]) -> Json:
    """Return a schema for what is one of several."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def content(kinds: Any) -> Json:
    """Return what a body may be, by content type."""
    given = kinds if isinstance(kinds, tuple) else (kinds,)
    found = {kind: text_schema(kind) for kind in given if isinstance(kind, str)}
    if typed := [reference(kind) for kind in given if not isinstance(kind, str) and kind is not None]:
        found = {_JSON: {"schema": any_of(typed)}, **found}
    return found


def text_schema(content_type: str) -> Json:
    """Return the description of a body that is not JSON."""
    if content_type == "multipart/form-data":
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        return {"schema": {"type": "object", "properties": {"file": file}}}
    if content_type.startswith("text/") and content_type != "text/event-stream":  # of which each event has a schema
        return {"schema": {"type": "string"}}
    return {}


class Bodies:
    """The schemas of what creates send, found out from the parsers and the catalog's rows."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.schemas: Json = {}

    def of(self, dialect: Dialect, path: str, operation: Operation) -> Json:
        """Return the schema of a create of a dialect's at `path` where it is used, and keep the schema itself."""
        name = f"{type(dialect).__name__}{'Remix' if operation is Operation.REMIX else 'Create'}"
        schema = self._remix(dialect, path) if operation is Operation.REMIX else self._create(dialect, path)
        taken = {key for key, kept in self.schemas.items() if kept == schema and key.startswith(name)}
        if not taken and name in self.schemas:
            name += _camel(path.rpartition("/")[2].replace("-", "_"))
        name = next(iter(taken), name)
        self.schemas[name] = schema
        return {"$ref": _REF.format(name=name)}

    def _remix(self, dialect: Dialect, path: str) -> Json:
        examples = described(dialect).examples.get(path, ())
        names = dict.fromkeys(name for example in examples for name in example)
        return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": [*names]}

    def _create(self, dialect: Dialect, path: str) -> Json:
        probe = Probe(dialect, path, self._catalog)
        schema = probe.schema()
        schema["description"] = f"A create, as {dialect.name} takes it. `GET /v1/models` lists what each model takes."
        models = [model for model in self._catalog if dialect.name in (*_TAKES_ALL, model.dialect)]
        for attribute, known in _known_of(models).items():
            if field := _at(schema, probe.told().get(attribute, "")):
                field.update(known)
        if field := _at(schema, "model"):
            field["examples"] = list(dict.fromkeys(model.id for model in models))[:_SHOWN_MODELS]
        return schema


def _known_of(models: Sequence[Model]) -> dict[str, Json]:
    """Return what the catalog's rows say of each attribute of a request: all that some model takes."""
    tiers = dict.fromkeys(tier for model in models for tier in model.resolutions)
    ratios = dict.fromkeys(ratio for model in models for ratio in model.ratios)
    rules = [model.duration_in(mode) for model in models for mode in model.modes]
    longest = max((max((rule.max, *rule.lengths)) for rule in rules), default=0)
    return {
        "resolution": {"examples": [*tiers]},
        "ratio": {"examples": [*ratios]},
        "duration": {"description": f"Seconds; the longest that a model makes at once are {longest}."},
    }


def _at(schema: Json, path: str) -> Json | None:
    """Return the schema of the field at a path, None if it is not described."""
    found: Any = schema
    for name in path.split("."):
        found = found.get("properties", {}).get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, dict) and path else None


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
