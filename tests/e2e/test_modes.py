"""What each kind of request gives, seen in the file: sound, length, mark, last frame, seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.server import Server, serving
from tests.e2e.video import Video, look_at, psnr

CREATE = "/v1/video/generations"


def made(gateway: Server, body: dict[str, Any], folder: Path) -> tuple[Video, dict[str, Any], bytes]:
    """Make a video; return what it shows, its house answer and its bytes."""
    created = gateway.post("/v1/tasks" if "images" in body or "videos" in body else CREATE, body)
    assert created.status == 200, created.body
    task = created.json["id"]
    finished = gateway.until(f"/v1/tasks/{task}", lambda answer: answer["status"] in {"completed", "failed"})
    assert finished["status"] == "completed", finished
    data = gateway.get(finished["result_url"], key=None).body
    file = folder / f"{task}.mp4"
    file.write_bytes(data)
    found = [item for item in gateway.get("/v1/tasks?limit=20").json["data"] if item["id"] == task]
    return look_at(file), found[0], data


def seedance(*content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a small Seedance request."""
    text = {"type": "text", "text": "一只猫在海边, @image1"}
    return {"model": "seedance-2.0-mini", "content": [text, *content], "resolution": "480p", "duration": 4, **fields}


def given(kind: str, role: str, url: str) -> dict[str, Any]:
    """Return one item of Seedance's `content`."""
    return {"type": kind, kind: {"url": url}, "role": role}


def test_a_picture_a_clip_and_a_sound_together(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    body = seedance(
        given("image_url", "reference_image", inputs.url("ref-1.png")),
        given("video_url", "reference_video", inputs.url("source-video.mp4")),
        given("audio_url", "reference_audio", inputs.url("voice.wav")),
    )

    video, task, _ = made(gateway, body, tmp_path)

    assert (video.seconds, video.audio, task["mode"]) == (4, "aac", "reference")


def test_a_length_that_the_engine_chooses_is_told(gateway: Server, tmp_path: Path) -> None:
    video, task, _ = made(gateway, seedance(duration=-1), tmp_path)

    assert 4 <= task["duration"] <= 15
    assert abs(video.seconds - task["duration"]) <= 1 / 24
    answer = gateway.get(f"{CREATE}/{task['id']}").json["data"]["data"]
    assert (answer["duration"], answer["framespersecond"], answer["status"]) == (task["duration"], 24, "succeeded")


def test_no_sound_means_no_track(gateway: Server, tmp_path: Path) -> None:
    video, task, _ = made(gateway, seedance(generate_audio=False), tmp_path)

    assert (video.audio, task["has_audio"]) == ("", False)


def test_the_last_frame_comes_as_a_picture(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    frame = given("image_url", "first_frame", inputs.url("head.png"))
    _, task, _ = made(gateway, seedance(frame, return_last_frame=True), tmp_path)

    picture = gateway.get(task["last_frame_url"], key=None)

    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
    assert picture.body.startswith(b"\x89PNG")


def test_the_same_request_gives_the_same_bytes_on_another_server(gateway: Server, tmp_path: Path) -> None:
    body = {"model": "viduq3t-540p", "prompt": "雨夜的街道", "duration": 1, "extra_body": {"seed": 7}}
    first = made(gateway, body, tmp_path)
    with serving(tmp_path / "other", "--workers", "1") as other:
        again = made(other, body, tmp_path)
        different = made(other, {**body, "extra_body": {"seed": 8}}, tmp_path)

    assert again[2] == first[2]
    assert different[2] != first[2]


def test_a_clip_goes_on(gateway: Server, inputs: Inputs, tmp_path: Path) -> None:
    body = {"model": "wan2.7-i2v", "prompt": "海浪", "first_clip": inputs.url("source-video.mp4"), "duration": 4}

    created = gateway.post("/v1/tasks", body)
    assert created.status == 200, created.body
    task = gateway.until(f"/v1/tasks/{created.json['id']}", lambda answer: answer["status"] in {"completed", "failed"})
    (tmp_path / "out.mp4").write_bytes(gateway.get(task["result_url"], key=None).body)

    assert look_at(tmp_path / "out.mp4").seconds == 4


def test_codec_and_label_are_the_operators_choice(gateway: Server, tmp_path: Path) -> None:
    body = {"model": "viduq3t-540p", "prompt": "雪山", "duration": 1, "extra_body": {"seed": 7}}
    plain, _, _ = made(gateway, body, tmp_path)
    with serving(tmp_path / "other", "--workers", "1", "--codec", "av1", "--animatic-label", "ANIMATIC") as other:
        video, _, data = made(other, body, tmp_path)

    assert (b"av01" in data, b"avc1" in data) == (True, False)
    height, width = plain.first.shape[:2]
    assert psnr(video.first[: height // 12, : width // 6], plain.first[: height // 12, : width // 6]) < 30
    assert psnr(video.first[height // 2 :], plain.first[height // 2 :]) > 32


def test_a_seed_is_drawn_and_told(gateway: Server, tmp_path: Path) -> None:
    body = {"model": "viduq3t-540p", "prompt": "雪山", "duration": 1}
    _, task, data = made(gateway, body, tmp_path)

    _, _, again = made(gateway, {**body, "extra_body": {"seed": task["seed"]}}, tmp_path)

    assert again == data


MARKED = {"model": "happyhorse-1.0-t2v", "prompt": "雪山", "resolution": "720P", "duration": 3, "seed": 5}


@pytest.fixture(scope="module")
def plain(gateway: Server, tmp_path_factory: pytest.TempPathFactory) -> Video:
    return made(gateway, {**MARKED, "watermark": False}, tmp_path_factory.mktemp("plain"))[0]


@pytest.mark.parametrize(("asked", "marked"), [({}, True), ({"watermark": False}, False), ({"watermark": True}, True)])
def test_the_mark_is_there_exactly_when_it_is_asked_for_or_the_default(
    gateway: Server, plain: Video, tmp_path: Path, asked: dict[str, Any], marked: bool
) -> None:
    video, _, _ = made(gateway, {**MARKED, **asked}, tmp_path)

    height, width = plain.first.shape[:2]
    corner = (slice(height * 17 // 20, height), slice(width * 4 // 5, width))
    elsewhere = (slice(0, height // 2), slice(0, width // 2))
    assert (psnr(video.first[corner], plain.first[corner]) < 30) == marked
    assert psnr(video.first[elsewhere], plain.first[elsewhere]) > 40


@pytest.mark.parametrize("count", [1, 9])
def test_many_references_are_each_seen(gateway: Server, inputs: Inputs, tmp_path: Path, count: int) -> None:
    urls = [inputs.url("ref-1.png"), inputs.url("ref-2.png"), inputs.url("character1.png")] * 3
    names = " ".join(f"character{n + 1}" for n in range(count))
    body = {"model": "happy-horse-720p", "prompt": f"{names} on a beach", "images": urls[:count], "duration": 3}

    video, task, _ = made(gateway, body, tmp_path)

    assert (video.width, video.height, task["mode"]) == (1280, 720, "reference")
    yellow = (abs(video.first - [224, 192, 32]).max(axis=2) < 24).mean()
    assert yellow > 0.002 * (count + 2) / 3
