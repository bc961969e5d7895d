"""DashScope as it is simulated, on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import CREATES, JOB_SECONDS, Caller, HandClock

PATH, BODY, HEADERS = CREATES["dashscope"]
PICTURE = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"


@pytest.fixture
def caller(at: Callable[..., Caller]) -> Caller:
    return at("dashscope")


def media(*items: tuple[str, str]) -> dict[str, Any]:
    return {"prompt": "一只猫", "media": [{"type": kind, "url": url} for kind, url in items]}


def test_a_create_answers_with_the_task_alone(caller: Caller) -> None:
    answer = caller.create()

    assert answer.status_code == 200
    assert answer.json()["output"]["task_status"] == "PENDING"
    assert set(answer.json()) == {"output", "request_id"}
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.json()["output"]["task_id"])


def test_a_synchronous_call_is_refused(caller: Caller) -> None:
    answer = caller.post(PATH, BODY)

    assert answer.status_code == 403
    assert answer.json()["code"] == "AccessDenied"
    assert answer.json()["message"] == "current user api does not support synchronous calls."


def test_a_task_goes_its_way(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made(parameters={"resolution": "720P", "ratio": "9:16", "duration": 3})
    at_first = caller.query(task_id)["output"]
    clock.pass_seconds(JOB_SECONDS / 2)
    later = caller.query(task_id)["output"]
    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(task_id)

    assert (at_first["task_status"], later["task_status"]) == ("PENDING", "RUNNING")
    assert "video_url" not in later
    assert done["output"]["task_status"] == "SUCCEEDED"
    assert done["output"]["orig_prompt"] == "黄昏海边的灯塔"
    assert done["output"]["submit_time"].endswith(".625")
    assert done["usage"] == {
        "duration": 3,
        "input_video_duration": 0,
        "output_video_duration": 3,
        "video_count": 1,
        "SR": 720,
        "ratio": "9:16",
    }


def test_times_are_those_of_china() -> None:
    clock = HandClock()
    with Simulator(clock=clock) as fresh:
        caller = Caller(fresh, "dashscope")
        assert caller.query(caller.made())["output"]["submit_time"] == "2026-04-28 10:37:42.625"
        caller.close()


def test_a_hosted_vidu_tells_its_tier_as_a_text(caller: Caller, clock: HandClock) -> None:
    body = {"model": "vidu/viduq3-turbo_text2video", "parameters": {"size": "960*528", "resolution": "540P"}}
    task_id = caller.made(**body)
    clock.pass_seconds(JOB_SECONDS)

    assert caller.query(task_id)["usage"]["SR"] == "540"


def test_a_missing_prompt_comes_out_only_when_the_task_runs(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made(input={})
    clock.pass_seconds(JOB_SECONDS)
    task = caller.query(task_id)

    assert task["output"]["task_status"] == "FAILED"
    assert (task["output"]["code"], task["output"]["message"]) == ("InvalidParameter", "Field required: input.prompt")
    assert "code" not in task
    assert "usage" not in task


def test_a_task_is_unknown_after_a_day_and_where_it_never_was(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made()
    clock.pass_seconds(24 * 3600 + 1)

    for gone in (task_id, "0385dc79-0000-0000-0000-000000000000"):
        assert caller.query(gone)["output"] == {"task_id": gone, "task_status": "UNKNOWN"}


@pytest.mark.parametrize(
    "change",
    [
        {"model": "wan9.9-t2v"},
        {"model": "happyhorse-1.0-videoedit"},
        {"parameters": {"resolution": "720p"}},
        {"parameters": {"ratio": "21:9"}},
        {"parameters": {"duration": "5"}},
        {"parameters": {"duration": 16}},
        {"parameters": {"seed": -1}},
        {"parameters": {"watermark": "no"}},
        {"input": {"prompt": "p", "negative_prompt": "x" * 501}},
        {"input": media(("first_frame", PICTURE))},
        {"model": "happyhorse-1.0-t2v", "parameters": {"prompt_extend": True}},
        {"model": "happyhorse-1.0-t2v", "input": {"prompt": "p", "negative_prompt": "n"}},
        {"model": "happyhorse-1.0-i2v", "input": media(("first_frame", PICTURE)), "parameters": {"ratio": "16:9"}},
        {"model": "happyhorse-1.0-i2v", "input": media(("first_frame", PICTURE), ("last_frame", PICTURE))},
        {"model": "happyhorse-1.0-r2v", "input": media()},
        {"model": "happyhorse-1.0-r2v", "input": media(*[("reference_image", PICTURE)] * 10)},
        {"model": "happyhorse-1.0-video-edit", "input": media(("video", CLIP)), "parameters": {"duration": 5}},
        {"model": "happyhorse-1.0-video-edit", "input": media(("reference_image", PICTURE))},
        {"model": "wan2.7-i2v", "input": media(("last_frame", PICTURE))},
        {"model": "wan2.7-i2v", "input": media(("first_clip", CLIP), ("driving_audio", CLIP))},
        {"model": "wan2.7-i2v", "input": media(("first_frame", "oss://a/b.png"))},
        {"model": "wan2.7-i2v", "input": media(("first_clip", "data:video/mp4;base64,AA"))},
        {
            "model": "wan2.7-r2v",
            "input": media(("reference_video", CLIP)),
            "parameters": {"duration": 11},
        },
        {"model": "vidu/viduq3-pro_img2video", "input": media(("image", "data:image/png;base64,AA"))},
        {"model": "vidu/viduq3-pro_start-end2video", "input": media(("image", PICTURE))},
        {"model": "vidu/viduq2_text2video", "parameters": {"duration": 11}},
    ],
)
def test_what_the_pages_do_not_have_is_refused(simulator: Simulator, caller: Caller, change: dict[str, Any]) -> None:
    paid = simulator.paid("dashscope")

    answer = caller.create(**change)

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert simulator.paid("dashscope") == paid


@pytest.mark.parametrize(
    "change",
    [
        {"input": {"prompt": "p", "function": "video-synthesis", "extend_prompt": True}, "parameters": {}},
        {"model": "wan2.7-t2v-2026-06-12", "parameters": None},
        {"model": "wan2.7-i2v", "input": media(("first_frame", PICTURE), ("last_frame", PICTURE))},
        {"model": "wan2.7-i2v", "input": media(("first_frame", "data:image/png;base64,AA"))},
        {"model": "wan2.7-r2v", "input": media(("reference_image", PICTURE), ("first_frame", PICTURE))},
        {"model": "wan2.7-videoedit", "input": media(("video", CLIP)), "parameters": {"duration": 0}},
        {"model": "happyhorse-1.1-t2v", "parameters": {"ratio": "21:9", "resolution": "480P"}},
        {"model": "happyhorse-1.0-r2v", "input": media(*[("reference_image", PICTURE)] * 9)},
        {"model": "happyhorse-1.0-video-edit", "input": media(("video", CLIP), ("reference_image", PICTURE))},
        {"model": "vidu/viduq3_reference2video", "input": media(*[("image", PICTURE)] * 7)},
    ],
)
def test_what_the_pages_have_is_taken(caller: Caller, change: dict[str, Any]) -> None:
    assert caller.create(**change).status_code == 200


def test_an_uploaded_file_needs_its_header(caller: Caller) -> None:
    body = {**BODY, "model": "wan2.7-i2v", "input": media(("first_frame", "oss://a/b.png"))}

    assert caller.post(PATH, body, X_DashScope_Async="enable").status_code == 400
    resolved = caller.post(PATH, body, X_DashScope_Async="enable", X_DashScope_OssResourceResolve="enable")
    assert resolved.status_code == 200


def test_only_a_waiting_task_can_be_cancelled(caller: Caller, clock: HandClock) -> None:
    waiting, running = caller.made(), caller.made()

    assert caller.post(f"/tasks/{waiting}/cancel").status_code == 200
    assert caller.query(waiting)["output"]["task_status"] == "CANCELED"
    clock.pass_seconds(JOB_SECONDS / 2)
    refused = caller.post(f"/tasks/{running}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (400, "UnsupportedOperation")
    assert caller.query(running)["output"]["task_status"] == "RUNNING"


def test_the_list_is_flat_and_by_time_and_model(at: Callable[..., Caller], clock: HandClock) -> None:
    caller = at("dashscope", key="sk-list")
    clock.pass_seconds(3600)
    old = caller.made()
    clock.pass_seconds(3600)
    new = [caller.made(model="happyhorse-1.0-t2v"), caller.made()]
    begin = _stamp(clock.ms - 60_000)
    end = _stamp(clock.ms + 1000)

    everything = caller.get("/tasks").json()
    recent = caller.get("/tasks/", start_time=begin, end_time=end).json()
    wan = caller.get("/tasks", start_time=begin, end_time=end, model_name="wan2.7-t2v").json()
    paged = caller.get("/tasks", page_no=2, page_size=2).json()

    assert [task["task_id"] for task in everything["data"]] == [new[1], new[0], old]
    assert (everything["total"], everything["page_no"], everything["total_page"]) == (3, 1, 1)
    assert "output" not in everything
    assert [task["task_id"] for task in recent["data"]] == [new[1], new[0]]
    assert [task["task_id"] for task in wan["data"]] == [new[1]]
    assert wan["data"][0]["gmt_create"] == clock.ms
    assert (paged["total_page"], [task["task_id"] for task in paged["data"]]) == (2, [old])
    assert caller.get("/tasks", status="SUCCEEDED").json()["total"] == 1


@pytest.mark.parametrize("query", [{"start_time": "2026"}, {"page_no": 0}, {"page_size": "x"}])
def test_a_list_call_is_checked(caller: Caller, query: dict[str, Any]) -> None:
    assert caller.get("/tasks", **query).status_code == 400


def test_a_skewed_clock_shows_in_a_task_s_times(simulator: Simulator, caller: Caller) -> None:
    simulator.fault("dashscope", "create", "clock_skew")
    skewed, right = (caller.query(caller.made())["output"]["submit_time"] for _ in range(2))

    assert skewed > right


@pytest.mark.parametrize(("kind", "word"), [("empty_status", ""), ("unknown_word", "SUSPENDED")])
def test_another_word_for_the_state(simulator: Simulator, caller: Caller, kind: str, word: str) -> None:
    task_id = caller.made()
    simulator.fault("dashscope", "query", kind)

    assert caller.query(task_id)["output"]["task_status"] == word
    assert caller.query(task_id)["output"]["task_status"] == "PENDING"


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(timezone(timedelta(hours=8))).strftime("%Y%m%d%H%M%S")
