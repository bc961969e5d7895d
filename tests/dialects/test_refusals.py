"""What a client got wrong is refused in its own API's shape, with the field as it wrote it, the value, the limit."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate.dialects import by_name
from reelgate.errors import (
    BodyTooLarge,
    ClientError,
    InsufficientFunds,
    KeyForbidden,
    MalformedBody,
    MediaRefused,
    MethodNotAllowed,
    MissingKey,
    ModelForbidden,
    NoPrice,
    RateLimited,
    ReelgateError,
    RouteNotFound,
    SpendLimit,
    StoreError,
    TaskNotFound,
    TooManyTasks,
    Unavailable,
    WrongKey,
    WrongState,
)
from reelgate.request import Trait
from tests.dialects.cases import Case, cases, ordered

NOT_PENDING = "Failed to cancel the task, please confirm if the task is in PENDING status."
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
    if "error" in wanted:
        return {**wanted, "error": _with_message(wanted["error"], body["error"])}
    words = wanted.get("message")
    if not isinstance(words, list):
        return wanted
    message = body["message"]
    assert [word for word in words if word not in message] == [], message
    return {**wanted, "message": message}


def error(message: str, kind: str, code: str) -> dict[str, Any]:
    """Return the common envelope."""
    return {"error": {"message": message, "type": kind, "code": code}}


def openai(message: str, kind: str, code: str, param: str | None = None) -> dict[str, Any]:
    """Return OpenAI's shape."""
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}


def ark(code: str, message: str, kind: str, param: str = "") -> dict[str, Any]:
    """Return Ark's shape."""
    said = f"{message}. Request id: request-1"
    return {"error": {"code": code, "message": said, "param": param, "type": kind}}


def vidu(status: int, reason: str, message: str) -> dict[str, Any]:
    """Return Vidu's shape."""
    return {"code": status, "reason": reason, "message": message, "metadata": {"trace_id": "request-1"}}


