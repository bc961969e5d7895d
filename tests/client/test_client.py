"""What the Python client does with answers that do not come, come late, or say no."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from reelgate import AsyncReelgate, Reelgate
from reelgate.client import (
    ApiError,
    ClientError,
    Conflict,
    DamagedFile,
    Forbidden,
    InvalidRequest,
    NoFunds,
    NotFound,
    RateLimited,
    ServerFailed,
    TaskFailed,
    Unreachable,
    UnreadableAnswer,
    WaitedTooLong,
    WrongKey,
    WrongSignature,
    verify_webhook,
)
from tests.client.flaky import TASK, Flaky, answer, flaky, task
from tests.loop import in_loop

DONE = {"status": "completed", "state": "succeeded", "progress": 100}
PUBLIC_KEY = (
    "whpk_"
    + base64.b64encode(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).decode()
)
REFUSED = {
    "error": {"message": "duration is 99", "code": "invalid_parameter", "param": "duration", "allowed": "1 to 5"}
}


@pytest.fixture
def server() -> Iterator[Flaky]:
    with flaky() as started:
        yield started


@pytest.fixture
def client(server: Flaky) -> Iterator[Reelgate]:
    with Reelgate(server.url, key="sk-1", retry_seconds=480) as made:
        yield made


def test_a_create_is_repeated_under_its_own_name_until_it_is_answered(server: Flaky, client: Reelgate) -> None:
    in_doubt = {"error": {"message": "it may exist", "code": "unconfirmed"}}
    server.answers = [
        None,
        answer(503, REFUSED, retry_after="0", x_should_retry="true"),
        answer(400, in_doubt, x_reelgate_task_id="task_1", x_should_retry="false"),
        task(),
    ]
    made = client.generate("一只猫", model="animatic", duration=1)
    assert made.id == "task_1"
    assert len(server.asked) == 4
    names = {one.headers["idempotency-key"] for one in server.asked}
    assert len(names) == 1
    assert {one.line for one in server.asked} == {"POST /v1/tasks HTTP/1.1"}
    assert server.asked[0].body == {"prompt": "一只猫", "model": "animatic", "duration": 1}
    server.answers = [task(), task()]
    client.generate("一只猫", model="animatic")
    client.generate("一只猫", model="animatic", name="mine")
    assert server.asked[-2].headers["idempotency-key"] not in names
    assert server.asked[-1].headers["idempotency-key"] == "mine"


def test_an_order_that_failed_in_doubt_is_the_same_one_when_it_is_placed_again(server: Flaky) -> None:
    order, other = ({"model": "animatic", "prompt": prompt} for prompt in ("a cat", "a dog"))
    with Reelgate(server.url, key="sk-1", retry_seconds=0) as client:
        server.answers = [None, task(), None, None, task(), task(), task(), None, task()]
        with pytest.raises(Unreachable):
            client.create(**order)
        client.create(**other)
        for _ in range(2):
            with pytest.raises(Unreachable):
                client.create(**order)
        for _ in range(3):
            client.create(**order)
        with pytest.raises(Unreachable):
            client.create(**other, idempotency_key="mine")
        client.create(**other)
    first, dog, again, and_again, made, new, newer, mine, not_mine = (
        one.headers["idempotency-key"] for one in server.asked
    )
    assert first == again == and_again == made
    assert mine == "mine"
    assert len({first, dog, new, newer, mine, not_mine}) == 6


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, WrongKey),
        (402, NoFunds),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (422, InvalidRequest),
    ],
)
def test_a_refusal_is_raised_at_once_as_what_it_is(
    server: Flaky, client: Reelgate, status: int, kind: type[ApiError]
) -> None:
    server.answers = [answer(status, REFUSED, x_request_id="r-1")]
    with pytest.raises(kind) as raised:
        client.generate("x", model="animatic", duration=99)
    error = raised.value
    assert (error.status, error.code, error.field, error.allowed, error.request_id) == (
        status, "invalid_parameter", "duration", "1 to 5", "r-1"
    )  # fmt: skip
    assert len(server.asked) == 1


def test_patience_ends(server: Flaky) -> None:
    with Reelgate(server.url, key="sk-1", retry_seconds=0) as client:
        for refused, kind in ((429, RateLimited), (503, ServerFailed)):
            server.answers = [answer(refused, REFUSED)]
            with pytest.raises(kind):
                client.balance()
        server.answers = [None]
        with pytest.raises(Unreachable):
            client.balance()
    with Reelgate("http://127.0.0.1:1", key="sk-1", retry_seconds=0.3) as nobody, pytest.raises(Unreachable):
        nobody.generate("x", model="animatic")


def test_what_is_not_safe_twice_is_not_repeated_after_silence(server: Flaky, client: Reelgate) -> None:
    server.answers = [None]
    with pytest.raises(Unreachable):
        client.webhooks.create("https://example.com/")
    assert len(server.asked) == 1


def test_a_wait_asks_the_server_to_hold_the_answer_and_lives_through_its_absence(
    server: Flaky, client: Reelgate
) -> None:
    server.answers = [task(), None, answer(503, REFUSED), task(progress=60), task(**DONE)]
    seen: list[int] = []
    ended = client.get("task_1").wait(on_progress=lambda one: seen.append(one.progress))
    assert (ended.succeeded, seen) == (True, [40, 60, 100])
    assert server.asked[1].line == "GET /v1/tasks/task_1?wait=20 HTTP/1.1"


class _Timed(httpx2.HTTPTransport):
    """Notes how long each call may wait for its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seconds.append(request.extensions["timeout"]["read"])
        return super().handle_request(request)


