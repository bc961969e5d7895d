"""What is known after each way in which a call can end, however much comes back and wherever it leads."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
import uvloop

from reelgate import limits
from reelgate.providers.port import NotSent, OutcomeUnknown, Unreached
from reelgate.providers.reply import Reply
from reelgate.providers.wire import Wire
from tests.ports import reserved
from tests.providers.scripted import ScriptedVendor

NOON = "Sun, 29 Nov 2026 12:00:00 GMT"


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as server:
        yield server


def submit(url: str, **options: Any) -> Reply:
    return call(url, "submit", json={}, **options)


def read(url: str, **options: Any) -> Reply:
    return call(url, "read", **options)


def call(url: str, name: str, *, json: Any = None, **options: Any) -> Reply:
    async def run() -> Reply:
        wire = Wire(
            url, {"Authorization": "Bearer sk-secret-key"}, **{"seconds": 60.0, "create_seconds": 60.0, **options}
        )
        await wire.open()
        try:
            made = await (wire.submit("/videos", json=json) if name == "submit" else wire.read("/videos/1"))
            assert isinstance(made, Reply)
            return made
        finally:
            await wire.aclose()

    return asyncio.run(run())


@contextmanager
def endless(head: bytes, piece: bytes) -> Iterator[str]:
    """A server whose answer begins with `head` and continues with `piece` for as long as the client reads."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(65536)
                try:
                    client.sendall(head)
                    while piece:
                        client.sendall(piece)
                    client.recv(1)  # until the client has had enough
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        thread.join(180)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def test_an_answer_without_an_end_is_not_read_for_ever() -> None:
    with endless(HEAD + b"[", b" " * 65536) as url, pytest.raises(OutcomeUnknown, match="more than 8 MiB"):
        submit(url)
    with endless(HEAD + b"[", b" " * 65536) as url, pytest.raises(Unreached, match="more than 8 MiB"):
        read(url)


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"1,"])
def test_an_answer_of_too_many_values_is_not_decoded(vendor: ScriptedVendor, piece: bytes) -> None:
    body = b"[" + piece * limits.VENDOR_ANSWER_VALUES + b"0]"
    for method in ("GET", "POST"):
        vendor.answer(method, 200, body)

    with pytest.raises(OutcomeUnknown, match="more than 100000 values"):
        submit(vendor.url)
    with pytest.raises(Unreached, match="more than 100000 values"):
        read(vendor.url)


def test_a_refusal_is_one_however_long(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 400, b"[" + b"1," * limits.VENDOR_ANSWER_VALUES + b"0]")

    assert submit(vendor.url) == Reply(400, None, told=submit(vendor.url).told)


def test_a_packed_answer_is_unpacked_within_the_same_limits(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 200, gzip.compress(b'{"id": "1"}'), Content_Encoding="gzip")
    assert read(vendor.url).json == {"id": "1"}

    vendor.answer("GET", 200, b'{"id": "1"}', Content_Encoding="gzip")  # marked so, and it is not
    assert read(vendor.url).json == {"id": "1"}

    vendor.answer("GET", 200, gzip.compress(b" " * (limits.VENDOR_ANSWER_BYTES + 1)), Content_Encoding="gzip")
    with pytest.raises(Unreached, match="more than 8 MiB"):
        read(vendor.url)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_a_submission_is_a_wrong_address_of_the_account(vendor: ScriptedVendor, status: int) -> None:
    vendor.answer("POST", status, b"", Location="https://api.example/v1/videos?token=secret")

    with pytest.raises(
        NotSent, match=f"HTTP {status} to https://api.example/v1/videos: the account's base_url"
    ) as raised:
        submit(vendor.url)

    assert raised.value.account
    assert "secret" not in raised.value.reason
    assert len(vendor.seen) == 1


def test_a_redirect_that_says_that_all_was_done_leaves_the_outcome_open(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 303, b"", Location="/v1/videos/1")

    with pytest.raises(OutcomeUnknown):
        submit(vendor.url)


def test_a_redirect_of_a_question_says_nothing_of_the_job(vendor: ScriptedVendor) -> None:
    vendor.answer("GET", 308, b"", Location="https://api.example/v1/videos/1")

    with pytest.raises(Unreached, match="base_url"):
        read(vendor.url)


