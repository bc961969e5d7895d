"""What is wrong in a TOML file that an operator wrote, and where: the file, the field, the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

_LINE = re.compile(r"\(at line (\d+)")
_AT_END = "(at end of document)"
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_MISSING = re.compile(r"required field `([^`]+)`")
_PLACE = re.compile(r"`\$((?:\.[\w-]+)+)")
_NAMED = re.compile(r"([a-z][a-z0-9_.]*): ")


class FileError(ValueError):
    """A file is wrong; the text names the file, and field and line as far as they are known. `field` is the name as
    the file writes it, "" if no field is at fault; `line` begins at 1, 0 is not known.
    """

    def __init__(self, message: str, *, field: str = "", line: int = 0) -> None:
        self.field = field
        self.line = line
        super().__init__(message)

    @classmethod
    def at(cls, file: Path, told: str, row: Sequence[str | int] = (), *, about: str = "", field: str = "") -> Self:
        """Return what to raise for something wrong in a row of a file.

        `row` leads to it: names of tables, and places in their arrays from 0. `about` says in words which row it is.
        Where `field` is not given, it is taken from `told`, as msgspec and this package's own checks word it.
        """
        field = field or field_in(told)
        line = _line(file, told, [*row, *field.split(".")])
        where = f" (line {line})" if line and not _LINE.search(told) else ""
        return cls(f"{file}: {about}{': ' if about else ''}{told}{where}", field=field, line=line)


def field_in(told: str) -> str:
    """Return the field that a text about a fault names, "" where it names none."""
    place = _PLACE.search(told)
    found = _UNKNOWN.search(told) or _MISSING.search(told)
    inner = place[1].lstrip(".") if place else ""
    if found:
        return f"{inner}.{found[1]}" if inner else found[1]
    named = _NAMED.match(told)
    return inner or (named[1] if named else "")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line on which a value begins, or the nearest thing around it that is there; 0 for none.

    Raises ValueError if the text is not TOML.

    A TOML file may end after any line but those within a value, so the value begins after the last such beginning of
    the file that has it not yet.
    """
    lines = text.splitlines(keepends=True)
    whole = tomllib.loads(text)
    while path and not _holds(whole, path):
        path = path[:-1]
    return _begins(lines, path) if path else 0


def _begins(lines: list[str], path: Sequence[str | int]) -> int:
    lacks, has = 0, len(lines)
    while has - lacks > 1:
        middle = (lacks + has) // 2
        for count in (*range(middle, lacks, -1), *range(middle + 1, has)):
            found = _read(lines[:count])
            if found is not None:
                break
        else:
            break  # all between is one value of several lines
        if _holds(found, path):
            has = count
        else:
            lacks = count
    return lacks + 1


def _line(file: Path, told: str, path: Sequence[str | int]) -> int:
    stated = _LINE.search(told)
    if stated:
        return int(stated[1])
    try:
        text = file.read_text(encoding="utf-8")
        return len(text.splitlines()) if _AT_END in told else line_of(text, path)
    except (OSError, ValueError):
        return 0


def _read(lines: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("".join(lines))
    except ValueError:
        return None


def _holds(found: Any, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(found, list) or len(found) <= step:
                return False
            found = found[step]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            return False
    return True
