"""LiteLLM's video calls against a gateway. It wraps each id in one of its own, which it takes apart again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Told

REFUSALS = {
    "model": ("NotFoundError", 404),
    "seconds": ("BadRequestError", 400),
    "key": ("AuthenticationError", 401),
    "id": ("NotFoundError", 404),
    "reused": ("BadRequestError", 422),
}


@pytest.fixture(scope="module")
def said(told: Told) -> Any:
    return told("openai-2", "litellm_videos", "viduq3t-540p")


def test_a_video_is_ordered_polled_and_downloaded(said: Any) -> None:
    created, done = said["created"], said["done"]

    assert (created["status"], created["model"], created["usage"]) == (
        "queued",
        "viduq3t-540p",
        {"duration_seconds": 1.0},
    )
    assert (done["status"], done["progress"], done["error"], done["seconds"]) == ("completed", 100, None, "1")
    kind, size = said["video"]
    assert kind == "ftyp"
    assert size > 10_000


def test_a_picture_goes_in_and_a_remix_comes_out(said: Any) -> None:
    assert said["pictured"]["status"] == "completed"
    assert said["remixed"]["remixed_from_video_id"].startswith("video_")


def test_the_list_holds_them_newest_first(said: Any) -> None:
    assert [found["prompt"][-1] for found in said["listed"]["data"]] == ["雪", "跑", "跑"]
    assert said["listed"]["first_id"] == said["listed"]["data"][0]["id"]


def test_edits_extensions_characters_and_sora_s_name_go_through(said: Any) -> None:
    made = [(said[name]["model"], said[name]["seconds"]) for name in ("edited", "extended", "sora")]
    assert made == [("sora-2", "1"), ("sora-2", "5"), ("sora-2", "4")]
    assert said["character"] == ["Tom", True]


def test_a_batch_of_videos_is_made(said: Any) -> None:
    status, counts, line = said["batch"]
    assert (status, counts["completed"], counts["failed"]) == ("completed", 1, 0)
    assert line["response"]["body"]["status"] == "completed"


def test_a_create_whose_answer_was_lost_is_found_by_its_key(said: Any) -> None:
    assert said["lost"]["class"] == "InternalServerError"
    assert said["keyed"][0] == said["keyed"][1] == said["newest"][0] != said["newest"][1]


def test_a_refusal_is_the_exception_that_the_client_has_for_it(said: Any) -> None:
    assert {name: (error["class"], error["status_code"]) for name, error in said["refusals"].items()} == REFUSALS
    assert "seconds is 99; allowed: whole seconds from 1 to 16" in said["refusals"]["seconds"]["message"]
