"""The OpenAI videos API as it is simulated, on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import JOB_SECONDS, Caller, HandClock


@pytest.fixture
def caller(at: Callable[..., Caller]) -> Caller:
    return at("openai_videos")


def test_a_video_goes_its_way(caller: Caller, clock: HandClock) -> None:
    video = caller.create(seconds=6, size="720x1280").json()
    assert (video["object"], video["status"], video["progress"], video["seconds"]) == ("video", "queued", 0, "6")
    assert (video["size"], video["error"], video["completed_at"]) == ("720x1280", None, None)

    clock.pass_seconds(JOB_SECONDS * 0.6)
    running = caller.query(video["id"])
    assert (running["status"], running["progress"]) == ("in_progress", 50)
    assert caller.get(f"/videos/{video['id']}/content").status_code == 404

    clock.pass_seconds(JOB_SECONDS)
    done = caller.query(video["id"])
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["expires_at"] == done["completed_at"] + 86_400
    film = caller.get(f"/videos/{video['id']}/content")
    assert (film.status_code, film.content[4:8], film.headers["content-type"]) == (200, b"ftyp", "video/mp4")
    assert caller.get(f"/videos/{video['id']}/content", variant="thumbnail").status_code == 404


def test_a_form_with_a_file_is_taken(simulator: Simulator, caller: Caller) -> None:
    form = {"model": "wan", "prompt": "一只猫", "size": "1280x720", "num_frames": "81", "fps": "16"}
    answer = caller._http.post(
        "/videos", data=form, files={"input_reference": ("a.png", b"\x89PNG\r\n\x00\n", "image/png")}
    )

    assert (answer.status_code, answer.json()["seconds"]) == (200, "5")
    taken = simulator.jobs()[-1].body["input_reference"]
    assert taken == {"filename": "a.png", "content_type": "image/png", "bytes": 8}


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": ""},
        {"prompt": "x" * 32_001},
        {"size": "720p"},
        {"seconds": "0"},
        {"seconds": "five"},
        {"seconds": True},
        {"fps": "0", "num_frames": 81},
    ],
)
def test_what_makes_no_sense_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    answer = caller.create(**change)

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_the_list_goes_on_after_a_video(at: Callable[..., Caller]) -> None:
    caller = at("openai_videos", key="sk-list")
    ids = [caller.made() for _ in range(3)]

    first = caller.get("/videos", limit=2).json()
    rest = caller.get("/videos", limit=2, after=first["last_id"]).json()

    assert ([video["id"] for video in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    assert ([video["id"] for video in rest["data"]], rest["has_more"]) == ([ids[0]], False)
    assert [video["id"] for video in caller.get("/videos", order="asc").json()["data"]] == ids
    assert caller.get("/videos", limit=101).status_code == 400


def test_a_delete_stops_and_forgets(simulator: Simulator, caller: Caller) -> None:
    video_id = caller.made()

    assert caller.delete(f"/videos/{video_id}").json() == {"id": video_id, "object": "video.deleted", "deleted": True}
    assert caller.get(f"/videos/{video_id}").status_code == 404
    assert next(job.state for job in simulator.jobs() if job.id == video_id) == "cancelled"


def test_a_failed_video_says_why(simulator: Simulator, caller: Caller, clock: HandClock) -> None:
    simulator.fault("openai_videos", "create", "failed")
    video_id = caller.made()
    clock.pass_seconds(JOB_SECONDS)

    assert caller.query(video_id)["error"]["code"] == "generation_failed"
    assert caller.get(f"/videos/{video_id}/content").status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("expired_link", 404), ("throttle", 429), ("gone", 404)])
def test_content_may_be_refused(simulator: Simulator, caller: Caller, clock: HandClock, kind: str, status: int) -> None:
    video_id = caller.made()
    clock.pass_seconds(JOB_SECONDS)
    simulator.fault("openai_videos", "content", kind)

    assert caller.get(f"/videos/{video_id}/content").status_code == status
    assert caller.get(f"/videos/{video_id}/content").status_code == 200
