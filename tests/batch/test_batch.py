"""`reelgate batch`, and the commands about tasks, against a server whose videos a simulated vendor makes."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from reelgate.cli import app
from reelgate.testing.simulator import Simulator
from tests.e2e.server import Server, command, environment, serving
from tests.providers.scripted import ScriptedVendor

MODEL = "viduq3-turbo"
CTRL_C = "\x03"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(job_seconds=0.2) as started:
        yield started


@pytest.fixture(scope="module")
def server(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("batch")
    config = folder / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nkey = "k"\nbase_url = "{simulator.base_url("vidu")}"\npoll_seconds = 0.5\n'
    )
    with serving(folder / "data", "--workers", "0", "--config", str(config), "--allow-private-media") as started:
        yield started


class Ran(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def run(server: Server, *words: str) -> Ran:
    """Run a command in this process: a process of its own takes most of its time to load the program."""
    settings = {"REELGATE_URL": server.url, "REELGATE_KEY": server.key}
    done = CliRunner().invoke(app(), list(words), env=settings)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)


def report(folder: Path) -> list[dict[str, str]]:
    with (folder / "report.csv").open(newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_batch_is_made_once_and_a_second_run_makes_nothing(
    server: Server, simulator: Simulator, tmp_path: Path
) -> None:
    orders, out = tmp_path / "p.csv", tmp_path / "out"
    orders.write_text("id,prompt,duration\na,a cat,1\nb,a dog,1\nbad,a fox,99\n")
    before = simulator.paid("vidu")
    words = ("batch", str(orders), "-o", str(out), "--model", MODEL, "--jobs", "2")
    first = run(server, *words)
    assert first.returncode == 1, first.stderr  # one was refused
    assert "duration is 99" in first.stderr
    assert [line["state"] for line in report(out)] == ["saved", "saved", "refused"]
    assert (out / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert simulator.paid("vidu") == before + 2

    (out / "batch.log").unlink()  # as where a crash took what was not written yet
    (out / "b.mp4").unlink()
    again = run(server, *words, "--json")
    told = [json.loads(line) for line in again.stdout.splitlines()]
    assert [line["state"] for line in told] == ["saved", "saved", "refused"]
    assert (out / "b.mp4").is_file()
    assert simulator.paid("vidu") == before + 2


def test_a_budget_is_never_passed(server: Server, tmp_path: Path) -> None:
    orders, out = tmp_path / "p.jsonl", tmp_path / "out"
    row = {"model": MODEL, "prompt": "a lighthouse", "duration": 2}
    orders.write_text("".join(json.dumps({**row, "seed": seed}) + "\n" for seed in (1, 2, 3)))
    price = json.loads(run(server, "quote", "a lighthouse", "--model", MODEL, "--duration", "2", "--json").stdout)
    micros = price["price"]["amount_micros"]
    budget = f"{2 * micros / 1_000_000:.6f}"
    done = run(server, "batch", str(orders), "-o", str(out), "--budget", budget)
    assert done.returncode == 1
    lines = report(out)
    assert sorted(line["state"] for line in lines) == ["left", "saved", "saved"]
    assert sum(float(line["charged_usd"] or 0) for line in lines) <= float(budget)
    assert any("of the budget" in line["reason"] for line in lines)


def test_commands_about_tasks_speak_words_and_json(server: Server, tmp_path: Path) -> None:
    made = server.post("/v1/tasks", {"model": MODEL, "prompt": "a heron", "duration": 1}).json["id"]
    watched = run(server, "tasks", "watch", made)
    assert watched.returncode == 0
    assert "task.succeeded" in watched.stdout
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", watched.stdout)
    shown = json.loads(run(server, "tasks", "show", made, "--json").stdout)
    assert shown["id"] == made
    words = run(server, "tasks", "show", made).stdout
    assert "a heron" in words
    assert "charged" in words
    target = tmp_path / "heron.mp4"
    assert run(server, "tasks", "download", made, "-o", str(target)).returncode == 0
    assert target.read_bytes()[4:8] == b"ftyp"
    listed = json.loads(run(server, "tasks", "list", "--json", "--limit", "1").stdout)
    assert [one["id"] for one in listed] == [made]
    refused = run(server, "tasks", "cancel", made)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert run(server, "tasks", "rm", made).returncode == 0
    assert run(server, "tasks", "show", made).returncode == 1
    usage = json.loads(run(server, "usage", "--by", "model", "--json").stdout)
    assert MODEL in {row["model"] for row in usage["usage"]["data"]}
    assert MODEL in run(server, "usage").stdout


def test_doctor_tells_what_is_wrong(server: Server, tmp_path: Path) -> None:
    fine = run(server, "doctor", "--data", str(tmp_path / "none"))
    assert fine.returncode == 0, fine.stdout
    wrong = run(server, "doctor", "--key", "sk-wrong", "--json")
    assert wrong.returncode == 1
    assert [one["about"] for one in json.loads(wrong.stdout) if one["state"] == "wrong"] == ["key"]
    away = run(server, "doctor", "--url", "http://127.0.0.1:1")
    assert away.returncode == 1
    assert "start it with reelgate serve" in away.stdout


class Terminal:
    """A command on a terminal, typed at."""

    def __init__(self, url: str, key: str, *words: str) -> None:
        settings = {"REELGATE_URL": url, "REELGATE_KEY": key, "COLUMNS": "80"}
        self._end, inner = pty.openpty()
        with os.fdopen(inner, "rb") as held:
            # A shell that starts the tests in the background has Ctrl-C ignored, and so would the command.
            before = signal.signal(signal.SIGINT, signal.default_int_handler)
            self._process = subprocess.Popen(
                command(*words), stdin=held, stdout=held, stderr=held, env=environment(**settings)
            )
            signal.signal(signal.SIGINT, before)
        self.seen = ""

    def until(self, words: str) -> None:
        """Read until it has printed this."""
        end = time.monotonic() + 480
        while words not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self._end], [], [], 1)[0]:
                self.seen += os.read(self._end, 4096).decode(errors="replace")

    def type(self, keys: str) -> None:
        """Press keys."""
        if keys == CTRL_C:  # which a terminal turns into this
            self._process.send_signal(signal.SIGINT)
        else:
            os.write(self._end, keys.encode())

    def status(self, again: str = "") -> int:
        """Read to the end and return the exit status. After a silent minute press `again` once more.

        Python loses a Ctrl-C that comes after `input` was called and before it reads; people press it again.
        """
        with contextlib.suppress(OSError):  # how a terminal ends
            while True:
                if again and not select.select([self._end], [], [], 60)[0]:
                    self.type(again)
                elif piece := os.read(self._end, 4096):
                    self.seen += piece.decode(errors="replace")
                else:
                    break
        os.close(self._end)
        return self._process.wait(180)


@pytest.mark.parametrize("keys", ["y\n", CTRL_C])
def test_ctrl_c_asks_whether_to_call_the_task_off(tmp_path: Path, keys: str) -> None:
    with serving(tmp_path / "data", "--workers", "0") as idle:  # nobody draws here
        words = ("generate", "a cat", "--model", "animatic", "-o", str(tmp_path / "cat.mp4"))
        typed = Terminal(idle.url, idle.key, *words)
        typed.until("task task_")
        task_id = re.findall(r"task_\w+", typed.seen)[0]
        idle.until(f"/v1/tasks/{task_id}", lambda task: task["state"] == "queued")
        typed.until("queued")  # the bar
        typed.type(CTRL_C)
        typed.until("Ctrl-C again")
        typed.type(keys)
        assert typed.status(again=keys) == 130
        state = idle.get(f"/v1/tasks/{task_id}").json["state"]
        if keys != CTRL_C:
            assert state == "cancelled"
            assert "is cancelled" in typed.seen
        else:
            assert state == "queued"
            assert f"reelgate tasks download {task_id}" in re.sub(r"\s+", " ", typed.seen)


@pytest.mark.parametrize("ended", [True, False])
def test_a_cancel_that_comes_too_late_says_so(tmp_path: Path, *, ended: bool) -> None:
    """What is being stored ends as a video, and is charged."""
    file = tmp_path / "cat.mp4"
    price = {"amount_micros": 500_000, "charged_micros": None, "currency": "USD"}
    shown = {"id": "task_1", "model": "m", "status": "in_progress", "state": "collecting", "progress": 99, "seed": 1}
    shown |= {"created_at": 1_800_000_000, "price": price}
    with ScriptedVendor() as scripted:
        url = scripted.url.removesuffix("/v1")
        scripted.answer("POST", 200, {"id": "quote_1", "price": price}, at="/v1/quotes")
        scripted.answer("POST", 200, shown)
        scripted.answer("GET", 200, shown)
        typed = Terminal(url, "sk-1", "generate", "a cat", "--model", "m", "-o", str(file))
        typed.until("collecting")  # the bar
        typed.type(CTRL_C)
        typed.until("Ctrl-C again")
        if ended:
            done = {**shown, "status": "completed", "state": "succeeded", "result_url": f"{url}/file"}
            scripted.answer("GET", 200, done)
            scripted.answer("GET", 200, b"a film", at="/file")
            scripted.answer("POST", 409, {"error": {"code": "wrong_state", "message": "it has succeeded"}})
        typed.type("y\n")
        status = typed.status()
    said = re.sub(r"\s+", " ", typed.seen)
    assert "nothing is charged" not in said
    if ended:
        assert (status, file.read_bytes()) == (0, b"a film")
    else:
        assert (status, file.exists()) == (130, False)
        assert "task_1 is being cancelled; `reelgate tasks show task_1` says how it ends" in said
