"""The composition root: builds every part of a server from its settings, and opens and closes them in order."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from starlette.types import ASGIApp

from reelgate.clock import Clock, SystemClock
from reelgate.conductor.loop import Conductor
from reelgate.server.application import Application
from reelgate.server.bootstrap_key import first_key
from reelgate.server.parts import ServerParts
from reelgate.server.upkeep import Upkeep
from reelgate.settings import Settings


class Server(msgspec.Struct, frozen=True):
    """An open server.

    `key` is the first API key while the data folder still keeps it; `key_is_new` when this very start made it.
    """

    app: ASGIApp
    conductor: Conductor
    key: str
    key_is_new: bool
    models: int
    drawn: int
    """How many models are served, and of how many the built-in engine draws at least one mode."""
    accounts: tuple[str, ...]
    """Who makes videos: the names of the accounts that are set up, and the built-in engine's."""
    reload: Callable[[str], Awaitable[object]]
    """Reads the operator's files again, as the doing of who is named. Raises ConfigRefused and StoreError."""
    close_streams: Callable[[], None]
    """Ends every stream of events; without it they would hold a stop up."""
    url: str = ""
    """Where it listens, once it does."""


@contextlib.asynccontextmanager
async def open_server(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Server]:
    """Open a server, and close it in the reverse order.

    Raises OSError, ValueError or ReelgateError with one line that says what is wrong.
    """
    async with contextlib.AsyncExitStack() as stack:
        parts = ServerParts(settings, clock or SystemClock(), stack)
        upkeep = Upkeep(parts)
        await upkeep.open()
        key, is_new = await first_key(parts.keys, parts.folder, settings.key)
        yield Server(
            app=Application(parts, upkeep).app(),
            conductor=parts.conductor,
            key=key,
            key_is_new=is_new,
            models=len(list(parts.catalog)),
            drawn=parts.router.drawn(parts.catalog),
            accounts=tuple(parts.providers),
            reload=parts.reloading.reload,
            close_streams=parts.stream.close,
        )
