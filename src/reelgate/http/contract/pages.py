"""The routes for people and for language models: a page and a text, both made from the OpenAPI document."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

Json = Mapping[str, Any]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_ABOUT = """\
# Reelgate

> A self-hosted server that makes videos: it speaks the APIs of many sellers of generated video, and makes the video by
> one of them or by its own engine.

How to make a video:

1. `POST /v1/tasks` with `Authorization: Bearer <key>` and the body
   `{"model": "animatic", "prompt": "a red fox runs through snow", "duration": 5}`. The answer holds the `id`.
2. `GET /v1/tasks/{id}?wait=30` until `state` is `succeeded`, `failed`, `cancelled` or `expired`.
3. Fetch `result_url`. It is signed and needs no key.

`POST /v1/previews` shows stills and the price before anything is ordered. `GET /v1/models` lists the models. Send
`Prefer: handling=strict` to have misspelt fields refused instead of ignored. Name each create with an
`Idempotency-Key`: a create that is sent again with the same key makes nothing twice.

## The contract

- [OpenAPI document](/openapi.json): every route, with bodies, answers and errors
- [Errors](/v1/errors): every code, what to do about it, whether to try again
- [The routes, for people](/docs)
"""
_SCHEMAS = "#/components/schemas/"
_SHOWN_WORDS = 12


class Field(NamedTuple):
    """A line of a table of fields."""

    name: str
    type: str
    link: str
    required: bool
    says: str


class ShownRoute(NamedTuple):
    """A route, as the page shows it."""

    id: str
    method: str
    path: str
    said: Json
    parameters: tuple[Field, ...]
    bodies: tuple[tuple[str, str], ...]
    """The types of the body, each with its anchor."""
    example: str
    answers: tuple[tuple[str, str, str, str], ...]
    """Status, what it means, and the type with its anchor."""


@functools.cache
def static(name: str) -> bytes:
    """Return a file that the page needs."""
    return (resources.files(__package__) / "static" / name).read_bytes()


def page(document: Json) -> str:
    """Return the page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(str(__package__)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = _marked
    operations = list(_operations(document))
    groups = [(tag, [one for one in operations if tag["name"] in one.said["tags"]]) for tag in document["tags"]]
    schemas = [(name, kind, _fields(kind)) for name, kind in document["components"]["schemas"].items()]
    return environment.get_template("docs.html").render(
        info=document["info"], groups=groups, schemas=schemas, webhooks=list(document["webhooks"])
    )


def text(document: Json) -> str:
    """Return the text for language models."""
    operations = list(_operations(document))
    lines = _ABOUT.splitlines()
    for tag in document["tags"]:
        lines += ["", f"## {tag['name']}", "", tag["description"], ""]
        lines += [
            f"- `{one.method} {one.path}`: {one.said['summary']}"
            for one in operations
            if tag["name"] in one.said["tags"]
        ]
    return "\n".join(lines) + "\n"


def _marked(said: str) -> Markup:
    """Return a text with the parts between backticks as code."""
    parts = said.split("`")
    marked = (Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts))
    return Markup("").join(marked)


def _operations(document: Json) -> Iterator[ShownRoute]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            body = said.get("requestBody", {}).get("content", {})
            shown: Any = next(iter(body.values()), {})
            examples: Json = shown.get("examples", {})
            example = next((one["value"] for one in examples.values()), None)
            yield ShownRoute(
                id=said["operationId"],
                method=method.upper(),
                path=path,
                said=said,
                parameters=tuple(_parameter(one) for one in said.get("parameters", ())),
                bodies=tuple(dict.fromkeys(kind for one in body.values() for kind in _kinds(one.get("schema", {})))),
                example=_curl(method, path, said, example),
                answers=tuple(_answer(document, status, one) for status, one in said["responses"].items()),
            )


def _parameter(one: Json) -> Field:
    says = one.get("description", "")
    schema = one["schema"]
    bounds = f"{schema['minimum']} to {schema['maximum']}." if "maximum" in schema else ""
    where = "" if one["in"] == "query" else f" ({one['in']})"
    told = " ".join(part for part in (says, bounds) if part)
    return Field(one["name"] + where, _named(schema), "", one.get("required", False), told)


def _answer(document: Json, status: str, given: Json) -> tuple[str, str, str, str]:
    if "$ref" in given:
        given = document["components"]["responses"][given["$ref"].rpartition("/")[2]]
    content = given.get("content", {})
    kinds = [kind for one in content.values() for kind in _kinds(one.get("schema", {}))]
    name, anchor = kinds[0] if kinds else (next(iter(content), ""), "")
    return status, given["description"], name, anchor


def _curl(method: str, path: str, said: Json, example: Any) -> str:
    if example is None:
        return ""
    keyed = ' -H "Authorization: Bearer $KEY"' if said.get("security") else ""
    more = "".join(
        f' -H "{one["name"]}: {one["schema"]["enum"][0]}"'
        for one in said.get("parameters", ())
        if one["in"] == "header" and one.get("required")
    )
    body = json.dumps(example, ensure_ascii=False, indent=2)
    return f"curl -X {method.upper()} $URL{path}{keyed}{more} \\\n  -H 'Content-Type: application/json' -d '{body}'"


def _fields(kind: Json) -> tuple[Field, ...]:
    required = kind.get("required", ())
    return tuple(
        Field(name, *_typed(schema), name in required, _said(schema))
        for name, schema in kind.get("properties", {}).items()
    )


def _said(schema: Json) -> str:
    says = schema.get("description", "")
    shown = [str(one) for one in schema.get("examples", ())][:_SHOWN_WORDS]
    inner = list(schema.get("properties", {}))
    told = [says, f"Such as {', '.join(shown)}." if shown else "", f"Holds {', '.join(inner)}." if inner else ""]
    return " ".join(part for part in told if part)


def _typed(schema: Json) -> tuple[str, str]:
    kinds = _kinds(schema)
    return (
        (kinds[0][0] + ("[]" if schema.get("type") == "array" else ""), kinds[0][1]) if kinds else (_named(schema), "")
    )


def _kinds(schema: Json) -> list[tuple[str, str]]:
    """Return the names of the types that a schema refers to, each with its anchor."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        return [(name, f"type-{name}")]
    if isinstance(schema.get("items"), Mapping) and "$ref" in schema["items"]:
        return _kinds(schema["items"])
    return [kind for one in schema.get("anyOf", ()) for kind in _kinds(one)]


def _named(schema: Json) -> str:
    """Return a schema in a few words."""
    if "enum" in schema:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"][:_SHOWN_WORDS])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_named(one) for one in schema["anyOf"]))
    kind = schema.get("type", "any")
    named = " | ".join(kind) if isinstance(kind, list) else kind
    items = schema.get("items")
    return f"{_named(items)}[]" if named == "array" and items else named
