"""The answers for clients of new-api."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from reelgate.dialects.answer_types.common import UnixTime


class Subscription(TypedDict):
    """The key's limit in the form of OpenAI's old dashboard."""

    object: Literal["billing_subscription"]
    has_payment_method: bool
    soft_limit_usd: float
    hard_limit_usd: float
    system_hard_limit_usd: float
    access_until: UnixTime


class TotalUsage(TypedDict):
    """The amount that the key has spent, in hundredths of a dollar."""

    object: Literal["list"]
    total_usage: float


class TokenUsageData(TypedDict):
    """A key's limit, spending and rest, in new-api's quota."""

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
    """An error in the form of new-api's own routes."""

    success: Literal[False]
    message: str
