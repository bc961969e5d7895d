"""Every command that tells something tells it as JSON too, on standard output and nothing else there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from reelgate.cli import app
from tests.e2e.server import Server, serving

Run = Callable[..., Any]

RUN_ON = {"serve", "demo", "simulate", "mcp"}
"""Commands that serve until they are stopped."""


def leaves(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    for name, one in getattr(command, "commands", {}).items():
        yield from leaves(one, *names, name) if hasattr(one, "commands") else [(" ".join((*names, name)), one)]


def test_every_command_takes_it() -> None:
    without = {
        name
        for name, one in leaves(typer.main.get_command(app()))
        if not any("--json" in parameter.opts for parameter in one.params)
    }
    assert without == RUN_ON


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    data = tmp_path_factory.mktemp("json") / "data"
    with serving(data, "--workers", "0") as server:
        yield server, data


@pytest.fixture
def run(gateway: tuple[Server, Path]) -> Run:
    server, data = gateway

    def call(*arguments: str, online: bool = False, status: int = 0, by: tuple[str, ...] = (), busy: str = "") -> Any:
        """Run a command, again as long as it answers that something is `busy`; return what it printed."""
        where = ("--url", server.url, "--key", server.key) if online else by or ("--data", str(data))
        clean = {"REELGATE_STORE": "", "REELGATE_URL": "", "REELGATE_KEY": "", "REELGATE_DATA": ""}
        done = CliRunner().invoke(app(), [*arguments, "--json", *where], env=clean)
        while busy and busy in done.output:
            done = CliRunner().invoke(app(), [*arguments, "--json", *where], env=clean)
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    return call


def test_what_operators_are_told(run: Run, gateway: tuple[Server, Path], tmp_path: Path) -> None:
    assert run("projects", "add", "团队", "--id", "team", "--floor", "0")["floor_micros"] == 0
    assert run("projects", "change", "team", "--weight", "2")["weight"] == 2
    assert "team" in [one["id"] for one in run("projects", "list")]
    assert run("projects", "show", "team")["name"] == "团队"
    assert isinstance(run("projects", "space"), list)
    made = run("keys", "add", "laptop", "--project", "team", "--strict")
    assert made["secret"].startswith("sk-")
    assert made["strict"] is True
    assert run("keys", "change", made["id"], "--no-strict")["strict"] is False
    assert made["id"] in [one["id"] for one in run("keys", "list", "--project", "team")]
    assert run("keys", "show", made["id"])["name"] == "laptop"
    assert run("keys", "rotate", made["id"])["secret"] != made["secret"]
    assert run("keys", "revoke", made["id"])["state"] == "revoked"
    assert run("ledger", "topup", "team", "12.5", "--reference", "I-1")["balance_micros"] == 12_500_000
    assert run("ledger", "adjust", "team", "2.5", "--reference", "I-2", "--reason", "x")["balance_micros"] == 15_000_000
    assert [one["reference"] for one in run("ledger", "payments", "team")] == ["I-2", "I-1"]
    assert "team" in [one["project"] for one in run("ledger", "balance")]
    assert run("ledger", "check")["discrepancies"] == []
    assert run("ledger", "statement", "team")["object"] == "statement"
    assert run("ledger", "margin") == []
    assert run("accounts", "pause", "animatic") == {"account": "animatic", "paused": True}
    assert [one["account"] for one in run("accounts", "paused")] == ["animatic"]
    assert run("accounts", "resume", "animatic") == {"account": "animatic", "paused": False}
    assert run("audit", "--project", "team")[0]["object"] == "audit"
    assert "animatic" in [one["provider"] for one in run("providers")["providers"]]
    assert run("providers", "animatic")["providers"]
    assert run("tasks", "parked") == []
    assert run("projects", "archive", "team")["archived_at"]
    assert run("projects", "restore", "team")["archived_at"] is None
    assert run("models", by=("--catalog", str(tmp_path)))[0]["model"]
    copied = run("backup", str(tmp_path / "copy"))
    assert copied["backup"] == str(tmp_path / "copy")
    (tmp_path / "copy" / "media").mkdir(exist_ok=True)
    media = ("media", "copy", str(tmp_path / "copy" / "media"), str(tmp_path / "other"))
    assert run(*media, by=("--json",))["there"] == 0
    restored = run("restore", str(tmp_path / "copy"), str(tmp_path / "new"), by=("--json",))
    assert restored["folder"] == str(tmp_path / "new")


def test_what_clients_are_told(run: Run) -> None:
    assert run("preview", "a fox", "--model", "animatic", online=True)["accepted"] is True
    hook = run("webhooks", "add", "https://shop.example/hook", online=True)
    assert run("webhooks", "change", hook["id"], "--off", online=True)["enabled"] is False
    assert run("webhooks", "change", hook["id"], "--on", online=True)["enabled"] is True
    sent = run("webhooks", "test", hook["id"], online=True)
    assert run("webhooks", "replay", sent["id"], online=True, busy="is being sent just now")["id"] == sent["id"]
    assert run("webhooks", "replay", "--webhook", hook["id"], online=True)["replayed"] >= 0
    assert run("webhooks", "delete", hook["id"], online=True) == {"id": hook["id"], "deleted": True}


def test_a_task_s_history_and_lines(run: Run, gateway: tuple[Server, Path]) -> None:
    server, _ = gateway
    task = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 1}).json["id"]
    assert run("tasks", "history", task)["moves"][0]["name"] == "create"
    assert run("ledger", "task", task)[0]["kind"] == "hold"
    assert run("tasks", "cancel", task, online=True)["state"] == "cancelled"
