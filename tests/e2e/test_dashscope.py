"""DashScope's API as its clients use it: create, poll, list, cancel, and what is answered to mistakes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.server import Reply, Server, serving
from tests.e2e.video import look_at

CREATE = "/api/v1/services/aigc/video-generation/video-synthesis"
OLDER = "/api/v1/services/aigc/image2video/video-synthesis"
TASKS = "/api/v1/tasks"
ASYNC = {"X-DashScope-Async": "enable", "X-DashScope-WorkSpace": "ws-1"}
ENDS = {"SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"}
CHINA = timezone(timedelta(hours=8))
SMALL = {"resolution": "540P", "duration": 1}
TEXT = "vidu/viduq3-turbo_text2video"


def create(gateway: Server, body: dict[str, Any], path: str = CREATE) -> str:
    """Create a task and return its id."""
    answer = gateway.post(path, body, headers=ASYNC)
    assert answer.status == 200, answer.body
    assert answer.json == {
        "output": {"task_status": "PENDING", "task_id": answer.json["output"]["task_id"]},
        "request_id": answer.headers["x-request-id"],
    }
    return str(answer.json["output"]["task_id"])


def made(gateway: Server, body: dict[str, Any], path: str = CREATE) -> dict[str, Any]:
    """Create a task and return its last answer."""
    task = create(gateway, body, path)
    answer: dict[str, Any] = gateway.until(f"{TASKS}/{task}", lambda a: a["output"]["task_status"] in ENDS)
    assert answer["output"]["task_status"] == "SUCCEEDED", answer
    return answer


def text(prompt: str = "海边的灯塔", **parameters: Any) -> dict[str, Any]:
    """Return the body of the smallest video."""
    return {"model": TEXT, "input": {"prompt": prompt}, "parameters": {**SMALL, **parameters}}


def refused(answer: Reply, status: int, code: str) -> str:
    """Check the flat shape of a refusal, and return its text."""
    assert (answer.status, answer.json["code"]) == (status, code), answer.body
    assert set(answer.json) == {"code", "message", "request_id"}
    assert answer.json["request_id"] == answer.headers["x-request-id"]
    return str(answer.json["message"])


def test_a_video_is_made_and_fetched_without_a_key(gateway: Server, tmp_path: Path) -> None:
    before = datetime.now(CHINA).replace(tzinfo=None)
    answer = made(gateway, text())
    after = datetime.now(CHINA).replace(tzinfo=None)

    output = answer["output"]
    times = [datetime.fromisoformat(output[name]) for name in ("submit_time", "scheduled_time", "end_time")]
    assert times == sorted(times)
    assert before - timedelta(seconds=1) < times[0] < after
    assert output["orig_prompt"] == "海边的灯塔"
    assert answer["usage"] == {
        "duration": 1,
        "size": "960*528",
        "output_video_duration": 1,
        "fps": 24,
        "video_count": 1,
        "audio": False,
        "SR": "540",
    }
    (tmp_path / "out.mp4").write_bytes(gateway.get(output["video_url"], key=None).body)
    video = look_at(tmp_path / "out.mp4")
    assert (video.width, video.height, video.seconds, video.audio) == (960, 528, 1, "")


def test_wan_goes_on_from_a_picture_on_the_older_path(gateway: Server, inputs: Inputs) -> None:
    frame = {"type": "first_frame", "url": inputs.url("head.png")}
    body = {"model": "wan2.7-i2v", "input": {"media": [frame]}, "parameters": {"resolution": "720P", "duration": 2}}

    answer = made(gateway, body, OLDER)

    usage = answer["usage"]
    assert (usage["SR"], usage["duration"], usage["input_video_duration"], usage["ratio"]) == (720, 2, 0, "16:9")


def test_an_edit_counts_what_came_in(gateway: Server, inputs: Inputs) -> None:
    clip = {"type": "video", "url": inputs.url("source-video.mp4")}
    edit = {"model": "wan2.7-videoedit", "input": {"prompt": "换成雪天", "media": [clip]}}

    usage = made(gateway, {**edit, "parameters": {"resolution": "720P"}})["usage"]

    assert usage["duration"] == usage["input_video_duration"] + usage["output_video_duration"]
    assert usage["input_video_duration"] == 4


def test_first_and_last_picture_come_in_order(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    pictures = [{"type": "image", "url": inputs.url(name)} for name in ("head.png", "tail.png")]
    body = {"model": "vidu/viduq3-turbo_start-end2video", "input": {"prompt": "从早到晚", "media": pictures}}

    output = made(gateway, {**body, "parameters": SMALL})["output"]

    (tmp_path / "out.mp4").write_bytes(gateway.get(output["video_url"], key=None).body)
    video = look_at(tmp_path / "out.mp4")
    red, _, blue = video.first[video.first.shape[0] // 2, video.first.shape[1] // 2]
    assert red > blue  # the first picture's disc is red, the last one's blue


def test_a_client_may_send_what_it_always_sends(gateway: Server) -> None:
    body = text()
    body["input"] |= {"extend_prompt": True, "function": "video-synthesis"}

    answer = gateway.post(CREATE, body, headers=ASYNC)

    assert answer.headers["x-reelgate-ignored-fields"] == "input.extend_prompt, input.function"
    assert "x-reelgate-unknown-fields" not in answer.headers


@pytest.mark.parametrize("path", [TASKS, f"{TASKS}/"])
def test_the_list_is_narrowed_and_paged(path: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        tasks = [create(gateway, text(f"第{number}只猫")) for number in range(3)]
        other = create(gateway, {"model": "wan2.7-t2v", "input": {"prompt": "雪山"}})

        first = gateway.get(f"{path}?page_size=2&model_name={TEXT}").json
        second = gateway.get(f"{path}?page_size=2&page_no=2&model_name={TEXT}").json

        assert [entry["task_id"] for entry in first["data"] + second["data"]] == tasks[::-1]
        counts = {name: first[name] for name in ("page_no", "page_size", "total_page", "total")}
        assert counts == {"page_no": 1, "page_size": 2, "total_page": 2, "total": 3}
        assert gateway.post(f"{TASKS}/{other}/cancel").status == 200
        (entry,) = gateway.get(f"{path}?status=CANCELED").json["data"]
        assert (entry["task_id"], entry["model_name"], entry["status"]) == (other, "wan2.7-t2v", "CANCELED")
        assert entry["end_time"] >= entry["gmt_create"] > 1_600_000_000_000
        assert "start_time" not in entry
        (entry,) = gateway.get(f"{path}?task_id={tasks[0]}&status=PENDING").json["data"]
        assert entry["user_api_unique_key"] == f"apikey:v1:aigc:text2video:video-synthesis:{TEXT}"
        nothing = gateway.get(f"{path}?status=UNKNOWN").json
        assert (nothing["data"], nothing["total"], nothing["total_page"]) == ([], 0, 0)


def test_the_list_goes_by_china_time(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        before = datetime.now(UTC)
        task = create(gateway, text())
        after = datetime.now(UTC)
        created = gateway.get(f"{TASKS}/{task}").json["output"]["submit_time"]
        second = datetime.fromisoformat(created).replace(microsecond=0)
        stamp = f"{second:%Y%m%d%H%M%S}"
        earlier = f"{second - timedelta(hours=24):%Y%m%d%H%M%S}"
        past = f"{second - timedelta(seconds=1):%Y%m%d%H%M%S}"

        found = {
            window: [entry["task_id"] for entry in gateway.get(f"{TASKS}?{window}").json["data"]]
            for window in (
                f"start_time={stamp}&end_time={stamp}",
                f"start_time={earlier}&end_time={stamp}",
                f"start_time={earlier}&end_time={past}",
            )
        }

        assert list(found.values()) == [[task], [task], []]
        assert before - timedelta(seconds=1) < second.replace(tzinfo=CHINA) < after
        refused(gateway.get(f"{TASKS}?start_time={past}&end_time={stamp[:-1]}x"), 400, "InvalidParameter")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("status=done", "status"),
        ("page_no=0", "page_no"),
        ("page_size=101", "page_size"),
        ("page_size=ten", "page_size"),
        ("start_time=2026-04-20", "start_time"),
        ("end_time=20261350000000", "end_time"),
        ("start_time=20260420000000&end_time=20260421000001", "end_time"),
        ("start_time=20260420000000&end_time=20260419000000", "end_time"),
    ],
)
def test_a_wrong_filter_is_named(gateway: Server, query: str, named: str) -> None:
    assert refused(gateway.get(f"{TASKS}?{query}"), 400, "InvalidParameter").startswith(named)


def test_only_what_waits_is_cancelled(gateway: Server, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as waiting:
        task = create(waiting, text())
        answer = waiting.post(f"{TASKS}/{task}/cancel")
        assert (answer.status, list(answer.json)) == (200, ["request_id"])
        assert waiting.get(f"{TASKS}/{task}").json["output"]["task_status"] == "CANCELED"
        again = waiting.post(f"{TASKS}/{task}/cancel")
    done = made(gateway, text())["output"]["task_id"]

    wanted = "Failed to cancel the task, please confirm if the task is in PENDING status."
    assert refused(again, 400, "UnsupportedOperation") == wanted
    for task in (done, "0385dc79-5ff8-4d82-bcb6-000000000000"):
        assert refused(gateway.post(f"{TASKS}/{task}/cancel"), 400, "UnsupportedOperation") == wanted


def test_an_unknown_task_is_no_error(gateway: Server) -> None:
    answer = gateway.get(f"{TASKS}/0385dc79-5ff8-4d82-bcb6-000000000000")

    assert answer.status == 200
    assert answer.json["output"] == {"task_id": "0385dc79-5ff8-4d82-bcb6-000000000000", "task_status": "UNKNOWN"}
    assert "code" not in answer.json


def test_mistakes(gateway: Server) -> None:
    post = gateway.post
    assert "synchronous calls" in refused(post(CREATE, text()), 403, "AccessDenied")
    assert refused(post(CREATE, text(), headers=ASYNC, key=None), 401, "InvalidApiKey") == "No API-key provided."
    wrong = post(CREATE, text(), headers=ASYNC, key="sk-wrong")
    assert refused(wrong, 401, "InvalidApiKey") == "Invalid API-key provided."
    assert refused(gateway.get(TASKS, key="sk-wrong"), 401, "InvalidApiKey") == "Invalid API-key provided."
    refused(gateway.get(f"{TASKS}/any", key=None), 401, "InvalidApiKey")
    refused(gateway.post(f"{TASKS}/any/cancel", key=None), 401, "InvalidApiKey")
    unknown = post(CREATE, {**text(), "model": "wan9.9-t2v"}, headers=ASYNC)
    assert refused(unknown, 404, "ModelNotFound").startswith("Model can not be found.")
    assert "parameters.duration is 17" in refused(
        post(CREATE, text(duration=17), headers=ASYNC), 400, "InvalidParameter"
    )
    refused(post(CREATE, raw=b"{", headers=ASYNC), 400, "InvalidParameter")
    refused(gateway.call("DELETE", f"{TASKS}/any"), 405, "MethodNotAllowed")
    refused(gateway.get(CREATE), 405, "MethodNotAllowed")


@pytest.mark.parametrize(
    ("model", "url", "code", "said"),
    [
        ("wan2.7-i2v", "file:///etc/passwd", "InvalidURL", "http:// or https://"),
        ("wan2.7-i2v", "data:image/png;base64,AAAA", "InvalidFile.Openerror", ""),
        ("wan2.7-i2v", "voice.wav", "InvalidFile.Format", "holds audio data"),
        ("happyhorse-1.0-r2v", "thin.png", "InvalidFile.Resolution", "at least 400 px"),
        ("happyhorse-1.0-i2v", "thin.png", "InvalidFile.AspectRatio", "from 0.4 to 2.5"),
        ("wan2.7-videoedit", "blink.mp4", "InvalidFile.Duration", "at least 2 s"),
    ],
)
def test_what_is_wrong_with_an_input_has_a_code(
    gateway: Server, inputs: Inputs, model: str, url: str, code: str, said: str
) -> None:
    kinds = {"wan2.7-i2v": "first_frame", "happyhorse-1.0-i2v": "first_frame", "wan2.7-videoedit": "video"}
    item = {"type": kinds.get(model, "reference_image"), "url": url if ":" in url else inputs.url(url)}

    answer = gateway.post(CREATE, {"model": model, "input": {"prompt": "猫", "media": [item]}}, headers=ASYNC)

    message = refused(answer, 400, code)
    assert message.startswith("input.media[0].url")
    assert said in message


def test_a_picture_that_cannot_be_fetched_is_named(gateway: Server, inputs: Inputs) -> None:
    frame = {"type": "first_frame", "url": inputs.url("no-such.png")}
    answer = gateway.post(CREATE, {"model": "wan2.7-i2v", "input": {"media": [frame]}}, headers=ASYNC)

    text = refused(answer, 400, "InvalidParameter.DataInspection")
    assert text.startswith(
        "Unable to download the media resource during the data inspection process. input.media[0].url"
    )


def test_a_task_of_any_dialect_is_read_here_and_a_task_of_this_one_elsewhere(gateway: Server) -> None:
    flat = gateway.post("/v1/video/generations", {"model": "viduq3t-540p", "prompt": "雪山", "duration": 1}).json["id"]
    own = create(gateway, text())

    answer = gateway.until(f"{TASKS}/{flat}", lambda a: a["output"]["task_status"] in ENDS)
    house = gateway.until(f"/v1/tasks/{own}", lambda a: a["status"] in {"completed", "failed"})

    assert (answer["output"]["task_status"], answer["output"]["orig_prompt"]) == ("SUCCEEDED", "雪山")
    assert gateway.get(answer["output"]["video_url"], key=None).status == 200
    assert (house["status"], house["dialect"], house["model"]) == ("completed", "dashscope", TEXT)
    assert flat in [entry["task_id"] for entry in gateway.get(f"{TASKS}?page_size=100").json["data"]]
