"""What clients of new-api ask for."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from reelgate.dialects.answer_types.common import UnixTime


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
