"""What a program can use instead of polling: streams of events, and queries that wait."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2
import pytest

from reelgate import limits
from tests.e2e.server import Server, serving
from tests.e2e.test_lifecycle import CREATE, ended, text

ENDS = {"task.succeeded", "task.failed", "task.cancelled", "task.expired"}
SHORT = {"model": "viduq3t-540p", "prompt": "海边的灯塔", "duration": 1}


class Heard(NamedTuple):
    """One server-sent event."""

    event: str
    id: str
    data: Any


@contextmanager
def listening(server: Server, path: str, *, last: str = "", key: str = "") -> Iterator[Iterator[Heard]]:
    """Open a stream of events and yield its events."""
    headers = {"Authorization": f"Bearer {key or server.key}", **({"Last-Event-ID": last} if last else {})}
    with httpx2.Client(timeout=480) as client, client.stream("GET", server.url + path, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Heard]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line and name:
            fields[name] = value.removeprefix(" ")
        elif not line and "event" in fields:
            yield Heard(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            fields = {}


def test_a_task_is_followed_until_its_video_is_there(gateway: Server) -> None:
    task = gateway.post(CREATE, SHORT).json["id"]
    with listening(gateway, f"/v1/tasks/{task}/events") as stream:
        heard = list(stream)  # the stream ends by itself
    assert heard[-1].event == "task.succeeded"
    assert heard[-1].data == gateway.get(f"/v1/tasks/{task}").json | {"result_url": heard[-1].data["result_url"]} | {
        name: heard[-1].data[name] for name in heard[-1].data if name.endswith("_url") or name == "result"
    }
    assert {one.data["id"] for one in heard} == {task}
    shown = [one.data["progress"] for one in heard if one.event == "task.progress"]
    assert shown == sorted(shown)


def test_a_stream_goes_on_where_it_broke_off(gateway: Server) -> None:
    task = gateway.post(CREATE, SHORT).json["id"]
    gateway.until(f"/v1/tasks/{task}", ended)
    with listening(gateway, f"/v1/tasks/{task}/events", last="0-0") as stream:
        moves = list(stream)
    assert [one.event for one in moves] == [
        f"task.{state}" for state in ("created", "submitting", "running", "collecting", "succeeded")
    ]
    assert len({one.id for one in moves}) == len(moves)
    with listening(gateway, f"/v1/tasks/{task}/events", last=moves[2].id) as stream:
        assert [one.id for one in stream] == [one.id for one in moves[3:]]
    over = gateway.get(f"/v1/tasks/{task}/events", headers={"Last-Event-ID": moves[-1].id})
    assert (over.status, over.body) == (204, b"")


def test_a_project_hears_of_its_own_tasks_only_and_of_those_it_asked_for(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as server:
        other = server.post("/admin/v1/projects", {"name": "other"}).json["id"]
        key = server.post("/admin/v1/keys", {"name": "other", "project_id": other}).json["secret"]
        with listening(server, "/v1/events?model=viduq3t-540p&status=completed") as stream:
            theirs = server.post(CREATE, SHORT, key=key).json["id"]
            server.post(CREATE, text(model="viduq3p-540p"))
            with listening(server, f"/v1/tasks/{theirs}/events", key=key) as story:
                assert list(story)[-1].event == "task.succeeded"
            task = server.post(CREATE, SHORT).json["id"]
            heard = next(stream)
        assert (heard.event, heard.data["id"]) == ("task.succeeded", task)
        with listening(server, "/v1/events", last=heard.id, key=key) as stream, ThreadPoolExecutor(1) as later:
            made = later.submit(server.post, CREATE, SHORT, key=key)
            first = next(stream)
            assert (first.event, first.data["id"]) == ("task.created", made.result().json["id"])


@pytest.mark.parametrize("prefer", [False, True])
def test_a_query_waits_for_a_change(gateway: Server, prefer: bool) -> None:
    task = gateway.post(CREATE, {**SHORT, "duration": 3}).json["id"]
    wait = {"path": f"/v1/tasks/{task}", "headers": {"Prefer": "respond-async, wait=40"}}
    asked = wait if prefer else {"path": f"/v1/tasks/{task}?wait=40"}
    seen: list[tuple[str, int]] = []
    while not seen or seen[-1][0] not in {"completed", "failed"}:
        answer = gateway.get(**asked).json
        seen.append((answer["status"], answer["progress"]))
        assert len(seen) < 300, "each answer brings something new, so that this many can't be"
    assert seen[-1] == ("completed", 100)
    assert len(seen) == len(set(seen)) or len(seen) <= len(set(seen)) + 2  # states that a dialect shows alike


def test_a_query_without_news_answers_in_time(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        waiting = server.post(CREATE, text()).json["id"]
        begun = time.monotonic()
        answer = server.get(f"/v1/tasks/{waiting}?wait=1.5")
        assert answer.json["state"] == "queued"
        assert time.monotonic() - begun >= 1.5


@pytest.mark.parametrize("wait", ["51", "-1", "soon", "1e3"])
def test_a_wait_out_of_range_is_refused(gateway: Server, wait: str) -> None:
    task = gateway.post(CREATE, text()).json["id"]
    refused = gateway.get(f"/v1/tasks/{task}?wait={wait}")
    assert refused.status == 400
    assert f"wait is {json.dumps(wait)}; allowed: seconds from 0 to 50" in refused.json["error"]["message"]
    gateway.post(f"/v1/tasks/{task}/cancel")


def test_streams_are_for_keys_that_may_read(gateway: Server) -> None:
    task = gateway.post(CREATE, SHORT).json["id"]
    for path in ("/v1/events", f"/v1/tasks/{task}/events"):
        assert gateway.get(path, key=None).status == 401
        assert gateway.get(path, headers={"Last-Event-ID": "yesterday"}).status == 400
    assert gateway.get("/v1/tasks/task_none/events").status == 404
    assert gateway.get("/v1/events?status=somehow").status == 400


@pytest.mark.parametrize("of_task", [False, True])
def test_a_look_at_a_stream_s_head_ends(gateway: Server, of_task: bool) -> None:
    path = f"/v1/tasks/{gateway.post(CREATE, SHORT).json['id']}/events" if of_task else "/v1/events"
    with httpx2.Client(timeout=480, headers={"Authorization": f"Bearer {gateway.key}"}) as client:
        head = client.head(gateway.url + path)
        after = client.get(f"{gateway.url}/healthz")  # on the same connection

    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert after.status_code == 200


def test_a_stream_for_which_there_is_no_place_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server, ExitStack() as opened:
        address = urlsplit(server.url)
        head = f"GET /v1/events HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.key}\r\n\r\n"
        for _ in range(limits.PROJECT_LISTENERS):
            line = opened.enter_context(socket.create_connection((address.hostname, address.port), timeout=480))
            line.sendall(head.encode())
            assert line.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        refused = server.get("/v1/events")

    assert (refused.status, refused.json["error"]["code"]) == (503, "service_unavailable")
    assert int(refused.headers["retry-after"]) > 0


def test_a_revoked_key_hears_no_more(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        made = server.post("/admin/v1/keys", {"name": "short-lived", "project_id": "default"}).json
        with listening(server, "/v1/events", key=made["secret"]) as stream:
            assert server.post(f"/admin/v1/keys/{made['id']}/revoke").status == 200
            assert list(stream) == []


def test_a_stop_ends_streams(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server, listening(server, "/v1/events") as stream:
        assert server.stop() == 0
        assert list(stream) == []


def test_a_create_that_waits_is_answered_with_the_end(gateway: Server) -> None:
    made = gateway.ordered("/v1/tasks?wait=50", SHORT, ended)
    assert (made.status, made.json["status"]) == (200, "completed")
    assert gateway.get(made.json["result_url"], key=None).status == 200
    preferred = gateway.ordered("/v1/tasks", SHORT, ended, Prefer="respond-async, wait=50")
    assert preferred.json["state"] == "succeeded"
    assert "x-reelgate-unknown-fields" not in made.headers


def test_a_create_that_waits_no_longer_tells_how_its_task_stands(gateway: Server) -> None:
    named = {"Idempotency-Key": "waits"}
    body = {**SHORT, "duration": 5, "prompt": "a storm at sea"}
    first = gateway.call("POST", "/v1/tasks?wait=0.2", body, headers=named)
    assert first.status == 200
    assert ended(first.json) or first.json["poll_after"] >= 1
    again = gateway.ordered("/v1/tasks?wait=50", body, ended, **named)
    assert (again.json["id"], again.json["state"]) == (first.json["id"], "succeeded")
    assert again.headers["x-reelgate-replayed"] == "true"
    refused = gateway.post("/v1/tasks?wait=51", SHORT)
    assert (refused.status, refused.json["error"]["param"]) == (400, "wait")


def test_a_create_that_waits_in_another_dialect_has_that_one_s_form(gateway: Server) -> None:
    path = "/api/v1/services/aigc/video-generation/video-synthesis"
    order = {"duration": 2, "resolution": "720P"}
    body = {"model": "wan2.7-t2v", "input": {"prompt": "a lighthouse"}, "parameters": order}
    tasks: list[str] = []

    def done(made: Any) -> bool:
        tasks.append(made["output"]["task_id"])
        return bool(gateway.get(f"/api/v1/tasks/{tasks[-1]}").json["output"]["task_status"] == "SUCCEEDED")

    gateway.ordered(f"{path}?wait=50", body, done, X_DashScope_Async="enable")
    assert len(set(tasks)) == 1
    seller = {"model": "viduq3t-540p", "prompt": "a lighthouse", "duration": 1}
    plain, held = (gateway.post(f"/v1/video/generations{query}", seller) for query in ("", "?wait=50"))
    assert (plain.status, held.status) == (200, 200)
    assert plain.json.keys() == held.json.keys()


def test_whoever_leaves_while_a_create_waits_and_orders_again_gets_the_same_task(gateway: Server) -> None:
    order = {"model": "animatic", "prompt": "a ship that leaves the harbour", "duration": 4}
    data, to = json.dumps(order).encode(), urlsplit(gateway.url)
    head = f"POST /v1/tasks?wait=50 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.key}\r\n"
    with socket.create_connection((str(to.hostname), to.port or 0)) as line:
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        gateway.until("/v1/tasks", lambda found: any(one["prompt"] == order["prompt"] for one in found["data"]))
    again = gateway.post("/v1/tasks", order).json["id"]
    found = gateway.get("/v1/tasks").json["data"]
    assert [one["id"] for one in found if one["prompt"] == order["prompt"]] == [again]
