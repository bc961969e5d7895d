"""Renders on a real Ray cluster of two nodes; `make fleet` runs these, which take a minute."""

from __future__ import annotations

import base64
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelgate import limits
from tests.e2e.server import Server, serving
from tests.fleet.cluster import Cluster, a_cluster

pytestmark = pytest.mark.skipif(not os.environ.get("FLEET"), reason="make fleet runs these")

TASKS = 20
PRICE = 35_000
PATIENCE_SECONDS = 480.0
ENDED = ("succeeded", "failed", "cancelled", "expired")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with a_cluster(2) as found:
        yield found


@pytest.fixture(scope="module")
def server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with drawing_on(cluster, tmp_path_factory.mktemp("ray")) as running:
        yield running


@contextmanager
def drawing_on(cluster: Cluster, folder: Path) -> Iterator[Server]:
    config = folder / "reelgate.toml"
    config.write_text(f'[renders]\nengine = "ray"\naddress = "{cluster.address}"\nat_once = 4\n')
    with serving(folder / "data", "--config", str(config), "--animatic", "always") as running:
        yield running


def ordered(server: Server, **body: Any) -> str:
    made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox in the snow", "duration": 1, **body})
    assert made.status == 200, made.body
    return str(made.json["id"])


def ended(server: Server, task_id: str) -> Any:
    return server.until(f"/v1/tasks/{task_id}", lambda task: task["state"] in ENDED, 300)


def test_a_picture_travels_to_a_node_and_the_clip_back(server: Server) -> None:
    file = io.BytesIO()
    Image.new("RGB", (640, 400), "#3070a0").save(file, "PNG")
    picture = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()

    task = ended(server, ordered(server, image=picture))

    assert task["state"] == "succeeded", task
    assert server.get(task["result_url"], key=None).body[4:8] == b"ftyp"
    assert server.get(task["thumbnail_url"], key=None).body[8:12] == b"WEBP"


def test_a_render_is_called_off_within_a_second_and_its_place_is_free_again(server: Server) -> None:
    task_id = ordered(server, duration=12)
    server.until(f"/v1/tasks/{task_id}", lambda task: task["progress"] > 1, 300)

    begun = time.monotonic()
    server.post(f"/v1/tasks/{task_id}/cancel")
    server.until(f"/v1/tasks/{task_id}", lambda task: task["state"] == "cancelled")

    assert time.monotonic() - begun < 1.0
    assert {ended(server, ordered(server))["state"] for _ in range(4)} == {"succeeded"}


def test_a_node_dies_in_the_middle_of_twenty_renders(server: Server, cluster: Cluster) -> None:
    before = server.get("/v1/balance").json["charged_micros"]
    tasks = [ordered(server, model="viduq3t-540p") for _ in range(TASKS)]
    server.until("/v1/tasks?limit=40", lambda found: _count(found, tasks, ENDED) >= 3, 300)
    server.until("/v1/tasks?limit=40", lambda found: _count(found, tasks, ("running",)) >= 3, 300)

    cluster.kill_a_node()

    ends = [ended(server, task) for task in tasks]
    assert {task["state"] for task in ends} == {"succeeded"}
    moves = [server.get(f"/v1/tasks/{task}/timeline").json for task in tasks]
    assert any("lose_render" in str(one) for one in moves), "a render was lost, and made again"
    assert server.get("/v1/balance").json["charged_micros"] - before == TASKS * PRICE


def test_a_cluster_grows_while_orders_wait_and_shrinks_when_there_are_none(tmp_path: Path) -> None:
    with a_cluster(2, grows=True) as cluster, drawing_on(cluster, tmp_path) as server:
        assert cluster.nodes() == 0

        tasks = [ordered(server) for _ in range(4)]

        assert {ended(server, task)["state"] for task in tasks} == {"succeeded"}
        assert cluster.nodes() == 2
        end = time.monotonic() + 2 * limits.RAY_IDLE_SECONDS + PATIENCE_SECONDS
        while cluster.nodes() > 0:
            assert time.monotonic() < end, "nodes without work stay"


def _count(found: Any, tasks: list[str], states: tuple[str, ...]) -> int:
    return sum(one["id"] in tasks and one["state"] in states for one in found["data"])
