"""Ark's client against a gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Told, busy_gateway

MODEL = "doubao-seedance-1-0-pro-250528"
REFUSALS = {
    "model": ("ArkNotFoundError", 404, "InvalidEndpointOrModel.NotFound", "model"),
    "duration": ("ArkBadRequestError", 400, "InvalidParameter", "duration"),
    "key": ("ArkAuthenticationError", 401, "AuthenticationError", ""),
    "id": ("ArkNotFoundError", 404, "NotFound.Task", ""),
    "reused": ("ArkUnprocessableEntityError", 422, "InvalidParameter", ""),
}


@pytest.fixture(scope="module")
def said(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with busy_gateway(tmp_path_factory.mktemp("busy")) as busy:
        return told("vendors", "ark_tasks", MODEL, busy=busy)


def test_a_task_is_created_polled_and_downloaded(said: Any) -> None:
    done = said["done"]

    assert done["id"] == said["created"]
    assert done["id"].startswith("cgt-")
    assert (done["model"], done["status"], done["error"]) == (MODEL, "succeeded", None)
    assert (done["seed"], done["resolution"], done["ratio"], done["duration"]) == (7, "480p", "16:9", 2)
    assert done["usage"]["total_tokens"] == done["usage"]["completion_tokens"] > 0
    assert "/last_frame.png?" in done["content"]["last_frame_url"]
    kind, size = said["video"]
    assert kind == "ftyp"
    assert size > 10_000


def test_a_picture_goes_in(said: Any) -> None:
    assert said["pictured"]["status"] == "succeeded"


def test_the_list_is_filtered_and_paged(said: Any) -> None:
    total, shown = said["page"]

    assert total == 2
    assert shown == [said["pictured"]["id"]]
    assert said["two"] == sorted([said["created"], said["pictured"]["id"]])


def test_a_create_whose_answer_was_lost_is_repeated_with_its_key_and_makes_one_task(said: Any) -> None:
    assert said["calls"]["POST"] == 2
    assert said["made"] == 1
    assert said["keyed"][0] == said["keyed"][1]


def test_the_deletion_of_a_task_that_runs_is_refused_once_and_not_repeated(said: Any) -> None:
    refusal = said["running"]

    assert (refusal["class"], refusal["code"]) == ("ArkConflictError", "InvalidAction.RunningTaskDeletion")
    assert said["busy_calls"]["DELETE"] == 2  # and once that of the task that waits


def test_a_queued_task_is_called_off_and_an_ended_one_is_gone(said: Any) -> None:
    assert said["called_off"] == "cancelled"
    assert said["deleted"]["class"] == "ArkNotFoundError"


def test_a_refusal_is_the_exception_that_the_client_has_for_it(said: Any) -> None:
    found = {
        name: tuple(error[fact] for fact in ("class", "status_code", "code", "param"))
        for name, error in said["refusals"].items()
    }

    assert found == REFUSALS
