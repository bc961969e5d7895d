"""The headers of every answer, and those for browsers, whichever route answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import structlog

from reelgate import request_ids
from reelgate.clock import SystemClock
from reelgate.http.front import Front
from reelgate.server.logging_setup import set_up_log

STUDIO = "https://studio.example.com"


def call(
    method: str = "GET",
    path: str = "/v1/tasks",
    *,
    origins: tuple[str, ...] = ("*",),
    status: int = 200,
    answered: tuple[tuple[bytes, bytes], ...] = (),
    **headers: str,
) -> tuple[int, dict[str, str]]:
    """Make a request to a front before an app that answers so."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(answered)})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": names}
    asyncio.run(Front(app, SystemClock(), origins)(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def preflight(**options: Any) -> tuple[int, dict[str, str]]:
    wanted = {"access_control_request_method": "POST", "access_control_request_headers": "authorization,content-type"}
    return call("OPTIONS", **{"origin": STUDIO, **wanted, **options})


def test_every_answer_has_a_request_id_and_keeps_the_one_that_it_has() -> None:
    assert len(call()[1]["x-request-id"]) == 36
    assert call(answered=((b"x-request-id", b"req_1"),))[1]["x-request-id"] == "req_1"


def test_the_client_s_own_id_comes_back_where_it_is_one() -> None:
    assert call(x_client_request_id="20271129-abc")[1]["x-client-request-id"] == "20271129-abc"
    assert "x-client-request-id" not in call(x_client_request_id="a" * 129)[1]


@pytest.mark.parametrize("drawn", ["", "req_7"], ids=["by the line", "by a dialect"])
def test_a_line_of_the_log_names_the_request_as_its_answer_does(capsys: pytest.CaptureFixture[str], drawn: str) -> None:
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if drawn:
            request_ids.drawn(lambda: drawn)
        await asyncio.to_thread(structlog.get_logger().warning, "something.odd")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    async def run() -> None:
        front, scope = Front(app, SystemClock(), ()), {"type": "http", "method": "GET", "path": "/", "headers": []}
        for _ in range(2):
            await front(scope, receive, send)
        structlog.get_logger().warning("no.request")

    set_up_log(level="info")
    try:
        asyncio.run(run())
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    answered = [dict(one["headers"])[b"x-request-id"].decode() for one in sent if "headers" in one]
    assert [one.get("request_id") for one in lines] == [*answered, None]
    assert len(set(answered)) == (1 if drawn else 2)


@pytest.mark.parametrize(
    ("method", "status", "said"),
    [
        ("GET", 404, {"x-should-retry": "false"}),
        ("POST", 500, {"x-should-retry": "false"}),
        ("GET", 503, {"x-should-retry": "true", "retry-after": "5"}),
        ("GET", 200, {}),
    ],
)
def test_every_refusal_says_what_holds_for_a_repeat(method: str, status: int, said: dict[str, str]) -> None:
    headers = call(method, status=status)[1]

    assert {name: headers[name] for name in ("x-should-retry", "retry-after") if name in headers} == said


def test_what_a_refusal_says_itself_stays() -> None:
    answered = ((b"x-should-retry", b"true"), (b"retry-after", b"7"))

    headers = call("POST", status=503, answered=answered)[1]

    assert (headers["x-should-retry"], headers["retry-after"]) == ("true", "7")


def test_a_browser_may_ask_first_without_a_key() -> None:
    status, headers = preflight()

    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert headers["access-control-allow-headers"] == "authorization,content-type"
    assert "POST" in headers["access-control-allow-methods"]
    assert "x-request-id" in headers


def test_odd_names_of_headers_are_not_repeated() -> None:
    assert preflight(access_control_request_headers="a\r\nb: c")[1]["access-control-allow-headers"] == (
        "authorization, content-type"
    )


def test_only_the_origins_that_are_named_may_call() -> None:
    mine = call(origins=(f"{STUDIO}/",), origin=STUDIO)[1]
    other = call(origins=(STUDIO,), origin="https://other.example.com")[1]

    assert (mine["access-control-allow-origin"], mine["vary"]) == (STUDIO, "Origin")
    assert "access-control-allow-origin" not in other
    assert other["vary"] == "Origin"
    assert "access-control-allow-origin" not in preflight(origins=(STUDIO,), origin="null")[1]


def test_nobody_may_where_nobody_is_named_but_links_are_everybody_s() -> None:
    assert "access-control-allow-origin" not in call(origins=(), origin=STUDIO)[1]
    assert call(path="/files/task_1/result.mp4", origins=())[1]["access-control-allow-origin"] == "*"


def test_a_question_that_no_browser_asks_is_passed_on() -> None:
    assert call("OPTIONS", status=405)[0] == 405
