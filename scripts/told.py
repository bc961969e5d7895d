"""`make told`: tasks by the thousand, and a receiver of webhooks that is killed every few seconds.

Every move of every task must arrive, under one id however often it comes, of each task in order, with signatures that
the reference implementation verifies. The gateway is killed too where that is asked for. Ends with status 1 when a
promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from standardwebhooks.webhooks import Webhook

from reelgate.testing.simulator import Simulator
from scripts.serving import Process, environment, free_port, gateway, kill_every

KEY = "sk-told-0123456789abcdefghijklmnopqrstuvwxyz0"
MODEL = "viduq3-turbo"
CLIENTS = 8
ENDS = ("succeeded", "failed", "cancelled", "expired")
OWN_SHARE = 5
"""Of so many tasks one names an address of its own."""


class Message(NamedTuple):
    """A message as the receiver wrote it down, before it answered."""

    at: float
    path: str
    headers: dict[str, str]
    body: str


def receiver(folder: Path) -> Process:
    """Return the receiver."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).resolve().with_name("told_receiver.py")), str(port), str(folder)]
    return Process(command, port=port, log=folder / "receiver.log", ready="/", environment=environment())


def serving(folder: Path, simulator: Simulator) -> Process:
    """Return a gateway with one account at the simulator."""
    config = folder / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nkey = "told"\nmodels = ["{MODEL}"]\n'
        f'base_url = "{simulator.base_url("vidu")}"\n'
        "at_once = 200\nper_minute = 100000\npoll_seconds = 0.5\nlook_seconds = 10\n",
        encoding="utf-8",
    )
    return gateway(folder, "--workers", "0", "--config", str(config), "--allow-private-callbacks", key=KEY)


async def both(work: Callable[[Process], object], *processes: Process) -> None:
    """Do something with processes at once."""
    await asyncio.gather(*(asyncio.to_thread(work, process) for process in processes))


async def patiently(call: Callable[[], Awaitable[httpx2.Response]]) -> Any:
    """Return an answer's JSON, however often the gateway was away."""
    while True:
        with suppress(httpx2.TransportError):
            answer = await call()
            if answer.status_code == 200:
                return answer.json()
            if answer.status_code < 500 and answer.status_code != 429:
                raise SystemExit(f"a call was refused: {answer.status_code} {answer.text}")
        await asyncio.sleep(0.2)


async def order(client: httpx2.AsyncClient, count: int, own: str) -> list[str]:
    """Make the tasks; return their ids."""
    waiting = list(range(count))
    made: list[str] = []

    async def work() -> None:
        while waiting:
            number = waiting.pop()
            body = {"model": MODEL, "prompt": f"told {number}: 一只猫", "duration": 5, "resolution": "720p"}
            if number % OWN_SHARE == 0:
                body["callback_url"] = own
            headers = {"Idempotency-Key": f"told-{number}"}
            answer = await patiently(partial(client.post, "/v1/tasks", json=body, headers=headers))
            made.append(answer["id"])

    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    return made


async def ended(client: httpx2.AsyncClient) -> None:
    """Wait until all tasks have ended."""
    while True:
        if not (await patiently(lambda: client.get("/v1/tasks?status=submitted,in_progress&limit=1")))["data"]:
            return
        await asyncio.sleep(1)


async def delivered(client: httpx2.AsyncClient) -> int:
    """Wait until no delivery waits; one with a long pause ahead is sent now. Return how many those were."""
    hastened = 0
    while waiting := await listed(client, "/v1/webhooks/deliveries", status="waiting"):
        far = [one["id"] for one in waiting if one["next_try_at"] > time.time() + 10]
        hastened += len(far)
        for named in far:
            with suppress(httpx2.TransportError):
                await client.post(f"/v1/webhooks/deliveries/{named}/replay")
        await asyncio.sleep(1)
    return hastened


async def listed(client: httpx2.AsyncClient, path: str, **filters: str) -> list[dict[str, Any]]:
    """Return all items of a list."""
    found: list[dict[str, Any]] = []
    query = {"limit": "100", **filters}
    while True:
        page = await patiently(lambda: client.get(path, params=query))
        found += page["data"]
        if not page["has_more"]:
            return found
        query["cursor"] = page["next_cursor"]


