from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from reelgate import limits
from reelgate.media.addresses import AddressRule
from reelgate.media.fetch import Fetcher, FetchFailed
from reelgate.media.lookups import Resolve, registered_domain
from reelgate.testing.media_server import MediaServer
from tests.hand_loop import HandLoop, hand_loop
from tests.ports import reserved

LOOPBACK = AddressRule(allow=[ipaddress.ip_network("127.0.0.1/32")])
MB = 1024 * 1024


@pytest.fixture
def server() -> Iterator[MediaServer]:
    with MediaServer() as running:
        yield running


def names(**hosts: str) -> Resolve:
    """A name service that knows `hosts` (underscores for dots) and literal addresses only."""
    known = {name.replace("_", "."): address.split() for name, address in hosts.items()}

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host not in known:
            return [str(ipaddress.ip_address(host))]
        return known[host]

    return resolve


def fetched(fetcher_of: Callable[[], Fetcher], url: str, path: Path, max_bytes: int = MB) -> bytes:
    async def fetch() -> None:
        fetcher = fetcher_of()
        try:
            await fetcher.fetch(url, path, max_bytes)
        finally:
            await fetcher.aclose()

    asyncio.run(fetch())
    return path.read_bytes()


def failure(fetcher_of: Callable[[], Fetcher], url: str, path: Path, max_bytes: int = MB) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetched(fetcher_of, url, path, max_bytes)
    return caught.value


def local() -> Fetcher:
    return Fetcher(LOOPBACK, connect_seconds=480, idle_seconds=480, seconds=480)


def strict() -> Fetcher:
    return Fetcher(AddressRule())


def test_a_file_arrives_whole(server: MediaServer, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    url = server.serve("/a.png", data)
    assert fetched(local, url + "?X-Signature=abc", tmp_path / "f") == data
    assert server.headers["/a.png"]["Accept-Encoding"] == "identity"


def test_an_address_in_chinese_is_escaped_as_browsers_do(server: MediaServer, tmp_path: Path) -> None:
    server.serve("/%E5%9B%BE%E7%89%87.png", b"picture")
    assert fetched(local, server.url("/图片.png"), tmp_path / "f") == b"picture"


def test_the_proxy_of_the_environment_is_not_used(
    server: MediaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetched(local, server.serve("/a", b"direct"), tmp_path / "f") == b"direct"


def test_redirects_are_followed_and_counted(server: MediaServer, tmp_path: Path) -> None:
    server.serve("/end", b"here")
    for n in range(limits.FETCH_REDIRECTS + 1):
        server.redirect(f"/{n}", f"/{n - 1}" if n else "/end", status=(301, 302, 307, 308)[n % 4])
    last = limits.FETCH_REDIRECTS
    assert fetched(local, server.url(f"/{last - 1}"), tmp_path / "f") == b"here"
    error = failure(local, server.url(f"/{last}"), tmp_path / "f")
    assert error.reason == f"more than {last} redirects, the last to 127.0.0.1/end"
    assert server.requests["/end"] == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/a",
        "http://localhost:{port}/a",
        "http://[::1]:{port}/a",
        "http://[::ffff:127.0.0.1]:{port}/a",
        "http://2130706433:{port}/a",
        "http://0x7f.1:{port}/a",
        "http://127.1:{port}/a",
        "http://0:{port}/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://10.0.0.1/a",
        "http://192.168.0.1/a",
        "http://[64:ff9b::7f00:1]/a",
        "http://[2002:7f00:1::]/a",
        "http://127。0。0。1:{port}/a",
    ],
)
def test_no_private_address_is_connected_to(server: MediaServer, tmp_path: Path, address: str) -> None:
    server.serve("/a", b"secret")
    error = failure(strict, address.format(port=server.port), tmp_path / "f")
    assert "is not a public address" in error.reason
    assert not error.transient
    assert server.requests.total() == 0


