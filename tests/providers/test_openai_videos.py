"""The answers of servers that speak /v1/videos: what each says of a job, by profile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.routing import can_make
from reelgate.providers.account import Account
from reelgate.providers.openai_profiles import PROFILES
from reelgate.providers.openai_videos import KIND, OpenAIVideosProvider
from reelgate.providers.port import (
    Failed,
    FileAddress,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Running,
    Succeeded,
    Unrecognized,
)
from reelgate.request import MediaKind, Mode, Role
from tests.conductor.studio import HandClock
from tests.ports import reserved
from tests.providers.jobs import here, job, model
from tests.providers.scripted import ScriptedVendor

T = TypeVar("T")

SINCE = 1_795_541_400_500
SECOND = SINCE // 1000
CREATED = {"id": "video_1", "object": "video", "status": "queued", "progress": 0}
MADE = job("happyhorse-1.1-t2v")
FREE, PAID = ["vllm_omni", "sglang"], ["generic", "new_api"]


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def ask(
    vendor: ScriptedVendor,
    call: Callable[[OpenAIVideosProvider], Awaitable[T]],
    profile: str = "generic",
    key: str = "sk",
    **options: str,
) -> T:
    async def run() -> T:
        account = Account(
            name="main",
            kind="openai_videos",
            key=key,
            base_url=vendor.url,
            options={"profile": profile, **options},
        )
        provider = OpenAIVideosProvider(account, seconds=60.0)
        await provider.open()
        try:
            return await call(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def test_it_is_found_where_an_address_is_set() -> None:
    made = KIND.make(Account(name="second", kind="openai_videos"))

    assert (KIND.key_env, KIND.url_env) == ("OPENAI_VIDEOS_API_KEY", "OPENAI_VIDEOS_BASE_URL")
    assert KIND.base_url == ""
    assert (made.name, made.kind, made.local, made.repeatable) == ("second", "openai_videos", False, False)


@pytest.mark.parametrize("profile", PROFILES)
def test_only_an_engine_s_jobs_may_be_made_again(profile: str) -> None:
    made = KIND.make(Account(name="main", kind="openai_videos", options={"profile": profile}))

    assert made.repeatable == (profile in FREE)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"profile": "vllm"}, r"options\.profile is 'vllm'; allowed: generic, new_api, sglang, vllm_omni"),
        ({"fps": "fast"}, r"options\.fps is 'fast'"),
        ({"fps": "0"}, r"options\.fps is '0'"),
    ],
)
def test_options_that_mean_nothing_are_named(options: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        KIND.make(Account(name="main", kind="openai_videos", options=options))


def test_it_makes_the_named_models_in_the_modes_that_the_server_has() -> None:
    named = Account(name="main", kind="openai_videos", models=("wan2.7-i2v", "viduq3t-720p"))

    assert can_make(named, model("wan2.7-i2v"), Mode.IMAGE)
    assert not can_make(named, model("wan2.7-i2v"), Mode.FRAMES)
    assert not can_make(named, model("wan2.7-t2v"), Mode.TEXT)
    assert not can_make(named, model("viduq3t-720p"), Mode.REFERENCE)
    assert not can_make(Account(name="main", kind="openai_videos"), model("wan2.7-i2v"), Mode.IMAGE)


def test_a_create_is_json_with_the_key(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 202, CREATED)

    assert ask(vendor, lambda p: p.submit(MADE), model="sora-2") == "video_1"

    seen = vendor.seen[0]
    assert (seen.path, seen.headers["authorization"]) == ("/v1/videos", "Bearer sk")
    assert (seen.body["model"], seen.body["seconds"]) == ("sora-2", "5")


@pytest.mark.parametrize("profile", FREE)
def test_an_engine_gets_a_form_also_without_a_file_and_no_key(vendor: ScriptedVendor, profile: str) -> None:
    vendor.answer("POST", 200, CREATED)

    ask(vendor, lambda p: p.submit(MADE), profile, key="")

    seen = vendor.seen[0]
    assert seen.headers["content-type"].startswith("multipart/form-data")
    assert "authorization" not in seen.headers
    assert 'name="prompt"\r\n\r\n一只猫 on the moon\r\n'.encode() in seen.body
    assert b'name="num_frames"\r\n\r\n81\r\n' in seen.body


@pytest.mark.parametrize("profile", PROFILES)
def test_a_picture_goes_along_as_a_file(vendor: ScriptedVendor, profile: str, tmp_path: Path) -> None:
    vendor.answer("POST", 200, CREATED)
    made = job("happyhorse-1.1-i2v", here(tmp_path / "a", MediaKind.IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE)

    ask(vendor, lambda p: p.submit(made), profile, **({"channel": "sora"} if profile == "new_api" else {}))

    part = b'name="input_reference"; filename="input-1.png"\r\nContent-Type: image/png\r\n\r\nnot really media\r\n'
    assert part in vendor.seen[0].body


def test_a_relay_may_call_the_id_otherwise(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, {"task_id": "task_1", "status": "unknown"})

    assert ask(vendor, lambda p: p.submit(MADE), "new_api") == "task_1"


def envelope(code: Any, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": "m", "type": kind, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("profile", "status", "body", "error", "account"),
    [
        ("generic", 400, envelope("invalid_value"), Rejected, False),
        ("generic", 401, envelope("invalid_api_key"), NotSent, True),
        ("generic", 402, envelope("payment_required"), NotSent, True),
        ("generic", 404, {"detail": "Not Found"}, NotSent, True),
        ("generic", 409, envelope("conflict"), Rejected, False),
        ("generic", 429, envelope("rate_limit_exceeded"), NotSent, False),
        ("generic", 429, envelope("insufficient_quota"), NotSent, True),
        ("generic", 500, envelope("server_error"), OutcomeUnknown, False),
        ("generic", 200, {"object": "video"}, OutcomeUnknown, False),
        ("generic", 200, envelope("server_error"), OutcomeUnknown, False),
        ("generic", 200, envelope("moderation_blocked"), Rejected, False),
        ("new_api", 400, {"code": "invalid_request", "message": "m", "data": None}, Rejected, False),
        ("new_api", 503, envelope("model_not_found"), NotSent, False),
        ("new_api", 500, {"code": "do_request_failed", "message": "m", "data": None}, OutcomeUnknown, False),
        ("vllm_omni", 400, envelope(400, "BadRequestError"), Rejected, False),
        ("vllm_omni", 409, envelope(409, "ConflictError"), NotSent, True),
        ("vllm_omni", 422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, Rejected, False),
        ("vllm_omni", 500, envelope(500, "InternalServerError"), NotSent, False),
        ("sglang", 500, b"Internal Server Error", NotSent, False),
        ("sglang", 200, b"", NotSent, False),
    ],
)
def test_a_create_without_a_job(
    vendor: ScriptedVendor, profile: str, status: int, body: Any, error: type[Exception], account: bool
) -> None:
    """An engine of the operator's own costs nothing, so its submissions have no unknown outcome."""
    vendor.answer("POST", status, body)

    with pytest.raises(error) as raised:
        ask(vendor, lambda p: p.submit(MADE), profile)

    assert getattr(raised.value, "account", False) is account


