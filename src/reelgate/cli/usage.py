"""`reelgate usage`: what the project spent, and what it has left."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_table
from reelgate.client import Reelgate

_MICROS = 1_000_000
_EVERY = "day,model,key"


@takes_groups
def usage(
    since: Annotated[
        str, typer.Option("--since", help="The first day (UTC), such as 2026-11-01; by default 30 days ago.")
    ] = "",
    until: Annotated[str, typer.Option("--until", help="The last day (UTC); by default today.")] = "",
    by: Annotated[
        str, typer.Option("--by", help="Group by day, model or key, or by several separated by commas.")
    ] = "day,model",
    server: AtServer = AT_SERVER,
) -> None:
    """Show the project's spending by day, model and key, its balance, and what its limits leave."""
    period = {"from": since, "to": until, "group_by": by or _EVERY}
    with one_line(), Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as client:
        spent = client.usage(**{name: value for name, value in period.items() if value})
        balance = client.balance()
    if server.as_json:
        typer.echo(json.dumps({"usage": spent, "balance": balance}, ensure_ascii=False, indent=2))
        return
    groups = (by or _EVERY).split(",")
    table = Table(*groups, "tasks", "charged", "on hold", box=None)
    for row in spent["data"]:
        money = (_usd(row["charged_micros"]), _usd(row["held_micros"]))
        table.add_row(*(str(row[name]) for name in groups), str(row["tasks"]), *money)
    print_table(table)
    typer.echo(f"{spent['from']} to {spent['to']}; {_left(balance)}")


def _left(balance: dict[str, Any]) -> str:
    available = balance["available_micros"]
    told = ["no limit on the balance" if available is None else f"{_usd(available)} USD available"]
    told.append(f"{_usd(balance['held_micros'])} USD on hold")
    for whose, spans in balance["spending"].items():
        for span, one in spans.items():
            if one["left_micros"] is not None:
                told.append(f"{whose} {span}: {_usd(one['left_micros'])} of {_usd(one['limit_micros'])} USD left")
    return "; ".join(told)


def _usd(micros: int) -> str:
    return f"{micros / _MICROS:.4f}".rstrip("0").rstrip(".") or "0"
