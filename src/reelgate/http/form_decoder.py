"""Reads a form, with files (multipart/form-data, RFC 7578) or of texts alone, into the object that JSON would hold.

A file becomes a `data:` URI, a text stays text, and a name says where it goes: `metadata[seed]` into an object,
`images[]`, or any name that comes again, into an array. The objects are marked as a form's, whose numbers and
booleans can only be texts.
"""

from __future__ import annotations

import base64
import codecs
import re
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from reelgate.dialects.fields import FormBody
from reelgate.errors import BodyTooLarge, MalformedBody
from reelgate.http.multipart import PartReader
from reelgate.limits import INLINE_BODY_BYTES, MAX_FORM_DEPTH, MAX_FORM_PARTS, MAX_SMALL_BODY_BYTES
from reelgate.media.sniff import HEAD_BYTES, Unreadable, sniff

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_Container = TypeVar("_Container", dict[str, Any], list[Any])
_STEP = re.compile(r"\[([^\[\]]*)\]")
_STRETCH = 8 * 1024
_INDEX_CHARS = 9  # of a place in an array; a longer one counts to more than there are parts
_FILES = ("image/", "video/", "audio/", "application/octet-stream")
"""Types of parts that hold a file, where it is not text."""


def is_form(content_type: str) -> bool:
    """Whether that Content-Type announces a form with files."""
    return content_type.lower().startswith("multipart/form-data")


def is_multipart(content_type: str) -> bool:
    """Whether that Content-Type announces anything in parts."""
    return content_type.lower().startswith("multipart/")


def is_urlencoded(content_type: str) -> bool:
    """Whether that Content-Type announces a form of texts alone."""
    return content_type.lower().startswith("application/x-www-form-urlencoded")


class UrlencodedReader:
    """A form of texts alone, as `curl -d` and browsers write it."""

    def __init__(self) -> None:
        self._body = bytearray()

    @property
    def large(self) -> bool:
        """Whether `finish` has enough work for a thread."""
        return len(self._body) > INLINE_BODY_BYTES

    def feed(self, data: bytes) -> None:
        """Read on. Raises BodyTooLarge."""
        self._body += data
        if len(self._body) > MAX_SMALL_BODY_BYTES:
            raise BodyTooLarge(
                f"a form without files holds at most {MAX_SMALL_BODY_BYTES // 2**20} MiB; "
                "send media as files in multipart/form-data, or by address"
            )

    def finish(self) -> dict[str, Any]:
        """Return the form as an object. Raises MalformedBody."""
        if self._body.count(b"&") >= MAX_FORM_PARTS:
            raise MalformedBody(f"the form has more than {MAX_FORM_PARTS} parts")
        form = FormBody()
        for pair in self._body.split(b"&"):
            name, _, text = bytes(pair).partition(b"=")
            if pair:
                _place(form, _unquoted(name), _unquoted(text))
        return form


class FormReader(PartReader):
    """Puts the parts where their names say."""

    def __init__(self, content_type: str) -> None:
        super().__init__(content_type)
        self._form = FormBody()
        self._bytes = 0
        self._parts = 0
        self._part: tuple[str, str | None, str] = ("", None, "")
        self._data: list[bytes] = []

    @property
    def large(self) -> bool:
        """Whether reading it is enough work for a thread."""
        return self._bytes > INLINE_BODY_BYTES

    def feed(self, data: bytes) -> None:
        """Read on. Raises MalformedBody."""
        self._bytes += len(data)
        super().feed(data)

    def finish(self) -> dict[str, Any]:
        """Return the form as an object. Raises MalformedBody unless the whole form has been read."""
        self.close()
        return self._form

    def begin(self, name: str, filename: str | None, content_type: str) -> None:
        """Begin a part. Raises MalformedBody for a form with too many parts."""
        self._parts += 1
        if self._parts > MAX_FORM_PARTS:
            raise MalformedBody(f"the form has more than {MAX_FORM_PARTS} parts")
        self._part, self._data = (name, filename, content_type), []

    def content(self, data: bytes) -> None:
        """Keep it."""
        self._data.append(data)

    def end(self) -> None:
        """Put a text or a file where it belongs."""
        name, filename, content_type = self._part
        data, self._data = self._data, []
        if filename is None:
            _place(self._form, name, self._without_name(name, content_type, data))
        elif filename or any(data):  # else a browser's file field in which nothing was chosen
            _place(self._form, name, _data_uri(data))

    def _without_name(self, name: str, content_type: str, data: list[bytes]) -> str:
        """Return a part that has no file name: a text, or what a client sent from its memory, which is not text."""
        try:
            return _text(data)
        except UnicodeDecodeError:
            if content_type.lower().startswith(_FILES) or _is_media(b"".join(data[:HEAD_BYTES])):
                return _data_uri(data)
        raise MalformedBody(f"the form's field {name[:60]} is not text in UTF-8; send a file with a filename") from None


