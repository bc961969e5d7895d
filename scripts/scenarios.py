"""Named troubles of `make chaos`: tasks before one, during it and after it.

Each tells how many tasks there were, how often it struck, what was lost, paid or charged twice, and how many tasks a
second ended before and after. The vendors work; the named part fails.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from reelgate.conductor.lost_submissions import UNKNOWN_TEXT
from reelgate.testing.simulator import Simulator
from scripts.database import Database, database
from scripts.orders import DRAWN, ENDS, KEY, ORDERS, Order, account, balance, create, listed, whole
from scripts.outcome import fits, uneven
from scripts.serving import NO_SETTINGS, PROGRAM, Process, environment, gateway
from tests.fleet.cluster import Cluster, a_cluster
from tests.media.bucket import CREDENTIALS, Line, bucket_server

CLIENTS = 8
WARM_UP = 14
"""Tasks before any is counted."""
PAUSE_SECONDS = 0.5
"""Between two creates of a client while there is trouble, which so meets every part of a task's life."""
DRAWN_PAUSE_SECONDS = 16.0
"""The same where each task takes a processor for seconds."""
PATIENCE_SECONDS = 120.0
"""For the next task to end."""
STRIKES = 5
EXPLAINED = UNKNOWN_TEXT
"""Why a task may fail whose server or journal was away just when a vendor answered: it is never sent again."""
DISK_MB = 900
LOOK_SECONDS = 0.5
_MAY_MOUNT = "REELGATE_CHAOS_MOUNTS"
HOUR = 3600.0


class World:
    """What a scenario happens to: vendors, servers on one journal, and what they stand on."""

    def __init__(self, folder: Path, simulator: Simulator, rng: random.Random) -> None:
        self.folder = folder
        self.simulator = simulator
        self.rng = rng
        self.servers: list[Process] = []
        self.journal: list[str] = ["--data", str(folder / "data")]
        """How a command finds the journal."""
        self.database: Database | None = None
        self.line: Line | None = None
        self.clock = folder / "clock"
        self.strikes = 0
        self.kept: set[str] | None = None
        """The tasks that a copy of the journal has, once the servers run on one."""
        self.at_once = 100
        self.orders: Mapping[str, Order] = ORDERS
        self.leisure = PAUSE_SECONDS
        self.fleet: Cluster | None = None

    def where(self) -> str:
        """Return the address of any server."""
        return self.rng.choice(self.servers).url

    def server(
        self,
        name: str,
        *options: str,
        program: Sequence[str] = PROGRAM,
        settings: Mapping[str, str] = NO_SETTINGS,
        renders: str = "",
    ) -> Process:
        """Return a server, its folder being `name`; "" is the scenario's own.

        It has an account of each kind, or, where the file says `renders` of the engine, none.
        """
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        config = folder / "reelgate.toml"
        accounts = "\n".join(account(kind, self.simulator, self.at_once) for kind in ORDERS)
        config.write_text(renders or accounts, encoding="utf-8")
        words = ("--workers", "0", "--config", str(config), *options)
        return gateway(folder, *words, key=KEY, program=program, settings=settings)

    async def pause(self, seconds: float) -> None:
        """Let some time pass."""
        await asyncio.sleep(seconds * self.rng.uniform(0.7, 1.3))

    def stop(self) -> None:
        """End every server."""
        for server in self.servers:
            server.stop()

    def postgres(self) -> Database:
        """Return the database. Raises AssertionError where the world has none."""
        assert self.database is not None
        return self.database


Setting = Callable[[World, ExitStack], None]
Trouble = Callable[[World], Awaitable[None]]


def alone(world: World, stack: ExitStack) -> None:
    """One server on SQLite."""
    world.servers.append(stack.enter_context(world.server("")))


def patient(world: World, stack: ExitStack) -> None:
    """One server on SQLite whose accounts take few jobs at a time, so that most tasks wait."""
    world.at_once = 3
    alone(world, stack)


