"""APIYI: what it is asked for, and what each answer says of a job."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reelgate.providers.account import Account
from reelgate.providers.apiyi import ApiyiProvider
from reelgate.providers.port import Failed, Job, NotFound, Running, Succeeded, Unrecognized, Verdict
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, here, job
from tests.providers.scripted import ScriptedVendor

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
OSS = "https://oss.example/v.mp4?Expires=1&Signature=2"


def body_of(made: Job) -> dict[str, Any]:
    return ApiyiProvider(Account(name="main", kind="apiyi")).body_of(made)


def test_a_text_has_a_whole_number_of_seconds_and_an_upper_case_tier() -> None:
    assert body_of(job("wan2.7-t2v", negative_prompt="模糊", prompt_extend=True)) == {
        "model": "wan2.7-t2v",
        "input": {"prompt": "一只猫 on the moon", "negative_prompt": "模糊"},
        "parameters": {
            "resolution": "720P",
            "ratio": "16:9",
            "duration": 5,
            "watermark": False,
            "prompt_extend": True,
            "seed": 7,
        },
    }


def test_a_picture_may_go_inside_and_comes_first(tmp_path: Path) -> None:
    inputs = (here(tmp_path / "a", IMAGE, Role.FIRST_FRAME), at(AUDIO, Role.VOICE, "s"))

    body = body_of(job("wan2.7-i2v", *inputs, mode=Mode.IMAGE))

    assert [item["type"] for item in body["input"]["media"]] == ["first_frame", "driving_audio"]
    assert body["input"]["media"][0]["url"].startswith("data:image/png;base64,")
    assert "ratio" not in body["parameters"]


def test_a_voice_belongs_to_its_reference() -> None:
    inputs = (at(VIDEO, Role.REFERENCE, "v"), at(AUDIO, Role.VOICE, "s"))

    assert body_of(job("wan2.7-r2v", *inputs, mode=Mode.REFERENCE))["input"]["media"] == [
        {"type": "reference_video", "url": "https://gw.example/v", "reference_voice": "https://gw.example/s"}
    ]


def test_an_edit_is_called_without_a_hyphen() -> None:
    inputs = (at(VIDEO, Role.SOURCE, "v"), at(IMAGE, Role.REFERENCE, "r"))

    body = body_of(job("wan2.7-videoedit", *inputs, mode=Mode.EDIT))

    assert body["model"] == "wan2.7-videoedit"
    assert [item["type"] for item in body["input"]["media"]] == ["video", "reference_image"]


def asked(answer: Any, made: Job | None = None) -> tuple[Verdict | str, dict[str, str]]:
    """Return what a poll (or the submission of `made`) ends in, and the headers that it was sent with."""

    async def run(url: str) -> Verdict | str:
        provider = ApiyiProvider(Account(name="main", kind="apiyi", key="sk", base_url=url), seconds=60.0)
        await provider.open()
        try:
            return await (provider.poll("t-1") if made is None else provider.submit(made))
        finally:
            await provider.aclose()

    with ScriptedVendor() as vendor:
        vendor.answer("GET", 200, answer)
        vendor.answer("POST", 200, answer)
        return asyncio.run(run(vendor.url)), vendor.seen[0].headers


def test_a_create_is_asynchronous_and_asks_for_plain_answers() -> None:
    """The vendor marks answers as compressed that are not."""
    ref, headers = asked({"output": {"task_id": "t-1", "task_status": "PENDING"}}, job("wan2.7-t2v"))

    assert ref == "t-1"
    assert (headers["x-dashscope-async"], headers["accept-encoding"]) == ("enable", "identity")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"status": "submitted", "progress": 0}, Running(0)),
        ({"status": "in_progress", "progress": 30}, Running(30)),
        ({"status": "IN_PROGRESS", "progress": 30}, Running(30)),
        ({"status": "completed", "progress": 100, "result_url": OSS}, Succeeded(url=OSS, headers=())),
        ({"status": "completed"}, Succeeded()),
        ({"status": "UNKNOWN"}, NotFound()),
        ({"status": "paused"}, Unrecognized("status paused")),
        ({"status": ""}, Unrecognized("no status: HTTP 200")),
        (
            {"status": "failed", "error": {"message": "[InvalidImageUrl] 图片无法下载"}, "fail_reason": "x"},
            Failed("InvalidImageUrl", "图片无法下载"),
        ),
        ({"status": "failed", "fail_reason": "[DataInspectionFailed] m"}, Failed("DataInspectionFailed", "m")),
        ({"status": "failed", "error": "坏了"}, Failed("failed", "坏了")),
        ({"status": "failed"}, Failed("failed", "the provider reported a failure")),
    ],
)
def test_a_status_and_what_it_says(answer: dict[str, Any], verdict: Verdict) -> None:
    assert asked({"task_id": "t-1", **answer})[0] == verdict
