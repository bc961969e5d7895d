"""Results are served from links that need no key: whole, in ranges, and only while they are valid."""

from __future__ import annotations

import hashlib

import pytest

from tests.e2e.server import Server


@pytest.fixture(scope="module")
def finished(gateway: Server) -> dict[str, str]:
    body = {"model": "viduq3t-540p", "prompt": "风中的树", "duration": 1}
    task = gateway.post("/v1/video/generations", body).json["id"]
    gateway.until(f"/v1/tasks/{task}", lambda answer: answer["status"] == "completed")
    found: dict[str, str] = next(t for t in gateway.get("/v1/tasks").json["data"] if t["id"] == task)
    return found


@pytest.fixture(scope="module")
def link(finished: dict[str, str]) -> str:
    return finished["result_url"]


@pytest.fixture(scope="module")
def whole(gateway: Server, link: str) -> bytes:
    return gateway.get(link, key=None).body


def test_a_link_needs_no_key_and_ignores_a_stray_one(gateway: Server, link: str, whole: bytes) -> None:
    stray = gateway.get(link, headers={"Authorization": "Bearer somebody-elses"})

    assert (stray.status, stray.body) == (200, whole)
    assert stray.headers["etag"] == f'"{hashlib.sha256(whole).hexdigest()}"'
    assert stray.headers["accept-ranges"] == "bytes"
    assert stray.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize("name", ["thumbnail", "contact_sheet"])
def test_small_pictures_come_with_every_video(gateway: Server, finished: dict[str, str], name: str) -> None:
    shown = gateway.get(finished[f"{name}_url"], key=None)

    assert (shown.status, shown.headers["content-type"]) == (200, "image/webp")
    assert shown.body[8:12] == b"WEBP"


def test_head_gives_the_size_without_the_bytes(gateway: Server, link: str, whole: bytes) -> None:
    for headers in ({}, {"Range": "bytes=0-99"}, {"Range": f"bytes={len(whole)}-"}):
        head = gateway.call("HEAD", link, key=None, headers=headers)

        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole))


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-99", 0, 100), ("Bytes=5-9", 5, 10), ("bytes=100-", 100, None), ("bytes=-50", -50, None)],
)
def test_a_range_gives_its_bytes(
    gateway: Server, link: str, whole: bytes, asked: str, start: int, stop: int | None
) -> None:
    part = gateway.get(link, key=None, headers={"Range": asked})

    assert (part.status, part.body) == (206, whole[start:stop])
    first = start % len(whole)
    assert part.headers["content-range"] == f"bytes {first}-{first + len(part.body) - 1}/{len(whole)}"


def test_a_range_outside_the_file_is_refused(gateway: Server, link: str, whole: bytes) -> None:
    refused = gateway.get(link, key=None, headers={"Range": f"bytes={len(whole)}-"})

    assert refused.status == 416
    assert refused.headers["content-range"] == f"bytes */{len(whole)}"


def test_what_the_reader_has_already_is_not_sent_again(gateway: Server, link: str) -> None:
    etag = gateway.get(link, key=None).headers["etag"]

    assert gateway.get(link, key=None, headers={"If-None-Match": etag}).status == 304


def test_a_link_that_was_tampered_with_opens_nothing(gateway: Server, link: str) -> None:
    assert gateway.get(link[:-1] + ("0" if link[-1] != "0" else "1"), key=None).status == 404
    assert gateway.get(link.partition("?")[0], key=None).status == 404
    assert gateway.get(link.replace("result.mp4", "../../secret"), key=None).status == 404
    late = gateway.get(link.replace("expires=", "expires=9"), key=None)
    assert (late.status, late.json["error"]["code"]) == (404, "file_not_found")
