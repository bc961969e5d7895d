"""The hours in which off-peak tasks are treated like any others."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?")
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)")


class OffPeak:
    """A part of each day, such as `22:00-08:00 Asia/Shanghai`; its end does not belong to it. Empty: always.

    Without a time zone, or an offset such as `+08:00`, the times are UTC. Raises ValueError for anything else.
    """

    def __init__(self, window: str = "") -> None:
        self._always = not window.strip()
        found = _FORM.fullmatch(window.strip())
        if self._always:
            return
        if found is None:
            raise ValueError(f"--offpeak-window: {window!r} is not a window; give times such as '22:00-08:00 +08:00'")
        first_hour, first_minute, last_hour, last_minute, zone = found.groups()
        self._first = time(int(first_hour), int(first_minute))
        self._last = time(int(last_hour), int(last_minute))
        self._zone = _zone(zone or "UTC")
        if self._first == self._last:
            raise ValueError(f"--offpeak-window: {window!r} begins and ends at the same time; leave it out for always")

    def holds(self, now: int) -> bool:
        """Whether it is off-peak at that time (ms since the epoch)."""
        if self._always:
            return True
        clock = datetime.fromtimestamp(now / 1000, self._zone).time()
        if self._first < self._last:
            return self._first <= clock < self._last
        return clock >= self._first or clock < self._last


def _zone(name: str) -> tzinfo:
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"--offpeak-window: {name!r} is not a time zone that this machine knows") from None
