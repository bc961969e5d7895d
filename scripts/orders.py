"""What a run of chaos orders, how it is asked for, and when all of it has ended."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, NamedTuple

import httpx2

from reelgate.testing.simulator import Simulator

KEY = "sk-chaos-0123456789abcdefghijklmnopqrstuvwxyz"


Where = Callable[[], str]
"""The address of a server that is asked next; of several any."""


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

DRAWN = {"animatic": Order("/v1/tasks", "viduq3t-540p", _flat)}
"""What the built-in engine draws, and a client pays for."""

LATE = {kind: ("refund", "charge")[number % 2] for number, kind in enumerate(ORDERS)}
"""What a video costs that turns up after its task had ended."""

SECONDS = 5
"""What is ordered."""
TOKENS = {"doubao-seedance-2-0-260128", "seedance-2.0-mini"}
"""Models that are billed by tokens, which its size makes dearer or cheaper too."""

ENDS = {"succeeded", "failed", "cancelled", "expired"}


def account(kind: str, simulator: Simulator, at_once: int = 100) -> str:
    """Return the lines of an account at a simulated vendor."""
    model = ORDERS[kind].model
    options = f'options = {{ model = "{model}" }}\n' if kind == "openai_videos" else ""
    return (
        f'[[account]]\nkind = "{kind}"\nkey = "chaos"\nbase_url = "{simulator.base_url(kind)}"\nmodels = ["{model}"]\n'
        f"at_once = {at_once}\nper_minute = 100000\npoll_seconds = 0.2\nlook_seconds = 20\nresult_seconds = 5\n"
        f'late = "{LATE[kind]}"\n{options}'
    )


async def create(
    client: httpx2.AsyncClient, where: Where, number: int, rng: random.Random, orders: Mapping[str, Order] = ORDERS
) -> tuple[str, str]:
    """Make one task as a client does that knows its trade: the same key with each retry. Returns id and prompt."""
    order = list(orders.values())[number % len(orders)]
    prompt = f"chaos {number}: 一只猫在草地上奔跑"
    body = {"model": order.model, **order.body(prompt)}
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"chaos-{number}", **order.headers}
    while True:
        with suppress(httpx2.TransportError):
            answer = await client.post(where() + order.path, json=body, headers=headers)
            if answer.status_code == 200:
                return _id_in(answer.json()), prompt
            if answer.status_code < 500 and answer.status_code != 429:
                raise SystemExit(f"a create was refused: {answer.status_code} {answer.text}")
        await asyncio.sleep(0.1 + rng.random() / 5)


async def call_off(client: httpx2.AsyncClient, url: str, task_id: str, rng: random.Random) -> None:
    """Cancel a task a moment later, whatever comes of it."""
    await asyncio.sleep(rng.random())
    with suppress(httpx2.TransportError):
        await client.post(f"{url}/v1/tasks/{task_id}/cancel", headers={"Authorization": f"Bearer {KEY}"})


async def balance(client: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    """Return what the project has been charged and what is held."""
    answer = await client.get(f"{url}/v1/balance", headers={"Authorization": f"Bearer {KEY}"})
    found: dict[str, Any] = answer.json()
    return found


def _id_in(answer: dict[str, Any]) -> str:
    return str(answer.get("id") or answer.get("task_id") or answer["output"]["task_id"])


async def settled(client: httpx2.AsyncClient, where: Where, count: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Return all `count` tasks once each has ended; after `seconds` in which no more have, as they then are."""
    end, most = time.monotonic() + seconds, -1
    while True:
        with suppress(httpx2.TransportError, KeyError):
            tasks = await listed(client, where())
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