@pytest.mark.parametrize(
    ("profile", "answer", "verdict"),
    [
        ("generic", {"status": "queued", "progress": 0}, Running(0)),
        ("generic", {"status": "in_progress", "progress": 42}, Running(42)),
        ("generic", {"status": "in_progress", "progress": "30%"}, Running(30)),
        ("generic", {"status": "in_progress", "progress": 100}, Running(99)),
        ("generic", {"status": "unknown"}, Unrecognized("status unknown")),
        ("new_api", {"status": "unknown"}, Running(0)),
        ("generic", {"status": "paused"}, Unrecognized("status paused")),
        ("generic", {"status": ""}, Unrecognized("no status: HTTP 200")),
        (
            "generic",
            {"status": "failed", "error": {"code": "moderation_blocked", "message": "m"}},
            Failed("moderation_blocked", "m"),
        ),
        (
            "sglang",
            {"status": "failed", "error": {"message": "CUDA out of memory"}},
            Failed("failed", "CUDA out of memory"),
        ),
        ("generic", {"status": "failed", "error": None}, Failed("failed", "the provider reported a failure")),
    ],
)
def test_a_status_and_what_it_says(
    vendor: ScriptedVendor, profile: str, answer: dict[str, Any], verdict: object
) -> None:
    vendor.answer("GET", 200, {"id": "video_1", "object": "video", **answer})

    assert ask(vendor, lambda p: p.poll("video_1"), profile) == verdict
    assert vendor.seen[0].path == "/v1/videos/video_1"


