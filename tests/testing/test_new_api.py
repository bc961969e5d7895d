"""The simulated new-api loses what the real one loses: each kind of channel reads its own fields and drops the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import Caller

At = Callable[..., Caller]

ORDER = {"model": "wan2.7-t2v", "prompt": "一只猫", "seconds": "7", "size": "720x1280"}


def arrived(simulator: Simulator, at: At, channel: str, **fields: Any) -> dict[str, Any]:
    answer = at(f"new_api_{channel}").post("/videos", ORDER | fields)
    assert answer.status_code == 200, answer.text
    return simulator.jobs()[-1].arrived


@pytest.mark.parametrize(
    ("channel", "fields", "made"),
    [
        ("sora", {}, ("text", 7, "720p", "9:16")),
        ("sora", {"image": "https://a.example/1.png"}, ("text", 7, "720p", "9:16")),
        ("ali", {"size": "1280*720"}, ("text", 7, "720p", "16:9")),
        ("doubao", {}, ("text", 7, "720p", "16:9")),
        ("doubao", {"image": "https://a.example/1.png"}, ("image", 7, "720p", "")),
        ("vidu", {"size": ""}, ("text", 5, "1080p", "16:9")),
        ("vidu", {"size": "720p", "duration": 7}, ("text", 7, "720p", "16:9")),
        ("kling", {"size": "1920x1080", "duration": 7}, ("text", 7, "720p", "16:9")),
        ("kling", {"size": "4:3"}, ("text", 5, "720p", "1:1")),
        ("hailuo", {"image": "https://a.example/1.png"}, ("text", 6, "720p", "16:9")),
    ],
)
def test_a_channel_reads_its_own_fields(
    simulator: Simulator, at: At, channel: str, fields: dict[str, Any], made: tuple[object, ...]
) -> None:
    assert tuple(arrived(simulator, at, channel, **fields).values()) == made


@pytest.mark.parametrize("channel", ["ali", "vidu"])
def test_some_refuse_a_size_that_they_can_t_read(at: At, channel: str) -> None:
    answer = at(f"new_api_{channel}").post("/videos", ORDER)

    assert answer.status_code == 400
    assert answer.json()["data"] is None


def test_a_record_stands_at_the_other_address(simulator: Simulator, at: At) -> None:
    relay = at("new_api_doubao")
    job_id = relay.post("/videos", ORDER).json()["id"]

    record = relay.get(f"/video/generations/{job_id}").json()

    assert (record["code"], record["data"]["task_id"], record["data"]["status"]) == ("success", job_id, "QUEUED")
