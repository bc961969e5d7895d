"""`reelgate mcp`: the tools for an agent on this machine, by the Model Context Protocol on stdin and stdout."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from reelgate import limits
from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Url, key_of
from reelgate.cli.problems import one_line

AskAbove = Annotated[
    float,
    typer.Option(
        "--ask-above", envvar="REELGATE_ASK_ABOVE", min=0, help="USD above which an order needs the user's consent."
    ),
]


def mcp(
    ask_above: AskAbove = limits.AGENT_ASK_ABOVE,
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
) -> None:
    """Serve an agent (MCP) on stdin and stdout; it may use files on this machine."""
    from reelgate.mcp.stdio import serve  # with the protocol's SDK, an extra

    with one_line():
        asyncio.run(serve(url, key_of(key, data), ask_above=ask_above))
