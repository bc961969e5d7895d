"""The process that represents a server in the Ray cluster: `python -m reelgate.fleet.driver FD`.

Ray ends a process that joined it where the cluster is lost, and computes in threads of its own: so it is none of
the server. It keeps no durable state: when it ends, its actors end with it, and what they rendered is rendered again.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
import sys
from typing import Any

import ray
from ray.exceptions import RayError

from reelgate import limits
from reelgate.fleet.actor import Renderer
from reelgate.fleet.messages import (
    Begin,
    Ended,
    JoinCluster,
    Joined,
    Refused,
    RenderNews,
    State,
    Told,
    packed,
    received,
    send,
    unpacked,
)
from reelgate.render.messages import Interrupted, Working


class _Fleet:
    """Actors, and the orders that they take in turn. There are as many as there were orders at one time.

    One that has no place yet is a claim by which the cluster knows that it should grow; its order goes to the
    actor that is free first. One that nobody needed for a while ends, so that the cluster can shrink.
    """

    def __init__(self, join: JoinCluster, writer: asyncio.StreamWriter) -> None:
        self._setting = packed(join.setting)
        self._writer = writer
        self._orders: asyncio.Queue[Begin] = asyncio.Queue()
        self._wanted: set[str] = set()
        """Renders that were ordered and have not ended."""
        self._busy: dict[str, Any] = {}
        self._lives: set[asyncio.Task[None]] = set()
        self._stops: set[asyncio.Task[None]] = set()
        self._actors = ray.remote(Renderer).options(
            num_cpus=join.cpus, num_gpus=join.gpus, max_restarts=0, max_concurrency=8
        )

    def begin(self, order: Begin) -> None:
        """Have a job rendered."""
        self._wanted.add(order.name)
        self._orders.put_nowait(order)
        self._grow()

    def _grow(self) -> None:
        if len(self._lives) < len(self._wanted):
            life = asyncio.create_task(self._live(self._actors.remote(self._setting)))
            self._lives.add(life)
            life.add_done_callback(self._over)

    def _over(self, life: asyncio.Task[None]) -> None:
        self._lives.discard(life)
        self._grow()  # where an order came while it ended

    def end(self, name: str) -> None:
        """Begin to stop a render."""
        stop = asyncio.create_task(self._stop(name))
        self._stops.add(stop)
        stop.add_done_callback(self._stops.discard)

    async def _stop(self, name: str) -> None:
        """Stop a render at once."""
        actor = self._busy.get(name)
        if actor is None:
            self._end(name)  # the actor that takes its order passes it over
            return
        try:
            async with asyncio.timeout(limits.RAY_STOP_SECONDS):
                await actor.stop.remote()
                while name in self._busy:  # noqa: ASYNC110 - its end is told to the server alone
                    await asyncio.sleep(limits.RAY_LOOK_SECONDS / 10)
        except (TimeoutError, RayError):
            ray.kill(actor)

    async def _live(self, actor: Any) -> None:
        """Let an actor take orders for as long as there are any, or it is."""
        try:
            await actor.frames.remote()  # it has a place now
        except RayError as error:
            self._refuse(Interrupted(f"an actor could not be made ({' '.join(str(error).split())[:200]})"))
            return
        with contextlib.suppress(RayError):
            with contextlib.suppress(TimeoutError):
                while True:
                    order = await asyncio.wait_for(self._orders.get(), limits.RAY_IDLE_SECONDS)
                    if order.name in self._wanted and not await self._render(actor, order):
                        break
            async with asyncio.timeout(limits.RAY_STOP_SECONDS):
                await actor.close.remote()
        ray.kill(actor)

    def _refuse(self, state: Interrupted) -> None:
        """Tell the order of it that an actor was made for: the same would become of the next one."""
        while not self._orders.empty():
            name = self._orders.get_nowait().name
            if name in self._wanted:
                send(self._writer, RenderNews(name, state))
                self._end(name)
                return

    async def _render(self, actor: Any, order: Begin) -> bool:
        """Render on an actor; return whether it can take another order."""
        self._busy[order.name] = actor
        progress = asyncio.create_task(self._watch(actor, order.name))
        state: State
        try:
            state, lives = unpacked(await actor.render.remote(order.name, packed(order.job)), State), True
        except RayError as error:
            state = Interrupted(f"the node of the cluster that rendered is gone ({type(error).__name__})")
            lives = False
        finally:
            progress.cancel()
            del self._busy[order.name]
        send(self._writer, RenderNews(order.name, state))
        self._end(order.name)
        return lives

    def _end(self, name: str) -> None:
        if name in self._wanted:
            self._wanted.discard(name)
            send(self._writer, Ended(name))

    async def _watch(self, actor: Any, name: str) -> None:
        told = 0
        with contextlib.suppress(RayError):  # which the render itself learns
            while True:
                await asyncio.sleep(limits.RAY_LOOK_SECONDS)
                frames = await actor.frames.remote()
                if frames > told:
                    told = frames
                    send(self._writer, RenderNews(name, Working(frames)))


def _joined(address: str) -> None:
    host = address.rpartition(":")[0]
    own = {}
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:  # all nodes are on this machine
            own["_node_ip_address"] = host
    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)


async def _serve(descriptor: int) -> None:
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
    join: JoinCluster = await received(reader, JoinCluster)
    try:
        await asyncio.to_thread(_joined, join.address)
    except Exception as error:  # noqa: BLE001 - Ray raises many kinds
        send(writer, Refused(" ".join(str(error).split())[:300]))
        await writer.drain()
        return
    fleet = _Fleet(join, writer)
    send(writer, Joined())
    with contextlib.suppress(EOFError):
        while True:
            told: Told = await received(reader, Told)
            if isinstance(told, Begin):
                fleet.begin(told)
            elif not isinstance(told, JoinCluster):
                fleet.end(told.name)


def _main(descriptor: str) -> None:
    try:
        asyncio.run(_serve(int(descriptor)))
    finally:
        sys.stdout.flush()
        os._exit(0)  # Ray's own ways to end wait for nodes that may be gone


if __name__ == "__main__":
    _main(sys.argv[1])
