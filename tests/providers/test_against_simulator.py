"""Every provider that is paid, against the simulated vendor of its kind: no fault is taken for what it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest

from reelgate.providers.account import Account
from reelgate.providers.configured import kinds
from reelgate.providers.port import Job, Provider
from reelgate.testing import Simulator, check_vendor
from tests.providers.jobs import job

JOBS: Mapping[str, Job] = {
    "anyfast": job("happyhorse-1.0-t2v"),
    "apiyi": job("wan2.7-t2v"),
    "ark": job("seedance-2.0-mini", resolution="480p"),
    "dashscope": job("wan2.7-t2v"),
    "openai_videos": job("happyhorse-1.1-t2v"),
    "uniall": job("happy-horse-720p"),
    "vidu": job("viduq3t-540p", resolution="540p"),
}
"""A job that each kind of provider takes. A new kind joins here."""

OPTIONS: Mapping[str, dict[str, str]] = {}
"""Options of a kind's account, where it needs any."""

FREE = {"diffusers"}
"""Kinds that no vendor stands behind."""

CALL_SECONDS = 0.4


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(job_seconds=0.05) as simulator:
        yield simulator


def test_every_kind_is_held_to_it() -> None:
    assert {kind.name for kind in kinds()} - FREE == set(JOBS)
    assert set(JOBS) <= set(Simulator.vendors)


@pytest.mark.parametrize("kind", JOBS)
def test_no_fault_is_taken_for_what_it_is_not(simulator: Simulator, kind: str) -> None:
    make: Callable[..., Provider] = next(one.make for one in kinds() if one.name == kind)
    account = Account(
        name="main",
        kind=kind,
        key="sk-simulated",
        base_url=simulator.base_url(kind),
        poll_seconds=0.01,
        options=OPTIONS.get(kind, {}),
    )

    asyncio.run(check_vendor(lambda: make(account, seconds=CALL_SECONDS), JOBS[kind], simulator, kind))
