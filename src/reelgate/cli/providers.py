"""`reelgate providers`: which accounts are on, what each can make, and what is in hand there."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from reelgate.catalog import Catalog, load
from reelgate.cli.journal import opened
from reelgate.cli.options import Data, Store
from reelgate.cli.problems import one_line
from reelgate.conductor.routing import BUILT_IN, can_make
from reelgate.providers.account import Account, Kind
from reelgate.providers.configured import configured, kinds

Config = Annotated[
    Path | None, typer.Option("--config", envvar="REELGATE_CONFIG", help="The file with your accounts at vendors.")
]


def providers(
    config: Config = None,
    catalog: Annotated[
        Path | None, typer.Option("--catalog", envvar="REELGATE_CATALOG", help="A folder of further catalog files.")
    ] = None,
    data: Data = Path("data"),
    store: Store = "",
) -> None:
    """Show who makes videos here, and why the others don't."""
    with one_line():
        accounts = configured(os.environ, config)
        models = load(catalog)
        in_hand = asyncio.run(_in_hand(data, store, [BUILT_IN, *(account.name for account in accounts)]))
    table = Table("provider", "state", "address", "models", "in hand", "at once", "a minute", "priority", box=None)
    for account in accounts:
        table.add_row(*_row(account, models, in_hand))
    drawn = sum(1 for model in models if not any(_makes(account, models, model.id) for account in accounts))
    table.add_row(
        BUILT_IN, "on: what nobody else makes", "this machine", str(drawn), str(in_hand[BUILT_IN]), "", "", ""
    )
    for kind in kinds():
        if kind.name not in {account.kind for account in accounts}:
            table.add_row(kind.name, f"off: {_missing(kind)}", kind.base_url, "", "", "", "", "")
    Console().print(table)


def _row(account: Account, models: Catalog, in_hand: Counter[str]) -> tuple[str, ...]:
    count = sum(1 for model in models if _makes(account, models, model.id))
    return (
        account.name,
        "on",
        account.base_url,
        str(count),
        str(in_hand[account.name]),
        str(account.at_once),
        str(account.per_minute),
        str(account.priority),
    )


def _makes(account: Account, models: Catalog, model_id: str) -> bool:
    model = models.find(model_id)
    return model is not None and any(can_make(account, model, mode) for mode in model.modes)


def _missing(kind: Kind) -> str:
    return f"set {kind.key_env}" if kind.base_url else f"set {kind.url_env} to the engine's address"


async def _in_hand(data: Path, store: str, names: list[str]) -> Counter[str]:
    if not store and not (data / "journal.db").exists():
        return Counter()
    async with opened(data, store) as journal:
        return Counter({name: await journal.open_jobs(name) for name in names})
