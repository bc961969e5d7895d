"""An old and a new version side by side on one PostgreSQL.

The new one is this program with one migration more, which is what the next version will be to it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import reelgate
from reelgate.tasks.sql import load_migrations
from tests.e2e.server import command, environment, serving
from tests.e2e.test_postgres import Journal, create, film

NOW = load_migrations("postgres")[-1].number
EXPANDS = f"""-- beside {NOW:04d}
ALTER TABLE tasks ADD COLUMN later TEXT NOT NULL DEFAULT '';
CREATE TABLE later (name TEXT PRIMARY KEY){{strict}};
"""
CONTRACTS = "ALTER TABLE tasks DROP COLUMN later;\n"


@pytest.fixture
def journal(postgres_url: str) -> Journal:
    Journal(postgres_url).rows("CREATE SCHEMA versions")
    return Journal(f"{postgres_url}&search_path=versions")


def version(folder: Path, *migrations: str) -> str:
    """Write a version with more migrations, and return where Python finds it."""
    shutil.copytree(Path(reelgate.__file__).parent, folder / "reelgate")  # times stay, so what is compiled does too
    for number, text in enumerate(migrations, NOW + 1):
        (folder / "reelgate/tasks/sql/both" / f"{number:04d}_later.sql").write_text(text)
    return str(folder)


def test_an_old_and_a_new_version_work_side_by_side(tmp_path: Path, journal: Journal) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    options = ("--workers", "1", "--store", journal.url, "--media", str(tmp_path / "media"))
    later = version(tmp_path / "later", EXPANDS)
    with serving(old, *options) as before:
        first = create(before, "一只猫")
        with serving(new, *options, PYTHONPATH=later) as after:
            assert journal.rows("SELECT MAX(number) FROM migrations") == [(NOW + 1,)]
            made = [create(before, "a fox"), create(after, "a lighthouse")]
            for task in (first, *made):
                assert film(before, task) == film(after, task)
            before.stop()
            with serving(old, *options) as again:  # an old one that is started beside the new one
                assert film(again, create(again, "三只鸟"))
    lines = [json.loads(line) for line in (tmp_path / "old.log").read_text().splitlines() if line.startswith("{")]
    (told,) = [line for line in lines if line["event"] == "journal.newer"]
    assert (told["schema"], told["known"]) == (NOW + 1, NOW)
    assert journal.rows("SELECT COUNT(*) FROM ledger WHERE kind = 'capture'") == [(4,)]

    with serving(new, *options, PYTHONPATH=version(tmp_path / "last", EXPANDS, CONTRACTS)) as last:
        assert film(last, first)
        refused = subprocess.run(
            command("serve", "--port", "0", "--data", str(old), *options),
            env=environment(),
            capture_output=True,
            text=True,
            timeout=480,
            check=False,
        )
    assert (refused.returncode, "run the newer version" in refused.stderr) == (2, True)
