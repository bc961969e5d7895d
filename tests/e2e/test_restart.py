"""Killed, stopped, started again: every accepted task ends, and ends once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.children import child
from tests.e2e.held import DRAWING, begun, held
from tests.e2e.server import END_SECONDS, Server, serving

CREATE = "/v1/video/generations"
SMALL = {"model": "viduq3t-540p", "prompt": "两匹马在海边", "duration": 1}
PROMPTS = [f"第{n}只猫在草地上奔跑" for n in range(10)]


def test_ten_renders_survive_a_kill_in_their_middle(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "2") as gateway:
        made = [_create(gateway, prompt, 2 if n < 2 else 1) for n, prompt in enumerate(PROMPTS)]  # two are being drawn
        gateway.until(f"/v1/tasks/{made[1]}", lambda answer: answer["progress"] > 0)
        gateway.stop(signal.SIGKILL)

    with serving(data, "--workers", "2") as gateway:
        for task in made:
            link = gateway.until(
                f"/v1/tasks/{task}", lambda answer: answer["status"] != "in_progress" and _over(answer)
            )
            assert gateway.get(link["result_url"], key=None).status == 200
        ends = _ends(data)

    assert ends == Counter(dict.fromkeys(made, 1))


def test_a_stop_gives_renders_their_time_and_queues_the_rest_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "1", "--drain-seconds", "0.1") as gateway, held(gateway):
        long = begun(gateway, SMALL)

        assert gateway.stop(signal.SIGTERM) == 0

    with sqlite3.connect(data / "journal.db") as journal:
        (row,) = journal.execute("SELECT state, lease_owner FROM tasks WHERE id = ?", (long,))
    assert row == ("queued", None)
    with serving(data, "--workers", "1") as gateway:
        gateway.until(f"/v1/tasks/{long}", lambda answer: answer["progress"] > 0)


def test_a_short_render_is_finished_within_the_grace_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "1", "--drain-seconds", f"{END_SECONDS:g}") as gateway:
        task = _create(gateway, "a bird")
        gateway.until(f"/v1/tasks/{task}", lambda answer: answer["progress"] > 0)

        assert gateway.stop(signal.SIGTERM) == 0

    with sqlite3.connect(data / "journal.db") as journal:
        (row,) = journal.execute("SELECT state, output FROM tasks WHERE id = ?", (task,))
    assert row[0] == "succeeded"
    blob = json.loads(row[1])["blob"]
    assert (data / "media" / blob[:2] / blob[2:4] / blob).stat().st_size > 0


def test_a_second_signal_ends_the_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", "--drain-seconds", "600") as gateway, held(gateway):
        begun(gateway, SMALL)
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.until("/readyz", lambda answer: answer["status"] != "ok")["conductor"] == "draining"

        assert gateway.stop(signal.SIGTERM) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_render_process_costs_one_more_attempt(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "1") as gateway:
        with held(gateway):
            task = begun(gateway, SMALL)
            os.kill(child(DRAWING, gateway.process.pid), signal.SIGKILL)

        gateway.until(f"/v1/tasks/{task}", _over)

    with sqlite3.connect(data / "journal.db") as journal:
        assert journal.execute("SELECT attempts FROM tasks").fetchall() == [(2,)]
    assert {path.stat().st_mode & 0o077 for path in data.rglob("*")} == {0}, "files are their owner's alone"


def _create(gateway: Server, prompt: str, seconds: int = 2) -> str:
    created = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": prompt, "duration": seconds})
    task: str = created.json["id"]
    return task


def _over(answer: dict[str, object]) -> bool:
    assert answer["status"] != "failed", answer
    return answer["status"] == "completed"


def _ends(data: Path) -> Counter[str]:
    """Count, from the journal, how often each task reached its end."""
    with sqlite3.connect(data / "journal.db") as journal:
        rows = journal.execute("SELECT task_id FROM events WHERE target = 'succeeded'").fetchall()
        captures = journal.execute("SELECT subject FROM ledger WHERE kind = 'capture'").fetchall()
    assert sorted(rows) == sorted(captures)
    return Counter(task for (task,) in rows)
