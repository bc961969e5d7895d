"""Runs the server on a socket until a stop is requested, then drains it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from urllib.parse import urlsplit

import structlog
import uvicorn
from msgspec.structs import replace

from reelgate import limits
from reelgate.background import every
from reelgate.conductor.loop import Conductor
from reelgate.errors import ReelgateError
from reelgate.http.error_handler import answering
from reelgate.server.compose import Server, open_server
from reelgate.server.connection import Connection
from reelgate.server.connections import TEND_SECONDS, Connections
from reelgate.server.descriptors import connections_within, raise_limit
from reelgate.settings import Settings

log = structlog.get_logger()

BACKLOG = 2048
CLOSE_SECONDS = 10
"""How long answers that are in progress may take once the socket closes."""
ACCEPT_SECONDS = 0.02
"""The time without a new connection before the socket closes."""
ACCEPT_LOOKS = 25


class StopSignals:
    """SIGINT and SIGTERM as events: the first asks to stop, the second to hurry; and SIGHUP, by which files are read
    again.

    If the server was started from a terminal that is gone, SIGHUP asks to stop, unless the server was started to
    outlive its terminal (`nohup`).
    """

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reload = asyncio.Event()
        self._at_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    async def asked(self) -> None:
        """Return once a stop was asked for."""
        await self._asked.wait()

    async def hurry(self) -> None:
        """Return once a stop was asked for twice."""
        await self._hurry.wait()

    async def reloads(self) -> AsyncIterator[None]:
        """Yield each time that the files must be read again."""
        while True:
            await self._reload.wait()
            self._reload.clear()
            yield

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Catch the signals inside the block."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._handle)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _handle(self) -> None:
        (self._hurry if self._asked.is_set() else self._asked).set()

    def _hang_up(self) -> None:
        if self._at_terminal and not _has_terminal():
            self._handle()
        else:
            self._reload.set()


def _has_terminal() -> bool:
    """Whether this process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


async def _reload_by(signals: StopSignals, server: Server) -> None:
    async for _ in signals.reloads():
        try:
            await server.reload("signal SIGHUP")
        except ReelgateError as error:
            log.error("config.refused", reason=error.message)


class _Uvicorn(uvicorn.Server):
    """Uvicorn without its own signal handling: the renders drain while polls are still answered."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept the connections that have arrived, which a closed socket would reset, and end."""
        for _ in range(ACCEPT_LOOKS):
            before = self._connections.admitted
            await asyncio.sleep(ACCEPT_SECONDS)
            if self._connections.admitted == before:
                break
        await super().shutdown(sockets)


@contextlib.asynccontextmanager
async def serving(settings: Settings, signals: StopSignals) -> AsyncIterator[Server]:
    """Serve while the context is open; on leaving it, drain and close. Raises what `open_server` raises."""
    descriptors = raise_limit()
    ceiling = connections_within(descriptors, settings.workers)
    if ceiling < limits.FEW_CONNECTIONS:
        log.warning("server.few_connections", connections=ceiling, open_files=descriptors)
    with contextlib.closing(listen(settings.host, settings.port)) as sock:
        async with open_server(replace(settings, local_url=_url(sock))) as server:
            connections = Connections(keep_alive=settings.keep_alive_seconds, ceiling=ceiling, answering=answering)
            config = uvicorn.Config(
                server.app,
                http=functools.partial(Connection, register=connections),  # type: ignore[arg-type]  # makes one
                ws="none",
                backlog=min(BACKLOG, descriptors // 8),  # all that wait are accepted at once
                access_log=False,
                log_config=None,  # what it logs is a line of ours, as of every library
                lifespan="off",
                server_header=False,
                proxy_headers=False,  # links come from `public_url`, never from what a request says of itself
                timeout_graceful_shutdown=CLOSE_SECONDS,
            )
            http = _Uvicorn(config, connections)
            gc.collect()
            gc.freeze()  # what is loaded by now stays: later collections need not walk it again and again
            running = asyncio.create_task(http.serve(sockets=[sock]), name="http")
            tending = asyncio.create_task(every(TEND_SECONDS, connections.tend, "connections"), name="connections")
            reloading = asyncio.create_task(_reload_by(signals, server), name="reload")
            started = replace(server, url=_url(sock))
            log.info(
                "server.started",
                url=started.url,
                version=version("reelgate"),
                models=server.models,
                drawn=server.drawn,
                accounts=server.accounts,
                journal=urlsplit(settings.journal_url).scheme,
                workers=settings.workers,
            )
            try:
                yield started
            finally:
                reloading.cancel()
                connections.stopping = True
                await _drain(server.conductor, settings.drain_seconds, signals)
                server.close_streams()
                http.should_exit = True
                await running
                tending.cancel()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError with one line when the port is taken or the host unknown."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        _probe(opened)
        opened.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise OSError(f"can't listen on {host}:{port}: {why}; choose another address with --host and --port") from None
    return opened


def _probe(sock: socket.socket) -> None:
    """Let the system find out, in two minutes, which peers have vanished; accepted sockets inherit it."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):  # not on macOS
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4)


def _url(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _drain(conductor: Conductor, grace: float, signals: StopSignals) -> None:
    log.info("server.draining", seconds=grace)
    draining = asyncio.create_task(conductor.drain(grace))
    hurrying = asyncio.create_task(signals.hurry())
    await asyncio.wait([draining, hurrying], return_when=asyncio.FIRST_COMPLETED)
    for waiting in (draining, hurrying):
        waiting.cancel()
