"""Forms that no browser sends are refused; none of them is this server's fault."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.console.visitor import Visitor
from tests.e2e.server import KEY, Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("odd") / "data", "--workers", "0") as server:
        yield server


def sent(server: Server, path: str, kind: str, body: bytes, **headers: str) -> int:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=480)
    connection.request("POST", path, body, {"Content-Type": kind, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def part(name: str, value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n--x--\r\n"


ODD = {
    "lone surrogates": ("multipart/form-data; boundary=x; charset=utf-7", part("key", b"+2AA-")),
    "escapes": ("multipart/form-data; boundary=x; charset=unicode_escape", part("key", b"\\ud800")),
    "a coding that fails": ("multipart/form-data; boundary=x; charset=undefined", part("key", b"k")),
    "no text coding": ("multipart/form-data; boundary=x; charset=hex", part("key", b"zz")),
    "no boundary": ("multipart/form-data", part("key", b"k")),
    "another boundary": ("multipart/form-data; boundary=y", part("key", b"k")),
    "cut off": ("multipart/form-data; boundary=x", part("key", b"k")[:-5]),
    "a part without a name": ("multipart/form-data; boundary=x", part("key", b"k").replace(b'; name="key"', b"")),
    "another type": ("application/json", b"{}"),
    "surrogates, escaped": ("application/x-www-form-urlencoded", b"key=%ED%A0%80"),
    "bytes": ("application/x-www-form-urlencoded", b"key=\xff\xfe&&=&%"),
    "very many fields": ("application/x-www-form-urlencoded", b"key=k&" * 5000),
    "a very long field": ("application/x-www-form-urlencoded", b"key=" + b"k" * 2_000_000),
}


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/preferences", "/console/preview"])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_form_is_refused_or_read_as_what_it_can_be(server: Server, path: str, odd: str) -> None:
    visitor = Visitor(server)
    visitor.sign_in()
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())

    assert sent(server, path, *ODD[odd], Cookie=cookies) < 500


def test_a_form_in_another_coding_is_told_so(server: Server) -> None:
    kind, body = ODD["lone surrogates"]

    assert sent(server, "/console/sign-in", kind, body) == 415
    assert sent(server, "/console/sign-in", kind.replace("utf-7", "UTF-8"), part("key", KEY.encode())) == 303
