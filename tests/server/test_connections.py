"""How long connections may wait, who makes room near the ceiling, and how they end with the server."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs

from reelgate import limits
from reelgate.server import patience
from reelgate.server.descriptors import connections_within
from tests.server.echo import PATIENCE, Client, EchoServer, Heard, echoing

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET /a HTTP/1.1\r\nHost: x\r\n"
BODY = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with echoing(tends=False) as running:
        yield running


def seen(server: EchoServer, found: Callable[[], bool]) -> None:
    """Wait until something is so on the server's loop."""
    end = time.monotonic() + PATIENCE
    while not server.on_loop(found):
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def later(server: EchoServer, seconds: float, steps: int = 1) -> None:
    """Look at the connections as if so many seconds had passed since now."""

    def look() -> None:
        now = server.loop.time()
        for step in range(1, steps + 1):
            for one in server.connections:
                patience.look(one, now + seconds * step / steps, seconds / steps)

    server.on_loop(look)


def of(server: EchoServer, count: int) -> None:
    """Wait until there are so many connections."""
    seen(server, lambda: len(server.connections) == count)


def begun(server: EchoServer) -> None:
    """Wait until what was sent of a head has been read."""
    seen(server, lambda: any(one.in_head for one in server.connections))


def test_an_idle_connection_lives_as_long_as_it_is_said(server: EchoServer) -> None:
    with server.client() as client:
        assert client.send(GET).answer() is not None
        later(server, limits.KEEP_ALIVE_SECONDS - 1)
        assert client.send(GET).answer() is not None
        later(server, limits.KEEP_ALIVE_SECONDS + 1)
        assert client.ends()


@pytest.mark.parametrize(
    ("agent", "seconds"),
    [
        (b"Java-http-client/17.0.15", 1200.0),
        (b"okhttp/4.12.0", 300.0),
        (b"OpenAIClientImpl/Java 4.101.0", 300.0),
        (b"dashscope/2.17.0; java/17.0.15; platform/Linux; processor/amd64", 300.0),
        (b"Apache-HttpClient/5.6.5 (Java/17.0.15)", 180.0),
        (b"Go-http-client/1.1", 90.0),
    ],
)
def test_a_client_whose_pool_is_known_is_outlived(server: EchoServer, agent: bytes, seconds: float) -> None:
    with server.client() as client:
        assert client.send(GET[:-2] + b"User-Agent: " + agent + b"\r\n\r\n").answer() is not None
        later(server, seconds + 1)
        assert client.send(GET).answer() is not None
        later(server, max(seconds, limits.KEEP_ALIVE_SECONDS) + 10)
        assert client.ends()


def test_who_never_says_anything_is_dropped(server: EchoServer) -> None:
    with server.client() as client:
        of(server, 1)
        later(server, limits.HEAD_SECONDS - 1)
        assert client.send(GET).answer() is not None
    with server.client() as client:
        of(server, 1)
        later(server, limits.HEAD_SECONDS + 1)
        assert client.ends()


@pytest.mark.parametrize("before", [b"", GET])
def test_a_head_that_does_not_end_is_refused(server: EchoServer, before: bytes) -> None:
    with server.client() as client:
        if before:
            assert client.send(before).answer() is not None
        client.send(HALF)
        begun(server)
        later(server, limits.HEAD_SECONDS + 1)
        heard = client.answer()
        assert heard is not None
        assert heard.status == 408
        assert heard.headers["connection"] == "close"
        assert client.ends()


def test_a_body_that_comes_too_slowly_is_refused(server: EchoServer) -> None:
    with server.client() as client:
        client.send(BODY, b"z" * 500_000)
        seen(server, lambda: sum(one.exchange.received if one.exchange else 0 for one in server.connections) == 500_000)
        later(server, limits.BODY_SECONDS + 500_000 / limits.BODY_BYTES_A_SECOND - 1)
        later(server, limits.BODY_SECONDS + 500_000 / limits.BODY_BYTES_A_SECOND + 1)
        heard = client.answer()
        assert heard is not None
        assert heard.status == 408
        assert "500000 bytes" in heard.json["error"]["message"]
        assert client.ends()


def test_a_body_that_comes_fast_enough_is_taken(server: EchoServer) -> None:
    with server.client() as client:
        client.send(BODY, b"z" * 500_000)
        seen(server, lambda: sum(one.exchange.received if one.exchange else 0 for one in server.connections) == 500_000)
        later(server, limits.BODY_SECONDS + 1)
        heard = client.send(b"z" * 500_000).answer()
        assert heard is not None
        assert heard.status == 200


def test_a_body_that_nobody_wants_does_not_come_for_ever(server: EchoServer) -> None:
    with server.client() as client:
        heard = client.send(BODY.replace(b"/a", b"/unread")).answer()
        assert heard is not None
        assert heard.status == 200
        later(server, limits.BODY_SECONDS + 1)
        assert client.ends()