def together(world: World, stack: ExitStack) -> None:
    """Two servers on one PostgreSQL."""
    world.database = stack.enter_context(database(world.folder / "postgres"))
    world.journal = ["--store", world.database.url]
    places = ("--store", world.database.url, "--media", str(world.folder / "media"))
    world.servers += [stack.enter_context(world.server(name, *places)) for name in ("one", "two")]


def patient_together(world: World, stack: ExitStack) -> None:
    """The same, whose accounts take few jobs at a time."""
    world.at_once = 3
    together(world, stack)


def on_a_bucket(world: World, stack: ExitStack) -> None:
    """One server whose files are in a bucket."""
    world.line = stack.enter_context(bucket_server())
    place = f"s3://videos/shop?endpoint={world.line.url}"
    world.servers.append(stack.enter_context(world.server("", "--media", place, settings=CREDENTIALS)))


def on_a_small_disk(world: World, stack: ExitStack) -> None:
    """One server on a disk of its own."""
    disk = world.folder / "data"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], check=True)
    stack.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
    alone(world, stack)


def on_a_clock(world: World, stack: ExitStack) -> None:
    """One server whose clock can be set."""
    world.clock.write_text("0")
    program = (sys.executable, str(Path(__file__).with_name("shifted_clock.py")), str(world.clock))
    world.servers.append(stack.enter_context(world.server("", program=program)))


def on_a_fleet(world: World, stack: ExitStack) -> None:
    """One server that has its videos drawn on a Ray cluster of two nodes."""
    world.fleet = stack.enter_context(a_cluster(2))
    world.orders, world.leisure = DRAWN, DRAWN_PAUSE_SECONDS
    renders = f'[renders]\nengine = "ray"\naddress = "{world.fleet.address}"\nat_once = 4\n'
    world.servers.append(stack.enter_context(world.server("", "--animatic", "always", renders=renders)))


async def postgres_restart(world: World) -> None:
    """The database is restarted, every second time as by a crash."""
    for number in range(STRIKES):
        await world.postgres().restart("immediate" if number % 2 else "fast")
        world.strikes += 1
        await world.pause(4)


async def backend_kill(world: World) -> None:
    """Every connection to the database is cut, again and again."""
    for _ in range(8 * STRIKES):
        await world.postgres().cut()
        world.strikes += 1
        await world.pause(0.5)


async def pool_exhaustion(world: World) -> None:
    """Others take all connections of the database; then a lock lets the servers use up their own."""
    for number in range(STRIKES):
        await (world.postgres().lock() if number % 2 else world.postgres().crowd())
        world.strikes += 1
        await world.pause(2)


async def crash_recovery(world: World) -> None:
    """The only server gets kill -9 while it has all hands full, and stays away for a while."""
    await world.pause(4)
    await asyncio.to_thread(world.servers[0].kill)
    world.strikes += 1
    await asyncio.sleep(5)
    await asyncio.to_thread(world.servers[0].start)
    await world.pause(2)


async def repeated_kills(world: World) -> None:
    """Of two servers one after the other gets kill -9."""
    for number in range(2 * STRIKES):
        await world.pause(1.5)
        one = world.servers[number % 2]
        await asyncio.to_thread(one.kill)
        world.strikes += 1
        await world.pause(0.5)
        await asyncio.to_thread(one.start)


async def s3_away(world: World) -> None:
    """The bucket is away, throttles, never answers, and breaks answers off."""
    assert world.line is not None
    for fault in ("away", "throttled", "silent", "cut"):
        world.line.break_off(fault)
        world.strikes += 1
        await world.pause(4)
        world.line.break_off("")
        await world.pause(2)


async def disk_full(world: World) -> None:
    """The disk of the journal and the files has no byte left; then there is room again."""
    filler = world.folder / "data" / "filler"
    for _ in range(STRIKES):
        await asyncio.to_thread(_fill, filler)
        world.strikes += 1
        await world.pause(3)
        filler.unlink()
        await world.pause(6)  # the server looks every five seconds


