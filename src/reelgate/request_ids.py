"""The id of the request under way: the one on its answer, in every line of the log that is written for it.

A dialect draws it in its own form, when it first needs one; a line of the log that is written before draws a plain one,
which the answer then has too. Work outside a request has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token

from reelgate import ids


class RequestId:
    """Holds the id of one request; "" until it is drawn."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""


_current: ContextVar[RequestId | None] = ContextVar("request", default=None)


def begin() -> Token[RequestId | None]:
    """Begin a request; what is returned ends it."""
    return _current.set(RequestId())


def end(token: Token[RequestId | None]) -> None:
    """End a request."""
    _current.reset(token)


def drawn(make: Callable[[], str]) -> str:
    """Return the id of the request under way; `make` draws it where it has none yet, or if there is no request."""
    found = _current.get()
    if found is None:
        return make()
    if not found.text:
        found.text = make()
    return found.text


def logged() -> str:
    """Return the id that a line of the log has now, "" where no request is in progress."""
    return "" if _current.get() is None else drawn(lambda: ids.uuid7(int(time.time() * 1000)))
