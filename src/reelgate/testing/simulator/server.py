"""The simulator: simulated vendors on this machine, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import uvicorn
import uvloop

from reelgate.clock import Clock, SystemClock
from reelgate.testing.simulator.app import App
from reelgate.testing.simulator.faults import Faults
from reelgate.testing.simulator.jobs import JobRecord, JobTable
from reelgate.testing.simulator.vendor import Vendor
from reelgate.testing.simulator.vendors import VENDORS

BACKLOG = 2048
CLOSE_SECONDS = 1
START_TICK_SECONDS = 0.1


class _Uvicorn(uvicorn.Server):
    """Uvicorn in a thread: signals are not its business, who started it learns when it listens, and answers that
    would never end do so when it stops."""

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._stop = stop

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stop.set()
        await super().shutdown(sockets)


class Simulator:
    """Vendors as their documents describe them, over real HTTP, in a thread of its own; use it as a context manager.

        with Simulator() as simulator:
            simulator.fault("ark", "create", "timeout_after_accept")
            client = Ark(base_url=simulator.base_url("ark"), api_key="any")

    Every key is accepted, and sees its own jobs only. A job takes `job_seconds` by `clock`, the first fifth of them
    in the queue. Films are small, with the ratio and length that were asked for. Methods may be called from any
    thread. Raises OSError on entering where the port is taken.
    """

    vendors = tuple(VENDORS)
    """The names of the vendors."""

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Clock | None = None,
        job_seconds: float = 0.5,
        seed: int = 1,
    ) -> None:
        self._address = (host, port)
        self._clock = clock or SystemClock()
        self._job_ms = round(job_seconds * 1000)
        self._faults = Faults(seed)
        self._tables = {name: JobTable() for name in VENDORS}
        self._stack = contextlib.ExitStack()
        self.url = ""
        """The address of the server, under which each vendor has a folder; known once it is entered."""

    def __enter__(self) -> Self:
        sock = self._stack.enter_context(socket.create_server(self._address, backlog=BACKLOG))
        host, port = sock.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        app = App(
            vendors=VENDORS,
            tables=self._tables,
            faults=self._faults,
            clock=self._clock,
            lasts_ms=self._job_ms,
            url=self.url,
        )
        config = uvicorn.Config(
            app,
            http=app.connections.protocol(),
            access_log=False,
            log_config=None,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            date_header=False,  # each vendor has its own clock
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
        http = _Uvicorn(config, app.stop)
        thread = threading.Thread(target=_run, args=(app, http, sock), name="simulator", daemon=True)
        thread.start()
        self._stack.callback(_end, http, thread)
        while not http.ready.wait(START_TICK_SECONDS):
            if not thread.is_alive():
                self._stack.close()
                raise RuntimeError("the simulator did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def base_url(self, vendor: str) -> str:
        """Return what a client of the vendor takes as its base URL, also as a provider account's `base_url`."""
        return f"{self.url}/{vendor}{_known(vendor).base}"

    def fault(self, vendor: str, operation: str, kind: str, *, times: int = 1, share: float | None = None) -> None:
        """Let the next `times` calls of an operation go wrong, or each with the probability `share` until `mend`.

        `kind` is a `Fault`, `operation` one of create, query, list, cancel, content, callback; an operation that the
        vendor does not have never fails. Raises ValueError for what can't be.
        """
        _known(vendor)
        self._faults.add(vendor, operation, kind, times=times, share=share)

    def mend(self) -> None:
        """Let nothing go wrong any more; jobs that were doomed stay so."""
        self._faults.mend()

    def jobs(self) -> list[JobRecord]:
        """Return every job that a vendor accepted, in that order, also those that were deleted since."""
        now = self._clock.now()
        found = [record for table in self._tables.values() for record in table.records(now)]
        return sorted(found, key=lambda record: record.created_at)

    def paid(self, vendor: str) -> int:
        """Return how many jobs the vendor accepted, and so was paid for."""
        _known(vendor)
        return self._tables[vendor].paid


def _known(vendor: str) -> Vendor:
    if vendor not in VENDORS:
        raise ValueError(f"vendor is {vendor!r}; allowed: {', '.join(VENDORS)}")
    return VENDORS[vendor]


def _run(app: App, http: _Uvicorn, sock: socket.socket) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, http, sock))


async def _serve(app: App, http: _Uvicorn, sock: socket.socket) -> None:
    calling = asyncio.create_task(app.callbacks.run(), name="callbacks")
    try:
        await http.serve(sockets=[sock])
    finally:
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)


def _end(http: _Uvicorn, thread: threading.Thread) -> None:
    http.should_exit = True
    thread.join()
