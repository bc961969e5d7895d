"""Reads a form with files (multipart/form-data, RFC 7578) into the object that the same call has in JSON.

A file becomes a `data:` URI, a text stays text, and a name says where it goes: `metadata[seed]` into an object,
`images[]`, or any name that comes again, into an array.
"""

from __future__ import annotations

import base64
import re
from typing import Any, TypeVar

from reelgate.errors import MalformedBody
from reelgate.http.multipart import PartReader
from reelgate.limits import MAX_FORM_DEPTH, MAX_FORM_PARTS

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_Container = TypeVar("_Container", dict[str, Any], list[Any])
_STEP = re.compile(r"\[([^\[\]]*)\]")


def is_form(content_type: str) -> bool:
    """Whether that Content-Type announces a form with files."""
    return content_type.lower().startswith("multipart/form-data")


def decode_form(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the form as an object. Raises MalformedBody, which says what is wrong with it."""
    reader = _Reader(content_type)
    reader.feed(body)
    reader.finish()
    return reader.form


class _Reader(PartReader):
    """Puts the parts where their names say."""

    def __init__(self, content_type: str) -> None:
        super().__init__(content_type)
        self.form: dict[str, Any] = {}
        self._parts = 0
        self._part: tuple[str, str | None] = ("", None)
        self._data: list[bytes] = []

    def begin(self, name: str, filename: str | None) -> None:
        """Count, for a form of very many parts is none."""
        self._parts += 1
        if self._parts > MAX_FORM_PARTS:
            raise MalformedBody(f"the form has more than {MAX_FORM_PARTS} parts")
        self._part, self._data = (name, filename), []

    def content(self, data: bytes) -> None:
        """Keep it."""
        self._data.append(data)

    def end(self) -> None:
        """Put a text or a file where it belongs."""
        name, filename = self._part
        content = b"".join(self._data)
        if filename is None:
            self._place(name, _text(name, content))
        elif content or filename:  # else a browser's file field in which nothing was chosen
            self._place(name, "data:;base64," + base64.b64encode(content).decode("ascii"))

    def _place(self, name: str, value: str) -> None:
        parsed = _NAME.fullmatch(name)
        key, steps = (parsed[1], _STEP.findall(parsed[2])) if parsed else (name, [])
        if len(steps) > MAX_FORM_DEPTH:
            raise MalformedBody(f"the form's field {name[:60]} is nested deeper than {MAX_FORM_DEPTH} levels")
        self.form[key] = _placed(self.form.get(key), steps, value, name)


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedBody(f"the form's field {name[:60]} is not text in UTF-8; send a file with a filename") from None


def _placed(old: Any, steps: list[str], value: str, name: str) -> Any:
    """Return `old` with the value put in at `steps`; an empty step is the next place of an array."""
    if not steps:
        return value if old is None else [*(old if isinstance(old, list) else [old]), value]
    step, *rest = steps
    if step:
        fields = _kept(old, {}, name)
        return {**fields, step: _placed(fields.get(step), rest, value, name)}
    items = _kept(old, [], name)
    last = items[-1] if items and rest else None
    if isinstance(last, dict) and rest[0] not in last:  # the next field of the object that was begun
        return [*items[:-1], _placed(last, rest, value, name)]
    return [*items, _placed(None, rest, value, name)]


def _kept(old: Any, empty: _Container, name: str) -> _Container:
    if old is None:
        return empty
    if not isinstance(old, type(empty)):
        raise MalformedBody(f"the form's field {name[:60]} contradicts another one of that name")
    return old
