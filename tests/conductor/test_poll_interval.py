"""When jobs at vendors are looked at: soon after they end, and no oftener than at a regular pace."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.learned import Curve, Duration, regular_reads
from reelgate.conductor.poll_interval import Pace, running_seconds
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import NOW, sample_task
from tests.conductor.studio import HandClock, Vendor

TICK_MS = 200
"""How often the conductor looks for what is due."""
Takes = Callable[[random.Random], float]


class Seen(NamedTuple):
    """What came of some jobs: seconds from each end until it was seen, sorted, and the reads of a job."""

    late: list[float]
    reads: float

    def share(self, of_100: int) -> float:
        """Return by how much so many of a hundred were late."""
        return self.late[len(self.late) * of_100 // 100]

    def client(self, of_100: int) -> float:
        """Return the same for a client that polls once a second, where taking the file over takes a tenth of one."""
        late = sorted(seconds + 0.1 + tenths / 10 for seconds in self.late for tenths in range(10))
        return late[len(late) * of_100 // 100]


class Account(Vendor):
    """An account; only its bounds count."""

    poll_seconds = limits.VENDOR_POLL_SECONDS

    def __init__(self, least: float = 0.0, reads_per_second: float = math.inf) -> None:
        self.least_poll_seconds = least
        self.reads_per_second = reads_per_second


def running(number: int, started: int) -> Task:
    new = sample_task(str(number))
    task = Task.new(number, replace(new, provider="dashscope", created_at=started))
    return replace(task, state=State.RUNNING, started_at=started)


def watched(
    pace: Pace, jobs: int, takes: Takes, *, a_second: float, seed: int = 1, reads_per_second: float = math.inf
) -> Seen:
    """Let jobs begin, run and be looked at in turn, in a time of their own."""
    random.seed(seed)
    rng, account = random.Random(seed), Account(reads_per_second=reads_per_second)
    free = 0.0
    tasks: dict[str, Task] = {}
    ends: dict[str, int] = {}
    due: dict[str, int] = {}
    times = [(NOW + round(number / a_second * 1000), number, "") for number in range(jobs)]
    late: list[float] = []
    reads = 0

    def look_at(task_id: str, at: int) -> None:
        due[task_id] = at
        heapq.heappush(times, (at, -1, task_id))

    while times:
        now, number, task_id = heapq.heappop(times)
        if number >= 0:
            task = running(number, now)
            tasks[task.id], ends[task.id] = task, now + round(takes(rng) * 1000)
            look_at(task.id, now + round(pace.first_look(task, account, now) * 1000))
        elif due.get(task_id) == now:
            reads += 1
            at = now + rng.randrange(TICK_MS)
            if reads_per_second < math.inf:  # in turn
                at = max(at, round(free))
                free = at + 1000 / reads_per_second
            if at < ends[task_id]:
                look_at(task_id, at + round(pace.next_look(tasks[task_id], account, at) * 1000))
                continue
            del due[task_id]
            late.append((at - ends[task_id]) / 1000)
            for other, sooner in pace.finished(tasks[task_id], at).items():
                if other in due:
                    look_at(other, max(at, min(sooner, due[other])))
    return Seen(sorted(late), reads / jobs)


@pytest.mark.parametrize("seconds", [20.0, 30.0])
@pytest.mark.parametrize(("jobs", "a_second"), [(60, 50), (60, 10), (60, 1), (300, 5), (2000, 50)])
def test_jobs_of_one_length_are_seen_soon_from_the_first_ones_on(seconds: float, jobs: int, a_second: float) -> None:
    pace = Pace(HandClock())
    first = watched(pace, jobs, lambda _: seconds, a_second=a_second)
    later = watched(pace, jobs, lambda _: seconds, a_second=a_second, seed=2)

    assert first.share(95) < 1.0, first
    assert later.share(95) < 0.6, later
    assert first.client(95) < 1.8
    assert later.client(95) < 1.5
    assert first.reads <= seconds / limits.VENDOR_POLL_SECONDS + 1.5  # as of jobs of which nothing is known
    assert later.reads <= regular_reads(seconds) + 0.2


@pytest.mark.parametrize(
    ("takes", "most"),
    [
        (lambda rng: 20 * rng.uniform(0.95, 1.05), 0.7),
        (lambda rng: 30 * rng.uniform(0.8, 1.2), 2.5),
        (lambda rng: 120 * rng.uniform(0.9, 1.1), 3.0),
    ],
    ids=["20 s, 5 %", "30 s, 20 %", "120 s, 10 %"],
)
def test_jobs_that_differ_are_seen_as_soon_as_the_reads_allow(takes: Takes, most: float) -> None:
    pace = Pace(HandClock())
    watched(pace, 300, takes, a_second=5)
    seen = watched(pace, 300, takes, a_second=5, seed=2)

    assert seen.share(95) < most
    assert seen.reads <= regular_reads(takes(random.Random(1))) + 3


def test_a_vendor_that_became_faster_or_slower_is_learned_anew() -> None:
    pace = Pace(HandClock())
    watched(pace, 300, lambda _: 30.0, a_second=5)
    for seconds in (15.0, 45.0):
        watched(pace, 300, partial(_always, seconds), a_second=5)
        seen = watched(pace, 100, partial(_always, seconds), a_second=5)
        assert seen.share(50) < 3.0


def _always(seconds: float, _rng: random.Random) -> float:
    return seconds


def test_an_account_that_bears_no_more_is_asked_no_oftener() -> None:
    pace, account = Pace(HandClock()), Account(least=3.5)
    task = running(1, NOW)
    pace.recall([])
    for _ in range(5):
        pace.finished(running(2, NOW), NOW + 20_000)
    pace.first_look(task, account, NOW)

    assert pace.next_look(task, account, NOW + 19_900) == 3.5


def test_a_part_that_goes_on_after_a_restart_is_as_old_as_its_own_job() -> None:
    begun = NOW + 3_600_000  # the first part took an hour
    watch = round((limits.LATE_WATCH_SECONDS + limits.HOLD_SLACK_SECONDS) * 1000)
    part = replace(running(1, NOW), hold_until=begun + watch)

    assert running_seconds(part, begun + 20_000) == 20
    pace, account = Pace(HandClock()), Account()
    pace.next_look(part, account, begun + 20_000)
    pace.finished(part, begun + 21_000)
    (learned,) = pace.changed(begun)
    assert learned.spans[0][1] == 21


@pytest.mark.parametrize("learned", [True, False])
def test_a_job_of_many_hours_is_still_looked_at_once_a_minute(learned: bool) -> None:
    """However far its end is by what others took, or by how long it has taken: a vendor may become faster."""
    pace, account, hour = Pace(HandClock()), Account(), 3600 * 1000
    for number in range(5 if learned else 0):
        pace.finished(running(100 + number, NOW), NOW + 6 * hour)
    for number in range(20):
        task = running(number, NOW)
        waits = [pace.first_look(task, account, NOW), pace.next_look(task, account, NOW + 3 * hour)]
        assert max(waits) <= limits.VENDOR_WATCH_MAX_SECONDS * 1.1


def test_what_was_learned_is_kept_once_and_known_again() -> None:
    pace = Pace(HandClock())
    watched(pace, 60, lambda _: 20.0, a_second=5)
    kept = pace.changed(NOW)
    again = Pace(HandClock())
    again.recall(kept)

    assert [one.provider for one in kept] == ["dashscope"]
    assert pace.changed(NOW) == []
    (curve,) = again.curves("dashscope").values()
    assert 19.5 < curve.quantile(0.5) < 20.5
    assert watched(again, 60, lambda _: 20.0, a_second=50).share(95) < 0.7


def test_tasks_from_before_teach_what_was_not_kept() -> None:
    done = replace(running(1, NOW), state=State.SUCCEEDED, finished_at=NOW + 40_000)
    pace = Pace(HandClock())
    pace.recall([], [done])

    (curve,) = pace.curves("dashscope").values()
    assert curve.quantile(1.0) == 40.0


def test_a_curve_says_what_share_has_ended() -> None:
    curve = Curve([Duration(10, 20), Duration(30, 40)])

    assert [curve.ended(at) for at in (0, 10, 15, 20, 25, 35, 40, 99)] == [0, 0, 0.25, 0.5, 0.5, 0.75, 1, 1]
    assert [curve.quantile(share) for share in (0.25, 0.75, 1.0)] == [15, 35, 40]
    assert curve.next_look(41) is None


@pytest.mark.parametrize("set_by", [3_600_000, -3_600_000])
def test_a_clock_that_is_set_makes_no_job_longer_or_shorter(set_by: int) -> None:
    clock, account = HandClock(), Account()
    pace = Pace(clock)
    task, beside = running(1, NOW), running(2, NOW)
    for one in (task, beside):
        pace.first_look(one, account, NOW)
    pace.next_look(task, account, NOW + 15_000)

    clock.set_by = set_by
    sooner = pace.finished(task, NOW + set_by + 20_000)

    (learned,) = pace.changed(NOW)
    assert learned.spans == ((15, 20),)
    assert all(NOW < at - set_by < NOW + 60_000 for at in sooner.values())
    assert 0 < pace.next_look(beside, account, NOW + set_by + 21_000) < limits.VENDOR_WATCH_MAX_SECONDS


def test_jobs_that_another_server_saw_end_take_no_reads_from_a_new_sort() -> None:
    """Two servers poll by turns, so each sees half of the jobs end; neither makes a cancelled poll."""
    pace, account = Pace(HandClock()), Account(reads_per_second=20.0)
    for number in range(1000):
        task = running(number, NOW)
        pace.first_look(task, account, NOW)
        pace.next_look(task, account, NOW + 1000)

    later = NOW + 3_600_000
    task = running(1000, later)
    task = replace(task, request=replace(task.request, resolution="1080p"))
    assert pace.first_look(task, account, later) <= limits.VENDOR_WATCH_MAX_SECONDS
    for seconds in range(30, 300, 30):
        assert pace.next_look(task, account, later + seconds * 1000) <= limits.VENDOR_WATCH_MAX_SECONDS


def test_a_job_that_is_looked_at_is_remembered_however_late_it_is() -> None:
    pace, account = Pace(HandClock()), Account()
    task, now = running(1, NOW), NOW
    pace.first_look(task, account, NOW)
    for _ in range(40):
        now += round(pace.next_look(task, account, now) * 1000)
        pace.first_look(running(2, now), account, now)

    pace.next_look(task, account, now)
    pace.finished(task, now + 5000)

    (learned,) = pace.changed(now)
    ((low, high),) = learned.spans
    assert (low, high) == ((now - NOW) / 1000, (now - NOW) / 1000 + 5)


def test_an_account_full_of_jobs_of_unknown_length_has_reads_left_once_their_length_is_known() -> None:
    """Two thousand jobs begin before the first one ends, and the account answers forty questions a second."""
    pace = Pace(HandClock())
    first, later = (
        watched(pace, 2000, lambda _: 250.0, a_second=8, reads_per_second=40.0, seed=seed) for seed in (1, 2)
    )

    for seen in (first, later):
        assert seen.share(50) < 2.0
        assert seen.share(99) < limits.VENDOR_POLL_SECONDS + 2
    assert later.reads < 4.5  # as often as once a minute it was 5.7
