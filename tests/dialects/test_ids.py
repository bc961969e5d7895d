"""Public ids are unique, have their form, and sort by time."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate import ids

NOW = 1_777_343_862_625  # 2026-04-28 02:37:42.625 UTC
LATER = 2**42  # after every moment that another test draws
FORMS: dict[str, tuple[Callable[[int], str], str]] = {
    "asyntask": (lambda now: ids.prefixed("asyntask_", now), r"asyntask_[0-9A-Za-z]{32}"),
    "task": (lambda now: ids.prefixed("task_", now), r"task_[0-9A-Za-z]{32}"),
    "uuid": (ids.uuid7, r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "ark": (ids.ark_id, r"cgt-\d{14}-[0-9a-z]{5}"),
    "decimal": (ids.decimal, r"\d{19}"),
    "trace": (ids.trace_id, r"\d{23}[0-9A-Za-z]{8}"),
}
GROWING = ["asyntask", "task", "uuid", "ark", "decimal"]


@pytest.mark.parametrize("name", FORMS)
@given(now=st.integers(0, 2**41))
def test_an_id_has_its_form(name: str, now: int) -> None:
    make, form = FORMS[name]

    assert re.fullmatch(form, make(now))


@pytest.mark.parametrize("name", FORMS)
def test_ids_of_one_moment_differ(name: str) -> None:
    make, _ = FORMS[name]

    assert len({make(NOW) for _ in range(20_000)}) == 20_000


@pytest.mark.parametrize("name", GROWING)
def test_ids_sort_by_time(name: str) -> None:
    make, _ = FORMS[name]
    made = [make(LATER + step) for step in range(2000)]

    assert made == sorted(made)


@pytest.mark.parametrize("name", ["uuid", "ark", "decimal"])
def test_ids_with_little_room_grow_within_one_moment_and_over_a_clock_that_goes_back(name: str) -> None:
    make, _ = FORMS[name]
    made = [make(NOW - step // 100) for step in range(10_000)]

    assert made == sorted(set(made))


def test_a_uuid_carries_its_millisecond() -> None:
    moment = LATER * 2

    assert uuid.UUID(ids.uuid7(moment)).int >> 80 == moment


def test_the_date_inside_an_ark_id_is_of_utc_plus_8() -> None:
    new_year_2300_utc = 10_413_792_000_000

    assert ids.ark_id(new_year_2300_utc).startswith("cgt-23000101080000-")


def test_the_date_inside_a_trace_id_is_of_utc() -> None:
    assert ids.trace_id(NOW).startswith("20260428023742625")


@pytest.mark.parametrize("name", GROWING)
@given(now=st.integers(LATER, LATER + 2**40))
def test_an_id_tells_when_it_was_made(name: str, now: int) -> None:
    make, _ = FORMS[name]
    at = max(now, (ids.made_at(make(0)) or (0, 0))[1])  # of one form ids only grow, whatever the clock says

    first, last = ids.made_at(make(at)) or (0, 0)

    assert first <= at + 1000
    assert at <= last


@pytest.mark.parametrize(
    "text", ["", "video_x", "cgt-20261332250000-abcde", "msg_" + "0" * 31, "12", "é" * 19, "x" * 40]
)
def test_what_is_no_id_tells_nothing(text: str) -> None:
    assert ids.made_at(text) is None
