"""Creates per minute: never more in any minute than a key and its project may send."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.access.rate_limit import WINDOW_MS, Rates
from reelgate.errors import RateLimited
from reelgate.tasks.projects import Key, Project
from tests.conductor.studio import HandClock


def key(most: int | None, name: str = "key_1") -> Key:
    return Key(id=name, project_id="proj_1", name=name, digest=name, created_at=0, creates_per_minute=most)


def project(most: int | None) -> Project:
    return Project(id="proj_1", name="one", created_at=0, creates_per_minute=most)


def test_a_rate_tells_what_is_left_and_when_to_come_back() -> None:
    clock = HandClock()
    rates = Rates(clock)
    assert rates.count(key(None), project(None)) == ()
    told = [dict(rates.count(key(2), project(None))) for _ in range(2)]
    assert [(one["x-ratelimit-limit"], one["x-ratelimit-remaining"]) for one in told] == [("2", "1"), ("2", "0")]
    clock.pass_seconds(12.4)
    with pytest.raises(RateLimited, match="this API key may send 2 creates a minute; try again in 48 s") as refused:
        rates.count(key(2), project(None))
    assert (refused.value.retry_after, refused.value.may_repeat) == (48, True)
    assert dict(refused.value.headers)["x-ratelimit-reset"] == "48"
    clock.pass_seconds(47.6)
    assert dict(rates.count(key(2), project(None)))["x-ratelimit-remaining"] == "1"


def test_the_keys_of_a_project_share_its_rate_and_the_tighter_one_is_told() -> None:
    rates = Rates(HandClock())
    first = dict(rates.count(key(5, "key_1"), project(3)))
    assert (first["x-ratelimit-limit"], first["x-ratelimit-remaining"]) == ("3", "2")
    rates.count(key(5, "key_2"), project(3))
    rates.count(key(None, "key_3"), project(3))
    with pytest.raises(RateLimited, match="this project may send 3"):
        rates.count(key(5, "key_1"), project(3))
    assert dict(rates.count(key(5, "key_1"), project(None)))["x-ratelimit-remaining"] == "3"


def test_a_rate_of_nothing_lets_nothing_through() -> None:
    with pytest.raises(RateLimited) as refused:
        Rates(HandClock()).count(key(0), project(None))
    assert refused.value.retry_after == 60


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from(["key_1", "key_2"])), max_size=120),
    st.integers(1, 6),
    st.integers(1, 6),
)
def test_no_minute_holds_more_than_the_rate(calls: list[tuple[int, str]], key_most: int, project_most: int) -> None:
    clock = HandClock()
    rates = Rates(clock)
    passed: list[tuple[int, str]] = []
    for wait, name in calls:
        clock.time += wait
        with contextlib.suppress(RateLimited):
            rates.count(key(key_most, name), project(project_most))
            passed.append((clock.time, name))
    for at, name in passed:
        minute = [other for when, other in passed if at <= when < at + WINDOW_MS]
        assert len(minute) <= project_most
        assert minute.count(name) <= key_most


@pytest.mark.parametrize("others", range(1022, 1026))
def test_every_create_counts_also_where_the_counters_are_tidied_up(others: int) -> None:
    clock = HandClock()
    rates = Rates(clock)
    for number in range(others):
        rates.count(key(1, f"key_of_another_{number}"), project(None))
    rates.count(key(1), project(9))
    with pytest.raises(RateLimited, match="this API key may send 1 creates"):
        rates.count(key(1), project(9))


def test_counters_of_keys_that_send_no_more_take_no_memory() -> None:
    clock = HandClock()
    rates = Rates(clock)
    tracemalloc.start()
    try:
        sizes = []
        for _ in range(3):
            for number in range(1100):
                rates.count(key(1, f"key_{clock.now()}_{number}"), project(None))
            clock.pass_seconds(61)
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[-1] < 2 * sizes[0]