@pytest.mark.parametrize("status", [400, 403, 422, 429, 500, 504])
def test_an_engine_may_tell_a_failed_job_by_the_status(vendor: ScriptedVendor, status: int) -> None:
    """Elsewhere such an answer says nothing of the job."""
    failed = {"id": "video_1", "status": "failed", "error": {"code": status, "message": "NaN in latents"}}
    vendor.answer("GET", status, failed)

    assert ask(vendor, lambda p: p.poll("video_1"), "vllm_omni") == Failed("failed", "NaN in latents")

    if status in (403, 429, 500, 504):
        with pytest.raises(OSError, match=r"refuses|HTTP"):
            ask(vendor, lambda p: p.poll("video_1"))


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ({"metadata": {"url": "https://cdn.example/1.mp4"}}, "https://cdn.example/1.mp4"),
        ({"url": "https://s3.example/1.mp4"}, "https://s3.example/1.mp4"),
        ({"url": None, "urls": ["https://s3.example/1.mp4"]}, "https://s3.example/1.mp4"),
    ],
)
def test_a_video_with_an_address_is_fetched_there_without_the_key(
    vendor: ScriptedVendor, said: dict[str, Any], url: str
) -> None:
    vendor.answer("GET", 200, {"id": "video_1", "status": "completed", "progress": 100, **said})

    content = FileAddress(f"{vendor.url}/videos/video_1/content", (("Authorization", "Bearer sk"),))
    assert ask(vendor, lambda p: p.poll("video_1"), "new_api") == Succeeded(url=url, also=(content,))


@pytest.mark.parametrize("said", [{}, {"url": "/srv/outputs/1.mp4"}, {"file_path": "/srv/outputs/1.mp4"}])
def test_any_other_is_fetched_under_its_id_with_the_key_and_in_no_variant(
    vendor: ScriptedVendor, said: dict[str, Any]
) -> None:
    vendor.answer("GET", 200, {"id": "video_1", "status": "completed", **said})

    made = ask(vendor, lambda p: p.poll("video_1"), "sglang")

    assert made == Succeeded(url=f"{vendor.url}/videos/video_1/content", headers=(("Authorization", "Bearer sk"),))


def test_without_a_key_none_is_sent(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, {"id": "video_1", "status": "completed"})

    assert ask(vendor, lambda p: p.poll("video_1"), key="") == Succeeded(url=f"{vendor.url}/videos/video_1/content")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, envelope("not_found")),
        (404, {"detail": "Video not found"}),
        (400, {"code": "task_not_exist", "message": "task_not_exist", "data": None}),
    ],
)
def test_a_job_that_the_server_does_not_know_is_gone_unless_it_is_young(
    vendor: ScriptedVendor, status: int, body: Any
) -> None:
    vendor.answer("POST", 200, CREATED)
    vendor.answer("GET", status, body)

    async def story(provider: OpenAIVideosProvider) -> object:
        return await provider.poll(await provider.submit(MADE))

    assert ask(vendor, lambda p: p.poll("video_1")) == NotFound()
    assert isinstance(ask(vendor, story), Unrecognized)


BARE = {"id": "task_1", "error": {"message": "upstream said no", "code": "fail"}}


