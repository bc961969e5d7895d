"""A query that fails for now says in OpenAI's form that the task is still running: some clients read the body alone."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import httpx2

from reelgate.server.compose import open_server
from reelgate.settings import Settings


def test_a_journal_that_is_away_ends_nobody_s_task(tmp_path: Path) -> None:
    async def main() -> None:
        async with open_server(Settings(data=tmp_path / "data", workers=0, vendors=False)) as server:
            client = httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=server.app),
                base_url="http://gw",
                headers={"Authorization": f"Bearer {server.key}"},
            )
            made = await client.post("/v1/videos", json={"model": "wan2.7-t2v", "prompt": "a lighthouse"})
            known = made.json()["id"]
            assert (await client.get(f"/v1/videos/{known}")).json()["status"] == "queued"
            with sqlite3.connect(tmp_path / "data" / "journal.db") as journal:
                journal.execute("ALTER TABLE tasks RENAME TO tasks_away")

            other = {"Host": "other"}  # for which no answer is kept
            told = [
                await client.get(f"/v1/videos/{task_id}", headers=other)
                for task_id in (known, "video_of_another_server")
            ]

            with sqlite3.connect(tmp_path / "data" / "journal.db") as journal:
                journal.execute("ALTER TABLE tasks_away RENAME TO tasks")

        assert [answer.status_code for answer in told] == [503, 503]
        assert [answer.json()["status"] for answer in told] == ["queued", "in_progress"]
        assert told[0].json()["id"] == known
        assert told[0].json()["error"]["code"] == "store_unavailable"

    asyncio.run(main())


def test_what_is_wrong_with_the_question_says_nothing_of_a_task(tmp_path: Path) -> None:
    async def main() -> None:
        async with open_server(Settings(data=tmp_path / "data", workers=0, vendors=False)) as server:
            client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=server.app), base_url="http://gw")
            refused = await client.get("/v1/videos/video_1")
            gone = await client.get("/v1/videos/video_1", headers={"Authorization": f"Bearer {server.key}"})

        assert [answer.status_code for answer in (refused, gone)] == [401, 404]
        assert all("status" not in answer.json() for answer in (refused, gone))

    asyncio.run(main())
