"""Videos that no job makes at once: parts, each a vendor's job of its own, joined here, paid once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.e2e.server import Server, command, serving
from tests.e2e.video import look_at
from tests.ports import reserved

CONFIG = """
[[account]]
kind = "dashscope"
key = "sk-dashscope"
base_url = "{url}"
poll_seconds = 0.2
"""
CATALOG = """
[[model]]
use = "wan"
id = "short-t2v"
title = "Makes up to three seconds"
duration = { min = 2, max = 3 }
upstream.dashscope = "wan2.7-t2v"
modes.text = {}

[[model]]
use = "wan"
id = "short-i2v"
title = "Goes on from two seconds"
duration = { min = 2, max = 4 }
upstream.dashscope = "wan2.7-i2v"
modes.extend = { counts_clip = true, ratio = "ignored", media = [
  { use = "wan-clip", role = "first_clip", min = 1, min_seconds = 2, max_seconds = 10 },
] }

[[model]]
use = "sora"
id = "tiny"
title = "Not Sora"
resolutions = ["180p"]
default_resolution = "180p"
duration = { min = 1, max = 5, default = 3, lengths = [1, 3, 5] }
standin = { models = ["short-t2v", "short-i2v"] }
shapes = { 180p = { "16:9" = [320, 180] } }
"""
"""Small and short, so that no test waits for an encoder: five seconds are three and two."""

EXTENSION = {"prompt": "it jumps", "seconds": "1", "model": "tiny"}
ENDED = ("completed", "failed")


@contextmanager
def gateway(folder: Path, simulator: Simulator, *, reachable: bool = True) -> Iterator[Server]:
    config = folder / "reelgate.toml"
    config.write_text(CONFIG.format(url=simulator.base_url("dashscope")))
    catalog = folder / "catalog"
    catalog.mkdir(exist_ok=True)
    (catalog / "tiny.toml").write_text(CATALOG)
    with reserved() as port:
        options = ["--port", str(port), "--config", str(config), "--catalog", str(catalog), "--workers", "0"]
        options += ["--public-url", f"http://127.0.0.1:{port}"] if reachable else []
        with serving(folder / "data", *options) as server:
            yield server


def order(server: Server, **fields: Any) -> Any:
    answer = server.post("/v1/videos", {"prompt": "a cat on a wall", **fields})
    assert answer.status == 200, answer.body
    return answer


def done(server: Server, video_id: str) -> Any:
    found = server.until(f"/v1/videos/{video_id}", lambda seen: seen["status"] in ENDED)
    assert found["status"] == "completed", found
    return found


def test_five_seconds_are_two_jobs_one_charge_and_one_film_also_after_a_kill(tmp_path: Path) -> None:
    with Simulator(job_seconds=0.5) as simulator:
        with gateway(tmp_path, simulator) as server:
            body = {"prompt": "a cat on a wall", "model": "tiny", "seconds": "5", "size": "180x320"}
            quoted = server.post("/v1/quotes", {"path": "/v1/videos", "body": body}).json
            answer = order(server, **body)
            video_id = answer.json["id"]
            # What was taken is found again at once; a submission that is cut off before that is waited for.
            server.until(f"/v1/tasks/{video_id}", lambda _: simulator.paid("dashscope") == 2)
            server.process.kill()
            server.process.wait()

        with gateway(tmp_path, simulator) as server:
            made = done(server, video_id)
            task = server.get(f"/v1/tasks/{video_id}").json
            path = tmp_path / "film.mp4"
            path.write_bytes(server.get(f"/v1/videos/{video_id}/content").body)

    assert (answer.json["seconds"], made["seconds"], made["size"]) == ("5", "5", "180x320")
    assert answer.headers["x-reelgate-made-with"] == "short-t2v, short-i2v"
    assert simulator.paid("dashscope") == 2
    film = look_at(path)
    assert (film.width, film.height, film.audio) == (180, 320, "aac")
    assert abs(film.frames / film.fps - 5) < 0.1
    price = task["price"]
    assert price["charged_micros"] == price["amount_micros"] == quoted["price"]["amount_micros"] == (3 + 4) * 84_000


def test_a_second_part_that_is_refused_costs_the_client_nothing_and_the_operator_sees_what_is_owed(
    tmp_path: Path,
) -> None:
    with Simulator(job_seconds=3600) as simulator, gateway(tmp_path, simulator) as server:
        video_id = order(server, model="tiny", seconds="5", size="180x320").json["id"]
        server.until("/v1/tasks", lambda _: simulator.paid("dashscope") == 1)
        simulator.fault("dashscope", "create", "rejected", times=3)
        simulator.fault("dashscope", "query", "says_done")  # not before, so that the second part is refused
        made = server.until(f"/v1/videos/{video_id}", lambda seen: seen["status"] in ENDED)
        price = server.get(f"/v1/tasks/{video_id}").json["price"]
        balance = server.get("/v1/balance").json
        called = command("ledger", "check", "--data", str(tmp_path / "data"))
        told = subprocess.run(called, capture_output=True, text=True, timeout=480, check=False).stdout

    assert (made["status"], price["charged_micros"], balance["held_micros"]) == ("failed", 0, 0)
    assert simulator.paid("dashscope") == 1
    assert video_id in told
    assert "tiny by short-t2v, short-i2v" in told or "0.252" in told, told


def test_what_could_not_be_gone_on_with_is_refused_at_create(tmp_path: Path) -> None:
    with Simulator() as simulator, gateway(tmp_path, simulator, reachable=False) as server:
        refused = server.post("/v1/videos", {"prompt": "x", "model": "tiny", "seconds": "5"})

    assert refused.status == 400
    assert "3 seconds on this server" in refused.json["error"]["message"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("parts")
    (folder / "tiny.toml").write_text(CATALOG)
    with serving(folder / "data", "--workers", "1", "--catalog", str(folder)) as server:
        yield server


def test_an_extension_is_the_whole_and_its_seconds_are_the_new_ones(alone: Server, tmp_path: Path) -> None:
    first = done(alone, order(alone, model="animatic", seconds=1, size="1280x720").json["id"])

    extended = alone.post("/v1/videos/extensions", {**EXTENSION, "video": {"id": first["id"]}})
    assert extended.status == 200, extended.body
    made = done(alone, extended.json["id"])

    assert (extended.json["model"], extended.json["remixed_from_video_id"]) == ("tiny", first["id"])
    assert (extended.json["seconds"], made["seconds"]) == ("2", "2")
    assert (extended.json["size"], made["size"]) == ("1280x720", "1280x720")
    path = tmp_path / "film.mp4"
    path.write_bytes(alone.get(f"/v1/videos/{made['id']}/content").body)
    film = look_at(path)
    assert (film.width, film.height, film.audio) == (1280, 720, "aac")
    assert abs(film.frames / film.fps - 2) < 0.1


def test_an_extension_of_a_wrong_length_or_of_nothing_is_refused(alone: Server) -> None:
    for body, param in (({"seconds": "4"}, "video"), ({"seconds": "5", "video": {"id": "video_1"}}, "seconds")):
        refused = alone.post("/v1/videos/extensions", {"prompt": "x", **body})
        assert (refused.status, refused.json["error"]["param"]) == (400, param)
