"""Vidu's answers: what each says of a job, and what it never says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from reelgate.providers.account import Account
from reelgate.providers.port import (
    Failed,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Running,
    Staged,
    Succeeded,
    Unrecognized,
)
from reelgate.providers.vidu import KIND, ViduProvider
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, job
from tests.providers.scripted import ScriptedVendor

T = TypeVar("T")

SINCE = 1_795_541_400_500
TASKS = "/v1/ent/v2/tasks"
CREATED = {"task_id": "945", "state": "created", "payload": "0197", "credits": 55}
FIRST, LAST = at(MediaKind.IMAGE, Role.FIRST_FRAME), at(MediaKind.IMAGE, Role.LAST_FRAME)


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def ask(vendor: ScriptedVendor, call: Callable[[ViduProvider], Awaitable[T]]) -> T:
    async def run() -> T:
        provider = ViduProvider(Account(name="main", kind="vidu", key="vda", base_url=vendor.url), seconds=60.0)
        await provider.open()
        try:
            return await call(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def refused(reason: str, status: int = 400) -> dict[str, Any]:
    return {"code": status, "reason": reason, "message": "请求无效", "metadata": {"trace_id": "t"}}


def test_it_is_found_under_the_vendor_s_own_names() -> None:
    made = KIND.make(Account(name="second", kind="vidu"))

    assert (KIND.key_env, KIND.url_env) == ("VIDU_API_KEY", "VIDU_BASE_URL")
    assert KIND.base_url == "https://api.vidu.cn"
    assert (made.name, made.kind, made.local, made.repeatable) == ("second", "vidu", False, False)


@pytest.mark.parametrize(
    ("inputs", "mode", "path"),
    [
        ((), Mode.TEXT, "text2video"),
        ((FIRST,), Mode.IMAGE, "img2video"),
        ((FIRST, LAST), Mode.FRAMES, "start-end2video"),
        ((at(MediaKind.IMAGE, Role.REFERENCE),), Mode.REFERENCE, "reference2video"),
    ],
)
def test_each_mode_has_its_create_and_the_key_is_a_token(
    vendor: ScriptedVendor, inputs: tuple[Staged, ...], mode: Mode, path: str
) -> None:
    vendor.answer("POST", 201, CREATED)

    assert ask(vendor, lambda p: p.submit(job("viduq3t-720p", *inputs, mode=mode))) == "945"
    assert vendor.seen[0].path == f"/v1/ent/v2/{path}"
    assert vendor.seen[0].headers["authorization"] == "Token vda"
    assert vendor.seen[0].body["payload"] == "0197"


@pytest.mark.parametrize(
    ("status", "code", "error", "account"),
    [
        (400, "FieldInvalid", Rejected, False),
        (400, "PageSizeOutOfRange", Rejected, False),
        (400, "TaskPromptPolicyViolation", Rejected, False),
        (400, "AuditSubmitIllegal", Rejected, False),
        (400, "CreditInsufficient", NotSent, True),
        (400, "ModelUnavailable", NotSent, False),
        (400, "OperationInProcess", NotSent, False),
        (401, "Unauthorized", NotSent, True),
        (403, "Forbidden", NotSent, True),
        (429, "QuotaExceeded", NotSent, False),
        (429, "TooManyRequests", NotSent, False),
        (429, "SystemThrottling", NotSent, False),
        (499, "Canceled", OutcomeUnknown, False),
        (500, "InternalServiceFailure", OutcomeUnknown, False),
        (200, "QuotaExceeded", NotSent, False),
        (200, "AuditSubmitIllegal", Rejected, False),
    ],
)
def test_a_create_without_a_task(
    vendor: ScriptedVendor, status: int, code: str, error: type[Exception], account: bool
) -> None:
    vendor.answer("POST", status, refused(code, status))

    with pytest.raises(error) as raised:
        ask(vendor, lambda p: p.submit(job("viduq3t-720p")))

    assert getattr(raised.value, "account", False) is account
    if isinstance(raised.value, Rejected):
        assert (raised.value.code, raised.value.message) == (code, "请求无效")


@pytest.mark.parametrize(
    "body", [{"code": "FieldInvalid", "message": "m"}, {"err_code": "FieldInvalid", "message": "m"}]
)
def test_the_name_of_an_error_may_stand_elsewhere(vendor: ScriptedVendor, body: dict[str, Any]) -> None:
    vendor.answer("POST", 400, body)

    with pytest.raises(Rejected) as raised:
        ask(vendor, lambda p: p.submit(job("viduq3t-720p")))

    assert raised.value.code == "FieldInvalid"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"err_code": "AuditSubmitIllegal"}, Rejected),
        ({"err_code": "CreditInsufficient"}, NotSent),
        ({}, Rejected),
    ],
)
def test_a_task_may_be_born_dead(vendor: ScriptedVendor, said: dict[str, Any], error: type[Exception]) -> None:
    vendor.answer("POST", 200, {**CREATED, "state": "failed", **said})

    with pytest.raises(error):
        ask(vendor, lambda p: p.submit(job("viduq3t-720p")))


@pytest.mark.parametrize("answer", [{}, {"task_id": ""}, {"request_id": "r"}, [], b"", b"<html>"])
def test_a_200_without_a_task_and_without_a_reason_says_nothing(vendor: ScriptedVendor, answer: Any) -> None:
    vendor.answer("POST", 200, answer)

    with pytest.raises(OutcomeUnknown):
        ask(vendor, lambda p: p.submit(job("viduq3t-720p")))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"state": "created"}, Running(0)),
        ({"state": "queueing"}, Running(0)),
        ({"state": "processing"}, Running(10)),
        ({"state": "processing", "progress": 60}, Running(60)),
        ({"state": "processing", "progress": "60%"}, Running(60)),
        (
            {"state": "failed", "err_code": "CreationPolicyViolation"},
            Failed("CreationPolicyViolation", "the finished video was refused by the provider's moderation"),
        ),
        ({"state": "failed", "err_code": ""}, Failed("failed", "the provider reported a failure")),
        (
            {"state": "failed", "err_code": "UserCancelled", "credits": 0},
            Failed("cancelled", "the task was cancelled at the provider"),
        ),
        ({"state": "paused"}, Unrecognized("status paused")),
        ({"state": ""}, Unrecognized("no status: HTTP 200")),
        ({}, Unrecognized("no status: HTTP 200")),
        ({"state": "success", "creations": []}, Succeeded()),
        ({"state": "success", "creations": [{"url": ""}]}, Succeeded()),
    ],
)
def test_a_state_and_what_it_says(vendor: ScriptedVendor, answer: dict[str, Any], verdict: object) -> None:
    vendor.answer("GET", 200, {"id": "945", **answer})

    assert ask(vendor, lambda p: p.poll("945")) == verdict
    assert vendor.seen[0].path == f"{TASKS}/945/creations"


def test_a_further_creation_is_taken_where_the_first_is_empty(vendor: ScriptedVendor) -> None:
    creations = [{"id": "1", "url": ""}, {"id": "2"}, {"id": "3", "url": "https://v.example/3.mp4"}]
    vendor.answer("GET", 200, {"id": "945", "state": "success", "creations": creations})

    assert ask(vendor, lambda p: p.poll("945")) == Succeeded(url="https://v.example/3.mp4")


def test_a_finished_task_s_video_is_fetched_without_the_key(vendor: ScriptedVendor) -> None:
    creation = {"id": "c", "url": "https://vod.example/v.mp4?sign=1", "cover_url": "https://vod.example/c.jpg"}
    vendor.answer("GET", 200, {"id": "945", "state": "success", "creations": [creation]})

    assert ask(vendor, lambda p: p.poll("945")) == Succeeded(url="https://vod.example/v.mp4?sign=1", headers=())


def test_only_the_vendor_s_own_word_makes_a_task_gone(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 404, refused("TaskNotFound", 404))
    assert ask(vendor, lambda p: p.poll("945")) == NotFound()

    vendor.answer("GET", 404, b"<html>nginx</html>")
    assert isinstance(ask(vendor, lambda p: p.poll("945")), Unrecognized)


def test_a_task_that_was_just_accepted_is_not_gone(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, CREATED)
    vendor.answer("GET", 404, refused("TaskNotFound", 404))

    async def story(provider: ViduProvider) -> object:
        return await provider.poll(await provider.submit(job("viduq3t-720p")))

    assert isinstance(ask(vendor, story), Unrecognized)


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refused_poll_says_nothing_of_the_job(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("GET", status, refused("Unauthorized", status))

    with pytest.raises(OSError, match=r"refuses|HTTP"):
        ask(vendor, lambda p: p.poll("945"))


@pytest.mark.parametrize("status", [200, 400, 404, 409])
def test_after_a_cancel_the_task_is_read_again(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("POST", status, {})
    vendor.answer("GET", 200, {"id": "945", "state": "processing"})

    ask(vendor, lambda p: p.cancel("945"))

    assert [(seen.method, seen.path) for seen in vendor.seen] == [
        ("POST", f"{TASKS}/945/cancel"),
        ("GET", f"{TASKS}/945/creations"),
    ]
    assert vendor.seen[0].body == {"id": "945"}


def test_a_cancel_that_the_account_may_not_make_is_an_error(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 401, refused("Unauthorized", 401))

    with pytest.raises(OSError, match="did not cancel"):
        ask(vendor, lambda p: p.cancel("945"))


def find(vendor: ScriptedVendor, tasks: list[Any]) -> str | None:
    vendor.answer("GET", 200, {"tasks": tasks, "payload": "0197"})
    return ask(vendor, lambda p: p.find(job("viduq3t-720p"), since=SINCE))


@pytest.mark.parametrize(
    ("tasks", "found", "calls"),
    [
        ([], None, 1),
        ([{"id": "1", "payload": "0196"}, {"id": "2", "payload": "0197"}], "2", 1),
        ([{"task_id": "1", "payload": "0197"}], "1", 1),
        ([{"id": "1", "payload": "0196"}], None, 1),
        ([{"id": "1"}, {"id": "2", "payload": "0196"}], "1", 2),
        (["nonsense", {"id": 1}], None, 1),
    ],
)
def test_an_unknown_submission_is_found_by_the_mark_that_it_bears(
    vendor: ScriptedVendor, tasks: list[Any], found: str | None, calls: int
) -> None:
    """Where the list does not show the mark, the tasks themselves do (here the first that is asked)."""
    assert find(vendor, tasks) == found
    assert len(vendor.seen) == calls
    assert vendor.seen[0].query == {
        "created_at.from": ["2026-11-24T17:29:55.500Z"],
        "created_at.to": ["2026-11-24T17:33:05.500Z"],
        "pager.page": ["1"],
        "pager.pagesz": ["100"],
        "paper.page": ["1"],
        "paper.pagesz": ["100"],
    }


def test_a_full_page_is_not_the_last(vendor: ScriptedVendor) -> None:
    assert find(vendor, [{"id": str(n), "payload": "other"} for n in range(100)]) is None
    assert [seen.query["pager.page"] for seen in vendor.seen] == [[str(n)] for n in range(1, 11)]


@pytest.mark.parametrize(("status", "answer"), [(401, refused("Unauthorized", 401)), (200, {}), (200, b"<html>")])
def test_a_list_that_can_t_be_read_is_an_error(vendor: ScriptedVendor, status: int, answer: Any) -> None:
    vendor.answer("GET", status, answer)

    with pytest.raises(OSError, match="does not list"):
        ask(vendor, lambda p: p.find(job("viduq3t-720p"), since=SINCE))