def test_a_call_that_the_server_holds_may_take_that_much_longer(server: Flaky) -> None:
    server.answers = [task(), task(**DONE), task()]
    line = _Timed()
    with Reelgate(server.url, key="sk-1", timeout=9, through=line) as client:
        client.get("task_1").wait().refresh(wait=60)

    assert line.seconds == [9, 29, 69]


def test_whatever_an_id_holds_it_stays_one(server: Flaky, client: Reelgate) -> None:
    calls: list[Callable[[str], Any]] = [
        client.get, client.cancel, client.delete, client.model, client.files.get, client.files.delete,
        client.webhooks.get, client.webhooks.delete, client.webhooks.test, client.webhooks.delivery,
    ]  # fmt: skip
    for call in calls:
        server.answers = [answer(404, REFUSED)]
        with pytest.raises(NotFound):
            call("../../admin?x=/#")
        for name in ("", ".", ".."):
            with pytest.raises(NotFound):
                call(name)
    assert len(server.asked) == len(calls)
    assert {"..%2F..%2Fadmin%3Fx%3D%2F%23" in one.line for one in server.asked} == {True}


def test_a_wait_ends_with_the_reason_of_a_failure_or_with_its_time(server: Flaky, client: Reelgate) -> None:
    failed = {"status": "failed", "state": "failed", "error": {"message": "[InvalidMedia] the picture is broken"}}
    server.answers = [task(**failed)]
    with pytest.raises(TaskFailed) as raised:
        client.wait("task_1")
    assert (raised.value.code, raised.value.task.id) == ("InvalidMedia", "task_1")
    server.answers = [task(), task()]
    with pytest.raises(WaitedTooLong) as late:
        client.wait("task_1", timeout=0)
    assert isinstance(late.value, TimeoutError)
    assert isinstance(late.value, ClientError)


def test_what_no_address_can_hold_is_an_error_of_the_clients_own(server: Flaky, client: Reelgate) -> None:
    long: dict[str, Any] = {"metadata": {"note": "x" * 100_000}}
    for listed in (client.tasks, client.events):
        with pytest.raises(ClientError, match="too long for an address"):
            next(iter(listed(**long)))
    assert not server.asked


