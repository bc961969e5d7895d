"""A client's mistake is a 4xx in the shape of the API that was spoken, and leaves nothing behind."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from tests.e2e.server import Reply, Server
from tests.e2e.test_lifecycle import ended

ANYFAST = "/v1/video/generations"
APIYI = "/wan/api/v1/services/aigc/video-generation/video-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}


class Door(NamedTuple):
    """How one API is spoken: where it creates and queries, and a body that it takes."""

    path: str
    query: str
    body: dict[str, Any]
    headers: dict[str, str]

    def post(self, gateway: Server, body: Any, **options: Any) -> Reply:
        """Create with this body."""
        return gateway.post(self.path, body, headers={**self.headers, **options.pop("headers", {})}, **options)

    def with_(self, **fields: Any) -> dict[str, Any]:
        """The body with fields changed, in the object where this API has them."""
        if self.path == APIYI:
            return {**self.body, "parameters": {**self.body["parameters"], **fields}}
        return {**self.body, **fields}

    def without(self, field: str) -> dict[str, Any]:
        """The body without a field."""
        if field in self.body:
            return {key: value for key, value in self.body.items() if key != field}
        return {**self.body, "input": {key: value for key, value in self.body["input"].items() if key != field}}


DOORS = {
    "happyhorse": Door(
        ANYFAST,
        f"{ANYFAST}/",
        {"model": "happyhorse-1.0-t2v", "prompt": "一只猫", "resolution": "720P", "ratio": "16:9", "duration": 5},
        {},
    ),
    "seedance": Door(
        ANYFAST,
        f"{ANYFAST}/",
        {"model": "seedance-fast", "content": [{"type": "text", "text": "一只猫"}], "duration": 5, "ratio": "16:9"},
        {},
    ),
    "uniall": Door(
        "/v1/videos/generations",
        "/v1/videos/generations/",
        {"model": "happy-horse-720p", "prompt": "一只猫", "duration": 4, "aspect_ratio": "16:9"},
        {},
    ),
    "vidu": Door(ANYFAST, f"{ANYFAST}/", {"model": "viduq3p-720p", "prompt": "一只猫", "duration": 5}, {}),
    "apiyi": Door(
        APIYI,
        "/v1/tasks/",
        {"model": "wan2.7-t2v", "input": {"prompt": "一只猫"}, "parameters": {"duration": 5, "ratio": "16:9"}},
        ASYNC,
    ),
    "house": Door("/v1/tasks", "/v1/tasks/", {"model": "viduq3p-720p", "prompt": "一只猫", "duration": 5}, {}),
}


@pytest.fixture(params=list(DOORS.values()), ids=list(DOORS))
def door(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    return found


def refused(reply: Reply, status: int, *words: str) -> dict[str, Any]:
    """The answer is this refusal: a JSON error whose message holds the words. Return the error."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"].startswith("application/json")
    body = reply.json
    error: dict[str, Any] = body.get("error", body)
    assert error["code"]
    for word in words:
        assert word in error["message"], error
    assert "Traceback" not in error["message"]
    return error


@pytest.fixture(autouse=True)
def nothing_is_stored(gateway: Server) -> Any:
    before = gateway.get("/v1/tasks?limit=1").json["data"]
    yield
    assert [task["id"] for task in gateway.get("/v1/tasks?limit=1").json["data"]] == [task["id"] for task in before]


@pytest.mark.parametrize("raw", [b"{", b"", b"[]", b'"text"', b'{"model": "\xff"}', b"[" * 100_000])
def test_what_is_no_json_object(gateway: Server, door: Door, raw: bytes) -> None:
    refused(door.post(gateway, None, raw=raw), 400)


def test_a_half_of_a_surrogate_pair_is_named_as_what_it_is(gateway: Server, door: Door) -> None:
    refused(door.post(gateway, None, raw=b'{"model": "x", "prompt": "a\\ud83d"}'), 400, "surrogate")


