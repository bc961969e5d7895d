"""What the house's own routes take and answer, as types: the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from reelgate.dialects.answer_types import HouseError, HouseTask, UnixTime

Micros = Annotated[int, Meta(description="Micro-units of the currency.")]
Limit = Annotated[int | None, Meta(description="Null: no limit.")]


class TaskPage(TypedDict):
    """A page of tasks, newest first."""

    object: Literal["list"]
    data: list[HouseTask]
    has_more: bool
    next_cursor: str | None


class TaskDeleted(TypedDict):
    """A task that is gone."""

    id: str
    object: Literal["task"]
    deleted: Literal[True]


class ModelEntry(TypedDict):
    """A model: its modes with the inputs that each takes, its limits and its prices."""

    id: str
    object: Literal["model"]
    created: UnixTime
    owned_by: str
    supported_endpoint_types: list[str]
    title: str
    dialect: str
    modes: dict[str, dict[str, Any]]
    limits: dict[str, Any]
    price: dict[str, Any]
    price_rules: NotRequired[list[dict[str, Any]]]
    options: NotRequired[Any]
    stands_in: NotRequired[Any]
    also: NotRequired[list[dict[str, Any]]]


class ModelList(TypedDict):
    """The models that the key may use."""

    object: Literal["list"]
    data: list[ModelEntry]


class ErrorEntry(TypedDict):
    """A mistake that can be answered: `code` is what to look for, `advice` what to do.

    `retry` says whether the same call may succeed later; `retry_after` is a wait in seconds.
    """

    name: str
    code: str
    status: int
    advice: str
    retry: bool
    retry_after: int | None
    kind_of: str | None


class ErrorList(TypedDict):
    """All mistakes."""

    object: Literal["list"]
    data: list[ErrorEntry]


class Ordered(TypedDict):
    """A create that is not sent yet: the address where it would go, and its body."""

    path: str
    body: dict[str, Any]


class PreviewOrder(TypedDict):
    """A create that is not sent yet; `inline` asks for the stills inside the answer."""

    path: str
    body: dict[str, Any]
    inline: NotRequired[bool]


class Amount(TypedDict):
    """A sum of money."""

    amount_micros: Micros
    currency: str


class QuoteAnswer(TypedDict):
    """A price that holds until `expires_at`, with all that made it. Its id is sent with the create."""

    id: str
    object: Literal["quote"]
    expires_at: UnixTime
    model: str
    made_with: NotRequired[str]
    dialect: str
    price: Amount
    rule: dict[str, Any]
    dimensions: dict[str, Any]
    held_for: Any
    multiplier_ppm: int
    sum: str
    charged_for: str


class PreviewAnswer(TypedDict):
    """What a create would show, cost and be refused for. Null is what could not be told."""

    id: str
    object: Literal["preview"]
    expires_at: UnixTime
    model: str | None
    made_with: NotRequired[str]
    dialect: str | None
    mode: str | None
    seed: int | None
    made_by: str | None
    accepted: bool
    refusals: list[HouseError]
    waits_for: list[Any]
    ignored: list[str]
    unknown_fields: list[str]
    storyboard: dict[str, Any] | None
    quote: dict[str, Any] | None


class Spending(TypedDict):
    """What was spent, and what a limit leaves; null where there is none."""

    spent_micros: int
    limit_micros: Limit
    left_micros: Limit


class SpendingOf(TypedDict):
    """What was spent today and in all."""

    today: Spending
    total: Spending


class SpendingLimits(TypedDict):
    """The limits of the project and of the key."""

    project: SpendingOf
    key: SpendingOf


class BalanceAnswer(TypedDict):
    """What a project has, holds and was charged."""

    object: Literal["balance"]
    project: str
    currency: str
    balance_micros: Micros
    held_micros: Micros
    charged_micros: Micros
    paid_in_micros: Micros
    floor_micros: Limit
    available_micros: Limit
    spending: SpendingLimits
    budget: dict[str, Any] | None


class UsageRow(TypedDict):
    """What was spent, for one group."""

    day: NotRequired[str]
    model: NotRequired[str]
    key: NotRequired[str]
    tasks: int
    charged_micros: Micros
    held_micros: Micros


UsageAnswer = TypedDict(
    "UsageAnswer",
    {
        "object": Literal["usage"],
        "from": str,
        "to": str,
        "currency": str,
        "data": list[UsageRow],
        "total": UsageRow,
        "project": str,
    },
)
UsageAnswer.__doc__ = "What was spent, by day, model and key."


class TimelineAnswer(TypedDict):
    """All that happened to a task, in order: moves, attempts, money, files."""

    id: str
    object: Literal["timeline"]
    state: str
    price: dict[str, Any]
    data: list[dict[str, Any]]
    waits_for: NotRequired[dict[str, Any] | None]


class FileAnswer(TypedDict):
    """A file, as OpenAI tells it."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: UnixTime
    expires_at: int | None
    filename: str
    purpose: str
    status: Literal["processed", "uploaded"]


