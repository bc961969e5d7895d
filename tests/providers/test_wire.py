"""What is known after each way in which a call can end, however much comes back and wherever it leads."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from reelgate import limits
from reelgate.providers.port import NotSent, OutcomeUnknown, Unreached
from reelgate.providers.wire import Reply, Wire
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
            url, {"Authorization": "Bearer sk-secret-key"}, **{"seconds": 5.0, "create_seconds": 5.0, **options}
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
    """A server whose answer begins with `head` and goes on with `piece` for as long as anybody listens."""
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
    ],
)
def test_the_wait_that_is_asked_for_is_a_number_or_a_date_by_the_vendor_s_clock(
    told: str, date: str, seconds: float
) -> None:
    head = f"HTTP/1.1 429 No\r\nDate: {date}\r\nRetry-After: {told}\r\nContent-Length: 2\r\n\r\n{{}}"
    with endless(head.encode(), b"") as url:
        assert submit(url).retry_after == seconds


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
