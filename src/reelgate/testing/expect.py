"""Assertions for conformance suites: they raise AssertionError with a sentence, under `python -O` too."""

from __future__ import annotations

from collections.abc import Awaitable


def expect(held: bool, sentence: str) -> None:
    """Raise AssertionError with `sentence`, which says what should be, unless it held."""
    if not held:
        raise AssertionError(sentence)


def expect_equal(actual: object, expected: object, what: str) -> None:
    """Raise AssertionError unless both are equal; `what` names the thing."""
    expect(actual == expected, f"{what}: {actual!r}, not {expected!r}")


async def expect_raises(error: type[Exception], work: Awaitable[object], what: str) -> None:
    """Raise AssertionError unless `work` raises `error`; `what` names what must not pass."""
    try:
        await work
    except error:
        return
    raise AssertionError(f"{what} is refused with {error.__name__}")
