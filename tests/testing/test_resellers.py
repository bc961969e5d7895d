"""AnyFast, UniAll and APIYI as they are simulated, on the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import CREATES, JOB_SECONDS, Caller, HandClock

At = Callable[..., Caller]
PICTURE = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"
SEEDANCE = {"model": "seedance-fast", "content": [{"type": "text", "text": "一只猫在阳光明媚的房间里弹钢琴"}]}


def edit(*kinds: str) -> dict[str, Any]:
    media = [{"type": kind, "url": CLIP if kind == "video" else PICTURE} for kind in kinds]
    return {"model": "happyhorse-1.0-video-edit", "input": {"prompt": "一只猫", "media": media}}


def test_anyfast_makes_happyhorse_as_its_page_shows(at: At) -> None:
    answer = at("anyfast").create().json()

    assert re.fullmatch(r"asyntask_[0-9A-Za-z]{32}", answer["id"])
    assert list(answer) == ["id", "task_id", "object", "model", "status", "progress", "created_at"]
    assert (answer["object"], answer["status"], answer["progress"]) == ("video", "queued", 0)


def test_anyfast_makes_seedance_with_an_empty_status(at: At) -> None:
    answer = at("anyfast").create(**SEEDANCE).json()

    assert re.fullmatch(r"cgt-\d{14}-[0-9a-z]{5}", answer["id"])
    assert (answer["id"], answer["status"]) == (answer["task_id"], "")


@pytest.mark.parametrize(("change", "horse"), [({}, True), (SEEDANCE, False)])
def test_anyfast_answers_a_query_in_an_envelope(at: At, clock: HandClock, change: dict[str, Any], horse: bool) -> None:
    caller = at("anyfast")
    task_id = caller.made(**change)
    seen = [caller.query(task_id)["data"]]
    clock.pass_seconds(JOB_SECONDS / 2)
    seen.append(caller.query(task_id)["data"])
    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(task_id)

    assert [(task["status"], task["progress"]) for task in seen] == [("NOT_START", "0%"), ("IN_PROGRESS", "50%")]
    assert (seen[0]["start_time"], seen[0]["data"]) == (0, None)
    assert "result_url" not in seen[1]
    assert (done["code"], done["message"]) == ("success", "")
    task = done["data"]
    assert (task["status"], task["progress"]) == ("SUCCESS", "100%")
    assert task["fail_reason"] == (task["result_url"] if horse else "")
    inner = task["data"]["output"] if horse else task["data"]["content"]
    assert inner["video_url"] == task["result_url"]


def test_anyfast_tells_a_failure_without_a_link(simulator: Simulator, at: At, clock: HandClock) -> None:
    caller = at("anyfast")
    simulator.fault("anyfast", "create", "failed")
    task_id = caller.made()
    clock.pass_seconds(JOB_SECONDS)
    task = caller.query(task_id)["data"]

    assert task["status"] == "FAILURE"
    assert "result_url" not in task
    assert task["fail_reason"] == task["data"]["output"]["message"]


def test_anyfast_hands_a_refusal_on_as_text(simulator: Simulator, at: At) -> None:
    simulator.fault("anyfast", "create", "rejected")
    answer = at("anyfast").create()

    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, "fail_to_fetch_task", None)
    assert json.loads(answer.json()["message"])["error"]["code"] == "InputTextSensitiveContentDetected"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"parameters": {"resolution": "720P", "seed": 1}}, 200),
        ({"resolution": "720p"}, 400),
        ({"duration": 2}, 400),
        ({"parameters": {"duration": 16}, "duration": 5}, 400),
        ({"prompt": None}, 400),
        ({"model": "happyhorse-1.0-i2v"}, 400),
        ({"model": "happyhorse-1.0-i2v", "image": PICTURE}, 200),
        ({"model": "happyhorse-1.0-r2v", "images": [PICTURE] * 3}, 200),
        ({"model": "happyhorse-1.0-r2v", "images": [PICTURE] * 4}, 400),
        (edit("video", "reference_image"), 200),
        (edit("video"), 400),
        ({"model": "happyhorse-1.0-video-edit", "prompt": "flat"}, 400),
        ({**SEEDANCE, "resolution": "1080p"}, 400),
        ({**SEEDANCE, "duration": -1}, 200),
        ({"model": "wan2.7-t2v"}, 503),
    ],
)
def test_what_anyfast_takes(at: At, change: dict[str, Any], status: int) -> None:
    assert at("anyfast").create(**change).status_code == status


@pytest.mark.parametrize("path", ["/v1/video/generations", "/v1/videos/generations", "/v1/videos"])
def test_uniall_answers_under_each_of_its_paths(at: At, clock: HandClock, path: str) -> None:
    caller = at("uniall")
    task_id = caller.made()
    assert re.fullmatch(r"task_[0-9A-Za-z]{32}", task_id)
    queued = caller.get(f"{path}/{task_id}").json()
    clock.pass_seconds(JOB_SECONDS)
    done = caller.get(f"{path}/{task_id}").json()

    assert (queued["object"], queued["status"], queued["error"]) == ("video.generation.job", "queued", None)
    assert (done["status"], done["progress"], done["duration"]) == ("completed", 100, JOB_SECONDS)
    assert done["video_url"] == done["result"]["video_url"] == done["result"]["outputs"][0]


def test_uniall_tells_why_a_job_failed(simulator: Simulator, at: At) -> None:
    caller = at("uniall")
    task_id = caller.made()
    simulator.fault("uniall", "query", "failed")
    task = caller.query(task_id)

    assert (task["status"], task["error"]["code"], task["video_url"]) == ("failed", "generation_failed", None)


VIDU = {"model": "viduq3p-720p"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"duration": None}, 400),
        ({"duration": "5"}, 400),
        ({"size": "1080p"}, 400),
        ({"size": "720p", "aspect_ratio": "3:4", "seed": 0}, 200),
        ({"prompt": "马" * 2501}, 400),
        ({"images": [PICTURE] * 9}, 200),
        ({"image": PICTURE, "images": [PICTURE]}, 400),
        ({"model": "happy-horse-edit-1080p"}, 400),
        ({"model": "happy-horse-edit-1080p", "video": CLIP, "audio_setting": "origin"}, 200),
        ({"model": "happy-horse-edit-1080p", "video": CLIP, "aspect_ratio": "16:9"}, 400),
        ({**VIDU, "duration": "16"}, 200),
        ({**VIDU, "duration": 17}, 400),
        ({**VIDU, "last_image": PICTURE}, 400),
        ({**VIDU, "image": PICTURE, "last_image": PICTURE}, 200),
        ({**VIDU, "reference_image_urls": [PICTURE] * 5}, 400),
        ({"model": "viduq3p-1080p-offpeak", "extra_body": {"audio": False, "seed": 42, "bgm": False}}, 200),
        ({"model": "viduq4-720p"}, 503),
    ],
)
def test_what_uniall_takes(at: At, change: dict[str, Any], status: int) -> None:
    assert at("uniall").create(**change).status_code == status


def test_apiyi_answers_in_two_vocabularies(at: At, clock: HandClock) -> None:
    caller = at("apiyi")
    created = caller.create().json()
    task_id = created["output"]["task_id"]
    queued = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS / 2)
    running = caller.query(task_id)
    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(task_id)
    clock.pass_seconds(24 * 3600)

    assert created["output"]["task_status"] == "PENDING"
    assert queued == {"status": "submitted", "progress": 0, "task_id": task_id}
    assert running == {"status": "in_progress", "progress": 30, "task_id": task_id}
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["result_url"].startswith("http")
    assert caller.query(task_id)["status"] == "UNKNOWN"


def test_apiyi_tells_a_failure_in_brackets(simulator: Simulator, at: At) -> None:
    caller = at("apiyi")
    task_id = caller.made()
    simulator.fault("apiyi", "query", "failed")
    task = caller.query(task_id)

    assert task["status"] == "failed"
    assert task["error"]["message"].startswith("[InvalidParameter] ")
    assert task["fail_reason"] == task["error"]["message"]


def test_apiyi_wants_its_header(at: At) -> None:
    path, body, _ = CREATES["apiyi"]
    answer = at("apiyi").post(path, body)

    assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")
    assert answer.json()["message"] == "current user api does not support synchronous calls"


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"parameters": {"duration": "5"}}, 400, "cannot unmarshal string into Go struct field"),
        ({"parameters": {"resolution": "480P"}}, 400, "resolution"),
        ({"input": {}}, 400, "prompt"),
        ({"model": "wan2.7-i2v"}, 500, "必须提供图片"),
        ({"model": "wan2.7-videoedit", "input": edit("video")["input"]}, 400, "media"),
        (edit("video", *["reference_image"] * 6), 400, "media"),
        ({"model": "wan9"}, 503, "该模型无可用渠道"),
    ],
)
def test_what_apiyi_refuses(at: At, change: dict[str, Any], status: int, text: str) -> None:
    answer = at("apiyi").create(**change)

    assert (answer.status_code, text in answer.json()["error"]["message"]) == (status, True), answer.text
