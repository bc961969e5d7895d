"""Turns forms into the API's bodies. Unreadable values stay as typed, and the API reports the error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from reelgate.console.guard import Visit

_MICROS = 1_000_000
_DIGITS = 15


def micros(text: str) -> Any:
    """Return an amount of money as millionths: `12.5` is 12500000."""
    try:
        parts = Decimal(text).scaleb(6)
    except (InvalidOperation, Overflow):
        return text
    return int(parts) if parts.is_finite() and parts.adjusted() <= _DIGITS and parts == int(parts) else text


def whole(text: str) -> Any:
    """Return a whole number."""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 17 else text


def day(text: str) -> Any:
    """Return the beginning of a day (UTC) as Unix seconds."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return text


def listed(text: str) -> list[str]:
    """Return the parts between commas, spaces and ends of lines."""
    return text.replace(",", " ").split()


READERS = {
    "spend_day_micros": micros,
    "spend_total_micros": micros,
    "budget_month_micros": micros,
    "floor_micros": micros,
    "amount_micros": micros,
    "multiplier_ppm": micros,
    "creates_per_minute": whole,
    "tasks_at_once": whole,
    "priority": whole,
    "weight": whole,
    "overlap_seconds": whole,
    "expires_at": day,
    "models": listed,
    "events": listed,
}
"""How fields are typed that are not plain text."""

_LIFTED = frozenset(
    {"spend_day_micros", "spend_total_micros", "budget_month_micros", "floor_micros", "creates_per_minute"}
    | {"tasks_at_once", "expires_at"}
)
"""Fields in which an empty text means no limit."""


def body_of(visit: Visit, names: Sequence[str]) -> dict[str, Any]:
    """Return a form's fields by the API's names; an empty limit is null, another empty field is left out."""
    found: dict[str, Any] = {}
    for name in names:
        if name not in visit.form:
            continue
        text = visit.text(name)
        if text or name == "models":
            found[name] = READERS.get(name, str)(text)
        elif name in _LIFTED:
            found[name] = None
    return found


def typed(visit: Visit) -> Mapping[str, str]:
    """Return a form as it was typed, to show it again beside what is wrong."""
    return {name: value for name, value in visit.form.items() if isinstance(value, str)}
