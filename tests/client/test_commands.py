"""Commands against a server that answers as the test says: refusals, lost answers, answers of another program."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reelgate.cli import app
from tests.e2e.server import command, environment
from tests.providers.scripted import ScriptedVendor

TASK: dict[str, Any] = {
    "id": "task_1",
    "model": "m",
    "status": "in_progress",
    "state": "running",
    "progress": 40,
    "created_at": 1_800_000_000,
    "price": {"amount_micros": 500_000, "charged_micros": None, "currency": "USD"},
}
QUOTE = {"id": "quote_1", "price": {"amount_micros": 500_000, "currency": "USD"}}


def refusal(code: str, message: str = "no") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": None}}


@pytest.fixture
def server() -> Iterator[ScriptedVendor]:
    with ScriptedVendor() as scripted:
        yield scripted


def run(server: ScriptedVendor, *words: str) -> tuple[int, str, str]:
    """Run a command in this process; return its status and what it printed."""
    settings = {"REELGATE_URL": server.url.removesuffix("/v1"), "REELGATE_KEY": "sk-1"}
    done = CliRunner().invoke(app(), list(words), env=settings)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_an_order_whose_answer_is_lost_may_have_been_placed(server: ScriptedVendor, tmp_path: Path) -> None:
    server.answer("POST", 200, QUOTE, at="/v1/quotes")
    server.answer("POST", 500, refusal("internal_error"), at="/v1/tasks", x_should_retry="false")

    status, _, said = run(server, "generate", "a cat", "--model", "m", "-o", str(tmp_path / "cat.mp4"))

    assert status == 1
    assert "the order may have been placed: `reelgate tasks` lists it" in said
    server.answer("POST", 200, {}, at="/v1/tasks")

    status, _, said = run(server, "generate", "a cat", "--model", "m", "-o", str(tmp_path / "cat.mp4"))

    assert status == 1
    assert "the order may have been placed: `reelgate tasks` lists it" in said
    assert "/v1/tasks did not answer with a task (id is missing)" in said


def test_an_order_that_is_refused_was_not_placed(server: ScriptedVendor, tmp_path: Path) -> None:
    server.answer("POST", 200, QUOTE, at="/v1/quotes")
    server.answer("POST", 402, refusal("insufficient_funds", "the balance is 0"), at="/v1/tasks")

    status, _, said = run(server, "generate", "a cat", "--model", "m", "-o", str(tmp_path / "cat.mp4"))

    assert (status, said) == (1, "reelgate: the balance is 0\n")


def test_a_video_of_before_is_not_replaced_where_nobody_named_the_file(
    server: ScriptedVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("out.mp4").write_bytes(b"paid for")

    status, _, said = run(server, "generate", "a cat", "--model", "m")

    assert (status, server.seen) == (2, [])
    assert said == "reelgate: out.mp4 exists already; name another file with -o, or this one to replace it\n"


@pytest.mark.parametrize("what", ["cancel", "rm"])
def test_what_can_t_be_done_with_one_task_is_done_with_the_others(server: ScriptedVendor, what: str) -> None:
    ended = refusal("wrong_state", "the task has already succeeded")
    for method, end in (("POST", "/cancel"), ("DELETE", "")):
        server.answer(method, 409, ended, at=f"/v1/tasks/task_0{end}")
        server.answer(method, 404, refusal("task_not_found", "no such task"), at=f"/v1/tasks/task_2{end}")
        server.answer(
            method,
            200,
            {**TASK, "status": "failed", "state": "cancelled", "deleted": True},
            at=f"/v1/tasks/task_1{end}",
        )

    status, out, said = run(server, "tasks", what, "task_0", "task_1", "task_2")

    assert status == 1
    assert out.startswith("task_1 ")
    assert said.splitlines() == [
        "reelgate: task_0: the task has already succeeded",
        "reelgate: task_2: no such task",
    ]


def test_usage_without_groups_is_by_all_of_them(server: ScriptedVendor) -> None:
    row = {"day": "2026-11-01", "model": "m", "key": "key_1", "tasks": 1, "charged_micros": 5, "held_micros": 0}
    server.answer(
        "GET", 200, {"object": "usage", "from": "2026-11-01", "to": "2026-11-02", "data": [row]}, at="/v1/usage"
    )
    balance: dict[str, Any] = {"object": "balance", "available_micros": None, "held_micros": 0, "spending": {}}
    server.answer("GET", 200, balance, at="/v1/balance")

    status, out, _ = run(server, "usage", "--by", "")

    assert status == 0
    assert "key_1" in out
    assert server.seen[0].query["group_by"] == ["day,model,key"]


@pytest.mark.parametrize(
    ("address", "key", "models", "about", "told"),
    [
        ("localhost:8000", "sk-1", 200, "server", "the server's address is 'localhost:8000'; allowed: one such as"),
        ("http://localhost:abc", "sk-1", 200, "server", "give it with --url"),
        ("", "sk-1 x", 200, "key", "the API key contains a space"),
        ("", "sk-1", 503, "key", "the server does not list its models for it: busy"),
    ],
)
def test_doctor_tells_what_is_wrong_with_address_and_key(
    server: ScriptedVendor, tmp_path: Path, address: str, key: str, models: int, about: str, told: str
) -> None:
    server.answer("GET", 200, {"status": "ok"}, at="/readyz")
    server.answer("GET", models, refusal("service_unavailable", "busy") if models > 200 else {"data": []})
    named = ("--url", address) if address else ()

    status, out, _ = run(server, "doctor", "--json", "--key", key, "--data", str(tmp_path / "none"), *named)

    assert status == 1
    (wrong,) = [one for one in json.loads(out) if one["state"] == "wrong"]
    assert wrong["about"] == about
    assert told in wrong["words"]


def test_doctor_sends_no_key_to_another_program(server: ScriptedVendor, tmp_path: Path) -> None:
    server.answer("GET", 200, ["something", "else"])

    status, out, _ = run(server, "doctor", "--data", str(tmp_path / "none"))

    assert status == 1
    assert "it is not Reelgate (HTTP 200)" in out
    assert [(one.path, one.headers.get("authorization")) for one in server.seen] == [("/readyz", None)]


def test_a_command_whose_output_nobody_reads_on_ends_without_a_word(server: ScriptedVendor) -> None:
    server.answer("POST", 200, {**TASK, "status": "failed", "state": "cancelled"})
    settings = environment(REELGATE_URL=server.url.removesuffix("/v1"), REELGATE_KEY="sk-1")
    words = command("tasks", "cancel", "task_1", "task_2")
    with subprocess.Popen(words, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()  # as `head` does, before the first line
        assert process.stderr is not None
        said = process.stderr.read()
    assert (process.returncode, said) == (1, "")
