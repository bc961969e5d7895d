"""Follows the parts of a form with files (multipart/form-data, RFC 7578) as they come in."""

from __future__ import annotations

from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from reelgate.errors import MalformedBody

_MAX_HEADER_BYTES = 8 * 1024  # of one part


class PartReader:
    """Reads a form piece by piece; a subclass handles each part."""

    def __init__(self, content_type: str) -> None:
        """Raises MalformedBody for a Content-Type that names no boundary."""
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise MalformedBody("the Content-Type names no boundary; let your HTTP client write it for the form")
        self._complete = False
        self._headers: dict[str, bytes] = {}
        self._name = b""
        self._value = b""
        callbacks: Any = {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": lambda data, start, end: self.content(data[start:end]),
            "on_part_end": self.end,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise MalformedBody(f"the form can't be read: {error}") from None

    def begin(self, name: str, filename: str | None, content_type: str) -> None:
        """A part begins: a file if it has a filename; the Content-Type is the part's own claim."""

    def content(self, data: bytes) -> None:
        """Some bytes of the part."""

    def end(self) -> None:
        """The part is whole."""

    def feed(self, data: bytes) -> None:
        """Read on. Raises MalformedBody, and what the subclass raises."""
        try:
            self._parser.write(data)
        except (FormParserError, UnicodeDecodeError) as error:
            raise MalformedBody(f"the form can't be read: {error}") from None

    def close(self) -> None:
        """Raise MalformedBody unless the whole form has been read."""
        if not self._complete:
            raise MalformedBody("the form breaks off before its closing boundary")
        del self._parser  # which refers back to this object, and would keep large files until cycles are collected

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        if len(self._name) > _MAX_HEADER_BYTES:
            raise MalformedBody("a part of the form has a header that is too long")

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        if len(self._value) > _MAX_HEADER_BYTES:
            raise MalformedBody("a part of the form has a header that is too long")

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def _headers_end(self) -> None:
        disposition = self._headers.get("content-disposition", b"")
        options = parse_options_header(disposition)[1]
        name = options.get(b"name", b"").decode("utf-8")
        if not name:
            raise MalformedBody('a part of the form has no name; each needs Content-Disposition: form-data; name="…"')
        filename = options.get(b"filename", b"" if b"filename*" in disposition else None)
        kind = self._headers.get("content-type", b"").decode("latin-1").strip()
        self.begin(name, None if filename is None else filename.decode("utf-8", "replace"), kind)

    def _end(self) -> None:
        self._complete = True
