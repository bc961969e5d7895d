"""Which days a question for the usage spans, wherever on earth it is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from reelgate.billing.usage import UsageQuery
from reelgate.errors import InvalidField
from reelgate.tasks.money import Spent

MORNING = int(datetime(2026, 11, 29, 3, tzinfo=UTC).timestamp() * 1000)
EVENING = int(datetime(2026, 11, 29, 18, tzinfo=UTC).timestamp() * 1000)


def span(now: int = EVENING, **query: str) -> tuple[str, str]:
    asked = {"from" if name == "begin" else name: value for name, value in query.items()}
    wanted = UsageQuery(asked, now)
    return str(wanted.first), str(wanted.last)


def test_without_days_it_spans_the_last_thirty() -> None:
    assert span() == ("2026-10-31", "2026-11-29")


def test_a_day_that_has_begun_in_shanghai_may_be_asked_for() -> None:
    assert span(begin="2026-11-30") == ("2026-11-30", "2026-11-30")
    assert span(begin="2026-11-30", to="2026-11-30") == ("2026-11-30", "2026-11-30")


@pytest.mark.parametrize(("now", "day"), [(MORNING, "2026-11-30"), (EVENING, "2026-12-01")])
def test_a_day_that_has_begun_nowhere_is_refused_by_its_own_name(now: int, day: str) -> None:
    with pytest.raises(InvalidField, match="no later than today in UTC, 2026-11-29"):
        span(now, begin=day)


def test_what_ends_before_it_begins_is_refused_as_such() -> None:
    with pytest.raises(InvalidField, match="no later than to, 2026-01-01"):
        span(begin="2026-11-29", to="2026-01-01")
    with pytest.raises(InvalidField, match="at most 366 days before to"):
        span(begin="2020-01-01")


@pytest.mark.parametrize("zone", ["UTC", "utc", "Etc/UTC", "Z", "+00:00", " 00:00", "GMT"])
def test_utc_may_be_named(zone: str) -> None:
    assert span(tz=zone) == span()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "+08:00", "8", "local"])
def test_another_zone_is_refused_and_not_passed_over(zone: str) -> None:
    with pytest.raises(InvalidField, match=r"tz is .*; allowed: UTC"):
        span(tz=zone)


def test_the_answer_tells_its_span_its_rows_in_order_and_their_sum() -> None:
    day = (date(2026, 11, 29) - date(1970, 1, 1)).days
    spent = [
        Spent("project", day, "key_b", "wan", tasks=1, held=5, charged=0),
        Spent("project", day - 1, "key_a", "sora", tasks=2, held=0, charged=70),
        Spent("project", day, "key_a", "wan", tasks=1, held=0, charged=30),
    ]
    told = msgspec.json.decode(msgspec.json.encode(UsageQuery({"group_by": "model"}, EVENING).body(spent)))
    assert told == {
        "object": "usage",
        "from": "2026-10-31",
        "to": "2026-11-29",
        "currency": "USD",
        "data": [
            {"model": "sora", "tasks": 2, "charged_micros": 70, "held_micros": 0},
            {"model": "wan", "tasks": 2, "charged_micros": 30, "held_micros": 5},
        ],
        "total": {"tasks": 4, "charged_micros": 100, "held_micros": 5},
    }
    assert UsageQuery({}, EVENING).text(spent).splitlines() == [
        "day,model,key,tasks,charged_micros,held_micros,currency",
        "2026-11-28,sora,key_a,2,70,0,USD",
        "2026-11-29,wan,key_a,1,30,0,USD",
        "2026-11-29,wan,key_b,1,0,5,USD",
    ]
