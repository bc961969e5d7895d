"""When tasks are likely to end: of how long such jobs took, of progress, and no end where nothing is known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.poll_interval import Pace
from reelgate.providers.port import Provider
from reelgate.request import Mode, Order, Part
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import Actors, HandClock, Studio, Vendor, for_vendor
from tests.conductor.studio import running as at_work

SECONDS = 60.0
"""That jobs take."""


class Speaking:
    """As much of a provider as a forecast asks for."""

    def __init__(self, *, tells_progress: bool) -> None:
        self.tells_progress = tells_progress


SILENT = cast(Mapping[str, Provider], {"animatic": Speaking(tells_progress=False)})
TELLING = cast(Mapping[str, Provider], {"animatic": Speaking(tells_progress=True)})


def running(**changes: object) -> Task:
    return replace(Task.new(1, sample_task()), **{"state": State.RUNNING, "started_at": NOW, **changes})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pace(clock: HandClock) -> Pace:
    """Knows a hundred jobs that each took about a minute."""
    found = Pace(HandClock())
    for number in range(100):
        started = replace(running(), id=f"task_{number}")
        found.finished(started, NOW + int((SECONDS - 5 + number / 10) * 1000))
    return found


def test_an_end_is_expected_where_half_of_such_jobs_end_and_comes_nearer(clock: HandClock, pace: Pace) -> None:
    forecast, ends, pauses = Forecast(pace, clock, SILENT), [], []
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
    assert "eta" not in Forecast(pace, clock, SILENT).of(running())
    clock.pass_seconds(-10 * SECONDS + 60)
    assert Forecast(pace, clock, SILENT).of(running())["eta"] > clock.now() / 1000


def test_progress_tells_the_rest_where_no_such_job_is_known(clock: HandClock) -> None:
    forecast = Forecast(Pace(HandClock()), clock, SILENT)
    clock.pass_seconds(30)
    assert forecast.of(running()) == {"poll_after": limits.POLL_AFTER_SECONDS}
    told = forecast.of(running(progress=75))
    assert (told["eta"], told["poll_after"]) == (round(clock.now() / 1000 + 10), 5)


def test_what_waits_or_is_in_doubt_or_has_ended(clock: HandClock, pace: Pace) -> None:
    forecast, queued = Forecast(pace, clock, SILENT), Task.new(1, sample_task())
    assert abs(forecast.of(queued)["eta"] - NOW / 1000 - SECONDS) < 8
    assert "eta" not in forecast.of(replace(running(), state=State.UNKNOWN))
    for state in ENDS:
        assert forecast.of(replace(running(), state=state)) == {}


def test_progress_follows_such_jobs_where_the_provider_tells_none_and_only_rises(clock: HandClock, pace: Pace) -> None:
    forecast, seen = Forecast(pace, clock, SILENT), []
    for _ in range(40):
        task = forecast.shown(running(progress=10))
        seen.append(task.progress)
        assert forecast.of(task).get("progress_estimated", seen == [10])
        clock.pass_seconds(2)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (10, 99)
    assert all(abs(seen[at] - 2 * at / SECONDS * 100) < 15 for at in range(5, 25))
    clock.pass_seconds(-60)
    assert forecast.shown(running(progress=10)).progress == 99
    assert forecast.shown(running(state=State.SUCCEEDED, progress=100)).progress == 100


def test_what_a_provider_tells_is_shown(clock: HandClock, pace: Pace) -> None:
    forecast = Forecast(pace, clock, TELLING)
    clock.pass_seconds(SECONDS / 2)
    task = running(progress=37)
    assert forecast.shown(task) is task
    assert "progress_estimated" not in forecast.of(task)


def test_progress_holds_where_a_job_is_made_again_and_its_file_is_the_last_percent(clock: HandClock) -> None:
    forecast = Forecast(Pace(HandClock()), clock, TELLING)
    states = [(State.RUNNING, 60), (State.QUEUED, 0), (State.RUNNING, 30), (State.COLLECTING, 70)]
    shown = [forecast.shown(running(state=state, progress=progress)).progress for state, progress in states]
    assert shown == [60, 60, 60, 99]


def test_progress_of_a_video_in_parts_is_the_whole_video_s(clock: HandClock) -> None:
    part = Part("wan2.7-t2v", "anyfast", "720p", "16:9", 10)
    request = running().request
    order = Order("sora-2", "openai", Mode.TEXT, "720p", "16:9", 20, 1280, 720, parts=(part, part))
    forecast, shown = Forecast(Pace(HandClock()), clock, TELLING), []
    for at, state, progress in ((0, State.RUNNING, 50), (0, State.COLLECTING, 90), (1, State.QUEUED, 0)):
        task = running(state=state, progress=progress, request=replace(request, order=replace(order, at=at)))
        shown.append(forecast.shown(task).progress)
    assert shown == [25, 49, 50]


@pytest.mark.parametrize("tells", [False, True])
def test_each_look_at_a_job_notes_how_far_it_is_likely_to_be(tmp_path: Path, tells: bool) -> None:
    async def main() -> list[tuple[int, int]]:
        vendor = Vendor(tmp_path, "dashscope")
        vendor.verdict, vendor.tells_progress = at_work, tells
        seen: list[tuple[int, int]] = []
        async with Studio(tmp_path, Actors(tmp_path), HandClock(), vendors=(vendor,)).working() as it:
            task = await it.store.create(for_vendor())
            task = await it.until(task.id, lambda now: now.state is State.RUNNING and now.lease_owner is None)
            for number in range(100):
                like = replace(task, id=f"task_{number}")
                it.pace.finished(like, (task.started_at or 0) + int((SECONDS - 5 + number / 10) * 1000))
            for _ in range(2):
                await it.seconds_pass(((task.due_at or 0) - it.clock.now()) / 1000 + 0.1)
                task = await it.looked(task.id, after=task.fence)
                passed = (it.clock.now() - (task.started_at or 0)) / 1000
                seen.append((task.progress, min(99, round(100 * passed / SECONDS))))
        return seen

    seen = asyncio.run(main())
    assert all(progress == 10 if tells else abs(progress - likely) < 15 for progress, likely in seen), seen