def test_an_empty_body_is_called_empty(gateway: Server, door: Door) -> None:
    refused(door.post(gateway, None, raw=b""), 400, "empty")


def test_a_missing_key(gateway: Server, door: Door) -> None:
    reply = door.post(gateway, door.body, key=None)

    refused(reply, 401)
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_wrong_key(gateway: Server, door: Door) -> None:
    refused(door.post(gateway, door.body, key="sk-wrong"), 401)
    refused(gateway.get(f"{door.query}task_x", key="sk-wrong"), 401)


def test_a_missing_prompt(gateway: Server, door: Door) -> None:
    field = "content" if "content" in door.body else "prompt"

    refused(door.post(gateway, door.without(field)), 400, field)


def test_a_missing_model(gateway: Server, door: Door) -> None:
    refused(door.post(gateway, door.without("model")), 400, "model")


@pytest.mark.parametrize("model", ["no-such-model", "", 5, None, ["a"], "一" * 10_000])
def test_an_unknown_model(gateway: Server, door: Door, model: Any) -> None:
    reply = door.post(gateway, {**door.body, "model": model})

    assert 400 <= reply.status < 500
    refused(reply, reply.status, "model")
    assert len(reply.body) < 2000


@pytest.mark.parametrize("duration", [0, 17, -2, 10**30])
def test_a_duration_out_of_range(gateway: Server, door: Door, duration: int) -> None:
    refused(door.post(gateway, door.with_(duration=duration)), 400, "duration", str(duration)[:12])


@pytest.mark.parametrize("duration", [True, 5.5, "five", [], {}])
def test_a_duration_of_the_wrong_type(gateway: Server, door: Door, duration: Any) -> None:
    refused(door.post(gateway, door.with_(duration=duration)), 400, "duration")


def test_digits_in_a_string_are_an_integer_only_where_the_documents_say_so(gateway: Server) -> None:
    error = refused(DOORS["apiyi"].post(gateway, DOORS["apiyi"].with_(duration="5")), 400)
    assert "cannot unmarshal string into Go struct field" in error["message"]
    assert error["code"] == "parse_request_failed"
    refused(DOORS["happyhorse"].post(gateway, DOORS["happyhorse"].with_(duration="five")), 400, "duration")
    refused(DOORS["uniall"].post(gateway, DOORS["uniall"].with_(duration="99")), 400, "duration", "99")


def test_a_ratio_that_the_model_does_not_take(gateway: Server, door: Door) -> None:
    field = "aspect_ratio" if door is DOORS["uniall"] or door is DOORS["vidu"] else "ratio"

    refused(door.post(gateway, door.with_(**{field: "5:1"})), 400, field, "5:1", "16:9")


def test_a_prompt_over_its_limit(gateway: Server) -> None:
    refused(DOORS["uniall"].post(gateway, DOORS["uniall"].with_(prompt="猫" * 2501)), 400, "prompt", "2500")


def test_an_unknown_task(gateway: Server, door: Door) -> None:
    refused(gateway.get(f"{door.query}task_nobodyknowsme"), 404)


@pytest.mark.parametrize(
    ("near", "said"),
    [
        ("/api/v1/services/aigc/text2audio/nothing", ["code", "message", "request_id"]),
        ("/api/v3/contents/generations/nothing", ["error"]),
        ("/ent/v2/nothing", ["code", "metadata", "message"]),
        ("/v1/nothing", ["error"]),
        ("/nothing", ["error"]),
    ],
)
def test_an_address_that_is_nobodys_is_refused_as_its_neighbours_would(
    gateway: Server, near: str, said: list[str]
) -> None:
    reply = gateway.post(near, {})

    refused(reply, 404)
    assert set(reply.json) >= set(said)


def test_a_wrong_method(gateway: Server, door: Door) -> None:
    reply = gateway.call("PUT", door.path, door.body)

    refused(reply, 405)
    assert "POST" in reply.headers["allow"]


