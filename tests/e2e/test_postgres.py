"""Servers whose journal is PostgreSQL: one that is killed, and two that share the work."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import signal
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from tests.e2e.held import begun, held
from tests.e2e.server import Server, serving

CREATE = "/v1/video/generations"
NUMBERS = itertools.count()


class Journal(NamedTuple):
    """An empty journal: a schema of its own."""

    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return rows_of(self.url, query)


@pytest.fixture
def journal(postgres_url: str) -> Journal:
    schema = f"e2e_{next(NUMBERS)}"
    rows_of(postgres_url, f"CREATE SCHEMA {schema}")
    return Journal(f"{postgres_url}&search_path={schema}")


def rows_of(url: str, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in a database."""
    return asyncio.run(_fetched(url, query))


async def _fetched(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def create(gateway: Server, prompt: str, duration: int = 1) -> str:
    """Order a small video and return its id."""
    body = {"model": "viduq3t-540p", "prompt": prompt, "duration": duration}
    task: str = gateway.post(CREATE, body).json["id"]
    return task


def film(gateway: Server, task: str) -> bytes:
    """Return a task's video once it is done."""
    link = gateway.until(f"/v1/tasks/{task}", done)["result_url"]
    answer = gateway.get(link, key=None)
    assert answer.status == 200
    return answer.body


def done(answer: Any) -> bool:
    """Tell whether a task has succeeded; fail the test if it failed."""
    assert answer["status"] != "failed", answer
    return bool(answer["status"] == "completed")


def test_a_server_on_postgresql_makes_videos_and_survives_a_kill(tmp_path: Path, journal: Journal) -> None:
    options = ("--workers", "1", "--store", journal.url)
    with serving(tmp_path / "data", *options) as gateway:
        first = create(gateway, "雨中的一只猫")
        video = film(gateway, first)
        assert video[4:8] == b"ftyp"
        second, third = create(gateway, "a slow river", 4), create(gateway, "三只鸟")
        gateway.until(f"/v1/tasks/{second}", lambda answer: answer["progress"] > 0)
        gateway.stop(signal.SIGKILL)

    with serving(tmp_path / "data", *options) as gateway:
        assert film(gateway, first) == video
        assert film(gateway, second)
        assert film(gateway, third)

    ends = journal.rows("SELECT task_id FROM events WHERE target = 'succeeded'")
    charges = journal.rows("SELECT subject FROM ledger WHERE kind = 'capture'")
    assert sorted(ends) == sorted(charges) == sorted((task,) for task in (first, second, third))


def test_one_server_answers_and_another_renders(tmp_path: Path, journal: Journal) -> None:
    """As the operating guide says: one journal, one media folder, one signing secret."""
    store = ("--store", journal.url)
    front, back = tmp_path / "front", tmp_path / "back"
    with serving(back, "--workers", "1", *store) as renders:
        front.mkdir()
        (front / "media").symlink_to(back / "media", target_is_directory=True)
        shutil.copy(back / "secret", front)
        with serving(front, "--workers", "0", *store) as answers:
            task = create(answers, "海边的灯塔")

            assert film(answers, task) == film(renders, task)

            with held(renders):
                long = begun(answers, {"model": "viduq3t-540p", "prompt": "a walk through the rain", "duration": 1})
                assert answers.post(f"/v1/tasks/{long}/cancel").status == 200
                failed = answers.until(f"/v1/tasks/{long}", lambda answer: answer["status"] == "failed")
            assert "cancelled" in failed["error"]["message"]
