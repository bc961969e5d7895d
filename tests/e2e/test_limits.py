"""Limits on a live gateway: rates, tasks at once, and the ceiling of the whole server."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.server import Reply, Server, serving
from tests.patience import until

TEXT = {"model": "happyhorse-1.0-t2v", "prompt": "一只纸船漂过池塘", "duration": 3, "resolution": "720p"}
RATES = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that makes nothing: what is accepted stays open."""
    options = ("--workers", "0", "--max-open-tasks", "40", "--creates-at-once", "2")
    with serving(tmp_path_factory.mktemp("idle") / "data", *options) as server:
        yield server


def made(gateway: Server, kind: str, **fields: Any) -> Any:
    answer = gateway.call("POST", f"/admin/v1/{kind}", {"name": "团队", **fields})
    assert answer.status in {200, 201}, answer.body
    return answer.json


def key_of(gateway: Server, project: dict[str, Any] | None = None, **fields: Any) -> str:
    """Return the secret of a new key in a new project, once the gateway knows it."""
    owner = made(gateway, "projects", **(project or {}))
    secret = str(made(gateway, "keys", project_id=owner["id"], **fields)["secret"])
    deadline = time.monotonic() + 480
    while gateway.call("GET", "/v1/tasks", key=secret).status == 401 and time.monotonic() < deadline:
        time.sleep(0.05)
    return secret


def create(gateway: Server, secret: str, path: str = "/v1/tasks") -> Reply:
    return gateway.call("POST", path, TEXT, key=secret)


def test_a_key_s_rate_is_told_and_kept(idle: Server) -> None:
    secret = key_of(idle, creates_per_minute=2)

    first, second, third = (create(idle, secret) for _ in range(3))

    assert (first.status, second.status, third.status) == (200, 200, 429), third.body
    assert [first.headers[name] for name in RATES[:2]] == ["2", "1"]
    assert third.headers["x-ratelimit-remaining"] == "0"
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert third.headers["x-should-retry"] == "true"
    assert third.json["error"]["code"] == "rate_limit_exceeded"
    assert idle.call("GET", f"/v1/tasks/{first.json['id']}", key=secret).status == 200


def test_the_rate_s_former_name_is_read_and_called_deprecated(idle: Server) -> None:
    project = made(idle, "projects", requests_per_minute=7)
    address = f"/admin/v1/projects/{project['id']}"
    changed = idle.call("PATCH", address, {"requests_per_minute": 8, "weight": 2})
    both = idle.call("PATCH", address, {"requests_per_minute": 9, "creates_per_minute": 9})
    wrong = idle.call("PATCH", address, {"requests_per_minute": -1})

    assert (project["creates_per_minute"], "requests_per_minute" in project) == (7, False)
    assert changed.json["creates_per_minute"] == 8
    assert changed.headers["x-reelgate-deprecated-fields"] == "requests_per_minute (send creates_per_minute)"
    assert changed.headers["deprecation"].startswith("@")
    assert "x-reelgate-deprecated-fields" not in idle.call("PATCH", address, {"creates_per_minute": 8}).headers
    assert [(one.status, one.json["error"]["param"]) for one in (both, wrong)] == [(400, "requests_per_minute")] * 2


def test_a_rate_is_refused_in_the_words_of_the_api_that_was_called(idle: Server) -> None:
    secret = key_of(idle, {"creates_per_minute": 0})

    ark = idle.call("POST", "/api/v3/contents/generations/tasks", {}, key=secret)
    vidu = idle.call("POST", "/ent/v2/text2video", {}, key=secret)

    assert (ark.status, ark.json["error"]["code"]) == (429, "APIAccountRpmRateLimitExceeded")
    assert (vidu.status, vidu.json["reason"]) == (429, "TooManyRequests")


