"""Vendors call back: a gateway and simulated vendors, each on its own port."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reelgate.testing import Simulator
from tests.e2e.server import Server, command, serving
from tests.ports import reserved

MODELS = {"ark": "seedance-2.0", "vidu": "viduq3-turbo"}
PATIENCE = 3600
"""Seconds between two polls: what is done sooner, a callback did."""


@contextmanager
def gateway(folder: Path, simulator: Simulator, **settings: str) -> Iterator[Server]:
    """A gateway that vendors can reach, with an account at each that is hardly ever asked."""
    config = folder / "reelgate.toml"
    config.write_text(
        "".join(
            f'[[account]]\nkind = "{kind}"\nkey = "sk-{kind}"\npoll_seconds = {PATIENCE}\n'
            f'base_url = "{simulator.base_url(kind)}"\n'
            for kind in MODELS
        )
    )
    with reserved() as port:
        options = ("--port", str(port), "--public-url", f"http://127.0.0.1:{port}", "--config", str(config))
        with serving(folder / "data", "--workers", "0", *options, **settings) as server:
            yield server


def make(server: Server, kind: str) -> str:
    body = {"model": MODELS[kind], "prompt": "一只猫在弹钢琴", "duration": 5, "resolution": "720p"}
    answer = server.post("/v1/tasks", body)
    assert answer.status in (200, 201, 202), answer.body
    task_id: str = answer.json["id"]
    return task_id


def history(data: Path, task_id: str) -> str:
    called = command("tasks", "history", task_id, "--data", str(data))
    return subprocess.run(called, capture_output=True, text=True, timeout=480, check=True).stdout


@pytest.mark.parametrize("kind", MODELS)
def test_a_job_is_done_when_its_vendor_says_so_and_not_at_the_next_poll(tmp_path: Path, kind: str) -> None:
    with Simulator() as simulator, gateway(tmp_path, simulator, REELGATE_LOG_LEVEL="debug") as server:
        simulator.fault(kind, "callback", "duplicate_callback", times=3)

        done = server.until(f"/v1/tasks/{make(server, kind)}", lambda task: task["status"] in ("completed", "failed"))

        assert done["status"] == "completed"
        assert simulator.paid(kind) == 1
        assert simulator.url not in json.dumps(done), "the vendor's link is the operator's alone"
        told = history(tmp_path / "data", done["id"])
        assert f"finish       succeeded   {simulator.url}" in told
        assert f"attempt 1    done        {kind} {simulator.jobs()[0].id}" in told
        assert '"level": "debug", "event": "callback"' in (tmp_path / "data.log").read_text()


def test_a_lost_submission_is_found_through_the_vendors_callback(tmp_path: Path) -> None:
    with Simulator() as simulator, gateway(tmp_path, simulator) as server:
        simulator.fault("ark", "create", "drop_after_accept")
        simulator.fault("ark", "list", "error_before_accept", times=1000)

        done = server.until(f"/v1/tasks/{make(server, 'ark')}", lambda task: task["status"] in ("completed", "failed"))

        assert (done["status"], simulator.paid("ark")) == ("completed", 1)


def test_a_callback_about_another_job_does_not_shut_out_the_right_one(tmp_path: Path) -> None:
    with Simulator() as simulator, gateway(tmp_path, simulator) as server:
        simulator.fault("ark", "create", "drop_after_accept")
        simulator.fault("ark", "list", "error_before_accept", times=1000)
        simulator.fault("ark", "callback", "other_job")

        done = server.until(f"/v1/tasks/{make(server, 'ark')}", lambda task: task["status"] in ("completed", "failed"))

        assert (done["status"], simulator.paid("ark")) == ("completed", 1)


def test_callbacks_with_a_wrong_signature_move_nothing(tmp_path: Path) -> None:
    with Simulator() as simulator, gateway(tmp_path, simulator, VIDU_CALLBACK_SECRET="another") as server:  # noqa: S106
        task_id = make(server, "vidu")
        log = tmp_path / "data.log"
        tries = 1 + 3  # of the first callback; one more is that of the job's end
        server.until("/healthz", lambda _: log.read_text().count("callback.refused") > tries)

        assert server.get(f"/v1/tasks/{task_id}").json["status"] == "in_progress"
        assert "its signature is wrong" in log.read_text()
