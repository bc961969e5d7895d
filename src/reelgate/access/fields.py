"""The fields of a project or a key that can be set: reads the fields of a change, and refuses invalid values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from reelgate import limits
from reelgate.errors import InvalidField, shown
from reelgate.tasks.projects import Overflow, Scope

Read = Callable[[str, Any], Any]
"""Returns the value of the field of that name as the record holds it. Raises InvalidField."""

EXACT = 2**53 - 1
"""The largest number that every reader of JSON keeps exactly."""
FORMER = {"requests_per_minute": "creates_per_minute"}
"""Names of earlier versions, and what they are called now: they are read, and called deprecated in the answer."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_GLOB = re.compile(r"[^\s\[\]]{1,128}")


def read_fields(body: Mapping[str, Any], fields: Mapping[str, Read]) -> dict[str, Any]:
    """Return the record's values. A field that is not there to be set is refused: a limit may hang on its name."""
    found = {}
    for name, value in body.items():
        now = FORMER.get(name, name)
        if now not in fields:
            raise InvalidField(name, f"{shown(name)} can't be set here", allowed=", ".join(fields))
        if now != name and now in body:
            raise InvalidField(name, f"{name} is the former name of {now}; send {now} alone")
        found[now] = fields[now](name, value)
    return found


def former_names(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of a body that are read under names of earlier versions."""
    return tuple(name for name in body if name in FORMER)


def read_id(field: str, value: Any) -> str:
    """Read an id that an operator chooses."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        allowed = "1 to 64 letters, digits, `_`, `-` and `.`, beginning with a letter or digit"
        raise InvalidField.out_of_range(field, value, allowed)
    return value


def read_name(field: str, value: Any) -> str:
    """Read a name that people see."""
    if not isinstance(value, str) or not value.strip() or len(value) > limits.MAX_NAME_CHARS or not value.isprintable():
        raise InvalidField.out_of_range(field, value, f"1 to {limits.MAX_NAME_CHARS} printable characters")
    return value.strip()


def whole(low: int, high: int) -> Read:
    """Return the reader of a whole number."""

    def read(field: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidField.wrong_type(field, value, f"a whole number from {low} to {high}")
        if not low <= value <= high:
            raise InvalidField.out_of_range(field, value, f"a whole number from {low} to {high}")
        return value

    return read


def or_none(read: Read) -> Read:
    """Return the reader of what may also be null: no limit."""
    return lambda field, value: None if value is None else read(field, value)


def read_flag(field: str, value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidField.wrong_type(field, value, "true or false")
    return value


def _overflow(field: str, value: Any) -> Overflow:
    if value not in list(Overflow):
        raise InvalidField.not_one_of(field, value, list(Overflow))
    return Overflow(value)


def _texts(field: str, value: Any, wanted: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidField.wrong_type(field, value, wanted)
    return list(dict.fromkeys(value))


def _scopes(field: str, value: Any) -> tuple[Scope, ...]:
    names = _texts(field, value, f"an array of {', '.join(Scope)}")
    if not names:
        raise InvalidField.missing(field, f"an array of {', '.join(Scope)}")
    for name in names:
        if name not in list(Scope):
            raise InvalidField.not_one_of(field, name, list(Scope))
    return tuple(scope for scope in Scope if scope in names)


def _models(field: str, value: Any) -> tuple[str, ...]:
    wanted = f"an array of at most {limits.MAX_KEY_MODELS} model ids, in which `*` and `?` stand for any characters"
    names = _texts(field, value, wanted)
    if len(names) > limits.MAX_KEY_MODELS:
        raise InvalidField(field, f"{field} has {len(names)} items; allowed: {wanted}", allowed=wanted)
    for name in names:
        if not _GLOB.fullmatch(name):
            raise InvalidField.out_of_range(field, name, wanted)
    return tuple(names)


def _moment(field: str, value: Any) -> int:
    """Read Unix seconds as the record's milliseconds."""
    seconds: int = whole(0, 2**40)(field, value)
    return seconds * 1000


_limit = or_none(whole(0, EXACT))

PROJECT: dict[str, Read] = {
    "name": read_name,
    "multiplier_ppm": whole(0, 1_000_000_000),
    "floor_micros": or_none(whole(-EXACT, EXACT)),
    "creates_per_minute": _limit,
    "tasks_at_once": _limit,
    "overflow": _overflow,
    "priority": whole(-100, 100),
    "weight": whole(1, 1000),
    "spend_day_micros": _limit,
    "spend_total_micros": _limit,
    "budget_month_micros": _limit,
}
"""What may be set of a project, at any time."""

KEY: dict[str, Read] = {
    "name": read_name,
    "scopes": _scopes,
    "models": _models,
    "expires_at": or_none(_moment),
    "creates_per_minute": _limit,
    "tasks_at_once": _limit,
    "spend_day_micros": _limit,
    "spend_total_micros": _limit,
    "strict": read_flag,
}
"""What may be set of a key, at any time."""
