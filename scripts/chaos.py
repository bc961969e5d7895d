"""`make chaos`: tasks by the thousand at vendors that misbehave, while the gateway is killed every few seconds.

Nothing may be lost, paid for twice or charged twice, and every finished task's file must be whole. The vendors are
the simulator's, over real HTTP; the gateway is a process of its own that gets kill -9. Ends with status 1 when a
promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

import httpx2

from reelgate.testing.simulator import Simulator

KEY = "sk-chaos-0123456789abcdefghijklmnopqrstuvwxyz"


class Order(NamedTuple):
    """A create for one kind of account: where a client sends it, which model, and the body for a prompt."""

    path: str
    model: str
    body: Callable[[str], dict[str, Any]]
    headers: Mapping[str, str] = MappingProxyType({})


def _flat(prompt: str) -> dict[str, Any]:
    return {"prompt": prompt, "duration": 5}


def _native(prompt: str) -> dict[str, Any]:
    return {"input": {"prompt": prompt}, "parameters": {"resolution": "720P", "duration": 5}}


def _content(prompt: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": prompt}], "resolution": "720p", "duration": 5}


_ASYNC = {"X-DashScope-Async": "enable"}
_SYNTHESIS = "services/aigc/video-generation/video-synthesis"

ORDERS = {
    "dashscope": Order(f"/api/v1/{_SYNTHESIS}", "happyhorse-1.0-t2v", _native, _ASYNC),
    "ark": Order("/api/v3/contents/generations/tasks", "doubao-seedance-2-0-260128", _content),
    "vidu": Order("/ent/v2/text2video", "viduq3-turbo", lambda prompt: {**_flat(prompt), "resolution": "720p"}),
    "openai_videos": Order("/v1/videos", "seedance-2.0-mini", lambda prompt: {"prompt": prompt, "seconds": "5"}),
    "anyfast": Order("/v1/video/generations", "happyhorse-1.1-t2v", _flat),
    "uniall": Order("/v1/videos/generations", "happy-horse-720p", _flat),
    "apiyi": Order(f"/wan/api/v1/{_SYNTHESIS}", "wan2.7-t2v", _native, _ASYNC),
}
"""Of each kind of account one model that it alone makes here, asked for in as many dialects as there are."""

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

LATE = {kind: ("refund", "charge")[number % 2] for number, kind in enumerate(ORDERS)}
"""What a video costs that turns up after its task had ended."""

CLIENTS = 8
CALLED_OFF = 0.03
"""The share of tasks that their client calls off a moment later."""
SECONDS = 5
"""What is ordered."""
TOKENS = {"doubao-seedance-2-0-260128", "seedance-2.0-mini"}
"""Models that are billed by tokens, which its size makes dearer or cheaper too."""

ENDS = {"succeeded", "failed", "cancelled", "expired"}


class Gateway:
    """The server under test: started, killed, started again on the same folder and port."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        config = folder / "reelgate.toml"
        config.write_text("\n".join(_account(kind, simulator) for kind in ORDERS), encoding="utf-8")
        self._arguments = ["serve", "--port", str(self._port), "--data", str(folder / "data"), "--workers", "0"]
        self._arguments += ["--config", str(config)]
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        """Start, and wait until it answers."""
        with (self._folder / "gateway.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "reelgate",
                *self._arguments,
                stdout=log,
                stderr=log,
                env={**os.environ, "REELGATE_KEY": KEY},
            )
        async with httpx2.AsyncClient(trust_env=False) as client:
            while self._process.returncode is None:
                with suppress(httpx2.TransportError):
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.1)
        last = (self._folder / "gateway.log").read_text(encoding="utf-8").splitlines()[-1:]
        raise SystemExit(f"the gateway ended by itself: {''.join(last)}")

    async def stop(self, number: int = signal.SIGKILL) -> None:
        """End it, by default as a power cut does."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
            await self._process.wait()

    async def books(self) -> str:
        """Return how the ledger reconciles, in its last line."""
        command = ("-m", "reelgate", "ledger", "check", "--data", str(self._folder / "data"))
        check = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
        told, _ = await check.communicate()
        return told.decode().splitlines()[-1]

    async def kill_every(self, seconds: float, rng: random.Random) -> NoReturn:
        """Kill and start again, for ever."""
        while True:
            await asyncio.sleep(seconds * rng.uniform(0.5, 1.5))
            await self.stop()
            self.kills += 1
            await self.start()


def _account(kind: str, simulator: Simulator) -> str:
    model = ORDERS[kind].model
    options = f'options = {{ model = "{model}" }}\n' if kind == "openai_videos" else ""
    return (
        f'[[account]]\nkind = "{kind}"\nkey = "chaos"\nbase_url = "{simulator.base_url(kind)}"\nmodels = ["{model}"]\n'
        f"at_once = 100\nper_minute = 100000\npoll_seconds = 0.2\nlook_seconds = 20\nresult_seconds = 5\n"
        f'late = "{LATE[kind]}"\n{options}'
    )


async def create(client: httpx2.AsyncClient, url: str, number: int, rng: random.Random) -> tuple[str, str]:
    """Make one task as a client does that knows its trade: the same key with each retry. Returns id and prompt."""
    order = ORDERS[list(ORDERS)[number % len(ORDERS)]]
    prompt = f"chaos {number}: 一只猫在草地上奔跑"
    body = {"model": order.model, **order.body(prompt)}
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"chaos-{number}", **order.headers}
    while True:
        with suppress(httpx2.TransportError):
            answer = await client.post(url + order.path, json=body, headers=headers)
            if answer.status_code == 200:
                return _id_in(answer.json()), prompt
            if answer.status_code < 500 and answer.status_code != 429:
                raise SystemExit(f"a create was refused: {answer.status_code} {answer.text}")
        await asyncio.sleep(0.1 + rng.random() / 5)


async def call_off(client: httpx2.AsyncClient, url: str, task_id: str, rng: random.Random) -> None:
    """Call a task off a moment later, whatever comes of it."""
    await asyncio.sleep(rng.random())
    with suppress(httpx2.TransportError):
        await client.post(f"{url}/v1/tasks/{task_id}/cancel", headers={"Authorization": f"Bearer {KEY}"})


async def _balance(client: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.get(f"{url}/v1/balance", headers={"Authorization": f"Bearer {KEY}"})
    balance: dict[str, Any] = answer.json()
    return balance


def _id_in(answer: dict[str, Any]) -> str:
    return str(answer.get("id") or answer.get("task_id") or answer["output"]["task_id"])


async def settled(client: httpx2.AsyncClient, url: str, count: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Return all `count` tasks once each has ended; after `seconds` in which no more have, as they then are."""
    end, most = time.monotonic() + seconds, -1
    while True:
        with suppress(httpx2.TransportError, KeyError):
            tasks = await listed(client, url)
            ended = sum(task["state"] in ENDS for task in tasks.values())
            if ended > most:
                end, most = time.monotonic() + seconds, ended
            if time.monotonic() > end or ended == count:
                return tasks
        await asyncio.sleep(max(0.5, count / 1000))  # or the gateway would be busy with lists


