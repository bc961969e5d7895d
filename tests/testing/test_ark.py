"""Ark as it is simulated, on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import JOB_SECONDS, Caller, HandClock

TASKS = "/contents/generations/tasks"
TEXT = {"type": "text", "text": "一只猫在弹钢琴"}
OLD, NEWEST = "doubao-seedance-1-0-pro-250528", "doubao-seedance-2-5-260628"


@pytest.fixture
def caller(at: Callable[..., Caller]) -> Caller:
    return at("ark")


def image(role: str = "", url: str = "https://example.com/a.png") -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, **({"role": role} if role else {})}


def video(url: str = "https://example.com/a.mp4") -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}, "role": "reference_video"}


AUDIO = {"type": "audio_url", "audio_url": {"url": "https://example.com/a.mp3"}, "role": "reference_audio"}


def test_a_create_answers_with_the_id_alone(caller: Caller) -> None:
    answer = caller.create()

    assert set(answer.json()) == {"id"}
    assert re.fullmatch(r"cgt-\d{14}-[0-9a-z]{5}", answer.json()["id"])


def test_a_task_goes_its_way(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made(resolution="720p", ratio="16:9", duration=5, seed=None, return_last_frame=True)
    at_first = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS / 2)
    later = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(task_id)

    assert (at_first["status"], later["status"], done["status"]) == ("queued", "running", "succeeded")
    assert at_first["error"] is None
    assert "content" not in later
    assert done["content"]["video_url"].startswith("http")
    assert done["content"]["last_frame_url"].startswith("http")
    assert done["usage"] == {"completion_tokens": 108_900, "total_tokens": 108_900}
    assert (done["duration"], done["framespersecond"], done["resolution"], done["ratio"]) == (5, 24, "720p", "16:9")
    assert done["generate_audio"] is True
    assert done["updated_at"] - done["created_at"] == JOB_SECONDS


def test_a_length_that_is_left_open_is_chosen(caller: Caller, clock: HandClock) -> None:
    task_id = caller.made(duration=-1, ratio="adaptive")
    assert caller.query(task_id)["duration"] == -1
    clock.pass_seconds(JOB_SECONDS)

    assert (caller.query(task_id)["duration"], caller.query(task_id)["ratio"]) == (5, "16:9")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"content": None}, "content: is required"),
        ({"content": [TEXT, {"type": "sound"}]}, "content[1].type"),
        ({"content": [TEXT, image("first_frame"), image("reference_image")]}, "cannot be mixed"),
        ({"content": [TEXT, image("first_frame"), image("first_frame")]}, "at most one first frame"),
        ({"content": [TEXT, image(), image()]}, "role must be specified for image contents."),
        ({"content": [image("last_frame")]}, "requires a first frame"),
        ({"content": [TEXT, AUDIO]}, "cannot be the only"),
        ({"content": [TEXT, *[image("reference_image")] * 10]}, "at most 9"),
        ({"content": [TEXT, video("data:video/mp4;base64,AA")]}, "must begin with"),
        ({"content": [TEXT, image("reference_video")]}, "role"),
        ({"resolution": "720P"}, "resolution"),
        ({"ratio": "4:5"}, "ratio"),
        ({"duration": 3}, "between 4 and 15"),
        ({"duration": "5"}, "integer"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"camera_fixed": True}, "camera_fixed"),
        ({"omni_reference_task_type": "edit"}, "omni_reference_task_type"),
        ({"tools": [{"type": "search"}]}, "tools[0].type"),
        ({"execution_expires_after": 60}, "execution_expires_after"),
        ({"model": OLD, "generate_audio": True}, "generate_audio"),
        ({"model": OLD, "duration": -1}, "duration"),
        ({"model": OLD, "ratio": "adaptive"}, "adaptive"),
        ({"model": OLD, "content": [TEXT, image("reference_image")]}, "at most 0"),
        ({"model": NEWEST, "content": [image("first_frame")], "ratio": "16:9"}, "adaptive"),
        ({"model": "doubao-seedance-2-0-mini-260615", "resolution": "1080p"}, "resolution"),
    ],
)
def test_what_the_pages_do_not_have_is_refused(
    simulator: Simulator, caller: Caller, change: dict[str, Any], text: str
) -> None:
    paid = simulator.paid("ark")

    answer = caller.create(**change)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, "InvalidParameter", "BadRequest")
    assert text in error["message"]
    assert simulator.paid("ark") == paid


@pytest.mark.parametrize(
    "change",
    [
        {"content": [image()]},
        {"content": [TEXT, image("first_frame"), image("last_frame")], "callback_url": None, "tools": None},
        {"content": [TEXT, image("reference_image"), video(), AUDIO]},
        {"content": [TEXT, image("reference_image", "asset://asset-1")], "tools": [{"type": "web_search"}]},
        {"model": OLD, "service_tier": "flex", "frames": 29, "camera_fixed": True, "content": [TEXT]},
        {"model": "doubao-seedance-1-0-lite-i2v-250428", "content": [TEXT, *[image("reference_image")] * 4]},
        {"model": NEWEST, "content": [AUDIO], "duration": 30},
        {"model": "dreamina-seedance-2-0-260128"},
        {"model": "ep-20260428103742-abcde"},
    ],
)
def test_what_the_pages_have_is_taken(caller: Caller, change: dict[str, Any]) -> None:
    answer = caller.create(**change)

    assert answer.status_code == 200, answer.text


def test_an_unknown_model(caller: Caller) -> None:
    answer = caller.create(model="seedance-2.0")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "InvalidEndpointOrModel.NotFound")


def test_an_unknown_task(caller: Caller) -> None:
    answer = caller.get(f"{TASKS}/cgt-20260428103742-abcde")

    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFound")


def test_a_delete_depends_on_the_state(simulator: Simulator, caller: Caller, clock: HandClock) -> None:
    first, second = caller.made(), caller.made()
    paid = simulator.paid("ark")

    assert caller.delete(f"{TASKS}/{first}").status_code == 200
    assert caller.query(first)["status"] == "cancelled"
    assert caller.delete(f"{TASKS}/{first}").status_code == 409
    clock.pass_seconds(JOB_SECONDS / 2)
    running = caller.delete(f"{TASKS}/{second}")
    assert (running.status_code, running.json()["error"]["code"]) == (409, "InvalidAction.RunningTaskDeletion")
    clock.pass_seconds(JOB_SECONDS)
    assert caller.delete(f"{TASKS}/{second}").status_code == 200
    assert caller.get(f"{TASKS}/{second}").status_code == 404
    assert simulator.paid("ark") == paid
    assert second in {job.id for job in simulator.jobs()}


def test_the_list_is_filtered(at: Callable[..., Caller], clock: HandClock) -> None:
    caller = at("ark", key="sk-list")
    first = caller.made()
    clock.pass_seconds(JOB_SECONDS)
    second, flex = caller.made(model=NEWEST), caller.made(model=OLD, service_tier="flex", ratio="16:9")

    def listed(**query: Any) -> list[str]:
        return [item["id"] for item in caller.get(TASKS, **query).json()["items"]]

    assert listed() == [second, first]
    assert listed(filter__service_tier="flex") == [flex]
    assert listed(filter__status="succeeded") == [first]
    assert listed(filter__model=NEWEST) == [second]
    assert listed(filter__task_ids=[first, second]) == [second, first]
    assert listed(filter__task_ids=[first]) == [first]
    assert listed(page_num=2, page_size=1) == [first]
    assert caller.get(TASKS, page_size=1).json()["total"] == 2
    assert caller.get(TASKS, page_size=501).status_code == 400


def test_a_failure_is_the_task_s_and_the_call_is_right(simulator: Simulator, caller: Caller, clock: HandClock) -> None:
    simulator.fault("ark", "create", "failed")
    doomed, hit = caller.made(), caller.made()
    simulator.fault("ark", "query", "failed")

    assert caller.query(hit)["status"] == "failed"
    assert caller.query(doomed)["status"] == "queued"
    clock.pass_seconds(JOB_SECONDS)
    task = caller.query(doomed)
    assert (task["status"], task["error"]["code"]) == ("failed", "OutputVideoSensitiveContentDetected")
    assert "usage" not in task


def test_a_job_that_the_vendor_has_lost_for_a_moment(simulator: Simulator, caller: Caller) -> None:
    task_id = caller.made()
    simulator.fault("ark", "query", "gone")

    assert caller.get(f"{TASKS}/{task_id}").status_code == 404
    assert caller.query(task_id)["status"] == "queued"
