"""The page about the log names every event that the server writes, and no other, in both languages."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = {"info", "warning", "error", "exception", "surviving"}
_ROW = re.compile(r"^\| (`[a-z_]+(?:\.[a-z_]+)*`(?:[,、] ?`[a-z_]+(?:\.[a-z_]+)*`)*) \|", re.MULTILINE)


def events(tree: ast.Module) -> Iterator[str]:
    """Yield the events of a module: what its logs are called with, and names that are handed to them later."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        logs = isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS and "log" in _named(call.func.value)
        named = isinstance(call.func, ast.Name) and call.func.id == "_Events"
        foreign = isinstance(call.func, ast.Attribute) and call.func.attr == "log" and len(call.args) > 1
        if logs or named or foreign:
            texts = call.args if named else call.args[:1] if logs else call.args[1:2]
            yield from (one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _named(node: ast.expr) -> str:
    text = ast.unparse(node)
    return "log" if "faults" in text or "get_logger" in text else text


@functools.cache
def all_events() -> frozenset[str]:
    """Return the events of the whole server."""
    modules = (ROOT / "src/reelgate").rglob("*.py")
    ours = (path.read_text() for path in modules if "testing" not in path.parts)
    return frozenset(event for text in ours if "log" in text for event in events(ast.parse(text)))


@pytest.mark.parametrize("page", ["watching.md", "watching.zh-CN.md"])
def test_every_event_of_the_log_is_on_the_page(page: str) -> None:
    written = all_events()
    text = (ROOT / "docs" / page).read_text()
    start = text.index("`server.started`")
    rows = _ROW.findall(text[text.rindex("\n\n", 0, start) : text.index("\n\n", start)])
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert written - told == set(), "the server writes these too"
    assert told - written == set(), "nothing writes these"
