"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path, typer.Option("--data", envvar="REELGATE_DATA", help="The folder that holds everything.", show_default=True)
]
Config = Annotated[
    Path | None, typer.Option("--config", envvar="REELGATE_CONFIG", help="The file with your accounts at vendors.")
]
Store = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="REELGATE_STORE",
        help="The journal: sqlite:///file or postgresql://…; SQLite in the data folder.",
    ),
]
Url = Annotated[str, typer.Option("--url", envvar="REELGATE_URL", help="The server's address.")]
KeyOption = Annotated[
    str, typer.Option("--key", envvar="REELGATE_KEY", help="The API key; by default the one in the data folder.")
]

DEFAULT_URL = "http://127.0.0.1:8000"


def key_of(key: str, data: Path) -> str:
    """Return the key given, else the one that the server on this machine keeps. Raises ValueError without either."""
    if key:
        return key
    try:
        return (data / "key").read_text().strip()
    except OSError:
        raise ValueError(
            f"no API key: give one with --key or REELGATE_KEY, or --data with the folder of the server "
            f"on this machine ({data / 'key'} can't be read)"
        ) from None
