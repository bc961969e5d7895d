"""The journal's projects, keys and audit log, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from reelgate.tasks.database import Database, Params, Row, Script, Step
from reelgate.tasks.pause_rows import audit_line
from reelgate.tasks.projects import Act, Audit, AuditFilter, Former, Key, Project, Scope
from reelgate.tasks.rows import as_record, as_text, one, readable
from reelgate.tasks.store import DuplicateId, Stale

_NO_LIMIT = 2**63 - 1
_SECRET = ("digest", "former", "version")
"""What the audit log does not show of a key; `version` says nothing there."""
_COLUMNS: dict[str, Any] = {"scopes": tuple[Scope, ...], "models": tuple[str, ...], "former": tuple[Former, ...]}
_JSON = {Key.__struct_fields__.index(name): msgspec.json.Decoder(kind).decode for name, kind in _COLUMNS.items()}
_STRICT = Key.__struct_fields__.index("strict")
_encode = msgspec.json.Encoder().encode


class ProjectRows:
    """The ProjectStore of `reelgate.tasks.projects`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def revision(self) -> int:
        """Return a number that grows with every write."""
        return int((await self._database.read("revision", {}))[0][0])

    async def changed(self, since: int) -> tuple[Sequence[Project], Sequence[Key]]:
        """Return what was made or changed after a revision."""
        keys = await self._database.read("changed_keys", {"since": since})
        projects = await self._database.read("changed_projects", {"since": since})
        return readable(_as_project, projects, "project"), readable(_as_key, keys, "key")

    async def add(self, project: Project, act: Act) -> None:
        """Write a project down."""
        await self._write(act, project, None, [Step("add_project", _project_values(project), DuplicateId)])

    async def get(self, project_id: str) -> Project | None:
        """Return the project with that id."""
        rows = await self._database.read("project", {"id": project_id})
        return one(_as_project, rows)

    async def list(self, *, after: str = "", limit: int | None = None) -> Sequence[Project]:
        """Return a page of projects."""
        values: Params = {"after": after, "limit": _NO_LIMIT if limit is None else limit}
        return readable(_as_project, await self._database.read("projects", values), "project")

    async def change(self, old: Project, new: Project, act: Act) -> Project:
        """Write `new` in the place of `old`."""
        step = Step("change_project", {**_project_values(new), "version": old.version}, Stale)
        await self._write(act, new, old, [step])
        return replace(new, version=old.version + 1)

    async def add_key(self, key: Key, act: Act) -> None:
        """Keep a key; its project's row is held meanwhile."""
        use_project = Step("use_project", {"id": key.id, "project_id": key.project_id}, Stale)
        await self._write(act, key, None, [use_project, Step("add_key", _key_values(key), DuplicateId)])

    async def key(self, key_id: str) -> Key | None:
        """Return the key with that id."""
        rows = await self._database.read("key", {"id": key_id})
        return one(_as_key, rows)

    async def keys(self, *, project_id: str = "", after: str = "", limit: int | None = None) -> Sequence[Key]:
        """Return a page of keys."""
        values: Params = {
            "project_id": project_id,
            "after": after,
            "limit": _NO_LIMIT if limit is None else limit,
        }
        return readable(_as_key, await self._database.read("keys", values), "key")

    async def change_key(self, old: Key, new: Key, act: Act) -> Key:
        """Write `new` in the place of `old`."""
        await self._write(act, new, old, [Step("change_key", {**_key_values(new), "version": old.version}, Stale)])
        return replace(new, version=old.version + 1)

    async def note(self, act: Act, *, project_id: str, subject: str, after: dict[str, Any]) -> None:
        """Tell in the audit log of something else."""
        await self._database.write([Step("lock_audit", {}), audit_line(act, project_id, subject, after)])

    async def audit(self, which: AuditFilter) -> Sequence[Audit]:
        """Return a page of the audit log."""
        last = _NO_LIMIT if which.before_seq is None else which.before_seq
        rows = await self._database.read("audit", {**asdict(which), "before_seq": last})
        return [as_record(Audit, row) for row in rows]

    async def _write(self, act: Act, new: Project | Key, old: Project | Key | None, script: Script) -> None:
        """Write, and say so in the log; one at a time, so that its numbers grow in the order of the commits."""
        await self._database.write([Step("lock_audit", {}), *script, Step("add_audit", _told(act, new, old))])


def _project_values(project: Project) -> Params:
    return {**asdict(project), "name": as_text(project.name)}


def _key_values(key: Key) -> Params:
    columns = {name: _encode(getattr(key, name)).decode() for name in _COLUMNS}
    return {**asdict(key), **columns, "name": as_text(key.name), "strict": int(key.strict)}


def _as_project(row: Row) -> Project:
    return as_record(Project, row)


def _as_key(row: Row) -> Key:
    values = list(row)
    for column, decode in _JSON.items():
        values[column] = decode(values[column])
    values[_STRICT] = bool(values[_STRICT])
    return as_record(Key, values)


def _told(act: Act, new: Project | Key, old: Project | Key | None) -> Params:
    after, before = _shown(new), _shown(old) if old else {}
    changed = [name for name in after if old is None or after[name] != before[name]]
    return {
        "at": act.at,
        "actor": as_text(act.actor),
        "action": act.action,
        "project_id": new.project_id if isinstance(new, Key) else new.id,
        "subject": new.id,
        "before": _encode({name: before[name] for name in changed}).decode() if old else None,
        "after": _encode({name: after[name] for name in changed}).decode(),
    }


def _shown(record: Project | Key) -> dict[str, Any]:
    """Return what the audit log shows; of a key's former secrets until when they are good."""
    shown: dict[str, Any] = {name: value for name, value in asdict(record).items() if name not in _SECRET}
    if isinstance(record, Key):
        shown["former_until"] = [former.until for former in record.former]
    return shown
