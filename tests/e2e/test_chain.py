"""One gateway is another one's vendor: what it serves in each seller's and vendor's words is what it asks of them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.e2e.server import KEY, Server, serving

UPSTREAM = "sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz"


def picture() -> str:
    """Return a small picture as a data: URI."""
    file = io.BytesIO()
    Image.new("RGB", (640, 400), "#3070a0").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


CREATES = {
    "dashscope": (
        "/v1/video/generations",
        {"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "duration": 3},
    ),
    "ark": (
        "/v1/video/generations",
        {
            "model": "seedance-2.0-mini",
            "content": [{"type": "text", "text": "a red kite over the sea"}],
            "resolution": "480p",
            "duration": 4,
        },
    ),
    "vidu": (
        "/v1/videos/generations",
        {"model": "viduq3t-540p", "prompt": "一艘船驶过夜晚的港口", "duration": 2, "aspect_ratio": "16:9"},
    ),
    "openai_videos": (
        "/v1/video/generations",
        {"model": "happyhorse-1.1-t2v", "prompt": "a lighthouse in a storm", "resolution": "720P", "duration": 3},
    ),
    "openai_videos, with a picture": (
        "/v1/video/generations",
        {
            "model": "happyhorse-1.1-i2v",
            "prompt": "海面上的云慢慢散开",
            "image": picture(),
            "resolution": "720P",
            "duration": 3,
        },
    ),
    "anyfast": (
        "/v1/video/generations",
        {
            "model": "happyhorse-1.0-r2v",
            "prompt": "图中的人在跑",
            "images": [picture()],
            "resolution": "720P",
            "duration": 3,
        },
    ),
    "uniall": ("/v1/videos/generations", {"model": "happy-horse-720p", "prompt": "骏马", "duration": 3}),
    "apiyi": ("/v1/tasks", {"model": "wan2.7-t2v", "prompt": "a kettle boils", "resolution": "720p", "duration": 2}),
}
"""A create for each kind of vendor, as one of the resellers' clients sends it."""

MODELS = {
    "openai_videos": ["happyhorse-1.1-t2v", "happyhorse-1.1-i2v"],
    "anyfast": ["happyhorse-1.0-r2v"],
    "uniall": ["happy-horse-720p"],
    "apiyi": ["wan2.7-t2v"],
}
"""What is asked of the vendors that an operator names, rather than of those that the environment does."""

ACCOUNT = """
[[account]]
kind = "{kind}"
base_url = "{url}"
key_env = "UPSTREAM_KEY"
models = {models}
priority = 1
poll_seconds = 0.3
"""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Yield the gateway in front, which renders nothing itself, and the one behind it."""
    folder = tmp_path_factory.mktemp("chain")
    with serving(folder / "behind", "--workers", "1", key=UPSTREAM) as behind:
        config = folder / "reelgate.toml"
        config.write_text("".join(_account(kind, behind.url) for kind in MODELS), encoding="utf-8")
        accounts = {
            "DASHSCOPE_API_KEY": UPSTREAM,
            "DASHSCOPE_BASE_URL": f"{behind.url}/api/v1",
            "ARK_API_KEY": UPSTREAM,
            "ARK_BASE_URL": f"{behind.url}/api/v3",
            "VIDU_API_KEY": UPSTREAM,
            "VIDU_BASE_URL": behind.url,
            "UPSTREAM_KEY": UPSTREAM,
        }
        with serving(folder / "front", "--workers", "0", "--config", str(config), key=KEY, **accounts) as front:
            yield front, behind


@pytest.mark.parametrize("kind", CREATES)
def test_a_task_is_made_by_the_gateway_behind(chain: tuple[Server, Server], kind: str) -> None:
    front, behind = chain
    path, body = CREATES[kind]
    before = len(_tasks(behind))

    created = front.post(path, body)

    assert created.status == 200, created.body
    task_id = created.json.get("id") or created.json["task_id"]
    task = front.until(f"/v1/tasks/{task_id}", lambda task: task["state"] in ("succeeded", "failed", "unknown"))
    assert task["state"] == "succeeded", task
    made = _tasks(behind)
    assert len(made) == before + 1
    assert made[0]["prompt"] == task["prompt"]
    assert abs(task["seconds"] - int(str(body["duration"]))) < 0.5
    film = front.get(task["result_url"], key=None)
    assert (film.status, film.body[4:8]) == (200, b"ftyp")
    assert front.get(task["thumbnail_url"], key=None).body[8:12] == b"WEBP"


def _tasks(server: Server) -> list[Any]:
    return list(server.get("/v1/tasks").json["data"])


def _account(kind: str, url: str) -> str:
    base = f"{url}/v1" if kind == "openai_videos" else url
    return ACCOUNT.format(kind=kind, url=base, models=json.dumps(MODELS[kind]))