@pytest.mark.parametrize("addresses", ["127.0.0.2", "93.184.215.14 127.0.0.2", "::1"])
def test_a_host_name_with_a_private_address_is_refused(server: MediaServer, tmp_path: Path, addresses: str) -> None:
    def fetcher() -> Fetcher:
        return Fetcher(LOOPBACK, resolve=names(innocent_example=addresses))

    error = failure(fetcher, server.url("/a", host="innocent.example"), tmp_path / "f")
    assert error.reason == "innocent.example is not a public address"
    assert server.requests.total() == 0


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/图片/猫 1.png?名=值", "/%E5%9B%BE%E7%89%87/%E7%8C%AB%201.png?%E5%90%8D=%E5%80%BC"),
        ("/%E7%8C%AB.png", "/%E7%8C%AB.png"),
        ("/é.png".encode("latin-1"), "/%E9.png"),
        ("/猫.png".encode("gbk"), "/%C3%A8.png"),
    ],
)
def test_a_redirect_may_be_written_as_people_read_it(
    server: MediaServer, tmp_path: Path, location: str | bytes, asked: str
) -> None:
    raw = location if isinstance(location, bytes) else location.encode()
    server.serve(asked.partition("?")[0], b"picture")
    server.redirect("/short", raw.decode("latin-1"))

    assert fetched(local, server.url("/short"), tmp_path / "f") == b"picture"


def test_a_redirect_to_a_private_address_is_refused(server: MediaServer, tmp_path: Path) -> None:
    def fetcher() -> Fetcher:
        return Fetcher(LOOPBACK, resolve=names(inner_example="127.0.0.2"))

    server.redirect("/a", "http://169.254.169.254/latest/meta-data/")
    server.redirect("/b", server.url("/secret", host="inner.example"))
    assert failure(fetcher, server.url("/a"), tmp_path / "f").reason == "169.254.169.254 is not a public address"
    assert failure(fetcher, server.url("/b"), tmp_path / "f").reason == "inner.example is not a public address"
    assert server.requests["/secret"] == 0


def test_what_the_operator_trusts_is_one_port_of_a_host(server: MediaServer, tmp_path: Path) -> None:
    def trusting() -> Fetcher:
        return Fetcher(AddressRule(), trusted=frozenset({("127.0.0.1", server.port)}))

    with MediaServer() as neighbour:
        server.redirect("/away", neighbour.serve("/a", b"not for us"))
        assert fetched(trusting, server.serve("/a", b"film"), tmp_path / "f") == b"film"
        assert failure(trusting, server.url("/away"), tmp_path / "f").reason == "127.0.0.1 is not a public address"


def test_a_name_is_resolved_once_and_the_vetted_address_connected_to(server: MediaServer, tmp_path: Path) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    url = server.serve("/a", b"vetted").replace("127.0.0.1", "rebind.example")
    assert fetched(lambda: Fetcher(LOOPBACK, resolve=rebinding), url, tmp_path / "f") == b"vetted"
    assert len(answers) == 1
    assert server.headers["/a"]["Host"] == f"rebind.example:{server.port}"


def test_a_second_address_is_tried_when_the_first_refuses(server: MediaServer, tmp_path: Path) -> None:
    rule = AddressRule(allow=[ipaddress.ip_network("127.0.0.0/8")])
    url = server.serve("/a", b"second").replace("127.0.0.1", "two.example")
    found = fetched(lambda: Fetcher(rule, resolve=names(two_example="127.0.0.9 127.0.0.1")), url, tmp_path / "f")
    assert found == b"second"


def test_a_key_goes_to_the_server_that_it_is_for_and_to_no_other(server: MediaServer, tmp_path: Path) -> None:
    async def fetch(address: str) -> None:
        fetcher = local()
        try:
            await fetcher.fetch(address, tmp_path / "f", MB, headers=[("Authorization", "Bearer sk-a")])
        finally:
            await fetcher.aclose()

    with MediaServer() as neighbour:  # on the same host
        neighbour.serve("/content", b"film")
        server.redirect("/away", neighbour.url("/content"))
        server.redirect("/here", server.serve("/content", b"film"))
        asyncio.run(fetch(server.url("/away")))
        asyncio.run(fetch(server.url("/here")))
        told = neighbour.headers["/content"]

    assert "Authorization" not in told
    assert server.headers["/content"]["Authorization"] == "Bearer sk-a"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://example.com/a", "only http and https addresses are fetched"),
        ("file:///etc/passwd", "only http and https addresses are fetched"),
        ("http://", "it names no valid host"),
        ("http://user:pw@example.com/a", "an address must not carry a user name or password"),
        ("http://example.com:port/a", "it is not a valid address"),
        ("http://example.com:65536/a", "its port must be between 1 and 65535"),
        ("http://exa mple.com/", "it names no valid host"),
        ("http://[fe80::1%25eth0]/", "it names no valid host"),
        ("", "only http and https addresses are fetched"),
    ],
)
def test_what_is_no_plain_address_is_refused(tmp_path: Path, address: str, reason: str) -> None:
    assert failure(local, address, tmp_path / "f").reason == reason


