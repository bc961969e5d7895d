"""A backup that is restored pays for nothing a second time."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelgate import limits
from reelgate.testing import Simulator
from tests.conductor.studio import HandClock
from tests.e2e.server import Server, command, environment, serving
from tests.e2e.test_batches import created, line, lines_of, uploaded
from tests.media.bucket import CREDENTIALS, bucket_server

BODY = {"model": "viduq3-turbo", "prompt": "一只猫在弹钢琴", "duration": 5, "resolution": "720p"}
COUNT = 5
ON_THE_WAY = {"queued", "submitting"}
"""The states from which a task comes to the vendor, or is held back."""


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


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(**settings), timeout=480, check=False
    )


def patient(clock: HandClock) -> Callable[[Any], bool]:
    """Return what lets the vendor's time pass until a task is done."""

    def made_at_last(task: Any) -> bool:
        clock.pass_seconds(60)
        return bool(task["state"] == "succeeded")

    return made_at_last


def states(server: Server) -> dict[str, str]:
    return {task["id"]: task["state"] for task in server.get("/v1/tasks?limit=100").json["data"]}


def snapshot(data: Path, copy: Path) -> None:
    """Copy a data folder as a disk's snapshot does: nothing in it says that it is a copy."""
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("journal.db*", "lock"))
    with closing(sqlite3.connect(data / "journal.db")) as one, closing(sqlite3.connect(copy / "journal.db")) as other:
        one.backup(other)


@pytest.mark.parametrize("options", [(), ("--restored",)], ids=["backup", "snapshot"])
def test_what_a_copys_original_may_have_sent_is_not_sent_again(options: tuple[str, ...], tmp_path: Path) -> None:
    copy, clock = tmp_path / "copy", HandClock()
    made_at_last = patient(clock)

    with Simulator(job_seconds=60, clock=clock) as simulator:
        with gateway(tmp_path / "data", simulator) as original:
            made = [original.post("/v1/tasks", BODY).json["id"] for _ in range(COUNT)]
            original.until(f"/v1/tasks/{made[0]}", lambda task: task["state"] == "running")
            if options:
                snapshot(tmp_path / "data", copy)
            else:
                assert run("backup", str(copy), "--data", str(tmp_path / "data")).returncode == 0
            for task in made:
                original.until(f"/v1/tasks/{task}", made_at_last)
        assert simulator.paid("vidu") == COUNT

        with gateway(copy, simulator, *options) as restored:
            restored.until("/v1/tasks", lambda page: not ON_THE_WAY & {task["state"] for task in page["data"]})
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


def test_a_backup_in_a_bucket_is_restored_and_pays_for_nothing_a_second_time(tmp_path: Path) -> None:
    data, clock = tmp_path / "data", HandClock()
    with bucket_server() as line, Simulator(job_seconds=60, clock=clock) as simulator:
        place = f"s3://videos/backup?endpoint={line.url}"
        with gateway(data, simulator) as original:
            made = [original.post("/v1/tasks", BODY).json["id"] for _ in range(2)]
            original.until(f"/v1/tasks/{made[0]}", lambda task: task["state"] == "running")
            empty = run("restore", place, str(tmp_path / "none"), **CREDENTIALS)
            assert (empty.returncode, "there is no backup" in empty.stderr) == (2, True)
            stored = run("backup", place, "--data", str(data), **CREDENTIALS)
            assert stored.returncode == 0, stored.stderr
            name = stored.stdout.split("--at ")[1].strip()
            for task in made:
                original.until(f"/v1/tasks/{task}", patient(clock))
        for at, folder in (("", tmp_path / "copy"), (name, tmp_path / "named")):
            restored = run("restore", place, str(folder), *(("--at", at) if at else ()), **CREDENTIALS)
            assert restored.returncode == 0, restored.stderr
        copy = tmp_path / "copy"
        assert {(copy / name).stat().st_mode & 0o777 for name in ("journal.db", "secret")} == {0o600}
        assert (copy / "secret").read_text() == (data / "secret").read_text()
        wrong = run("restore", place, str(tmp_path / "no"), "--at", "1999", **CREDENTIALS)
        assert (wrong.returncode, name in wrong.stderr) == (2, True)
        with gateway(copy, simulator) as again:
            again.until("/v1/tasks", lambda page: not ON_THE_WAY & {task["state"] for task in page["data"]})
            assert set(states(again)) == set(made)
        assert simulator.paid("vidu") == 2


