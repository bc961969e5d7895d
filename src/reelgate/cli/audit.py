"""`reelgate audit`: who changed which project or key, from the journal itself."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import json

from reelgate.access.shown import audit_body
from reelgate.cli.managing import managed, when
from reelgate.cli.options import AT_JOURNAL, AtJournal, takes_groups
from reelgate.cli.problems import one_line, plain
from reelgate.tasks.projects import AuditFilter


@takes_groups
def audit(
    project: Annotated[str, typer.Option("--project", help="Only changes to this project and its keys.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="Only changes to this project or key.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="Only changes by this actor, such as `key key_0123`.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many lines.")] = 50,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show who changed projects and keys, newest first, with the fields as they were and as they became."""
    which = AuditFilter(project_id=project, subject=subject, actor=actor, limit=limit)
    with one_line():
        lines = managed(journal, lambda at: at.store.audit(which))
    if journal.as_json:
        typer.echo(json.encode([audit_body(line) for line in lines]).decode())
        return
    for line in lines:
        change = f"{line.before} -> {line.after}" if line.before else f"{line.after}"
        typer.echo(f"{when(line.at)}  {line.action:15} {line.subject}  by {plain(line.actor)}  {plain(change)}")
