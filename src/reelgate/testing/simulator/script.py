"""The file that tells `reelgate simulate` what shall go wrong."""

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
    return [_entry(f"{path}: fault {number}", table, vendors) for number, table in enumerate(file.fault, 1)]


def _entry(where: str, table: dict[str, Any], vendors: Collection[str]) -> Scripted:
    try:
        scripted = msgspec.convert(table, Scripted)
        if scripted.vendor not in vendors:
            raise ValueError(f"vendor is {scripted.vendor!r}; allowed: {', '.join(vendors)}")
        checked(scripted.operation, scripted.kind)
        _count(scripted, table)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    return scripted


def _count(scripted: Scripted, table: dict[str, Any]) -> None:
    if scripted.share is not None and "times" in table:
        raise ValueError("times and share exclude each other")
    if scripted.share is not None and not 0 < scripted.share <= 1:
        raise ValueError(f"share is {scripted.share}; allowed: above 0, up to 1")
    if scripted.times < 1:
        raise ValueError(f"times is {scripted.times}; allowed: 1 or more")
