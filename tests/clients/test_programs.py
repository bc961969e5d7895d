"""Published programs for Sora's videos keep working unmodified: another address, another key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reelgate.testing import Simulator
from tests.clients.conftest import Told, node_is_missing, told_by_node
from tests.e2e.inputs import picture
from tests.e2e.server import Server, serving

SECONDS = 480
CONFIG = """
[[account]]
kind = "dashscope"
key = "sk-dashscope"
base_url = "{url}"
poll_seconds = 0.2

[standin.sora-2]
models = ["wan2.7-t2v", "wan2.7-i2v"]
file = "as_it_came"

[standin.sora-2-pro]
file = "as_it_came"
"""
"""A vendor's small file is handed on as it came: these tests are about calls, and nothing has to be encoded."""


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway whose vendor is simulated."""
    folder = tmp_path_factory.mktemp("counter")
    with Simulator(job_seconds=0.2) as simulator:
        config = folder / "reelgate.toml"
        config.write_text(CONFIG.format(url=simulator.base_url("dashscope")))
        with serving(folder / "data", "--workers", "0", "--config", str(config)) as server:
            yield server


def ordered(video: Any) -> tuple[str, str, str]:
    return video["model"], video["seconds"], video["size"]


@pytest.fixture(scope="module")
def sanzaru(told: Told, counter: Server) -> Any:
    found = told("sanzaru", "sanzaru_agent", "sora-2", counter)
    assert found["version"] == "0.12.2"
    return found


def test_an_agent_orders_watches_fetches_and_deletes_by_an_mcp_server(sanzaru: Any) -> None:
    said = sanzaru["agent"]
    assert [ordered(said[name]) for name in ("created", "done", "pictured", "large", "remixed")] == [
        ("sora-2", "4", "720x1280"),
        ("sora-2", "4", "720x1280"),
        ("sora-2", "8", "1280x720"),
        ("sora-2-pro", "12", "1792x1024"),
        ("sora-2", "4", "720x1280"),
    ]
    assert (said["done"]["status"], said["done"]["progress"]) == ("completed", 100)
    assert said["remixed"]["remixed_from_video_id"] == said["created"]["id"]
    assert [one["id"] for one in said["listed"]["data"]] == [said["remixed"]["id"], said["large"]["id"]]
    heads = {name: bytes.fromhex(head) for name, head in said["heads"].items()}
    assert (heads["video"][4:8], heads["thumbnail"][8:], heads["spritesheet"][:3]) == (
        b"ftyp",
        b"WEBP",
        b"\xff\xd8\xff",
    )
    assert said["deleted"]["deleted"]


def test_an_mcp_server_passes_a_refusal_on_in_its_words(sanzaru: Any) -> None:
    assert 'size is "1792x1024"; allowed: 720x1280, 1280x720' in sanzaru["agent"]["wrong"]


def test_a_line_of_a_shell_orders_and_fetches(sanzaru: Any) -> None:
    said = sanzaru["shell"]
    assert (said["exit"], said["said"]["ok"], ordered(said["said"]["result"])) == (0, True, ("sora-2", "8", "720x1280"))
    assert said["film"] == said["said"]["result"]["file"]["bytes"] > 10_000


def test_a_pipeline_s_provider_finds_the_names_and_makes_a_video(told: Told, counter: Server) -> None:
    said = told("openai-2", "genblaze_sora", "sora-2", counter)
    assert {"sora-2", "sora-2-pro"} <= set(said["models"])
    assert (said["status"], said["payload"]["openai"]["model"]) == ("succeeded", "sora-2")
    assert said["film"] > 10_000
    assert (said["wrong"]["class"], "allowed: 720x1280, 1280x720" in said["wrong"]["text"]) == ("ProviderError", True)


@pytest.mark.skipif(node_is_missing(), reason="Node's clients are not installed: scripts/clients.sh .venv does it")
def test_an_ai_kit_for_node_orders_watches_and_fetches(counter: Server, tmp_path: Any) -> None:
    frame = picture(tmp_path / "frame.png", 1280, 720, "#c03030")
    said = told_by_node("tanstack_sora.mjs", counter, frame)
    names = [name for _, name, _ in said["seen"]]
    result = next(value for _, name, value in said["seen"] if name == "generation:result")
    assert names[1] == "video:job:created"
    assert (result["status"], result["url"][:22]) == ("completed", "data:video/mp4;base64,")
    assert said["asked"]["jobId"] == said["jobId"]
    assert said["missing"]["error"] == "Job not found"
    assert said["wrong"] == [400, "prompt"]
