"""A shop that grows: its journal moves to PostgreSQL, and servers with roles of their own share the work."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.server import Server, command, environment, serving
from tests.e2e.test_postgres import NUMBERS, Journal, create, film


@pytest.fixture
def journal(postgres_url: str) -> Journal:
    schema = f"fleet_{next(NUMBERS)}"
    Journal(postgres_url).rows(f"CREATE SCHEMA {schema}")
    return Journal(f"{postgres_url}&search_path={schema}")


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `reelgate`."""
    return subprocess.run(command(*words), env=environment(), capture_output=True, text=True, timeout=480, check=False)


def paid(server: Server) -> None:
    """Make a project that has paid in."""
    for path, body in (
        ("/admin/v1/projects", {"id": "shop", "name": "shop"}),
        ("/admin/v1/projects/shop/payments", {"amount_micros": 5_000_000, "reference": "r-1", "reason": "a start"}),
    ):
        made = server.post(path, body)
        assert made.status in {200, 201}, made.body


def test_a_journal_moves_to_postgresql_and_servers_with_roles_share_it(tmp_path: Path, journal: Journal) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    moving = ("journal", "copy", f"sqlite:///{one / 'journal.db'}", journal.url)
    with serving(one, "--workers", "0") as server:
        paid(server)
        waiting = create(server, "一只猫")
        refused = ran(*moving)
        assert (refused.returncode, "stop it first" in refused.stderr) == (2, True)
        server.stop(signal.SIGKILL)

    moved = ran(*moving)
    assert moved.returncode == 0, moved.stderr
    again = ran(*moving)
    assert (again.returncode, "holds something already" in again.stderr) == (2, True)

    two.mkdir()
    (two / "media").symlink_to(one / "media", target_is_directory=True)
    store = ("--store", journal.url)
    secret = (one / "secret").read_text()
    with (
        serving(two, "--role", "api", *store) as answers,  # first: it takes over the secret of links all the same
        serving(one, "--workers", "1", "--role", "work", *store) as works,
    ):
        refusal = works.post("/v1/tasks", {"model": "animatic", "prompt": "a fox"})
        assert (refusal.status, refusal.headers["retry-after"]) == (503, "5")
        assert works.get("/readyz", key=None).status == 200
        assert answers.get("/readyz", key=None).json["conductor"] == "ok"
        after = create(answers, "海边的灯塔")
        assert film(answers, after)
        assert film(answers, waiting)
        assert {(folder / "secret").read_text() for folder in (one, two)} == {secret}, "links of before go on to open"
        assert answers.get("/v1/webhooks").status == 200

    assert journal.rows("SELECT micros FROM ledger WHERE project_id = 'shop' AND kind = 'topup'") == [(5_000_000,)]
    order = journal.rows("SELECT seq, id FROM tasks ORDER BY seq")
    assert [task for _, task in order] == [waiting, after], "what came after the copy stands behind what was copied"
    checked = ran("ledger", "check", *store)
    assert checked.returncode == 0, checked.stdout

    copy = tmp_path / "copy"  # not of the journal file that the folder still has
    refused = ran("backup", str(copy), "--data", str(one))
    assert (refused.returncode, "pg_dump" in refused.stderr, copy.exists()) == (2, True, False), refused


def test_a_journal_that_a_server_has_open_is_not_copied_wherever_it_lies(tmp_path: Path, journal: Journal) -> None:
    file = tmp_path / "disk" / "shop.db"
    file.parent.mkdir()
    with serving(tmp_path / "data", "--workers", "0", "--no-console", "--store", f"sqlite:///{file}") as server:
        copying = ("journal", "copy", f"sqlite:///{file}", journal.url, "--data", str(tmp_path))
        (tmp_path / "secret").write_text("of another folder")
        refused = ran(*copying)
        assert (refused.returncode, "stop" in refused.stderr) == (2, True), refused
        create(server, "一只猫")
    moving = ("journal", "copy", f"sqlite:///{file}", journal.url)
    without = ran(*moving)
    assert (without.returncode, "--data" in without.stderr) == (2, True), without
    moved = ran(*moving, "--data", str(tmp_path / "data"))
    assert moved.returncode == 0, moved.stderr
    assert journal.rows("SELECT COUNT(*) FROM tasks") == [(1,)]
