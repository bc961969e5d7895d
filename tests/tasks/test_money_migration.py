"""A journal from before the ledger was in double entry keeps its money."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from reelgate.tasks import open_store, sql
from reelgate.tasks.money import Balance
from reelgate.testing.stores.samples import NOW, sample_task
from tests.tasks.conftest import NewUrl

BEFORE = 4  # the last migration of such a journal
DAY_MS = 86_400_000
REQUEST = '{"model":"m","mode":"text","prompt":"猫","resolution":"720p","ratio":"16:9","duration":5,"seed":1}'

TASK = """
INSERT INTO tasks (id, project_id, key_id, dialect, model, provider, request_id, state, request, price_micros,
    created_at, due_at, finished_at)
VALUES ('{id}', 'p', 'k', 'anyfast', 'm', 'animatic', 'r', '{state}', '{request}', 100, {at}, {due}, {end});
"""
EVENT = """
INSERT INTO events (task_id, number, at, name, source, target, note)
VALUES ('{id}', 1, {at}, 'create', NULL, 'queued', '');
"""
LINE = "INSERT INTO ledger (task_id, project_id, kind, micros, at) VALUES ('{id}', 'p', '{kind}', {micros}, {at});\n"
ENDS: dict[str, tuple[str, dict[str, int]]] = {
    "open": ("queued", {"hold": 100}),
    "failed": ("failed", {"hold": 100, "release": -100}),
    "whole": ("succeeded", {"hold": 100, "release": -100, "capture": 100}),
    "part": ("succeeded", {"hold": 100, "release": -100, "capture": 60}),
    "gone": ("", {"hold": 100, "release": -100, "capture": 30}),
}


def rows() -> str:
    """Return the statements that fill such a journal; `gone` was deleted and left its lines."""
    made = ""
    for task, (state, lines) in ENDS.items():
        at = NOW if task != "part" else NOW - DAY_MS
        if state:
            due, end = (NOW, "NULL") if state == "queued" else ("NULL", NOW)
            made += TASK.format(id=task, state=state, request=REQUEST, at=at, due=due, end=end)
            made += EVENT.format(id=task, at=at)
        made += "".join(LINE.format(id=task, kind=kind, micros=micros, at=at) for kind, micros in lines.items())
    return made


async def fill_file(url: str) -> None:
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection:
        connection.executescript(sql.load_queries("sqlite")["create_migrations"] + ";")
        for migration in sql.load_migrations("sqlite")[:BEFORE]:
            connection.executescript(migration.text)
            connection.execute("INSERT INTO migrations VALUES (?, ?, 0)", (migration.number, migration.name))
        connection.executescript(rows())
        connection.commit()


async def fill_server(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql.load_queries("postgres")["create_migrations"])
    for migration in sql.load_migrations("postgres")[:BEFORE]:
        await connection.execute(migration.text)
        await connection.execute("INSERT INTO migrations VALUES ($1, $2, 0)", migration.number, migration.name)
    await connection.execute(rows())
    await connection.close()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_lines_balances_and_charges_are_carried_over(database: str, request: pytest.FixtureRequest) -> None:
    new_url: NewUrl = request.getfixturevalue(f"new_{database}_url")

    async def run() -> None:
        url = await new_url()
        await (fill_file(url) if database == "sqlite" else fill_server(url))
        store = open_store(url)
        await store.open()

        assert await store.money.check() == []
        balance = Balance(project_id="p", outside=0, funds=-290, held=100, charged=190)
        assert await store.money.balance("p") == balance
        told = {task: [(line.kind, line.micros) for line in await store.ledger(task)] for task in ENDS}
        assert told == {
            "open": [("hold", 100)],
            "failed": [("hold", 100), ("release", 100)],
            "whole": [("hold", 100), ("capture", 100)],
            "part": [("hold", 100), ("capture", 60), ("release", 40)],
            "gone": [("hold", 100), ("capture", 30), ("release", 70)],
        }
        tasks = [await store.get(task) for task in ("open", "failed", "part")]
        assert [task.charged_micros if task else -1 for task in tasks] == [None, 0, 60]
        spent = await store.money.spending(project_id="p", first_day=0, last_day=NOW // DAY_MS)
        assert [(line.day, line.key_id, line.tasks, line.held, line.charged) for line in spent] == [
            (NOW // DAY_MS - 1, "k", 1, 0, 60),
            (NOW // DAY_MS, "", 1, 0, 30),
            (NOW // DAY_MS, "k", 3, 100, 100),
        ]
        await store.create(sample_task("later", project_id="p"))
        assert await store.money.check() == []
        await store.aclose()

    asyncio.run(run())
