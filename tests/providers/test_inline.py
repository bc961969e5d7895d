"""Inputs on their way to a vendor: by address, or inside the request."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from reelgate import limits
from reelgate.providers.inline import address, data_uri
from reelgate.providers.port import NotSent, Rejected, Staged
from reelgate.request import Facts, MediaKind, Role


def staged(path: Path, kind: MediaKind, format_: str, *, size: int = 0, url: str = "") -> Staged:
    return Staged(kind, Role.REFERENCE, path, Facts(kind, format_, size or path.stat().st_size), url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "blob").write_bytes(b"\x89PNG fake")
    return tmp_path / "blob"


@pytest.mark.parametrize(
    ("kind", "format_", "start"),
    [
        (MediaKind.IMAGE, "png", "data:image/png;base64,"),
        (MediaKind.AUDIO, "wav", "data:audio/wav;base64,"),
        (MediaKind.AUDIO, "mp3", "data:audio/mp3;base64,"),
        (MediaKind.VIDEO, "mov", "data:video/quicktime;base64,"),
    ],
)
def test_a_data_uri_names_what_the_probe_found(file: Path, kind: MediaKind, format_: str, start: str) -> None:
    uri = data_uri(staged(file, kind, format_))

    assert uri.startswith(start)
    assert base64.b64decode(uri.removeprefix(start)) == file.read_bytes()


def test_an_address_goes_before_the_file_itself(file: Path) -> None:
    assert address(staged(file, MediaKind.IMAGE, "png", url="https://gw.example/a")) == "https://gw.example/a"
    assert address(staged(file, MediaKind.IMAGE, "png")).startswith("data:image/png;base64,")


def test_what_goes_by_address_only_cannot_be_sent_without_one_and_says_nothing_of_the_account(file: Path) -> None:
    with pytest.raises(NotSent, match="public URL") as refused:
        address(staged(file, MediaKind.VIDEO, "mp4"), inline=False)

    assert refused.value.unsendable
    assert not refused.value.account


def test_a_file_over_the_limit_is_rejected_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="at most 20 MB"):
        data_uri(staged(tmp_path / "nowhere", MediaKind.IMAGE, "png", size=limits.INLINE_MEDIA_BYTES + 1))


def test_a_file_that_is_not_there_was_not_sent(tmp_path: Path) -> None:
    with pytest.raises(NotSent, match="can't be read"):
        data_uri(staged(tmp_path / "nowhere", MediaKind.IMAGE, "png", size=5))