def test_a_project_has_no_more_open_tasks_than_it_may(idle: Server) -> None:
    secret = key_of(idle, {"tasks_at_once": 1})
    first = create(idle, secret)

    second = create(idle, secret)

    assert (first.status, second.status, second.headers["retry-after"]) == (200, 429, "10")
    assert second.json["error"]["code"] == "too_many_tasks"
    assert idle.call("POST", f"/v1/tasks/{first.json['id']}/cancel", key=secret).status == 200
    assert create(idle, secret).status == 200


def test_a_project_that_may_queue_more_is_not_refused(idle: Server) -> None:
    secret = key_of(idle, {"tasks_at_once": 1, "overflow": "queue"})
    assert [create(idle, secret).status for _ in range(3)] == [200, 200, 200]


def test_unlimited_creates_carry_no_rates(idle: Server) -> None:
    answer = create(idle, "")
    assert answer.status == 200
    assert not set(RATES) & {name.lower() for name in answer.headers}


def test_too_many_creates_under_way_are_shed_and_polls_go_on(idle: Server) -> None:
    task = create(idle, "").json["id"]
    slow = [SlowCreate(idle, key) for key in (idle.key, key_of(idle))]
    try:
        shed = create(idle, key_of(idle))
        assert (shed.status, shed.headers["retry-after"]) == (503, "5")
        assert shed.json["error"]["code"] == "service_unavailable"
        assert idle.call("GET", f"/v1/tasks/{task}").status == 200
        assert idle.call("GET", "/v1/tasks").status == 200
        assert idle.call("GET", "/readyz").status == 200
    finally:
        for one in slow:
            one.close()
    deadline = time.monotonic() + 480
    while (status := create(idle, "").status) in (429, 503) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status == 200


def test_a_project_has_its_part_of_the_creates_under_way_and_no_more(idle: Server) -> None:
    slow = SlowCreate(idle, idle.key)
    try:
        crowded, other = create(idle, ""), create(idle, key_of(idle))
    finally:
        slow.close()

    assert (crowded.status, crowded.json["error"]["code"]) == (429, "too_many_calls")
    assert (crowded.headers["x-should-retry"], crowded.headers["retry-after"]) == ("true", "2")
    assert other.status == 200


def test_every_door_that_computes_keeps_the_rate_apart_from_creates(idle: Server) -> None:
    secret = key_of(idle, {"creates_per_minute": 2})
    quote = {"path": "/v1/tasks", "body": TEXT}
    doors: dict[str, Callable[[], Reply]] = {
        "quotes": lambda: idle.call("POST", "/v1/quotes", quote, key=secret),
        "assets": lambda: idle.call("POST", "/volc/asset/CreateAssetGroup", {"Name": "组"}, key=secret),
        "policies": lambda: idle.call("GET", "/api/v1/uploads?action=getPolicy&model=wan2.7-t2v", key=secret),
        "creates": lambda: create(idle, secret),
    }

    found = {name: [call().status for _ in range(3)] for name, call in doors.items()}

    assert {name: statuses[2] for name, statuses in found.items()} == dict.fromkeys(doors, 429)
    assert all(max(statuses[:2]) < 300 for statuses in found.values()), found


def test_too_many_open_tasks_are_shed_until_some_have_ended(idle: Server) -> None:
    answers = [create(idle, "") for _ in range(41)]
    shed = answers[-1]
    assert (shed.status, shed.headers["retry-after"]) == (503, "30")
    open_tasks = [answer.json["id"] for answer in answers if answer.status == 200]
    assert idle.call("GET", f"/v1/tasks/{open_tasks[0]}").status == 200
    for task in open_tasks[:10]:
        assert idle.call("POST", f"/v1/tasks/{task}/cancel").status == 200
    deadline = time.monotonic() + 480
    while create(idle, "").status == 503 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert create(idle, "").status == 200


class SlowCreate:
    """A create whose body does not come, once the gateway has begun to read it: another of its project is refused."""

    def __init__(self, gateway: Server, key: str) -> None:
        host, port = gateway.url.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)))
        head = f"POST /v1/tasks HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: 100\r\n"
        self._socket.sendall(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
        until(lambda: gateway.call("POST", "/v1/tasks", {}, key=key).status in (429, 503))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
