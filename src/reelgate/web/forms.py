"""Reads a form with files (multipart/form-data, RFC 7578) into the object that the same call has in JSON.

A file becomes a `data:` URI, a text stays text, and a name says where it goes: `metadata[seed]` into an object,
`images[]`, or any name that comes again, into an array.
"""

from __future__ import annotations

import base64
import re
from typing import Any, TypeVar

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from reelgate.errors import MalformedBody
from reelgate.limits import MAX_FORM_DEPTH, MAX_FORM_PARTS

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_Container = TypeVar("_Container", dict[str, Any], list[Any])
_STEP = re.compile(r"\[([^\[\]]*)\]")


def is_form(content_type: str) -> bool:
    """Whether that Content-Type announces a form with files."""
    return content_type.lower().startswith("multipart/form-data")


def decode_form(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the form as an object. Raises MalformedBody, which says what is wrong with it."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not boundary:
        raise MalformedBody("the Content-Type names no boundary; let your HTTP client write it for the form")
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError) as error:
        raise MalformedBody(f"the form can't be read: {error}") from None
    if not reader.complete:
        raise MalformedBody("the form breaks off before its closing boundary")
    return reader.form


class _Reader:
    """What the parser tells, part by part."""

    def __init__(self) -> None:
        self.form: dict[str, Any] = {}
        self.complete = False
        self._parts = 0
        self._headers: dict[str, bytes] = {}
        self._name = b""
        self._value = b""
        self._data: list[bytes] = []

    def callbacks(self) -> Any:
        """Return the parser's callbacks."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_FORM_PARTS:
            raise MalformedBody(f"the form has more than {MAX_FORM_PARTS} parts")
        self._headers, self._data = {}, []

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _part_end(self) -> None:
        options = parse_options_header(self._headers.get("content-disposition", b""))[1]
        name = options.get(b"name", b"").decode("utf-8")
        if not name:
            raise MalformedBody('a part of the form has no name; each needs Content-Disposition: form-data; name="…"')
        content = b"".join(self._data)
        if b"filename" not in options:
            self._place(name, _text(name, content))
        elif content or options[b"filename"]:  # else a browser's file field in which nothing was chosen
            self._place(name, "data:;base64," + base64.b64encode(content).decode("ascii"))

    def _place(self, name: str, value: str) -> None:
        parsed = _NAME.fullmatch(name)
        key, steps = (parsed[1], _STEP.findall(parsed[2])) if parsed else (name, [])
        if len(steps) > MAX_FORM_DEPTH:
            raise MalformedBody(f"the form's field {name[:60]} is nested deeper than {MAX_FORM_DEPTH} levels")
        self.form[key] = _placed(self.form.get(key), steps, value, name)

    def _end(self) -> None:
        self.complete = True


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