def _fill(filler: Path) -> None:
    with filler.open("wb") as file:
        while (free := shutil.disk_usage(filler.parent).free) > 0:
            try:
                os.posix_fallocate(file.fileno(), file.tell(), free)
                file.seek(0, os.SEEK_END)
            except OSError:
                return


async def clock_jump(world: World) -> None:
    """The machine's time is set forward and back, by seconds and by hours."""
    for off in (2.0, 0.0, 40.0, 0.0, HOUR, 0.0, -HOUR, -HOUR - 45, 0.0):
        part = world.clock.with_suffix(".part")
        part.write_text(str(off))
        part.replace(world.clock)
        world.strikes += 1
        await world.pause(2)


async def node_killed(world: World) -> None:
    """Of the nodes that render one after the other dies in the middle of its work, and another takes its place."""
    assert world.fleet is not None
    for _ in range(STRIKES):
        await world.pause(8)
        await asyncio.to_thread(world.fleet.kill_a_node)
        world.strikes += 1
        await world.pause(2)
        await asyncio.to_thread(world.fleet.add_a_node)


async def restore(world: World) -> None:
    """A copy is made while everything works, the original continues, and then the copy replaces it."""
    await _restored(world, world.folder / "copy" / "data")


async def restore_s3(world: World) -> None:
    """The same by way of a bucket."""
    with bucket_server() as line:
        place = f"s3://videos/backup?endpoint={line.url}"
        await _restored(world, world.folder / "copy" / "data", place)


async def _restored(world: World, data: Path, bucket: str = "") -> None:
    await world.pause(4)
    data.parent.mkdir()
    original = world.servers[0]
    await _run("backup", bucket or str(data), *world.journal)
    if bucket:
        await _run("restore", bucket, str(data))
    world.kept = _in_copy(data)
    await world.pause(5)
    await asyncio.to_thread(original.kill)
    world.strikes += 1
    world.journal = ["--data", str(data)]
    world.servers[0] = await asyncio.to_thread(world.server("copy").start)


async def restore_postgres(world: World) -> None:
    """The database is set back to an earlier state, and a server is started with that option."""
    await world.pause(4)
    for server in world.servers:
        await asyncio.to_thread(server.stop)
    place = await world.postgres().copy("later")
    world.kept = {task for (task,) in await world.postgres().rows("SELECT id FROM tasks")}
    for server in world.servers:
        await asyncio.to_thread(server.start)
    await world.pause(5)
    for server in world.servers:
        await asyncio.to_thread(server.kill)
    world.strikes += 1
    media = ("--media", str(world.folder / "media"))
    told = world.server("one", "--store", place, "--restored", *media)
    world.servers[:] = [await asyncio.to_thread(told.start)]
    world.journal = ["--store", place]


def _in_copy(data: Path) -> set[str]:
    """Return the tasks in the copy, which no server serves yet."""
    with closing(sqlite3.connect(data / "journal.db")) as found:
        return {row[0] for row in found.execute("SELECT id FROM tasks")}


async def _run(*words: str) -> str:
    command = [sys.executable, "-m", "reelgate", *words]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment(**CREDENTIALS), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr}")
    return str(done.stdout)


class Scenario(NamedTuple):
    """A trouble, and the world that it happens to."""

    setting: Setting
    trouble: Trouble


SCENARIOS = {
    "postgres_restart": Scenario(together, postgres_restart),
    "backend_kill": Scenario(together, backend_kill),
    "pool_exhaustion": Scenario(together, pool_exhaustion),
    "crash_recovery": Scenario(alone, crash_recovery),
    "repeated_kills": Scenario(together, repeated_kills),
    "s3_away": Scenario(on_a_bucket, s3_away),
    "disk_full": Scenario(on_a_small_disk, disk_full),
    "clock_jump": Scenario(on_a_clock, clock_jump),
    "node_killed": Scenario(on_a_fleet, node_killed),
    "restore": Scenario(patient, restore),
    "restore_s3": Scenario(patient, restore_s3),
    "restore_postgres": Scenario(patient_together, restore_postgres),
}


