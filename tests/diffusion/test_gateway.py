"""A gateway whose account is a model on this machine: asked over HTTP, stopped in the middle, started again."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

from tests.e2e.server import serving

CREATE = "/v1/videos/generations"
BODY = {"model": "viduq3t-540p", "prompt": "一艘船驶过夜晚的港口", "duration": 1, "aspect_ratio": "16:9"}

ACCOUNT = """
[[account]]
kind = "diffusers"
name = "gpu"
models = ["viduq3t-540p"]
options = {{ model = "{model}", device = "cpu", dtype = "float32", short_side = "32", steps = "{steps}" }}
"""


def test_a_video_is_made_by_the_model_also_after_a_stop_in_its_middle(models: Path, tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "reelgate.toml"
    options = ("--workers", "1", "--config", str(config), "--drain-seconds", "0.1")
    config.write_text(ACCOUNT.format(model=models / "ltx", steps=1000))
    with serving(data, *options) as gateway:
        task = gateway.post(CREATE, BODY).json["task_id"]
        gateway.until(f"/v1/tasks/{task}", lambda answer: answer["progress"] > 0)
        assert gateway.stop(signal.SIGTERM) == 0
    with sqlite3.connect(data / "journal.db") as journal:
        rows = journal.execute("SELECT state, provider, lease_owner FROM tasks").fetchall()
    assert rows == [("queued", "gpu", None)]
    assert list((data / "renders-gpu").iterdir()) == []

    config.write_text(ACCOUNT.format(model=models / "ltx", steps=2))
    with serving(data, *options) as gateway:
        made = gateway.until(f"/v1/tasks/{task}", lambda answer: answer["state"] in ("succeeded", "failed"))

    assert made["state"] == "succeeded", made
    assert made["notes"]["pipeline"] == "LTXPipeline"
    assert (made["width"], made["height"], made["has_audio"]) == (960, 528, False)
    assert abs(made["seconds"] - 25 / 24) < 0.01
    assert {"thumbnail_url", "contact_sheet_url"} <= set(made)