class FileDeleted(TypedDict):
    """A file that is gone."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


class CharacterOrder(TypedDict):
    """A clip to keep as a character: an address, a file of a form, or `{"id": …}` of a finished video."""

    name: str
    video: str | dict[str, Any]


class CharacterAnswer(TypedDict):
    """A character."""

    id: str
    object: Literal["character"]
    name: str
    created_at: UnixTime


class WebhookOrder(TypedDict):
    """A webhook to make. `events` are the ends of tasks where nothing else is said."""

    url: str
    events: NotRequired[list[str]]
    note: NotRequired[str]


class WebhookChange(TypedDict, total=False):
    """What is to be changed of a webhook."""

    url: str
    events: list[str]
    note: str
    enabled: bool


class WebhookAnswer(TypedDict):
    """A webhook; that of the addresses which tasks name themselves has an id and a key only."""

    id: str
    object: Literal["webhook"]
    url: NotRequired[str]
    events: NotRequired[list[str]]
    note: NotRequired[str]
    enabled: NotRequired[bool]
    off_at: NotRequired[int | None]
    off_reason: NotRequired[str | None]
    failing_since: NotRequired[int | None]
    created_at: NotRequired[UnixTime]
    public_key: str
    former_secrets_until: list[int | None]


class WebhookWithSecret(WebhookAnswer):
    """A webhook with its secret, which is shown this once."""

    secret: str


class WebhookList(TypedDict):
    """A project's webhooks."""

    object: Literal["list"]
    data: list[WebhookAnswer]


class WebhookDeleted(TypedDict):
    """A webhook that is gone."""

    id: str
    object: Literal["webhook"]
    deleted: Literal[True]


class Overlap(TypedDict, total=False):
    """How long the former secret still holds, in seconds."""

    overlap_seconds: int


class ReplaySince(TypedDict, total=False):
    """From when on to send again, in Unix seconds."""

    since: int


class DeliveryTry(TypedDict):
    """One try of a delivery."""

    at: int | None
    milliseconds: int
    status: int | None
    error: str | None
    answer: str | None


class DeliveryAnswer(TypedDict):
    """A message to a webhook, with its tries."""

    id: str
    object: Literal["webhook.delivery"]
    webhook: str
    task: str | None
    url: str | None
    event: str
    status: str
    created_at: int | None
    next_try_at: int | None
    ended_at: int | None
    tries: list[DeliveryTry]


class DeliveryWithBody(DeliveryAnswer):
    """A message to a webhook, with what was sent last."""

    sent: str | None


class DeliveryPage(TypedDict):
    """A page of deliveries."""

    object: Literal["list"]
    data: list[DeliveryAnswer]
    has_more: bool
    next_cursor: str | None


class Replayed(TypedDict):
    """How many deliveries are sent again."""

    object: Literal["replay"]
    replayed: int


class TaskMessage(TypedDict):
    """What a webhook is told of a task: the task as it was at that moment."""

    type: str
    timestamp: str
    data: HouseTask


class TestData(TypedDict):
    """Which webhook is tested."""

    webhook_id: str


class TestMessage(TypedDict):
    """A message that is about no task."""

    type: Literal["webhook.test"]
    timestamp: str
    data: TestData


# What clients of new-api ask for


class Subscription(TypedDict):
    """What the key may spend, as OpenAI's old dashboard told it."""

    object: Literal["billing_subscription"]
    has_payment_method: bool
    soft_limit_usd: float
    hard_limit_usd: float
    system_hard_limit_usd: float
    access_until: UnixTime


