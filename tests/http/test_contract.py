"""The OpenAPI document and what is made of it: whole, true to what validates, and readable without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from reelgate.access.fields import KEY, PROJECT
from reelgate.catalog import Catalog, load
from reelgate.dialects import all_dialects
from reelgate.dialects.described import described
from reelgate.dialects.port import Call, Dialect, Operation
from reelgate.dialects.probing import Probe
from reelgate.http.answer_types import operators
from reelgate.http.contract import pages
from reelgate.http.contract.document import OpenApiDocument
from reelgate.http.contract.errors import kinds, listing
from reelgate.http.declarations import declarations
from reelgate.http.strictness import is_strict

CREATES = [(one, route.path) for one in all_dialects() for route in one.routes if route.operation is Operation.CREATE]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="module")
def document(catalog: Catalog) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(OpenApiDocument(catalog).make()))
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield method.upper(), path, said


def test_every_route_is_there_once(document: dict[str, Any]) -> None:
    declared = {(one.method, one.path.replace(":path}", "}")) for one in declarations()}
    found = [(method, path) for method, path, _ in operations(document)]
    assert set(found) == declared
    assert len(found) == len(declarations())
    ids = [said["operationId"] for _, _, said in operations(document)]
    assert len(set(ids)) == len(ids)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for ref in set(re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document))):
        at: Any = document
        for part in ref.split("/"):
            at = at[part]


def test_every_answer_is_described() -> None:
    """A new route says with `gives=` what it answers: a TypedDict of `http/answer_types`, or a content type."""
    vague = [f"{one.method} {one.path}" for one in declarations() if dict[str, Any] in one.gives.values()]
    assert vague == []
    ours = [one for one in all_dialects() if type(one).__module__.startswith("reelgate.")]
    assert all(described(one).answers for one in ours)


def test_what_can_be_set_of_keys_and_projects_is_what_is_read() -> None:
    assert operators.KeyChange.__annotations__.keys() == KEY.keys()
    assert operators.ProjectChange.__annotations__.keys() == PROJECT.keys()


@pytest.mark.parametrize(("dialect", "path"), CREATES, ids=lambda one: getattr(one, "name", one))
def test_an_example_is_taken_whole(dialect: Dialect, path: str, catalog: Catalog) -> None:
    headers = {name.lower(): value for name, value in described(dialect).headers.items()}
    examples = described(dialect).examples[path]
    for example in examples:
        parsed = dialect.parse(Call(path, headers, dict(example)), catalog)
        assert parsed.unknown == ()
        asked = {name.rpartition(".")[2] for name in Probe(dialect, path, catalog).names(example)}
        assert example.keys() <= asked


def test_bodies_are_what_the_parsers_take(document: dict[str, Any]) -> None:
    house = document["components"]["schemas"]["HouseCreate"]
    assert house["required"] == ["model"]
    taken = {name: field.get("type") for name, field in house["properties"].items()}
    assert taken["duration"] == "integer"
    assert taken["audio"] == "boolean"
    assert taken["prompt"] == "string"
    assert set(taken["images"]) == {"array", "string"}
    assert "720p" in house["properties"]["resolution"]["examples"]
    vidu = document["components"]["schemas"]["ViduCreate"]["properties"]
    assert vidu["movement_amplitude"]["enum"] == ["auto", "small", "medium", "large"]
    native = document["components"]["schemas"]["DashScopeCreate"]["properties"]
    assert native["parameters"]["properties"]["duration"]["type"] == "integer"
    listed = next(said for method, path, said in operations(document) if (method, path) == ("GET", "/ent/v2/tasks"))
    states = next(one for one in listed["parameters"] if one["name"] == "states")
    assert "queueing" in states["schema"]["enum"]


def test_every_body_says_only_what_openapi_knows_of_bodies(document: dict[str, Any]) -> None:
    told = [methods for path in document["paths"].values() for methods in path.values() if isinstance(methods, dict)]
    called = [
        one
        for way in told
        for moves in way.get("callbacks", {}).values()
        for at in moves.values()
        for one in at.values()
    ]
    bodies = [one["requestBody"] for one in (*told, *called) if "requestBody" in one]
    assert len(bodies) > len(called) > 0
    assert {name for body in bodies for name in body} <= {"content", "description", "required"}


def test_events_and_callbacks_are_told(document: dict[str, Any]) -> None:
    assert {"task.succeeded", "webhook.test", "video.completed"} <= document["webhooks"].keys()
    told = {path for _, path, said in operations(document) if "callbacks" in said}
    assert {"/v1/tasks", "/api/v3/contents/generations/tasks", "/ent/v2/text2video"} <= told


def test_every_error_is_listed_with_advice() -> None:
    found = listing()["data"]
    assert [one["name"] for one in found] == [kind.__name__ for kind in kinds()]
    assert all(one["advice"].endswith((".", ")")) and one["code"] for one in found)
    again = {one["code"] for one in found if one["retry"]}
    assert {"rate_limit_exceeded", "store_unavailable"} <= again
    assert "in_doubt" not in again


def test_the_page_asks_nobody_else(document: dict[str, Any]) -> None:
    page = pages.page(document)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)
    assert "<style" not in page
    assert " style=" not in page
    assert not re.findall(r" on[a-z]+=", page)
    assert "<script>" not in page
    for _, path, said in operations(document):
        assert path in page
        assert f'id="{said["operationId"]}"' in page


def test_the_text_names_every_route(document: dict[str, Any]) -> None:
    text = pages.text(document)
    assert all(f"`{method} {path}`" in text for method, path, _ in operations(document))


@pytest.mark.parametrize(
    "value", ["handling=strict", "wait=5, handling=strict", 'handling="strict"; x', "HANDLING=STRICT"]
)
def test_strictness_is_asked_for(value: str) -> None:
    assert is_strict(value)


@pytest.mark.parametrize("value", [None, "", "handling=lenient", "handling=strictly", "xhandling=strict", "strict"])
def test_anything_else_does_not_ask_for_it(value: str | None) -> None:
    assert not is_strict(value)
