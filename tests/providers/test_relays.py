"""What holds for every relay: envelopes of errors, refusals of the vendors behind, and what relays can't do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import pytest

from reelgate import limits
from reelgate.conductor.routing import can_make
from reelgate.providers import anyfast, apiyi, uniall
from reelgate.providers.account import Account, Kind
from reelgate.providers.answers import share_in
from reelgate.providers.port import Failed, NotFound, NotSent, OutcomeUnknown, Provider, Rejected, Unrecognized
from reelgate.request import Mode
from tests.conductor.studio import HandClock
from tests.providers.jobs import CATALOG, job
from tests.providers.scripted import ScriptedVendor

T = TypeVar("T")


class Relay(NamedTuple):
    kind: Kind
    provider: Callable[..., Provider]
    model: str
    created: dict[str, Any]
    create: str
    query: str


ANYFAST = Relay(
    anyfast.KIND,
    anyfast.AnyFastProvider,
    "seedance-2.0",
    {"id": "t-1", "task_id": "t-1", "object": "video", "status": "", "progress": 0},
    "/v1/v1/video/generations",
    "/v1/v1/video/generations/t-1",
)
UNIALL = Relay(
    uniall.KIND,
    uniall.UniAllProvider,
    "viduq3t-720p",
    {"id": "t-1", "task_id": "t-1", "object": "video.generation.job", "status": "queued"},
    "/v1/v1/video/generations",
    "/v1/v1/videos/t-1",
)
APIYI = Relay(
    apiyi.KIND,
    apiyi.ApiyiProvider,
    "wan2.7-t2v",
    {"output": {"task_id": "t-1", "task_status": "PENDING"}, "request_id": "r"},
    "/v1/wan/api/v1/services/aigc/video-generation/video-synthesis",
    "/v1/v1/tasks/t-1",
)
RELAYS = pytest.mark.parametrize("relay", [ANYFAST, UNIALL, APIYI], ids=lambda relay: relay.kind.name)


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def ask(vendor: ScriptedVendor, relay: Relay, call: Callable[[Provider], Awaitable[T]]) -> T:
    async def run() -> T:
        account = Account(name="main", kind=relay.kind.name, key="sk", base_url=vendor.url)
        provider = relay.provider(account, seconds=60.0)
        await provider.open()
        try:
            return await call(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def submit(vendor: ScriptedVendor, relay: Relay) -> str:
    return ask(vendor, relay, lambda p: p.submit(job(relay.model)))


@RELAYS
def test_it_is_found_under_a_name_of_its_own(relay: Relay) -> None:
    name = relay.kind.name
    made = relay.kind.make(Account(name="second", kind=name))

    assert (relay.kind.key_env, relay.kind.url_env) == (f"{name.upper()}_API_KEY", f"{name.upper()}_BASE_URL")
    assert relay.kind.base_url.startswith("https://")
    assert (made.name, made.kind, made.local, made.repeatable) == ("second", name, False, False)


@RELAYS
def test_it_makes_what_its_own_dialect_sells_and_no_other(relay: Relay) -> None:
    account = Account(name="main", kind=relay.kind.name)

    for model in CATALOG:
        for mode in model.modes:
            assert can_make(account, model, mode) == (model.dialect == relay.kind.name)
            if model.dialect == relay.kind.name:
                assert model.upstream_id(relay.kind.name, mode) == model.id


@RELAYS
def test_it_makes_named_models_only_where_its_words_for_them_are_known(relay: Relay) -> None:
    names = ("happyhorse-1.1-t2v", "seedance-2.0", "viduq3t-720p", "wan2.7-t2v")
    account = Account(name="main", kind=relay.kind.name, models=names)

    made = {model.family for model in CATALOG for mode in model.modes if can_make(account, model, mode)}

    known = {"anyfast": ("happyhorse", "seedance"), "uniall": ("happyhorse", "vidu"), "apiyi": ("happyhorse", "wan")}
    assert made == set(known[relay.kind.name])


@RELAYS
def test_a_create_carries_the_key_and_its_id_comes_back(vendor: ScriptedVendor, relay: Relay) -> None:
    vendor.answer("POST", 200, relay.created)

    assert submit(vendor, relay) == "t-1"
    assert (vendor.seen[0].path, vendor.seen[0].headers["authorization"]) == (relay.create, "Bearer sk")
    assert vendor.seen[0].body["model"] == relay.model


def forwarded(code: str, message: str = "可能包含真人") -> dict[str, Any]:
    """The refusal of a vendor behind, as relays pass it on."""
    behind = json.dumps({"error": {"code": code, "message": message, "type": "BadRequest"}})
    return {"code": "fail_to_fetch_task", "message": behind, "data": None}


def behind_vidu(reason: str) -> dict[str, Any]:
    behind = json.dumps({"code": 402, "reason": reason, "message": "m", "metadata": {}})
    return {"code": "fail_to_fetch_task", "message": behind, "data": None}


def own(code: str, kind: str = "new_api_error") -> dict[str, Any]:
    return {"error": {"code": code, "message": "m", "type": kind}}


@RELAYS
@pytest.mark.parametrize(
    ("status", "body", "error", "account"),
    [
        (400, forwarded("InputImageSensitiveContentDetected.PrivacyInformation"), Rejected, False),
        (400, own("invalid_request"), Rejected, False),
        (400, {"code": "invalid_request", "message": "m", "data": None}, Rejected, False),
        (401, own(""), NotSent, True),
        (401, {"error": {"message": "No token provided"}}, NotSent, True),
        (402, own("payment_required"), NotSent, True),
        (403, own("insufficient_user_quota"), NotSent, True),
        (403, own("", "permission_error"), NotSent, True),
        (403, {"code": "DataInspectionFailed", "message": "inappropriate content"}, Rejected, False),
        (403, {"error": {"message": "提示词未通过审核", "type": "task_error"}}, Rejected, False),
        (400, forwarded("Arrearage"), NotSent, True),
        (402, behind_vidu("CreditInsufficient"), NotSent, True),
        (400, {"code": "ali_api_error", "message": "Arrearage: Access denied.", "data": None}, NotSent, True),
        (400, {"code": "ali_api_error", "message": "DataInspectionFailed: no.", "data": None}, Rejected, False),
        (400, {"code": "1008", "message": "hailuo api error: no", "data": None}, NotSent, True),
        (400, {"code": "task_failed", "message": "Account balance not enough", "data": None}, NotSent, True),
        (400, {"code": "fail_to_fetch_task", "message": "insufficient balance", "data": None}, NotSent, True),
        (429, own(""), NotSent, False),
        (429, own("insufficient_user_quota"), NotSent, True),
        (429, forwarded("ServerOverloaded"), NotSent, False),
        (500, own("", "server_error"), OutcomeUnknown, False),
        (500, own("build_request_failed"), Rejected, False),
        (500, {"code": "do_request_failed", "message": "m", "data": None}, OutcomeUnknown, False),
        (500, forwarded("InternalServiceError"), OutcomeUnknown, False),
        (503, own("model_not_found"), NotSent, False),
        (503, b"<html>", OutcomeUnknown, False),
        (200, own("", "server_error"), OutcomeUnknown, False),
        (200, forwarded("OutputVideoSensitiveContentDetected"), Rejected, False),
        (200, {"code": "success", "message": "", "data": None}, OutcomeUnknown, False),
        (200, {}, OutcomeUnknown, False),
        (200, {"id": ""}, OutcomeUnknown, False),
        (200, [], OutcomeUnknown, False),
        (200, b"<html>", OutcomeUnknown, False),
    ],
)
def test_a_create_without_a_task(
    vendor: ScriptedVendor, relay: Relay, status: int, body: Any, error: type[Exception], account: bool
) -> None:
    vendor.answer("POST", status, body)

    with pytest.raises(error) as raised:
        submit(vendor, relay)

    assert getattr(raised.value, "account", False) is account


def test_the_refusal_of_the_vendor_behind_is_told_in_its_own_words(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 400, forwarded("InputTextSensitiveContentDetected", "输入的文本可能包含敏感信息"))

    with pytest.raises(Rejected) as raised:
        submit(vendor, ANYFAST)

    assert raised.value.code == "InputTextSensitiveContentDetected"
    assert raised.value.message == "输入的文本可能包含敏感信息"


@RELAYS
def test_a_client_is_not_told_of_the_relay_s_own_affairs(vendor: ScriptedVendor, relay: Relay) -> None:
    message = "No available channel for model x under group default (distributor)"
    vendor.answer("POST", 503, {"error": {"code": "model_not_found", "message": message, "type": "new_api_error"}})

    with pytest.raises(NotSent) as raised:
        submit(vendor, relay)

    assert message in raised.value.reason
    assert raised.value.told == "the provider does not offer this model here"


@RELAYS
def test_only_the_relay_s_own_word_makes_a_task_gone(vendor: ScriptedVendor, relay: Relay) -> None:
    for status in (400, 404):
        vendor.answer("GET", status, {"code": "task_not_exist", "message": "task_not_exist", "data": None})
        assert ask(vendor, relay, lambda p: p.poll("t-1")) == NotFound()
    assert vendor.seen[0].path == relay.query

    vendor.answer("GET", 404, b"<html>nginx</html>")
    assert isinstance(ask(vendor, relay, lambda p: p.poll("t-1")), Unrecognized)


@RELAYS
def test_an_error_in_place_of_a_state_is_the_end_once_it_was_told_for_a_while(
    vendor: ScriptedVendor, relay: Relay
) -> None:
    told = {"id": "t-1", "task_id": "t-1", "error": {"code": "upstream", "message": "no"}}
    vendor.answer("GET", 200, {**told, "data": {"task_id": "t-1"}})
    clock = HandClock()

    async def story(provider: Any) -> list[object]:
        provider._clock = clock
        first = await provider.poll("t-1")
        clock.pass_seconds(limits.VENDOR_BARE_ERROR_SECONDS)
        return [first, await provider.poll("t-1")]

    first, last = ask(vendor, relay, story)
    assert isinstance(first, Unrecognized)
    assert isinstance(last, Failed)


@RELAYS
def test_a_task_that_was_just_accepted_is_not_gone(vendor: ScriptedVendor, relay: Relay) -> None:
    vendor.answer("POST", 200, relay.created)
    vendor.answer("GET", 400, {"code": "task_not_exist", "message": "", "data": None})

    async def story(provider: Provider) -> object:
        return await provider.poll(await provider.submit(job(relay.model)))

    assert isinstance(ask(vendor, relay, story), Unrecognized)


@RELAYS
@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
def test_a_refused_poll_says_nothing_of_the_job(vendor: ScriptedVendor, relay: Relay, status: int) -> None:
    vendor.answer("GET", status, own("model_not_found"))

    with pytest.raises(OSError, match=r"refuses|HTTP"):
        ask(vendor, relay, lambda p: p.poll("t-1"))


@RELAYS
def test_nothing_can_be_cancelled_or_found(vendor: ScriptedVendor, relay: Relay) -> None:
    async def story(provider: Provider) -> str | None:
        await provider.cancel("t-1")
        return await provider.find(job(relay.model), since=0)

    assert ask(vendor, relay, story) is None
    assert vendor.seen == []


@pytest.mark.parametrize(
    ("told", "progress"),
    [
        ("30%", 30),
        ("100%", 99),
        (50, 50),
        (100, 99),
        (45.5, 45),
        ("45.5", 45),
        ("45.5%", 45),
        (" 45.5 %", 45),
        ("", 0),
        (None, 0),
        ("half", 0),
        (-1, 0),
        ("nan", 0),
        ("1e999", 0),
        (True, 0),
        ([45], 0),
    ],
)
def test_progress_comes_as_a_number_or_as_a_text(told: object, progress: int) -> None:
    assert share_in(told) == progress


def test_a_mode_counts_for_its_own_vendor_only() -> None:
    row = CATALOG.find("viduq3p-mix-540p")
    assert row is not None
    assert row.upstream_id("uniall", Mode.REFERENCE) == "viduq3p-mix-540p"
    assert row.upstream_id("vidu", Mode.REFERENCE) is None
