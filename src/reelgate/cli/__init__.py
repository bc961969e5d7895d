"""The command line: `reelgate serve | generate | tasks | models | providers | storyboard | simulate | keys | …`."""

from __future__ import annotations

import sys

import typer

from reelgate import __version__
from reelgate.cli import (
    audit,
    demo,
    generate,
    keys,
    ledger,
    models,
    projects,
    providers,
    serve,
    simulate,
    storyboard,
    tasks,
)

app = typer.Typer(
    name="reelgate",
    help="One self-hosted server that speaks every video-generation API and makes the video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("generate")(generate.generate)
app.add_typer(tasks.app, name="tasks")
app.command("providers")(providers.providers)
app.command("models")(models.models)
app.command("storyboard")(storyboard.storyboard)
app.command("simulate")(simulate.simulate)
app.add_typer(projects.app, name="projects")
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.command("audit")(audit.audit)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line. A mistake of the caller's is one line on stderr and exit status 2."""
    app(prog_name="reelgate", args=sys.argv[1:])
