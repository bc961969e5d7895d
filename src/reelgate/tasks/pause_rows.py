"""The journal's pauses, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict

from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.pauses import Pause
from reelgate.tasks.projects import Act
from reelgate.tasks.rows import as_record, as_text

_encode = msgspec.json.Encoder().encode


class PauseRows:
    """The PauseStore of `reelgate.tasks.pauses`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Pause]:
        """Return the accounts that are paused."""
        return [as_record(Pause, row) for row in await self._database.read("pauses", {})]

    async def pause(self, pause: Pause, act: Act) -> None:
        """Pause an account."""
        values: Params = {**asdict(pause), "actor": as_text(pause.actor), "reason": as_text(pause.reason)}
        line = audit_line(act, "", pause.account, after={"reason": pause.reason})
        await self._database.write([Step("lock_audit", {}), Step("pause", values), line])

    async def resume(self, account: str, act: Act) -> None:
        """Use an account again."""
        line = audit_line(act, "", account)
        await self._database.write([Step("lock_audit", {}), Step("resume", {"account": account}), line])


def audit_line(act: Act, project_id: str, subject: str, after: dict[str, Any] | None = None) -> Step:
    """Return the step that writes to the audit log about something that is neither a project nor a key."""
    values: Params = {
        "at": act.at,
        "actor": as_text(act.actor),
        "action": act.action,
        "project_id": project_id,
        "subject": subject,
        "before": None,
        "after": None if after is None else _encode(after).decode(),
    }
    return Step("add_audit", values)