def test_a_job_that_new_api_gave_up_is_read_at_its_other_address(vendor: ScriptedVendor) -> None:
    record = {"task_id": "task_1", "status": "FAILURE", "fail_reason": "no credit"}
    vendor.answer("GET", 200, BARE, at="/v1/videos/task_1")
    vendor.answer("GET", 200, {"code": "success", "data": record}, at="/v1/video/generations/task_1")

    assert ask(vendor, lambda p: p.poll("task_1"), "new_api") == Failed("failed", "no credit")

    vendor.answer(
        "GET", 200, {"code": "success", "data": {**record, "status": "IN_PROGRESS"}}, at="/v1/video/generations/task_1"
    )
    assert ask(vendor, lambda p: p.poll("task_1"), "new_api") == Running(0)


@pytest.mark.parametrize("profile", ["generic", "new_api"])
def test_an_error_in_place_of_a_state_is_the_end_once_it_was_told_for_a_while(
    vendor: ScriptedVendor, profile: str
) -> None:
    vendor.answer("GET", 200, BARE, at="/v1/videos/task_1")
    vendor.answer("GET", 404, {"code": "task_not_exist", "message": ""}, at="/v1/video/generations/task_1")
    clock = HandClock()

    async def story(provider: OpenAIVideosProvider) -> list[object]:
        provider._clock = clock
        told: list[object] = []
        for seconds in (0, limits.VENDOR_BARE_ERROR_SECONDS - 1, 1):
            clock.pass_seconds(seconds)
            told.append(await provider.poll("task_1"))
        return told

    first, second, third = ask(vendor, story, profile)
    assert isinstance(first, Unrecognized)
    assert isinstance(second, Unrecognized)
    assert third == Failed("fail", "upstream said no")


def test_a_page_of_something_in_between_says_nothing(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 404, b"<html>nginx</html>")

    assert isinstance(ask(vendor, lambda p: p.poll("video_1")), Unrecognized)


@pytest.mark.parametrize(
    ("profile", "status", "deleted"),
    [
        ("generic", "queued", 1),
        ("generic", "in_progress", 1),
        ("generic", "completed", 0),
        ("generic", "failed", 0),
        ("vllm_omni", "in_progress", 1),
        ("sglang", "in_progress", 0),
        ("new_api", "queued", 0),
    ],
)
def test_only_a_job_that_goes_on_is_deleted_and_only_where_that_stops_it(
    vendor: ScriptedVendor, profile: str, status: str, deleted: int
) -> None:
    vendor.answer("GET", 200, {"id": "video_1", "status": status})
    vendor.answer("DELETE", 409, envelope("conflict"))

    ask(vendor, lambda p: p.cancel("video_1"), profile)

    assert [seen.method for seen in vendor.seen].count("DELETE") == deleted


@pytest.mark.parametrize("profile", PROFILES)
def test_only_an_engine_that_keeps_files_for_ever_is_tidied(vendor: ScriptedVendor, profile: str) -> None:
    vendor.answer("DELETE", 500, {})

    ask(vendor, lambda p: p.forget("video_1"), profile)

    assert [seen.method for seen in vendor.seen] == (["DELETE"] if profile == "vllm_omni" else [])


def listed(job_id: str, **changes: Any) -> dict[str, Any]:
    told = {"prompt": "一只猫 on the moon", "model": "happyhorse-1.1-t2v", "seconds": "5", "status": "queued"}
    return {"id": job_id, "created_at": SECOND + 1, **told, **changes}


def find(vendor: ScriptedVendor, jobs: list[Any], profile: str = "generic", **page: Any) -> str | None:
    vendor.answer("GET", 200, {"object": "list", "data": jobs, **page})
    return ask(vendor, lambda p: p.find(MADE, since=SINCE), profile)


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ([], None),
        ([listed("a")], "a"),
        ([listed("a", created_at=SECOND - 6)], None),
        ([listed("a", created_at=SECOND + 190)], None),
        ([listed("a"), listed("b")], None),
        ([listed("a"), listed("b", prompt="另一只")], "a"),
        ([listed("a"), listed("b", model="other")], "a"),
        ([listed("a"), listed("b", seconds="8")], "a"),
        ([listed("a", prompt=None, model=None, seconds=None)], "a"),
        (["nonsense", {"id": 1}], None),
    ],
)
def test_an_unknown_submission_is_found_where_only_one_job_fits(
    vendor: ScriptedVendor, jobs: list[Any], found: str | None
) -> None:
    assert find(vendor, jobs) == found
    assert vendor.seen[0].query == {"limit": ["100"], "order": ["desc"]}


