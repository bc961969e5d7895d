from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.media.sniff import HEAD_BYTES, KINDS, Unreadable, sniff
from reelgate.testing.samples import clip, picture, sound


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "bmp", "gif", "tiff"])
def test_pictures_are_known_by_content(tmp_path: Path, name: str) -> None:
    assert sniff(picture(tmp_path / "a.txt", format=name).read_bytes()[:HEAD_BYTES]) == name


@pytest.mark.parametrize("name", ["mp4", "mov"])
def test_clips_are_known_by_brand(tmp_path: Path, name: str) -> None:
    assert sniff(clip(tmp_path / f"a.{name}", seconds=0.2).read_bytes()[:HEAD_BYTES]) == name


@pytest.mark.parametrize("name", ["wav", "mp3"])
def test_sounds_are_known_by_content(tmp_path: Path, name: str) -> None:
    assert sniff(sound(tmp_path / "a", seconds=0.2, format=name).read_bytes()[:HEAD_BYTES]) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"\0\0\0\x18ftypmif1", "heic"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\xff\xfb\x90\x00", "mp3"),
    ],
)
def test_rarer_beginnings(head: bytes, name: str) -> None:
    assert sniff(head) == name


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
        b"\0\0\0\x18ftypM4A ",
        b"\0\0\0\x18ftypavif",
        b"\xff\xff\xff\xff",
        b"\xff\xfe\0\0",
        "纯文本".encode(),
    ],
)
def test_everything_else_is_refused_with_what_to_send(head: bytes) -> None:
    with pytest.raises(Unreadable, match="; send jpeg, png"):
        sniff(head)


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_are_either_known_or_refused(head: bytes) -> None:
    with suppress(Unreadable):
        assert sniff(head) in KINDS
