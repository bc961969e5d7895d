"""`reelgate files`: inputs that the project keeps at the server, for any number of orders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.problems import each, one_line
from reelgate.client import Reelgate

app = typer.Typer(help="Keep pictures, clips and sounds at the server, to use in orders by id.", no_args_is_help=True)

_PATIENCE_SECONDS = 60.0

FileId = Annotated[str, typer.Argument(help="The file's id, as upload printed it.")]


@app.command()
@takes_groups
def upload(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, clips or sounds.")],
    server: AtServer = AT_SERVER,
) -> None:
    """Upload files; use the printed id in an order instead of an address. Interrupted uploads resume."""
    with (
        one_line(),
        Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=_PATIENCE_SECONDS) as client,
    ):
        for path in paths:
            kept = client.files.upload(path)
            typer.echo(json.dumps(kept, ensure_ascii=False) if server.as_json else f"{kept['url']}  {path}")


@app.command()
@takes_groups
def show(file_id: FileId, server: AtServer = AT_SERVER) -> None:
    """Show a file's name, size and expiry."""
    with one_line(), Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as client:
        kept = client.files.get(_plain(file_id))
    typer.echo(
        json.dumps(kept, ensure_ascii=False)
        if server.as_json
        else f"{kept['url']}  {kept['filename']}  {kept['bytes']} bytes"
    )


@app.command()
@takes_groups
def rm(
    file_ids: Annotated[list[str], typer.Argument(help="The files' ids.")],
    server: AtServer = AT_SERVER,
) -> None:
    """Remove files; videos made with them stay."""
    with one_line(), Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as client:

        def removed(file_id: str) -> None:
            client.files.delete(file_id)
            typer.echo(json.dumps({"id": file_id, "deleted": True}) if server.as_json else f"{file_id} is removed")

        each(map(_plain, file_ids), removed)


def _plain(file_id: str) -> str:
    return file_id.removeprefix("asset://")
