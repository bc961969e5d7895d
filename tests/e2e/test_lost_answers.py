"""Creates whose answer is lost, sent again as each kind of client does: one task, wherever the line was cut.

A create whose sender has read the answer to the one before is not a repeat, however alike the two are.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.server import Server, serving
from tests.e2e.wire import Wire, multipart, post

ARK, HOUSE, OPENAI = "/api/v3/contents/generations/tasks", "/v1/tasks", "/v1/videos"
DASHSCOPE = "/api/v1/services/aigc/video-generation/video-synthesis"
NUMBERS = itertools.count()
Call = Callable[[int], bytes]
Leave = Callable[[Wire], None]


class Kind(NamedTuple):
    """How a client orders, and what its tries have of their own."""

    name: str
    path: str
    headers: Callable[[int, int], dict[str, str]]
    """By the number of the order and of the try."""

    def tries(self) -> Call:
        """Return one order as it is sent the first, second … time."""
        number = next(NUMBERS)
        body = self._body(f"an order of {self.name}, {number}")
        return lambda nth: post(self.path, body, self.headers(number, nth))

    def _body(self, prompt: str) -> bytes:
        body: dict[str, Any] = {"model": "viduq3t-540p", "prompt": prompt, "duration": 1}
        if self.path == ARK:
            model, content = "doubao-seedance-1-0-pro-250528", [{"type": "text", "text": prompt}]
            body = {"model": model, "content": content, "duration": 2, "resolution": "480p"}
        if self.path == DASHSCOPE:
            body = {"model": "happyhorse-1.0-t2v", "input": {"prompt": prompt}, "parameters": {"duration": 3}}
        if self.path == OPENAI:
            body = {"model": "viduq3t-540p", "prompt": prompt, "seconds": "1"}
        return json.dumps(body).encode()


MARKED = (
    Kind("openai", OPENAI, lambda _, nth: {"X-Stainless-Retry-Count": str(nth)}),
    Kind("Ark in Java", ARK, lambda number, _: {"X-Client-Request-Id": f"20261129010203{number:020}"}),
    Kind("any with a key", HOUSE, lambda number, _: {"Idempotency-Key": f"order {number}"}),
)
UNMARKED = (
    Kind("Ark in Go", ARK, lambda number, nth: {"X-Client-Request-Id": f"20261129010203{number:010}{nth:010}"}),
    Kind("Ark in Python", ARK, lambda _number, _nth: {}),
    Kind("DashScope in Java", DASHSCOPE, lambda _number, _nth: {"X-DashScope-Async": "enable"}),
    Kind("async-openai", OPENAI, lambda _number, _nth: {}),
    Kind("net/http", HOUSE, lambda _number, _nth: {}),
)
KINDS = pytest.mark.parametrize("kind", [*MARKED, *UNMARKED], ids=lambda kind: kind.name.replace(" ", "_"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that accepts tasks and makes none, on either journal."""
    options = ["--workers", "0", "--allow-private-media"]
    if request.param == "postgres":
        options += ["--store", _schema(request.getfixturevalue("postgres_url"), "lost_answers")]
    with serving(tmp_path_factory.mktemp("lost") / "data", *options) as server:
        yield server


def _schema(url: str, name: str) -> str:
    async def made() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(f"CREATE SCHEMA {name}")
        await connection.close()

    asyncio.run(made())
    return f"{url}&search_path={name}"


def tasks(gateway: Server) -> set[str]:
    """Return the ids of the newest tasks."""
    return {task["id"] for task in gateway.get(f"{HOUSE}?limit=100").json["data"]}


def whole(gateway: Server, call: bytes) -> tuple[int, dict[str, str], Any]:
    """Send a call on a connection of its own and read the whole answer."""
    wire = Wire(gateway)
    wire.send(call)
    answer = wire.answer()
    wire.close()
    return answer


def _id_in(answer: Any) -> str:
    return str(answer.get("id") or answer["output"]["task_id"])


@KINDS
@pytest.mark.parametrize("leave", [Wire.close, Wire.reset], ids=["closed", "cut"])
def test_a_create_whose_sender_left_before_the_answer_is_made_once(gateway: Server, kind: Kind, leave: Leave) -> None:
    before, order = tasks(gateway), kind.tries()
    wire = Wire(gateway)
    wire.send(order(0))
    leave(wire)

    status, headers, body = whole(gateway, order(1))

    assert status == 200
    assert tasks(gateway) - before == {_id_in(body)}
    # Under a key either may be the first to be written.
    assert "x-reelgate-replayed" in headers or kind is MARKED[2]


