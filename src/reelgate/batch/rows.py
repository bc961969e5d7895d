"""The orders of a batch: rows of a CSV file, or objects of a JSON Lines file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_ID = "id"
_LISTS = ("images", "videos", "audios")
_WHOLE = ("duration", "seed")
_YES_NO = (
    "audio",
    "music",
    "keep_audio",
    "watermark",
    "prompt_extend",
    "camera_fixed",
    "return_last_frame",
    "web_search",
)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NOT_FIELDS = frozenset({"idempotency_key", "quote_id", "self"})
"""Names that the client takes for something else: the batch names its orders and holds their prices itself."""
_SAFE = re.compile(r"[^\w.-]+")
_CHARS = 60


class Row(NamedTuple):
    """One order: the name of its files, its position in the file, and its fields."""

    name: str
    place: str
    fields: dict[str, Any]


def read(path: Path, usual: Mapping[str, Any]) -> list[Row]:
    """Return the orders of a file; `usual` are the fields of those that don't say. Raises OSError, ValueError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not in UTF-8; save it in that encoding (a spreadsheet's CSV UTF-8)") from None
    found = _jsonl(text) if path.suffix.lower() in (".jsonl", ".ndjson", ".json") else _csv(text)
    rows: list[Row] = []
    names: set[str] = set()
    for number, (place, given) in enumerate(found, 1):
        fields = {**usual, **{name: value for name, value in given.items() if name != _ID}}
        if wrong := _NOT_FIELDS & fields.keys():
            raise ValueError(f"{path}, {place}: {min(wrong)} is not a field of an order; leave it out")
        if not fields.get("model"):
            raise ValueError(f"{path}, {place}: no model is named; add a column, or give --model")
        name = _SAFE.sub("-", str(given.get(_ID) or f"{number:04}")).strip("-.")[:_CHARS] or f"{number:04}"
        if name.lower() in names:
            raise ValueError(f"{path}, {place}: an earlier row already has the id {name}")
        names.add(name.lower())
        rows.append(Row(name, place, fields))
    if not rows:
        raise ValueError(f"{path} has no rows")
    return rows


def _csv(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        if twice := [name for name in names if name and names.count(name) > 1]:
            raise ValueError(f"line 1: two columns are called {twice[0]!r}; leave one out, or divide values by |")
        for given in reader:
            place = f"line {reader.line_num}"
            if None in given or None in given.values():
                raise ValueError(
                    f"{place}: it has fewer columns than the first line, or more; quote values that contain commas"
                )
            named = {str(name).strip(): value.strip() for name, value in given.items()}
            yield place, {name: _value(name, value, place) for name, value in named.items() if value}
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _value(name: str, text: str, place: str) -> Any:
    """Return a cell as the field's type; several addresses are divided by |."""
    if name in _LISTS:
        return [one.strip() for one in text.split("|") if one.strip()]
    if name in _WHOLE:
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"{place}: {name} is {text!r}; allowed: a whole number") from None
    if name in _YES_NO:
        if text.lower() not in _BOOLEANS:
            raise ValueError(f"{place}: {name} is {text!r}; allowed: true or false")
        return _BOOLEANS[text.lower()]
    return text


def _jsonl(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number}: no JSON: {error}") from None
        if not isinstance(given, dict):
            raise ValueError(f"line {number}: an order is an object with the fields of a create")
        yield f"line {number}", given
