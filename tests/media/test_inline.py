from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.media.inline import inline_pieces, is_inline
from reelgate.media.sniff import Unreadable


def decode_inline(url: str, max_bytes: int) -> bytes:
    """Return all bytes at once."""
    return b"".join(inline_pieces(url, max_bytes))


@given(st.binary(max_size=200), st.sampled_from(["image/png", "", "text/plain;charset=utf-8", "图片"]))
def test_a_data_uri_gives_its_bytes_whatever_type_it_claims(data: bytes, claimed: str) -> None:
    url = f"data:{claimed};base64,{base64.b64encode(data).decode()}"
    assert is_inline(url)
    assert decode_inline(url, 200) == data


@given(st.binary(min_size=1, max_size=300))
def test_raw_base64_may_have_line_breaks(data: bytes) -> None:
    text = base64.encodebytes(data).decode()
    assert is_inline(text)
    assert decode_inline(text, 300) == data


@pytest.mark.parametrize("url", ["http://a/b", "HTTPS://a/b", "ftp://a", "file:///etc/passwd", "localhost:80/a"])
def test_an_address_is_not_inline(url: str) -> None:
    assert not is_inline(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("data:image/png,abc", "not Base64"),
        ("data:", "not Base64"),
        ("data:image/png;base64,a", "valid Base64"),
        ("data:image/png;base64,%%%%", "valid Base64"),
        ("example.com/a.png", "neither an http"),
        ("图片", "valid Base64"),
        (base64.b64encode(bytes(101)).decode(), "larger than"),
        ("A" * 10_000, "larger than"),
    ],
)
def test_what_cannot_be_decoded_is_refused(url: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode_inline(url, 100)


@given(st.text(max_size=200))
def test_any_text_gives_bytes_or_a_reason(text: str) -> None:
    with suppress(Unreadable):
        assert len(decode_inline(text, 100)) <= 100
