"""DashScope's client against a gateway: the surface that answers mistakes, and the one that raises them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Told, busy_gateway

MODEL = "vidu/viduq3-turbo_text2video"
NOT_PENDING = "Failed to cancel the task, please confirm if the task is in PENDING status."
CODES = {
    "model": (404, "ModelNotFound"),
    "duration": (400, "InvalidParameter"),
    "key": (401, "InvalidApiKey"),
    "reused": (422, "IdempotencyKeyReused"),
}
CLASSES = {
    "model": "NotFoundError",
    "duration": "BadRequestError",
    "key": "AuthenticationError",
    "reused": "APIStatusError",
}


@pytest.fixture(scope="module")
def first(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with busy_gateway(tmp_path_factory.mktemp("busy")) as busy:
        return told("vendors", "dashscope_v1", MODEL, busy=busy)


@pytest.fixture(scope="module")
def second(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with busy_gateway(tmp_path_factory.mktemp("busy")) as busy:
        return told("vendors", "dashscope_v2", MODEL, busy=busy)


def test_first_surface_creates_waits_and_downloads(first: Any) -> None:
    created, done = first["created"], first["done"]

    assert first["version"].startswith("2.")
    assert (created["status"], created["output"]["task_status"]) == (200, "PENDING")
    assert done["output"]["task_id"] == created["output"]["task_id"]
    assert done["output"]["task_status"] == "SUCCEEDED"
    assert done["output"]["orig_prompt"] == "一只橘猫在雨中奔跑"
    usage = done["usage"]
    assert (usage["duration"], usage["SR"], usage["size"]) == (1, "540", "960*528")
    kind, size = first["video"]
    assert kind == "ftyp"
    assert size > 10_000


def test_first_surface_sends_a_local_picture_through_the_upload_policy(first: Any) -> None:
    assert first["pictured"]["output"]["task_status"] == "SUCCEEDED"


def test_first_surface_lists_newest_first(first: Any) -> None:
    shown = first["listed"]["data"]

    assert [item["task_id"] for item in shown] == [first[name]["output"]["task_id"] for name in ("pictured", "created")]
    assert {item["status"] for item in shown} == {"SUCCEEDED"}


def test_first_surface_sends_a_lost_create_again_and_its_key_makes_one_task(first: Any) -> None:
    assert first["calls"]["POST"] == 2
    assert first["made"] == 1
    assert first["lost"]["output"]["task_id"] == first["again"]["output"]["task_id"]


def test_first_surface_cancels_what_waits_and_hears_why_not_otherwise(first: Any) -> None:
    assert first["waiting"]["status"] == 200
    assert first["called_off"]["output"]["task_status"] == "CANCELED"
    assert (first["running"]["status"], first["running"]["code"]) == (400, "UnsupportedOperation")
    assert first["running"]["message"] == NOT_PENDING


def test_first_surface_is_answered_with_the_vendors_codes(first: Any) -> None:
    refusals = first["refusals"]

    assert {name: (refusals[name]["status"], refusals[name]["code"]) for name in CODES} == CODES
    assert (refusals["id"]["status"], refusals["id"]["output"]["task_status"]) == (200, "UNKNOWN")


def test_second_surface_creates_waits_and_downloads(second: Any) -> None:
    created, done = second["created"], second["done"]

    assert created["status"] == "PENDING"
    assert (done["id"], done["status"]) == (created["id"], "SUCCEEDED")
    assert "duration=1 size='960*528'" in done["usage"]
    kind, size = second["video"]
    assert kind == "ftyp"
    assert size > 10_000


def test_second_surface_sends_a_local_picture_through_the_upload_policy(second: Any) -> None:
    assert second["pictured"] == ["SUCCEEDED", True]


def test_second_surface_lists(second: Any) -> None:
    """It looks for `tasks` where the vendor's own answer has `data`, so it shows the counts alone."""
    listed = second["listed"]

    assert (listed["page_no"], listed["page_size"]) == (1, 2)
    assert listed["total"] >= 2


def test_second_surface_repeats_a_lost_create_and_its_key_makes_one_task(second: Any) -> None:
    assert second["calls"]["POST"] == 2
    assert second["keyed"][0] == second["keyed"][1]


def test_second_surface_cancels_what_waits_and_raises_otherwise(second: Any) -> None:
    running = second["running"]

    assert second["called_off"] == "CANCELED"
    assert second["canceled_wait"]["class"] == "DashScopeError"
    assert (running["class"], running["code"], running["message"]) == (
        "BadRequestError",
        "UnsupportedOperation",
        NOT_PENDING,
    )
    assert second["unknown"] == "UNKNOWN"


def test_second_surface_raises_the_class_that_it_has_for_each_code(second: Any) -> None:
    refusals = second["refusals"]

    assert {name: (refusals[name]["status_code"], refusals[name]["code"]) for name in CODES} == CODES
    assert {name: refusals[name]["class"] for name in CODES} == CLASSES
