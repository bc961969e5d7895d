from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.errors import FileNotFound, LinkExpired
from reelgate.media.links import LinkSigner, expiry
from reelgate.signing import Signer

SIGNER = LinkSigner(Signer(b"a secret"))
NOW = 1_800_000_123_456
IDS = st.text(min_size=1, max_size=40)


def parts(link: str) -> tuple[str, str, str, str]:
    url = urlsplit(link)
    _, files, task_id, name = url.path.split("/")
    query = parse_qs(url.query)
    assert files == "files"
    return unquote(task_id), unquote(name), query["expires"][0], query["signature"][0]


@given(IDS, IDS)
def test_a_signed_link_is_good_for_its_own_file_until_it_expires(task_id: str, name: str) -> None:
    signed = parts(SIGNER.sign(task_id, name, expiry(NOW)))
    assert signed[:2] == (task_id, name)
    SIGNER.verify(*signed, now=NOW)
    with pytest.raises(LinkExpired):
        SIGNER.verify(*signed, now=int(signed[2]) * 1000)


@given(IDS, IDS, st.text(max_size=12), st.text(max_size=70))
def test_nothing_else_is_good(task_id: str, name: str, expires: str, signature: str) -> None:
    good = parts(SIGNER.sign("task", "video.mp4", expiry(NOW)))
    for forged in (
        (task_id + "x", *good[1:]),
        (good[0], name + "x", *good[2:]),
        (*good[:2], expires, good[3]),
        (*good[:3], signature),
    ):
        with pytest.raises(FileNotFound):
            SIGNER.verify(*forged, now=NOW)


def test_another_secret_signs_otherwise() -> None:
    link = parts(LinkSigner(Signer(b"another")).sign("task", "video.mp4", expiry(NOW)))
    with pytest.raises(FileNotFound):
        SIGNER.verify(*link, now=NOW)


def test_slashes_do_not_move_between_the_parts() -> None:
    assert SIGNER.sign("a/b", "c", 3600) != SIGNER.sign("a", "b/c", 3600)


@given(st.integers(1, 10**7))
def test_a_link_ends_when_its_life_is_over_and_not_later(life: int) -> None:
    link = parts(SIGNER.sign("task", "video.mp4", expiry(NOW, life)))

    assert int(link[2]) == NOW // 1000 + life
    SIGNER.verify(*link, now=(NOW // 1000 + life) * 1000 - 1)
    with pytest.raises(LinkExpired):
        SIGNER.verify(*link, now=(NOW // 1000 + life) * 1000)
