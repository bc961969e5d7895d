"""What comes over a connection: offers of other protocols, heads and trailers, within limits and in time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from reelgate import limits
from tests.server.echo import EchoServer, echoing

BODY = b'{"prompt": "GET /v1/usage HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"}'
OFFERS = (
    (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"),
    (b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"),
    (b"connection: keep-alive, upgrade\r\nUPGRADE: TLS/1.0, h2c\r\n"),
    (b"Upgrade: h2c\r\nConnection: Upgrade\r\nUpgrade: another\r\nConnection: HTTP2-Settings\r\n"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    with echoing() as running:
        yield running


def head(method: str = "POST", *lines: bytes, host: bytes = b"Host: x\r\n", version: str = "1.1") -> bytes:
    return f"{method} /a?b=c HTTP/{version}\r\n".encode() + host + b"".join(lines) + b"\r\n"


def with_length(body: bytes) -> tuple[bytes, bytes]:
    return b"Content-Length: %d\r\n" % len(body), body


def chunked(body: bytes, trailers: bytes = b"") -> tuple[bytes, bytes]:
    parts = b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:]))
    return b"Transfer-Encoding: chunked\r\n", parts + b"0\r\n" + trailers + b"\r\n"


@pytest.mark.parametrize("framed", [with_length, chunked])
@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_of_another_protocol_is_ignored_however_it_is_cut(
    server: EchoServer, framed: type, offer: bytes
) -> None:
    framing, sent = framed(BODY)
    request = head("POST", offer, framing) + sent
    for cut in range(1, len(request)):
        with server.client() as client:
            heard = client.send(request[:cut], request[cut:]).answer()
            assert heard is not None
            assert heard.status == 200
            assert heard.json["body"] == BODY.decode()
            assert "upgrade" not in {name for name, _ in heard.json["headers"]}
            again = client.send(head("GET")).answer()  # and the body was no request
            assert again is not None
            assert again.json["method"] == "GET"
            assert again.json["body"] == ""


@pytest.mark.parametrize("framed", [with_length, chunked])
def test_an_offer_that_comes_byte_by_byte(server: EchoServer, framed: type) -> None:
    framing, sent = framed(BODY)
    request = head("POST", OFFERS[0], framing) + sent + head("GET", OFFERS[1])
    with server.client() as client:
        client.send(*(request[i : i + 1] for i in range(len(request))))
        first, second = client.answer(), client.answer()
    assert first is not None
    assert first.json["body"] == BODY.decode()
    assert second is not None
    assert second.json["method"] == "GET"


def test_offers_sent_ahead_are_answered_in_turn(server: EchoServer) -> None:
    framing, sent = with_length(BODY)
    with server.client() as client:
        client.send((head("POST", OFFERS[0], framing) + sent + head("GET", OFFERS[0])) * 20)
        for _ in range(20):
            first, second = client.answer(), client.answer()
            assert first is not None
            assert first.json["body"] == BODY.decode()
            assert second is not None
            assert second.json["method"] == "GET"


def test_a_request_that_offers_and_closes_ends_the_connection(server: EchoServer) -> None:
    with server.client() as client:
        heard = client.send(head("GET", b"Connection: close, Upgrade\r\nUpgrade: h2c\r\n")).answer()
        assert heard is not None
        assert heard.headers["connection"] == "close"
        assert client.ends()


def test_connect_is_for_proxies(server: EchoServer) -> None:
    with server.client() as client:
        heard = client.send(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n").answer()
        assert heard is not None
        assert heard.status == 405
        assert client.ends()


@pytest.mark.parametrize("where", [b"Authorization: Bearer k\r\n", b"Host: other\r\nExpect: x\r\n", b"a: b\r\n" * 100])
def test_trailers_are_no_headers(server: EchoServer, where: bytes) -> None:
    framing, sent = chunked(BODY, where)
    request = head("POST", framing) + sent
    for cut in (1, len(request) // 2, len(request) - 3, len(request)):
        with server.client() as client:
            heard = client.send(request[:cut], request[cut:]).answer()
            again = client.send(head("GET")).answer()
        for one in (heard, again):
            assert one is not None
            assert one.status == 200
            assert {name for name, _ in one.json["headers"]} <= {"host", "transfer-encoding"}


FULL = b"x: " + b"y" * (limits.MAX_HEAD_BYTES + 1) + b"\r\n"
WIDE = b"a: b\r\n" * limits.MAX_HEAD_FIELDS  # and the Host


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(head("GET", FULL), id="one large header"),
        pytest.param(head("GET", FULL)[:-2], id="one that does not end"),
        pytest.param(head("GET", b"x: " + b"y" * 1_000_000 + b"\r\n"), id="a very large one"),
        pytest.param(head("GET", *(b"x%d: %s\r\n" % (i, b"y" * 900) for i in range(90))), id="many large ones"),
        pytest.param(head("GET", WIDE), id="many fields"),
        pytest.param(head("GET", WIDE * 500), id="very many fields"),
        pytest.param(b"GET /" + b"a" * limits.MAX_HEAD_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n", id="a long address"),
        pytest.param(b"GET /" + b"a" * limits.MAX_HEAD_BYTES, id="an address without an end"),
        pytest.param(head("POST", chunked(BODY)[0]) + chunked(BODY, FULL)[1], id="a large trailer"),
        pytest.param(head("POST", chunked(BODY)[0]) + chunked(BODY, WIDE + b"c: d\r\n")[1], id="many trailers"),
        pytest.param(head("POST", chunked(BODY)[0]) + chunked(BODY, FULL * 9)[1][:-2], id="trailers without an end"),
        pytest.param(head("POST", OFFERS[0], FULL), id="a large header beside an offer"),
    ],
)
def test_heads_and_trailers_have_limits(server: EchoServer, request_bytes: bytes) -> None:
    for size in (len(request_bytes), 30_000, 4096):
        with server.client() as client:
            client.send(*(request_bytes[i : i + size] for i in range(0, len(request_bytes), size)))
            heard = client.answer()
            assert heard is not None
            assert heard.status == 431, heard
            assert heard.headers["connection"] == "close"
            assert heard.headers["x-request-id"]
            assert "send" in heard.json["error"]["message"]
            assert client.ends()


def test_what_just_fits_is_taken(server: EchoServer) -> None:
    fields = b"a: b\r\n" * (limits.MAX_HEAD_FIELDS - 1)
    assert server.ask(head("GET", fields)).status == 200
    most = limits.MAX_HEAD_BYTES - len(head("GET")) - 10
    assert server.ask(head("GET", b"x: " + b"y" * most + b"\r\n")).status == 200
    framing, sent = chunked(BODY, WIDE)
    assert server.ask(head("POST", framing) + sent).status == 200


def test_a_large_body_is_no_head(server: EchoServer) -> None:
    framing, sent = with_length(b"y" * 300_000)
    with server.client() as client:
        client.send(head("POST", framing) + sent + head("GET")[:9], head("GET")[9:])
        first, second = client.answer(), client.answer()
    assert first is not None
    assert len(first.json["body"]) == 300_000
    assert second is not None
    assert second.status == 200


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (head("GET", host=b""), 400),
        (head("GET", host=b"Host: x\r\nHost: x\r\n"), 400),
        (head("GET", host=b"Host: x\r\nA: b\r\nhost: y\r\n"), 400),
        (head("GET", host=b"Host: x, y\r\n"), 400),
        (head("GET", host=b"Host: x y\r\n"), 400),
        (head("GET", host=b"Host: user@x\r\n"), 400),
        (head("GET", host=b"Host: x/y\r\n"), 400),
        (head("GET", host=b"Host: x:80:81\r\n"), 400),
        (head("GET", host=b"Host: [::1]:8000\r\n"), 200),
        (head("GET", host=b"Host: a-b_c.example:80 \r\n"), 200),
        (head("GET", host=b"Host:\r\n"), 200),
        (head("GET", host=b"", version="1.0"), 200),
        (head("GET", host=b"Host: x\r\nHost: y\r\n", version="1.0"), 400),
        (head("GET", b"Expect: 200-maybe\r\n"), 417),
        (head("GET", b"Expect: 100-continue, more\r\n"), 417),
        (head("GET", b"Expect: 200-maybe\r\n", version="1.0"), 200),
        (head("GET", b"Expect:\r\n"), 200),
        (b"GET http://x/a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        (b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (head("POST", b"Content-Length: 3\r\nContent-Length: 4\r\n") + b"abcd", 400),
        (head("POST", b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
        (head("POST", b"Transfer-Encoding: chunked\r\n") + b"zz\r\n", 400),
        (head("POST", b"Transfer-Encoding: chunked\r\n") + b"3\r\nabc\r\nzz\r\n", 400),
        (head("POST", OFFERS[0], b"Transfer-Encoding: chunked\r\n") + b"zz\r\n", 400),
        (head("GET", OFFERS[0], b"Expect: 200-maybe\r\n"), 417),
        (head("GET", OFFERS[0]) + head("GET", OFFERS[0], b"Expect: 200-maybe\r\n"), 200),
    ],
)
def test_requests_that_are_no_http(server: EchoServer, request_bytes: bytes, status: int) -> None:
    with server.client() as client:
        heard = client.send(request_bytes).answer()
        assert heard is not None
        assert heard.status == status, heard
        if status != 200:
            assert heard.headers["x-request-id"]
            assert heard.json["error"]["message"]
            assert heard.headers["connection"] == "close"
            assert client.ends()


def test_continue_is_said_where_the_body_is_read(server: EchoServer) -> None:
    framing, sent = with_length(BODY)
    with server.client() as client:
        client.send(head("POST", framing, b"Expect: 100-Continue\r\n"))
        asked = client.answer(of_head=True)
        assert asked is not None
        assert asked.status == 100
        heard = client.send(sent).answer()
        assert heard is not None
        assert heard.json["body"] == BODY.decode()


def test_an_answer_that_does_not_want_the_body_ends_the_connection(server: EchoServer) -> None:
    with server.client() as client:
        client.send(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        heard = client.answer()
        assert heard is not None
        assert heard.status == 200
        assert heard.headers["connection"] == "close"


def test_a_body_that_nobody_wants_is_dropped_and_the_connection_kept(server: EchoServer) -> None:
    with server.client() as client:
        client.send(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n")
        first = client.answer()
        second = client.send(b"z" * 500_000, head("GET")).answer()
    assert first is not None
    assert second is not None
    assert second.json["method"] == "GET"


def test_a_request_that_is_sent_again_is_answered_as_on_a_connection_of_its_own(server: EchoServer) -> None:
    framing, sent = with_length(BODY)
    requests = [
        head("GET"),
        head("GET", b"X-Other: 1\r\n"),
        head("GET", b"Content-Length: 3\r\n") + b"abc",
        head("GET", OFFERS[0]),
        head("GET", host=b"Host: y\r\n"),
        head("POST", framing) + sent,
        head("DELETE"),
        head("OPTIONS"),
    ]
    alone = [server.ask(request) for request in requests]
    rng = random.Random(7)
    with server.client() as client:
        last = 0
        for _ in range(300):
            last = last if rng.random() < 0.6 else rng.randrange(len(requests))
            request = requests[last]
            cuts = sorted({0, *(rng.randrange(len(request)) for _ in range(rng.choice((0, 0, 0, 1, 2)))), len(request)})
            client.send(*(request[cut:end] for cut, end in itertools.pairwise(cuts)))
            heard = client.answer()
            assert heard is not None
            assert (heard.status, heard.json) == (alone[last].status, alone[last].json), request


def test_a_request_that_is_sent_again_after_one_that_closes_is_not_heard(server: EchoServer) -> None:
    closing = head("GET", b"Connection: close\r\n")
    with server.client() as client:
        client.send(closing, closing)
        assert client.answer() is not None
        assert client.ends()


def test_too_many_requests_ahead(server: EchoServer) -> None:
    with server.client() as client:
        client.send(head("GET") * (limits.REQUESTS_AHEAD * 3))
        answered = 0
        while (heard := client.answer()) is not None and heard.status == 200:
            answered += 1
        assert heard is not None
        assert heard.status == 400
        assert answered >= limits.REQUESTS_AHEAD
        assert client.ends()


def test_a_head_is_refused_without_a_body_to_head(server: EchoServer) -> None:
    with server.client() as client:
        heard = client.send(head("HEAD", host=b"")).answer(of_head=True)
        assert heard is not None
        assert heard.status == 400
        assert client.ends()


def test_an_answer_without_a_length_comes_in_chunks_or_ends_with_the_connection(server: EchoServer) -> None:
    with server.client() as client:
        chunked_answer = client.send(b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").rest()
    assert b"\r\ntransfer-encoding: chunked\r\n" in chunked_answer
    assert chunked_answer.endswith(b"4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n")
    with server.client() as client:
        plain = client.send(b"GET /stream HTTP/1.0\r\n\r\n").rest()
    assert b"transfer-encoding" not in plain
    assert plain.endswith(b"\r\n\r\none two")
