from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import JOB_SECONDS, Caller, HandClock


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="module")
def simulator(clock: HandClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, job_seconds=JOB_SECONDS) as simulator:
        yield simulator


@pytest.fixture
def at(simulator: Simulator) -> Iterator[Callable[..., Caller]]:
    """Return a client of a vendor; faults that a test leaves behind are mended after it."""
    callers: list[Caller] = []

    def caller(vendor: str, key: str = "sk-mine") -> Caller:
        callers.append(Caller(simulator, vendor, key))
        return callers[-1]

    yield caller
    simulator.mend()
    for one in callers:
        one.close()
