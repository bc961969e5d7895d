"""The OpenAPI document: every declared route, with what it takes, gives and refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from reelgate import __version__, limits
from reelgate.catalog import Catalog
from reelgate.dialects import by_name
from reelgate.dialects.answer_types.house import HouseErrorAnswer
from reelgate.dialects.answer_types.openai import VideoEvent
from reelgate.dialects.described import described
from reelgate.dialects.port import HOUSE, CallingDialect, Dialect, Operation
from reelgate.events.outbox import EVENTS, TEST
from reelgate.http.answer_types.new_api import NewApiRefusal
from reelgate.http.answer_types.webhooks import TaskMessage, TestMessage
from reelgate.http.contract.errors import codes
from reelgate.http.contract.schemas import Bodies, any_of, content, of_types, reference
from reelgate.http.declarations import declarations
from reelgate.http.error_handler import speaker_at
from reelgate.http.route import Declaration, Owner, Pass
from reelgate.http.transfer_routes import PATH as RESUMABLE
from reelgate.tasks.projects import Scope

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLACE = re.compile(r"\{([a-z]+)(?::path)?\}")
_JSON = "application/json"
_OPENAI_EVENT = "video."
_RESUMABLE = (409, 412, 413, 415, 460)
_ALWAYS = (400, 408, 417, 429, 431, 500, 503)
_WITH_BODY = (413, 415)
_WITH_KEY = (401, 403)
_CREATES = (402, 404, 409, 422)
_OF_ONE = (404, 409)

_INTRO = """\
One server that speaks the APIs of many sellers of generated video. A vendor or the server itself makes the video.

A create has the same address and the same body as at the seller whose API it is, and the answer has that seller's form.
`/v1/tasks` is the gateway's own API, which takes every model. Send the key in `Authorization: Bearer`, `X-API-Key` or
`API-Key`.