async def listed(client: httpx2.AsyncClient, url: str) -> dict[str, dict[str, Any]]:
    """Return every task in the house's words, whichever dialect made it. Raises KeyError while none is answered."""
    tasks: dict[str, dict[str, Any]] = {}
    query = {"limit": "100"}
    while True:
        answer = await client.get(f"{url}/v1/tasks", params=query, headers={"Authorization": f"Bearer {KEY}"})
        page = answer.json()
        tasks |= {task["id"]: task for task in page["data"]}
        if not page["has_more"]:
            return tasks
        query["cursor"] = page["next_cursor"]


async def whole(client: httpx2.AsyncClient, task: dict[str, Any]) -> bool:
    """Whether a finished task's file is there, and is what its checksum says."""
    answer = await client.get(task["result_url"])
    digest = hashlib.sha256(answer.content).hexdigest()
    return answer.status_code == 200 and answer.headers["etag"] == f'"{digest}"'


def script_faults(simulator: Simulator, share: float) -> None:
    """Let every vendor misbehave with that probability in each way."""
    for vendor in ORDERS:
        for operation, kinds in FAULTS.items():
            for kind in kinds:
                simulator.fault(vendor, operation, kind, share=share)


async def run(count: int, share: float, kill_seconds: float, seed: int, folder: Path) -> bool:
    """Run it all; print what came of it; return whether every promise was kept."""
    rng = random.Random(seed)
    with Simulator() as simulator:
        gateway = Gateway(folder, simulator)
        started = time.monotonic()
        try:
            await gateway.start()
            script_faults(simulator, share)
            async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
                made = await _in_trouble(client, gateway, count, kill_seconds, rng)
                await gateway.stop()
                simulator.mend()
                await gateway.start()
                tasks = await settled(client, gateway.url, count, 300)
                balance = await _balance(client, gateway.url)
                files = [await whole(client, task) for task in tasks.values() if task["state"] == "succeeded"]
        finally:
            await gateway.stop(signal.SIGTERM)
        seconds = time.monotonic() - started
        paid = Counter(job.prompt for job in simulator.jobs())
        books = await gateway.books()
        outcome = Outcome(made, tasks, files, paid, balance, books)
        return report(outcome, kills=gateway.kills, seconds=seconds)


async def _in_trouble(
    client: httpx2.AsyncClient, gateway: Gateway, count: int, kill_seconds: float, rng: random.Random
) -> dict[str, str]:
    """Make the tasks and let them settle while the gateway is killed; one that does not come back ends the run."""
    killer = asyncio.create_task(gateway.kill_every(kill_seconds, rng))
    work = asyncio.create_task(_made_and_settled(client, gateway.url, count, rng))
    try:
        await asyncio.wait({killer, work}, return_when=asyncio.FIRST_COMPLETED)
        return killer.result() if killer.done() else work.result()
    finally:
        killer.cancel()
        work.cancel()
        await asyncio.gather(killer, work, return_exceptions=True)