class TotalUsage(TypedDict):
    """What the key has spent, in hundredths of a dollar."""

    object: Literal["list"]
    total_usage: float


class TokenUsageData(TypedDict):
    """What a key was given, used and has left, in new-api's quota."""

    object: Literal["token_usage"]
    name: str
    total_granted: int
    total_used: int
    total_available: int
    unlimited_quota: bool
    model_limits: dict[str, bool]
    model_limits_enabled: bool
    expires_at: UnixTime


class TokenUsage(TypedDict):
    """new-api's envelope around a key's quota."""

    code: Literal[True]
    message: str
    data: TokenUsageData


class NewApiUser(TypedDict):
    """new-api's envelope around a user."""

    success: Literal[True]
    message: str
    data: dict[str, Any]


class NewApiRefusal(TypedDict):
    """A mistake, as new-api's own routes tell it."""

    success: Literal[False]
    message: str


# DashScope's uploads and AnyFast's assets


class UploadPolicyData(TypedDict):
    """What the form of an upload has to hold."""

    policy: str
    signature: str
    upload_dir: str
    upload_host: str
    expire_in_seconds: int
    max_file_size_mb: int
    oss_access_key_id: str
    x_oss_object_acl: str
    x_oss_forbid_overwrite: str


class UploadPolicy(TypedDict):
    """The right to upload files for some minutes."""

    request_id: str
    data: UploadPolicyData


class AssetOrder(TypedDict):
    """An asset to take in."""

    GroupId: str
    AssetType: Literal["Image", "Video", "Audio"]
    URL: str
    Name: NotRequired[str]
    model: NotRequired[str]


class ThingId(TypedDict):
    """Which asset or group."""

    Id: str
    model: NotRequired[str]


class ThingName(TypedDict):
    """Which asset or group, and its new name."""

    Id: str
    Name: str
    model: NotRequired[str]


class GroupOrder(TypedDict):
    """A group to make."""

    Name: str
    GroupType: NotRequired[str]
    model: NotRequired[str]


class AssetFilter(TypedDict, total=False):
    """Which assets or groups."""

    Name: str
    GroupIds: list[str]
    GroupType: str


class AssetList(TypedDict, total=False):
    """Which page of which assets or groups."""

    Filter: AssetFilter
    PageNumber: int
    PageSize: int
    model: str


# Operators


class ProjectChange(TypedDict, total=False):
    """What can be set of a project, at any time. Null is no limit."""

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
    """A project to make; `name` has to be there."""

    id: str


class ProjectAnswer(TypedDict):
    """A project. Null is no limit."""

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
    """What can be set of a key, at any time. Null is no limit."""

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
    """A key to make; `project_id` and `name` have to be there."""

    project_id: str


class KeyAnswer(TypedDict):
    """A key, without its secret. Null is no limit."""

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
    """A key with its secret, which is shown this once."""

    secret: str
    signing_secret: NotRequired[str]


class KeyPage(TypedDict):
    """A page of keys."""

    object: Literal["list"]
    data: list[KeyAnswer]
    has_more: bool
    next_cursor: str | None


class PaymentOrder(TypedDict):
    """A payment to enter. Each reference pays once."""

    kind: NotRequired[Literal["topup", "adjustment"]]
    amount_micros: int
    reference: str
    reason: str


class PaymentAnswer(TypedDict):
    """A payment."""

    object: Literal["payment"]
    kind: str
    amount_micros: Micros
    reference: str
    reason: str
    created_at: UnixTime


class PaymentList(TypedDict):
    """A project's payments."""

    object: Literal["list"]
    data: list[PaymentAnswer]


class ProjectBalance(TypedDict):
    """What a project has, holds and was charged, as operators see it."""

    object: Literal["balance"]
    project: str
    balance_micros: Micros
    held_micros: Micros
    charged_micros: Micros
    paid_in_micros: Micros


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


class Alive(TypedDict):
    """That the process lives."""

    status: Literal["ok"]


class Ready(TypedDict):
    """How each part works."""

    status: Literal["ok", "unavailable"]
    store: str
    media: str
    conductor: str
    unconfined: NotRequired[dict[str, list[str]]]


# What operators see of accounts and tasks


class AccountAnswer(TypedDict):
    """An account at a vendor, or the built-in engine, as this server finds it."""

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
    """How the operator's files are read again."""

    check: bool


