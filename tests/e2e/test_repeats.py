"""A create that is sent twice makes one task: under a key, by an SDK that counts, and over a kill -9."""

from __future__ import annotations

import base64
import json
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from reelgate.client import Reelgate
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Operation
from tests.dialects.cases import FIXTURES
from tests.e2e.conftest import Inputs
from tests.e2e.server import KEY, Reply, Server, command, environment, serving

HOUSE = "/v1/tasks"
BODY: dict[str, Any] = {"model": "viduq3t-540p", "prompt": "一只猫", "duration": 1}


class Create(NamedTuple):
    """A create route of one dialect, and a documented call to it."""

    dialect: str
    path: str

    def send(self, gateway: Server, inputs: Inputs, **headers: str) -> Reply:
        """Send the call; the inputs that it names are those of the test's own media server."""
        call = min(self._calls(), key=lambda call: ("http" in json.dumps(call["body"]), len(json.dumps(call["body"]))))
        body = _with_inputs(call["body"], inputs)
        return gateway.post(self.path, body, headers={**call.get("headers", {}), **headers})

    def _calls(self) -> list[Any]:
        files = sorted((FIXTURES / self.dialect).glob("create-*.json"))
        calls = [call for path in files if (call := json.loads(path.read_text(encoding="utf-8")))["path"] == self.path]
        assert calls, f"no fixture of {self.dialect} creates at {self.path}"
        return calls


CREATES = [
    Create(dialect.name, route.path)
    for dialect in all_dialects()
    for route in dialect.routes
    if route.operation is Operation.CREATE and "{id}" not in route.path
]