def flat(code: str, message: str) -> dict[str, Any]:
    """Return DashScope's shape."""
    return {"code": code, "message": message, "request_id": "request-1"}


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
        ("dashscope", MissingKey(), 401, flat("InvalidApiKey", "No API-key provided.")),
        ("dashscope", WrongKey(), 401, flat("InvalidApiKey", "Invalid API-key provided.")),
        ("dashscope", KeyForbidden("no"), 403, flat("AccessDenied", "Access denied. no")),
        (
            "dashscope",
            ModelForbidden("wan2.7-t2v"),
            403,
            flat("Model.AccessDenied", f"Model access denied. {ModelForbidden('wan2.7-t2v').message}"),
        ),
        ("ark", KeyForbidden("no"), 403, ark("AccessDenied", "no", "Forbidden")),
        (
            "ark",
            ModelForbidden("doubao-seedance-2-0"),
            404,
            ark(
                "InvalidEndpointOrModel.ModelIDAccessDisabled",
                ModelForbidden("doubao-seedance-2-0").message,
                "NotFound",
                "model",
            ),
        ),
        ("vidu", KeyForbidden("no"), 403, vidu(403, "Forbidden", "no")),
        ("vidu", ModelForbidden("viduq3-pro"), 403, vidu(403, "Forbidden", ModelForbidden("viduq3-pro").message)),
        ("openai", KeyForbidden("no"), 403, openai("no", "permission_error", "insufficient_scope")),
        (
            "openai",
            ModelForbidden("sora-2"),
            403,
            openai(ModelForbidden("sora-2").message, "permission_error", "model_not_allowed", "model"),
        ),
        (
            "dashscope",
            RateLimited("too often"),
            429,
            flat("Throttling.RateQuota", "Requests rate limit exceeded, please try again later. too often"),
        ),
        ("dashscope", TooManyTasks("2 of 2"), 429, flat("Throttling", "Requests throttling triggered. 2 of 2")),
        (
            "ark",
            RateLimited("too often"),
            429,
            ark("APIAccountRpmRateLimitExceeded", "too often", "TooManyRequests"),
        ),
        ("ark", TooManyTasks("2 of 2"), 429, ark("QuotaExceeded", "2 of 2", "TooManyRequests")),
        ("vidu", RateLimited("too often"), 429, vidu(429, "TooManyRequests", "too often")),
        ("vidu", TooManyTasks("2 of 2"), 429, vidu(429, "QuotaExceeded", "2 of 2")),
        ("openai", RateLimited("too often"), 429, openai("too often", "rate_limit_error", "rate_limit_exceeded")),
        ("openai", TooManyTasks("2 of 2"), 429, openai("2 of 2", "rate_limit_error", "too_many_tasks")),
        (
            "dashscope",
            InsufficientFunds("too little"),
            400,
            flat("Arrearage", "Access denied, please make sure your account is in good standing. too little"),
        ),
        ("ark", InsufficientFunds("too little"), 403, ark("AccountOverdueError", "too little", "Forbidden")),
        ("ark", SpendLimit("enough"), 403, ark("AccountOverdueError", "enough", "Forbidden")),
        (
            "vidu",
            InsufficientFunds("too little"),
            400,
            vidu(400, "CreditInsufficient", "insufficient credits: too little"),
        ),
        ("openai", SpendLimit("enough"), 402, openai("enough", "insufficient_funds_error", "spend_limit_reached")),
        ("apiyi", InsufficientFunds("no"), 429, error("no", "insufficient_funds_error", "insufficient_funds")),
        ("uniall", InsufficientFunds("no"), 402, error("no", "insufficient_funds_error", "insufficient_funds")),
        ("anyfast", NoPrice("no"), 400, error("no", "invalid_request_error", "no_price")),
        ("dashscope", RouteNotFound("nothing here"), 404, flat("NotFound", "nothing here")),
        (
            "dashscope",
            MethodNotAllowed("PUT", ["GET"]),
            405,
            flat("MethodNotAllowed", "PUT is not allowed here; allowed: GET"),
        ),
        ("dashscope", MalformedBody("no JSON"), 400, flat("InvalidParameter", "no JSON")),
        ("dashscope", BodyTooLarge("over 64 MiB"), 413, flat("BodyTooLarge", "over 64 MiB")),
        ("dashscope", WrongState("it runs"), 400, flat("UnsupportedOperation", NOT_PENDING)),
        ("dashscope", TaskNotFound(), 400, flat("UnsupportedOperation", NOT_PENDING)),
        (
            "dashscope",
            TaskNotFound(task_id="no-such-task", asked=True),
            200,
            {"request_id": "request-1", "output": {"task_id": "no-such-task", "task_status": "UNKNOWN"}},
        ),
        ("dashscope", Unavailable("stopping"), 503, flat("ModelUnavailable", "stopping")),
        ("dashscope", ReelgateError("a fault"), 500, flat("InternalError", "a fault")),
        ("apiyi", MalformedBody("no JSON"), 400, error("no JSON", "task_error", "parse_request_failed")),
    ],
)
def test_a_documented_error_body(dialect: str, mistake: ReelgateError, status: int, body: dict[str, Any]) -> None:
    answer = by_name(dialect).render_error(mistake, "request-1")

    assert (answer.status, ordered(answer.body)) == (status, ordered(body))


@pytest.mark.parametrize("trait", Trait)
def test_dashscope_has_a_code_for_everything_about_an_input(trait: Trait) -> None:
    mistake = MediaRefused("input.media[0].url", "input.media[0].url: it is not taken").about(trait)

    answer = by_name("dashscope").render_error(mistake, "request-1")

    assert answer.status == 400
    assert answer.body["code"].startswith("Invalid")
    assert answer.body["message"].endswith(mistake.message)


@pytest.mark.parametrize("dialect", ["anyfast", "apiyi", "reelgate", "uniall"])
@pytest.mark.parametrize(
    ("mistake", "status", "kind", "code"),
    [
        (RouteNotFound("nothing here"), 404, "invalid_request_error", "route_not_found"),
        (MethodNotAllowed("PUT", ["POST"]), 405, "invalid_request_error", "method_not_allowed"),
        (BodyTooLarge("over 64 MiB"), 413, "invalid_request_error", "body_too_large"),
        (Unavailable("stopping"), 503, "server_error", "service_unavailable"),
        (StoreError("no disk"), 503, "server_error", "store_unavailable"),
        (KeyForbidden("no"), 403, "permission_error", "insufficient_scope"),
        (ModelForbidden("a-model"), 403, "permission_error", "model_not_allowed"),
        (RateLimited("too often"), 429, "rate_limit_error", "rate_limit_exceeded"),
        (TooManyTasks("2 of 2"), 429, "rate_limit_error", "too_many_tasks"),
    ],
    ids=["address", "method", "size", "stopping", "store", "scope", "model", "rate", "tasks"],
)
def test_errors_that_dialects_with_the_common_envelope_word_alike(
    dialect: str, mistake: ReelgateError, status: int, kind: str, code: str
) -> None:
    answer = by_name(dialect).render_error(mistake, "request-1")

    assert (answer.status, answer.body) == (status, error(mistake.message, kind, code))