@pytest.mark.parametrize(
    ("told", "date", "seconds"),
    [
        ("7", NOON, 7.0),
        ("1.5", NOON, 1.5),
        ("Sun, 29 Nov 2026 12:00:25 GMT", NOON, 25.0),
        ("Sunday, 29-Nov-26 12:00:25 GMT", NOON, 25.0),
        ("Sun Nov 29 12:00:25 2026", NOON, 25.0),
        ("Sun, 29 Nov 2026 11:59:00 GMT", NOON, 0.0),
        ("Sun, 29 Nov 2026 23:00:00 GMT", NOON, limits.VENDOR_RETRY_AFTER_MAX_SECONDS),
        ("1e999", NOON, limits.VENDOR_RETRY_AFTER_MAX_SECONDS),
        ("soon", NOON, 0.0),
        ("-5", NOON, 0.0),
        ("", NOON, 0.0),
        (f"Sun, 29 Nov {'9' * 20} 12:00:25 GMT", NOON, 0.0),
        (f"Sun, 29 Nov 2026 12:00:25 +{'9' * 20}", NOON, 0.0),
    ],
)
def test_the_wait_that_is_asked_for_is_a_number_or_a_date_by_the_vendor_s_clock(
    told: str, date: str, seconds: float
) -> None:
    head = f"HTTP/1.1 429 No\r\nDate: {date}\r\nRetry-After: {told}\r\nContent-Length: 2\r\n\r\n{{}}"
    with endless(head.encode(), b"") as url:
        assert submit(url).retry_after == seconds


@pytest.mark.parametrize(
    "head",
    [
        f"Date: {NOON}\r\nAge: 1e999",
        f"Date: {NOON}\r\nAge: -1e999",
        f"Date: {NOON}\r\nAge: nan",
        f"Date: Sun, 29 Nov {'9' * 20} 12:00:00 GMT",
        f"Date: Sun, 29 Nov 2026 12:00:00 +{'9' * 20}",
    ],
)
def test_a_head_that_means_nothing_takes_nothing_from_an_answer(head: str) -> None:
    with endless(f'HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: 13\r\n\r\n{{"id": "one"}}'.encode(), b"") as url:
        assert submit(url).json == {"id": "one"}


def test_a_redirect_to_what_is_no_text_is_a_redirect() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: http://h/\xe9\xff\r\nContent-Length: 0\r\n\r\n"
    with endless(head, b"") as url, pytest.raises(NotSent, match="HTTP 302 to http://h/"):
        submit(url)


def test_a_submission_may_take_another_time_than_a_question() -> None:
    with endless(b"", b"") as url, pytest.raises(OutcomeUnknown, match=r"broke|within 0\.2 s"):
        submit(url, create_seconds=0.2)
    with endless(b"", b"") as url, pytest.raises(Unreached, match=r"reached|within 0\.2 s"):
        read(url, seconds=0.2)


def test_what_nobody_can_read_is_kept_without_the_key(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 500, b'{"job": "lost-1", "key": "sk-secret-key"}')

    with pytest.raises(OutcomeUnknown) as raised:
        submit(vendor.url)

    assert raised.value.answer == '{"job": "lost-1", "key": "[key]"}'


class Vendor:
    """A server on 127.0.0.1 that gives each of its connections to the next of the functions it was made with."""

    def __init__(self, *serves: Callable[[socket.socket], None]) -> None:
        self.taken = b""
        self.served = threading.Semaphore(0)
        self._serves = serves
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # which wakes the thread that waits for a connection
        self._server.close()
        self._thread.join(30)

    def _run(self) -> None:
        for serve in self._serves:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                serve(line)
            self.served.release()


