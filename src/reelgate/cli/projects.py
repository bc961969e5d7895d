"""`reelgate projects`: make, show, change and archive the owners of tasks and money, in the journal itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer
from msgspec import to_builtins
from rich.table import Table

from reelgate.access.shown import project_body
from reelgate.cli.journal import opened
from reelgate.cli.managing import (
    NO_LIMITS,
    Limits,
    amount,
    given,
    managed,
    micros,
    millionths,
    show,
    when,
)
from reelgate.cli.options import AT_JOURNAL, AtJournal, takes_groups
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json, print_table
from reelgate.tasks.files import Held
from reelgate.tasks.projects import Project

app = typer.Typer(help="Make, show, change and archive projects.", no_args_is_help=True)

ProjectId = Annotated[str, typer.Argument(help="The project's id, from `reelgate projects list`.")]
Multiplier = Annotated[str, typer.Option("--multiplier", help="The factor applied to its prices, such as 1.25.")]
Floor = Annotated[
    str,
    typer.Option(
        "--floor", help="The minimum of its balance after holds, such as 0 or -50; none: no minimum, it pays later."
    ),
]
Overflow = Annotated[
    str, typer.Option("--overflow", help="What to do with tasks above --tasks-at-once: refuse or queue.")
]
BudgetMonth = Annotated[
    str, typer.Option("--budget-month", help="Its monthly budget; warns at 50, 80 and 100 %. none: no budget.")
]
Priority = Annotated[int | None, typer.Option("--priority", help="Higher goes first; 0 by default.")]
Weight = Annotated[int | None, typer.Option("--weight", help="Its share among projects of one priority; 1 by default.")]


class ProjectTerms(msgspec.Struct, frozen=True):
    """What a project pays, its turn, and what it means to spend."""

    multiplier: Multiplier = ""
    floor: Floor = ""
    overflow: Overflow = ""
    priority: Priority = None
    weight: Weight = None
    budget_month: BudgetMonth = ""

    def body(self) -> dict[str, Any]:
        """Return them as fields of the API. Raises ValueError."""
        found = given(overflow=self.overflow, priority=self.priority, weight=self.weight)
        if self.multiplier:
            found["multiplier_ppm"] = millionths(self.multiplier)
        if self.floor:
            found["floor_micros"] = micros(self.floor)
        if self.budget_month:
            found["budget_month_micros"] = micros(self.budget_month)
        return found


AS_IT_IS = ProjectTerms()


@app.command()
@takes_groups
def add(
    name: Annotated[str, typer.Argument(help="Its name for people.")],
    id_: Annotated[str, typer.Option("--id", help="Its id; by default one is made.")] = "",
    terms: ProjectTerms = AS_IT_IS,
    limits: Limits = NO_LIMITS,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Make a project."""
    with one_line():
        body = {
            "name": name,
            **given(id=id_),
            **terms.body(),
            **limits.body(),
        }
        _show(managed(journal, lambda at: at.manager.add_project(body, at.actor)), as_json=journal.as_json)


@app.command("list")
@takes_groups
def list_(journal: AtJournal = AT_JOURNAL) -> None:
    """List projects."""
    with one_line():
        projects = list(managed(journal, lambda at: at.store.list()))
    if journal.as_json:
        print_json([project_body(project) for project in projects])
        return
    table = Table("project", "name", "made", "state", box=None)
    for project in projects:
        state = "open" if project.archived_at is None else "archived"
        table.add_row(project.id, project.name, when(project.created_at), state)
    print_table(table)


@app.command()
@takes_groups
def space(journal: AtJournal = AT_JOURNAL) -> None:
    """Show each project's files and megabytes, as last measured by the server."""

    async def found() -> Sequence[Held]:
        async with opened(journal.data, journal.store) as store:
            return await store.files.held()

    with one_line():
        held = asyncio.run(found())
    if journal.as_json:
        print_json(to_builtins(held))
        return
    table = Table("project", "kind", "files", "MB", box=None)
    for one in held:
        table.add_row(one.project_id, one.kind, str(one.files), f"{one.bytes / 1_000_000:.1f}")
    print_table(table)


@app.command("show")
@takes_groups
def show_(project_id: ProjectId, journal: AtJournal = AT_JOURNAL) -> None:
    """Show a project's terms and limits."""
    with one_line():
        _show(managed(journal, lambda at: at.manager.project(project_id)), as_json=journal.as_json)


@app.command()
@takes_groups
def change(
    project_id: ProjectId,
    name: Annotated[str, typer.Option("--name", help="Its name for people.")] = "",
    terms: ProjectTerms = AS_IT_IS,
    limits: Limits = NO_LIMITS,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Change a project; options that are not given stay as they are. A running server follows within two seconds."""
    with one_line():
        body = {
            **given(name=name),
            **terms.body(),
            **limits.body(),
        }
        changed = managed(journal, lambda at: at.manager.change_project(project_id, body, at.actor))
        _show(changed, as_json=journal.as_json)


@app.command()
@takes_groups
def archive(project_id: ProjectId, journal: AtJournal = AT_JOURNAL) -> None:
    """Archive a project: its keys stop working; its open tasks continue."""
    with one_line():
        _show(managed(journal, lambda at: at.manager.archive_project(project_id, at.actor)), as_json=journal.as_json)


@app.command()
@takes_groups
def restore(project_id: ProjectId, journal: AtJournal = AT_JOURNAL) -> None:
    """Restore an archived project with its keys."""
    with one_line():
        _show(managed(journal, lambda at: at.manager.restore_project(project_id, at.actor)), as_json=journal.as_json)


def _show(project: Project, *, as_json: bool) -> None:
    if as_json:
        print_json(project_body(project))
        return
    show(
        {
            "project": project.id,
            "name": project.name,
            "made": when(project.created_at),
            "archived": when(project.archived_at),
            "price multiplier": amount(project.multiplier_ppm),
            "floor": amount(project.floor_micros),
            "creates per minute": project.creates_per_minute,
            "tasks at once": project.tasks_at_once,
            "overflow": project.overflow.value,
            "priority": project.priority,
            "weight": project.weight,
            "spend a day": amount(project.spend_day_micros),
            "spend in all": amount(project.spend_total_micros),
            "budget a month": amount(project.budget_month_micros),
        }
    )
