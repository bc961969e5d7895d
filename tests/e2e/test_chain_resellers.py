"""One gateway is another one's reseller: what it serves as AnyFast, UniAll and APIYI is what it asks of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.server import KEY, Server, serving

UPSTREAM = "sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz"
APIYI = "/wan/api/v1/services/aigc/video-generation/video-synthesis"

CREATES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "anyfast": (
        "/v1/video/generations",
        {"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "duration": 3},
        {},
    ),
    "uniall": ("/v1/videos/generations", {"model": "viduq3t-540p", "prompt": "夜晚的港口", "duration": 2}, {}),
    "apiyi": (
        APIYI,
        {
            "model": "wan2.7-t2v",
            "input": {"prompt": "黄昏海边的灯塔"},
            "parameters": {"resolution": "720P", "duration": 2},
        },
        {"X-DashScope-Async": "enable"},
    ),
}
"""A create for each reseller, as its clients send it, and the headers that go with it."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Yield the gateway in front, which renders nothing itself, and the one behind it."""
    folder = tmp_path_factory.mktemp("chain")
    with serving(folder / "behind", "--workers", "1", key=UPSTREAM) as behind:
        accounts = {f"{name.upper()}_API_KEY": UPSTREAM for name in CREATES}
        accounts |= {f"{name.upper()}_BASE_URL": behind.url for name in CREATES}
        with serving(folder / "front", "--workers", "0", key=KEY, **accounts) as front:
            yield front, behind


@pytest.mark.parametrize("kind", CREATES)
def test_a_task_is_made_by_the_gateway_behind(chain: tuple[Server, Server], kind: str) -> None:
    front, behind = chain
    path, body, headers = CREATES[kind]
    before = len(_tasks(behind))

    created = front.post(path, body, headers=headers)

    assert created.status == 200, created.body
    ended = ("succeeded", "failed", "unknown")
    task = front.until("/v1/tasks", lambda page: page["data"][0]["state"] in ended)["data"][0]
    assert task["state"] == "succeeded", task
    made = _tasks(behind)
    assert len(made) == before + 1
    assert (made[0]["prompt"], made[0]["model"]) == (task["prompt"], body["model"])
    film = front.get(task["result_url"], key=None)
    assert (film.status, film.body[4:8]) == (200, b"ftyp")


def _tasks(server: Server) -> list[Any]:
    return list(server.get("/v1/tasks").json["data"])
