"""`reelgate keys`: make, show, change, rotate and revoke API keys, in the journal itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from reelgate.access.fields import KEY, read_fields
from reelgate.access.keyring import key_state
from reelgate.access.shown import key_body
from reelgate.cli.managing import (
    NO_LIMITS,
    Limits,
    Management,
    amount,
    given,
    managed,
    moment,
    show,
    when,
)
from reelgate.cli.options import AT_JOURNAL, AtJournal, takes_groups
from reelgate.cli.problems import FAILED, leave, one_line
from reelgate.cli.tables import print_json, print_table
from reelgate.clock import SystemClock
from reelgate.limits import KEY_OVERLAP_SECONDS
from reelgate.tasks.projects import Key

app = typer.Typer(help="Make, show, change, rotate and revoke API keys.", no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(help="The key's id, from `reelgate keys list`.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", help="create, read or admin. Repeat the option for more; by default create and read."),
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="A model that it may use; * and ? are wildcards. Repeat the option for more."),
]
Strict = Annotated[
    bool | None,
    typer.Option(
        "--strict/--no-strict",
        help="Refuse its calls for unknown fields and parameters.",
        show_default=False,
    ),
]
Expires = Annotated[str, typer.Option("--expires", help="When it expires, such as 2027-01-31 (UTC); none: never.")]


@app.command()
@takes_groups
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    project: Annotated[
        str, typer.Option("--project", help="The project whose tasks it sees; by default a new project.")
    ] = "",
    scope: Scopes = None,
    model: Models = None,
    expires: Expires = "",
    limits: Limits = NO_LIMITS,
    strict: Strict = None,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Make a key and print it once."""
    with one_line():
        body = {"name": name, **_rights(scope, model, expires, strict), **limits.body()}
        key, secret = managed(journal, lambda at: _add(at, project, body))
    if journal.as_json:
        _print_secret(key, secret)
        return
    typer.echo(f"{secret}\nkey {key.id} of project {key.project_id}; it is not shown again")


async def _add(at: Management, project: str, body: dict[str, Any]) -> tuple[Key, str]:
    if not project:
        read_fields(body, KEY)  # a key that can't be made leaves no project behind
        project = (await at.manager.add_project({"name": body["name"]}, at.actor)).id
    elif await at.store.get(project) is None:
        raise ValueError(f"there is no project {project}; make it with: reelgate projects add NAME --id {project}")
    return await at.manager.add_key({"project_id": project, **body}, at.actor)


@app.command("list")
@takes_groups
def list_(
    project: Annotated[str, typer.Option("--project", help="Only this project's keys.")] = "",
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """List keys. Their secrets are not kept and cannot be shown."""
    with one_line():
        keys = list(managed(journal, lambda at: at.store.keys(project_id=project)))
    now = SystemClock().now()
    if journal.as_json:
        print_json([key_body(key, now) for key in keys])
        return
    table = Table("key", "begins", "name", "project", "scopes", "state", box=None)
    for key in keys:
        table.add_row(key.id, key.prefix, key.name, key.project_id, " ".join(key.scopes), key_state(key, now))
    print_table(table)


@app.command("show")
@takes_groups
def show_(key_id: KeyId, journal: AtJournal = AT_JOURNAL) -> None:
    """Show what a key may do, and its limits."""
    with one_line():
        _show(managed(journal, lambda at: at.manager.key(key_id)), as_json=journal.as_json)


@app.command()
@takes_groups
def change(
    key_id: KeyId,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "",
    scope: Scopes = None,
    model: Models = None,
    any_model: Annotated[bool, typer.Option("--any-model", help="It may use every model.")] = False,
    expires: Expires = "",
    limits: Limits = NO_LIMITS,
    strict: Strict = None,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Change a key; options that are not given stay as they are. A running server follows within two seconds."""
    with one_line():
        if any_model and model:
            raise ValueError("say --model or --any-model, not both")
        rights = _rights(scope, model, expires, strict)
        body = {**given(name=name), **rights, **limits.body(), **({"models": []} if any_model else {})}
        _show(managed(journal, lambda at: at.manager.change_key(key_id, body, at.actor)), as_json=journal.as_json)


@app.command()
@takes_groups
def rotate(
    key_id: KeyId,
    overlap: Annotated[
        int, typer.Option("--overlap", min=0, help="Seconds for which the old secret still works; 0: it stops at once.")
    ] = KEY_OVERLAP_SECONDS,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Give a key a new secret and print it once. The key keeps its id, limits and spending."""
    with one_line():
        key, secret = managed(journal, lambda at: at.manager.rotate_key(key_id, {"overlap_seconds": overlap}, at.actor))
    if journal.as_json:
        _print_secret(key, secret)
        return
    typer.echo(f"{secret}\nkey {key.id} of project {key.project_id}; it is not shown again")
    typer.echo(f"the former secret opens until {when(key.former[-1].until)}")


@app.command()
@takes_groups
def revoke(key_id: KeyId, journal: AtJournal = AT_JOURNAL) -> None:
    """Revoke a key permanently. A running server refuses it within two seconds."""

    async def revoked(at: Management) -> bool:
        old = await at.store.key(key_id)
        if old is None or old.revoked_at is not None:
            return False
        await at.manager.revoke_key(key_id, at.actor)
        return True

    with one_line():
        if not managed(journal, revoked):
            leave(f"there is no valid key {key_id}", FAILED)
    if journal.as_json:
        print_json({"id": key_id, "state": "revoked"})
    else:
        typer.echo(f"{key_id} is revoked")


def _rights(scope: list[str] | None, model: list[str] | None, expires: str, strict: bool | None) -> dict[str, Any]:
    ends = {"expires_at": moment(expires)} if expires else {}
    return {**given(scopes=scope, models=model, strict=strict), **ends}


def _print_secret(key: Key, secret: str) -> None:
    print_json({**key_body(key, SystemClock().now()), "secret": secret})


def _show(key: Key, *, as_json: bool) -> None:
    now = SystemClock().now()
    if as_json:
        print_json(key_body(key, now))
        return
    show(
        {
            "key": key.id,
            "begins": key.prefix or "not shown",
            "name": key.name,
            "project": key.project_id,
            "state": key_state(key, now),
            "scopes": " ".join(key.scopes),
            "models": " ".join(key.models) or "any",
            "made": when(key.created_at),
            "expires": when(key.expires_at),
            "revoked": when(key.revoked_at),
            "creates per minute": key.creates_per_minute,
            "tasks at once": key.tasks_at_once,
            "spend a day": amount(key.spend_day_micros),
            "spend in all": amount(key.spend_total_micros),
            "unknown fields": "refused" if key.strict else "left out",
            "former secrets until": ", ".join(when(one.until) for one in key.former if one.until > now) or "none valid",
        }
    )
