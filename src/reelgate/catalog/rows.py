"""The small language of the catalog's files: shared tables, and one row for many models.

A file holds `[shared.NAME]` tables and `[[model]]` rows.

- `use = "NAME"` (or a list of names) in any table lays shared tables beneath it, later names over earlier ones and
  the table's own keys over all; tables within are merged alike. Names hold across the files of a catalog.
- `for` in a row makes one model of each combination: `for.tier = ["720p", "1080p"]` or, one by one,
  `for = [{ version = "1.0", most = 3 }, …]`. `{tier}` in any text of the row, its shared tables included, becomes
  the value; a text that is nothing but `{most}` becomes the value itself, whatever its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import msgspec

Table = Mapping[str, Any]


def expand(row: Table, shared: Mapping[str, Table]) -> Iterator[dict[str, Any]]:
    """Yield the plain table of each model that a row stands for. Raises ValueError naming what is wrong."""
    plain = {key: value for key, value in row.items() if key != "for"}
    for values in _combinations(row.get("for", {})):
        try:
            yield _resolve(plain, shared, values)
        except RecursionError:
            raise ValueError("use: its shared tables use each other in a circle") from None


def _combinations(stated: Any) -> Iterator[dict[str, Any]]:
    choices = _typed("for", stated, dict[str, list[Any]] | list[dict[str, Any]])
    if isinstance(choices, list):
        yield from choices
        return
    for combination in product(*choices.values()):
        yield dict(zip(choices, combination, strict=True))


def _resolve(value: Any, shared: Mapping[str, Table], values: Table) -> Any:
    if isinstance(value, str):
        return _fill(value, values)
    if isinstance(value, list):
        return [_resolve(item, shared, values) for item in value]
    if not isinstance(value, Mapping):
        return value
    resolved: dict[str, Any] = {}
    for name in _used(value):
        base = shared.get(_fill(name, values))
        if base is None:
            raise ValueError(f'use: there is no [shared."{_fill(name, values)}"]')
        resolved = _merge(resolved, _resolve(base, shared, values))
    return _merge(resolved, {key: _resolve(item, shared, values) for key, item in value.items() if key != "use"})


def _used(table: Table) -> list[str]:
    names = _typed("use", table.get("use", []), str | list[str])
    return [names] if isinstance(names, str) else names


def _typed(key: str, value: Any, wanted: Any) -> Any:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise ValueError(f"{key}: {error}") from None


def _merge(below: dict[str, Any], above: Table) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged


def _fill(text: str, values: Table) -> Any:
    if text.startswith("{") and text[1:-1] in values:
        return values[text[1:-1]]
    try:
        return text.format_map(values)
    except KeyError as missing:
        raise ValueError(f'"{text}": the row\'s `for` gives no {missing}') from None
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError(f'"{text}": {error}; between braces stands a name of the row\'s `for`') from None