def _unquoted(text: bytes) -> str:
    """Return what percent-encoded text says, read a stretch at a time."""
    parts, at = [], 0
    while at < len(text):
        stretch = text[at : at + _STRETCH]
        cut = stretch.rfind(b"%", len(stretch) - 2) if at + _STRETCH < len(text) else -1
        stretch = stretch if cut < 0 else stretch[:cut]
        parts.append(unquote_to_bytes(stretch.replace(b"+", b" ")))
        at += len(stretch)
    try:
        return b"".join(parts).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedBody("the form is not percent-encoded text in UTF-8") from None


def _is_media(begin: bytes) -> bool:
    try:
        return bool(sniff(begin[:HEAD_BYTES]))
    except Unreadable:
        return False


def _text(data: list[bytes]) -> str:
    """Join pieces; each takes a moment only, so that other threads have theirs in between."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    whole = ""
    for piece in data:
        whole += decoder.decode(piece)
    whole += decoder.decode(b"", final=True)
    return whole


def _data_uri(data: list[bytes]) -> str:
    whole, left = "data:;base64,", b""
    for piece in data:
        joined = left + piece
        cut = len(joined) - len(joined) % 3
        whole += base64.b64encode(joined[:cut]).decode("ascii")
        left = joined[cut:]
    whole += base64.b64encode(left).decode("ascii")
    return whole


def _place(form: FormBody, name: str, value: str) -> None:
    parsed = _NAME.fullmatch(name)
    key, steps = (parsed[1], _STEP.findall(parsed[2])) if parsed else (name, [])
    if len(steps) > MAX_FORM_DEPTH:
        raise MalformedBody(f"the form's field {name[:60]} is nested deeper than {MAX_FORM_DEPTH} levels")
    form[key] = _placed(form.get(key), steps, value, name)


def _placed(old: Any, steps: list[str], value: str, name: str) -> Any:
    """Return `old` with the value put in at `steps`; an empty step is the next place of an array."""
    if not steps:
        return value if old is None else [*(old if isinstance(old, list) else [old]), value]
    step, *rest = steps
    if step.isdecimal() and (old is None or isinstance(old, list)):
        at = int(step) if len(step) <= _INDEX_CHARS else MAX_FORM_PARTS
        return _numbered(old or [], at, rest, value, name)
    if step:
        fields = _kept(old, FormBody(), name)
        return FormBody({**fields, step: _placed(fields.get(step), rest, value, name)})
    items = _kept(old, [], name)
    last = items[-1] if items and rest else None
    if isinstance(last, dict) and rest[0] not in last:  # the next field of the object that was begun
        return [*items[:-1], _placed(last, rest, value, name)]
    return [*items, _placed(None, rest, value, name)]


def _numbered(items: list[Any], at: int, rest: list[str], value: str, name: str) -> list[Any]:
    """Put a value at the place of an array that its name counts to: `images[0]`, `images[1]`."""
    if at > len(items):
        raise MalformedBody(f"the form's field {name[:60]} comes before the one with {len(items)} in its place")
    old = items[at] if at < len(items) else None
    return [*items[:at], _placed(old, rest, value, name), *items[at + 1 :]]


def _kept(old: Any, empty: _Container, name: str) -> _Container:
    if old is None:
        return empty
    if not isinstance(old, type(empty)):
        raise MalformedBody(f"the form's field {name[:60]} contradicts another one of that name")
    return old