def test_redirects_keep_to_the_same_rules(server: MediaServer, tmp_path: Path) -> None:
    server.redirect("/file", "file:///etc/passwd")
    server.redirect("/login", "http://user:pw@127.0.0.1/")
    assert failure(local, server.url("/file"), tmp_path / "f").reason == "only http and https addresses are fetched"
    assert "password" in failure(local, server.url("/login"), tmp_path / "f").reason


@pytest.mark.parametrize(("status", "transient"), [(204, False), (403, False), (404, False), (429, True), (503, True)])
def test_another_status_than_200_is_named(server: MediaServer, tmp_path: Path, status: int, transient: bool) -> None:
    url = server.serve("/a.png", b"", status=status)
    error = failure(local, url + "?token=secret", tmp_path / "f")
    assert (error.reason, error.transient) == (f"HTTP {status} from 127.0.0.1/a.png", transient)


def test_what_no_text_should_hold_is_kept_out_of_the_reason(server: MediaServer, tmp_path: Path) -> None:
    assert (
        failure(local, server.url("/%00%0A图.png"), tmp_path / "f").reason
        == "HTTP 404 from 127.0.0.1/\ufffd\ufffd图.png"
    )


def test_too_many_bytes_are_refused_declared_or_not(server: MediaServer, tmp_path: Path) -> None:
    declared, endless = server.lie("/a", b"", 2 * MB), server.endless("/b")
    assert failure(local, declared, tmp_path / "f").reason == "127.0.0.1/a is larger than 1 MB"
    assert failure(local, endless, tmp_path / "f").reason == "127.0.0.1/b is larger than 1 MB"
    assert (tmp_path / "f").stat().st_size <= MB
    server.wait_until_idle()


def test_a_body_of_exactly_the_limit_is_taken(server: MediaServer, tmp_path: Path) -> None:
    assert len(fetched(local, server.serve("/a", bytes(MB)), tmp_path / "f")) == MB


def test_a_body_that_ends_early_is_not_taken(server: MediaServer, tmp_path: Path) -> None:
    error = failure(local, server.lie("/a", b"half", 8), tmp_path / "f")
    assert (error.reason, error.transient) == ("127.0.0.1/a broke off before the end", True)