def test_a_backup_in_a_folder_is_restored_beside_it(tmp_path: Path) -> None:
    data, copy, again = tmp_path / "data", tmp_path / "copy", tmp_path / "again"
    with serving(data, "--workers", "0"):
        assert run("backup", str(copy), "--data", str(data)).returncode == 0
    assert run("restore", str(copy), str(again)).returncode == 0
    assert {file.name for file in again.iterdir()} == {file.name for file in copy.iterdir()}
    for words, told in (
        ((str(copy), str(again)), "exists already"),
        ((str(data / "none"), str(tmp_path / "new")), "there is no backup"),
        ((str(copy), str(tmp_path / "new"), "--at", "x"), "--at"),
    ):
        refused = run("restore", *words)
        assert (refused.returncode, told in refused.stderr) == (2, True)
    assert not (tmp_path / "new").exists()


def test_files_in_a_folder_of_their_own_are_in_the_backup_too(tmp_path: Path) -> None:
    data, files, copy = tmp_path / "data", tmp_path / "files", tmp_path / "copy"
    with serving(data, "--workers", "0", "--no-console", "--media", str(files)):
        (files / "ab/cd").mkdir(parents=True)
        (files / "ab/cd" / ("abcd" + "0" * 60)).write_bytes(b"a film")
        told = run("backup", str(copy), "--data", str(data))
    assert told.stdout.startswith(f"{copy}: the journal and 1 files. To restore:"), told
    assert (copy / "media/ab/cd" / ("abcd" + "0" * 60)).read_bytes() == b"a film"

    files.rename(tmp_path / "unmounted")
    told = run("backup", str(tmp_path / "other"), "--data", str(data))
    assert (told.returncode, "where the server of" in told.stderr) == (2, True), told


def test_a_journal_that_is_kept_elsewhere_is_in_the_backup(tmp_path: Path) -> None:
    data, copy, elsewhere = tmp_path / "data", tmp_path / "copy", tmp_path / "disk" / "shop.db"
    elsewhere.parent.mkdir()
    with serving(data, "--workers", "0", "--no-console"):
        pass  # a journal of its own, from before
    with serving(data, "--workers", "0", "--no-console", "--store", f"sqlite:///{elsewhere}") as server:
        task = server.post("/v1/tasks", {"model": "animatic", "prompt": "a lighthouse", "duration": 1}).json["id"]
        told = run("backup", str(copy), "--data", str(data))
        assert told.returncode == 0, told.stderr
    with serving(copy, "--workers", "0", "--no-console") as server:
        assert server.get(f"/v1/tasks/{task}").json["id"] == task

    elsewhere.unlink()
    told = run("backup", str(tmp_path / "other"), "--data", str(data))
    assert (told.returncode, str(elsewhere) in told.stderr) == (2, True), told


def test_a_copied_folder_speaks_for_its_own_journal(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with serving(data, "--workers", "0", "--no-console"):
        pass
    shutil.copytree(data, copy)
    assert run("keys", "add", "a key of the copy", "--data", str(copy)).returncode == 0
    assert "a key of the copy" in run("keys", "list", "--data", str(copy)).stdout
    assert "a key of the copy" not in run("keys", "list", "--data", str(data)).stdout


def test_a_line_of_a_batch_that_a_copys_original_may_have_ordered_is_not_ordered_again(tmp_path: Path) -> None:
    copy, clock = tmp_path / "copy", HandClock()
    body = {"model": "viduq3-turbo", "prompt": "a cat", "seconds": "5", "size": "1280x720"}
    lines = [line(f"clip-{number}", body=body) for number in range(limits.BATCH_LINES_AT_ONCE + 5)]
    with Simulator(job_seconds=60, clock=clock) as simulator:
        with gateway(tmp_path / "data", simulator) as original:
            batch = created(original, uploaded(original, lines)["id"]).json["id"]
            original.until("/v1/tasks?limit=100", lambda page: len(page["data"]) == limits.BATCH_LINES_AT_ONCE)
            made = set(states(original))
            assert run("backup", str(copy), "--data", str(tmp_path / "data")).returncode == 0
        with gateway(copy, simulator) as restored:
            restored.until(f"/v1/batches/{batch}", lambda told: told["request_counts"]["failed"] == 5)
            assert set(states(restored)) == made
            for task in made:
                restored.post(f"/v1/tasks/{task}/cancel", {})
            end = restored.until(f"/v1/batches/{batch}", lambda told: told["status"] == "completed")
            errors = {one["custom_id"]: one["error"]["code"] for one in lines_of(restored, end["error_file_id"])}
            assert {name for name, code in errors.items() if code == "batch_restored"} == {
                f"clip-{number}" for number in range(limits.BATCH_LINES_AT_ONCE, len(lines))
            }
            assert set(states(restored)) == made
