"""OpenAI's own client against a gateway: before and after it came to send every create as a form."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Told

PROMPT = "一只橘猫在雨中奔跑"
REFUSALS = {
    "model": ("NotFoundError", 404, "model_not_found", "model"),
    "seconds": ("BadRequestError", 400, "invalid_parameter", "seconds"),
    "key": ("AuthenticationError", 401, "invalid_api_key", None),
    "id": ("NotFoundError", 404, "task_not_found", None),
    "reused": ("UnprocessableEntityError", 422, "idempotency_key_reused", None),
    "variant": ("BadRequestError", 400, "invalid_parameter", "variant"),
    "prompt": ("BadRequestError", 400, "invalid_parameter", "prompt"),
}


@pytest.fixture(scope="module", params=[("openai-2", "2."), ("vendors", "3.")], ids=["2", "3"])
def said(told: Told, request: pytest.FixtureRequest) -> Any:
    environment, version = request.param
    found = told(environment, "openai_videos", "viduq3t-540p")
    assert found["version"].startswith(version)
    return found


def test_a_video_is_ordered_polled_and_downloaded(said: Any) -> None:
    created, done = said["created"], said["done"]

    assert created["id"].startswith("video_")
    assert (created["object"], created["status"], created["model"]) == ("video", "queued", "viduq3t-540p")
    assert (created["prompt"], created["seconds"], created["completed_at"]) == (PROMPT, "1", None)
    assert (done["id"], done["status"], done["progress"], done["error"]) == (created["id"], "completed", 100, None)
    assert done["size"] == created["size"] == "960x528"
    kind, size = said["video"]
    assert kind == "ftyp"
    assert size > 10_000
    assert said["thumbnail"] == "WEBP"


def test_a_picture_goes_in_as_a_file(said: Any) -> None:
    assert said["pictured"]["status"] == "completed"


def test_a_remix_is_a_video_of_its_own(said: Any) -> None:
    assert said["remixed"]["remixed_from_video_id"] == said["created"]["id"]
    assert said["remixed"]["prompt"] == f"{PROMPT}，雪"


def test_the_list_is_walked_page_by_page_newest_first(said: Any) -> None:
    assert said["listed"][:3] == [said[name]["id"] for name in ("remixed", "pictured", "created")]


def test_a_video_that_moves_can_be_deleted(said: Any) -> None:
    assert said["deleted"] == {"id": said["remixed"]["id"], "object": "video.deleted", "deleted": True}


def test_a_key_makes_one_video_and_one_remix(said: Any) -> None:
    for ids in (said["keyed"], said["remixes"]):
        assert ids[0] == ids[1]


def test_a_create_whose_answer_was_lost_is_repeated_by_the_client_and_makes_one_video(said: Any) -> None:
    made, tasks = said["retried"]

    assert tasks == 1
    assert made == said["newest"]


def test_a_refusal_is_the_exception_that_the_client_has_for_it(said: Any) -> None:
    found = {
        name: tuple(error[fact] for fact in ("class", "status_code", "code", "param"))
        for name, error in said["refusals"].items()
    }

    assert found == REFUSALS
    assert all(error["request_id"].startswith("req_") for error in said["refusals"].values())
