from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.media.boxes import recognise
from reelgate.media.sniff import HEAD_BYTES, KINDS, sniff
from reelgate.testing.samples import clip, picture, sound
from tests.media.test_boxes import box, sample


def known(data: bytes) -> str:
    return sniff(data[:HEAD_BYTES]) or recognise(BytesIO(data), len(data))


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "bmp", "gif", "tiff"])
def test_pictures_are_known_by_content(tmp_path: Path, name: str) -> None:
    assert sniff(picture(tmp_path / "a.txt", format=name).read_bytes()[:HEAD_BYTES]) == name


@pytest.mark.parametrize("name", ["mp4", "mov"])
def test_clips_are_known_by_content(tmp_path: Path, name: str) -> None:
    assert known(clip(tmp_path / f"a.{name}", seconds=0.2).read_bytes()) == name


@pytest.mark.parametrize("name", ["wav", "mp3"])
def test_sounds_are_known_by_content(tmp_path: Path, name: str) -> None:
    assert sniff(sound(tmp_path / "a", seconds=0.2, format=name).read_bytes()[:HEAD_BYTES]) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"\0\0\0\x18ftypmif1", "heic"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\0\0\0\x18ftypavif", "avif"),
        (b"\0\0\0\x18ftypisom", "mp4"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"II+\0", "tiff"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
    ],
)
def test_rarer_beginnings(head: bytes, name: str) -> None:
    assert known(head) == name


BRANDS = [
    b"isom", b"mp42", b"M4V ", b"qt  ", b"mqt ", b"niko", b"CAEP", b"pana", b"av01", b"hvc1", b"mp71", b"NDSC", b"XAVC",
    b"avc1", b"dash", b"iso9", b"MSNV", b"F4V ", b"3gp6", b"kddi", b"JP20", b"\0\0\0\0", b"heic",
]  # fmt: skip


@pytest.mark.parametrize("brand", BRANDS)
def test_a_film_of_any_brand_is_one(tmp_path: Path, brand: bytes) -> None:
    data = clip(tmp_path / "a.mp4", seconds=0.2).read_bytes()

    assert known(data[:8] + brand + data[12:]) == ("mov" if brand in (b"qt  ", b"mqt ") else "mp4")


@pytest.mark.parametrize(
    "first",
    [box(b"free", bytes(40)), box(b"wide"), box(b"skip") * 3, box(b"uuid", b"\x7f" * 16), box(b"pnot", bytes(12))],
)
def test_boxes_may_stand_before_the_brands(tmp_path: Path, first: bytes) -> None:
    """Their offsets would be wrong now, but the type can still be found."""
    assert known(first + clip(tmp_path / "a.mp4", seconds=0.2).read_bytes()) == "mp4"


def test_a_film_from_before_there_were_brands(tmp_path: Path) -> None:
    data = clip(tmp_path / "a.mov", seconds=0.2).read_bytes()

    assert known(data[int.from_bytes(data[:4]) :]) == "mov"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"#EXTM3U\n",
        b"%!PS-Adobe-3.0 EPSF",
        b"<svg xmlns=",
        b"BMW is a maker of cars and bikes",
        b"RIFF\0\0\0\0AVI LIST",
        b"\x1aE\xdf\xa3webm",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"\0\0\0\x0cJXL \r\n\x87\n",
        b"The wide river",
        b"Get free stuff here",
        b"\xff\xff\xff\xff",
        b"\xff\xfe\0\0",
        "纯文本".encode(),
    ],
)
def test_everything_else_is_none_of_them(head: bytes) -> None:
    assert known(head) == ""


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_are_either_known_or_not(head: bytes) -> None:
    assert known(head) in {*KINDS, ""}


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_damaged_film_is_known_or_not(seed: int, bytes_changed: int) -> None:
    rng, data = random.Random(seed), bytearray(sample())
    for _ in range(bytes_changed):
        data[rng.randrange(len(data))] = rng.randrange(256)

    assert known(bytes(data)) in {*KINDS, ""}


def _picture(items: bytes, *brands: bytes, film: bytes = b"") -> bytes:
    """A picture in boxes: its brands, and what its items are."""
    handler = box(b"hdlr", bytes(8) + b"pict" + bytes(12))
    moov = box(b"moov", box(b"hdlr", bytes(8) + film + bytes(12))) if film else b""
    return box(b"ftyp", b"".join(brands)) + box(b"meta", bytes(4) + handler + items) + moov


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (_picture(b"av01", b"mif1"), "avif"),
        (_picture(b"hvc1", b"avif"), "heic"),
        (_picture(b"", b"avis"), "avif"),
        (_picture(b"av01", b"mif1", film=b"pict"), "avif"),
        (_picture(b"av01", b"isom", film=b"vide"), "mp4"),
    ],
)
def test_what_a_picture_holds_tells_its_codec_and_a_film_with_a_cover_is_a_film(data: bytes, name: str) -> None:
    assert recognise(BytesIO(data), len(data)) == name
