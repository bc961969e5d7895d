"""Projects, keys and lines of the audit log as the API and the command line show them to operators."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate.access.keyring import key_state
from reelgate.tasks.projects import Audit, Key, Project

Json = dict[str, Any]


def seconds(milliseconds: int | None) -> int | None:
    """Return a time in ms as Unix seconds."""
    return None if milliseconds is None else milliseconds // 1000


def project_body(project: Project) -> Json:
    """Return a project as it is shown; times are Unix seconds, null means no limit."""
    return {
        "id": project.id,
        "object": "project",
        "name": project.name,
        "created_at": seconds(project.created_at),
        "archived_at": seconds(project.archived_at),
        "multiplier_ppm": project.multiplier_ppm,
        "floor_micros": project.floor_micros,
        "creates_per_minute": project.creates_per_minute,
        "tasks_at_once": project.tasks_at_once,
        "overflow": project.overflow,
        "priority": project.priority,
        "weight": project.weight,
        "spend_day_micros": project.spend_day_micros,
        "spend_total_micros": project.spend_total_micros,
        "budget_month_micros": project.budget_month_micros,
    }


def key_body(key: Key, now: int) -> Json:
    """Return a key as it is shown, without its secret; `former_until` says how long former secrets open yet."""
    return {
        "id": key.id,
        "object": "key",
        "project_id": key.project_id,
        "name": key.name,
        "prefix": key.prefix,
        "state": key_state(key, now),
        "scopes": key.scopes,
        "models": key.models,
        "created_at": seconds(key.created_at),
        "expires_at": seconds(key.expires_at),
        "revoked_at": seconds(key.revoked_at),
        "former_until": [seconds(former.until) for former in key.former if former.until > now],
        "creates_per_minute": key.creates_per_minute,
        "tasks_at_once": key.tasks_at_once,
        "spend_day_micros": key.spend_day_micros,
        "spend_total_micros": key.spend_total_micros,
        "strict": key.strict,
    }


def audit_body(line: Audit) -> Json:
    """Return a line of the audit log as it is shown."""
    return {
        "id": line.seq,
        "object": "audit",
        "at": seconds(line.at),
        "actor": line.actor,
        "action": line.action,
        "project_id": line.project_id,
        "subject": line.subject,
        "before": None if line.before is None else msgspec.Raw(line.before.encode()),
        "after": None if line.after is None else msgspec.Raw(line.after.encode()),
    }