def judge(
    messages: list[Message], made: list[str], secrets: dict[str, str], deliveries: list[dict[str, Any]]
) -> list[str]:
    """Return what was broken, and print the figures."""
    broken: list[str] = []
    first: dict[str, Message] = {}
    kinds: dict[str, set[tuple[str, str]]] = defaultdict(set)
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    ends: set[str] = set()
    late: list[float] = []
    for message in messages:
        named, event = message.headers["webhook-id"], json.loads(message.body)
        seconds = int(message.headers["webhook-timestamp"])
        expected = Webhook(secrets[message.path]).sign(named, datetime.fromtimestamp(seconds, UTC), message.body)
        if expected not in message.headers["webhook-signature"].split(" ") or abs(seconds - message.at) > 60:
            broken.append(f"{named} is not signed as it must be")
        task = event["data"]["id"]
        kinds[named].add((task, event["type"]))
        if named not in first:
            first[named] = message
            told[message.path, task].append(named)
            late.append(message.at - datetime.fromisoformat(event["timestamp"]).timestamp())
            if message.path == "/all" and event["type"].removeprefix("task.") in ENDS:
                ends.add(task)
    order: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in reversed(deliveries):
        order["/own" if one["webhook"] == "callbacks" else "/all", one["task"]].append(one["id"])
    broken += [f"{named} is the id of {len(found)} messages" for named, found in kinds.items() if len(found) > 1]
    broken += [
        f"{task} was told in another order at {path}" for (path, task), ids in order.items() if told[path, task] != ids
    ]
    broken += [f"the end of {task} was not told" for task in set(made) - ends]
    late.sort()
    shares = (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1))
    print(
        f"{len(made)} tasks, {len(deliveries)} deliveries; {len(messages)} messages came, {len(first)} different ones"
    )
    spread = ", ".join(f"{name} {late[int(share * (len(late) - 1))]:.1f} s" for name, share in shares)
    print(f"from the move to the first arrival: {spread}")
    return broken


async def run(given: argparse.Namespace, folder: Path) -> bool:
    """Run it all; print what came of it; return whether every promise was kept."""
    rng, over = random.Random(given.seed), asyncio.Event()
    with Simulator() as simulator:
        simulator.fault("vidu", "create", "failed", share=given.failed)
        server, told = serving(folder, simulator), receiver(folder)
        try:
            await both(Process.start, server, told)
            headers = {"Authorization": f"Bearer {KEY}"}
            began = time.monotonic()
            async with httpx2.AsyncClient(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:
                hook = await patiently(
                    lambda: client.post("/v1/webhooks", json={"url": f"{told.url}/all", "events": ["*"]})
                )
                own = await patiently(lambda: client.post("/v1/webhooks/callbacks/rotate"))
                killers = [
                    asyncio.create_task(
                        kill_every(told, given.kill_every, rng, over, dead_seconds=given.kill_every / 3)
                    )
                ]
                if given.kill_gateway_every:
                    every = given.kill_gateway_every
                    killers.append(asyncio.create_task(kill_every(server, every, rng, over, dead_seconds=every / 3)))
                made = await order(client, given.tasks, f"{told.url}/own")
                await ended(client)
                over.set()
                await asyncio.gather(*killers)
                await both(lambda process: process.stop(signal.SIGKILL), server, told)
                await both(Process.start, server, told)
                hastened = await delivered(client)
                deliveries = await listed(client, "/v1/webhooks/deliveries")
        finally:
            await both(Process.stop, server, told)
    lines = (folder / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    messages = [Message(*json.loads(line)) for line in lines]
    secrets = {"/all": hook["secret"], "/own": own["secret"]}
    print(f"{time.monotonic() - began:.0f} s; the receiver was killed {told.kills} times, the gateway {server.kills}")
    print(f"{hastened} deliveries that had a pause of more than ten seconds ahead were replayed at the end")
    tries = sum(len(one["tries"]) for one in deliveries)
    print(
        f"{tries} tries are kept, of which {sum(t['status'] != 200 for one in deliveries for t in one['tries'])} failed"
    )
    broken = judge(messages, made, secrets, deliveries)
    for line in broken[:20]:
        print(line)
    print("every promise was kept" if not broken else f"{len(broken)} promises were broken")
    return not broken


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--kill-every", type=float, default=3.0, help="seconds between two deaths of the receiver")
    parser.add_argument("--kill-gateway-every", type=float, default=0.0, help="the same of the gateway; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failed", type=float, default=0.8, help="the share of jobs that fail at the vendor")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = asyncio.run(run(given, Path(folder)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
