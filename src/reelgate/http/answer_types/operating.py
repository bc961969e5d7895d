"""The requests and answers of operators about accounts and tasks."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AccountAnswer(TypedDict):
    """An account at a vendor, or the built-in engine, as this server sees it."""

    id: str
    object: Literal["account"]
    kind: str
    state: Literal["paused", "left_alone", "in_use", "leaving"]
    paused: dict[str, Any] | None
    sends: dict[str, Any] | None
    reads: dict[str, Any] | None
    queued: int
    oldest_queued_at: int | None
    in_hand: int
    at_once: int | None
    unknown: int
    takes_seconds: float | None
    accepted: int
    rejected: int
    odd_answers: int
    last_odd_answer: str | None
    priority: int
    weight: float
    address: str | None


class AccountList(TypedDict):
    """All accounts."""

    object: Literal["list"]
    data: list[AccountAnswer]


class Reload(TypedDict, total=False):
    """Options for a reload of the operator's files."""

    check: bool


class LeftAccount(TypedDict):
    """A removed account, with the work that it still had."""

    id: str
    in_hand: int
    queued: int
    unknown: int


class ChangedAccount(TypedDict):
    """A changed account."""

    id: str
    fields: list[str]


class ChangedModels(TypedDict):
    """Models that were added, changed (also in price) or removed."""

    added: list[str]
    changed: list[str]
    removed: list[str]


class ReloadAnswer(TypedDict):
    """The changes by a reload of the operator's files; with `check` those that a reload would make."""

    object: Literal["reload"]
    check: bool
    added: list[str]
    changed: list[ChangedAccount]
    removed: list[LeftAccount]
    models: ChangedModels


class AccountPause(TypedDict, total=False):
    """Why an account is paused."""

    reason: str


class AccountTest(TypedDict):
    """The vendor's answer to a query of a job that can't exist."""

    object: Literal["account.test"]
    account: str


class AccountSettle(TypedDict):
    """The verdict for all unknown submissions of an account."""

    verdict: Literal["not_taken", "give_up"]


class TaskSettle(TypedDict):
    """The verdict for a submission; `job` is the vendor's own id of a job to adopt."""

    verdict: Literal["adopt", "not_taken", "give_up"]
    job: NotRequired[str]


class SettledList(TypedDict):
    """The tasks that were settled."""

    object: Literal["list"]
    data: list[dict[str, Any]]


class OperatorTask(TypedDict):
    """A task as an operator sees it: no prompt, no video."""

    id: str
    object: Literal["task"]
    project_id: str
    key_id: str
    dialect: str
    model: str
    made_with: str
    account: str | None
    job: str | None
    mode: str
    state: str
    progress: int
    attempts: int
    created_at: int | None
    started_at: int | None
    finished_at: int | None
    error: dict[str, Any] | None
    price: dict[str, Any]
    cancel_requested: bool


class TaskStory(OperatorTask):
    """A task's whole history: moves, submissions, money, why it waits."""

    waits_for: dict[str, Any] | None
    moves: list[dict[str, Any]]
    submissions: list[dict[str, Any]]
    money: list[dict[str, Any]]


class OperatorTaskPage(TypedDict):
    """A page of tasks of all projects."""

    object: Literal["list"]
    data: list[OperatorTask]
    has_more: bool
    next_cursor: str | None
