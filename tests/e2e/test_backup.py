"""A backup that is restored pays for nothing a second time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reelgate.testing import Simulator
from tests.conductor.studio import HandClock
from tests.e2e.server import Server, command, environment, serving

BODY = {"model": "viduq3-turbo", "prompt": "一只猫在弹钢琴", "duration": 5, "resolution": "720p"}
COUNT = 5


@contextmanager
def gateway(data: Path, simulator: Simulator, *options: str) -> Iterator[Server]:
    """A gateway with one account, which takes one job at a time."""
    config = data.parent / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nkey = "sk-vidu"\nat_once = 1\npoll_seconds = 0.2\n'
        f'base_url = "{simulator.base_url("vidu")}"\n'
    )
    with serving(data, "--workers", "0", "--config", str(config), *options) as server:
        yield server


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(), timeout=60, check=False
    )


def states(server: Server) -> dict[str, str]:
    return {task["id"]: task["state"] for task in server.get("/v1/tasks?limit=100").json["data"]}


def test_what_a_copys_original_may_have_sent_is_not_sent_again(tmp_path: Path) -> None:
    copy, clock = tmp_path / "copy", HandClock()

    def made_at_last(task: Any) -> bool:
        """Let the vendor's time pass until a task is done."""
        clock.pass_seconds(60)
        return bool(task["state"] == "succeeded")

    with Simulator(job_seconds=60, clock=clock) as simulator:
        with gateway(tmp_path / "data", simulator) as original:
            made = [original.post("/v1/tasks", BODY).json["id"] for _ in range(COUNT)]
            original.until(f"/v1/tasks/{made[0]}", lambda task: task["state"] != "queued")
            assert run("backup", str(copy), "--data", str(tmp_path / "data")).returncode == 0
            for task in made:
                original.until(f"/v1/tasks/{task}", made_at_last)
        assert simulator.paid("vidu") == COUNT

        with gateway(copy, simulator) as restored:
            restored.until("/v1/tasks", lambda page: "queued" not in {task["state"] for task in page["data"]})
            found = states(restored)
            assert set(found) == set(made)
            assert set(found.values()) <= {"unknown", "running", "collecting", "succeeded"}
            assert "unknown" in found.values()
            fresh = restored.post("/v1/tasks", BODY).json["id"]  # new work goes on
            restored.until(f"/v1/tasks/{fresh}", made_at_last)
        assert simulator.paid("vidu") == COUNT + 1

        with gateway(copy, simulator) as again:  # no longer a copy: what waits is sent
            later = again.post("/v1/tasks", BODY).json["id"]
            again.until(f"/v1/tasks/{later}", made_at_last)


def test_a_backup_is_private_and_whole(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with serving(data, "--workers", "1") as server:
        task = server.post("/v1/tasks", {"model": "animatic", "prompt": "a lighthouse", "duration": 1}).json["id"]
        done = server.until(f"/v1/tasks/{task}", lambda task: task["state"] == "succeeded")
        file = server.get(done["result_url"], key=None).body
        assert run("backup", str(copy), "--data", str(data)).returncode == 0
    assert copy.stat().st_mode & 0o777 == 0o700
    assert {(copy / name).stat().st_mode & 0o777 for name in ("journal.db", "secret")} == {0o600}
    with serving(copy, "--workers", "0") as server:
        link = done["result_url"].partition("/files/")[2]
        assert server.get(f"/files/{link}", key=None).body == file


def test_a_backup_of_nothing_or_over_something_is_refused(tmp_path: Path) -> None:
    nothing = run("backup", str(tmp_path / "copy"), "--data", str(tmp_path / "none"))
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "there is no journal" in nothing.stderr
    assert not (tmp_path / "copy").exists()
    over = run("backup", str(tmp_path), "--data", str(tmp_path / "none"))
    assert over.returncode == 2
    assert "exists already" in over.stderr
