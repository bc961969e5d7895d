"""`make listeners`: a thousand programs that listen at one server, and what that costs.

Half of them follow the project (`/v1/events`), half one task each (`/v1/tasks/{id}/events`). Tasks are made and polled
beside them. The figures: the journal's reads, the server's memory and computing, how late events arrive, and how long
polls take, with the listeners and without. Ends with status 1 where a listener missed an event, or got one twice.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import re
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from reelgate.testing.simulator import Simulator
from scripts.serving import Process, gateway

KEY = "sk-listeners-0123456789abcdefghijklmnopqrstuv"
MODEL = "viduq3-turbo"
PROJECT = "/v1/events"
ENDS = ("task.succeeded", "task.failed", "task.cancelled", "task.expired")
_READS = re.compile(r'^reelgate_journal_seconds_count\{operation="([^"]*)"\} ([0-9.e+]+)$', re.MULTILINE)
_TASK = re.compile(r'\{"id":"([^"]+)"')
_PROCESS = re.compile(r"^process_(resident_memory_bytes|cpu_seconds_total) ([0-9.e+]+)$", re.MULTILINE)


class Load(NamedTuple):
    """What a server had done by some moment."""

    at: float
    journal: dict[str, float]
    memory: float
    seconds: float


class Heard(NamedTuple):
    """Events of one listener: the place, the task, the name, and when it came; and the streams that it took."""

    events: list[tuple[str, str, str, float]]
    streams: list[str]


def serving(folder: Path, simulator: Simulator) -> Process:
    """Return a gateway with one account at the simulator."""
    config = folder / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nkey = "k"\nmodels = ["{MODEL}"]\nbase_url = "{simulator.base_url("vidu")}"\n'
        "at_once = 200\nper_minute = 100000\npoll_seconds = 0.5\n",
        encoding="utf-8",
    )
    return gateway(folder, "--workers", "0", "--config", str(config), "--metrics-token", KEY, key=KEY)


async def load(client: httpx2.AsyncClient) -> Load:
    """Return what the server has done, as it tells itself."""
    text = (await client.get("/metrics")).text
    journal = {name: float(count) for name, count in _READS.findall(text)}
    process = {name: float(value) for name, value in _PROCESS.findall(text)}
    return Load(time.monotonic(), journal, process["resident_memory_bytes"], process["cpu_seconds_total"])


async def listen(client: httpx2.AsyncClient, path: str, heard: Heard, opened: asyncio.Semaphore) -> None:
    """Write down a stream's events; if it ends because its listener fell behind, resume from the last event."""
    while not (heard.events and path != PROJECT and heard.events[-1][2] in ENDS):
        headers = {"Last-Event-ID": heard.events[-1][0]} if heard.events else {}
        async with client.stream("GET", path, headers=headers, timeout=None) as answer:
            answer.raise_for_status()
            heard.streams.append(path)
            lines: dict[str, str] = {}
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "retry":
                    opened.release()
                if line:
                    lines[name] = value
                    continue
                if "data" in lines and "id" in lines:
                    named = _TASK.match(lines["data"])  # decoding all would keep this program busier than the server
                    heard.events.append((lines["id"], named[1] if named else "", lines["event"], time.time()))
                lines = {}


async def order(client: httpx2.AsyncClient, count: int, what: str) -> list[str]:
    """Make tasks, eight at a time; return their ids."""
    waiting, made = list(range(count)), []

    async def work() -> None:
        while waiting:
            number = waiting.pop()
            body = {"model": MODEL, "prompt": f"{what} {number}", "duration": 5, "resolution": "720p"}
            made.append((await client.post("/v1/tasks", json=body)).json()["id"])

    await asyncio.gather(*(work() for _ in range(8)))
    return made


def poll(url: str, over: Event, line: Connection) -> None:
    """Poll the tasks that the line names, twenty a second, in a process of its own; tell how long each poll took."""
    found: list[float] = []
    line.send("ready")
    tasks = line.recv()
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        while not over.is_set():
            began = time.perf_counter()
            with suppress(httpx2.TransportError):  # its time was over: that counts too
                client.get(f"/v1/tasks/{tasks[len(found) % len(tasks)]}")
            found.append(time.perf_counter() - began)
            over.wait(max(0.0, 0.05 - found[-1]))
    line.send(found)


async def told_all(heard: list[Heard], tasks: set[str]) -> None:
    """Wait until every listener of the project has heard the end of every task, for a minute at most."""
    for _ in range(120):
        if all(len({task for _, task, name, _ in one.events if name in ENDS} & tasks) == len(tasks) for one in heard):
            return
        await asyncio.sleep(0.5)


async def ended(client: httpx2.AsyncClient) -> None:
    """Wait until all tasks have ended."""
    while True:
        if not (await client.get("/v1/tasks?status=submitted,in_progress&limit=1")).json()["data"]:
            return
        await asyncio.sleep(0.5)


