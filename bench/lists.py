"""How long a page of many tasks keeps everybody else waiting.

A journal is filled with copies of one finished task and with days of spending. While each page is asked for, another
connection asks for `/healthz` without a pause: its longest wait tells how long the event loop stood still.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx2

from bench.http import KEY, finished_task, gateway

PAGES = (
    "/v1/tasks?limit=100",
    "/v1/tasks?limit=100&status=failed",
    "/v1/videos?limit=100",
    "/v1/videos?limit=100&order=asc",
    "/api/v1/tasks?page_no=1&page_size=100",
    "/api/v1/tasks?page_no=5000&page_size=100",
    "/api/v3/contents/generations/tasks?page_num=1&page_size=100",
    "/api/v3/contents/generations/tasks?page_num=1&page_size=100&filter.status=failed",
    "/ent/v2/tasks?pager.page_sz=100",
    "/v1/usage",
    "/v1/usage?format=csv",
    "/v1/webhooks",
    "/metrics",
)
"""Those with a total count what they find."""
KEYS, DAYS = 250, 400
"""Of a project that has spent something with each key on each day: a row of spending each."""


def bench_lists(tasks: int, rounds: int) -> None:
    """Print what each page takes and by how long it delays others, in ms."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        finished_task(data, "")
        _fill(data / "journal.db", tasks)
        with gateway(data, 0, cores=set(range(2))) as server:
            asyncio.run(_measure(f"http://127.0.0.1:{server.port}", rounds))


def _fill(journal: Path, tasks: int) -> None:
    with closing(sqlite3.connect(journal)) as opened, opened:
        (seq,) = opened.execute("SELECT max(seq) FROM tasks").fetchone()
        opened.execute(
            "CREATE TEMP TABLE copied AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "SELECT tasks.* FROM tasks, n WHERE seq = ?",
            (tasks, seq),
        )
        opened.execute(
            "UPDATE copied SET seq = seq + rowid, id = id || printf('%08d', rowid), "
            "idempotency_key = NULL, fingerprint = NULL"
        )
        opened.execute("INSERT INTO tasks SELECT * FROM copied")
        today = int(time.time() // 86400)
        opened.execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO spending (project_id, day, key_id, model, tasks, held, charged) "
            "SELECT project_id, ? - 1 - i / ?, printf('key-%d', i % ?), model, 3, 0, 500000 "
            "FROM n, tasks WHERE seq = ?",
            (KEYS * DAYS - 1, today, KEYS, KEYS, seq),
        )


async def _measure(url: str, rounds: int) -> None:
    headers = {"authorization": f"Bearer {KEY}", "api-key": KEY}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http, httpx2.AsyncClient() as other:
        await _page(http, other, f"{url}/healthz", rounds)
        for path in ("/healthz", *PAGES):
            status, took, waited = await _page(http, other, f"{url}{path}", rounds)
            print(f"lists   {path:84} {status} {took * 1e3:8.1f} ms, others wait {waited * 1e3:6.1f} ms", flush=True)


async def _page(http: httpx2.AsyncClient, other: httpx2.AsyncClient, url: str, rounds: int) -> tuple[int, float, float]:
    """Return the status of a page, its median time, and the longest that the other connection waited in any round."""
    times, waits, status = [], [0.0], 0
    health = f"{url.partition('://')[0]}://{url.partition('://')[2].partition('/')[0]}/healthz"
    for _ in range(rounds):
        page = asyncio.create_task(http.get(url))
        began = time.perf_counter()
        while not page.done():
            asked = time.perf_counter()
            await other.get(health)
            waits.append(time.perf_counter() - asked)
        times.append(time.perf_counter() - began)
        status = (await page).status_code
    return status, sorted(times)[len(times) // 2], max(waits)
