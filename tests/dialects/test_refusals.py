"""What a client got wrong is refused in its own API's shape, with the field as it wrote it, the value, the limit."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate.dialects import all_dialects, by_name
from reelgate.dialects.port import Dialect
from reelgate.errors import (
    BodyTooLarge,
    ClientError,
    MalformedBody,
    MethodNotAllowed,
    MissingKey,
    ReelgateError,
    RouteNotFound,
    StoreError,
    TaskNotFound,
    Unavailable,
    WrongKey,
)
from tests.dialects.cases import Case, cases, ordered

NO_TASK = {"code": "task_not_exist", "message": "task_not_exist", "data": None}


@pytest.mark.parametrize("case", cases("refuse"))
def test_a_wrong_call_is_refused_in_its_own_shape(case: Case) -> None:
    with pytest.raises(ClientError) as refused:
        case.admitted()

    answer = case.dialect.render_error(refused.value, "request-1")

    assert answer.status == case.data["status"]
    assert ordered(answer.body) == ordered(_with_message(case.data["answer"], answer.body))


def _with_message(wanted: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return the wanted body; where its message is a list of words, with the message that holds them all."""
    words = wanted.get("error", {}).get("message")
    if not isinstance(words, list):
        return wanted
    message = body["error"]["message"]
    assert [word for word in words if word not in message] == [], message
    return {**wanted, "error": {**wanted["error"], "message": message}}


def error(message: str, kind: str, code: str) -> dict[str, Any]:
    """Return the common envelope."""
    return {"error": {"message": message, "type": kind, "code": code}}


@pytest.mark.parametrize(
    ("dialect", "mistake", "status", "body"),
    [
        ("anyfast", MissingKey(), 401, error("No token provided", "authentication_error", "missing_api_key")),
        ("anyfast", WrongKey(), 401, error("Invalid API key provided.", "authentication_error", "invalid_api_key")),
        ("anyfast", TaskNotFound(), 404, NO_TASK),
        ("uniall", TaskNotFound("gone"), 404, error("gone", "invalid_request_error", "task_not_found")),
        (
            "apiyi",
            TaskNotFound("gone"),
            404,
            {"status": "UNKNOWN", **error("gone", "invalid_request_error", "task_not_found")},
        ),
        ("apiyi", MalformedBody("no JSON"), 400, error("no JSON", "task_error", "parse_request_failed")),
    ],
)
def test_a_documented_error_body(dialect: str, mistake: ReelgateError, status: int, body: dict[str, Any]) -> None:
    answer = by_name(dialect).render_error(mistake, "request-1")

    assert (answer.status, ordered(answer.body)) == (status, ordered(body))


@pytest.mark.parametrize("dialect", all_dialects(), ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    ("mistake", "status", "kind", "code"),
    [
        (RouteNotFound("nothing here"), 404, "invalid_request_error", "route_not_found"),
        (MethodNotAllowed("PUT", ["POST"]), 405, "invalid_request_error", "method_not_allowed"),
        (BodyTooLarge("over 64 MiB"), 413, "invalid_request_error", "body_too_large"),
        (Unavailable("stopping"), 503, "server_error", "service_unavailable"),
        (StoreError("no disk"), 503, "server_error", "store_unavailable"),
    ],
    ids=["address", "method", "size", "stopping", "store"],
)
def test_errors_that_every_dialect_words_alike(
    dialect: Dialect, mistake: ReelgateError, status: int, kind: str, code: str
) -> None:
    answer = dialect.render_error(mistake, "request-1")

    assert (answer.status, answer.body) == (status, error(mistake.message, kind, code))
