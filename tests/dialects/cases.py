"""The fixture folders: one per dialect, `create-*`, `refuse-*` and `query-*` files in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from _pytest.mark import ParameterSet

from reelgate.catalog import load
from reelgate.catalog.rules import check
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Call, Dialect, Parsed
from reelgate.request import VideoRequest

FIXTURES = Path(__file__).parent / "fixtures"
CATALOG = load()


class Case(NamedTuple):
    """One fixture file of one dialect."""

    dialect: Dialect
    data: dict[str, Any]

    @property
    def call(self) -> Call:
        """The create call that the file holds."""
        return Call(self.data["path"], self.data.get("headers", {}), self.data["body"])

    def admitted(self) -> tuple[Parsed, VideoRequest]:
        """Return the parsed call and the request as the catalog's rules settle it. Raises ClientError."""
        parsed = self.dialect.parse(self.call, CATALOG)
        return parsed, check(parsed.model, parsed.request, parsed.names)


def cases(kind: str) -> list[ParameterSet]:
    """Return the cases of every dialect whose files begin with `kind`."""
    return [
        pytest.param(Case(dialect, json.loads(path.read_text(encoding="utf-8"))), id=f"{dialect.name}-{path.stem}")
        for dialect in all_dialects()
        for path in sorted((FIXTURES / dialect.name).glob(f"{kind}-*.json"))
    ]


def ordered(body: Any) -> str:
    """Return a body as text, so that the order of its keys and its JSON types count in a comparison."""
    return json.dumps(body, ensure_ascii=False, indent=1)
