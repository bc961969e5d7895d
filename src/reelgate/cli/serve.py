"""`reelgate serve`: run the gateway."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Coroutine
from typing import Any

import typer
import uvloop

from reelgate.cli.options import parameter
from reelgate.cli.problems import one_line
from reelgate.server.logging_setup import set_up_log
from reelgate.server.run import StopSignals, serving
from reelgate.settings import Settings, options, read_settings


def serve(**given: Any) -> None:
    """Run the gateway until Ctrl-C."""
    with one_line():
        settings = read_settings(given)
    set_up_log(level=settings.log_level)
    os.umask(0o077)  # prompts and videos are nobody else's, also in a folder that others may enter
    with one_line():
        run(_serve(settings))


_PARAMETERS = [parameter(name) for name in options()]
serve.__annotations__ = {one.name: one.annotation for one in _PARAMETERS} | {"return": None}
_SHOWN: Any = serve  # a function has no such attribute for a type checker
_SHOWN.__signature__ = inspect.Signature(_PARAMETERS)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on the fastest event loop that is installed."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def _serve(settings: Settings) -> None:
    signals = StopSignals()
    with signals.caught():
        async with serving(settings, signals) as server:
            typer.echo(f"Reelgate serves on {server.url}")
            drawn = f"{server.drawn} of {server.models} models (--animatic {settings.animatic})"
            typer.echo(f"The built-in engine draws {drawn}")
            if server.key_is_new:
                typer.echo(f"Your API key, shown once: {server.key}")
                typer.echo(f"It is kept in {settings.data / 'key'} (mode 0600) for the command line on this machine.")
            await signals.asked()
            typer.echo("Stopping: running renders may finish; Ctrl-C again stops at once.")
