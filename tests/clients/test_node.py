"""OpenAI's own client for Node keeps working with Sora's names, unmodified."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.conftest import node_is_missing, told_by_node
from tests.e2e.server import Server

SECONDS = 480

pytestmark = pytest.mark.skipif(
    node_is_missing(), reason="Node's client is not installed: scripts/clients.sh .venv does, where npm is"
)


def test_every_call_of_the_videos_api_goes_on(gateway: Server, frame: Path) -> None:
    said = told_by_node("openai_sora.mjs", gateway, frame)
    refusals = {name: (one["status"], one["param"]) for name, one in said["refusals"].items()}

    assert (said["source"]["status"], said["film"], said["sheet"]) == ("completed", "ftyp", "ffd8ff")
    assert [one[:3] for one in said["made"]] == [
        ["sora-2", "4", "720x1280"],
        ["sora-2-pro", "12", "1920x1080"],
        ["animatic", "4", "1280x720"],
        ["animatic", "1", "1280x720"],
        ["sora-2", "1", "1280x720"],
        ["sora-2", "5", "1280x720"],
    ]
    assert said["from"] == [True, True]
    assert said["listed"]
    assert set(said["deleted"]) == {True}
    assert said["batch"] == ["in_progress", 1]
    assert refusals == {
        "seconds": (400, "seconds"),
        "size": (400, "size"),
        "picture": (400, "input_reference"),
        "missing": (404, None),
    }