def answer(line: socket.socket, body: bytes = b"{}", status: str = "200 OK", more: bytes = b"") -> bytes:
    """Take a request's head, answer it, and return it."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.recv(65536)
        if not piece:
            return head
        head += piece
    line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + more + b"\r\n" + body)
    return head


def asked(line: socket.socket) -> None:
    answer(line)


def created(line: socket.socket, more: bytes = b"") -> None:
    answer(line, b'{"id": "1"}', more=more)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Wire]:
    wire = Wire(url, {"Authorization": "Bearer sk-secret-key"}, seconds=60.0, create_seconds=60.0)
    await wire.open()
    try:
        yield wire
    finally:
        await wire.aclose()


def test_a_connection_that_the_vendor_has_closed_is_not_used_for_a_submission() -> None:
    """However busy this process was meanwhile, so that it has not seen the end yet."""

    read = threading.Event()

    def ends_once_it_is_read(line: socket.socket) -> None:
        answer(line)
        read.wait()

    async def run() -> None:
        async with opened(server.url) as wire:
            assert (await wire.read("/videos/1")).ok
            read.set()
            server.served.acquire()  # the loop stands still here, as under a heavy load
            assert (await wire.submit("/videos", json={})).json == {"id": "1"}

    for loop in (asyncio, uvloop):
        read.clear()
        with Vendor(ends_once_it_is_read, created) as server:
            loop.run(run())


def test_a_submission_on_a_kept_connection_that_breaks_is_never_sent_again() -> None:
    heads: list[bytes] = []

    def breaks(line: socket.socket) -> None:
        answer(line)
        heads.append(line.recv(65536))

    def again(line: socket.socket) -> None:
        heads.append(answer(line))

    async def run() -> None:
        async with opened(server.url) as wire:
            assert (await wire.read("/videos/1")).ok
            with pytest.raises(OutcomeUnknown, match="broke"):
                await wire.submit("/videos", json={})

    with Vendor(breaks, again) as server:
        asyncio.run(run())
    assert [head.split(b" ", 1)[0] for head in heads] == [b"POST"]


def test_a_refusal_that_comes_before_all_was_sent_is_heard() -> None:
    """As a proxy refuses a body that it finds too large."""

    def refuses(line: socket.socket) -> None:
        answer(line, b'{"error": "too large"}', "413 Too Large", b"Connection: close\r\n")
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass

    async def run() -> Reply:
        async with opened(server.url) as wire:
            return await wire.submit("/videos", json={"image": "x" * 20_000_000})

    with Vendor(refuses) as server:
        made = asyncio.run(run())
    assert (made.status, made.json) == (413, {"error": "too large"})


def test_what_a_vendor_does_not_read_keeps_no_connection_open() -> None:
    async def run() -> int:
        async with opened(server.url) as wire:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await wire.submit("/videos", json={"image": "x" * 30_000_000})
        return lines_to(int(server.url.rpartition(":")[2]))

    def sleeps(_line: socket.socket) -> None:
        seen.wait(60)

    seen = threading.Event()
    with Vendor(sleeps) as server:
        left = asyncio.run(run())
        seen.set()
    assert left == 0


def lines_to(port: int) -> int:
    """Return how many connections of this process lead to a port."""
    count = 0
    for opened_one in Path("/dev/fd").iterdir():
        with suppress(OSError), socket.socket(fileno=os.dup(int(opened_one.name))) as found:
            count += found.family == socket.AF_INET and found.getpeername()[1] == port
    return count


def test_a_long_head_is_read() -> None:
    policy = b"Content-Security-Policy: " + b"a" * 30_000 + b"\r\n"

    async def run() -> Reply:
        async with opened(server.url) as wire:
            return await wire.submit("/videos", json={})

    with Vendor(partial(created, more=policy)) as server:
        assert asyncio.run(run()).json == {"id": "1"}


def test_where_nobody_is_trusted_or_listens_nothing_was_sent() -> None:
    def talks_plainly(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with Vendor(talks_plainly) as server, pytest.raises(NotSent):
        submit(server.url.replace("http:", "https:"))
    with reserved() as closed, pytest.raises(NotSent):
        submit(f"http://127.0.0.1:{closed}")
    with pytest.raises(NotSent):
        submit("http://nowhere.invalid")


def test_a_form_is_written_as_browsers_write_it(vendor: ScriptedVendor) -> None:
    vendor.answer("POST", 200, {"id": "1"})

    async def run() -> None:
        async with opened(vendor.url) as wire:
            files = [("input_reference", ("图.png", b"\x89PNG", "image/png"))]
            await wire.submit("/videos", form={"prompt": "一只猫"}, files=files)

    asyncio.run(run())
    (seen,) = vendor.seen
    edge = seen.headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    assert seen.body.split(b"--" + edge) == [
        b"",
        '\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n一只猫\r\n'.encode(),
        '\r\nContent-Disposition: form-data; name="input_reference"; filename="图.png"\r\n'
        "Content-Type: image/png\r\n\r\n".encode()
        + b"\x89PNG\r\n",
        b"--\r\n",
    ]