class Run:
    """One scenario under way: what was ordered, and how fast it ended."""

    def __init__(self, world: World, client: httpx2.AsyncClient) -> None:
        self._world = world
        self._client = client
        self._next = 0
        self.made: dict[str, str] = {}
        self._since: set[str] = set()

    async def batch(self, count: int) -> float:
        """Order so many at once, wait until all have ended, and return how many of the first four fifths did a second.

        The last ones show the longest pause between two polls, not the rate.
        """
        begun = time.monotonic()
        before, last = len(await self._listed()), self._next + count

        async def one_after_the_other() -> None:
            while self._next < last:
                await self._order()

        await asyncio.gather(*(one_after_the_other() for _ in range(CLIENTS)))
        most, ended = round(0.8 * count), 0
        while ended < before + most:
            await asyncio.sleep(LOOK_SECONDS / 5)
            ended = sum(task["state"] in ENDS for task in (await self._listed()).values())
        rate = most / (time.monotonic() - begun)
        await self.ended()
        return rate

    async def through(self, trouble: Awaitable[None], least: int) -> None:
        """Order at leisure while there is trouble, at least so many, and wait until all have ended."""
        striking = asyncio.ensure_future(trouble)
        last = self._next + least

        async def at_leisure() -> None:
            while self._next < last or not striking.done():
                await self._order()
                await asyncio.sleep(self._world.leisure)

        ordering = [asyncio.ensure_future(at_leisure()) for _ in range(CLIENTS)]
        await asyncio.wait([striking, *ordering], return_when=asyncio.FIRST_EXCEPTION)
        await asyncio.gather(striking, *ordering)
        await self.ended()

    async def ended(self) -> dict[str, dict[str, Any]]:
        """Return all tasks once each has ended and none is missing, or as they are when none ends any more."""
        end, most = time.monotonic() + PATIENCE_SECONDS, -1
        while True:
            tasks = await self._listed()
            ended = sum(task["state"] in ENDS for task in tasks.values())
            if ended > most:
                end, most = time.monotonic() + PATIENCE_SECONDS, ended
            if time.monotonic() > end or (ended == len(tasks) and self.expected() <= set(tasks)):
                return tasks
            await asyncio.sleep(LOOK_SECONDS)

    async def _listed(self) -> dict[str, dict[str, Any]]:
        """Return all tasks, however long the servers are away."""
        while True:
            with suppress(httpx2.TransportError, KeyError):
                return await listed(self._client, self._world.where())
            await asyncio.sleep(LOOK_SECONDS)

    def expected(self) -> set[str]:
        """Return the tasks that the journal must have: of a restored one those in the copy, and what came since."""
        kept = self._world.kept
        return set(self.made) if kept is None else (set(self.made) & kept) | self._since

    async def _order(self) -> None:
        number, self._next = self._next, self._next + 1
        servers = list(self._world.servers)
        task, prompt = await create(self._client, self._world.where, number, self._world.rng, self._world.orders)
        self.made[task] = prompt
        if self._world.kept is not None and servers == self._world.servers and self._world.strikes:
            self._since.add(task)


