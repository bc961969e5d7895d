"""A client, the gateway, a new-api with each kind of channel: what was ordered is made, or it is not sent there."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reelgate.testing import Simulator
from reelgate.testing.samples import picture
from tests.e2e.server import Server, serving


class Order(NamedTuple):
    channel: str
    model: str
    fields: dict[str, Any]
    framed: bool = False


MODELS = {
    "sora": ("wan2.7-t2v",),
    "ali": ("happyhorse-1.1-t2v", "wan2.7-i2v"),
    "doubao": ("seedance-2.0", "seedance-2.0-mini"),
    "vidu": ("happyhorse-1.0-i2v", "viduq3t-720p"),
    "kling": ("happyhorse-1.1-i2v",),
    "hailuo": ("happyhorse-1.0-t2v",),
}
"""What each account makes, no model at two."""

ORDERS = (
    Order("sora", "wan2.7-t2v", {"seconds": "7", "size": "720x1280"}),
    Order("ali", "happyhorse-1.1-t2v", {"seconds": "4", "size": "720x1280"}),
    Order("ali", "wan2.7-i2v", {"seconds": "4", "resolution": "720p"}, framed=True),
    Order("doubao", "seedance-2.0", {"seconds": "4", "resolution": "480p", "ratio": "9:16"}),
    Order("doubao", "seedance-2.0-mini", {"seconds": "4", "resolution": "480p"}, framed=True),
    Order("vidu", "happyhorse-1.0-i2v", {"seconds": "6", "resolution": "1080p"}, framed=True),
    Order("kling", "happyhorse-1.1-i2v", {"seconds": "5", "resolution": "1080p"}, framed=True),
    Order("hailuo", "happyhorse-1.0-t2v", {"seconds": "6", "resolution": "1080p", "ratio": "16:9"}),
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Server]]:
    folder = tmp_path_factory.mktemp("chain")
    with Simulator(job_seconds=0.2) as simulator:
        config = folder / "reelgate.toml"
        config.write_text(
            "".join(
                f'[[account]]\nkind = "openai_videos"\nname = "{channel}"\nkey = "sk-{channel}"\npoll_seconds = 0.2\n'
                f'base_url = "{simulator.base_url(f"new_api_{channel}")}"\nmodels = {list(models)}\n'
                f'options = {{ profile = "new_api", channel = "{channel}" }}\n'
                for channel, models in MODELS.items()
            )
        )
        with serving(folder / "data", "--workers", "0", "--config", str(config)) as server:
            yield simulator, server


def png(folder: Path) -> str:
    content = picture(folder / "first.png", 1280, 720).read_bytes()
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.channel}-{order.model}")
def test_what_is_ordered_is_what_is_made(chain: tuple[Simulator, Server], order: Order, tmp_path: Path) -> None:
    simulator, server = chain
    body = {"model": order.model, "prompt": f"a lighthouse by {order.channel}", **order.fields}
    if order.framed:
        body["image"] = png(tmp_path)

    created = server.post("/v1/videos", body)

    assert created.status == 200, created.body
    task_id = created.json["id"]
    done = server.until(f"/v1/videos/{task_id}", lambda video: video["status"] in ("completed", "failed"))
    assert done["status"] == "completed", done
    made = next(job for job in simulator.jobs() if job.prompt == body["prompt"] and job.model == order.model)
    task = server.get(f"/v1/tasks/{task_id}").json
    ordered = {
        "mode": "image" if order.framed else "text",
        "seconds": int(order.fields["seconds"]),
        "tier": task["resolution"],
        "ratio": "" if order.framed else task["ratio"],
    }
    assert (made.vendor, made.arrived) == (f"new_api_{order.channel}", ordered)
    assert done["seconds"] == order.fields["seconds"]


def test_what_a_channel_can_t_be_told_is_not_sent(chain: tuple[Simulator, Server]) -> None:
    simulator, server = chain
    paid = simulator.paid("new_api_hailuo")
    body = {"model": "happyhorse-1.0-t2v", "prompt": "upright", "seconds": "6", "resolution": "720p", "ratio": "9:16"}

    task_id = server.post("/v1/videos", body).json["id"]

    ended = server.until(f"/v1/videos/{task_id}", lambda video: video["status"] in ("completed", "failed"))
    assert ended["error"] == {
        "code": "unsendable",
        "message": "the provider has no field for 720p at 9:16",
    }
    assert simulator.paid("new_api_hailuo") == paid
    assert server.get("/v1/balance").json["held_micros"] == 0
