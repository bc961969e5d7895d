"""Every error with what to do about it, made from the classes themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reelgate import errors
from reelgate.errors import ReelgateError

_PASSING = (429, 503)


def kinds(root: type[ReelgateError] = ReelgateError) -> Iterator[type[ReelgateError]]:
    """Yield the tree of errors, each before those that are special cases of it."""
    yield root
    for inner in root.__subclasses__():
        if inner.__module__.startswith(f"{errors.__name__}."):
            yield from kinds(inner)


def codes(status: int) -> list[str]:
    """Return the codes of the errors with a status."""
    return list(dict.fromkeys(kind.code for kind in kinds() if kind.status == status))


def listing() -> dict[str, Any]:
    """Return all errors as `GET /v1/errors` lists them."""
    return {"object": "list", "data": [_entry(kind) for kind in kinds()]}


def _entry(kind: type[ReelgateError]) -> dict[str, Any]:
    parent = kind.__bases__[0]
    text = " ".join(str(kind.__doc__).split("\n\n", maxsplit=1)[0].split())
    return {
        "name": kind.__name__,
        "code": kind.code,
        "status": kind.status,
        "advice": text,
        "retry": kind.may_repeat and (kind.status in _PASSING or kind.status >= 500),
        "retry_after": kind.retry_after,
        "kind_of": parent.__name__ if issubclass(parent, ReelgateError) else None,
    }
