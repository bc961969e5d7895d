"""A form becomes the object that the same call has in JSON, or the client gets an error that names the mistake."""

from __future__ import annotations

import base64
import contextlib
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.dialects.fields import FormBody
from reelgate.errors import MalformedBody
from reelgate.http.form_decoder import FormReader, UrlencodedReader, is_form, is_urlencoded
from reelgate.limits import MAX_FORM_PARTS

TYPE = "multipart/form-data; boundary=b0"
URLENCODED = "application/x-www-form-urlencoded"


def part(name: str, content: bytes, *, filename: str | None = None) -> bytes:
    """Return one part of a form."""
    file = "" if filename is None else f'; filename="{filename}"'
    return f'--b0\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"


def decode_form(body: bytes, content_type: str) -> dict[str, Any]:
    """Read a whole form at once."""
    reader = UrlencodedReader() if is_urlencoded(content_type) else FormReader(content_type)
    reader.feed(body)
    return reader.finish()


def form(*parts: bytes) -> dict[str, Any]:
    """Read a form of these parts."""
    return decode_form(b"".join(parts) + b"--b0--\r\n", TYPE)


def test_texts_stay_texts_and_files_become_data_uris() -> None:
    read = form(
        part("prompt", "一只猫".encode()), part("seconds", b"4"), part("input_reference", b"abc", filename="upload")
    )

    assert read == {"prompt": "一只猫", "seconds": "4", "input_reference": "data:;base64,YWJj"}


def test_brackets_and_repeated_names_make_objects_and_arrays() -> None:
    read = form(
        part("input_reference[image_url]", b"https://example.com/a.png"),
        part("images[]", b"x"),
        part("images[]", b"y"),
        part("content[][type]", b"text"),
        part("content[][text]", b"a"),
        part("content[][type]", b"image"),
        part("file", b"1", filename="a"),
        part("file", b"2", filename="b"),
        part("metadata[deep][er]", b"1"),
        part("od]d[", b"kept"),
    )

    assert read == {
        "input_reference": {"image_url": "https://example.com/a.png"},
        "images": ["x", "y"],
        "content": [{"type": "text", "text": "a"}, {"type": "image"}],
        "file": ["data:;base64,MQ==", "data:;base64,Mg=="],
        "metadata": {"deep": {"er": "1"}},
        "od]d[": "kept",
    }


def test_a_filename_in_the_extended_form_makes_a_file_too() -> None:
    body = b"--b0\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''%E7%8C%AB.png\r\n\r\nabc\r\n"

    assert form(body) == {"f": "data:;base64,YWJj"}


def test_a_file_field_in_which_nothing_was_chosen_is_not_there() -> None:
    assert form(part("prompt", b"x"), part("input_reference", b"", filename="")) == {"prompt": "x"}


def test_a_part_without_a_filename_is_what_it_holds() -> None:
    png = b"\x89PNG\r\n\x1a\n\xff\xfe"
    typed = b'--b0\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n'

    assert form(part("a", png)) == {"a": "data:;base64," + base64.b64encode(png).decode()}
    assert form(typed % b"\xff\x00\xfe") == {"a": "data:;base64,/wD+"}
    assert form(typed % b"https://example.com/a.png") == {"a": "https://example.com/a.png"}


def test_a_form_of_texts_alone_is_read_too() -> None:
    read = decode_form(b"prompt=a+cat%2C+%E7%8C%AB&metadata[seed]=5&images[]=x&images[]=y&empty=", URLENCODED)

    assert read == {"prompt": "a cat, 猫", "metadata": {"seed": "5"}, "images": ["x", "y"], "empty": ""}
    assert isinstance(read, FormBody)
    assert isinstance(read["metadata"], FormBody)


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: not set(name) & set("[]")), st.text(), max_size=5))
def test_any_texts_come_through_percent_encoding(fields: dict[str, str]) -> None:
    assert decode_form(urlencode(fields).encode(), URLENCODED) == fields


def test_numbers_in_brackets_count_an_array_s_places() -> None:
    read = form(part("images[0]", b"x"), part("images[1]", b"y"), part("content[0][type]", b"text"))

    assert read == {"images": ["x", "y"], "content": [{"type": "text"}]}
    for place in (b"1", b"9" * 5000):
        with pytest.raises(MalformedBody, match="comes before"):
            decode_form(b"images[%s]=x" % place, URLENCODED)


def test_only_forms_with_files_are_forms() -> None:
    assert is_form("Multipart/Form-Data; boundary=x")
    assert not is_form("application/x-www-form-urlencoded")
    assert not is_form("")


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"--b0--\r\n", "multipart/form-data", "no boundary"),
        (part("prompt", b"x"), TYPE, "breaks off"),
        (b"--other\r\n", TYPE, "can't be read"),
        (b"--b0\r\n\r\nx\r\n--b0--\r\n", TYPE, "has no name"),
        (part("prompt", b"\xff\xfe") + b"--b0--\r\n", TYPE, "not text in UTF-8"),
        (part("a", b"1") + part("a[b]", b"2") + b"--b0--\r\n", TYPE, "contradicts"),
        (part("a[b][c][d][e][f]", b"1") + b"--b0--\r\n", TYPE, "nested deeper"),
        (part("a", b"1") * (MAX_FORM_PARTS + 1) + b"--b0--\r\n", TYPE, f"more than {MAX_FORM_PARTS} parts"),
    ],
)
def test_a_broken_form_is_refused_with_what_is_wrong(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(MalformedBody, match=words):
        decode_form(body, content_type)


PIECES = st.sampled_from(
    [b"--b0", b"--b0--", b"\r\n", b"\r\n\r\n", b'Content-Disposition: form-data; name="a[]"', b'; filename="f"', b"x"]
)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=24))
def test_any_bytes_are_read_or_refused(pieces: list[bytes]) -> None:
    with contextlib.suppress(MalformedBody):
        assert isinstance(decode_form(b"".join(pieces), TYPE), dict)


@given(st.lists(st.tuples(st.sampled_from(["a", "a[]", "a[b]", "a[][c]", "b[c][]"]), st.text(max_size=4)), max_size=12))
def test_any_names_are_placed_or_refused(fields: list[tuple[str, str]]) -> None:
    parts = [part(name, text.encode()) for name, text in fields]
    with contextlib.suppress(MalformedBody):
        assert set(form(*parts)) <= {"a", "b"}
