"""What an answer says is found wherever it stands: ids, refusals inside a 200, reasons, addresses."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate.providers.answers import Said, address_in, failure_in, id_in, refusal_in
from reelgate.providers.codes import Codes
from reelgate.providers.port import (
    Failed,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Running,
    Succeeded,
    Unrecognized,
)
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.vendor import refusal


def reply(json: Any, status: int = 200) -> Reply:
    return Reply(status, json, told=str(json))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"id": "task_1"}, "task_1"),
        ({"id": 81000001}, "81000001"),
        ({"id": 81000001.0}, "81000001"),
        ({"task_id": 81000001, "status": "queued"}, "81000001"),
        ({"code": 0, "data": {"id": "task_1"}}, "task_1"),
        ({"code": 200, "msg": "success", "data": {"task_id": 7}}, "7"),
        ({"code": 1, "data": {"taskId": "task_1"}}, "task_1"),
        ({"data": [{"status": "submitted", "task_id": "task_1"}]}, "task_1"),
        ({"result": {"id": "task_1"}}, "task_1"),
        ({"result": "task-0001"}, "task-0001"),
        ({"data": "task_0001"}, "task_0001"),
        ({"output": {"task_id": "task_1"}}, "task_1"),
        ({"task": {"id": "task_1"}}, "task_1"),
        ({"request_id": "req-1"}, "req-1"),
        ({"request_id": "req-1", "data": {"id": "task_1"}}, "task_1"),
        ({"id": "task_1", "error": None, "success": True}, "task_1"),
        ({"id": "task_1", "code": 42, "message": "?"}, "task_1"),
        ({"id": "task_1", "status": "queued", "error": {"message": "soon"}}, "task_1"),
        ({"id": "", "task_id": "task_1"}, "task_1"),
        ({"id": True}, ""),
        ({"id": None}, ""),
        ({"id": {}}, ""),
        ({"id": "two words"}, ""),
        ({"data": None}, ""),
        ({"data": "insufficient balance"}, ""),
        ({"data": "success"}, ""),
        ({"data": "NotEnough", "code": 42}, ""),
        ({"status": "queued"}, ""),
        ({"request_id": "req-1", "code": 1026, "message": "sensitive"}, ""),
        ({"request_id": "req-1", "success": False}, ""),
        ({"id": "req-1", "error": {"message": "no"}}, ""),
        ({"id": "task_1", "status": "failed"}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_an_id_is_found_where_it_stands(answer: Any, found: str) -> None:
    assert id_in(reply(answer)) == found


def test_a_vendor_s_own_place_comes_first_and_a_call_s_name_may_be_none() -> None:
    assert id_in(reply({"id": "row", "output": {"task_id": "task_1"}}), ("output", "task_id")) == "task_1"
    assert id_in(reply({"request_id": "r"}), ("output", "task_id"), calls_named=True) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"code": 1026, "message": "sensitive", "data": None}, ("1026", "sensitive")),
        ({"code": "1026", "msg": "sensitive"}, ("1026", "sensitive")),
        ({"code": -1, "errmsg": "no"}, ("-1", "no")),
        ({"base_resp": {"status_code": 1026, "status_msg": "sensitive"}, "task_id": ""}, ("1026", "sensitive")),
        ({"success": False, "message": "no"}, ("", "no")),
        ({"error": "no"}, ("", "no")),
        ({"error": {"code": 42, "message": "no"}}, ("42", "no")),
        ({"error": {"type": "moderation", "message": "no"}}, ("moderation", "no")),
        ({"errors": [{"code": "E1", "detail": "no"}]}, ("E1", "no")),
        ({"data": {"error": {"code": "E1", "message": "no"}}}, ("E1", "no")),
        ({"status": "failed", "fail_reason": "no"}, ("", "no")),
        ({"status": 422, "message": "no"}, ("", "no")),
        ({"code": 500, "data": "系统错误"}, ("500", "系统错误")),
        ({"code": 0, "message": "success"}, None),
        ({"code": "success", "message": ""}, None),
        ({"code": 200}, None),
        ({"base_resp": {"status_code": 0, "status_msg": "success"}}, None),
        ({"success": True}, None),
        ({"error": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_refusal_is_found_in_a_200(answer: Any, said: tuple[str, str] | None) -> None:
    assert refusal_in(reply(answer)) == said


@pytest.mark.parametrize(
    ("answer", "error", "account"),
    [
        ({"code": 1026, "message": "input text is sensitive"}, Rejected, False),
        ({"success": False}, Rejected, False),
        ({"error": "the prompt is too long"}, Rejected, False),
        ({"code": 401, "message": "no"}, NotSent, True),
        ({"code": 402, "message": "no"}, NotSent, True),
        ({"code": 429, "message": "no"}, NotSent, False),
        ({"code": 503, "message": "no"}, OutcomeUnknown, False),
        ({"code": 7, "message": "余额不足"}, NotSent, True),
        ({"code": 7, "message": "Insufficient balance"}, NotSent, True),
        ({"code": 7, "message": "too many requests"}, NotSent, False),
        ({"code": 7, "message": "Internal server error, try again later"}, OutcomeUnknown, False),
        ({"base_resp": {"status_code": 1008, "status_msg": "no"}}, NotSent, True),
        ({"base_resp": {"status_code": 1002, "status_msg": "no"}}, NotSent, False),
        ({"base_resp": {"status_code": 1026, "status_msg": "no"}}, Rejected, False),
        ({"base_resp": {"status_code": 1000, "status_msg": "no"}}, OutcomeUnknown, False),
        ({"code": 0, "data": {}}, OutcomeUnknown, False),
        ({}, OutcomeUnknown, False),
    ],
)
def test_what_a_200_without_a_job_means(answer: Any, error: type[Exception], account: bool) -> None:
    found = refusal(reply(answer), "", "", Codes())

    assert isinstance(found, error)
    assert getattr(found, "account", False) is account
    if isinstance(found, OutcomeUnknown):
        assert found.answer == str(answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": {"code": 1026, "message": "m"}}, ("1026", "m")),
        ({"error": {"code": 500, "message": "m"}}, ("", "m")),
        ({"error": {"code": "9" * 5000, "message": "m"}}, ("9" * 5000, "m")),
        ({"fail_reason": "m"}, ("", "m")),
        ({"data": {"fail_reason": "m", "fail_code": 17}}, ("17", "m")),
        ({"failure": "m", "failureCode": "SAFETY"}, ("SAFETY", "m")),
        ({"code": "success", "message": "ok", "data": {"fail_reason": "m"}}, ("", "m")),
        ({"data": {"task_status_msg": "m"}, "code": 0, "message": "SUCCEED"}, ("", "m")),
        ({"error": "m"}, ("", "m")),
        ({}, ("", "")),
    ],
)
def test_a_failure_s_reason_is_found(answer: Any, said: tuple[str, str]) -> None:
    assert failure_in(reply(answer)) == said


@pytest.mark.parametrize(
    "answer",
    [
        {"video_url": "https://c.example/1.mp4"},
        {"data": {"result_url": "https://c.example/1.mp4"}},
        {"output": ["https://c.example/1.mp4"]},
        {"result": {"videos": [{"url": "https://c.example/1.mp4"}]}},
        {"data": {"task_result": {"videos": [{"url": "https://c.example/1.mp4"}]}}},
        {"url": "/srv/1.mp4", "video": {"url": "https://c.example/1.mp4"}},
    ],
)
def test_an_address_is_found(answer: Any) -> None:
    assert address_in(reply(answer)) == "https://c.example/1.mp4"


def made(_: Reply) -> Succeeded:
    return Succeeded(url="https://c.example/1.mp4")


READING = AnswerReading(states=(("status",),), ids=(("id",), ("task_id",)), made=made)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"id": "1", "status": "Succeeded"}, Succeeded(url="https://c.example/1.mp4")),
        ({"status": "done"}, Succeeded(url="https://c.example/1.mp4")),
        ({"id": 1, "status": "in-progress", "progress": "45.5%"}, Running(45)),
        ({"id": "7", "task_id": "1", "status": "queued"}, Running(0)),
        ({"id": "7", "status": "completed"}, Unrecognized("an answer about another job")),
        ({"id": "7", "status": "failed"}, Unrecognized("an answer about another job")),
        ({"id": "1", "status": "error", "error": {"message": "m"}}, Failed("failed", "m")),
        ({"status": "error", "message": "m"}, Unrecognized("status error, without the job's id")),
        ({"id": "1", "status": "Canceled"}, Failed("cancelled", "the task was cancelled at the provider")),
        ({"id": "1", "status": "timeout", "fail_reason": "slow"}, Failed("expired", "slow")),
        ({"id": "1", "status": "moderated"}, Failed("rejected", "the provider's moderation refused the task")),
        ({"id": "1", "data": {"task_status": "FAILED"}}, Failed("failed", "the provider reported a failure")),
        ({"id": "1", "status": "task_not_exist"}, NotFound()),
        ({"status": "success", "data": {"task_id": "1", "status": "processing"}}, Running(0)),
        ({"status": "ok", "data": {"status": "FAILED", "fail_reason": "m"}}, Failed("failed", "m")),
        ({"id": "1", "status": "success", "data": {}}, Succeeded(url="https://c.example/1.mp4")),
        ({"id": "1", "status": "in_progress", "data": {"status": "failed"}}, Running(0)),
        ({"id": "1", "status": "paused"}, Unrecognized("status paused")),
        ({"id": "1"}, Unrecognized("no status: HTTP 200")),
        ({"id": "1", "error": {"code": "E", "message": "m"}}, Unrecognized("no status: E m", Failed("E", "m"))),
        ({"error": {"code": "E", "message": "m"}}, Unrecognized("no status: E m")),
    ],
)
def test_a_verdict_is_read(answer: Any, verdict: object) -> None:
    assert READING.verdict(reply(answer), "1") == verdict


def test_what_a_vendor_says_of_a_failure_stands_before_what_the_field_would() -> None:
    own = READING._replace(failed=lambda _: Said("Own", ""))

    assert own.verdict(reply({"id": "1", "status": "failed", "fail_reason": "m"}), "1") == Failed("Own", "m")
