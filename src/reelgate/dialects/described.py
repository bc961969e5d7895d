"""A dialect's description for the OpenAPI document: the types of its answers, and a create for each address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from reelgate.dialects.port import Dialect, Operation
from reelgate.dialects.query import Parameter

ASYNC = {"X-DashScope-Async": "enable"}
"""The header without which DashScope's creates are refused."""


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """A dialect's own description.

    `examples` holds creates that are taken, by address; what the parser asks for is found out by trying others around
    them. `headers` go with every create.
    """

    answers: Mapping[Operation, Any]
    errors: tuple[Any, ...]
    examples: Mapping[str, Sequence[Mapping[str, Any]]]
    headers: Mapping[str, str] = {}
    query: Mapping[Operation, tuple[Parameter, ...]] = {}
    """The parameters of an address, where they are not those of a list, which are found out in the same way."""


_ANYTHING = Described(answers={}, errors=(dict[str, Any],), examples={})


def described(dialect: Dialect) -> Described:
    """Return a dialect's description of itself; for one without, that it answers JSON objects."""
    found: Described = getattr(dialect, "described", _ANYTHING)
    return found
