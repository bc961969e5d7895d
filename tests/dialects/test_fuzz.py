"""Whatever JSON object comes in, a dialect either understands it or blames the client."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.catalog.rules import check
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Call, Dialect, Operation
from reelgate.errors import ClientError
from reelgate.request import VideoRequest
from tests.dialects.cases import CATALOG, FIXTURES

HEADERS = {"x-dashscope-async": "enable"}
BODIES = [json.loads(path.read_text(encoding="utf-8"))["body"] for path in sorted(FIXTURES.glob("*/create-*.json"))]


def words(value: Any) -> Iterator[str]:
    """Yield every key and text of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)
    elif isinstance(value, str):
        yield value


VOCABULARY = st.sampled_from(sorted({word for body in BODIES for word in words(body)}))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | VOCABULARY | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(VOCABULARY | st.text(), inner, max_size=6),
    max_leaves=12,
)
DIALECTS = pytest.mark.parametrize("dialect", all_dialects(), ids=lambda dialect: dialect.name)


def understood_or_refused(dialect: Dialect, body: dict[str, Any]) -> None:
    """Parse, check and render as a server does; nothing but ClientError may come out of it."""
    for route in dialect.routes:
        if route.operation is Operation.CREATE:
            _understood_or_refused_at(route.path, dialect, body)


def _understood_or_refused_at(path: str, dialect: Dialect, body: dict[str, Any]) -> None:
    try:
        parsed = dialect.parse(Call(path, HEADERS, body), CATALOG)
        request = check(parsed.model, parsed.request, parsed.names)
    except ClientError as error:
        answer = dialect.render_error(error, "request-1")
        assert 400 <= answer.status < 500
        assert len(msgspec.json.encode(answer.body)) < 10_000
    else:
        assert msgspec.json.decode(msgspec.json.encode(request), type=VideoRequest) == request


@DIALECTS
@given(body=st.dictionaries(VOCABULARY | st.text(), VALUES, max_size=8), data=st.data())
def test_any_object(dialect: Dialect, body: dict[str, Any], data: st.DataObject) -> None:
    model = data.draw(st.sampled_from([model.id for model in CATALOG if CATALOG.find(model.id, dialect.name)] or ["x"]))

    understood_or_refused(dialect, {**body, "model": model})


@DIALECTS
@given(body=st.sampled_from(BODIES), value=VALUES, data=st.data())
def test_a_documented_body_with_one_thing_changed(
    dialect: Dialect, body: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    changed = copy.deepcopy(body)
    places = list(_places(changed))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = value

    understood_or_refused(dialect, changed)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with each of its keys or positions."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield value, key
        yield from _places(item)
