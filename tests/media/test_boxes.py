from __future__ import annotations

import io
import random
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate import limits
from reelgate.media.boxes import SampleDescription, tracks
from reelgate.media.sniff import Unreadable
from reelgate.testing.samples import clip


def walked(data: bytes) -> list[SampleDescription]:
    return tracks(io.BytesIO(data), len(data))


def box(kind: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def within(*kinds: bytes, body: bytes) -> bytes:
    for kind in reversed(kinds):
        body = box(kind, body)
    return body


@cache
def sample() -> bytes:
    with TemporaryDirectory() as folder:
        return clip(Path(folder) / "a.mp4", 320, 180, seconds=0.5, audio=True).read_bytes()


def test_every_track_is_found_with_its_size() -> None:
    picture, sound = walked(sample())
    assert picture == SampleDescription("avc1", 320, 180)
    assert (sound.codec, sound.width * sound.height) == ("mp4a", 0)


def test_a_64_bit_size_and_a_box_to_the_end_are_read() -> None:
    entry = box(b"avc1", bytes(24) + b"\x01\x00\x00\x80")
    stsd = box(b"stsd", bytes(8) + entry)
    table = within(b"trak", b"mdia", b"minf", b"stbl", body=stsd)
    long = (1).to_bytes(4, "big") + b"moov" + (16 + len(table)).to_bytes(8, "big") + table
    open_ended = bytes(4) + b"moov" + table
    assert walked(box(b"free") + long) == walked(box(b"free") + open_ended) == [SampleDescription("avc1", 256, 128)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        box(b"ftyp", b"isom"),
        box(b"moov"),
        (1 << 31).to_bytes(4, "big") + b"mdat",
        (4).to_bytes(4, "big") + b"moov",
        within(b"moov", body=(100).to_bytes(4, "big") + b"trak"),
    ],
)
def test_a_file_without_a_sound_track_table_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="cut off"):
        walked(data)


def test_a_file_made_of_boxes_alone_is_given_up() -> None:
    with pytest.raises(Unreadable, match="boxes"):
        walked(box(b"free") * (limits.MAX_BOXES + 1))


def test_a_cut_file_is_refused_wherever_it_is_cut() -> None:
    whole = sample()
    for stop in range(0, len(whole) - 8, len(whole) // 40):
        with pytest.raises(Unreadable):
            walked(whole[:stop])


@pytest.mark.parametrize(
    "note", [b"SEFT a vendor's block that is no box", bytes(64), b"\0\0\0\0", b"\0\0\0\x03abc!", b"\xff" * 40, b"short"]
)
def test_what_stands_behind_the_last_box_is_let_be(note: bytes) -> None:
    assert walked(sample() + note) == walked(sample())


@given(st.integers(0, 2**32), st.integers(1, 20))
def test_a_damaged_file_gives_tracks_or_a_reason(seed: int, bytes_changed: int) -> None:
    rng, data = random.Random(seed), bytearray(sample())
    for _ in range(bytes_changed):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with suppress(Unreadable):
        assert walked(bytes(data))


@given(st.binary(max_size=300))
def test_any_bytes_give_tracks_or_a_reason(data: bytes) -> None:
    with suppress(Unreadable):
        assert walked(data)
