"""`make chaos`: tasks by the thousand at vendors that misbehave, while the gateway is killed every few seconds.

Nothing may be lost, paid for twice or charged twice, and every finished task's file must be whole. The vendors are
the simulator's, over real HTTP; the gateway is a process of its own that gets kill -9. `--scenario NAME` runs one
named trouble instead (`scripts/scenarios.py`), `--scenario all` each of them. Ends with status 1 when a promise was
broken.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx2

from reelgate.testing.simulator import Simulator
from scripts import scenarios
from scripts.orders import KEY, ORDERS, Where, account, balance, call_off, create, settled, whole
from scripts.outcome import Outcome, report
from scripts.serving import Process, environment, gateway, kill_every

FAULTS = {
    "create": (
        "drop_before_accept",
        "drop_after_accept",
        "error_before_accept",
        "error_after_accept",
        "not_json",
        "throttle",
        "throttle_with_wait",
        "rejected",
        "failed",
        "clock_skew",
        "redirect",
        "number_id",
        "id_in_data",
        "id_in_list",
        "no_id",
        "refused_by_number",
        "refused_by_base_resp",
        "refused_by_flag",
        "refused_by_text",
        "crowded_answer",
        "id_in_result",
        "wrong_length",
        "delivers_png",
        "delivers_gif",
        "delivers_wav",
        "delivers_sound_alone",
        "delivers_one_frame",
        "delivers_mov",
        "delivers_webm",
        "delivers_mkv",
        "says_longer",
        "says_negative",
        "says_huge",
        "says_text",
        "no_link",
        "empty_first",
        "failed_after_done",
    ),
    "query": (
        "drop_before_accept",
        "error_before_accept",
        "not_json",
        "error_in_200",
        "throttle",
        "empty_status",
        "gone",
        "unknown_word",
        "clock_skew",
        "redirect",
        "crowded_answer",
        "says_running",
        "says_done",
        "says_cancelled",
        "says_expired",
        "says_error",
        "says_moderated",
        "share_with_point",
        "reason_elsewhere",
        "bare_error",
        "other_job",
        "no_link",
        "says_longer",
        "says_text",
    ),
    "list": ("drop_before_accept", "error_before_accept", "throttle"),
    "content": ("cut_download", "slow_bytes", "expired_link", "delivers_png", "delivers_page", "delivers_mov"),
}
"""What strikes which call. A call that is never answered is left out: it costs a minute each time."""

CLIENTS = 8
CALLED_OFF = 0.03
"""The share of tasks that their client calls off a moment later."""


def script_faults(simulator: Simulator, share: float) -> None:
    """Let every vendor misbehave with that probability in each way."""
    for vendor in ORDERS:
        for operation, kinds in FAULTS.items():
            for kind in kinds:
                simulator.fault(vendor, operation, kind, share=share)


def serving(folder: Path, simulator: Simulator) -> Process:
    """Return a gateway with an account of each kind."""
    config = folder / "reelgate.toml"
    config.write_text("\n".join(account(kind, simulator) for kind in ORDERS), encoding="utf-8")
    return gateway(folder, "--workers", "0", "--config", str(config), key=KEY)


def books(folder: Path) -> str:
    """Return how the ledger reconciles, in its last line."""
    command = (sys.executable, "-m", "reelgate", "ledger", "check", "--data", str(folder / "data"))
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=environment()).stdout
    return told.splitlines()[-1]


async def run(count: int, share: float, kill_seconds: float, seed: int, folder: Path) -> bool:
    """Run it all; print what came of it; return whether every promise was kept."""
    rng = random.Random(seed)
    with Simulator() as simulator, serving(folder, simulator) as server:
        started = time.monotonic()
        script_faults(simulator, share)
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            made = await _in_trouble(client, server, count, kill_seconds, rng)
            server.stop(signal.SIGKILL)
            simulator.mend()
            await asyncio.to_thread(server.start)
            tasks = await settled(client, lambda: server.url, count, 300)
            charged = await balance(client, server.url)
            files = [await whole(client, task) for task in tasks.values() if task["state"] == "succeeded"]
        server.stop()
        seconds = time.monotonic() - started
        paid = Counter(job.prompt for job in simulator.jobs())
        outcome = Outcome(made, tasks, files, paid, charged, books(folder))
        return report(outcome, kills=server.kills, seconds=seconds)


async def _in_trouble(
    client: httpx2.AsyncClient, server: Process, count: int, kill_seconds: float, rng: random.Random
) -> dict[str, str]:
    """Make the tasks and let them settle while the gateway is killed; one that does not come back ends the run."""
    over = asyncio.Event()
    killer = asyncio.create_task(kill_every(server, kill_seconds, rng, over))
    work = asyncio.create_task(_made_and_settled(client, lambda: server.url, count, rng))
    try:
        await asyncio.wait({killer, work}, return_when=asyncio.FIRST_COMPLETED)
        over.set()
        await killer
        return work.result()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _made_and_settled(client: httpx2.AsyncClient, where: Where, count: int, rng: random.Random) -> dict[str, str]:
    made = await _made(client, where, count, rng)
    await settled(client, where, count, 60)
    return made


async def _made(client: httpx2.AsyncClient, where: Where, count: int, rng: random.Random) -> dict[str, str]:
    numbers = iter(range(count))
    made: dict[str, str] = {}

    async def one_after_the_other() -> None:
        for number in numbers:
            task_id, prompt = await create(client, where, number, rng)
            made[task_id] = prompt
            if rng.random() < CALLED_OFF:
                await call_off(client, where(), task_id, rng)

    await asyncio.gather(*(one_after_the_other() for _ in range(CLIENTS)))
    return made


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", choices=(*scenarios.SCENARIOS, "all"), help="one named trouble, or each")
    parser.add_argument("--tasks", type=int, help="by default 1000, and 300 of a scenario")
    parser.add_argument("--share", type=float, default=0.01, help="how often each fault strikes")
    parser.add_argument("--kill-every", type=float, default=4.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder in which the journal and the log stay")
    options = parser.parse_args()
    if options.scenario:
        return int(not scenarios.run(options.scenario, options.tasks or 300, options.seed, options.keep))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        count = options.tasks or 1000
        return int(not asyncio.run(run(count, options.share, options.kill_every, options.seed, folder)))


if __name__ == "__main__":
    sys.exit(main())
