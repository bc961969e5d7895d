"""The current place in a trace, and spans. Without a tracer this module does nothing.

A task's trace outlives the process that began it: its `traceparent` is kept with the task, and the server that goes on
with the task opens that place again with `within`. Spans that are opened meanwhile hang below it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from enum import Enum
from typing import NamedTuple, Protocol

Said = Mapping[str, str | int | float | bool]
"""A span's attributes, under OpenTelemetry's names if there is one."""

HEADER = "traceparent"


class CallSide(Enum):
    """On which side of a call a span is."""

    INTERNAL = 0
    SERVER = 1
    CLIENT = 2


class Span(Protocol):
    """Work that has begun."""

    traceparent: str
    """Its place, in the form of the W3C header; "" if nothing is traced."""

    def note(self, said: Said) -> None:
        """Say something of it."""
        ...

    def fail(self, why: str) -> None:
        """Say that it came to nothing."""
        ...

    def end(self, at: int | None = None) -> None:
        """Say that it is over, now or since a time in ms."""
        ...


class Tracer(Protocol):
    """Keeps spans, and sends them to a collector."""

    def begin(self, name: str, kind: CallSide, said: Said, *, above: str | None, at: int | None = None) -> Span:
        """Begin a span, now or at a time in ms, below the `traceparent` `above`; without a valid one, begin a trace."""
        ...


class _Nothing:
    traceparent = ""

    def note(self, said: Said) -> None:
        pass

    def fail(self, why: str) -> None:
        pass

    def end(self, at: int | None = None) -> None:
        pass


class _Place(NamedTuple):
    tracer: Tracer
    traceparent: str


_place: ContextVar[_Place | None] = ContextVar("place", default=None)
_NOT_TRACED: AbstractContextManager[Span] = contextlib.nullcontext(_Nothing())
_NOWHERE: AbstractContextManager[None] = contextlib.nullcontext()
_FAULT = 500


def traceparent() -> str:
    """Return the place of what is in progress, "" where it is not traced."""
    place = _place.get()
    return place.traceparent if place else ""


def within(tracer: Tracer | None, above: str | None) -> AbstractContextManager[None]:
    """Open a place again that was kept."""
    return _NOWHERE if tracer is None or not above else _at(_Place(tracer, above))


def span(name: str, kind: CallSide = CallSide.INTERNAL, said: Said | None = None) -> AbstractContextManager[Span]:
    """Open a span of what is in progress; an error that leaves it is its own."""
    place = _place.get()
    return _NOT_TRACED if place is None else _open(place.tracer, name, kind, said or {}, place.traceparent)


def entered(
    tracer: Tracer | None, above: str | None, name: str, said: Said | None = None
) -> AbstractContextManager[Span]:
    """Open the span of a call from outside, in the caller's trace where its header names one."""
    return _NOT_TRACED if tracer is None else _open(tracer, name, CallSide.SERVER, said or {}, above)


def over(name: str, since: int | None, until: int, said: Said) -> None:
    """Write down a span of what is in progress that is over, both times in ms."""
    place = _place.get()
    if place is not None:
        begun = place.tracer.begin(name, CallSide.INTERNAL, said, above=place.traceparent, at=since or until)
        begun.end(until)


@contextlib.contextmanager
def _at(place: _Place) -> Iterator[None]:
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


@contextlib.contextmanager
def _open(tracer: Tracer, name: str, kind: CallSide, said: Said, above: str | None) -> Iterator[Span]:
    begun = tracer.begin(name, kind, said, above=above)
    try:
        with _at(_Place(tracer, begun.traceparent)):
            yield begun
    except BaseException as error:
        begun.note({"error.type": getattr(error, "code", type(error).__name__)})
        if getattr(error, "status", _FAULT) >= _FAULT:  # a client's mistake is not our failure
            begun.fail(str(error) or type(error).__name__)
        raise
    finally:
        begun.end()
