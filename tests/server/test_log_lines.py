"""What an operator looks for in the log is there: starts, ends of tasks, refused keys, accounts that are left alone."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import structlog
from structlog.testing import capture_logs

from reelgate.conductor.health import Health
from reelgate.server.room import StorageRoom
from reelgate.testing.simulator import Simulator
from scripts.orders import ORDERS
from tests.conductor.studio import HandClock
from tests.e2e.server import serving
from tests.server.test_room import shut_by_nothing


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


PAGES = [Path(__file__).parents[2] / "docs" / name for name in ("watching.md", "watching.zh-CN.md")]
FAULTS = {"ark": "unauthorized", "vidu": "timeout_after_accept", "dashscope": "rejected"}


def test_the_lines_of_five_failures_are_those_that_the_page_quotes(tmp_path: Path) -> None:
    """A refused key, a vendor that hangs, moderation, a journal that is away, a full disk."""
    quoted, chinese = (
        [json.loads(line) for line in re.findall(r"```json\n(.*)\n```", page.read_text())] for page in PAGES
    )
    assert quoted == chinese
    config = tmp_path / "reelgate.toml"
    with Simulator() as simulator:
        accounts = (
            f'[[account]]\nkind = "{kind}"\nkey = "k"\nbase_url = "{simulator.base_url(kind)}"\n'
            + ("create_seconds = 1\n" if "timeout" in fault else "")
            for kind, fault in FAULTS.items()
        )
        config.write_text("\n".join(accounts))
        for kind, fault in FAULTS.items():
            simulator.fault(kind, "create", fault)
        with serving(tmp_path / "data", "--workers", "0", "--config", str(config)) as server:
            for kind in FAULTS:
                order = ORDERS[kind]
                body = {"model": order.model, **order.body("a fox")}
                assert server.post(order.path, body, headers=order.headers).status == 200

            def told(*events: str) -> bool:
                return set(events) <= {line["event"] for line in lines(tmp_path / "data.log")}

            server.until("/healthz", lambda _: told("account.paused", "submission.unknown", "task.ended"))
            with closing(sqlite3.connect(tmp_path / "data" / "journal.db")) as other:
                other.execute("DROP TABLE tasks")
            server.until("/healthz", lambda _: told("conductor.store"))
    with capture_logs() as captured:
        asyncio.run(StorageRoom(shut_by_nothing(tmp_path)).look([tmp_path], 2**60))
    written = [*lines(tmp_path / "data.log"), *captured]
    for line in quoted:
        same = next(one for one in written if one["event"] == line["event"])
        ours = {name.replace("log_level", "level") for name in same} | {"timestamp"}
        assert line.keys() <= ours, line["event"]
        assert ours - line.keys() <= {"task"}, line["event"]  # where a task's own step met it
        assert (same.get("level") or same["log_level"]) == line["level"]
        for name in ("what", "state", "effect"):
            assert same.get(name) == line.get(name)
        if line["event"] in ("account.paused", "task.ended"):
            assert same["reason"].partition(" Request id")[0] == line["reason"]


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