async def _made_and_settled(client: httpx2.AsyncClient, url: str, count: int, rng: random.Random) -> dict[str, str]:
    made = await _made(client, url, count, rng)
    await settled(client, url, count, 60)
    return made


async def _made(client: httpx2.AsyncClient, url: str, count: int, rng: random.Random) -> dict[str, str]:
    numbers = iter(range(count))
    made: dict[str, str] = {}

    async def one_after_the_other() -> None:
        for number in numbers:
            task_id, prompt = await create(client, url, number, rng)
            made[task_id] = prompt
            if rng.random() < CALLED_OFF:
                await call_off(client, url, task_id, rng)

    await asyncio.gather(*(one_after_the_other() for _ in range(CLIENTS)))
    return made


class Outcome(NamedTuple):
    """What came of a run: prompts by task, tasks in the house's words, whether each file is whole, jobs by prompt."""

    made: dict[str, str]
    tasks: dict[str, dict[str, Any]]
    files: Sequence[bool]
    paid: Counter[str]
    balance: dict[str, Any]
    books: str


def fits(task: dict[str, Any]) -> bool:
    """Whether a task is charged for what was delivered: its seconds as they were measured, and nothing for no video.

    A video that turned up after its task had ended may cost nothing.
    """
    price, charged = int(task["price"]["amount_micros"]), int(task["price"]["charged_micros"] or 0)
    if task["state"] != "succeeded":
        return charged == 0
    if task["model"] in TOKENS:
        return 0 <= charged <= price
    return charged in (price * counted(task) // SECONDS, 0)


def counted(task: dict[str, Any]) -> int:
    """Return the seconds that a finished video is billed for."""
    return SECONDS if task["seconds"] > SECONDS - 0.5 else max(1, int(task["seconds"] + 0.5))


def uneven(tasks: Sequence[dict[str, Any]]) -> list[str]:
    """Return what finished videos of one model, size and length cost, where that is not one price for all."""
    prices: dict[tuple[Any, ...], set[int]] = {}
    for task in tasks:
        if task["price"]["charged_micros"]:
            alike = (task["model"], task["width"], task["height"], counted(task))
            prices.setdefault(alike, set()).add(task["price"]["charged_micros"])
    return [f"{alike}: {sorted(found)}" for alike, found in prices.items() if len(found) > 1]


def report(outcome: Outcome, *, kills: int, seconds: float) -> bool:
    """Print the figures and tell whether they are as promised."""
    made, tasks, files, paid, balance, books = outcome
    states = Counter(task["state"] for task in tasks.values())
    twice = {prompt: times for prompt, times in paid.items() if times > 1}
    done = [task for task in tasks.values() if task["state"] == "succeeded"]
    unpaid = [task for task in done if not paid[made[task["id"]]]]
    wrong = [task["id"] for task in tasks.values() if task["state"] in ENDS and not fits(task)] + uneven(done)
    charged = sum(task["price"]["charged_micros"] or 0 for task in tasks.values())
    free = [task for task in done if task["price"]["charged_micros"] == 0]
    moving = len(made) - sum(states[end] for end in ENDS)
    print(f"{len(made)} tasks, {kills} kill -9, {seconds:.0f} s")
    print("  " + ", ".join(f"{number} {state}" for state, number in states.most_common()))
    print(f"  jobs that vendors took: {sum(paid.values())}; taken twice: {len(twice)}; finished without: {len(unpaid)}")
    print(f"  files whole: {sum(files)} of {len(done)}; still moving: {moving}")
    short = sum(1 for task in done if task["seconds"] <= SECONDS - 0.5)
    repackaged = sum(1 for task in done if "came_as" in task["notes"])
    print(f"  shorter than ordered: {short}; put into an MP4: {repackaged}; late, free of charge: {len(free)}")
    print(f"  charged {charged} micros, the balance says {balance['charged_micros']}; held {balance['held_micros']}")
    print(f"  charged for something else than was delivered: {len(wrong)}; the books: {books}")
    whole = all(files) and len(files) == len(done)
    money = not wrong and not balance["held_micros"] and balance["charged_micros"] == charged
    kept = not (twice or unpaid or moving) and whole and money and books.startswith("0 do not add up")
    print("every promise was kept" if kept else f"BROKEN: {twice or unpaid or wrong or states}")
    return kept


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.01, help="how often each fault strikes")
    parser.add_argument("--kill-every", type=float, default=4.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder in which the journal and the log stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return int(not asyncio.run(run(options.tasks, options.share, options.kill_every, options.seed, folder)))


if __name__ == "__main__":
    sys.exit(main())
