"""The command line: `reelgate serve | preview | generate | tasks | models | providers | simulate | keys | …`.

A light installation has the client's packages only: a command that needs the server's says which extra to install.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys

import typer

from reelgate import __version__
from reelgate.cli.problems import USAGE, missing_part
from reelgate.secret_files import UnreadableSecret, fill

_COMMANDS = (
    "serve",
    "demo",
    "preview",
    "quote",
    "generate",
    "batch",
    "tasks",
    "files",
    "usage",
    "doctor",
    "providers",
    "accounts",
    "reload",
    "models",
    "storyboard",
    "simulate",
    "projects",
    "keys",
    "webhooks",
    "ledger",
    "audit",
    "backup",
    "restore",
    "media",
    "journal",
    "mcp",
)
"""In the order of the help; each is a module here with a group `app` or a function of the command's name."""


@functools.cache
def app(names: tuple[str, ...] = _COMMANDS) -> typer.Typer:
    """Return the command line, or of it these commands alone: each loads what it needs, the server for instance."""
    made = typer.Typer(
        name="reelgate",
        help="One self-hosted server that speaks every video-generation API and makes the video.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        callback=_root,
        invoke_without_command=True,
    )
    for name in names:
        _add(made, name)
    return made


def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def _add(to: typer.Typer, name: str) -> None:
    try:
        module = importlib.import_module(f"reelgate.cli.{name}")
    except ModuleNotFoundError as error:
        _refuse(to, name, error)
        return
    if hasattr(module, "app"):
        to.add_typer(module.app, name=name)
    else:
        to.command(name)(getattr(module, name))


def _refuse(to: typer.Typer, name: str, error: ModuleNotFoundError) -> None:
    """Have a command say what to install, whatever its arguments are."""
    told = missing_part(error).replace("[", "\\[")  # no markup

    @to.command(name, help=told, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def refuse() -> None:
        raise error


def _asked_for(arguments: list[str]) -> tuple[str, ...]:
    """Return the commands that a call needs: its own, or all of them where it names none of them, as `--help` does."""
    if arguments == ["--version"]:
        return ()
    return tuple(arguments[:1]) if arguments and arguments[0] in _COMMANDS else _COMMANDS


def _leave(end: SystemExit) -> None:
    """End the process. Where a bucket was spoken to, at once: its threads would abort an interpreter that is ending."""
    if "obstore" in sys.modules and isinstance(end.code, int | None):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code or 0)
    raise end


def main() -> None:
    """Run the command line. A mistake of the caller's is one line on stderr and exit status 2."""
    try:
        fill()
        try:
            app(_asked_for(sys.argv[1:]))(prog_name="reelgate", args=sys.argv[1:])
        except SystemExit as end:
            _leave(end)
    except ModuleNotFoundError as error:
        typer.echo(f"reelgate: {missing_part(error)}", err=True)
        sys.exit(USAGE)
    except UnreadableSecret as error:
        typer.echo(f"reelgate: {error}", err=True)
        sys.exit(USAGE)
