"""AnyFast: what it is asked for, and what each answer says of a job."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.providers.account import Account
from reelgate.providers.anyfast import AnyFastProvider, body_of
from reelgate.providers.port import Failed, NotSent, Running, Succeeded, Unrecognized, Verdict
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, here, job, model
from tests.providers.scripted import ScriptedVendor

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
OSS = "https://oss.example/v.mp4?Expires=1&Signature=2"


def test_a_happyhorse_text_is_flat_and_the_mark_is_always_said() -> None:
    assert body_of(job("happyhorse-1.0-t2v")) == {
        "model": "happyhorse-1.0-t2v",
        "prompt": "一只猫 on the moon",
        "resolution": "720P",
        "ratio": "16:9",
        "duration": 5,
        "watermark": False,
        "seed": 7,
    }


def test_a_picture_goes_alone_and_decides_the_shape() -> None:
    body = body_of(job("happyhorse-1.0-i2v", at(IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE))

    assert body["image"] == "https://gw.example/a"
    assert not body.keys() & {"ratio", "images"}


def test_references_go_in_a_list() -> None:
    pictures = [at(IMAGE, Role.REFERENCE, str(n)) for n in range(3)]

    body = body_of(job("happyhorse-1.0-r2v", *pictures, mode=Mode.REFERENCE))

    assert body["images"] == [f"https://gw.example/{n}" for n in range(3)]
    assert body["ratio"] == "16:9"


@pytest.mark.parametrize(("seconds", "length"), [(8, {"duration": 8}), (0, {})])
def test_an_edit_is_in_the_native_form_with_the_length_that_is_billed(seconds: int, length: dict[str, int]) -> None:
    inputs = (at(VIDEO, Role.SOURCE, "v"), at(IMAGE, Role.REFERENCE, "r"))

    assert body_of(job("happyhorse-1.0-video-edit", *inputs, mode=Mode.EDIT, duration=seconds)) == {
        "model": "happyhorse-1.0-video-edit",
        "input": {
            "prompt": "一只猫 on the moon",
            "media": [
                {"type": "video", "url": "https://gw.example/v"},
                {"type": "reference_image", "url": "https://gw.example/r"},
            ],
        },
        "parameters": {"resolution": "720P", "watermark": False, "seed": 7, **length},
    }


def test_an_edit_that_keeps_the_source_s_sound_is_not_sent_without_that_wish() -> None:
    inputs = (at(VIDEO, Role.SOURCE, "v"), at(IMAGE, Role.REFERENCE, "r"))

    with pytest.raises(NotSent, match="AnyFast has no field for keep_audio in an edit") as refused:
        body_of(job("happyhorse-1.0-video-edit", *inputs, mode=Mode.EDIT, keep_audio=True))
    assert refused.value.unsendable
    assert refused.value.told == "the provider has no field for keep_audio in an edit"


def test_happyhorse_takes_addresses_only(tmp_path: Path) -> None:
    with pytest.raises(NotSent, match="public URL"):
        body_of(job("happyhorse-1.0-i2v", here(tmp_path / "a", IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE))


def test_seedance_is_asked_in_ark_s_words_under_anyfast_s_name() -> None:
    made = job("seedance-fast", at(IMAGE, Role.REFERENCE, "1"), at(AUDIO, Role.VOICE, "2"), mode=Mode.REFERENCE)

    assert body_of(replace(made, callback_url="https://gw.example/hook")) == {
        "model": "seedance-fast",
        "content": [
            {"type": "text", "text": "一只猫 on the moon"},
            {"type": "image_url", "image_url": {"url": "https://gw.example/1"}, "role": "reference_image"},
            {"type": "audio_url", "audio_url": {"url": "https://gw.example/2"}, "role": "reference_audio"},
        ],
        "resolution": "720p",
        "ratio": "16:9",
        "duration": 5,
        "generate_audio": True,
        "watermark": False,
        "return_last_frame": False,
    }


def test_version_1_0_goes_without_a_tier_of_service() -> None:
    made = job(model("seedance-2.0", upstream={"anyfast": "doubao-seedance-1-0-pro-250528"}), expires_after=3600)

    body = body_of(made)

    assert (body["model"], body["seed"]) == ("doubao-seedance-1-0-pro-250528", 7)
    assert not body.keys() & {"service_tier", "execution_expires_after", "draft"}


def test_a_length_in_frames_is_told_in_seconds() -> None:
    body = body_of(job("seedance-2.0", frames=97, duration=5))

    assert body["duration"] == 5
    assert "frames" not in body


def test_a_model_in_words_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotSent, match=r"AnyFast does not document wan2\.7-t2v"):
        body_of(job("wan2.7-t2v"))


def polled(answer: Any) -> Verdict:
    async def run(url: str) -> Verdict:
        provider = AnyFastProvider(Account(name="main", kind="anyfast", key="sk", base_url=url), seconds=60.0)
        await provider.open()
        try:
            return await provider.poll("t-1")
        finally:
            await provider.aclose()

    with ScriptedVendor() as vendor:
        vendor.answer("GET", 200, answer)
        return asyncio.run(run(vendor.url))


def task(**data: Any) -> dict[str, Any]:
    return {"code": "success", "message": "", "data": {"task_id": "t-1", "action": "generate", **data}}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (task(status="NOT_START", progress="0%", data=None), Running(0)),
        (task(status="SUBMITTED", progress="10%"), Running(0)),
        (task(status="QUEUED", progress="20%"), Running(0)),
        (task(status="IN_PROGRESS", progress="50%"), Running(50)),
        (task(status="UNKNOWN"), Unrecognized("status UNKNOWN")),
        (task(status="", progress=0), Unrecognized("no status: HTTP 200")),
        ({"code": "success", "message": "", "data": None}, Unrecognized("no status: HTTP 200")),
        (task(status="SUCCESS", fail_reason=""), Succeeded()),
        (task(status="SUCCESS", fail_reason="none"), Succeeded()),
        (task(status="SUCCESS", fail_reason=OSS), Succeeded(url=OSS)),
        (task(status="FAILURE", fail_reason=""), Failed("failed", "the provider reported a failure")),
        (task(status="FAILURE", fail_reason="图片不合规"), Failed("failed", "图片不合规")),
        (
            task(
                status="FAILURE",
                fail_reason="m",
                data={"output": {"task_status": "FAILED", "code": "InvalidParameter"}},
            ),
            Failed("InvalidParameter", "m"),
        ),
        (
            task(status="FAILURE", fail_reason="m", data={"status": "failed", "error": {"code": "OutputVideoX"}}),
            Failed("OutputVideoX", "m"),
        ),
        (
            task(status="FAILURE", fail_reason='{"error":{"code":"InternalServiceError","message":"出错"}}'),
            Failed("InternalServiceError", "出错"),
        ),
    ],
)
def test_a_status_and_what_it_says(answer: Any, verdict: Verdict) -> None:
    assert polled(answer) == verdict


def test_a_finished_happyhorse_names_its_length_and_ratio() -> None:
    below = {
        "output": {"task_status": "SUCCEEDED"},
        "usage": {"output_video_duration": 6, "duration": 12, "ratio": "9:16"},
    }

    made = polled(task(status="SUCCESS", result_url=OSS, fail_reason=OSS, progress="100%", data=below))

    assert made == Succeeded(url=OSS, duration=6, ratio="9:16")


def test_a_finished_seedance_does_so_in_ark_s_words() -> None:
    below = {"status": "succeeded", "duration": 11, "ratio": "1:1", "content": {"video_url": OSS}}

    made = polled(task(status="SUCCESS", result_url=OSS, original_result_url="https://x", fail_reason="", data=below))

    assert made == Succeeded(url=OSS, duration=11, ratio="1:1")