async def round_of(client: httpx2.AsyncClient, count: int, what: str) -> tuple[list[str], list[float], Load, Load]:
    """Make tasks and poll them until all have ended; return them, the polls' times, and the load before and after."""
    spawn = multiprocessing.get_context("spawn")
    over, (mine, its) = spawn.Event(), spawn.Pipe()
    polling = spawn.Process(target=poll, args=(str(client.base_url), over, its), daemon=True)
    polling.start()
    its.close()
    await asyncio.to_thread(mine.recv)
    before = await load(client)
    made = await order(client, count, what)
    mine.send(made)
    await ended(client)
    over.set()
    took = await asyncio.to_thread(mine.recv)
    return made, took, before, await load(client)


def spread(seconds: list[float], scale: float = 1000, unit: str = "ms") -> str:
    """Return median, p99 and the longest."""
    ordered = sorted(seconds) or [0.0]
    shares = (("median", 0.5), ("p99", 0.99), ("longest", 1.0))
    return ", ".join(f"{name} {ordered[int(share * (len(ordered) - 1))] * scale:.1f} {unit}" for name, share in shares)


def report(name: str, polls: list[float], before: Load, after: Load) -> None:
    """Print what a round cost."""
    reads = {one: after.journal[one] - before.journal.get(one, 0) for one in after.journal}
    told = ", ".join(f"{count:.0f} {one}" for one, count in sorted(reads.items()) if count)
    busy = (after.seconds - before.seconds) / (after.at - before.at)
    spent = after.seconds - before.seconds
    print(f"{name}: {after.at - before.at:.1f} s, {after.memory / 2**20:.0f} MiB, {busy:.2f} cores ({spent:.1f} s)")
    print(f"  the journal: {told}")
    print(f"  {len(polls)} polls: {spread(polls)}")


def judge(heard: list[Heard], ones: list[Heard], own: list[str], made: set[str]) -> list[str]:
    """Return what a listener missed, or got twice or out of order."""
    broken: list[str] = []
    places = [[event[0] for event in one.events if event[1] in made] for one in heard]
    if any(found != places[0] for found in places):
        broken.append("listeners of the project heard different things")
    if len(set(places[0])) != len(places[0]):
        broken.append("an event came twice")
    last = {task: name for one in heard[:1] for _, task, name, _ in one.events}
    broken += [f"the end of {task} was not told" for task in made if last.get(task) != "task.succeeded"]
    for task, one in zip(own, ones, strict=True):
        if not one.events or one.events[-1][2] != "task.succeeded" or {event[1] for event in one.events} != {task}:
            broken.append(f"the listener of {task} did not hear its end")
    return broken


def late(heard: list[Heard]) -> list[float]:
    """Return how long after its first arrival anywhere each event arrived at the others, in seconds."""
    first: dict[tuple[str, str], float] = {}
    for one in heard:
        for place, task, _, at in one.events:
            first[place, task] = min(at, first.get((place, task), at))
    return [at - first[place, task] for one in heard for place, task, _, at in one.events]


async def run(given: argparse.Namespace, folder: Path) -> bool:
    """Run it all; return whether every listener got everything."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
    settings: dict[str, Any] = {"headers": {"Authorization": f"Bearer {KEY}"}, "trust_env": False, "timeout": 60}
    with Simulator() as simulator, serving(folder, simulator) as server:
        async with httpx2.AsyncClient(base_url=server.url, limits=limits, **settings) as client:
            await round_of(client, given.tasks, "warm")
            _, polls, before, after = await round_of(client, given.tasks, "alone")
            report("without listeners", polls, before, after)
            of_project, of_tasks = given.listeners // 2, given.listeners - given.listeners // 2
            heard, opened = [Heard([], []) for _ in range(of_project)], asyncio.Semaphore(0)
            listening = [asyncio.create_task(listen(client, PROJECT, one, opened)) for one in heard]
            for _ in heard:
                await opened.acquire()
            (await client.post("/admin/v1/accounts/vidu/pause", json={"reason": "listeners"})).raise_for_status()
            own = await order(client, of_tasks, "own")
            ones = [Heard([], []) for _ in own]
            paths = [f"/v1/tasks/{task}/events" for task in own]
            listening += [
                asyncio.create_task(listen(client, path, one, opened)) for path, one in zip(paths, ones, strict=True)
            ]
            for _ in own:
                await opened.acquire()
            idle = await load(client)
            await asyncio.sleep(given.idle)
            report(f"{given.listeners} listeners, nothing happens", [], idle, await load(client))
            (await client.post("/admin/v1/accounts/vidu/resume")).raise_for_status()
            made, polls, before, after = await round_of(client, given.tasks, "told")
            report(f"{given.listeners} listeners", polls, before, after)
            await told_all(heard, {*made, *own})
            for one in listening:
                one.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
    told = sum(len(one.events) for one in (*heard, *ones))
    again = sum(len(one.streams) - 1 for one in (*heard, *ones))
    print(f"{told} events arrived; {again} times a listener that was too far behind came back")
    print(f"behind the first that had it: {spread(late(heard))}")
    broken = judge(heard, ones, own, set(made))
    for line in broken[:20]:
        print(line)
    print("nobody missed anything" if not broken else f"{len(broken)} promises were broken")
    return not broken


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds in which nothing happens")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(given, Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