class LeftAccount(TypedDict):
    """An account that was taken out, with what it still had."""

    id: str
    in_hand: int
    queued: int
    unknown: int


class ChangedAccount(TypedDict):
    """An account of which something is other than before."""

    id: str
    fields: list[str]


class ChangedModels(TypedDict):
    """Models, with their prices, that came, are other than before, or went."""

    added: list[str]
    changed: list[str]
    removed: list[str]


class ReloadAnswer(TypedDict):
    """What reading the operator's files again changed; `check`: what it would have."""

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
    """What an account said to a job that it can't have."""

    object: Literal["account.test"]
    account: str


class AccountSettle(TypedDict):
    """What became of all unknown submissions of an account."""

    verdict: Literal["not_taken", "give_up"]


class TaskSettle(TypedDict):
    """What became of a submission; `job` is the vendor's own id of one that is adopted."""

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
    """A task's whole story: moves, submissions, money, why it waits."""

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


class FilePage(TypedDict):
    """A page of files."""

    object: Literal["list"]
    data: list[FileAnswer]
    first_id: str | None
    last_id: str | None
    has_more: bool


class BatchOrder(TypedDict):
    """A batch of the creates that a file holds."""

    input_file_id: str
    endpoint: str
    completion_window: str
    metadata: NotRequired[dict[str, Any] | None]
    output_expires_after: NotRequired[dict[str, Any] | None]


class BatchAnswer(TypedDict):
    """A batch, as OpenAI tells it."""

    id: str
    object: Literal["batch"]
    endpoint: str
    errors: dict[str, Any] | None
    input_file_id: str
    completion_window: str
    status: str
    output_file_id: str | None
    error_file_id: str | None
    created_at: UnixTime
    in_progress_at: int | None
    expires_at: int | None
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: dict[str, int]
    metadata: dict[str, Any] | None


class BatchPage(TypedDict):
    """A page of batches."""

    object: Literal["list"]
    data: list[BatchAnswer]
    first_id: str | None
    last_id: str | None
    has_more: bool


class StorageKind(TypedDict):
    """How many files, and how many bytes."""

    files: int
    bytes: int


class StorageAnswer(StorageKind):
    """How much a project's files take, in all and by kind."""

    object: Literal["storage"]
    results: StorageKind
    inputs: StorageKind
    assets: StorageKind


class ProjectStorage(StorageAnswer):
    """The same of one project of many."""

    project_id: str


class ProjectStorageList(TypedDict):
    """What projects hold."""

    object: Literal["list"]
    data: list[ProjectStorage]


def storage_body(held: Mapping[str, StorageKind]) -> StorageAnswer:
    """Return how much files take, by kind and in all."""
    none = StorageKind(files=0, bytes=0)
    results, inputs, assets = (held.get(kind, none) for kind in ("results", "inputs", "assets"))
    return {
        "object": "storage",
        "files": sum(kind["files"] for kind in (results, inputs, assets)),
        "bytes": sum(kind["bytes"] for kind in (results, inputs, assets)),
        "results": results,
        "inputs": inputs,
        "assets": assets,
    }


class MarginRow(TypedDict):
    """What an account's tasks of one model were charged and cost. Null is a cost that the catalog does not know."""

    account: str
    model: str
    tasks: int
    charged_micros: Micros
    cost_micros: int | None
    lost: int
    lost_cost_micros: int | None
    margin_micros: int | None


class MarginList(TypedDict):
    """Cost and margin by account and model."""

    object: Literal["list"]
    days: int
    currency: str
    data: list[MarginRow]


class Setting(TypedDict):
    """An option that the server was started with."""

    name: str
    option: str
    value: Any
    help: str


class ServerSettings(TypedDict):
    """What the server was started with; of secrets whether there is one."""

    object: Literal["settings"]
    version: str
    started_at: UnixTime
    data: list[Setting]


class StatementAnswer(TypedDict):
    """A project's month: balances, payments, charges by model and key."""

    object: Literal["statement"]
    project: str
    name: str
    month: str
    currency: str
    final: bool
    opening_micros: Micros
    paid_micros: Micros
    charged_micros: Micros
    closing_micros: Micros
    held_micros: Micros
    payments: list[dict[str, Any]]
    lines: list[dict[str, Any]]
