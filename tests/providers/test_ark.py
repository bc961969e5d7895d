"""Ark's answers: what each says of a job, and what it never says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from reelgate.providers.account import Account
from reelgate.providers.ark import KIND, ArkProvider
from reelgate.providers.port import (
    Failed,
    Job,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Running,
    Succeeded,
    Unrecognized,
)
from tests.providers.jobs import job, model
from tests.providers.scripted import ScriptedVendor

T = TypeVar("T")

SINCE = 1_795_541_400_500
SECOND = SINCE // 1000
MODERATED = Failed("OutputVideoSensitiveContentDetected", "m")
TASKS = "/v1/contents/generations/tasks"


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def ask(vendor: ScriptedVendor, call: Callable[[ArkProvider], Awaitable[T]]) -> T:
    async def run() -> T:
        provider = ArkProvider(Account(name="main", kind="ark", key="ak", base_url=vendor.url), seconds=60.0)
        await provider.open()
        try:
            return await call(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def refused(code: str, message: str = "输入 may contain real person. Request id: 0217") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": "", "type": "BadRequest"}}


def test_it_is_found_under_the_vendor_s_own_names() -> None:
    made = KIND.make(Account(name="second", kind="ark"))

    assert (KIND.key_env, KIND.url_env) == ("ARK_API_KEY", "ARK_BASE_URL")
    assert KIND.base_url == "https://ark.cn-beijing.volces.com/api/v3"
    assert (made.name, made.kind, made.local, made.repeatable) == ("second", "ark", False, False)


def test_a_create_carries_the_key_and_its_id_comes_back(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, {"id": "cgt-1"})

    assert ask(vendor, lambda p: p.submit(job("seedance-2.0"))) == "cgt-1"
    assert (vendor.seen[0].path, vendor.seen[0].headers["authorization"]) == (TASKS, "Bearer ak")
    assert vendor.seen[0].body["model"] == "doubao-seedance-2-0-260128"


@pytest.mark.parametrize(
    ("status", "code", "error", "account"),
    [
        (400, "InvalidParameter.TaskTypeConstraint", Rejected, False),
        (400, "InputImageSensitiveContentDetected.PrivacyInformation", Rejected, False),
        (400, "MissingParameter", Rejected, False),
        (400, "InvalidEndpoint.ClosedEndpoint", NotSent, False),
        (401, "AuthenticationError", NotSent, True),
        (401, "InvalidAccountStatus", NotSent, True),
        (403, "AccountOverdueError", NotSent, True),
        (403, "OperationDenied.ServiceOverdue", NotSent, True),
        (404, "InvalidEndpointOrModel.NotFound", NotSent, False),
        (404, "ModelNotOpen", NotSent, False),
        (429, "ModelAccountRpmRateLimitExceeded", NotSent, False),
        (429, "QuotaExceeded", NotSent, False),
        (429, "ServerOverloaded", NotSent, False),
        (429, "SetLimitExceeded", NotSent, True),
        (500, "InternalServiceError", OutcomeUnknown, False),
        (200, "InternalServiceError", OutcomeUnknown, False),
        (200, "OutputVideoSensitiveContentDetected", Rejected, False),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_create_without_a_task(
    vendor: ScriptedVendor, wrapped: bool, status: int, code: str, error: type[Exception], account: bool
) -> None:
    body = refused(code)
    vendor.answer("POST", status, body if wrapped else body["error"])

    with pytest.raises(error) as raised:
        ask(vendor, lambda p: p.submit(job("seedance-2.0")))

    assert getattr(raised.value, "account", False) is account
    if isinstance(raised.value, Rejected):
        assert (raised.value.code, raised.value.message) == (code, body["error"]["message"])


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": None, "error": None}, [], b"", b"<html>"])
def test_a_200_without_a_task_and_without_a_reason_says_nothing(vendor: ScriptedVendor, answer: Any) -> None:
    vendor.answer("POST", 200, answer)

    with pytest.raises(OutcomeUnknown):
        ask(vendor, lambda p: p.submit(job("seedance-2.0")))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"status": "queued", "error": None}, Running(0)),
        ({"status": "running"}, Running(10)),
        ({"status": "failed"} | refused("OutputVideoSensitiveContentDetected", "m"), MODERATED),
        ({"status": "failed"}, Failed("failed", "the provider reported a failure")),
        ({"status": "cancelled"}, Failed("cancelled", "the task was cancelled at the provider")),
        (
            {"status": "expired"},
            Failed("expired", "the provider did not make the video in time"),
        ),
        ({"status": "paused"}, Unrecognized("status paused")),
        ({"status": ""}, Unrecognized("no status: HTTP 200")),
        ({}, Unrecognized("no status: HTTP 200")),
        ({"status": "succeeded", "content": {}}, Succeeded()),
    ],
)
def test_a_status_and_what_it_says(vendor: ScriptedVendor, answer: dict[str, Any], verdict: object) -> None:
    vendor.answer("GET", 200, {"id": "cgt-1", **answer})

    assert ask(vendor, lambda p: p.poll("cgt-1")) == verdict
    assert vendor.seen[0].path == f"{TASKS}/cgt-1"


def test_a_finished_task_names_its_video_length_and_ratio(vendor: ScriptedVendor) -> None:
    content = {"video_url": "https://tos.example/v.mp4?X-Tos-Expires=86400", "last_frame_url": "https://tos.example/l"}
    vendor.answer("GET", 200, {"status": "succeeded", "content": content, "duration": 11, "ratio": "9:16"})

    made = ask(vendor, lambda p: p.poll("cgt-1"))

    assert made == Succeeded(url="https://tos.example/v.mp4?X-Tos-Expires=86400", duration=11, ratio="9:16")


def test_only_the_vendor_s_own_word_makes_a_task_gone(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 404, refused("NotFound.Task"))
    assert ask(vendor, lambda p: p.poll("cgt-1")) == NotFound()

    vendor.answer("GET", 404, b"<html>nginx</html>")
    assert isinstance(ask(vendor, lambda p: p.poll("cgt-1")), Unrecognized)


def test_a_task_that_was_just_accepted_is_not_gone(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, {"id": "cgt-1"})
    vendor.answer("GET", 404, refused("NotFound.Task"))

    async def story(provider: ArkProvider) -> object:
        return await provider.poll(await provider.submit(job("seedance-2.0")))

    assert isinstance(ask(vendor, story), Unrecognized)


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refused_poll_says_nothing_of_the_job(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("GET", status, refused("AccountOverdueError"))

    with pytest.raises(OSError, match=r"refuses|HTTP"):
        ask(vendor, lambda p: p.poll("cgt-1"))


@pytest.mark.parametrize(
    ("status", "deleted"), [("queued", 1), ("running", 0), ("succeeded", 0), ("failed", 0), ("", 0)]
)
def test_only_a_queued_task_is_deleted(vendor: ScriptedVendor, status: str, deleted: int) -> None:
    vendor.answer("GET", 200, {"id": "cgt-1", "status": status})
    vendor.answer("DELETE", 200, b"")

    ask(vendor, lambda p: p.cancel("cgt-1"))

    assert [seen.method for seen in vendor.seen].count("DELETE") == deleted


def test_a_task_that_began_in_the_meantime_goes_on(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"status": "queued"})
    vendor.answer("DELETE", 409, refused("InvalidAction.RunningTaskDeletion"))

    ask(vendor, lambda p: p.cancel("cgt-1"))


def listed(task_id: str, **changes: Any) -> dict[str, Any]:
    task = {"model": "doubao-seedance-2-0-260128", "status": "running", "created_at": SECOND + 1}
    return {"id": task_id, **task, "resolution": "720p", "ratio": "16:9", "duration": 5, **changes}


def find(vendor: ScriptedVendor, made: Job, tasks: list[Any]) -> str | None:
    vendor.answer("GET", 200, {"items": tasks, "total": len(tasks)})
    return ask(vendor, lambda p: p.find(made, since=SINCE))


@pytest.mark.parametrize(
    ("tasks", "found"),
    [
        ([], None),
        ([listed("a")], "a"),
        ([listed("a", created_at=SECOND - 5)], "a"),
        ([listed("a", created_at=SECOND - 6)], None),
        ([listed("a", created_at=SECOND + 190)], None),
        ([listed("a"), listed("b")], None),
        ([listed("a"), listed("b", model="doubao-seedance-2-0-fast-260128")], "a"),
        ([listed("a"), listed("b", resolution="480p")], "a"),
        ([listed("a"), listed("b", ratio="9:16")], "a"),
        ([listed("a"), listed("b", duration=6)], "a"),
        ([listed("a", resolution=None, ratio=None, duration=None)], "a"),
        (["nonsense", {"id": 1}], None),
    ],
)
def test_an_unknown_submission_is_found_where_only_one_task_fits(
    vendor: ScriptedVendor, tasks: list[Any], found: str | None
) -> None:
    assert find(vendor, job("seedance-2.0"), tasks) == found
    assert vendor.seen[0].query == {"page_num": ["1"], "page_size": ["500"], "filter.service_tier": ["default"]}


@pytest.mark.parametrize(
    ("tasks", "found"),
    [
        ([listed("a"), listed("b", safety_identifier="0197")], "b"),
        ([listed("a", safety_identifier="0197", created_at=SECOND + 900, ratio="1:1")], "a"),
        ([listed("a"), listed("b", safety_identifier="0196")], None),
        ([listed("a", safety_identifier="0196")], None),
    ],
)
def test_the_mark_that_a_task_bears_tells_for_sure(vendor: ScriptedVendor, tasks: list[Any], found: str | None) -> None:
    assert find(vendor, job("seedance-2.0"), tasks) == found


def test_what_was_left_open_is_not_compared(vendor: ScriptedVendor) -> None:
    made = job("seedance-2.0", ratio="adaptive", duration=-1)

    assert find(vendor, made, [listed("a", ratio="4:3", duration=11)]) == "a"


def test_a_seed_tells_tasks_apart_and_off_peak_ones_are_asked_for(vendor: ScriptedVendor) -> None:
    name = "doubao-seedance-1-5-pro-251215"
    made = job(model("seedance-2.0", upstream={"ark": name}, offpeak=True))

    assert find(vendor, made, [listed("a", model=name, seed=7), listed("b", model=name, seed=8)]) == "a"
    assert vendor.seen[0].query["filter.service_tier"] == ["flex"]


def test_a_page_that_does_not_reach_back_is_no_proof(vendor: ScriptedVendor) -> None:
    others = [listed(f"x{n}", resolution="480p") for n in range(499)]

    assert find(vendor, job("seedance-2.0"), [*others, listed("a")]) is None
    assert find(vendor, job("seedance-2.0"), [listed("a"), *others[1:], listed("old", created_at=SECOND - 9)]) == "a"


@pytest.mark.parametrize(("status", "answer"), [(401, refused("AuthenticationError")), (200, {}), (200, b"<html>")])
def test_a_list_that_can_t_be_read_is_an_error(vendor: ScriptedVendor, status: int, answer: Any) -> None:
    vendor.answer("GET", status, answer)

    with pytest.raises(OSError, match="does not list"):
        ask(vendor, lambda p: p.find(job("seedance-2.0"), since=SINCE))


def polled(vendor: ScriptedVendor, *refs: str) -> list[Any]:
    """Poll jobs at once; an error is what its poll ended in."""

    async def all_of_them(provider: ArkProvider) -> list[Any]:
        return await asyncio.gather(*(provider.poll(ref) for ref in refs), return_exceptions=True)

    return ask(vendor, all_of_them)


def test_polls_that_fall_due_together_are_one_question(vendor: ScriptedVendor) -> None:
    items = [
        {"id": "cgt-2", "status": "succeeded", "content": {"video_url": "https://v.example/2"}, "duration": 5},
        {"id": "cgt-1", "status": "running"},
        {"id": "cgt-9", "status": "failed"},
    ]
    vendor.answer("GET", 200, {"items": items, "total": 3}, at=TASKS)

    assert polled(vendor, "cgt-1", "cgt-2") == [Running(10), Succeeded(url="https://v.example/2", duration=5)]
    assert [seen.path for seen in vendor.seen] == [TASKS]
    assert vendor.seen[0].query["filter.task_ids"] == ["cgt-1", "cgt-2"]


def test_jobs_of_the_cheap_tier_are_asked_for_by_their_tier_and_what_is_still_missing_singly(
    vendor: ScriptedVendor,
) -> None:
    vendor.answer("GET", 200, {"items": [{"id": "cgt-1", "status": "queued"}]}, at=TASKS)
    vendor.answer("GET", 404, refused("NotFound.ContentGenerationTask"), at=f"{TASKS}/cgt-2")
    vendor.answer("GET", 200, {"id": "cgt-3", "status": "failed", "error": {"code": "E", "message": "m"}})

    assert polled(vendor, "cgt-1", "cgt-2", "cgt-3") == [Running(0), NotFound(), Failed("E", "m")]
    tiers = [seen.query.get("filter.service_tier") for seen in vendor.seen]
    assert tiers == [["default"], ["flex"], None, None]


@pytest.mark.parametrize("item", [{"status": "succeeded"}, {"status": "paused"}, {}])
def test_what_a_list_says_unclearly_is_asked_for_singly(vendor: ScriptedVendor, item: dict[str, Any]) -> None:
    vendor.answer("GET", 200, {"items": [{"id": "cgt-1", **item}, {"id": "cgt-2", "status": "queued"}, 7]}, at=TASKS)
    vendor.answer("GET", 200, {"id": "cgt-1", "status": "running"}, at=f"{TASKS}/cgt-1")

    assert polled(vendor, "cgt-1", "cgt-2") == [Running(10), Running(0)]


def test_a_list_that_is_refused_or_broken_says_nothing_of_any_job(vendor: ScriptedVendor) -> None:
    for status, calls in ((401, 1), (503, 1), (429, 1)):
        vendor.seen.clear()
        vendor.answer("GET", status, refused("X"))
        assert all(isinstance(end, OSError) for end in polled(vendor, "cgt-1", "cgt-2"))
        assert len(vendor.seen) == calls
    vendor.answer("GET", 400, refused("InvalidParameter"), at=TASKS)
    vendor.answer("GET", 200, {"status": "queued"})
    assert polled(vendor, "cgt-1", "cgt-2") == [Running(0), Running(0)]


def test_one_poll_alone_asks_for_its_job(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"id": "cgt-1", "status": "running"}, at=f"{TASKS}/cgt-1")

    assert polled(vendor, "cgt-1", "cgt-1") == [Running(10), Running(10)]