def _wait(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:  # a sleep would end half a millisecond late
        pass


@pytest.mark.parametrize("leave", [Wire.close, Wire.reset], ids=["closed", "cut"])
def test_whenever_its_sender_leaves_a_create_is_made_once(gateway: Server, leave: Leave) -> None:
    kind = UNMARKED[3]
    for moment in range(200):
        before, order = tasks(gateway), kind.tries()
        wire = Wire(gateway)
        wire.send(order(0))
        _wait(moment * 25e-6)  # before, while and after the answer is sent
        leave(wire)

        _, _, body = whole(gateway, order(1))

        assert tasks(gateway) - before == {_id_in(body)}, f"it left after {moment * 25} us"


@pytest.mark.parametrize("once", [{}, {"Connection": "close"}], ids=["kept", "of_one_call"])
def test_one_who_reads_the_answer_and_goes_orders_anew_each_time(gateway: Server, once: dict[str, str]) -> None:
    before = tasks(gateway)
    call = post(HOUSE, UNMARKED[4].tries()(0).split(b"\r\n\r\n")[1], once)

    made = [_id_in(whole(gateway, call)[2]) for _ in range(90)]

    assert len(set(made)) == 90
    assert tasks(gateway) - before == set(made)


@KINDS
@pytest.mark.parametrize("leave", [Wire.close, Wire.reset], ids=["closed", "cut"])
@pytest.mark.parametrize("earlier", [0, 1], ids=["read_in_order", "read_the_other_way_round"])
def test_a_busy_server_that_reads_a_create_and_its_repeat_at_once_makes_one(
    gateway: Server, kind: Kind, leave: Leave, earlier: int
) -> None:
    before, order = tasks(gateway), kind.tries()
    first, second = (Wire(gateway) for _ in range(2)) if earlier == 0 else reversed([Wire(gateway), Wire(gateway)])
    gateway.process.send_signal(signal.SIGSTOP)
    try:
        first.send(order(0))
        leave(first)
        second.send(order(1))
    finally:
        gateway.process.send_signal(signal.SIGCONT)

    status, _, body = second.answer()
    second.close()
    _, _, later = whole(gateway, kind.tries()(0))  # written after what had come by then

    assert status == 200
    assert tasks(gateway) - before == {_id_in(body), _id_in(later)}


@KINDS
def test_an_answer_is_lost_wherever_in_it_the_line_is_cut(gateway: Server, kind: Kind) -> None:
    order = kind.tries()
    first = Wire(gateway)
    first.send(order(0))
    first.wait()
    for read in (0, 1, 17, 120):
        before = tasks(gateway)
        first.read(read)
        first.close()  # with the rest unread, which resets the connection
        first = Wire(gateway)
        first.send(order(1))
        first.wait()
        assert tasks(gateway) == before, f"{read} bytes were read"
    status, headers, _ = first.answer()
    first.close()
    assert (status, headers["x-reelgate-replayed"]) == (200, "true")


@KINDS
def test_a_create_that_did_not_arrive_whole_is_none(gateway: Server, kind: Kind) -> None:
    before, order = tasks(gateway), kind.tries()
    call = order(0)
    head = call.index(b"\r\n\r\n") + 4
    for sent, leave in itertools.product((1, 20, head - 2, head, head + 1, len(call) - 1), (Wire.close, Wire.reset)):
        wire = Wire(gateway)
        wire.send(call[:sent])
        leave(wire)

    status, headers, body = whole(gateway, order(1))

    assert (status, "x-reelgate-replayed" in headers) == (200, False)
    assert tasks(gateway) - before == {_id_in(body)}


@pytest.mark.parametrize("kind", MARKED, ids=lambda kind: kind.name.replace(" ", "_"))
def test_a_marked_repeat_is_known_though_the_answer_was_read(gateway: Server, kind: Kind) -> None:
    before, order = tasks(gateway), kind.tries()
    answers = [whole(gateway, order(nth)) for nth in range(3)]

    assert len({_id_in(body) for _, _, body in answers}) == 1
    assert len(tasks(gateway) - before) == 1


def test_two_tries_of_one_call_at_one_moment_are_one_task(gateway: Server) -> None:
    before, order = tasks(gateway), MARKED[1].tries()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: whole(gateway, order(0)), range(8)))

    assert len({_id_in(body) for _, _, body in answers}) == 1
    assert len(tasks(gateway) - before) == 1


def test_a_call_id_means_one_body_at_arks_address(gateway: Server) -> None:
    named = {"X-Client-Request-Id": "202611290102030123456789abcdefghij"}
    body = {"model": "viduq3t-540p", "prompt": "named", "duration": 1}
    elsewhere = [whole(gateway, post(HOUSE, json.dumps(body).encode(), named)) for _ in range(2)]
    content = {"model": "doubao-seedance-1-0-pro-250528", "duration": 2}
    orders = [{**content, "content": [{"type": "text", "text": text}]} for text in ("named", "named as well")]
    there = [whole(gateway, post(ARK, json.dumps(order).encode(), named)) for order in (*orders, *orders)]

    assert _id_in(elsewhere[0][2]) != _id_in(elsewhere[1][2])
    ids = [_id_in(answer) for _, _, answer in there]
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


