"""What a client sent is read whole in pieces of any size, within its limits, or refused with what to do."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate import limits
from reelgate.errors import BodyTooLarge, Crowded, MalformedBody, UnknownCoding
from reelgate.http.body import credential, read_body, read_object
from reelgate.http.encoded import Unpacker
from reelgate.http.json_body import JsonBody

FORM = {"content-type": "application/x-www-form-urlencoded"}


def scope(**headers: str) -> dict[str, Any]:
    """Return a request's scope with these headers."""
    return {"headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}


def arriving(body: bytes, size: int = 65536) -> Callable[[], Awaitable[Any]]:
    """Return a `receive` that brings a body in pieces."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False
    coming = iter(messages)

    async def receive() -> Any:
        return next(coming)

    return receive


def read(body: bytes, size: int = 65536, **headers: str) -> dict[str, Any]:
    """Read a create's body that comes in pieces."""
    return asyncio.run(read_object(scope(**headers), arriving(body, size)))


PIECES = st.sampled_from(["\\", '"', "/", "+\n", "é", "😀", "A"]) | st.binary(min_size=1, max_size=60)
TEXTS = st.text(max_size=40) | st.tuples(PIECES, st.integers(0, 70_000))
VALUES = st.recursive(TEXTS | st.integers(-9, 9) | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3))


def long(value: Any) -> Any:
    """Return a value whose texts are given as a piece and a count, or as a file's bytes."""
    if isinstance(value, list):
        return [long(inner) for inner in value]
    if not isinstance(value, tuple):
        return value
    piece, times = value
    return piece * times if isinstance(piece, str) else base64.b64encode(piece * (times // 60)).decode()


WRITERS: list[Callable[[Any], str]] = [
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: json.dumps(value).replace("/", "\\/"),  # as PHP writes it
    lambda value: json.dumps(value).replace("+", "\\u002B"),  # as .NET writes it
    lambda value: json.dumps(value, indent=7),
]


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), st.sampled_from(WRITERS), st.integers(1, 100_000))
def test_any_object_is_read_as_it_was_written_however_it_comes(
    told: dict[str, Any], write: Callable[[Any], str], size: int
) -> None:
    body = write({name: long(value) for name, value in told.items()}).encode()
    reader = JsonBody()
    for at in range(0, len(body), size):
        reader.feed(body[at : at + size])

    assert reader.finish() == json.loads(body)


def test_long_base64_is_no_text_that_counts() -> None:
    film = base64.b64encode(bytes(range(256)) * 60_000).decode()
    assert len(film) > limits.MAX_BODY_TEXT_BYTES

    assert read(json.dumps({"image": f"data:image/png;base64,{film}"}).encode())["image"].endswith(film)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a":[' + b"[]," * 100_001 + b"1]}", "commas, colons, brackets"),
        (b'{"a":' + b"[" * 200_001, "commas, colons, brackets"),
        (b"{" + b",".join(b'"%d":1' % n for n in range(110_000)) + b"}", "commas, colons, brackets"),
        (b'{"a":"' + "猫".encode() * 2_900_000 + b'"}', "8 MiB of text"),
        (b'{"a":"' + b"A" * limits.MAX_BODY_BYTES + b'"}', "64 MiB"),
        (b"a=" + b"%41" * 400_000, "multipart/form-data"),
    ],
)
def test_what_no_call_needs_is_refused_while_it_is_read(body: bytes, words: str) -> None:
    with pytest.raises(BodyTooLarge, match=words):
        read(body, content_type="application/x-www-form-urlencoded")


def test_where_no_media_belong_a_mebibyte_is_enough() -> None:
    with pytest.raises(BodyTooLarge, match="1 MiB"):
        asyncio.run(read_body(scope(), arriving(b" " * 2**20 + b"{}")))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]),
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body)[2:-4],  # bare, as some send it
    "identity": bytes,
}


@pytest.mark.parametrize("size", [1, 7, 65536])
@pytest.mark.parametrize("coding", PACKERS)
def test_a_packed_body_is_unpacked(coding: str, size: int) -> None:
    body = json.dumps({"prompt": "一只猫", "image": "A" * 200_000}).encode()

    assert read(PACKERS[coding](body), size, content_encoding=coding) == json.loads(body)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "x" * 500])
def test_what_is_packed_otherwise_is_refused_with_what_is_read(coding: str) -> None:
    with pytest.raises(UnknownCoding, match="gzip, deflate"):
        read(b"{}", content_encoding=coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_goes_off_outside(coding: str) -> None:
    body = PACKERS[coding](b'{"a":"' + b"A" * (limits.MAX_BODY_BYTES + 1))
    assert len(body) < 2**20

    with pytest.raises(BodyTooLarge, match="64 MiB"):
        read(body, content_encoding=coding)


@pytest.mark.parametrize("cut", [1, 5, 20])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_packed_body_that_breaks_off_or_is_another_thing_is_refused(coding: str, cut: int) -> None:
    packed = PACKERS[coding](b'{"prompt": "a cat in the rain"}')
    for body in (packed[:-cut], b"{" + packed):
        with pytest.raises(MalformedBody):
            read(body, content_encoding=coding)


@given(st.binary(max_size=400), st.sampled_from(["gzip", "deflate"]), st.integers(1, 64))
def test_any_bytes_unpack_or_are_refused(data: bytes, coding: str, size: int) -> None:
    unpacker = Unpacker(coding)

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(data), size):
            yield from unpacker.feed(data[at : at + size])

    try:
        assert all(len(piece) <= limits.BODY_PIECE_BYTES for piece in pieces())
    except MalformedBody:
        return


class Full:
    """A room for so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise Crowded

    def turn(self) -> Any:
        raise AssertionError("nothing large came through")


def test_a_body_without_room_is_read_to_its_end_and_then_refused() -> None:
    receive = arriving(b'{"a":"' + b"A" * 10_000_000 + b'"}')

    with pytest.raises(Crowded):
        asyncio.run(read_object(scope(), receive, Full(100_000)))
    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(receive())  # type: ignore[arg-type]


def test_a_form_of_another_kind_hears_which_one_is_read() -> None:
    with pytest.raises(MalformedBody, match="multipart/form-data"):
        read(b"--x\r\n", content_type="multipart/mixed; boundary=x")


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"authorization": "Bearer sk-1"}, "Bearer sk-1"),
        ({"authorization": "token sk-1"}, "token sk-1"),
        ({"authorization": "sk-1"}, "sk-1"),
        ({"x_api_key": "sk-1"}, "sk-1"),
        ({"api_key": "sk-1"}, "sk-1"),
        ({"authorization": "Basic dTpw", "x_api_key": "sk-1"}, "sk-1"),
        ({"authorization": "Bearer", "api_key": "sk-1"}, "sk-1"),
        ({"authorization": "Bearer sk-1", "x_api_key": "sk-2"}, "Bearer sk-1"),
        ({"authorization": "Basic dTpw"}, "Basic dTpw"),
        ({}, None),
    ],
)
def test_a_key_is_found_where_clients_put_it(headers: dict[str, str], found: str | None) -> None:
    assert credential(scope(**headers)) == found
