"""Months as pages ask for them: `2026-11`, in UTC, as spending is kept."""

from __future__ import annotations

import calendar
import contextlib
from datetime import UTC, date, datetime

from babel.dates import format_date

from reelgate.console import words

_LISTED = 12
_FIRST = 1970
"""The first year that has months: days are counted from there."""


def month_of(text: str, now: int) -> date:
    """Return the first day of the month that a page asks for, of the present one where it says nothing sensible."""
    with contextlib.suppress(ValueError):
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
        if found.year >= _FIRST:
            return found
    return datetime.fromtimestamp(now / 1000, UTC).date().replace(day=1)


def before(month: date) -> date:
    """Return the first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def last_day(month: date) -> date:
    """Return a month's last day."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def name(month: date) -> str:
    """Return a month's name in the visitor's language."""
    return format_date(month, "yyyy年M月" if words.spoken() == "zh" else "LLLL yyyy", locale=words.locale())


def lately(now: int) -> list[tuple[str, str]]:
    """Return the last twelve months, newest first: as addresses have them, and their names."""
    month = month_of("", now)
    found = []
    for _ in range(_LISTED):
        found.append((f"{month:%Y-%m}", name(month)))
        month = before(month)
    return found
