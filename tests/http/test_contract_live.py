"""Generated requests to every route of a live gateway: no 5xx, and each answer as the OpenAPI document says.

A few for each route; `make contract` makes thousands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import scripts.contract_hooks  # noqa: F401 (what it registers)
from reelgate.catalog import load
from reelgate.http.contract.document import OpenApiDocument
from tests.e2e.server import Server, serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ELSEWHERE = ("/v1/events", "/mcp")
"""What has no end, and what has a protocol of its own."""
REQUESTS = 1


def closed(value: Any) -> Any:
    """Return schemas whose objects hold nothing but what they name: so an answer can't say more than is described."""
    if isinstance(value, list):
        return [closed(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: closed(one) for key, one in value.items()}
    return {**found, "additionalProperties": False} if "properties" in found and "title" in found else found


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(OpenApiDocument(load()).make()))
    made["components"]["schemas"] = closed(made["components"]["schemas"])
    return made


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("contract") / "data", "--workers", "0") as server:
        yield server


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_every_route_answers_as_it_is_described(gateway: Server) -> None:
    schema = schemathesis.openapi.from_dict(document())
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path in ELSEWHERE:
            continue

        @seed(1)
        @settings(
            max_examples=REQUESTS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(
                base_url=gateway.url, headers={"Authorization": f"Bearer {gateway.key}"}, checks=CHECKS, timeout=480
            )

        call()
    assert asked >= len(schema) - len(ELSEWHERE)


def test_a_method_that_is_not_taken_is_told_which_are(gateway: Server) -> None:
    wrong, paths = [], document()["paths"]
    for path, methods in paths.items():
        taken = {method.upper() for method in methods} | ({"HEAD"} if "get" in methods else set())
        as_an_id = {method.upper() for method in paths.get(f"{path.rpartition('/')[0]}/{{id}}", ())}
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - taken - as_an_id):
            reply = gateway.call(method, path.replace("{id}", "0").replace("{name}", "x"))
            if (reply.status, reply.headers.get("allow")) != (405, ", ".join(sorted(taken))):
                wrong.append(f"{method} {path}: {reply.status}, {reply.headers.get('allow')}")
    assert not wrong, "\n".join(wrong)