Unknown fields and parameters are named in the answer's header `X-Reelgate-Unknown-Fields`. With
`Prefer: handling=strict` they are refused instead.
"""

_TAGS = {
    "house": "Tasks, models, money, events and webhooks: the gateway's own API.",
    "operators": "Projects, keys, payments and the audit log.",
    "server": "The server's state, files behind signed links, and vendors' callbacks.",
}


class OpenApiDocument:
    """Makes the document of a server; bodies of creates are found out by asking the parsers, which takes a moment."""

    def __init__(self, catalog: Catalog) -> None:
        self._bodies = Bodies(catalog)
        self._types: dict[Any, None] = {HouseErrorAnswer: None, VideoEvent: None, TaskMessage: None, TestMessage: None}
        self._responses: Json = {}

    def make(self) -> Json:
        """Return the document, as JSON values."""
        paths: dict[str, Json] = {}
        found = sorted(declarations(), key=lambda one: not one.path.startswith("/v1/tasks"))
        for one in found:
            paths.setdefault(_PLACE.sub(r"{\1}", one.path), {})[one.method.lower()] = self._operation(one)
        webhooks = {event: _message(event) for event in (*EVENTS, TEST)}
        speakers = sorted({name for one in found for name in one.dialects})
        return {
            "openapi": "3.1.1",
            "jsonSchemaDialect": DIALECT,
            "info": {
                "title": "Reelgate",
                "version": __version__,
                "description": _INTRO,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": [
                *({"name": name, "description": says} for name, says in _TAGS.items()),
                *({"name": name, "description": _first_line(by_name(name))} for name in speakers if name != HOUSE),
            ],
            "security": [],
            "paths": paths,
            "webhooks": webhooks,
            "components": {
                "securitySchemes": _schemes(),
                "responses": dict(sorted(self._responses.items())),
                "schemas": dict(sorted({**of_types(self._types), **self._bodies.schemas}.items())),
            },
        }

    def _operation(self, one: Declaration) -> Json:
        self._types.update(dict.fromkeys(kind for kinds in one.gives.values() for kind in _several(kinds)))
        self._types.update(dict.fromkeys(one.takes))
        found: Json = {
            "operationId": _id(one),
            "summary": one.does.rstrip("."),
            "description": f"Answers {one.answers}. {_opens(one)}",
            "tags": _tags(one),
        }
        if parameters := [*_places(one), *_query(one), *_headers(one)]:
            found["parameters"] = parameters
        if body := self._body(one):
            found["requestBody"] = body
        found["responses"] = {
            **{str(status): _answer(one, status, kinds) for status, kinds in one.gives.items()},
            **{str(status): self._refusal(one, status) for status in _refusals(one) if status not in one.gives},
        }
        if security := _security(one):
            found["security"] = security
        if callbacks := _callbacks(one):
            found["callbacks"] = callbacks
        return found

    def _body(self, one: Declaration) -> Json | None:
        if one.operation in (Operation.CREATE, Operation.REMIX):
            speakers = [by_name(name) for name in one.dialects]
            schemas = [self._bodies.of(speaker, one.path, one.operation) for speaker in speakers]
            shown = [example for speaker in speakers for example in described(speaker).examples.get(one.path, ())]
            examples = {f"example {number}": {"value": example} for number, example in enumerate(shown, 1)}
            schema = any_of(schemas)
            forms = {kind: {"schema": schema} for kind in ("multipart/form-data", "application/x-www-form-urlencoded")}
            return {"required": True, "content": {_JSON: {"schema": schema, "examples": examples}, **forms}}
        if not one.takes:
            return None
        required = any(getattr(kind, "__required_keys__", ()) or isinstance(kind, str) for kind in one.takes)
        return {"required": required, "content": content(one.takes)}

    def _refusal(self, one: Declaration, status: int) -> Json:
        speakers = tuple(dict.fromkeys(by_name(name) for name in one.dialects)) or (speaker_at(_sample(one.path)),)
        kinds = dict.fromkeys(kind for speaker in speakers for kind in described(speaker).errors)
        name = "_".join((*(speaker.name for speaker in speakers), str(status)))
        if one.refusal is not None and status in _WITH_KEY:
            kinds, name = {NewApiRefusal: None}, f"new_api_keys_{status}"
        self._types.update(kinds)
        said = ", ".join(codes(status))
        self._responses[name] = {
            "description": f"{_words(status)}{f': {said}' if said else ''}.",
            "headers": {
                "X-Request-Id": {
                    "schema": {"type": "string"},
                    "description": "The id of this call in the server's log.",
                },
                "X-Should-Retry": {
                    "schema": {"type": "string", "enum": ["true", "false"]},
                    "description": "Whether the same call may be sent again.",
                },
                **({"Retry-After": {"schema": {"type": "string"}}} if status in (429, 503) else {}),
            },
            "content": {_JSON: {"schema": any_of([reference(kind) for kind in kinds])}},
        }
        return {"$ref": f"#/components/responses/{name}"}


def _several(kinds: Any) -> Sequence[Any]:
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _id(one: Declaration) -> str:
    words = re.findall(r"[A-Za-z0-9]+", _PLACE.sub(r"by_\1", one.path)) or ["root"]
    end = "_slash" if one.path.endswith("/") and one.path != "/" else ""
    return "_".join((one.method.lower(), *words)).replace("__", "_") + end


def _tags(one: Declaration) -> list[str]:
    if not one.dialects:
        return [_tag(one.path)]
    return ["house" if name == HOUSE else name for name in one.dialects]


def _tag(path: str) -> str:
    return "operators" if path.startswith("/admin/") else "house" if path.startswith("/v1/") else "server"


def _first_line(dialect: Dialect) -> str:
    return str(type(dialect).__doc__ or dialect.name).splitlines()[0]


def _opens(one: Declaration) -> str:
    if isinstance(one.needs, Scope):
        return f"Needs a key with the scope `{one.needs}`."
    return {Pass.NOTHING: "It needs no key.", Pass.ANY_KEY: "Any key opens it."}.get(
        one.needs, f"Opened by {one.needs}."
    )


def _schemes() -> Json:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key of this server."},
        "x-api-key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "api-key": {"type": "apiKey", "in": "header", "name": "API-Key"},
    }


def _security(one: Declaration) -> list[Json]:
    if isinstance(one.needs, Scope):
        return [{name: [str(one.needs)]} for name in _schemes()]
    return [{name: []} for name in _schemes()] if one.needs is Pass.ANY_KEY else []


def _places(one: Declaration) -> Iterator[Json]:
    for name in _PLACE.findall(one.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query(one: Declaration) -> Iterator[Json]:
    for parameter in one.query or ():
        schema = {key: value for key, value in parameter.schema.items() if key != "description"}
        says = parameter.schema.get("description")
        yield {
            "name": parameter.name,
            "in": "query",
            "schema": schema,
            **({"style": "deepObject", "explode": True} if schema.get("type") == "object" else {}),
            **({"description": says} if says else {}),
        }


def _headers(one: Declaration) -> Iterator[Json]:
    if one.path.startswith(RESUMABLE) and one.needs is not Pass.NOTHING:
        yield _said("Tus-Resumable", {"type": "string", "enum": ["1.0.0"]})
    if one.path == RESUMABLE and one.method == "POST":
        yield _said("Upload-Length", {"type": "integer", "minimum": 1, "maximum": limits.MAX_MEDIA_BYTES})
    if one.path.startswith(RESUMABLE) and one.method == "PATCH":
        yield _said("Upload-Offset", {"type": "integer", "minimum": 0})
    if one.operation in (Operation.CREATE, Operation.REMIX):
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string", "minLength": 1, "maxLength": limits.MAX_IDEMPOTENCY_KEY_CHARS},
            "description": "A name for this order: sent again under the same name, the order makes nothing twice.",
        }
        speakers = [by_name(name) for name in one.dialects]
        for name, value in {k: v for speaker in speakers for k, v in described(speaker).headers.items()}.items():
            yield {"name": name, "in": "header", "required": True, "schema": {"type": "string", "enum": [value]}}


def _said(name: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": True, "schema": schema}


def _answer(one: Declaration, status: int, kinds: Any) -> Json:
    found: Json = {"description": f"{one.answers[:1].upper()}{one.answers[1:]}." if status < 300 else _phrase(status)}
    if kinds is not None:
        found["content"] = content(kinds)
    for kind in _several(kinds):
        if kind == "text/event-stream" and one.path.endswith("/events"):
            found["content"][kind]["x-event-data"] = {"$ref": "#/components/schemas/HouseTask"}
            found["description"] += " Each has an `id`, `event: task.<move>`, and the task as `data`."
    return found


def _phrase(status: int) -> str:
    return f"{_words(status)}."


def _words(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # one of tus, which HTTP has no words for
        return "Checksum Mismatch"


def _refusals(one: Declaration) -> Iterable[int]:
    found = {*_ALWAYS, *(_RESUMABLE if one.path.startswith(RESUMABLE) else ())}
    if isinstance(one.needs, Scope) or one.needs is Pass.ANY_KEY:
        found.update(_WITH_KEY)
    elif one.needs is not Pass.NOTHING:
        found.update((403, 404))
    if one.method in ("POST", "PATCH", "PUT"):
        found.update((*_WITH_BODY, 409))
    if one.operation in (Operation.CREATE, Operation.REMIX) or Ordering.is_one(one):
        found.update(_CREATES)
    if one.owner is not None or _PLACE.search(one.path) or one.operation is Operation.LIST:
        found.update(_OF_ONE)
    if one.owner in (Owner.ASSET, Owner.GROUP) or one.method == "POST":
        found.add(404)
    if one.query:  # what narrows a list may name a thing that is not there
        found.add(404)
    if one.path.endswith("/payments"):
        found.add(402)
    if any("video/mp4" in _several(kinds) for kinds in one.gives.values()):
        found.add(416)
    return sorted(found)


class Ordering:
    """Routes that read an order without making a task of it."""

    PATHS = ("/v1/quotes", "/v1/previews")

    @classmethod
    def is_one(cls, one: Declaration) -> bool:
        """Whether a route takes a create that is not sent yet."""
        return one.path in cls.PATHS


def _sample(path: str) -> str:
    return _PLACE.sub("x", path)


def _message(event: str) -> Json:
    kind: Any = TestMessage if event == TEST else VideoEvent if event.startswith(_OPENAI_EVENT) else TaskMessage
    return {
        "post": {
            "summary": event,
            "description": "Sent to a project's webhooks, signed by Standard Webhooks.",
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": says}
                for name, says in (
                    ("webhook-id", "The message's id: the same whenever it is sent again."),
                    ("webhook-timestamp", "When this try was made, in Unix seconds."),
                    ("webhook-signature", "`v1,` and an HMAC, `v1a,` and an Ed25519 signature, with a space between."),
                )
            ],
            "requestBody": {"required": True, "content": {_JSON: {"schema": reference(kind)}}},
            "responses": {"2XX": {"description": "Received. Any other answer is tried again, for three days."}},
        }
    }


def _callbacks(one: Declaration) -> Mapping[str, Any]:
    if one.operation is not Operation.CREATE:
        return {}
    calling = [by_name(name) for name in one.dialects]
    kinds = [_told(speaker) for speaker in calling if speaker.name == HOUSE or isinstance(speaker, CallingDialect)]
    if not kinds:
        return {}
    told = {
        "post": {
            "summary": "Called when the task changes its state",
            "requestBody": {"required": True, "content": {_JSON: {"schema": any_of(kinds)}}},
            "responses": {"2XX": {"description": "Taken."}},
        }
    }
    return {"moved": {"{$request.body#/callback_url}": told}}


def _told(speaker: Dialect) -> Json:
    if speaker.name == HOUSE:
        return reference(TaskMessage)
    return reference(described(speaker).answers.get(Operation.QUERY))
