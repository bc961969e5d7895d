"""`reelgate providers`: what each makes, its state, and why the others are left out."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from reelgate import limits
from reelgate.cli import app
from reelgate.clock import SystemClock
from reelgate.conductor.health import Health
from reelgate.conductor.poll_interval import Pace
from reelgate.server.data_folder import DataFolder
from reelgate.server.provider_status import NAME, StatusFile
from reelgate.tasks import open_store
from reelgate.tasks.durations import Durations
from reelgate.tasks.states import State
from reelgate.testing.stores.samples import bring, sample_task
from tests.e2e.server import command, environment, serving

CONFIG = """
[[account]]
kind = "dashscope"
name = "beijing"
key_env = "BEIJING_KEY"
at_once = 7
priority = 1

[[account]]
kind = "ark"
key_env = "BEIJING_KEY"
models = ["seedance-2.0"]
reads_per_second = 2.5
"""

OWN_PRICE = """
[[price]]
name = "own contract"
dialects = ["dashscope"]
per_task = 7
source = "our contract"
date = "2026-11-01"
"""


def told(folder: Path, *arguments: str) -> str:
    config = folder / "reelgate.toml"
    config.write_text(CONFIG)
    options = ("--config", str(config), "--data", str(folder / "data"))
    env = environment(BEIJING_KEY="hidden", COLUMNS="160")
    done = subprocess.run(
        command("providers", *arguments, *options), capture_output=True, text=True, env=env, timeout=480, check=False
    )
    assert "hidden" not in done.stdout + done.stderr
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def row(text: str, name: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if line.split()[:1] == [name])


def test_accounts_are_shown_with_their_bounds_and_the_others_with_what_they_need(tmp_path: Path) -> None:
    text = told(tmp_path)

    assert row(text, "beijing")[:2] == ["beijing", "on"]
    assert row(text, "beijing")[3:12] == ["0", "0", "of", "7", "0", "60", "20", "1", "1"]
    assert row(text, "ark")[8:10] == ["60", "2.5"]
    assert "off: set VIDU_API_KEY" in text


def test_a_model_is_shown_with_its_routes_and_why_others_are_left_out(tmp_path: Path) -> None:
    text = told(tmp_path, "seedance-2.0")

    assert "doubao-seedance-2-0-260128" in " ".join(row(text, "ark"))
    assert "left out: the catalog has no id of dashscope's for it" in text
    assert "left out: not among its models" in told(tmp_path, "happyhorse-1.0-t2v")
    assert told(tmp_path, "no-such-model").splitlines() == [
        "2",
        "reelgate: no model no-such-model; reelgate models lists them",
    ]


def test_a_stand_in_is_shown_with_who_makes_which_length_and_what_is_made_in_parts(tmp_path: Path) -> None:
    text = told(tmp_path, "sora-2")

    assert row(text, "wan2.7-t2v")[:7] == ["wan2.7-t2v", "beijing", "on", "text", "4,", "8,", "12"]
    assert "16, 20 s are made in parts, each from the end of the one before, by wan2.7-i2v" in text


def test_open_tasks_are_counted_and_those_of_an_account_which_is_gone_are_told(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "data").mkdir()
        journal = open_store(f"sqlite:///{tmp_path / 'data' / 'journal.db'}")
        await journal.open()
        await journal.create(sample_task(provider="shanghai"))
        await journal.create(sample_task("waits", provider="beijing"))
        await bring(journal, await journal.create(sample_task("runs", provider="beijing")), State.RUNNING)
        await bring(journal, await journal.create(sample_task("lost", provider="beijing")), State.UNKNOWN)
        await journal.aclose()

    asyncio.run(main())
    text = told(tmp_path)

    assert "shanghai: 1 open tasks wait for an account of that name, which is not set up here" in text
    assert row(text, "beijing")[3:8] == ["1", "1", "of", "7", "1"]
    assert "reelgate tasks --status unknown" in text


def test_what_a_running_server_met_with_is_shown_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    health = {"beijing": Health(SystemClock()), "ark": Health(SystemClock())}
    board = StatusFile(tmp_path / "data", health, pace := Pace(SystemClock()), SystemClock())
    health["beijing"].sends.failed("Arrearage: the account is in arrears", account=True, retry_after=600)
    for _ in range(limits.BREAKER_FAULTS):
        health["ark"].reads.failed("HTTP 503")
    health["ark"].met_odd("task status\x1b[31m PAUSED")
    pace.looked("ark")
    sort = "seedance-1.0 text 720p 5.0s"
    pace.recall([Durations("ark", sort, ((19.5, 20.0), (20.0, 20.5)), 0)])
    asyncio.run(board.write())
    assert row(told(tmp_path), "beijing")[1] == "on", "no server runs in that folder"

    folder = DataFolder(tmp_path / "data")
    try:
        text = told(tmp_path)
    finally:
        folder.close()

    assert re.search(r"beijing: no submissions until \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: ", text)
    assert ": Arrearage: the account is in arrears" in text
    assert "ark: 1 answers not understood since" in text
    assert "the last: task status [31m PAUSED" in text
    assert "ark: 1 polls since" in text
    assert (
        f"ark: {sort}: of 2 jobs a tenth had ended after 19.6 s, a half after 20.0 s, nine tenths after 20.4 s" in text
    )
    assert "HTTP 503" in text
    assert row(text, "beijing")[1:3] == ["left", "alone"]


def test_a_pause_of_an_account_that_the_server_does_not_have_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "0") as server:
        server.until("/readyz", lambda _: (data / NAME).exists())
        wrong, right = (
            CliRunner().invoke(app(), ["accounts", "pause", name, "--data", str(data)])
            for name in ("animatik", "animatic")
        )
    assert (wrong.exit_code, right.exit_code, right.stderr) == (0, 0, "")
    assert "has no account animatik; there are: animatic" in wrong.stderr


def test_what_is_written_off_costs_what_the_operator_s_own_catalog_says(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "data").mkdir()
        journal = open_store(f"sqlite:///{tmp_path / 'data' / 'journal.db'}")
        await journal.open()
        await bring(journal, await journal.create(sample_task("lost", provider="beijing")), State.UNKNOWN)
        await journal.aclose()

    asyncio.run(main())
    (tmp_path / "reelgate.toml").write_text(CONFIG)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "own.toml").write_text(OWN_PRICE)
    env = {"BEIJING_KEY": "k", "REELGATE_CATALOG": str(tmp_path / "catalog")}
    where = ("--data", str(tmp_path / "data"))
    settled = ["tasks", "resolve", "task_lost", "--give-up", "--config", str(tmp_path / "reelgate.toml"), *where]

    done = CliRunner().invoke(app(), settled, env=env)
    assert done.exit_code == 0, done.stderr

    checked = CliRunner().invoke(app(), ["ledger", "check", "--json", *where])
    assert [loss["micros"] for loss in json.loads(checked.stdout)["losses"]] == [7]
