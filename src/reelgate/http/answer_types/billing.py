"""The requests and answers of quotes, balances, payments, usage and statements."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.http.answer_types.common import Amount, Limit, Micros


class Ordered(TypedDict):
    """A create that is not sent yet: its address and its body."""

    path: str
    body: dict[str, Any]


class QuoteAnswer(TypedDict):
    """A price that is valid until `expires_at`, with its terms. Send its id with the create."""

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


class Spending(TypedDict):
    """The amount spent, and the rest of the limit; null without a limit."""

    spent_micros: int
    limit_micros: Limit
    left_micros: Limit


class SpendingOf(TypedDict):
    """The amounts spent today and in total."""

    today: Spending
    total: Spending


class SpendingLimits(TypedDict):
    """The limits of the project and of the key."""

    project: SpendingOf
    key: SpendingOf


class BalanceAnswer(TypedDict):
    """A project's balance, holds and charges."""

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
    """The amount spent by one group."""

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


class PaymentOrder(TypedDict):
    """A new payment. Each reference counts once."""

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
    """A project's balance, holds and charges, for operators."""

    object: Literal["balance"]
    project: str
    balance_micros: Micros
    held_micros: Micros
    charged_micros: Micros
    paid_in_micros: Micros


class MarginRow(TypedDict):
    """The charges and costs of an account's tasks of one model. Null is a cost that the catalog does not know."""

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
