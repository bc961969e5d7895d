"""The command line: `reelgate serve | preview | generate | tasks | models | providers | simulate | keys | …`.

A light installation has the client's packages only: a command that needs the server's says which extra to install.
"""

from __future__ import annotations

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

app = typer.Typer(
    name="reelgate",
    help="One self-hosted server that speaks every video-generation API and makes the video.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


def _add(name: str) -> None:
    try:
        module = importlib.import_module(f"reelgate.cli.{name}")
    except ModuleNotFoundError as error:
        _refuse(name, error)
        return
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(getattr(module, name))


def _refuse(name: str, error: ModuleNotFoundError) -> None:
    """Have a command say what to install, whatever its arguments are."""
    told = missing_part(error).replace("[", "\\[")  # no markup

    @app.command(name, help=told, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def refuse() -> None:
        raise error


for _name in _COMMANDS:
    _add(_name)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


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
            app(prog_name="reelgate", args=sys.argv[1:])
        except SystemExit as end:
            _leave(end)
    except ModuleNotFoundError as error:
        typer.echo(f"reelgate: {missing_part(error)}", err=True)
        sys.exit(USAGE)
    except UnreadableSecret as error:
        typer.echo(f"reelgate: {error}", err=True)
        sys.exit(USAGE)
