"""Turns what can go wrong into one clear line and an exit status."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

import typer

from reelgate.client import ClientError, Conflict, NotFound, TaskFailed, Unreachable
from reelgate.errors import ReelgateError

USAGE = 2
"""A mistake in how the command was called, or in what it found around it."""
FAILED = 1
"""The command was right, but what it asked for did not succeed: the server refused it, say."""
NOT_MADE = 4
"""It was ordered, and ended without a video."""
UNREACHABLE = 3
"""Nobody answered at the server's address: the same command may work later."""
STOPPED = 130
"""Ctrl-C; as shells have it."""
_EXTRAS = {
    "asyncpg": "postgres",
    "obstore": "s3",
    "mcp": "mcp",
    "mcp_types": "mcp",
    "accelerate": "diffusers",
    "diffusers": "diffusers",
    "ftfy": "diffusers",
    "torch": "diffusers",
    "transformers": "diffusers",
    "opentelemetry": "otel",
    "ray": "ray",
}
"""Which optional part of the distribution brings a package, where it is not the server."""


@contextlib.contextmanager
def one_line() -> Iterator[None]:
    """Print an expected error as one line and leave with its status; faults of ours keep their traceback. If the
    reader of the output has gone, as with `head`, the command ends silently.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except Unreachable as error:
        leave(f"the server did not answer ({error}); is it running? start it with: reelgate serve", UNREACHABLE)
    except TaskFailed as error:
        leave(str(error), NOT_MADE)
    except ClientError as error:
        leave(str(error), FAILED)
    except (OSError, ValueError, ReelgateError) as error:
        leave(str(error), USAGE)


def each(names: Iterable[str], do: Callable[[str], None]) -> None:
    """Do something with each of several things. A failure with one is printed, and the others are still done."""
    left = 0
    for name in names:
        try:
            do(name)
        except (Conflict, NotFound) as error:
            typer.echo(f"reelgate: {name}: {error}", err=True)
            left += 1
    if left:
        raise typer.Exit(FAILED)


def missing_part(error: ModuleNotFoundError) -> str:
    """Say which extra to install for a package that is not there; a module of our own is a fault, raised again."""
    package = (error.name or "reelgate").partition(".")[0]
    if package == "reelgate":
        raise error
    extra = _EXTRAS.get(package, "server")
    return f"this needs the package {package}, which is not installed; run: pip install 'reelgate[{extra}]'"


def leave(message: str, status: int) -> NoReturn:
    """Print one line on stderr and exit."""
    typer.echo(f"reelgate: {' '.join(message.split())}", err=True)
    raise typer.Exit(status)


def plain(text: str) -> str:
    """Return untrusted text for a terminal: on one line, without control characters."""
    return "".join(char if char.isprintable() else " " for char in text)
