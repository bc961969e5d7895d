"""A transfer resumes with the same file only, and the whole is compared with its checksum."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from reelgate.media.addresses import AddressRule
from reelgate.media.fetch import Fetcher, FetchFailed
from reelgate.media.partial import forget_old
from reelgate.testing.media_server import MediaServer

OLD, NEW = bytes(range(256)) * 40, b"another film" * 500


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer() as running:
        yield running


class Film:
    """A file at a vendor: breaks off half way the first time, and is replaced if told so."""

    def __init__(self, *, etag: str = "", digest: str = "", ranges: str = "true") -> None:
        self.body, self.etag, self.digest, self.ranges = OLD, etag, digest, ranges
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if request.headers.get("If-Range", self.etag) != self.etag or self.ranges == "no":
            start = 0
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(self.body) - start))
        if start:
            told = 0 if self.ranges == "wrong" else start
            request.send_header("Content-Range", f"bytes {told}-{len(self.body) - 1}/{len(self.body)}")
        for name, value in (("ETag", self.etag), ("Content-MD5", self.digest)):
            if value:
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body[start : len(self.body) // 2] if len(self.asked) == 1 else self.body[start:])
        request.close_connection = True


def fetch(url: str, path: Path) -> str:
    """Fetch once; return why it failed for now, "" where it did not."""

    async def run() -> None:
        fetcher = Fetcher(AddressRule(allow=[ipaddress.ip_network("127.0.0.1/32")]))
        try:
            await fetcher.fetch(url, path, 10**6, resume=True)
        finally:
            await fetcher.aclose()

    try:
        asyncio.run(run())
    except FetchFailed as failed:
        return failed.reason if failed.transient else f"for good: {failed.reason}"
    return ""


@pytest.mark.parametrize("etag", ["", '"v1"', 'W/"v1"'])
def test_what_broke_off_goes_on(server: MediaServer, tmp_path: Path, etag: str) -> None:
    film = Film(etag=etag)
    url = server.on("/film", film)

    assert fetch(url, tmp_path / "a.part").endswith("/film broke off before the end")
    assert fetch(url, tmp_path / "a.part") == ""
    assert (tmp_path / "a.part").read_bytes() == OLD
    assert film.asked[1]["range"] == f"bytes={len(OLD) // 2}-"
    assert film.asked[1].get("if-range", "") == (etag if etag.startswith('"') else "")


def test_a_file_that_was_replaced_meanwhile_comes_from_its_start(server: MediaServer, tmp_path: Path) -> None:
    film = Film(etag='"v1"')
    url = server.on("/film", film)
    fetch(url, tmp_path / "a.part")
    film.body, film.etag = NEW, '"v2"'

    assert fetch(url, tmp_path / "a.part") == ""
    assert (tmp_path / "a.part").read_bytes() == NEW


def test_the_rest_of_another_part_is_not_taken(server: MediaServer, tmp_path: Path) -> None:
    film = Film(ranges="wrong")
    url = server.on("/film", film)
    fetch(url, tmp_path / "a.part")

    assert fetch(url, tmp_path / "a.part").endswith("/film has changed")
    assert fetch(url, tmp_path / "a.part") == ""
    assert (tmp_path / "a.part").read_bytes() == OLD


def test_a_server_that_knows_no_parts_sends_the_whole(server: MediaServer, tmp_path: Path) -> None:
    url = server.on("/film", Film(ranges="no"))
    fetch(url, tmp_path / "a.part")

    assert fetch(url, tmp_path / "a.part") == ""
    assert (tmp_path / "a.part").read_bytes() == OLD


def test_a_whole_that_does_not_fit_its_checksum_is_fetched_again(server: MediaServer, tmp_path: Path) -> None:
    film = Film(digest=base64.b64encode(hashlib.md5(NEW).digest()).decode())  # noqa: S324 (what vendors send)
    film.asked.append({})
    url = server.on("/film", film)

    assert fetch(url, tmp_path / "a.part").endswith("/film does not fit its checksum")
    assert not (tmp_path / "a.part").exists()

    film.body = NEW
    assert fetch(url, tmp_path / "a.part") == ""
    assert (tmp_path / "a.part").read_bytes() == NEW


def test_parts_that_nobody_goes_on_with_are_removed(tmp_path: Path) -> None:
    for name, age in (("old.part", 100), ("old.part.mark", 100), ("young.part", 10), ("old.txt", 100)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)

    forget_old(tmp_path, 50)
    forget_old(tmp_path / "nowhere", 50)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.txt", "young.part"]
