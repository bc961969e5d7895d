"""OpenAI's own client for Node goes on with Sora's names, unmodified."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import CLIENTS, ROOT, node_is_missing
from tests.e2e.server import KEY, Server

SECONDS = 240

pytestmark = pytest.mark.skipif(
    node_is_missing(), reason="Node's client is not installed: scripts/clients.sh .venv does, where npm is"
)


def test_every_call_of_the_videos_api_goes_on(gateway: Server, frame: Path) -> None:
    settings = {"GATEWAY_URL": gateway.url, "GATEWAY_KEY": KEY, "PICTURE": str(frame), "NODE_CLIENTS": str(CLIENTS)}
    done = subprocess.run(
        ["node", str(ROOT / "tests/clients/scripts/openai_sora.mjs")],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
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
