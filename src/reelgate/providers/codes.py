"""Vendors' own codes for what is not a job's fault, by their subject; a relay passes them on in errors of its own.

A code also covers the codes that begin with it and a dot.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Codes(NamedTuple):
    """`account`: only the operator can mend it; `model`: the account has not that model; `busy`: it passes by itself;
    `unsure`: a failure inside the vendor, which may have left anything behind."""

    account: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()

    def __add__(self, other: Codes) -> Codes:  # type: ignore[override]
        """Return the codes of both."""
        return Codes(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


DASHSCOPE = Codes(
    account=(
        "InvalidApiKey",
        "NOT AUTHORIZED",
        "Arrearage",
        "AccessDenied",
        "Workspace.AccessDenied",
        "AllocationQuota.FreeTierOnly",
        "CommodityNotPurchased",
        "PrepaidBillOverdue",
        "PostpaidBillOverdue",
        "WorkSpaceNotFound",
    ),
    model=("Model.AccessDenied", "ModelNotFound"),
    busy=("Throttling",),
    unsure=(
        "InternalError",
        "SystemError",
        "ModelServiceFailed",
        "RequestTimeOut",
        "ModelUnavailable",
        "ModelServingError",
    ),
)

ARK = Codes(
    account=(
        "AuthenticationError",
        "InvalidAccountStatus",
        "AccessDenied",
        "AccountOverdueError",
        "OperationDenied",
        "SetLimitExceeded",
    ),
    model=("InvalidEndpoint", "InvalidEndpointOrModel", "ModelNotOpen"),
    busy=("RateLimitExceeded", "QuotaExceeded", "ServerOverloaded", "RequestBurstTooFast", "InflightBatchsizeExceeded"),
    unsure=("InternalServiceError",),
)

VIDU = Codes(
    account=("Unauthorized", "Forbidden", "CreditInsufficient"),
    model=("ModelUnavailable",),
    busy=("QuotaExceeded", "TooManyRequests", "SystemThrottling", "OperationInProcess"),
    unsure=("InternalServiceFailure", "Canceled"),
)

MINIMAX = Codes(account=("1004", "1008", "2049"), busy=("1002", "1039"), unsure=("1000", "1001"))
"""Hailuo's numbers, in `base_resp`."""

RELAY = Codes(
    account=(
        "insufficient_user_quota",
        "insufficient_quota",
        "pre_consume_token_quota_failed",
        "invalid_api_key",
        "access_denied",
    ),
    model=("model_not_found", "invalid_api_platform", "model_price_error"),
    busy=("rate_limit_exceeded",),
    unsure=("do_request_failed", "invalid_response", "server_error", "internal_error"),
)

PASSED_ON = DASHSCOPE + ARK + VIDU
"""The codes of vendors that stand behind relays."""

_ACCOUNT = (
    "insufficient[ _](balance|credit|quota|fund)",
    "(balance|credits?|quota) (is |are )?(not enough|insufficient|exhausted)",
    "account (is )?(overdue|in arrears)",
    "arrearage",
    "invalid (api[ _-]?key|token)",
    "余额不足|额度不足|账户欠费|已欠费|无效的令牌",
)
_BUSY = (
    "rate.?limit",
    "too many (requests|tasks)",
    "(server|system|service) (is )?(busy|overloaded)",
    "请求过于频繁|系统繁忙|并发(数)?(超|已达|达到)",
)
_UNSURE = (
    "(internal|server)[ _](server |service )?(error|failure)",
    "unknown error",
    "timed?[ -]?out",
    "服务器?(内部)?(错误|异常)|内部错误|系统(错误|异常)|超时",
)

OF_ACCOUNT, OF_BUSY, OF_UNSURE = (
    re.compile("|".join(patterns), re.IGNORECASE) for patterns in (_ACCOUNT, _BUSY, _UNSURE)
)
"""What texts are about that come with an unknown code, or with none."""
