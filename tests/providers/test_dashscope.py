"""DashScope's answers: what each says of a job, and what it never says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from reelgate.providers.account import Account
from reelgate.providers.dashscope import KIND, DashScopeProvider
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
from tests.providers.jobs import job
from tests.providers.scripted import ScriptedVendor

SINCE = 1_795_541_400_000
"""2026-11-24 17:30:00 UTC, the next day in China."""


T = TypeVar("T")


class Clock:
    set_by = 0

    def __init__(self) -> None:
        self.ms = SINCE

    def now(self) -> int:
        return self.ms


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def ask(
    vendor: ScriptedVendor,
    call: Callable[[DashScopeProvider], Awaitable[T]],
    clock: Clock | None = None,
    **options: str,
) -> T:
    async def run() -> T:
        account = Account(name="main", kind="dashscope", key="sk-secret", base_url=vendor.url, options=options)
        provider = DashScopeProvider(account, clock, seconds=60.0)
        await provider.open()
        try:
            return await call(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def task(**output: Any) -> dict[str, Any]:
    return {"request_id": "r", "output": {"task_id": "t-1", **output}}


def test_it_is_found_under_the_vendor_s_own_names() -> None:
    made = KIND.make(Account(name="second", kind="dashscope", poll_seconds=15.0))

    assert (KIND.key_env, KIND.url_env) == ("DASHSCOPE_API_KEY", "DASHSCOPE_BASE_URL")
    assert KIND.base_url == "https://dashscope.aliyuncs.com/api/v1"
    assert (made.name, made.kind, made.local, made.repeatable) == ("second", "dashscope", False, False)
    assert made.poll_seconds == 15.0


def test_a_create_is_asynchronous_and_carries_the_key(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, task(task_status="PENDING"))

    assert ask(vendor, lambda p: p.submit(job("wan2.7-t2v")), workspace="ws-1") == "t-1"

    seen = vendor.seen[0]
    assert seen.path == "/v1/services/aigc/video-generation/video-synthesis"
    assert seen.headers["authorization"] == "Bearer sk-secret"
    assert seen.headers["x-dashscope-async"] == "enable"
    assert seen.headers["x-dashscope-workspace"] == "ws-1"
    assert seen.body["model"] == "wan2.7-t2v"


@pytest.mark.parametrize(
    ("status", "code", "error", "account"),
    [
        (400, "DataInspectionFailed", Rejected, False),
        (400, "InvalidParameter", Rejected, False),
        (400, "IPInfringementSuspect", Rejected, False),
        (400, "InvalidFile.Resolution", Rejected, False),
        (400, "Arrearage", NotSent, True),
        (401, "InvalidApiKey", NotSent, True),
        (403, "AccessDenied.Unpurchased", NotSent, True),
        (403, "AllocationQuota.FreeTierOnly", NotSent, True),
        (404, "ModelNotFound", NotSent, False),
        (429, "Throttling.RateQuota", NotSent, False),
        (429, "Throttling.AllocationQuota", NotSent, False),
        (429, "PrepaidBillOverdue", NotSent, True),
        (408, "RequestTimeOut", OutcomeUnknown, False),
        (500, "InternalError.Algo", OutcomeUnknown, False),
        (503, "ModelUnavailable", OutcomeUnknown, False),
        (200, "DataInspectionFailed", Rejected, False),
        (200, "Throttling", NotSent, False),
        (200, "InvalidApiKey", NotSent, True),
        (200, "InternalError.Timeout", OutcomeUnknown, False),
        (200, "", OutcomeUnknown, False),
    ],
)
def test_a_create_without_a_task(
    vendor: ScriptedVendor, status: int, code: str, error: type[Exception], account: bool
) -> None:
    vendor.answer("POST", status, {"code": code, "message": "内容 may be inappropriate.", "request_id": "r"})

    with pytest.raises(error) as raised:
        ask(vendor, lambda p: p.submit(job("wan2.7-t2v")))

    assert getattr(raised.value, "account", False) is account
    if isinstance(raised.value, Rejected):
        assert (raised.value.code, raised.value.message) == (code, "内容 may be inappropriate.")


def test_a_wait_that_the_vendor_asks_for_is_told(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 429, {"code": "Throttling", "message": "m"}, Retry_After="7")

    with pytest.raises(NotSent) as raised:
        ask(vendor, lambda p: p.submit(job("wan2.7-t2v")))

    assert raised.value.retry_after == 7


@pytest.mark.parametrize("answer", [{}, [], {"output": None}, {"output": {"task_status": "PENDING"}}, b"<html>"])
def test_a_200_without_a_task_and_without_a_reason_says_nothing(vendor: ScriptedVendor, answer: Any) -> None:
    vendor.answer("POST", 200, answer)

    with pytest.raises(OutcomeUnknown):
        ask(vendor, lambda p: p.submit(job("wan2.7-t2v")))


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        ({"task_status": "PENDING"}, Running(0)),
        ({"task_status": "RUNNING"}, Running(10)),
        ({"task_status": "FAILED", "code": "InvalidParameter", "message": "m"}, Failed("InvalidParameter", "m")),
        ({"task_status": "FAILED"}, Failed("failed", "the provider reported a failure")),
        ({"task_status": "CANCELED"}, Failed("cancelled", "the task was cancelled at the provider")),
        ({"task_status": "UNKNOWN"}, NotFound()),
        ({"task_status": "SUSPENDED"}, Unrecognized("status SUSPENDED")),
        ({"task_status": ""}, Unrecognized("no status: HTTP 200")),
        ({"task_status": "SUCCEEDED"}, Succeeded()),
    ],
)
def test_a_status_and_what_it_says(vendor: ScriptedVendor, output: dict[str, str], verdict: object) -> None:
    vendor.answer("GET", 200, task(**output))

    assert ask(vendor, lambda p: p.poll("t-1")) == verdict
    assert vendor.seen[0].path == "/v1/tasks/t-1"


def test_a_finished_task_names_its_video_length_and_ratio(vendor: ScriptedVendor) -> None:
    usage = {"output_video_duration": 10.04, "SR": "540", "ratio": "16:9"}
    vendor.answer(
        "GET", 200, task(task_status="SUCCEEDED", video_url="https://oss.example/v.mp4?a=1") | {"usage": usage}
    )

    made = ask(vendor, lambda p: p.poll("t-1"))

    assert made == Succeeded(url="https://oss.example/v.mp4?a=1", duration=10.04, ratio="16:9")


def test_usage_may_be_missing(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, task(task_status="SUCCEEDED", video_url="https://oss.example/v.mp4"))

    assert ask(vendor, lambda p: p.poll("t-1")) == Succeeded(url="https://oss.example/v.mp4")


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_refused_poll_says_nothing_of_the_job(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("GET", status, {"code": "InvalidApiKey", "message": "m"})

    with pytest.raises(OSError, match=r"refuses|HTTP"):
        ask(vendor, lambda p: p.poll("t-1"))


@pytest.mark.parametrize(("status", "answer"), [(200, b"<html>"), (200, {"code": "X"}), (404, {}), (303, {})])
def test_an_answer_that_is_none_is_odd(vendor: ScriptedVendor, status: int, answer: Any) -> None:
    vendor.answer("GET", status, answer)

    assert isinstance(ask(vendor, lambda p: p.poll("t-1")), Unrecognized)


def test_a_task_is_not_gone_in_its_first_minute(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, task(task_status="PENDING"))
    vendor.answer("GET", 200, task(task_status="UNKNOWN"))
    clock = Clock()

    async def story(provider: DashScopeProvider) -> list[object]:
        ref = await provider.submit(job("wan2.7-t2v"))
        early = await provider.poll(ref)
        clock.ms += 60_000
        return [early, await provider.poll(ref)]

    early, late = ask(vendor, story, clock)

    assert isinstance(early, Unrecognized)
    assert late == NotFound()


def test_a_cancel_that_comes_too_late_is_no_error(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 400, {"code": "UnsupportedOperation", "message": "Failed to cancel the task"})

    ask(vendor, lambda p: p.cancel("t-1"))

    assert vendor.seen[0].path == "/v1/tasks/t-1/cancel"
    assert vendor.seen[0].body is None


def test_a_cancel_that_is_not_heard_is_an_error(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 401, {"code": "InvalidApiKey", "message": "m"})

    with pytest.raises(OSError, match="did not cancel"):
        ask(vendor, lambda p: p.cancel("t-1"))


def listed(task_id: str, at: int, model: str = "wan2.7-t2v") -> dict[str, Any]:
    return {"task_id": task_id, "gmt_create": at, "model_name": model, "status": "RUNNING"}


@pytest.mark.parametrize(
    ("tasks", "found"),
    [
        ([], None),
        ([listed("a", SINCE + 900)], "a"),
        ([listed("a", SINCE - 5_000)], "a"),
        ([listed("a", SINCE - 5_001)], None),
        ([listed("a", SINCE + 190_000)], None),
        ([listed("a", SINCE + 900, "wan2.7-i2v")], None),
        ([listed("a", SINCE + 900), listed("b", SINCE - 60_000)], "a"),
        ([listed("a", SINCE + 900), listed("b", SINCE + 901)], None),
        (["nonsense", {"task_id": 1}], None),
    ],
)
def test_an_unknown_submission_is_found_where_only_one_task_fits(
    vendor: ScriptedVendor, tasks: list[Any], found: str | None
) -> None:
    vendor.answer("GET", 200, {"data": tasks, "page_no": 1, "page_size": 10, "total_page": 1, "total": len(tasks)})

    assert ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE)) == found


@pytest.mark.parametrize(
    ("prompts", "found"),
    [
        ({"a": "一只猫 on the moon", "b": "一只狗"}, "a"),
        ({"a": "", "b": "一只狗"}, "a"),
        ({"a": "一只猫 on the moon", "b": ""}, None),
        ({"a": "一只猫 on the moon", "b": "一只猫 on the moon"}, None),
        ({"a": "一只狗"}, None),
    ],
)
def test_a_task_that_tells_another_prompt_is_another_s(
    vendor: ScriptedVendor, prompts: dict[str, str], found: str | None
) -> None:
    vendor.answer("GET", 200, {"data": [listed(ref, SINCE) for ref in prompts], "total_page": 1}, at="/v1/tasks")
    for ref, prompt in prompts.items():
        vendor.answer("GET", 200, task(task_status="SUCCEEDED", orig_prompt=prompt), at=f"/v1/tasks/{ref}")

    assert ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE)) == found


def test_a_job_that_the_journal_knows_is_not_the_lost_one(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"data": [listed("known", SINCE), listed("lost", SINCE)], "total_page": 1})
    lost = replace(job("wan2.7-t2v"), taken=frozenset({"known"}))

    assert ask(vendor, lambda p: p.find(lost, since=SINCE)) == "lost"


@pytest.mark.parametrize(("prompt", "found"), [("", None), ("一只猫 on the moon", "a"), ("一只狗", None)])
def test_while_another_submission_is_in_doubt_only_the_prompt_tells(
    vendor: ScriptedVendor, prompt: str, found: str | None
) -> None:
    vendor.answer("GET", 200, {"data": [listed("a", SINCE)], "total_page": 1}, at="/v1/tasks")
    vendor.answer("GET", 200, task(task_status="RUNNING", orig_prompt=prompt), at="/v1/tasks/a")
    lost = replace(job("wan2.7-t2v"), alone=False)

    assert ask(vendor, lambda p: p.find(lost, since=SINCE)) == found


def test_every_page_of_the_list_is_read_and_a_task_on_several_of_them_is_one(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"data": [listed("a", SINCE)], "total_page": 3}, at="/v1/tasks")
    vendor.answer("GET", 200, task(task_status="RUNNING"), at="/v1/tasks/a")

    assert ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE)) == "a"
    assert [seen.query["page_no"] for seen in vendor.seen if "page_no" in seen.query] == [["1"], ["2"], ["3"]]


def test_a_job_that_is_known_already_is_not_the_lost_one(vendor: ScriptedVendor) -> None:
    async def story(provider: DashScopeProvider) -> str | None:
        vendor.answer("GET", 200, task(task_status="RUNNING"))
        await provider.poll("known")
        await provider.forget("known")
        vendor.answer("GET", 200, {"data": [listed("known", SINCE), listed("lost", SINCE)], "total_page": 1})
        return await provider.find(job("wan2.7-t2v"), since=SINCE)

    assert ask(vendor, story) == "lost"


def test_a_reference_is_forgotten_after_a_day(vendor: ScriptedVendor) -> None:
    clock = Clock()

    async def story(provider: DashScopeProvider) -> str | None:
        vendor.answer("GET", 200, task(task_status="RUNNING"))
        await provider.poll("old")
        clock.ms += 24 * 3_600_000 + 1
        await provider.poll("new")
        vendor.answer("GET", 200, {"data": [listed("old", clock.ms), listed("new", clock.ms)], "total_page": 1})
        return await provider.find(job("wan2.7-t2v"), since=clock.ms)

    assert ask(vendor, story, clock) == "old"


def test_the_list_is_asked_in_the_vendor_s_own_time(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"data": [], "total_page": 0})

    ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE))

    assert vendor.seen[0].path == "/v1/tasks"
    assert vendor.seen[0].query == {
        "start_time": ["20261125012955"],
        "end_time": ["20261125013305"],
        "model_name": ["wan2.7-t2v"],
        "page_no": ["1"],
    }


def test_a_list_too_long_to_be_read_tells_nothing(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"data": [listed("a", SINCE)], "total_page": 21})

    assert ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE)) is None


@pytest.mark.parametrize(("status", "answer"), [(401, {"code": "InvalidApiKey"}), (200, {}), (200, b"<html>")])
def test_a_list_that_can_t_be_read_is_an_error(vendor: ScriptedVendor, status: int, answer: Any) -> None:
    vendor.answer("GET", status, answer)

    with pytest.raises(OSError, match="does not list"):
        ask(vendor, lambda p: p.find(job("wan2.7-t2v"), since=SINCE))
