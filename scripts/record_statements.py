"""Writes down what this version says to its PostgreSQL, so that later versions can be compared with it.

    python -m scripts.record_statements

Each statement is prepared on a fresh journal, and written with the types that it takes and gives into
`tests/tasks/releases`, under the number of the schema. Run it when a version is released; what is written stays.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from reelgate.tasks import open_store
from reelgate.tasks.sql import load_migrations, load_queries, number_parameters
from scripts.database import database

RELEASES = Path(__file__).parents[1] / "tests" / "tasks" / "releases"


async def statements(url: str, texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return statements with the types of their parameters and columns. Raises the database's errors."""
    connection = await asyncpg.connect(url)
    found = {}
    try:
        for name, text in texts.items():
            prepared = await connection.prepare(text)
            found[name] = {
                "text": text,
                "takes": [one.name for one in prepared.get_parameters()],
                "gives": {one.name: one.type.name for one in prepared.get_attributes()},
            }
    finally:
        await connection.close()
    return found


async def record(url: str) -> Path:
    """Make the journal, and write down what is said to it."""
    store = open_store(url)
    await store.open()
    await store.aclose()
    texts = {name: number_parameters(text)[0] for name, text in load_queries("postgres").items()}
    found = await statements(url, texts)
    RELEASES.mkdir(exist_ok=True)
    file = RELEASES / f"{load_migrations('postgres')[-1].number:04d}.json"
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def main() -> None:
    """Write the file, and say where."""
    with tempfile.TemporaryDirectory() as scratch, database(Path(scratch) / "postgres") as made:
        print(asyncio.run(record(made.url)))


if __name__ == "__main__":
    main()
