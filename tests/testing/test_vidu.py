"""Vidu as it is simulated, on the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import JOB_SECONDS, Caller, HandClock

PICTURE = "https://example.com/a.png"


@pytest.fixture
def caller(at: Callable[..., Caller]) -> Caller:
    return at("vidu")


def create(caller: Caller, endpoint: str, model: str, **fields: Any) -> Any:
    return caller.post(f"/ent/v2/{endpoint}", {"model": model, "prompt": "一艘船驶过港口", **fields})


def test_a_create_tells_the_price_and_what_was_taken(caller: Caller) -> None:
    answer = create(caller, "text2video", "viduq3-turbo", duration=5, resolution="720p", payload="mine").json()

    assert answer["task_id"].isdecimal()
    assert (answer["state"], answer["credits"], answer["payload"]) == ("created", 55, "mine")
    assert (answer["duration"], answer["aspect_ratio"], answer["off_peak"]) == (5, "16:9", False)
    assert datetime.fromisoformat(answer["created_at"]).tzinfo is not None


def test_a_task_goes_its_way(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made(payload="attempt-1")
    at_first = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS / 2)
    later = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(task_id)

    assert (at_first["id"], at_first["state"], later["state"]) == (task_id, "queueing", "processing")
    assert (at_first["payload"], at_first["creations"]) == ("attempt-1", [])
    assert (done["state"], done["err_code"]) == ("success", "")
    assert {"id", "url", "cover_url", "watermarked_url"} == set(done["creations"][0])


def test_a_bearer_key_is_none(caller: Caller) -> None:
    caller._http.headers["Authorization"] = "Bearer sk-mine"
    answer = caller.create()

    assert answer.status_code == 401
    assert answer.json() | {"metadata": None} == {
        "code": 401,
        "reason": "Unauthorized",
        "message": "unauthorized",
        "metadata": None,
    }
    assert answer.json()["metadata"]["trace_id"]


@pytest.mark.parametrize(
    ("endpoint", "model", "fields", "code"),
    [
        ("text2video", "viduq9", {}, "FieldInvalid"),
        ("text2video", "viduq3", {}, "FieldInvalid"),
        ("text2video", "viduq3-turbo", {"prompt": ""}, "FieldLacking"),
        ("text2video", "viduq3-turbo", {"images": [PICTURE]}, "FieldUnwanted"),
        ("text2video", "viduq3-turbo", {"resolution": "720P"}, "FieldInvalid"),
        ("text2video", "viduq3-turbo", {"duration": 17}, "FieldInvalid"),
        ("text2video", "viduq3-turbo", {"aspect_ratio": "21:9"}, "FieldInvalid"),
        ("text2video", "viduq3-turbo", {"off_peak": True, "audio": False}, "FieldInvalid"),
        ("img2video", "viduq3-pro", {}, "FieldLacking"),
        ("img2video", "viduq3-pro", {"images": [PICTURE] * 2}, "FieldItemCountOutOfRange"),
        ("img2video", "viduq3-pro", {"images": [PICTURE], "aspect_ratio": "16:9"}, "FieldUnwanted"),
        ("img2video", "viduq3-pro", {"images": ["ftp://a/b.png"]}, "FieldInvalid"),
        ("img2video", "viduq3-pro-fast", {"images": [PICTURE], "resolution": "540p"}, "FieldInvalid"),
        ("start-end2video", "viduq3-pro", {"images": [PICTURE]}, "FieldItemCountOutOfRange"),
        ("reference2video", "viduq3-pro", {"images": [PICTURE]}, "FieldInvalid"),
        ("reference2video", "viduq3", {"images": [PICTURE] * 8}, "FieldItemCountOutOfRange"),
        ("reference2video", "viduq3", {"images": [PICTURE], "duration": 2}, "FieldInvalid"),
        ("reference2video", "viduq3-mix", {"images": [PICTURE], "off_peak": True}, "FieldInvalid"),
        ("reference2video", "viduq3-mix", {"subjects": [{"name": "a", "images": [PICTURE]}]}, "FieldUnwanted"),
    ],
)
def test_what_the_pages_do_not_have_is_refused(
    simulator: Simulator, caller: Caller, endpoint: str, model: str, fields: dict[str, Any], code: str
) -> None:
    paid = simulator.paid("vidu")

    answer = create(caller, endpoint, model, **fields)

    assert (answer.status_code, answer.json()["reason"]) == (400, code)
    assert simulator.paid("vidu") == paid


@pytest.mark.parametrize(
    ("endpoint", "model", "fields"),
    [
        ("img2video", "viduq3-pro", {"images": ["data:image/png;base64,AA"], "prompt": None}),
        ("start-end2video", "viduq3-turbo", {"images": [PICTURE] * 2, "duration": 16, "resolution": "1080p"}),
        ("reference2video", "viduq3-turbo", {"images": [PICTURE] * 7, "aspect_ratio": "1:1", "duration": 3}),
        ("reference2video", "viduq3", {"subjects": [{"name": "cat", "images": [PICTURE] * 3}]}),
        ("text2video", "viduq3-pro", {"off_peak": True, "audio": True}),
    ],
)
def test_what_the_pages_have_is_taken(caller: Caller, endpoint: str, model: str, fields: dict[str, Any]) -> None:
    answer = create(caller, endpoint, model, **fields)

    assert answer.status_code == 200, answer.text


def test_a_body_over_twenty_megabytes_is_refused(caller: Caller) -> None:
    picture = "data:image/png;base64," + "A" * 20_000_001

    assert create(caller, "img2video", "viduq3-pro", images=[picture]).status_code == 400


def test_a_cancelled_task_has_failed(caller: Caller, clock: HandClock) -> None:
    waiting, running = caller.made(), caller.made()

    assert caller.post(f"/ent/v2/tasks/{waiting}/cancel", {}).json() == {}
    task = caller.query(waiting)
    assert (task["state"], task["err_code"], task["credits"]) == ("failed", "UserCancelled", 0)
    clock.pass_seconds(JOB_SECONDS / 2)
    assert caller.post(f"/ent/v2/tasks/{running}/cancel", {"id": running}).status_code == 400
    assert caller.post("/ent/v2/tasks/1/cancel", {}).json()["reason"] == "TaskNotFound"


def test_the_list_is_by_time_state_and_id_and_shows_no_payload(at: Callable[..., Caller], clock: HandClock) -> None:
    caller = at("vidu", key="sk-list")
    old = caller.made(payload="a")
    clock.pass_seconds(3600)
    new = caller.made(payload="b")
    begin = datetime.fromtimestamp(clock.ms / 1000 - 60, UTC).isoformat().replace("+00:00", "Z")

    def listed(**query: Any) -> list[str]:
        return [task["id"] for task in caller.get("/ent/v2/tasks", **query).json()["tasks"]]

    assert listed() == [new, old]
    assert listed(created_at__from=begin) == [new]
    assert listed(states="success") == [old]
    assert listed(task_ids=[old]) == [old]
    assert listed(pager__page=2, pager__pagesz=1) == [old]
    assert "payload" not in caller.get("/ent/v2/tasks").json()["tasks"][0]
    assert caller.get("/ent/v2/tasks", **{"pager.pagesz": 101}).status_code == 400
    assert caller.get("/ent/v2/tasks", created_at__from="yesterday").status_code == 400


def test_a_failure_has_a_code_and_no_text(simulator: Simulator, caller: Caller, clock: HandClock) -> None:
    simulator.fault("vidu", "create", "failed")
    task_id = caller.made()
    clock.pass_seconds(JOB_SECONDS)
    task = caller.query(task_id)

    assert (task["state"], task["err_code"], task["credits"]) == ("failed", "CreationPolicyViolation", 0)
    assert "message" not in task
