"""`make habits`: every kind of vendor with every habit of the simulator's, and what came of it for client and money.

Writes a table: what the client saw in the end, what it was charged, what the vendor is owed in vain. A gateway of its
own is asked, with an account of each kind. Ends with status 1 where a client is charged for what was not delivered.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from reelgate.testing.simulator import Simulator
from scripts.chaos import serving
from scripts.orders import ENDS, ORDERS, create, listed
from scripts.outcome import fits

HABITS: dict[str, str] = {
    "none": "",
    **dict.fromkeys(
        (
            "delivers_png",
            "delivers_jpeg",
            "delivers_gif",
            "delivers_wav",
            "delivers_page",
            "delivers_one_frame",
            "delivers_sound_alone",
            "delivers_mov",
            "delivers_webm",
            "delivers_vp8",
            "delivers_mkv",
            "delivers_hevc",
            "says_longer",
            "says_negative",
            "says_huge",
            "says_text",
            "wrong_length",
            "no_link",
            "empty_first",
            "failed_after_done",
            "failed",
            "rejected",
            "error_after_accept",
            "drop_before_accept",
            "not_json",
            "clock_skew",
        ),
        "create",
    ),
    **dict.fromkeys(("empty_status", "unknown_word", "gone", "other_job", "says_cancelled", "says_done"), "query"),
    **dict.fromkeys(("cut_download", "expired_link"), "content"),
}
"""Each habit and the call that it strikes, once."""


STRIKE_SECONDS = 40.0
"""For each habit: no later one may strike what is left of it."""
END_SECONDS = 120.0


class Row(NamedTuple):
    """What came of one order."""

    vendor: str
    habit: str
    task: dict[str, Any]


async def orders(client: httpx2.AsyncClient, simulator: Simulator, url: str) -> list[Row]:
    """Order one video of each kind of vendor with each habit, one habit after the other; return what came of it."""
    rng, made, number = random.Random(1), [], 0
    for habit, operation in HABITS.items():
        ids = []
        for vendor in ORDERS:
            if operation:
                simulator.fault(vendor, operation, habit)
            ids.append((vendor, habit, (await create(client, lambda: url, number, rng))[0]))
            number += 1
        await ended(client, url, {task_id for _, _, task_id in ids}, STRIKE_SECONDS)
        simulator.mend()
        made += ids
    tasks = await ended(client, url, {task_id for _, _, task_id in made}, END_SECONDS)
    return [Row(vendor, habit, tasks[task_id]) for vendor, habit, task_id in made]


async def ended(client: httpx2.AsyncClient, url: str, ids: set[str], seconds: float) -> dict[str, dict[str, Any]]:
    """Return all tasks once those have ended, or after so many seconds as they then are."""
    end = time.monotonic() + seconds
    while True:
        tasks = await listed(client, url)
        if time.monotonic() > end or all(tasks[task_id]["state"] in ENDS for task_id in ids):
            return tasks
        await asyncio.sleep(0.3)


def table(rows: list[Row], lost: dict[str, str]) -> list[str]:
    """Return the lines of a Markdown table: habits down, vendors across."""
    lines = ["| habit | " + " | ".join(ORDERS) + " |", "| --- " * (1 + len(ORDERS)) + "|"]
    for habit in HABITS:
        cells = [_cell(row, lost) for row in rows if row.habit == habit]
        lines.append(f"| `{habit}` | " + " | ".join(cells) + " |")
    return lines


def _cell(row: Row, lost: dict[str, str]) -> str:
    task = row.task
    price, charged = task["price"]["amount_micros"], task["price"]["charged_micros"]
    share = "nothing" if not charged else "all" if charged == price else f"{charged / price:.0%}"
    error = task.get("error") if task["state"] == "failed" else None
    told = (error.get("code") or error.get("message", "")[:40]) if isinstance(error, dict) else ""
    why = f" `{told}`" if told else ""
    owed = f", lost {lost[task['id']]}" if task["id"] in lost else ""
    return f"{task['state']}{why}, {share}{owed}"


async def losses(folder: Path) -> tuple[dict[str, str], str]:
    """Return what the ledger says of losses by task, and its last line."""
    command = ("-m", "reelgate", "ledger", "check", "--data", str(folder / "data"))
    check = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    lines = (await check.communicate())[0].decode().splitlines()
    told = [line.removeprefix("lost: ").partition(" at ") for line in lines if line.startswith("lost: ")]
    return {task: rest.partition(", ")[2].partition(":")[0] for task, _, rest in told}, lines[-1]


async def run(folder: Path) -> bool:
    """Order, print the table, and return whether every charge fits what was delivered."""
    with Simulator(job_seconds=0.5) as simulator:
        with serving(folder, simulator) as server:
            async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
                rows = await orders(client, simulator, server.url)
        lost, books = await losses(folder)
    print("\n".join(table(rows, lost)))
    print(Counter(row.task["state"] for row in rows).most_common(), books)
    wrong = [(row.vendor, row.habit) for row in rows if row.task["state"] not in ENDS or not fits(row.task)]
    print(f"not ended, or charged for something else than was delivered: {wrong or 'none'}")
    return not wrong and books.startswith("0 do not add up")


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder in which the journal and the log stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return int(not asyncio.run(run(folder)))


if __name__ == "__main__":
    sys.exit(main())
