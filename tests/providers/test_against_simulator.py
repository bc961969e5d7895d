"""Every provider that is paid, against the simulated vendor of its kind: no fault is taken for what it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from reelgate.clock import SystemClock
from reelgate.providers.account import Account
from reelgate.providers.channels import NAMES as CHANNELS
from reelgate.providers.configured import kinds
from reelgate.providers.openai_videos import OpenAIVideosProvider
from reelgate.providers.port import Job, OutcomeUnknown, Provider
from reelgate.request import MediaKind, Mode, Role
from reelgate.testing import Simulator, check_arrival, check_provider, check_vendor
from tests.providers.jobs import at, job

JOBS: Mapping[str, Job] = {
    "anyfast": job("happyhorse-1.0-t2v"),
    "apiyi": job("wan2.7-t2v"),
    "ark": job("seedance-2.0-mini", resolution="480p"),
    "dashscope": job("wan2.7-t2v"),
    "openai_videos": job("happyhorse-1.1-t2v"),
    "uniall": job("happy-horse-720p"),
    "vidu": job("viduq3t-540p", resolution="540p"),
    **{f"new_api_{channel}": job("wan2.7-t2v") for channel in CHANNELS},
}
"""A job that each kind of provider takes, new-api with each kind of channel. A new kind joins here."""

OPTIONS: Mapping[str, dict[str, str]] = {
    f"new_api_{channel}": {"profile": "new_api", "channel": channel} for channel in CHANNELS
}
"""Options of a kind's account, where it needs any."""

VENDORS = [name for name in JOBS if not name.startswith("new_api_")]

FREE = {"diffusers"}
"""Kinds that no vendor stands behind."""

LISTING = {"ark", "dashscope", "openai_videos", "vidu"}
"""Kinds whose vendor lists its jobs."""

