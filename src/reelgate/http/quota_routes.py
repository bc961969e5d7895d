"""Balances in the forms that programs for new-api and its forks read, from the same ledger."""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import Response

from reelgate.clock import Clock
from reelgate.dialects.query import text
from reelgate.errors import ReelgateError
from reelgate.http.answer_types.new_api import NewApiUser, Subscription, TokenUsage, TotalUsage
from reelgate.http.caller import Caller
from reelgate.http.responses import JsonResponse, error_headers
from reelgate.http.route import route
from reelgate.limits import MAX_USAGE_DAYS
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import TaskStore

_MICROS_PER_QUOTA = 2  # new-api counts 500,000 to the dollar
_MICROS = 1_000_000
_UNLIMITED_MICROS = 100_000_000 * _MICROS  # what new-api says of a key without a limit

_DAYS = (text("start_date", "Without effect."), text("end_date", "Without effect."))


class _Quota(NamedTuple):
    """What a key has left and has used, in micro-units; None means no limit."""

    left: int | None
    used: int

    @property
    def granted(self) -> int:
        """All that the key was ever given."""
        return _UNLIMITED_MICROS if self.left is None else self.left + self.used


def _in_new_api_s_words(error: ReelgateError) -> Response:
    body = {"success": False, "message": error.message}
    return JsonResponse(body, status_code=error.status, headers=dict(error_headers(error)))


class QuotaRoutes:
    """Balances in other words than the house's."""

    def __init__(self, *, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @route(
        "GET", "/v1/dashboard/billing/subscription", Scope.READ, answers="new-api's subscription", gives=Subscription
    )
    @route("GET", "/dashboard/billing/subscription", Scope.READ, answers="new-api's subscription", gives=Subscription)
    async def subscription(self, caller: Caller) -> Response:
        """Show the key's total spending limit in dollars, as OpenAI's old dashboard did."""
        key = caller.key
        granted = (await self._quota(key)).granted / _MICROS
        return JsonResponse(
            {
                "object": "billing_subscription",
                "has_payment_method": True,
                "soft_limit_usd": granted,
                "hard_limit_usd": granted,
                "system_hard_limit_usd": granted,
                "access_until": (key.expires_at or 0) // 1000,
            }
        )

    @route("GET", "/v1/dashboard/billing/usage", Scope.READ, answers="new-api's usage", gives=TotalUsage, query=_DAYS)
    @route("GET", "/dashboard/billing/usage", Scope.READ, answers="new-api's usage", gives=TotalUsage, query=_DAYS)
    async def usage(self, caller: Caller) -> Response:
        """Show what the key has spent in total, in hundredths of a dollar, whatever days are asked for."""
        used = (await self._quota(caller.key)).used
        return JsonResponse({"object": "list", "total_usage": used * 100 / _MICROS})

    @route("GET", "/api/usage/token", Scope.READ, answers="new-api's token usage", gives=TokenUsage)
    async def token(self, caller: Caller) -> Response:
        """Show the key's quota, its use and what is left, in new-api's units."""
        key = caller.key
        quota = await self._quota(key)
        data = {
            "object": "token_usage",
            "name": key.name,
            "total_granted": quota.granted // _MICROS_PER_QUOTA,
            "total_used": quota.used // _MICROS_PER_QUOTA,
            "total_available": (quota.granted - quota.used) // _MICROS_PER_QUOTA,
            "unlimited_quota": quota.left is None,
            "model_limits": dict.fromkeys(key.models, True),
            "model_limits_enabled": bool(key.models),
            "expires_at": (key.expires_at or 0) // 1000,
        }
        return JsonResponse({"code": True, "message": "ok", "data": data})

    @route("GET", "/api/user/self", Scope.READ, refusal=_in_new_api_s_words, answers="new-api's user", gives=NewApiUser)
    async def user(self, caller: Caller) -> Response:
        """Show the project's use and what it has left; any key of the project may call it."""
        key = caller.key
        quota = await self._quota(key)
        data = {
            "id": key.project_id,
            "username": key.project_id,
            "display_name": key.name,
            "role": 1,
            "status": 1,
            "group": "default",
            "quota": (quota.granted - quota.used) // _MICROS_PER_QUOTA,
            "used_quota": quota.used // _MICROS_PER_QUOTA,
            "request_count": await self._tasks(key.project_id),
        }
        return JsonResponse({"success": True, "message": "", "data": data})

    async def _quota(self, key: Key) -> _Quota:
        """Return what the key may still spend by whichever limit is the nearest, and what its project was charged."""
        found = await self._store.money.balance(key.project_id)
        purse = await self._store.money.purse(key.project_id, key.id, self._clock.now() // DAY_MS)
        limits = (
            (None if purse.floor is None else purse.funds, purse.floor),
            (purse.spend_total, purse.spent),
            (purse.spend_day, purse.spent_day),
            (purse.key_spend_total, purse.key_spent),
            (purse.key_spend_day, purse.key_spent_day),
        )
        left = [max(0, limit - (spent or 0)) for limit, spent in limits if limit is not None]
        return _Quota(min(left, default=None), found.charged)

    async def _tasks(self, project_id: str) -> int:
        today = self._clock.now() // DAY_MS
        since = today - MAX_USAGE_DAYS + 1
        spent = await self._store.money.spending(project_id=project_id, first_day=since, last_day=today)
        return sum(line.tasks for line in spent)
