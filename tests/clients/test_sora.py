"""OpenAI's own client keeps working with Sora's names: its orders, the answers and the refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clients.conftest import Told
from tests.e2e.server import Server
from tests.e2e.test_webhooks import Got, inbox


@pytest.fixture(scope="module", params=[("openai-2", "2."), ("vendors", "3.")], ids=["2", "3"])
def said(told: Told, request: pytest.FixtureRequest) -> Any:
    environment, version = request.param
    found = told(environment, "openai_sora", "animatic")
    assert found["version"].startswith(version)
    return found


def test_an_order_is_answered_as_it_was_placed(said: Any) -> None:
    found = {name: tuple(said[name][field] for field in ("model", "seconds", "size")) for name in ("plain", "asked")}

    assert found == {"plain": ("sora-2", "4", "720x1280"), "asked": ("sora-2-pro", "12", "1792x1024")}
    assert said["by_azure"]["model"] == "sora-2"
    assert said["pictured"]["status"] == "queued"


def test_lists_remixes_and_deletes_are_as_they_were(said: Any) -> None:
    ids, newest = said["listed"]
    assert len(ids) == 3
    assert set(said["deleted"]) == {True}
    assert said["remixed"]["remixed_from_video_id"]
    assert said["sheet"] == "ffd8ff"
    assert newest


def test_the_model_says_what_it_is(said: Any) -> None:
    assert said["model"]["id"] == "sora-2"
    assert said["model"]["title"].startswith("Not Sora")


def test_edits_extensions_and_characters_need_no_model(said: Any) -> None:
    newer = said["newer"]
    if not newer:
        assert said["version"].startswith("2.")
        pytest.skip("this version of the client has none of these calls")
    assert (newer["edited"]["model"], newer["edited"]["seconds"]) == ("sora-2", "1")
    assert (newer["extended"]["model"], newer["extended"]["seconds"]) == ("sora-2", "5")
    assert newer["extended"]["size"] == newer["edited"]["size"]
    assert newer["character"] == ["Tom", True]
    assert newer["cast"]["model"] == "sora-2"


def test_a_file_of_orders_is_a_batch(said: Any) -> None:
    found = said["batched"]
    assert found["batch"]["status"] == "completed"
    assert found["batch"]["request_counts"] == {"total": 1, "completed": 1, "failed": 0}
    assert (found["line"]["custom_id"], found["line"]["response"]["body"]["status"]) == ("cat", "completed")
    assert (found["batches"], found["file"], found["deleted"]) == (True, "orders.jsonl", [True, True])
    assert {"batch", "batch_output"} <= set(found["files"])
    assert found["cancel"]["class"] == "ConflictError"


def test_what_sora_refused_is_refused_at_its_field(said: Any) -> None:
    found = {name: (error["class"], error["param"]) for name, error in said["refusals"].items()}

    assert found == {
        "seconds": ("BadRequestError", "seconds"),
        "size": ("BadRequestError", "size"),
        "picture": ("BadRequestError", "input_reference"),
    }


@pytest.mark.parametrize("environment", ["openai-2", "vendors"])
def test_its_client_takes_our_events(gateway: Server, told: Told, environment: str) -> None:
    with inbox() as box:
        hook = gateway.post("/v1/webhooks", {"url": f"{box.url}/hook", "events": ["video.completed"]}).json
        video = gateway.post("/v1/videos", {"model": "animatic", "prompt": "a cat", "seconds": "1"}).json["id"]
        got = about(video, box.until(lambda got: bool(about(video, got))))[0]
        gateway.call("DELETE", f"/v1/webhooks/{hook['id']}")
    headers = json.dumps({name: value for name, value in got.headers.items() if name.startswith("webhook-")})
    given = {"BODY": got.body.decode(), "HEADERS": headers, "SECRET": hook["secret"]}

    said = told(environment, "openai_webhook", "animatic", **given)

    assert (said["type"], said["video"], said["forged"]) == ("video.completed", video, "refused")


def about(video: str, got: list[Got]) -> list[Got]:
    """Return the deliveries of one video: the server makes others beside it."""
    return [one for one in got if one.json["data"]["id"] == video]