@pytest.mark.parametrize("kind", UNMARKED, ids=lambda kind: kind.name.replace(" ", "_"))
def test_orders_that_are_alike_are_orders(gateway: Server, kind: Kind) -> None:
    before, order = tasks(gateway), kind.tries()
    calls = map(order, itertools.count())
    for _ in range(2):  # on connections of their own
        whole(gateway, next(calls))
    kept = Wire(gateway)
    for _ in range(2):  # on one that is kept
        kept.send(next(calls))
        kept.answer()
    together = [Wire(gateway) for _ in range(3)]
    for wire in together:  # at one moment, all of whom wait for their answers
        wire.send(next(calls))
    for wire in (*together, kept):
        if wire is not kept:
            wire.answer()
        wire.close()

    assert len(tasks(gateway) - before) == 7


def test_each_lost_answer_is_made_good_once(gateway: Server) -> None:
    before, order = tasks(gateway), UNMARKED[4].tries()
    lost = [Wire(gateway) for _ in range(2)]
    for wire in lost:
        wire.send(order(0))
        wire.wait()
    for wire in lost:
        wire.close()

    answers = [whole(gateway, order(nth)) for nth in (1, 1, 1)]

    assert [headers.get("x-reelgate-replayed") for _, headers, _ in answers] == ["true", "true", None]
    assert len({_id_in(body) for _, _, body in answers}) == 3
    assert len(tasks(gateway) - before) == 3


def test_behind_a_proxy_the_end_of_its_connection_says_nothing(gateway: Server) -> None:
    before = tasks(gateway)
    call = post(HOUSE, UNMARKED[4].tries()(0).split(b"\r\n\r\n")[1], {"X-Forwarded-For": "192.0.2.1"})
    for _ in range(2):
        wire = Wire(gateway)
        wire.send(call)
        wire.answer()
        wire.reset()  # as HAProxy closes

    assert len(tasks(gateway) - before) == 2


def test_a_form_is_known_again_by_what_is_in_it(gateway: Server) -> None:
    fields = {"model": "viduq3t-540p", "prompt": f"a form, {next(NUMBERS)}", "seconds": "1"}
    before = tasks(gateway)
    wire = Wire(gateway)
    wire.send(post(OPENAI, *multipart(fields, "first")))
    wire.wait()
    wire.close()

    _, headers, _ = whole(gateway, post(OPENAI, *multipart(fields, "second")))

    assert headers["x-reelgate-replayed"] == "true"
    assert len(tasks(gateway) - before) == 1


def test_another_key_address_or_body_is_another_order(gateway: Server) -> None:
    body = {"model": "viduq3t-540p", "prompt": f"alike, {next(NUMBERS)}", "duration": 1}
    wire = Wire(gateway)
    wire.send(post(HOUSE, json.dumps(body).encode()))
    wire.wait()
    wire.close()

    others = [
        post("/v1/video/generations", json.dumps(body).encode()),
        post(HOUSE, json.dumps({**body, "seed": 1}).encode()),
    ]

    assert ["x-reelgate-replayed" in whole(gateway, other)[1] for other in others] == [False, False]
    assert "x-reelgate-replayed" in whole(gateway, post(HOUSE, json.dumps(body).encode()))[1]


def test_a_repeat_waits_for_the_create_that_its_sender_gave_up(gateway: Server, inputs: Inputs) -> None:
    picture = inputs.files["source.png"].read_bytes()
    name = f"/slow-{next(NUMBERS)}.png"
    slow = inputs.server.drip(name, picture, chunk=len(picture) // 4, pause=0.3)
    call = post(HOUSE, json.dumps({"model": "viduq3t-540p", "prompt": name, "duration": 1, "image": slow}).encode())
    before = tasks(gateway)
    for _ in range(2):  # the second gives up too
        wire = Wire(gateway)
        wire.send(call)
        inputs.server.wait_for(name)
        wire.close()

    status, headers, body = whole(gateway, call)

    assert (status, headers["x-reelgate-replayed"]) == (200, "true")
    assert tasks(gateway) - before == {_id_in(body)}


def test_a_lost_answer_is_remembered_over_a_restart(tmp_path: Path) -> None:
    order = UNMARKED[4].tries()
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        wire = Wire(gateway)
        wire.send(order(0))
        wire.wait()
        wire.close()
        (first,) = tasks(gateway)
        gateway.stop(signal.SIGTERM)

    with serving(tmp_path / "data", "--workers", "0") as gateway:
        _, headers, body = whole(gateway, order(1))

    assert (_id_in(body), headers["x-reelgate-replayed"]) == (first, "true")


def test_a_client_of_one_call_a_connection_is_no_other(gateway: Server) -> None:
    before, once = tasks(gateway), {"Connection": "close"}
    call = post(HOUSE, UNMARKED[4].tries()(0).split(b"\r\n\r\n")[1], once)
    lost = Wire(gateway)
    lost.send(call)
    lost.wait()
    lost.close()

    answers = [whole(gateway, call) for _ in range(3)]

    assert [headers.get("x-reelgate-replayed") for _, headers, _ in answers] == ["true", None, None]
    assert len(tasks(gateway) - before) == 3