async def played(name: str, world: World, trouble: Trouble, count: int) -> bool:
    """Play a scenario in its world; print what came of it; return whether every promise was kept."""
    begun = time.monotonic()
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        under_way = Run(world, client)
        await under_way.batch(WARM_UP)
        before = await under_way.batch(count // 3)
        await under_way.through(trouble(world), count // 3)
        after = await under_way.batch(count // 3)
        tasks = await under_way.ended()
        charged = await balance(client, world.where())
        files = [await whole(client, task) for task in tasks.values() if task["state"] == "succeeded"]
    paid = Counter(job.prompt for job in world.simulator.jobs())
    check = await _run("ledger", "check", *world.journal)
    seconds = time.monotonic() - begun
    return judged(
        f"{name}: {len(tasks)} tasks, struck {world.strikes} times, {seconds:.0f} s",
        Found(under_way.expected(), tasks, paid, charged, files, check.splitlines()[-1], before, after),
    )


class Found(NamedTuple):
    """What there is after a scenario."""

    expected: set[str]
    tasks: dict[str, dict[str, Any]]
    paid: Counter[str]
    charged: dict[str, Any]
    files: list[bool]
    books: str
    before: float
    after: float


def _why(error: dict[str, Any]) -> str:
    return str(error["message"])


def judged(title: str, found: Found) -> bool:
    """Print the figures, and return whether they are as promised."""
    tasks = found.tasks
    states = Counter(task["state"] for task in tasks.values())
    lost = (found.expected - set(tasks)) | {name for name, task in tasks.items() if task["state"] not in ENDS}
    twice = [prompt for prompt, times in found.paid.items() if times > 1]
    done = [task for task in tasks.values() if task["state"] == "succeeded"]
    wrong = [task["id"] for task in tasks.values() if task["state"] in ENDS and not fits(task)] + uneven(done)
    total = sum(task["price"]["charged_micros"] or 0 for task in tasks.values())
    off = found.charged["charged_micros"] - total or found.charged["held_micros"]
    codes = Counter(_why(task["error"]) for task in tasks.values() if task["state"] == "failed")
    ends = ", ".join(f"{number} {state}" for state, number in states.most_common())
    why = f" ({', '.join(f'{number} {code}' for code, number in codes.items())})" if codes else ""
    print(f"{title}: {ends}{why}")
    print(f"  lost {len(lost)}, paid twice {len(twice)}, charged twice {len(wrong) + bool(off)}; {found.books}")
    share = found.after / found.before
    print(f"  files whole {sum(found.files)} of {len(done)}; ended a second: {found.before:.1f} before,", end=" ")
    print(f"{found.after:.1f} after ({share:.0%})", flush=True)
    kept = not (lost or twice or wrong or off or any(EXPLAINED not in code for code in codes)) and all(found.files)
    if not kept or not found.books.startswith("0 do not add up"):
        print(f"BROKEN: {sorted(lost)[:5] or twice[:5] or wrong[:5] or off or codes or 'files or books'}", flush=True)
        return False
    return True


def run(name: str, count: int, seed: int, keep: Path | None) -> bool:
    """Run a scenario, or `all` that can be run here; return whether every promise was kept."""
    kept = []
    for one in list(SCENARIOS) if name == "all" else [name]:
        if SCENARIOS[one].setting is on_a_fleet and importlib.util.find_spec("ray") is None:
            print(f"{one} was not run: it needs Ray, which `make fleet` installs", flush=True)
            kept.append(name == "all")
            continue
        if one == "disk_full" and os.environ.get(_MAY_MOUNT) is None:
            kept.append(_mounting(count, seed, keep))
            continue
        with ExitStack() as stack:
            folder = (keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))) / one
            folder.mkdir(parents=True)
            simulator = stack.enter_context(Simulator())
            world = World(folder, simulator, random.Random(seed))
            stack.callback(world.stop)
            SCENARIOS[one].setting(world, stack)
            kept.append(asyncio.run(played(one, world, SCENARIOS[one].trouble, count)))
    return all(kept)


def _mounting(count: int, seed: int, keep: Path | None) -> bool:
    """Run the scenario of a full disk where this user may mount one, which goes with the process."""
    options = ["--scenario", "disk_full", "--tasks", str(count), "--seed", str(seed)]
    options += ["--keep", str(keep)] if keep else []
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m", "scripts.chaos", *options]
    return subprocess.run(command, env={**os.environ, _MAY_MOUNT: "1"}, check=False).returncode == 0
