"""`reelgate quote`: what a video would cost."""

from __future__ import annotations

import json

import typer

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.order import OrderInputs
from reelgate.cli.order_fields import More, with_order_fields
from reelgate.cli.problems import one_line
from reelgate.client import Reelgate


@with_order_fields
@takes_groups
def quote(
    order: OrderInputs,
    server: AtServer = AT_SERVER,
    *,
    more: More,
) -> None:
    """Show what a video would cost, and why. Nothing is ordered."""
    with one_line():
        fields = order.fields() | more()
        with Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as reelgate:
            found = reelgate.quote(**fields)
    price = found["price"]
    told = f"{price['amount_micros'] / 1_000_000:g} {price['currency']}  ({found['sum']})"
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if server.as_json else told)