def test_a_body_over_the_limit(gateway: Server) -> None:
    reply = gateway.post(ANYFAST, None, raw=b'{"image": "' + b"A" * (64 * 2**20))

    refused(reply, 413, "64 MiB")


def test_a_create_without_the_asynchronous_header(gateway: Server) -> None:
    reply = gateway.post(APIYI, DOORS["apiyi"].body)

    assert reply.status == 403
    assert list(reply.json) == ["code", "message", "request_id"]
    assert reply.json["code"] == "AccessDenied"
    assert reply.json["message"] == "current user api does not support synchronous calls"


@pytest.mark.parametrize("inputs", [{}, {"media": [5]}, {"media": []}])
def test_apiyi_says_which_input_is_missing(gateway: Server, inputs: dict[str, Any]) -> None:
    body = {"model": "wan2.7-i2v", "input": {"prompt": "一只猫"} | inputs}

    error = refused(gateway.post(APIYI, body, headers=ASYNC), 400, "input.media")

    assert (error["type"], error["code"]) == ("task_error", "parse_request_failed")


def test_space_around_a_header_does_not_count(gateway: Server) -> None:
    refused(gateway.post(APIYI, {"model": "none"}, headers={"X-DashScope-Async": "  enable  "}), 404, "none")


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("cursor=" + "9" * 5000, "a whole number from 0 to 9223372036854775807"),
        ("limit=²", "a whole number from 1 to 100"),
        ("limit=0", "a whole number from 1 to 100"),
        ("created_after=2026-11-01", "Unix seconds, a whole number from 0 to 1099511627776"),
        ("status=x", ""),
    ],
)
def test_a_listing_that_is_asked_for_wrongly(gateway: Server, query: str, allowed: str) -> None:
    error = refused(gateway.get(f"/v1/tasks?{quote(query, safe='=')}"), 400, query.partition("=")[0])
    assert error["message"].endswith(f"allowed: {allowed}") or not allowed


def test_a_query_answers_head_too_and_says_so(gateway: Server, door: Door) -> None:
    reply = gateway.call("HEAD", f"{door.query}task_nobodyknowsme")

    assert (reply.status, reply.body) == (404, b"")
    assert {"GET", "HEAD"} <= set(gateway.call("PUT", f"{door.query}x").headers["allow"].split(", "))


def test_no_key_is_told_in_the_words_of_the_seller_that_documents_them(gateway: Server) -> None:
    refused(gateway.get("/v1/models", key=None), 401, "No token provided")


def test_slashes_too_many_lead_to_the_same_address(gateway: Server, door: Door) -> None:
    plain = gateway.get(door.query.rstrip("/"))

    assert {gateway.get(path).status for path in (door.query, f"{door.query}/", f"/{door.query}")} == {plain.status}
    refused(gateway.post(f"/{door.path}/", {}, headers=door.headers), 400, "model")
    refused(gateway.get(f"/{door.query}/task_nobodyknowsme//"), 404)


def test_an_address_where_nothing_is(gateway: Server) -> None:
    refused(gateway.get("/v1/nothing"), 404)
    refused(gateway.get("/v1"), 404)


def test_extra_fields_are_tolerated_and_named(gateway: Server) -> None:
    body = {
        "model": "viduq3t-540p",
        "prompt": "一只猫",
        "duration": 1,
        "generation_mode": "x",
        "颜色": "红",
        "k" * 9000: 1,
    }

    created = gateway.post("/v1/videos/generations", body)

    assert created.status == 200
    assert created.headers["x-reelgate-unknown-fields"] == f"generation_mode, %E9%A2%9C%E8%89%B2, {'k' * 60}"
    gateway.post(f"/v1/tasks/{created.json['id']}/cancel")
    gateway.until(f"/v1/tasks/{created.json['id']}", ended)
    gateway.call("DELETE", f"/v1/tasks/{created.json['id']}")