def test_what_is_not_http_is_not_taken(server: MediaServer, tmp_path: Path) -> None:
    def greet(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")

    url = server.on("/a", greet)
    assert failure(local, url, tmp_path / "f").transient


def test_a_server_that_stops_sending_is_given_up(server: MediaServer, tmp_path: Path) -> None:
    url = server.stall("/a", b"first")
    error = failure(lambda: Fetcher(LOOPBACK, idle_seconds=0.2), url, tmp_path / "f")
    assert (error.reason, error.transient) == ("127.0.0.1/a stopped sending", True)


def test_a_server_that_sends_for_ever_slowly_is_given_up(server: MediaServer, tmp_path: Path) -> None:
    url = server.drip("/a", bytes(10_000), chunk=1, pause=0.02)
    error = failure(lambda: Fetcher(LOOPBACK, idle_seconds=480, seconds=0.5), url, tmp_path / "f")
    assert (error.reason, error.transient) == ("127.0.0.1/a took longer than 0.5 s", True)


def test_a_closed_port_and_an_unknown_host_are_told_apart(tmp_path: Path) -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError

    with reserved() as port:
        error = failure(local, f"http://127.0.0.1:{port}/a", tmp_path / "f")
    assert error.reason == "127.0.0.1 refuses the connection"
    error = failure(lambda: Fetcher(LOOPBACK, resolve=unknown), "http://no.example/", tmp_path / "f")
    assert (error.reason, error.transient) == ("the host no.example is not known", False)


def test_a_hanging_name_server_is_given_up(tmp_path: Path) -> None:
    async def hanging(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    error = failure(
        lambda: Fetcher(LOOPBACK, resolve=hanging, connect_seconds=0.1), "http://slow.example/", tmp_path / "f"
    )
    assert (error.reason, error.transient) == ("slow.example does not answer", True)


def test_tls_is_spoken_under_the_host_name_to_the_vetted_address(tmp_path: Path) -> None:
    hello = bytearray()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello.extend(await reader.read(4096))
        writer.close()

    async def greet() -> None:
        fetcher = Fetcher(LOOPBACK, resolve=names(media_example="127.0.0.1"))
        async with await asyncio.start_server(hang_up, "127.0.0.1") as listener:
            port = listener.sockets[0].getsockname()[1]
            with pytest.raises(FetchFailed):
                await fetcher.fetch(f"https://media.example:{port}/a", tmp_path / "f", MB)

    asyncio.run(greet())
    assert b"media.example" in hello


def test_a_slow_host_holds_up_no_other(tmp_path: Path) -> None:
    async def both(slow: MediaServer, quick: MediaServer) -> None:
        rule = AddressRule(allow_private=True)
        fetcher = Fetcher(rule, resolve=names(slow_example="127.0.0.1", quick_example="127.0.0.1"))
        stalled = slow.stall("/a").replace("127.0.0.1", "slow.example")
        waiting = [
            asyncio.create_task(fetcher.fetch(stalled, tmp_path / f"slow{n}", MB))
            for n in range(limits.FETCHES_PER_HOST + 4)
        ]
        await asyncio.to_thread(slow.wait_for, "/a", limits.FETCHES_PER_HOST)
        address = quick.serve("/b", b"quick").replace("127.0.0.1", "quick.example")
        async with asyncio.timeout(480):
            await asyncio.gather(*(fetcher.fetch(address, tmp_path / f"quick{n}", MB) for n in range(20)))
        assert slow.requests["/a"] == limits.FETCHES_PER_HOST
        for task in waiting:
            task.cancel()
        assert all(
            isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(*waiting, return_exceptions=True)
        )
        await fetcher.aclose()

    with MediaServer() as slow, MediaServer() as quick:
        asyncio.run(both(slow, quick))


def waits(seconds: int) -> bytes:
    return b"HTTP/1.1 100 Continue\r\n\r\n" * seconds


@pytest.mark.parametrize("piece", [1, 7, 10**6])
def test_a_server_may_say_wait_some_times(tmp_path: Path, piece: int) -> None:
    told = waits(limits.FETCH_INFORMATIONAL) + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert raw_answer(told, piece, tmp_path) == b"ok"


@pytest.mark.parametrize(
    "told",
    [
        waits(limits.FETCH_INFORMATIONAL + 1),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * (limits.FETCH_INFORMATIONAL + 1),
        b"HTTP/1.1 102 Processing\nX: y\n\n" * (limits.FETCH_INFORMATIONAL + 1),
        b"HTTP/1.1 103 Early Hints\r\nX: " + b"a" * 2 * limits.FETCH_HEAD_BYTES,
    ],
    ids=["100", "103", "bare line ends", "a long one"],
)
def test_a_server_that_says_wait_on_and_on_is_left(tmp_path: Path, told: bytes) -> None:
    end = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with pytest.raises(FetchFailed, match=r"sends informational answers \(1xx\) without end") as caught:
        raw_answer(told + end, 10**6, tmp_path)
    assert not caught.value.transient


def test_a_server_that_sends_crumbs_on_and_on_is_left(tmp_path: Path) -> None:
    head, crumb = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    few = limits.FETCH_SMALL_CHUNKS - 1
    assert raw_answer(head + crumb * few + b"0\r\n\r\n", 10**6, tmp_path) == b"x" * few
    with pytest.raises(FetchFailed, match="comes in pieces of a few bytes"):
        raw_answer(head + crumb * (limits.FETCH_SMALL_CHUNKS + 10) + b"0\r\n\r\n", 10**6, tmp_path)


def raw_answer(data: bytes, piece: int, folder: Path) -> bytes:
    """Fetch from a server that answers with these bytes, in pieces."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for at in range(0, len(data), piece):
            writer.write(data[at : at + piece])
            await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()

    async def fetch() -> None:
        fetcher = local()
        async with await asyncio.start_server(answer, "127.0.0.1") as listener:
            port = listener.sockets[0].getsockname()[1]
            try:
                await fetcher.fetch(f"http://127.0.0.1:{port}/a", folder / "f", MB)
            finally:
                await fetcher.aclose()

    asyncio.run(fetch())
    return (folder / "f").read_bytes()


def test_what_has_come_of_a_transfer_that_breaks_off_is_kept(server: MediaServer, tmp_path: Path) -> None:
    url = server.lie("/a", b"x" * 70_000, declared=200_000)
    failure(local, url, tmp_path / "f")
    assert (tmp_path / "f").stat().st_size == 70_000


def test_one_project_s_slow_names_hold_up_no_other_project(server: MediaServer, tmp_path: Path) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        if host.endswith(".slow.example"):
            await asyncio.Event().wait()
        return ["127.0.0.1"]

    async def crowd() -> None:
        fetcher = Fetcher(LOOPBACK, resolve=resolve, connect_seconds=30)
        slow = [
            asyncio.create_task(
                fetcher.fetch(f"http://n.a{n}.slow.example/", tmp_path / f"s{n}", MB, project=f"p{n // 64}")
            )
            for n in range(128)
        ]
        address = server.serve("/b", b"quick").replace("127.0.0.1", "quick.example")
        await fetcher.fetch(address, tmp_path / "quick", MB, project="other")
        assert len([host for host in asked if "slow" in host]) <= limits.LOOKUPS_PER_DOMAIN
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        await fetcher.aclose()

    asyncio.run(crowd())


def test_the_wait_for_a_look_up_is_not_the_host_s_fault(server: MediaServer, tmp_path: Path) -> None:
    let, longer = asyncio.Event(), limits.FETCH_CONNECT_SECONDS + 1
    looking = asyncio.Semaphore(0)

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host.startswith("held"):
            looking.release()
            await let.wait()
        return ["127.0.0.1"]

    async def wait() -> bytes:
        fetcher = Fetcher(LOOPBACK, resolve=resolve)
        held = [
            asyncio.create_task(fetcher.fetch(f"http://held.a{n}.org/", tmp_path / f"h{n}", MB, project="p"))
            for n in range(limits.LOOKUPS_PER_PROJECT)
        ]
        for _ in held:
            await looking.acquire()
        hand_loop().pass_seconds(longer)
        for outcome in await asyncio.gather(*held, return_exceptions=True):
            assert isinstance(outcome, FetchFailed)
            assert outcome.reason.endswith("does not answer")
        # Nobody waits for those look-ups any more, but they go on and keep their places.
        address = server.serve("/b", b"quick").replace("127.0.0.1", "quick.example")
        fetching = asyncio.create_task(fetcher.fetch(address, tmp_path / "quick", MB, project="p"))
        for seconds in (0.0, longer):
            hand_loop().pass_seconds(seconds)
            for _ in range(100):
                await asyncio.sleep(0)
        assert not fetching.done(), "it waited longer than a connection may take, and was not given up"
        let.set()
        await fetching
        await fetcher.aclose()
        return (tmp_path / "quick").read_bytes()

    with asyncio.Runner(loop_factory=HandLoop) as runner:
        assert runner.run(wait()) == b"quick"


def test_a_project_has_so_many_fetches_at_once(tmp_path: Path) -> None:
    async def crowd(slow: MediaServer, quick: MediaServer) -> None:
        async def resolve(host: str, port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        fetcher = Fetcher(AddressRule(allow_private=True), resolve=resolve)
        stalled = slow.stall("/a")
        greedy = [
            asyncio.create_task(
                fetcher.fetch(stalled.replace("127.0.0.1", f"h{n}.example"), tmp_path / f"{n}", MB, project="greedy")
            )
            for n in range(limits.FETCHES_PER_PROJECT + 8)
        ]
        await asyncio.to_thread(slow.wait_for, "/a", limits.FETCHES_PER_PROJECT)
        await fetcher.fetch(quick.serve("/b", b"x"), tmp_path / "b", MB, project="other")
        assert slow.requests["/a"] == limits.FETCHES_PER_PROJECT
        for task in greedy:
            task.cancel()
        await asyncio.gather(*greedy, return_exceptions=True)
        await fetcher.aclose()

    with MediaServer() as slow, MediaServer() as quick:
        asyncio.run(crowd(slow, quick))


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("a.b.Example.COM.", "example.com"),
        ("bucket.oss-cn-beijing.aliyuncs.com", "aliyuncs.com"),
        ("www.example.co.uk", "example.co.uk"),
        ("a.example.com.cn", "example.com.cn"),
        ("a.example.cn", "example.cn"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("", ""),
    ],
)
def test_the_registered_part_of_a_name(host: str, domain: str) -> None:
    assert registered_domain(host) == domain
