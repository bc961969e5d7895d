"""What the journal asks of a database driver: run a script whole, run a query, write new tasks in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

Params = Mapping[str, str | int | None]
Row = Sequence[Any]


class Step(NamedTuple):
    """One named query of a script. `refusal` is raised when the query returns no row: nothing was written then."""

    query: str
    params: Params
    refusal: type[Exception] | None = None

    def check(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the query's rows; raise the refusal if there are none and there must be one."""
        if self.refusal is not None and not rows:
            raise self.refusal(f"{self.query} found nothing to do for {self.params.get('id')}")
        return rows


Script = Sequence[Step]


class Database(Protocol):
    """A driver. Every failure of the database itself is raised as StoreError; a refusal is raised as it is."""

    async def open(self) -> None:
        """Connect and apply the migrations that are missing."""
        ...

    async def aclose(self) -> None:
        """Finish what is waiting and disconnect. Closing twice is a no-op."""
        ...

    async def restored(self) -> bool:
        """Whether this is a copy that a backup made and that was not settled yet."""
        ...

    async def settle_restored(self) -> None:
        """Take the database for an original from now on."""
        ...

    async def read(self, query: str, params: Params) -> Sequence[Row]:
        """Return what a query finds."""
        ...

    async def write(self, script: Script) -> Sequence[Row]:
        """Run the steps in one transaction, durably, all or none; return the rows of the first."""
        ...

    async def create(self, params: Params) -> int:
        """Write a new task with its hold and its first event, durably; return its seq. Raises DuplicateId."""
        ...
