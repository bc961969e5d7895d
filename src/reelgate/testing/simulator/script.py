"""The file with the faults for `reelgate simulate`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from reelgate.testing.simulator.faults import checked


class Scripted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[fault]]`: the next `times` calls, or a share of all of them."""

    vendor: str
    operation: str
    kind: str
    times: int = 1
    share: float | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fault: list[dict[str, Any]] = []


def read(path: Path, vendors: Collection[str]) -> list[Scripted]:
    """Return the faults of a file. Raises ValueError with one line that names the file and the entry, or OSError."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return [_numbered(path, number, table, vendors) for number, table in enumerate(file.fault, 1)]


def entry(table: Any, vendors: Collection[str]) -> Scripted:
    """Return a fault that stands as a table or as JSON. Raises ValueError with what is wrong and what is allowed."""
    scripted = msgspec.convert(table, Scripted)
    if scripted.vendor not in vendors:
        raise ValueError(f"vendor is {scripted.vendor!r}; allowed: {', '.join(vendors)}")
    if scripted.share is not None and "times" in table:
        raise ValueError("times and share exclude each other")
    checked(scripted.operation, scripted.kind, times=scripted.times, share=scripted.share)
    return scripted


def _numbered(path: Path, number: int, table: dict[str, Any], vendors: Collection[str]) -> Scripted:
    try:
        return entry(table, vendors)
    except ValueError as error:
        raise ValueError(f"{path}: fault {number}: {error}") from None