def test_events_go_on_after_a_break_where_they_were(server: Flaky, client: Reelgate) -> None:
    def stream(*events: tuple[str, str]) -> bytes:
        lines = [f"id: {place}\nevent: {name}\ndata: {json.dumps(TASK)}\n\n" for name, place in events]
        text = "retry: 2000\n\n: still here\n\n" + "".join(lines)
        return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + text.encode()

    server.answers = [
        task(),
        stream(("task.queued", "0-1"), ("task.running", "0-2")),
        None,
        stream(("task.succeeded", "0-3")),
    ]
    heard = [(event.name, event.id) for event in client.get("task_1").events()]
    assert heard == [("task.queued", "0-1"), ("task.running", "0-2"), ("task.succeeded", "0-3")]
    assert [one.headers.get("last-event-id") for one in server.asked[1:]] == [None, "0-2", "0-2"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_unicode_calls_the_end_of_a_line_ends_no_event(server: Flaky, client: Reelgate, end: str) -> None:
    prompt = "one\x85two\u2028three\u2029four"
    shown = json.dumps({**TASK, "prompt": prompt}, ensure_ascii=False)
    text = f"event: task.succeeded{end}data: {shown}{end}{end}"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n"
    server.answers = [task(), head + text.encode()]

    (event,) = client.get("task_1").events()

    assert event.task.raw["prompt"] == prompt


def test_a_download_goes_on_where_it_broke_off_and_is_checked(server: Flaky, client: Reelgate, tmp_path: Path) -> None:
    video = bytes(range(256)) * 40
    tag = f'"{hashlib.sha256(video).hexdigest()}"'
    cut = answer(200, video, etag=tag)[:-5000]
    server.answers = [task(**DONE, result_url=f"{server.url}/f"), cut]
    server.answers.append(answer(206, video[-5000:], etag=tag, content_range="bytes 5240-10239/10240"))
    target = tmp_path / "cat.mp4"
    assert client.wait("task_1").save(target) == target
    assert target.read_bytes() == video
    assert server.asked[2].headers["range"] == "bytes=5240-"
    assert server.asked[2].headers["if-range"] == tag
    assert "authorization" not in server.asked[1].headers
    assert [path.name for path in tmp_path.iterdir()] == ["cat.mp4"]
    broken = answer(200, b"x" + video[1:], etag=tag)
    server.answers = [broken, broken]
    with pytest.raises(DamagedFile):
        client.save(f"{server.url}/f", tmp_path / "other.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["cat.mp4"]


@pytest.mark.parametrize(
    "rest",
    [
        answer(206, b"another film"[4:], etag='"two"', content_range="bytes 4-11/12"),
        answer(206, b"another film"[2:], etag='"one"', content_range="bytes 2-11/12"),
        answer(416, b"", content_range="bytes */3"),
    ],
)
def test_a_part_of_another_file_is_not_gone_on_from(
    server: Flaky, client: Reelgate, tmp_path: Path, rest: bytes
) -> None:
    """Stores that do not know If-Range give the rest of whatever the link leads to."""
    target = tmp_path / "out.mp4"
    target.with_name("out.mp4.part").write_bytes(b"film")
    target.with_name("out.mp4.part.etag").write_text('"one"')
    server.answers = [rest, answer(200, b"another film", etag='"two"')]

    assert client.save(f"{server.url}/f", target).read_bytes() == b"another film"
    assert server.asked[0].headers["if-range"] == '"one"'
    assert "range" not in server.asked[1].headers
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_key_that_can_t_be_one_is_told_at_once_and_not_shown(server: Flaky, tmp_path: Path) -> None:
    for wrong in ("sk-1\nx", "sk-1 x", "sk-…", "sk-\x00"):
        with pytest.raises(ValueError, match="the API key contains a space or another wrong character") as told:
            Reelgate(server.url, key=wrong)
        assert "sk-" not in str(told.value)
    server.answers = [
        answer(200, {"object": "balance"}),
        answer(401, {"error": {"message": "no key", "code": "missing_key"}}),
    ]
    with Reelgate(server.url, key=" sk-1\n") as client:  # as files and environments have it
        client.balance()
    with Reelgate(server.url, key="") as client, pytest.raises(WrongKey, match="no key"):
        client.balance()
    assert [one.headers.get("authorization") for one in server.asked] == ["Bearer sk-1", None]


@pytest.mark.parametrize("wrong", ["localhost:8000", "http://", "http://localhost:abc", "127.0.0.1:8000", "ftp://x"])
def test_an_address_that_can_t_be_one_is_told_at_once(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"the server's address is .*; allowed: one such as http://127"):
        Reelgate(wrong, key="sk-1")


def test_a_link_that_has_expired_is_asked_for_anew(server: Flaky, client: Reelgate, tmp_path: Path) -> None:
    server.answers = [
        task(**DONE, result_url=f"{server.url}/old"),
        answer(403, REFUSED),
        task(**DONE, result_url=f"{server.url}/new"),
        answer(200, b"video"),
    ]
    assert client.get("task_1").save(tmp_path / "v.mp4").read_bytes() == b"video"
    assert server.asked[-1].line.startswith("GET /new")


def test_a_video_that_is_gone_is_told_as_that(server: Flaky, client: Reelgate, tmp_path: Path) -> None:
    shown = task(**DONE, result_url=f"{server.url}/old")
    server.answers = [shown, answer(404, REFUSED), shown, answer(404, REFUSED), task(**DONE)]
    with pytest.raises(NotFound, match="the video of task_1 is not there any more"):
        client.get("task_1").save(tmp_path / "v.mp4")
    with pytest.raises(NotFound, match="the task task_1 has no link to a video"):
        client.get("task_1").save(tmp_path / "v.mp4")


STRANGE: list[Any] = [b"<!doctype html>", b"", b"[" * 100_000, {}, [], "ok", None, 7, {"object": "list", "data": [{}]}]
"""Answers of other programs, as of a proxy."""


@pytest.mark.parametrize("strange", STRANGE)
def test_another_program_s_answer_is_told_as_that(server: Flaky, client: Reelgate, strange: Any) -> None:
    hooks, files = client.webhooks, client.files
    calls: list[Callable[[], Any]] = [
        client.balance, client.models, client.usage, client.reload, client.preview,
        lambda: client.model("m"), lambda: client.quote("x", model="m"), lambda: client.generate("x", model="m"),
        lambda: client.get("task_1"), lambda: client.wait("task_1"), lambda: client.cancel("task_1"),
        lambda: client.delete("task_1"), lambda: list(client.tasks()),
        lambda: hooks.create("https://example.com/"), hooks.all, lambda: hooks.get("wh_1"),
        lambda: hooks.update("wh_1", note=""), lambda: hooks.delete("wh_1"), lambda: hooks.rotate("wh_1"),
        lambda: hooks.test("wh_1"), lambda: list(hooks.deliveries()), lambda: hooks.delivery("dlv_1"),
        lambda: hooks.replay("dlv_1"), lambda: hooks.replay_failed("wh_1"),
        lambda: files.upload(b"x"), lambda: files.upload(bytes(8 * 1024 * 1024 + 1)), lambda: files.get("file_1"),
        lambda: files.delete("file_1"),
    ]  # fmt: skip
    for call in calls:
        server.answers = [answer(200, strange)]
        with pytest.raises(UnreadableAnswer, match=rf"^{server.url}/\S+ did not answer with") as told:
            call()
        assert "is that the server's address?" in str(told.value)
        assert len(str(told.value)) < 500


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"id": None}, "id is missing"),
        ({"id": ""}, "id is missing"),
        ({"id": 7}, "id is not a text"),
        ({"progress": "40"}, "progress is not a number"),
        ({"error": "broken"}, "error is not an object"),
        ({"error": {"message": {}}}, "error.message is not a text"),
        ({"price": {"amount_micros": "5"}}, "price.amount_micros is not a number"),
        ({"queue": [1]}, "queue is not an object"),
        ({"result_url": {}}, "result_url is not a text"),
    ],
)
def test_a_task_of_another_shape_is_told_with_what_is_wrong(
    server: Flaky, client: Reelgate, fields: dict[str, Any], wrong: str
) -> None:
    event = f"event: task.running\ndata: {json.dumps({**TASK, **fields})}\n\n".encode()
    server.answers = [task(), task(**fields), answer(200, event, content_type="text/event-stream")]
    known = client.get("task_1")
    for call in (known.refresh, lambda: list(known.events())):
        with pytest.raises(UnreadableAnswer, match=rf"with a task \({wrong}\)"):
            call()
    assert (known.id, known.progress) == ("task_1", 40)


