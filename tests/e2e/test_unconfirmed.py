"""A journal that breaks off while it takes a task: the client's answer, and the effect of a repeat."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.e2e.server import Server, serving
from tests.tasks.cut_line import CutLine

HOUSE = "/v1/tasks"
LOST = "the answer to this is lost"
BODY = {"model": "viduq3t-540p", "prompt": LOST, "duration": 1}


@contextmanager
def over_a_cut_line(postgres_url: str, schema: str, data: Path, *, before: bool, times: int = 1) -> Iterator[Server]:
    """Start a gateway whose line to the journal breaks with the first creates."""
    asyncio.run(_execute(postgres_url, f"CREATE SCHEMA {schema}"))
    line = CutLine(postgres_url, LOST, before=before, times=times)
    try:
        with serving(data, "--workers", "0", "--store", line.url(schema)) as gateway:
            yield gateway
    finally:
        line.close()


async def _execute(url: str, query: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(query)
    await connection.close()


@pytest.mark.parametrize("before", [True, False], ids=["not_written", "written"])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "order 1"}], ids=["without_a_key", "with_a_key"])
def test_a_create_on_which_the_line_breaks_is_made_once_and_answered(
    postgres_url: str, tmp_path: Path, before: bool, key: dict[str, str]
) -> None:
    schema = f"unheard_{before}_{len(key)}".lower()
    with over_a_cut_line(postgres_url, schema, tmp_path / "data", before=before, times=3) as gateway:
        answer = gateway.post(HOUSE, BODY, headers=key)

        assert (answer.status, answer.json["status"]) == (200, "submitted")
        assert [task["id"] for task in gateway.get(HOUSE).json["data"]] == [answer.json["id"]]
        assert gateway.get(f"{HOUSE}/{answer.json['id']}").status == 200


def test_what_the_tasks_state_forbids_is_not_to_be_repeated(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        task = gateway.post(HOUSE, BODY).json["id"]

        answer = gateway.call("DELETE", f"{HOUSE}/{task}")

        assert (answer.status, answer.headers["x-should-retry"]) == (409, "false")
