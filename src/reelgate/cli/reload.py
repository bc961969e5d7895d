"""`reelgate reload`: have a running server read its operator's files again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from reelgate.cli.options import AT_SERVER, AtServer, key_of, takes_groups
from reelgate.cli.problems import one_line, plain
from reelgate.client import Reelgate


@takes_groups
def reload(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; show what would change.")] = False,
    server: AtServer = AT_SERVER,
) -> None:
    """Make the server read its accounts, limits, models and prices again. A file with a mistake changes nothing."""
    with one_line(), Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as reelgate:
        found = reelgate.reload(check=check)
    if server.as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    lines = list(_lines(found))
    if check:
        typer.echo("This would change:" if lines else "Nothing would change.")
    elif not lines:
        typer.echo("Nothing has changed.")
    for line in lines:
        typer.echo(line)


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    for name in found["added"]:
        yield f"account {plain(name)}: added"
    for one in found["changed"]:
        yield f"account {plain(one['id'])}: changed ({', '.join(one['fields'])})"
    for one in found["removed"]:
        parts = {"running, which are finished": one["in_hand"], "unknown, looked for": one["unknown"]}
        parts["waiting, for others that make the same"] = one["queued"]
        told = "; ".join(f"{count} {words}" for words, count in parts.items() if count)
        yield f"account {plain(one['id'])}: taken out{f' ({told})' if told else ''}"
    for word, names in found["models"].items():
        if names:
            yield f"models {word}: {', '.join(map(plain, names))}"