def test_a_page_that_is_followed_by_one_without_a_name_is_not_read_again_and_again(
    server: Flaky, client: Reelgate
) -> None:
    server.answers = [answer(200, {"object": "list", "data": [TASK], "has_more": True, "next_cursor": None})]
    with pytest.raises(UnreadableAnswer, match="next_cursor is missing"):
        list(client.tasks())


@pytest.mark.parametrize("strange", STRANGE)
def test_an_order_whose_answer_can_t_be_read_is_the_same_one_when_it_is_placed_again(
    server: Flaky, client: Reelgate, strange: Any
) -> None:
    server.answers = [answer(200, strange), answer(200, strange), task(), task()]
    for _ in range(2):
        with pytest.raises(UnreadableAnswer):
            client.generate("a cat", model="animatic")
    client.generate("a cat", model="animatic")
    client.generate("a cat", model="animatic")
    first, again, made, new = (one.headers["idempotency-key"] for one in server.asked)
    assert first == again == made != new


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": "v1,\xe9"},
        {"webhook-signature": "v1a,\xe9 v1,\udcff"},
        {"webhook-signature": ""},
        {"webhook-id": "\udcff"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "soon"},
    ],
)
def test_whatever_a_stranger_s_message_says_of_itself_it_is_a_wrong_signature(changed: dict[str, str]) -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,x"}
    for secret in ("whsec_" + base64.b64encode(b"a" * 32).decode(), PUBLIC_KEY):
        with pytest.raises(WrongSignature):
            verify_webhook(b"{}", headers | changed, secret)


