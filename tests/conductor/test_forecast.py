"""When tasks are likely to end: of how long such jobs took, of progress, and no end where nothing is known."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.poll_interval import Pace
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock

SECONDS = 60.0
"""That jobs take."""


def running(**changes: object) -> Task:
    return replace(Task.new(1, sample_task()), state=State.RUNNING, started_at=NOW, **changes)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pace(clock: HandClock) -> Pace:
    """Knows a hundred jobs, of which each took about a minute."""
    found = Pace()
    for number in range(100):
        started = replace(running(), id=f"task_{number}")
        found.finished(started, NOW + int((SECONDS - 5 + number / 10) * 1000))
    return found


def test_an_end_is_expected_where_half_of_such_jobs_end_and_comes_nearer(clock: HandClock, pace: Pace) -> None:
    forecast, ends, pauses = Forecast(pace, clock), [], []
    for _ in range(5):
        told = forecast.of(running())
        ends.append(told["eta"] - NOW / 1000)
        pauses.append(told["poll_after"])
        clock.pass_seconds(10)
    assert all(SECONDS - 8 < end < SECONDS + 8 for end in ends)
    assert pauses == sorted(pauses, reverse=True)
    assert max(pauses) <= limits.LONGEST_POLL_AFTER_SECONDS


def test_a_job_that_takes_longer_than_any_before_has_no_end_that_has_passed(clock: HandClock, pace: Pace) -> None:
    clock.pass_seconds(10 * SECONDS)
    assert "eta" not in Forecast(pace, clock).of(running())
    clock.pass_seconds(-10 * SECONDS + 64)
    assert Forecast(pace, clock).of(running())["eta"] > clock.now() / 1000


def test_progress_tells_the_rest_where_no_such_job_is_known(clock: HandClock) -> None:
    forecast = Forecast(Pace(), clock)
    clock.pass_seconds(30)
    assert forecast.of(running()) == {"poll_after": limits.POLL_AFTER_SECONDS}
    told = forecast.of(running(progress=75))
    assert (told["eta"], told["poll_after"]) == (round(clock.now() / 1000 + 10), 5)


def test_what_waits_or_is_in_doubt_or_has_ended(clock: HandClock, pace: Pace) -> None:
    forecast, queued = Forecast(pace, clock), Task.new(1, sample_task())
    assert abs(forecast.of(queued)["eta"] - NOW / 1000 - SECONDS) < 8
    assert "eta" not in forecast.of(replace(running(), state=State.UNKNOWN))
    for state in ENDS:
        assert forecast.of(replace(running(), state=state)) == {}
