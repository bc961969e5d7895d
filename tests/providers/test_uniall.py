"""UniAll: what it is asked for, and what each answer says of a job."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.providers.account import Account
from reelgate.providers.port import Failed, NotSent, Running, Succeeded, Unrecognized, Verdict
from reelgate.providers.uniall import UniAllProvider, body_of
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, here, job
from tests.providers.scripted import ScriptedVendor

IMAGE, VIDEO = MediaKind.IMAGE, MediaKind.VIDEO
FILE = "https://cdn.example/v.mp4"


def test_a_happy_horse_text_names_its_tier_by_the_model() -> None:
    assert body_of(job("happy-horse-720p")) == {
        "model": "happy-horse-720p",
        "prompt": "一只猫 on the moon",
        "duration": 5,
        "aspect_ratio": "16:9",
        "seed": 7,
    }


def test_the_length_is_a_whole_number_also_of_an_edit() -> None:
    inputs = (at(VIDEO, Role.SOURCE, "v"), at(IMAGE, Role.REFERENCE, "r"))

    assert body_of(job("happy-horse-edit-720p", *inputs, mode=Mode.EDIT, keep_audio=True)) == {
        "model": "happy-horse-edit-720p",
        "prompt": "一只猫 on the moon",
        "duration": 5,
        "video": "https://gw.example/v",
        "reference_image_urls": ["https://gw.example/r"],
        "seed": 7,
        "audio_setting": "origin",
    }


@pytest.mark.parametrize(("seconds", "told"), [(7.4, 7), (1.0, 3), (60.0, 15), (0.0, 3)])
def test_an_edit_that_names_no_length_is_as_long_as_its_source(seconds: float, told: int) -> None:
    source = at(VIDEO, Role.SOURCE, "v")
    source = replace(source, facts=replace(source.facts, seconds=seconds))

    assert body_of(job("happy-horse-edit-720p", source, mode=Mode.EDIT, duration=0))["duration"] == told


def test_frames_go_under_their_names_and_decide_the_shape() -> None:
    inputs = (at(IMAGE, Role.FIRST_FRAME, "1"), at(IMAGE, Role.LAST_FRAME, "2"))

    assert body_of(job("viduq3t-720p", *inputs, mode=Mode.FRAMES, audio=False, music=True)) == {
        "model": "viduq3t-720p",
        "prompt": "一只猫 on the moon",
        "duration": 5,
        "image": "https://gw.example/1",
        "last_image": "https://gw.example/2",
        "extra_body": {"audio": False, "bgm": True, "seed": 7},
    }


@pytest.mark.parametrize("name", ["viduq3p-mix-720p", "happy-horse-1080p"])
def test_references_go_in_a_list_with_a_ratio(name: str) -> None:
    pictures = [at(IMAGE, Role.REFERENCE, str(n)) for n in range(4)]

    body = body_of(job(name, *pictures, mode=Mode.REFERENCE, ratio="9:16"))

    assert body["reference_image_urls"] == [f"https://gw.example/{n}" for n in range(4)]
    assert (body["model"], body["aspect_ratio"]) == (name, "9:16")


def test_inputs_go_by_address_only(tmp_path: Path) -> None:
    with pytest.raises(NotSent, match="public URL"):
        body_of(job("viduq3t-720p", here(tmp_path / "a", IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE))


def test_a_model_in_words_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotSent, match=r"UniAll does not document wan2\.7-t2v"):
        body_of(job("wan2.7-t2v"))


def polled(answer: Any) -> Verdict:
    async def run(url: str) -> Verdict:
        provider = UniAllProvider(Account(name="main", kind="uniall", key="sk", base_url=url), seconds=60.0)
        await provider.open()
        try:
            return await provider.poll("t-1")
        finally:
            await provider.aclose()

    with ScriptedVendor() as vendor:
        vendor.answer("GET", 200, answer)
        return asyncio.run(run(vendor.url))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"status": "queued", "progress": 0}, Running(0)),
        ({"status": "in_progress", "progress": 40}, Running(40)),
        ({"status": "in_progress", "progress": "40%"}, Running(40)),
        ({"status": "unknown"}, Unrecognized("status unknown")),
        ({"status": ""}, Unrecognized("no status: HTTP 200")),
        ({"status": "completed", "video_url": FILE, "duration": 89, "progress": 100}, Succeeded(url=FILE)),
        ({"status": "completed", "video_url": None, "result": {"video_url": FILE}}, Succeeded(url=FILE)),
        ({"status": "completed", "result": {"outputs": [FILE]}}, Succeeded(url=FILE)),
        ({"status": "completed", "result": {"outputs": []}}, Succeeded()),
        ({"status": "failed", "error": {"code": "c", "message": "失败"}}, Failed("c", "失败")),
        ({"status": "failed", "error": "失败"}, Failed("failed", "失败")),
        ({"status": "failed", "error": None}, Failed("failed", "the provider reported a failure")),
    ],
)
def test_a_status_and_what_it_says(answer: dict[str, Any], verdict: Verdict) -> None:
    """The length of the answer is how long the task took: it is never taken for the video's."""
    assert polled({"id": "t-1", **answer}) == verdict
