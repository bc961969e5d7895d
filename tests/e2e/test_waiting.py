"""Every query and every create, at every dialect's address, holds its answer for as long as it was asked to."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reelgate.dialects import all_dialects, by_name
from reelgate.dialects.described import described
from reelgate.dialects.openai import EDITS, EXTENSIONS
from reelgate.dialects.port import Operation
from reelgate.http.declarations import declarations
from reelgate.http.route import Declaration
from reelgate.testing.samples import picture
from tests.e2e.forms import form
from tests.e2e.server import Server, serving

ORDER = {"model": "animatic", "prompt": "海边的灯塔", "seconds": "1"}
WAITING = [one for one in declarations() if one.operation in (Operation.CREATE, Operation.QUERY, Operation.REMIX)]
SECONDS = 1


class Timed(NamedTuple):
    """An answer, and the seconds that it took."""

    status: int
    json: Any
    seconds: float


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that makes nothing, so that nothing changes."""
    with serving(tmp_path_factory.mktemp("still") / "data", "--workers", "0") as started:
        yield started


def timed(server: Server, method: str, path: str, body: Any = None, **options: Any) -> Timed:
    begun = time.monotonic()
    answer = server.call(method, path, body, **options)
    return Timed(answer.status, answer.json, time.monotonic() - begun)


def test_every_query_and_create_says_that_it_waits() -> None:
    known = {(one.method, one.path) for one in WAITING}
    assert {(r.method, f"{r.path}{{id}}" if r.path.endswith("/") else r.path)
            for dialect in all_dialects() for r in dialect.routes
            if r.operation in (Operation.CREATE, Operation.QUERY, Operation.REMIX)} == known  # fmt: skip
    batches = [one for one in declarations() if one.path in ("/v1/batches", "/v1/batches/{id}")]
    missing = [
        (one.method, one.path)
        for one in (*WAITING, *(one for one in batches if one.path.endswith("}") or one.method == "POST"))
        if "wait" not in [parameter.name for parameter in one.query or ()]
    ]
    assert missing == []


@pytest.fixture(scope="module")
def a_picture(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a picture as a data URI."""
    path = picture(tmp_path_factory.mktemp("picture") / "first.png")
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


@pytest.mark.parametrize("prefer", [False, True], ids=["parameter", "header"])
def test_every_query_and_create_waits(still: Server, a_picture: str, prefer: bool) -> None:
    queued = still.post("/v1/tasks", {"model": "animatic", "prompt": "a lighthouse"}).json["id"]

    def pictured(example: Any) -> Any:
        if isinstance(example, dict):
            return {name: pictured(value) for name, value in example.items()}
        if isinstance(example, list | tuple):
            return [pictured(value) for value in example]
        return a_picture if str(example).startswith("https://") else example

    def held(one: Declaration) -> tuple[str, Timed]:
        path = one.path.replace("{id}", queued)
        body, headers = None, {"Prefer": f"respond-async, wait={SECONDS}" if prefer else ""}
        if one.operation is Operation.CREATE:
            said = described(by_name(one.dialects[0]))
            body, headers = pictured(said.examples[one.path][0]), {**headers, **said.headers}
        sent = {name: value for name, value in headers.items() if value}
        return f"{one.method} {one.path}", timed(
            still, one.method, path if prefer else f"{path}?wait={SECONDS}", body, headers=sent
        )

    chosen = [one for one in WAITING if one.operation is not Operation.REMIX and one.path not in (EDITS, EXTENSIONS)]
    with ThreadPoolExecutor(len(chosen)) as many:
        answers = dict(many.map(held, chosen))
    assert {name: found.status for name, found in answers.items() if found.status != 200} == {}
    assert {name: found.seconds for name, found in answers.items() if found.seconds < SECONDS} == {}


def completed(video: Any) -> bool:
    assert video["status"] != "failed", video
    return bool(video["status"] == "completed")


def test_what_is_made_of_a_video_is_waited_for(gateway: Server) -> None:
    first = gateway.ordered("/v1/videos?wait=50", ORDER, completed).json
    remix = gateway.ordered(f"/v1/videos/{first['id']}/remix?wait=50", {"prompt": "一只猫"}, completed).json
    edit = gateway.ordered(f"{EDITS}?wait=50", {**ORDER, "video": {"id": first["id"]}}, completed).json
    assert len({first["id"], remix["id"], edit["id"]}) == 3
    wrong = gateway.post(f"/v1/videos/{first['id']}/remix?wait=soon", {"prompt": "一只猫"})
    assert (wrong.status, wrong.json["error"]["param"]) == (400, "wait")


def batched(server: Server) -> dict[str, str]:
    """Return the order of a batch, whose file is there."""
    line = {"custom_id": "1", "method": "POST", "url": "/v1/videos", "body": ORDER}
    sent = form({"purpose": "batch"}, "batch.jsonl", json.dumps(line).encode())
    file = server.call("POST", "/v1/files", **sent).json["id"]
    return {"input_file_id": file, "endpoint": "/v1/videos", "completion_window": "24h"}


def test_a_batch_is_waited_for(gateway: Server, still: Server) -> None:
    begun = timed(still, "POST", f"/v1/batches?wait={SECONDS / 4}", batched(still))
    assert (begun.json["status"], begun.seconds >= SECONDS / 4) == ("in_progress", True)
    ended = gateway.post("/v1/batches?wait=50", batched(gateway)).json
    while ended["status"] != "completed":
        ended = gateway.get(f"/v1/batches/{ended['id']}", headers={"Prefer": "wait=50"}).json
    assert ended["request_counts"]["completed"] == 1


def test_a_queued_task_tells_its_place_and_why_it_waits(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        ids = [server.post("/v1/tasks", {"model": "animatic", "prompt": "a cat"}).json["id"] for _ in range(3)]
        told = [server.get(f"/v1/tasks/{task_id}").json for task_id in ids]
        assert [one["queue"] for one in told] == [{"position": place} for place in (1, 2, 3)]
        assert {one["waiting"]["reason"] for one in told} == {"account_full"}
        ended = server.post(f"/v1/tasks/{ids[0]}/cancel").json
        assert not {"queue", "waiting"} & server.get(f"/v1/tasks/{ended['id']}").json.keys()
