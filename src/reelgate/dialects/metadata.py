"""A client's notes on a task: a few named texts from its create, by which tasks can be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reelgate import limits
from reelgate.dialects.fields import Fields
from reelgate.dialects.query import Parameter
from reelgate.errors import InvalidField

FIELD = "metadata"
_ALLOWED = (
    f"at most {limits.MAX_METADATA} texts of at most {limits.MAX_METADATA_VALUE_CHARS} characters under names of 1 to "
    f"{limits.MAX_METADATA_NAME_CHARS}"
)
_ASKED = re.compile(rf"{FIELD}\[(.*)\]", re.DOTALL)

PARAMETER = Parameter(
    FIELD,
    {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Only tasks with these notes of their client's: `metadata[name]=text`, for each of several.",
    },
)
"""Selects tasks with certain notes, as query parameters."""


def read_metadata(fields: Fields) -> dict[str, str]:
    """Read a create's notes. Raises InvalidField."""
    given = fields.value(FIELD)
    if given is None:
        return {}
    if not isinstance(given, dict):
        fields.mismatch(fields.path(FIELD), given, "an object")
    for name, text in given.items():
        if not isinstance(text, str):
            fields.mismatch(f"{fields.path(FIELD)}.{name[: limits.MAX_METADATA_NAME_CHARS]}", text, "a string")
    return _checked(fields.path(FIELD), given)


def is_asked(name: str) -> bool:
    """Whether a parameter of an address is `metadata[…]`."""
    return _ASKED.fullmatch(name) is not None


def asked_metadata(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the notes that an address asks for. Raises InvalidField."""
    given = list(parameters)
    if any(name == FIELD for name, _ in given):
        raise InvalidField.out_of_range(FIELD, dict(given)[FIELD], f"{FIELD}[name]=text")
    found = {match[1]: text for name, text in given if (match := _ASKED.fullmatch(name))}
    return _checked(FIELD, found)


def _checked(field: str, given: Mapping[Any, str]) -> dict[str, str]:
    fine = len(given) <= limits.MAX_METADATA and all(
        0 < len(name) <= limits.MAX_METADATA_NAME_CHARS and len(text) <= limits.MAX_METADATA_VALUE_CHARS
        for name, text in given.items()
    )
    if not fine or not all(_storable(text) for pair in given.items() for text in pair):
        raise InvalidField.out_of_range(field, dict(given), f"{_ALLOWED}, none with the character NUL")
    return dict(given)


def _storable(text: str) -> bool:
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