def test_inputs_may_be_in_any_form(server: Flaky, client: Reelgate, tmp_path: Path) -> None:
    picture = Image.new("RGB", (8, 8), "red")
    held = io.BytesIO()
    picture.save(held, format="PNG")
    path = tmp_path / "p.png"
    path.write_bytes(held.getvalue())
    with path.open("rb") as opened:
        inputs: list[Any] = [path, str(path), held.getvalue(), opened, picture, "https://example.com/p.png"]
        server.answers = [task()]
        client.generate("x", model="animatic", images=inputs, image=None)
    *sent, last = server.asked[0].body["images"]
    assert last == "https://example.com/p.png"
    for one in sent:
        head, _, data = one.partition(";base64,")
        assert head in ("data:image/png", "data:application/octet-stream")
        assert Image.open(io.BytesIO(base64.b64decode(data))).size == (8, 8)
    assert "image" not in server.asked[0].body
    with pytest.raises(TypeError):
        client.generate("x", model="animatic", image=7)


@in_loop
async def test_a_task_can_be_awaited() -> None:
    with flaky() as server:
        async with AsyncReelgate(server.url, key="sk-1") as client:
            server.answers = [task(), None, task(**DONE)]
            made = await client.generate("x", model="animatic")
            assert (await made).succeeded
            server.answers = [answer(200, {"data": [{**TASK, **DONE}], "has_more": False})]
            assert [one.id async for one in client.tasks(status="completed")] == ["task_1"]


@pytest.mark.parametrize("secret", ["", "whsec_", "whpk_"])
def test_a_secret_with_which_anybody_can_sign_opens_nothing(secret: str) -> None:
    stamp = str(int(time.time()))
    signed = base64.b64encode(hmac.digest(b"", f"msg_1.{stamp}.{{}}".encode(), "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{signed}"}
    with pytest.raises(ValueError, match="the secret is empty"):
        verify_webhook(b"{}", headers, secret)
