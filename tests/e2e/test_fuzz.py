"""Odd requests to every route: the answer is an error in JSON, and the client can't write into the server's log."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from reelgate.dialects import routes
from tests.e2e.server import Server, serving

PROMPT: dict[str, Any] = {"prompt": "一只猫"}
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/services/aigc/video-generation/video-synthesis": {
        "model": "wan2.7-i2v",
        "input": {**PROMPT, "media": [{"type": "first_frame", "url": "x", "reference_voice": "x"}]},
        "parameters": {"resolution": "720P", "duration": 5, "seed": 1, "watermark": True},
    },
    "/api/v3/contents/generations/tasks": {
        "model": "doubao-seedance-2-0-260128",
        "content": [
            {"type": "text", "text": "一只猫 --dur 5"},
            {"type": "image_url", "image_url": {"url": "x"}, "role": "first_frame"},
        ],
        "tools": [{"type": "web_search"}],
        "execution_expires_after": 3600,
    },
    "/ent/v2/reference2video": {
        "model": "viduq3",
        "subjects": [{"name": "a", "images": ["x"], "videos": ["x"]}],
        "payload": "x",
        **PROMPT,
    },
    "/v1/videos": {
        "model": "wan2.7-i2v",
        "seconds": "5",
        "size": "1280x720",
        "input_reference": {"image_url": "x"},
        "metadata": {"seed": 1},
        **PROMPT,
    },
    "/v1/videos/edits": {"model": "wan2.7-videoedit", "video": {"id": "x"}, **PROMPT},
    "/v1/videos/nobody/remix": PROMPT,
    "/volc/asset/CreateAsset": {"GroupId": "x", "AssetType": "Image", "URL": "x", "Name": "x"},
    "/volc/asset/ListAssets": {"Filter": {"Name": "x", "GroupIds": ["x"]}, "PageNumber": 1, "PageSize": 10},
}
ODD: tuple[Any, ...] = (
    None, "", 0, -1, 1.5, 1e308, 10**30, 10**400, True, [], {}, [None], [[]], [{}], ["a"], {"url": 5}, {"id": None},
    "\0", "x" * 5000, "9" * 40, "a:b", "data:;base64,!", "http://[::1", "http://169.254.169.254/", "file:///etc/passwd",
    "asset://x",
)  # fmt: skip
QUERIES = (
    "page_size=-1", "page_size=9" + "9" * 30, "page_no=x", "start_time=20260230000000", "start_time=00010101000000",
    "status=zz", "filter.status=zz", "filter.task_ids=" + ",".join("a" * 500), "limit=-0", "limit=%d9%a1", "order=zz",
    "after=%00", "variant=zz", "pager.page_token=%00", "created_at.from=zz", "action=zz", "%ff=%ff", "cursor=-1", "&=&",
)  # fmt: skip
IDS = ("nobody", "%00", "%ff", "..", "%2e%2e%2f", "x" * 5000, "%F0%9F%8C%A7", "a%2Fb")
HEADS = (
    (b'Content-Disposition: form-data; name="metadata[a][b][c][d][e][f]"',),
    (b'Content-Disposition: form-data; name="metadata[]"', b'Content-Disposition: form-data; name="metadata[a]"'),
    (b'Content-Disposition: form-data; name="\xff"',),
    (b'Content-Disposition: form-data; name="model"; filename="x.png"',),
    (b"X: y",),
    (b"X: " + b"y" * 20_000,),
    (),
)
PARTS = (b"".join(b"--b\r\n%s\r\n\r\nx\r\n" % head for head in heads) + b"--b--\r\n" for heads in HEADS)
FORMS = (*((body, "multipart/form-data; boundary=b") for body in (*PARTS, b"none")), (b"none", "multipart/form-data"))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("odd")
    with serving(folder / "data", "--workers", "0") as server:
        yield server
    said = [json.loads(line) for line in (folder / "data.log").read_text().splitlines()]
    assert [line for line in said if line["level"] in ("warning", "error")] == []


def ask(gateway: Server, asked: Iterator[tuple[str, str, bytes, str]]) -> list[str]:
    """Make the calls on one connection; return those that were not answered as a client's mistake or in JSON."""
    line = http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=480)
    wrong = []
    for method, path, body, kind in asked:
        headers = {"Authorization": f"Bearer {gateway.key}", "Content-Type": kind, "X-DashScope-Async": "enable"}
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        content = answer.read()
        if answer.status >= 500 or (answer.status >= 400 and method != "HEAD" and not content.startswith(b"{")):
            wrong.append(f"{method} {path[:200]} {body[:200]!r}: {answer.status} {content[:200]!r}")
    line.close()
    return wrong


def changed(body: Any) -> Iterator[Any]:
    """Yield the body with each of its values, whole objects too, made odd in each way."""
    yield from ODD
    if isinstance(body, dict | list):
        for key, value in list(body.items() if isinstance(body, dict) else enumerate(body)):
            for odd in changed(value):
                copy: Any = body.copy()
                copy[key] = odd
                yield copy


@pytest.mark.parametrize("path", BODIES)
def test_odd_bodies(gateway: Server, path: str) -> None:
    bodies = (json.dumps(body).encode() for body in changed(BODIES[path]))

    assert ask(gateway, (("POST", path, body, "application/json") for body in bodies)) == []


def test_odd_ids_queries_and_methods(gateway: Server) -> None:
    def calls() -> Iterator[tuple[str, str, bytes, str]]:
        for path in sorted({route.path.replace("{id}", name) for route, _ in routes() for name in IDS}):
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                yield method, path, b"", "text/plain"
            for query in QUERIES:
                yield "GET", f"{path}?{quote(query, safe='%=&')}", b"", ""

    assert ask(gateway, calls()) == []


def test_odd_forms(gateway: Server) -> None:
    paths = sorted({route.path for route, _ in routes() if route.method == "POST"})

    assert ask(gateway, (("POST", path, body, kind) for path in paths for body, kind in FORMS)) == []


def test_numbers_too_long_for_any(gateway: Server) -> None:
    expiry = b'--b\r\nContent-Disposition: form-data; name="expires_after[seconds]"\r\n\r\n%s\r\n' % (b"9" * 5000)
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n{}\r\n--b--\r\n'
    purpose = b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    place = b"model=animatic&prompt=x&images[%s]=x" % (b"9" * 5000)
    calls = [
        ("POST", "/v1/files", expiry + purpose + file, "multipart/form-data; boundary=b"),
        ("POST", "/v1/videos", place, "application/x-www-form-urlencoded"),
        ("POST", "/v1/tasks", b'{"model":"animatic","prompt":"x","seconds":1%s}' % (b"0" * 400), "application/json"),
        ("POST", "/v1/tasks", b'{"model":"animatic","ratio":"a:b","aspect_ratio":"16:9"}', "application/json"),
    ]

    assert ask(gateway, iter(calls)) == []


def test_what_is_no_http(gateway: Server) -> None:
    address = urlsplit(gateway.url)
    with socket.create_connection((address.hostname, address.port), timeout=480) as line:
        line.sendall(b"\x16\x03\x01 is TLS\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
