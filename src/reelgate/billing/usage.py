"""What was spent, by day, model and key, as JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from reelgate import limits
from reelgate.dialects.query import refuse_unknown
from reelgate.errors import InvalidField
from reelgate.tasks.money import CURRENCY, Spent

_EPOCH = date(1970, 1, 1)
_GROUPS = ("day", "model", "key")
_USUAL_DAYS = 30
_FIRST_SUN = timedelta(hours=14)
"""How far ahead of UTC a place on earth can be."""
_UTC = frozenset({"", "utc", "etc/utc", "gmt", "etc/gmt", "z", "+00:00", "-00:00", "00:00", "zulu"})
_KNOWN = ("from", "to", "group_by", "format", "project", "tz")
_PIECE = 1000  # rows that are written in one go
_encode = msgspec.json.Encoder().encode
_SUMS = ("tasks", "charged_micros", "held_micros")


class UsageQuery:
    """Which days a call asks for, both included, and by what they are grouped. Raises InvalidField."""

    def __init__(self, query: Mapping[str, str], now: int) -> None:
        refuse_unknown([name for name in query if name not in _KNOWN], _KNOWN)
        _check_zone(query.get("tz", ""))
        today = datetime.fromtimestamp(now / 1000, UTC)
        given = query.get("from")
        # Where the sun rises first a day begins while it is still the one before in UTC: nothing was spent on it yet.
        begun = _day("from", given, today.date()) if given else today.date()
        usual = begun if today.date() < begun <= (today + _FIRST_SUN).date() else today.date()
        self.last = _day("to", query.get("to"), usual)
        self.first = _day("from", given, self.last - timedelta(days=_USUAL_DAYS - 1))
        if self.first > self.last:
            last = "to" if query.get("to") else "today in UTC"
            raise InvalidField.out_of_range("from", str(self.first), f"a day no later than {last}, {self.last}")
        if (self.last - self.first).days >= limits.MAX_USAGE_DAYS:
            raise InvalidField.out_of_range("from", str(self.first), f"at most {limits.MAX_USAGE_DAYS} days before to")
        self.groups = tuple(query.get("group_by", "day,model,key").split(","))
        for group in self.groups:
            if group not in _GROUPS:
                raise InvalidField.not_one_of("group_by", group, _GROUPS)

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last day, counted since 1970."""
        return (self.first - _EPOCH).days, (self.last - _EPOCH).days

    def rows(self, spent: Sequence[Spent]) -> list[dict[str, Any]]:
        """Return a row for each group, in the order of its values."""
        found: dict[tuple[str, ...], list[int]] = {}
        for line in spent:
            values = {"day": str(_EPOCH + timedelta(days=line.day)), "model": line.model, "key": line.key_id}
            sums = found.setdefault(tuple(values[group] for group in self.groups), [0, 0, 0])
            for n, number in enumerate((line.tasks, line.charged, line.held)):
                sums[n] += number
        return [
            dict(zip(self.groups, values, strict=True)) | dict(zip(_SUMS, found[values], strict=True))
            for values in sorted(found)
        ]

    def body(self, spent: Sequence[Spent]) -> dict[str, Any]:
        """Return the answer in JSON, its rows written out."""
        rows = self.rows(spent)
        total = {name: sum(row[name] for row in rows) for name in _SUMS}
        span = {"from": str(self.first), "to": str(self.last)}
        pieces = [_encode(rows[at : at + _PIECE])[1:-1] for at in range(0, len(rows), _PIECE)]
        data = msgspec.Raw(b"[" + b",".join(pieces) + b"]")
        return {"object": "usage", **span, "currency": CURRENCY, "data": data, "total": total}

    def text(self, spent: Sequence[Spent]) -> str:
        """Return the rows as CSV, with a heading."""
        written = io.StringIO()
        table = csv.DictWriter(written, (*self.groups, *_SUMS, "currency"), lineterminator="\r\n")
        table.writeheader()
        table.writerows(row | {"currency": CURRENCY} for row in self.rows(spent))
        return written.getvalue()


def _check_zone(zone: str) -> None:
    """Raise InvalidField for a zone other than UTC: what was spent is kept by UTC's days."""
    if zone.strip().lower() not in _UTC:
        raise InvalidField.out_of_range("tz", zone, "UTC: the days of the usage begin at midnight UTC")


def _day(field: str, text: str | None, usual: date) -> date:
    if not text:
        return usual
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = _EPOCH
    if found <= _EPOCH:
        raise InvalidField.out_of_range(field, text, "a date such as 2027-01-31 (UTC)")
    return found