@pytest.mark.parametrize(("prompt", "found"), [("一只猫 on the moon", "a"), (None, None)])
def test_while_another_one_is_in_doubt_only_the_prompt_tells(
    vendor: ScriptedVendor, prompt: str | None, found: str | None
) -> None:
    vendor.answer("GET", 200, {"object": "list", "data": [listed("a", prompt=prompt)]})
    lost = replace(MADE, alone=False)

    assert ask(vendor, lambda p: p.find(lost, since=SINCE)) == found


def test_further_pages_are_read_until_they_are_too_old(vendor: ScriptedVendor) -> None:
    assert find(vendor, [listed("a"), listed("b", created_at=SECOND - 60)], has_more=True) == "a"
    assert len(vendor.seen) == 1

    assert find(vendor, [listed("x", prompt="y")], has_more=True) is None
    assert vendor.seen[2].query["after"] == ["x"]
    assert len(vendor.seen) == 11


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_a_list_tells_nothing(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("GET", status, {"detail": "Method Not Allowed"})

    if status < 500:
        assert ask(vendor, lambda p: p.find(MADE, since=SINCE)) is None
    else:
        with pytest.raises(OSError, match="HTTP"):
            ask(vendor, lambda p: p.find(MADE, since=SINCE))


def test_a_relay_is_not_asked_for_one(vendor: ScriptedVendor) -> None:
    assert ask(vendor, lambda p: p.find(MADE, since=SINCE), "new_api") is None
    assert vendor.seen == []


@pytest.mark.parametrize(("status", "answer"), [(401, envelope("invalid_api_key")), (200, {}), (200, b"<html>")])
def test_a_list_that_can_t_be_read_is_an_error(vendor: ScriptedVendor, status: int, answer: Any) -> None:
    vendor.answer("GET", status, answer)

    with pytest.raises(OSError, match="does not list"):
        ask(vendor, lambda p: p.find(MADE, since=SINCE))


@pytest.mark.parametrize(("status", "kind"), [(400, Rejected), (401, NotSent), (500, OutcomeUnknown)])
def test_a_key_that_the_vendor_repeats_goes_no_further(
    vendor: ScriptedVendor, status: int, kind: type[Exception]
) -> None:
    key = "sk-0123456789abcdef"
    vendor.answer("POST", status, {"error": {"code": "bad", "message": f"Incorrect API key provided: {key}."}})

    with pytest.raises(kind) as refused:
        ask(vendor, lambda p: p.submit(MADE), key=key)

    assert "Incorrect API key provided: [key]." in str(refused.value)
    assert key not in repr(refused.value)


@pytest.mark.parametrize(
    ("replica", "profile", "dead"), [(True, "vllm_omni", True), (False, "vllm_omni", False), (True, "generic", False)]
)
def test_a_replica_that_says_nothing_for_long_is_dead(replica: bool, profile: str, dead: bool) -> None:
    async def run(port: int) -> None:
        clock = HandClock()
        address, options = f"http://127.0.0.1:{port}/v1", {"profile": profile, "model": "m"}
        account = Account(name="gpu", kind="openai_videos", base_url=address, options=options, replica=replica)
        provider = OpenAIVideosProvider(account, clock)
        await provider.open()
        try:
            for seconds in (0, limits.REPLICA_DEAD_SECONDS - 1):
                clock.pass_seconds(seconds)
                with pytest.raises(OSError, match="can't be reached"):
                    await provider.poll("video_1")
            clock.pass_seconds(1)
            if dead:
                assert await provider.poll("video_1") == NotFound(dead=True)
                return
            with pytest.raises(OSError, match="can't be reached"):
                await provider.poll("video_1")
        finally:
            await provider.aclose()

    with reserved() as port:
        asyncio.run(run(port))