def _with_inputs(value: Any, inputs: Inputs) -> Any:
    if isinstance(value, dict) and list(value) == ["id"]:  # a video that was made before
        return inputs.url("source-video.mp4")
    if isinstance(value, dict):
        return {name: _with_inputs(inner, inputs) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_inputs(inner, inputs) for inner in value]
    if not isinstance(value, str) or not value.startswith("http"):
        return value
    return inputs.url("source-video.mp4" if value.endswith(".mp4") else "source.png")


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that accepts tasks and makes none."""
    with serving(tmp_path_factory.mktemp("idle") / "data", "--workers", "0", "--allow-private-media") as server:
        yield server


def count(gateway: Server) -> int:
    """Return how many tasks there are, up to a page."""
    return len(gateway.get(f"{HOUSE}?limit=100").json["data"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_every_create_route_replays_its_answer_over_a_kill(data: Path, inputs: Inputs) -> None:
    options = ("--workers", "0", "--allow-private-media")
    with serving(data, *options) as gateway:
        first = [one.send(gateway, inputs, **{"Idempotency-Key": f"order {n}"}) for n, one in enumerate(CREATES)]
        assert [answer.status for answer in first] == [200] * len(CREATES), first
        for task in gateway.get(f"{HOUSE}?limit=100").json["data"]:
            gateway.post(f"{HOUSE}/{task['id']}/cancel")
        gateway.stop(signal.SIGKILL)

    with serving(data, *options) as gateway:
        for n, one in enumerate(CREATES):
            again = one.send(gateway, inputs, **{"Idempotency-Key": f"order {n}"})
            assert (again.status, again.body) == (first[n].status, first[n].body), one
            assert again.headers["x-reelgate-replayed"] == "true"
            assert again.headers["x-request-id"] == first[n].headers["x-request-id"]
        assert count(gateway) == len(CREATES)


@pytest.mark.parametrize("create", CREATES, ids=[f"{one.dialect}-{one.path}" for one in CREATES])
def test_another_body_under_the_same_key_is_refused_in_the_dialects_shape(
    idle: Server, inputs: Inputs, create: Create
) -> None:
    key = {"Idempotency-Key": f"once {create}"[:200]}
    idle.post(HOUSE, BODY, headers=key)
    before = count(idle)

    answer = (
        create.send(idle, inputs, **key) if create.path != HOUSE else idle.post(HOUSE, {**BODY, "seed": 1}, headers=key)
    )

    assert answer.status == 422
    assert answer.headers["x-should-retry"] == "false"
    assert "Idempotency-Key" in answer.body.decode()
    assert count(idle) == before


@pytest.mark.parametrize("create", CREATES, ids=[f"{one.dialect}-{one.path}" for one in CREATES])
def test_a_retry_that_an_sdk_counts_is_the_same_task(idle: Server, inputs: Inputs, create: Create) -> None:
    first = create.send(idle, inputs, **{"X-Stainless-Retry-Count": "0"})
    before = count(idle)
    again = create.send(idle, inputs, **{"X-Stainless-Retry-Count": "1"})

    assert first.status == again.status == 200
    assert again.body == first.body
    assert count(idle) == before


def test_a_large_create_is_known_again_too(idle: Server, inputs: Inputs) -> None:
    picture = base64.b64encode(inputs.files["head.png"].read_bytes() + bytes(400_000)).decode()
    body = {**BODY, "image": f"data:image/png;base64,{picture}"}
    first, again = (idle.post(HOUSE, body, headers={"X-Stainless-Retry-Count": count}) for count in "01")

    assert first.status == 200
    assert again.body == first.body


def test_calls_that_are_no_retries_make_a_task_each(idle: Server) -> None:
    calls: list[dict[str, str]] = [{}, {}, *({"X-Stainless-Retry-Count": "0"},) * 2, {"Idempotency-Key": "a"}]
    calls += [{"Idempotency-Key": "b"}, {"X-Stainless-Retry-Count": "none"}]

    ids = [idle.post(HOUSE, BODY, headers=headers).json["id"] for headers in calls]

    assert len(set(ids)) == len(calls)


def test_a_key_counts_more_than_a_retry_count(idle: Server) -> None:
    first = idle.post(HOUSE, {**BODY, "seed": 5}, headers={"X-Stainless-Retry-Count": "0"}).json["id"]
    keyed = idle.post(
        HOUSE, {**BODY, "seed": 5}, headers={"X-Stainless-Retry-Count": "2", "Idempotency-Key": "strong"}
    ).json["id"]
    again = idle.post(HOUSE, {**BODY, "seed": 5}, headers={"X-Stainless-Retry-Count": "1"}).json["id"]

    assert keyed != first == again


def test_the_order_of_fields_and_spaces_do_not_make_another_request(idle: Server) -> None:
    key = {"Idempotency-Key": "spaces"}
    first = idle.post(HOUSE, BODY, headers=key)

    again = idle.post(HOUSE, None, raw=json.dumps(dict(reversed(BODY.items())), indent=2).encode(), headers=key)

    assert again.body == first.body


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\tin it"])
def test_a_key_that_can_not_be_kept_is_refused_and_named(idle: Server, key: str) -> None:
    answer = idle.post(HOUSE, BODY, headers={"Idempotency-Key": key})

    assert answer.status == 400
    assert answer.json["error"]["param"] == "Idempotency-Key"
    assert "255 printable ASCII" in answer.json["error"]["allowed"]


def test_a_create_that_was_refused_leaves_its_key_free(idle: Server) -> None:
    key = {"Idempotency-Key": "second chance"}

    assert idle.post(HOUSE, {**BODY, "duration": 99}, headers=key).status == 400
    assert idle.post(HOUSE, BODY, headers=key).status == 200


def test_a_retry_waits_for_the_try_that_is_still_under_way(idle: Server, inputs: Inputs) -> None:
    picture = inputs.files["source.png"].read_bytes()
    slow = inputs.server.drip("/slow.png", picture, chunk=len(picture) // 4, pause=0.3)
    body = {**BODY, "image": slow}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(idle.post, HOUSE, body, headers={"X-Stainless-Retry-Count": "0"})
        inputs.server.wait_for("/slow.png")
        again = idle.post(HOUSE, body, headers={"X-Stainless-Retry-Count": "1"})

    assert again.json["id"] == first.result().json["id"]


def test_deleting_a_task_frees_its_key(idle: Server) -> None:
    key = {"Idempotency-Key": "again and again"}
    first = idle.post(HOUSE, BODY, headers=key).json["id"]
    idle.post(f"{HOUSE}/{first}/cancel")
    assert idle.call("DELETE", f"{HOUSE}/{first}").status == 200

    assert idle.post(HOUSE, {**BODY, "seed": 3}, headers=key).json["id"] != first


def test_many_creates_with_one_key_at_once_are_answered_with_one_task(idle: Server) -> None:
    before = count(idle)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: idle.post(HOUSE, BODY, headers={"Idempotency-Key": "rush"}), range(48)))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert sum("x-reelgate-replayed" not in answer.headers for answer in answers) == 1
    assert count(idle) == before + 1


def test_the_python_client_takes_a_key(idle: Server) -> None:
    with Reelgate(idle.url, key=idle.key) as reelgate:
        ids = [reelgate.create(**BODY, idempotency_key="from python").id for _ in range(2)]
        other = reelgate.create(**BODY).id

    assert ids[0] == ids[1] != other


def test_a_key_belongs_to_the_project_so_that_api_keys_may_change(data: Path) -> None:
    idem = {"Idempotency-Key": "shared"}
    with serving(data, "--workers", "0") as gateway:
        first = gateway.post(HOUSE, BODY, headers=idem)
        rotated = _new_key(data, "default")
        foreign = _new_key(data)
        gateway.until(HOUSE, lambda _: gateway.get(HOUSE, key=foreign).status == 200)

        assert gateway.post(HOUSE, BODY, headers=idem, key=rotated).body == first.body
        assert gateway.post(HOUSE, BODY, headers=idem, key=foreign).json["id"] != first.json["id"]


def _new_key(data: Path, project: str = "") -> str:
    arguments = ("keys", "add", "one more", "--data", str(data), *(["--project", project] if project else []))
    made = subprocess.run(command(*arguments), capture_output=True, text=True, check=True, env=environment())
    return next(word for word in made.stdout.split() if word.startswith("sk-"))


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ({"Idempotency-Key": "cut off"}, {"Idempotency-Key": "cut off"}),
        ({"X-Stainless-Retry-Count": "0"}, {"X-Stainless-Retry-Count": "1"}),
    ],
    ids=["key", "count"],
)
def test_a_create_whose_answer_was_lost_in_a_crash_is_found_again(
    data: Path, first: dict[str, str], again: dict[str, str]
) -> None:
    with serving(data, "--workers", "0") as gateway:
        address = urlsplit(gateway.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(_request(first))
            written = _wait_for_task(data)
            gateway.stop(signal.SIGKILL)  # the answer, if it was sent, is never read

    with serving(data, "--workers", "0") as gateway:
        assert gateway.post(HOUSE, BODY, headers=again).json["id"] == written
        assert count(gateway) == 1


def _request(headers: dict[str, str]) -> bytes:
    body = json.dumps(BODY, ensure_ascii=False).encode()
    sent = {"Host": "reelgate", "Authorization": f"Bearer {KEY}", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST {HOUSE} HTTP/1.1\r\n{head}\r\n".encode() + body


def _wait_for_task(data: Path) -> str:
    end = time.monotonic() + 480
    pause = threading.Event()
    while time.monotonic() < end:
        with sqlite3.connect(data / "journal.db") as journal:
            rows = journal.execute("SELECT id FROM tasks").fetchall()
        if rows:
            return str(rows[0][0])
        pause.wait(0.002)
    raise AssertionError("no task was written")
