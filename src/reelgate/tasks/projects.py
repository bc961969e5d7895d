"""Projects, their API keys and the audit log of both, and the port of the store that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec

PPM = 1_000_000
"""A price multiplier of one."""


class Scope(StrEnum):
    """What a key may do."""

    CREATE = "create"
    """Create, cancel and delete tasks and assets."""
    READ = "read"
    """Look at its project's tasks, assets and money."""
    ADMIN = "admin"
    """Manage every project and key of this server."""


class Overflow(StrEnum):
    """What happens to a create beyond the tasks that a project may have at once."""

    REFUSE = "refuse"
    QUEUE = "queue"


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of tasks, assets and money. Times are milliseconds since the epoch, UTC; None means no limit.

    Without a floor a project is post-paid; with one, its balance less what is held may not fall below it. Of two
    projects with work of equal `priority` one gets as much more as its `weight` is greater; a higher priority goes
    first.
    """

    id: str
    name: str
    created_at: int
    multiplier_ppm: int = PPM
    """What its prices are multiplied by, in parts per million."""
    floor_micros: int | None = None
    creates_per_minute: int | None = None
    tasks_at_once: int | None = None
    overflow: Overflow = Overflow.REFUSE
    priority: int = 0
    weight: int = 1
    spend_day_micros: int | None = None
    """What it may be charged and have on hold in one day (UTC)."""
    spend_total_micros: int | None = None
    budget_month_micros: int | None = None
    """What it means to be charged and have on hold in a month (UTC); beyond it nothing is refused."""
    archived_at: int | None = None
    """Since when its keys open nothing."""
    version: int = 1
    """Grows with every change, so that no change overwrites another one unseen."""


class Former(msgspec.Struct, frozen=True):
    """A secret that a key had before it was rotated, good until `until`."""

    digest: str
    until: int


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as the journal keeps it: of its secret only the hash. None means no limit, no models means all models.

    A rotated key stays the same key, with its id, limits and spend, under another secret. Former secrets are never
    forgotten, so that none comes back as another key.
    """

    id: str
    project_id: str
    name: str
    digest: str
    created_at: int
    revoked_at: int | None = None
    prefix: str = ""
    """The first characters of the secret, by which people tell keys apart."""
    scopes: tuple[Scope, ...] = (Scope.CREATE, Scope.READ)
    models: tuple[str, ...] = ()
    """Public model ids with `*` and `?` for any characters."""
    expires_at: int | None = None
    creates_per_minute: int | None = None
    tasks_at_once: int | None = None
    spend_day_micros: int | None = None
    spend_total_micros: int | None = None
    former: tuple[Former, ...] = ()
    version: int = 1
    strict: bool = False
    """Whether its calls are refused for fields and parameters that are not known, as with `Prefer: handling=strict`."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log: who did what to which project or key. It contains no secret and no hash of one.

    `before` and `after` are JSON objects with the fields that changed; a new subject has no `before`.
    """

    seq: int = 0
    at: int
    actor: str
    action: str
    project_id: str
    subject: str
    before: str | None
    after: str | None


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines of the audit log a list shows, newest first; "" is any. `before_seq` is the cursor."""

    project_id: str = ""
    subject: str = ""
    actor: str = ""
    before_seq: int | None = None
    limit: int = 20


class Act(msgspec.Struct, frozen=True):
    """Who writes, when, and under which name the audit log shows it."""

    actor: str
    at: int
    action: str


class ProjectStore(Protocol):
    """Where projects and keys live, durably. Each write and its line in the audit log are one transaction.

    Every method that writes returns only after the write is durable.
    """

    async def revision(self) -> int:
        """Return a number that grows with every write."""
        ...

    async def changed(self, since: int) -> tuple[Sequence[Project], Sequence[Key]]:
        """Return the projects and keys that were made or changed after that revision, as they are now.

        No key comes without its project, if that is as new.
        """
        ...

    async def add(self, project: Project, act: Act) -> None:
        """Write a project down. Raises DuplicateId."""
        ...

    async def get(self, project_id: str) -> Project | None:
        """Return the project with that id."""
        ...

    async def list(self, *, after: str = "", limit: int | None = None) -> Sequence[Project]:
        """Return projects, archived ones too, oldest first; `after` is the id of the last one seen."""
        ...

    async def change(self, old: Project, new: Project, act: Act) -> Project:
        """Write `new` in the place of `old`; return it with its version. Raises Stale when it was changed since."""
        ...

    async def add_key(self, key: Key, act: Act) -> None:
        """Keep a key. An equal digest raises DuplicateId, a project that is not there or archived Stale."""
        ...

    async def key(self, key_id: str) -> Key | None:
        """Return the key with that id."""
        ...

    async def keys(self, *, project_id: str = "", after: str = "", limit: int | None = None) -> Sequence[Key]:
        """Return keys, of one project or of all, revoked ones too, oldest first; `after` as in `list`."""
        ...

    async def change_key(self, old: Key, new: Key, act: Act) -> Key:
        """Write `new` in the place of `old`; return it with its version. Raises Stale when it was changed since.

        Id, project and time of creation are never changed.
        """
        ...

    async def note(self, act: Act, *, project_id: str, subject: str, after: dict[str, Any]) -> None:
        """Write to the audit log about something that is neither a project nor a key."""
        ...

    async def audit(self, which: AuditFilter) -> Sequence[Audit]:
        """Return lines of the audit log."""
        ...