CALL_SECONDS = 60.0
SILENCE_SECONDS = 1.0
"""How long an answer is waited for that does not come."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(job_seconds=0.05) as simulator:
        yield simulator


def test_every_kind_is_held_to_it() -> None:
    assert {kind.name for kind in kinds()} - FREE == {kind_of(name) for name in JOBS}
    assert set(JOBS) <= set(Simulator.vendors)


@pytest.mark.parametrize("kind", JOBS)
def test_no_fault_is_taken_for_what_it_is_not(simulator: Simulator, kind: str) -> None:
    def make(seconds: float) -> Provider:
        return provider(simulator, kind, seconds)

    impatient = partial(make, SILENCE_SECONDS)
    asyncio.run(check_vendor(partial(make, CALL_SECONDS), JOBS[kind], simulator, kind, impatient=impatient))


@pytest.mark.parametrize("kind", JOBS)
def test_the_port_s_promises_are_kept(simulator: Simulator, kind: str) -> None:
    asyncio.run(check_provider(lambda: provider(simulator, kind), JOBS[kind]))


FRAME = at(MediaKind.IMAGE, Role.FIRST_FRAME)
ORDERS: Mapping[str, Job] = {
    "text": job("wan2.7-t2v", duration=7),
    "upright": job("wan2.7-t2v", ratio="9:16", duration=4),
    "square": job("wan2.7-t2v", ratio="1:1"),
    "classic": job("wan2.7-t2v", ratio="4:3"),
    "fine": job("wan2.7-t2v", resolution="1080p", duration=8),
    "small": job("seedance-2.0", resolution="480p", duration=4),
    "framed": job("wan2.7-i2v", FRAME, mode=Mode.IMAGE, duration=4),
    "framed, fine": job("wan2.7-i2v", FRAME, mode=Mode.IMAGE, resolution="1080p"),
    "framed, small": job("seedance-2.0", FRAME, mode=Mode.IMAGE, resolution="480p", duration=4),
}
NOT_TOLD: Mapping[str, set[str]] = {
    "sora": {"framed", "framed, fine", "framed, small"},  # it takes pictures as files, which these have none of
    "ali": set(),
    "doubao": set(),
    "vidu": {"upright", "square", "classic", "small", "framed, small"},
    "kling": {"classic", "small", "framed, small"},
    "hailuo": {"upright", "square", "classic", "small", "framed, small"},
}
"""The orders that a kind of channel has no fields for."""


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_arrives_changed_through_new_api(simulator: Simulator, channel: str) -> None:
    name = f"new_api_{channel}"
    sent = {
        order
        for order, made in ORDERS.items()
        if asyncio.run(check_arrival(lambda: provider(simulator, name), made, simulator, name))
    }

    assert set(ORDERS) - sent == NOT_TOLD[channel]


def test_a_channel_that_is_misnamed_is_found_out(simulator: Simulator) -> None:
    """What the check above is worth: the words for one channel, said to another."""
    account = Account(
        name="main",
        kind="openai_videos",
        key="sk-simulated",
        base_url=simulator.base_url("new_api_vidu"),
        options={"profile": "new_api", "channel": "doubao"},
    )

    def make() -> Provider:
        return OpenAIVideosProvider(account, seconds=CALL_SECONDS)

    with pytest.raises(AssertionError, match="what arrived of an order"):
        asyncio.run(check_arrival(make, ORDERS["upright"], simulator, "new_api_vidu"))


@pytest.mark.parametrize("kind", VENDORS)
@pytest.mark.parametrize("fault", ["drop_after_accept", "error_after_accept", "not_json"])
def test_a_lost_submission_is_found_where_the_vendor_has_a_list(kind: str, fault: str) -> None:
    with Simulator() as fresh:
        found = asyncio.run(lost_and_found(fresh, kind, fault))

    assert found == (fresh.jobs()[0].id if kind in LISTING else None)


@pytest.mark.parametrize("kind", VENDORS)
def test_a_submission_that_never_arrived_is_not_found(kind: str) -> None:
    with Simulator() as fresh:
        assert asyncio.run(lost_and_found(fresh, kind, "drop_before_accept")) is None
        assert fresh.paid(kind) == 0


@pytest.mark.parametrize("kind", sorted(LISTING))
def test_a_list_that_is_in_trouble_says_nothing(kind: str) -> None:
    with Simulator() as fresh:
        for trouble in ("error_before_accept", "throttle", "unauthorized", "not_json", "error_in_200"):
            fresh.fault(kind, "list", trouble)
            with pytest.raises(OSError, match=r"HTTP|does not list"):
                asyncio.run(lost_and_found(fresh, kind, "drop_after_accept"))


def kind_of(name: str) -> str:
    return "openai_videos" if name.startswith("new_api_") else name


def provider(simulator: Simulator, name: str, seconds: float = CALL_SECONDS) -> Provider:
    kind = kind_of(name)
    make: Callable[..., Provider] = next(one.make for one in kinds() if one.name == kind)
    account = Account(
        name="main",
        kind=kind,
        key="sk-simulated",
        base_url=simulator.base_url(name),
        poll_seconds=0.01,
        options=OPTIONS.get(name, {}),
    )
    return make(account, seconds=seconds)


async def lost_and_found(simulator: Simulator, kind: str, fault: str) -> str | None:
    """Submit a job whose outcome stays unknown, and return what a look for it finds."""
    one = provider(simulator, kind)
    await one.open()
    try:
        simulator.fault(kind, "create", fault)
        since = SystemClock().now()
        with pytest.raises(OutcomeUnknown):
            await one.submit(JOBS[kind])
        return await one.find(JOBS[kind], since=since)
    finally:
        await one.aclose()


class _Ahead:
    """The clock of a vendor that is ten minutes ahead of ours, or behind."""

    set_by = 0

    def __init__(self, ms: int) -> None:
        self._ms = ms

    def now(self) -> int:
        return SystemClock().now() + self._ms


@pytest.mark.parametrize("minutes", [10, -10])
@pytest.mark.parametrize("fault", ["drop_after_accept", "error_after_accept"])
@pytest.mark.parametrize("kind", sorted(LISTING))
def test_a_vendor_with_another_clock_loses_no_submission(kind: str, fault: str, minutes: int) -> None:
    with Simulator(clock=_Ahead(minutes * 60_000)) as fresh:
        found = asyncio.run(lost_and_found(fresh, kind, fault))

        assert found == fresh.jobs()[0].id
