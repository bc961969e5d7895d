"""`reelgate webhooks`: a project's webhooks, their deliveries, and sending them again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.problems import USAGE, leave, one_line, plain
from reelgate.cli.tables import print_table
from reelgate.client import Reelgate

app = typer.Typer(help="Make, show, change and test webhooks; send deliveries again.", no_args_is_help=True)

WebhookId = Annotated[
    str, typer.Argument(help="The webhook's id; `callbacks` for the secret of tasks' callback addresses.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the server's answer as JSON.")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="task.succeeded, task.failed …, or * for all. Repeat the option for more."),
]


@contextmanager
def _client(server: AtServer) -> Iterator[Reelgate]:
    with one_line(), Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as client:
        yield client


@app.command("list")
@takes_groups
def list_(server: AtServer = AT_SERVER) -> None:
    """List the project's webhooks."""
    with _client(server) as client:
        found = client.webhooks.all()
    if server.as_json:
        _print(found)
        return
    table = Table("webhook", "state", "address", "events", "note", box=None)
    for hook in found:
        state = "on" if hook["enabled"] else f"off: {hook['off_reason']}"
        if hook["enabled"] and hook["failing_since"]:
            state = f"failing since {_when(hook['failing_since'])}"
        table.add_row(hook["id"], plain(state), plain(hook["url"]), " ".join(hook["events"]), plain(hook["note"]))
    print_table(table)


@app.command()
@takes_groups
def add(
    address: Annotated[str, typer.Argument(help="The https:// or http:// address to call.")],
    event: Events = None,
    note: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    server: AtServer = AT_SERVER,
) -> None:
    """Make a webhook and print its secret once."""
    with _client(server) as client:
        _show_secret(client.webhooks.create(address, events=event or (), note=note), as_json=server.as_json)


@app.command()
@takes_groups
def change(
    webhook_id: WebhookId,
    address: Annotated[str, typer.Option("--address", help="Another address.")] = "",
    event: Events = None,
    note: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    on: Annotated[bool | None, typer.Option("--on/--off", help="Switch it on or off.")] = None,
    server: AtServer = AT_SERVER,
) -> None:
    """Change a webhook, or switch it off or on."""
    given = {"url": address or None, "events": event, "note": note or None, "enabled": on}
    fields = {name: value for name, value in given.items() if value is not None}
    if not fields:
        leave("say what to change: --address, --event, --note, --on or --off", USAGE)
    with _client(server) as client:
        changed = client.webhooks.update(webhook_id, **fields)
    if server.as_json:
        _print(changed)
    else:
        typer.echo(f"{webhook_id} is {'on' if changed['enabled'] else 'off'}: {plain(changed['url'])}")


@app.command()
@takes_groups
def rotate(
    webhook_id: WebhookId,
    overlap: Annotated[
        int, typer.Option("--overlap", help="Seconds for which the old secret still signs too.")
    ] = 86_400,
    server: AtServer = AT_SERVER,
) -> None:
    """Give a webhook a new secret and print it once."""
    with _client(server) as client:
        _show_secret(client.webhooks.rotate(webhook_id, overlap_seconds=overlap), as_json=server.as_json)


@app.command("test")
@takes_groups
def send_test(
    webhook_id: WebhookId,
    server: AtServer = AT_SERVER,
) -> None:
    """Send a test message."""
    with _client(server) as client:
        sent = client.webhooks.test(webhook_id)
    if server.as_json:
        _print(sent)
    else:
        typer.echo(f"{sent['id']}  reelgate webhooks deliveries --webhook {webhook_id} shows the outcome")


@app.command()
@takes_groups
def delete(
    webhook_id: WebhookId,
    server: AtServer = AT_SERVER,
) -> None:
    """Delete a webhook and its deliveries."""
    with _client(server) as client:
        client.webhooks.delete(webhook_id)
    if server.as_json:
        _print({"id": webhook_id, "deleted": True})
    else:
        typer.echo(f"{webhook_id} is deleted")


@app.command()
@takes_groups
def deliveries(
    delivery_id: Annotated[str, typer.Argument(help="One delivery, with what was sent and answered.")] = "",
    webhook: Annotated[
        str, typer.Option("--webhook", help="Only this webhook's; `callbacks` for tasks' callback addresses.")
    ] = "",
    task: Annotated[str, typer.Option("--task", help="Only those about this task.")] = "",
    status: Annotated[str, typer.Option("--status", help="waiting, delivered or failed.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
    server: AtServer = AT_SERVER,
) -> None:
    """List what was sent, newest first, or show one delivery."""
    with _client(server) as client:
        if delivery_id:
            _print(client.webhooks.delivery(delivery_id))
            return
        given = {"webhook": webhook, "task": task, "status": status}
        filters = {name: value for name, value in given.items() if value}
        found = list(itertools.islice(client.webhooks.deliveries(**filters), limit))
    if server.as_json:
        _print(found)
        return
    table = Table("delivery", "status", "event", "task", "moved", "tries", "last answer", box=None)
    for one in found:
        last = one["tries"][-1] if one["tries"] else {}
        answer = str(last.get("error") or last.get("status") or "")
        moved, tries = _when(one["created_at"]), str(len(one["tries"]))
        table.add_row(one["id"], one["status"], one["event"], one["task"] or "", moved, tries, plain(answer))
    print_table(table)


@app.command()
@takes_groups
def replay(
    delivery_id: Annotated[str, typer.Argument(help="The delivery to send again, with the same id.")] = "",
    webhook: Annotated[str, typer.Option("--webhook", help="Instead, all failed deliveries of this webhook.")] = "",
    since: Annotated[str, typer.Option("--since", help="Only those since this time (UTC).")] = "",
    server: AtServer = AT_SERVER,
) -> None:
    """Send deliveries again."""
    if bool(delivery_id) == bool(webhook):
        leave("name one delivery, or a webhook with --webhook", USAGE)
    with _client(server) as client:
        if delivery_id:
            sent = client.webhooks.replay(delivery_id)
            if server.as_json:
                _print(sent)
            else:
                typer.echo(f"{sent['id']} is sent again")
            return
        count = client.webhooks.replay_failed(webhook, since=_seconds(since))
    if server.as_json:
        _print({"replayed": count})
    else:
        typer.echo(f"{count} deliveries are sent again")


def _show_secret(hook: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print(hook)
    else:
        typer.echo(f"{hook['secret']}\nwebhook {hook['id']}; its secret is not shown again")


def _seconds(text: str) -> int:
    """Read a date or time, UTC where it names no zone, as Unix seconds; "" is the beginning. Raises ValueError."""
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time: write 2027-01-31 or 2027-01-31T12:00") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _when(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"


def _print(found: Any) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
