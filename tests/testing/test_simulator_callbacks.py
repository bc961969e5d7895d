"""The callbacks of simulated vendors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from reelgate.testing import Simulator
from tests.testing.vendors import JOB_SECONDS, Caller, HandClock

At = Callable[..., Caller]
WAIT_SECONDS = 480.0


class Letter(NamedTuple):
    path: str
    headers: dict[str, str]
    body: Any


class Mailbox:
    """An address that takes callbacks, after refusing the first `refuses`."""

    def __init__(self) -> None:
        self.refuses = 0
        self._letters: queue.Queue[Letter] = queue.Queue()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/hook/abc?task=1"

    def next(self) -> Letter:
        """Return the next callback, or raise queue.Empty after a while."""
        return self._letters.get(timeout=WAIT_SECONDS)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                box._letters.put(Letter(self.path, _lower(self.headers.items()), json.loads(content)))
                box.refuses -= 1
                self.send_response(200 if box.refuses < 0 else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (as the base class calls it)
                """Stay silent."""

        return Handler


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.close()


def words(mailbox: Mailbox, name: str, count: int) -> list[str]:
    return [mailbox.next().body[name] for _ in range(count)]


def test_ark_tells_of_every_state_without_a_signature(at: At, clock: HandClock, mailbox: Mailbox) -> None:
    caller = at("ark")
    task_id = caller.made(callback_url=mailbox.url)
    first = mailbox.next()
    clock.pass_seconds(JOB_SECONDS / 2)
    second = mailbox.next()
    clock.pass_seconds(JOB_SECONDS)
    third = mailbox.next()

    assert [letter.body["status"] for letter in (first, second, third)] == ["queued", "running", "succeeded"]
    assert first.path == "/hook/abc?task=1"
    assert not [name for name in first.headers if "hmac" in name]
    assert third.body == caller.query(task_id)


def test_vidu_signs_what_it_tells(at: At, clock: HandClock, mailbox: Mailbox) -> None:
    caller = at("vidu")
    task_id = caller.made(callback_url=mailbox.url, payload="attempt-1")
    clock.pass_seconds(JOB_SECONDS * 2)
    running, done = mailbox.next(), mailbox.next()

    assert [letter.body["state"] for letter in (running, done)] == ["processing", "success"]
    assert (done.body["id"], done.body["payload"]) == (task_id, "attempt-1")
    assert is_signed(done)
    assert done.headers["x-request-nonce"] != running.headers["x-request-nonce"]
    assert abs(parsedate_to_datetime(done.headers["date"]).timestamp() - clock.ms / 1000) < 2


def test_a_cancel_is_told(at: At, mailbox: Mailbox) -> None:
    caller = at("vidu")
    task_id = caller.made(callback_url=mailbox.url)
    caller.post(f"/ent/v2/tasks/{task_id}/cancel", {})

    assert (told := mailbox.next().body)["state"] == "failed"
    assert told["err_code"] == "UserCancelled"


def test_a_callback_is_sent_again_until_it_is_taken(at: At, mailbox: Mailbox) -> None:
    mailbox.refuses = 2
    at("ark").made(callback_url=mailbox.url)

    assert words(mailbox, "status", 3) == ["queued"] * 3


def test_a_callback_may_come_twice(simulator: Simulator, at: At, clock: HandClock, mailbox: Mailbox) -> None:
    simulator.fault("vidu", "callback", "duplicate_callback")
    at("vidu").made(callback_url=mailbox.url)
    clock.pass_seconds(JOB_SECONDS / 2)
    first, second = mailbox.next(), mailbox.next()
    clock.pass_seconds(JOB_SECONDS)

    assert first.body == second.body
    assert first.headers["x-request-nonce"] == second.headers["x-request-nonce"]
    assert words(mailbox, "state", 1) == ["success"]


def test_a_callback_may_be_forged_stale_or_odd(
    simulator: Simulator, at: At, clock: HandClock, mailbox: Mailbox
) -> None:
    letters = []
    for kind in ("bad_signature", "clock_skew", "unknown_word"):
        simulator.fault("vidu", "callback", kind)
        at("vidu").made(callback_url=mailbox.url)
        clock.pass_seconds(JOB_SECONDS / 2)
        letters.append(mailbox.next())
        clock.pass_seconds(JOB_SECONDS)
        assert mailbox.next().body["state"] == "success"

    forged, stale, odd = letters
    assert [is_signed(letter) for letter in letters] == [False, True, True]
    behind = parsedate_to_datetime(forged.headers["date"]) - parsedate_to_datetime(stale.headers["date"])
    assert behind.total_seconds() > 300
    assert odd.body["state"] == "pausing"


def test_who_asks_for_none_gets_none(at: At, mailbox: Mailbox) -> None:
    at("ark").made(callback_url=None)
    at("ark").made(callback_url=mailbox.url)

    assert words(mailbox, "status", 1) == ["queued"]


def is_signed(letter: Letter) -> bool:
    """Check a callback as a client that knows its key does."""
    headers = letter.headers
    path, _, query = letter.path.partition("?")
    names = headers["x-hmac-signed-headers"].split(";")
    lines = ["POST", path, query, "vidu", headers["date"], *(f"{name}:{headers[name.lower()]}" for name in names)]
    digest = hmac.new(b"sk-mine", "".join(f"{line}\n" for line in lines).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode() == headers["x-hmac-signature"]
