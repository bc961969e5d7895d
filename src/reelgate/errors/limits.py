"""Errors for calls that come too often, or while too much is in progress."""

from __future__ import annotations

from reelgate.errors.base import ClientError


class RateLimited(ClientError):
    """Too many calls in a minute. Send this one again after the seconds in Retry-After."""

    status = 429
    code = "rate_limit_exceeded"
    retry_after: int | None = 1
    may_repeat = True
    headers: tuple[tuple[str, str], ...] = ()
    """What goes with it in every dialect beside Retry-After: how much may be sent, and when."""


class Crowded(RateLimited):
    """This API key's project has too many calls under way. Send this one again when one has been answered."""

    code = "too_many_calls"
    retry_after: int | None = 2


class TooManyTasks(ClientError):
    """This API key or its project has its maximum of open tasks. Send the create again when one has ended."""

    status = 429
    code = "too_many_tasks"
    retry_after: int | None = 10
    may_repeat = True
