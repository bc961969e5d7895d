"""The changes that `make mutants` makes, and the marks by which it finds the tests that run them."""

from __future__ import annotations

import itertools

from scripts.mutations import marked, mutations

SOURCE = b'''"""A module."""
from __future__ import annotations
import structlog
log = structlog.get_logger()
MOST: int | None = 3


def price(seconds: int, *, rate: int = 2) -> int | None:
    """Return a price."""
    if seconds <= MOST and rate:
        log.info("text", n=1)
        return max(seconds * rate, 1)
    return None
'''


def test_every_kind_of_change_is_found_and_nothing_that_only_readers_see() -> None:
    changed = {(found.line, SOURCE[found.start : found.end].decode(), found.text) for found in mutations(SOURCE)}
    assert changed == {
        (5, "3", "4"),
        (8, "2", "3"),
        (10, "<=", "<"),
        (10, "and", "or"),
        (12, "max(seconds * rate, 1)", "None"),
        (12, "max", "min"),
        (12, "*", "+"),
        (12, "1", "2"),
    }
    assert all(found.sound(SOURCE) for found in mutations(SOURCE))


def test_marks_say_which_change_was_run() -> None:
    found = mutations(SOURCE)
    told: list[int] = []
    text = marked(SOURCE, list(zip(found, itertools.count())), "json").replace(
        "from json import reached as _reached", "_reached = REACHED"
    )
    names = {"REACHED": told.append, "__name__": "sample"}
    exec(compile(text, "sample", "exec"), names)  # noqa: S102
    assert told == []
    names["price"](9)  # type: ignore[operator]
    outside = {number for number, one in enumerate(found) if one.site is None}
    tested = {number for number, one in enumerate(found) if one.line == 10}
    assert set(told) == outside | tested
    names["price"](2)  # type: ignore[operator]
    assert set(told) == set(range(len(found)))
