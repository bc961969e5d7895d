"""What an operator looks for in the log is there: starts, ends of tasks, refused keys, accounts that are left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import structlog
from structlog.testing import capture_logs

from reelgate.conductor.health import Health
from tests.conductor.studio import HandClock
from tests.e2e.server import serving


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]


def test_the_log_of_a_server_names_start_refused_keys_and_ends(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0", "--access-log") as server:
        refused = server.get("/v1/tasks", key="sk-wrong")
        made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 3})
        server.post(f"/v1/tasks/{made.json['id']}/cancel")
    found = lines(tmp_path / "data.log")
    raw = (tmp_path / "data.log").read_text()

    by_event = {line["event"]: line for line in found}
    assert by_event["server.started"]["accounts"] == ["animatic"]
    assert by_event["task.ended"]["task"] == made.json["id"]
    assert by_event["task.ended"]["state"] == "cancelled"
    assert by_event["task.ended"]["request_id"] == made.headers["x-request-id"]
    assert by_event["task.ended"]["project"]
    requests = [line for line in found if line["event"] == "request"]
    assert {line["request_id"] for line in requests} >= {refused.headers["x-request-id"], made.headers["x-request-id"]}
    assert all(list(line)[:3] == ["timestamp", "level", "event"] for line in found)
    assert "sk-" not in raw
    assert "a fox" not in raw


def test_an_account_that_is_left_alone_and_back_is_two_lines() -> None:
    structlog.reset_defaults()
    clock = HandClock()
    health = Health(clock, account="beijing")
    with capture_logs() as log:
        health.sends.failed("no credit", account=True)
        health.sends.failed("no credit", account=True)  # while it is left alone: nothing new
        clock.pass_seconds(600)
        health.sends.worked()

    assert [(line["event"], line["account"], line["what"]) for line in log] == [
        ("account.paused", "beijing", "submissions"),
        ("account.back", "beijing", "submissions"),
    ]
