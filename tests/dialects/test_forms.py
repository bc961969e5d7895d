"""Every dialect reads a form as it reads the same body in JSON, though numbers and booleans are only texts there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.dialects.fields import FormBody
from reelgate.dialects.port import Call
from tests.dialects.cases import CATALOG, Case, cases


def as_texts(body: dict[str, Any]) -> FormBody:
    """Return a body as a form says it with a text for each field, objects and arrays as JSON."""
    return FormBody(
        {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in body.items()
            if value is not None
        }
    )


def as_names(value: Any) -> Any:
    """Return a body as a form says it with names in brackets: every single value is a text."""
    if isinstance(value, dict):
        return FormBody({name: as_names(inner) for name, inner in value.items() if inner is not None})
    if isinstance(value, list):
        return [as_names(inner) for inner in value]
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("case", cases("create"))
def test_a_form_asks_for_what_the_same_json_asks_for(case: Case) -> None:
    call = case.call
    wanted = case.dialect.parse(call, CATALOG)

    for form in (as_texts(call.body), as_names(call.body)):
        read = case.dialect.parse(Call(call.path, call.headers, form), CATALOG)
        assert replace(read, names=wanted.names) == wanted