def test_a_client_that_takes_in_nothing_is_left_alone(server: EchoServer) -> None:
    body = b"z" * 40_000_000
    with server.client() as client:
        client.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body), body)
        seen(server, lambda: any(one.flow.write_paused for one in server.connections))
        later(server, 2 * limits.ANSWER_STALL_SECONDS + 1, steps=4)
        of(server, 0)


def test_time_in_which_the_process_stood_still_counts_for_nobody(server: EchoServer) -> None:
    def look(*after: float) -> None:
        now = server.loop.time()
        for seconds in after:
            server.connections.look(now + seconds)

    with server.client() as client:
        client.send(HALF)
        begun(server)
        server.on_loop(lambda: look(0, 0.5, 60, 60.5))
        heard = client.send(b"\r\n").answer()
        assert heard is not None
        assert heard.status == 200


def test_near_the_ceiling_the_longest_idle_go_first() -> None:
    with echoing(ceiling=40) as server, contextlib.ExitStack() as stack:
        kept = []
        for _ in range(40):
            client = stack.enter_context(server.client())
            assert client.send(GET).answer() is not None
            kept.append(client)
            time.sleep(0.005)  # the loop's clock counts in milliseconds
        for _ in range(10):
            assert stack.enter_context(server.client()).send(GET).answer() is not None
        assert [client.ends() for client in kept[:10]] == [True] * 10
        assert all(client.send(GET).answer() is not None for client in kept[10:])


def test_strangers_make_room_before_who_was_answered() -> None:
    with echoing(ceiling=40) as server, contextlib.ExitStack() as stack:
        kept = [stack.enter_context(server.client()) for _ in range(20)]
        assert all(client.send(GET).answer() is not None for client in kept)
        silent = [stack.enter_context(server.client()) for _ in range(10)]
        half = [stack.enter_context(server.client()).send(HALF) for _ in range(10)]
        seen(server, lambda: len(server.connections) == 40)
        end = server.on_loop(server.loop.time) + limits.CROWD_SECONDS + 0.1
        seen(server, lambda: server.loop.time() > end)
        for _ in range(20):
            assert stack.enter_context(server.client()).send(GET).answer() is not None
        assert all(client.ends() for client in (*silent, *half))
        assert all(client.send(GET).answer() is not None for client in kept)


def test_what_is_under_way_is_not_broken_off_and_a_newcomer_is_told() -> None:
    with echoing(ceiling=20) as server, contextlib.ExitStack() as stack:
        busy = [stack.enter_context(server.client()).send(BODY) for _ in range(20)]
        seen(server, lambda: sum(one.exchange is not None for one in server.connections) == 20)
        heard = server.ask(GET)
        assert heard.status == 503
        assert heard.headers["retry-after"]
        of(server, 20)
        assert busy[0].send(b"z" * 1_000_000).answer() is not None
        assert stack.enter_context(server.client()).send(GET).answer() is not None


def test_a_stop_answers_what_is_under_way_and_ends_the_idle() -> None:
    with echoing() as server, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(server.client()) for _ in range(300)]
        assert all(client.send(GET).answer() is not None for client in idle[:150])
        busy = stack.enter_context(server.client()).send(BODY, b"z" * 500_000)
        half = stack.enter_context(server.client()).send(HALF)
        begun(server)
        of(server, 302)
        server.stop()
        assert all(client.ends() for client in idle)
        for client, rest in ((busy, b"z" * 500_000), (half, b"\r\n")):
            heard = client.send(rest).answer()
            assert heard is not None
            assert heard.status == 200
            assert heard.headers["connection"] == "close"
            assert client.ends()


def test_a_draining_server_says_close_and_still_takes_requests(server: EchoServer) -> None:
    with server.client() as client:
        assert "connection" not in _answered(client).headers
        server.connections.stopping = True
        assert _answered(client).headers["connection"] == "close"
        assert client.ends()
    assert server.ask(GET).status == 200


def test_an_application_that_fails_is_answered_for(server: EchoServer) -> None:
    for path in (b"/fails", b"/splits"):
        heard = server.ask(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        assert heard.status == 500
        assert heard.headers["x-request-id"]
        assert heard.headers["connection"] == "close"


def test_an_application_whose_failure_cant_be_answered_ends_the_connection(server: EchoServer) -> None:
    with capture_logs() as lines, server.client() as client:
        assert client.send(b"GET /mute HTTP/1.1\r\nHost: x\r\n\r\n").ends()
    assert [line["event"] for line in lines] == ["connection.fault"] * 2
    assert server.ask(GET).status == 200


@pytest.mark.parametrize(
    ("descriptors", "workers", "connections"),
    [(256, 2, 64), (1024, 2, 376), (20_000, 2, 9864), (1_000_000, 64, limits.MAX_CONNECTIONS), (2, 0, 1)],
)
def test_connections_leave_descriptors_to_everything_else(descriptors: int, workers: int, connections: int) -> None:
    assert connections_within(descriptors, workers) == connections


def _answered(client: Client) -> Heard:
    heard = client.send(GET).answer()
    assert heard is not None
    return heard
