"""The requests and answers of operators about projects, keys and the audit log."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.http.answer_types.common import Limit


class ProjectChange(TypedDict, total=False):
    """The settings of a project, which can change at any time. Null means no limit."""

    name: str
    multiplier_ppm: int
    floor_micros: int | None
    creates_per_minute: int | None
    tasks_at_once: int | None
    overflow: str
    priority: int
    weight: int
    spend_day_micros: int | None
    spend_total_micros: int | None
    budget_month_micros: int | None


class ProjectOrder(ProjectChange, total=False):
    """A new project; `name` is required."""

    id: str


class ProjectAnswer(TypedDict):
    """A project. Null means no limit."""

    id: str
    object: Literal["project"]
    name: str
    created_at: UnixTime
    archived_at: int | None
    multiplier_ppm: int
    floor_micros: Limit
    creates_per_minute: Limit
    tasks_at_once: Limit
    overflow: str
    priority: int
    weight: int
    spend_day_micros: Limit
    spend_total_micros: Limit
    budget_month_micros: Limit


class ProjectPage(TypedDict):
    """A page of projects."""

    object: Literal["list"]
    data: list[ProjectAnswer]
    has_more: bool
    next_cursor: str | None


class KeyChange(TypedDict, total=False):
    """The settings of a key, which can change at any time. Null means no limit."""

    name: str
    scopes: list[str]
    models: list[str]
    expires_at: int | None
    creates_per_minute: int | None
    tasks_at_once: int | None
    spend_day_micros: int | None
    spend_total_micros: int | None
    strict: bool


class KeyOrder(KeyChange, total=False):
    """A new key; `project_id` and `name` are required."""

    project_id: str


class KeyAnswer(TypedDict):
    """A key, without its secret. Null means no limit."""

    id: str
    object: Literal["key"]
    project_id: str
    name: str
    prefix: str
    state: str
    scopes: list[str]
    models: list[str]
    created_at: UnixTime
    expires_at: int | None
    revoked_at: int | None
    former_until: list[int | None]
    creates_per_minute: Limit
    tasks_at_once: Limit
    spend_day_micros: Limit
    spend_total_micros: Limit
    strict: bool


class KeyWithSecret(KeyAnswer):
    """A key with its secret, which is shown only once."""

    secret: str
    signing_secret: NotRequired[str]


class KeyPage(TypedDict):
    """A page of keys."""

    object: Literal["list"]
    data: list[KeyAnswer]
    has_more: bool
    next_cursor: str | None


class AuditLine(TypedDict):
    """A line of the audit log: who changed what."""

    id: int
    object: Literal["audit"]
    at: UnixTime
    actor: str
    action: str
    project_id: str | None
    subject: str
    before: Any
    after: Any


class AuditPage(TypedDict):
    """A page of the audit log."""

    object: Literal["list"]
    data: list[AuditLine]
    has_more: bool
    next_cursor: str | None
