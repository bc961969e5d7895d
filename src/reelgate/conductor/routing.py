"""Which account makes a task's video: what the catalog and the operator say, and how each account stands now."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from reelgate import limits
from reelgate.catalog import Model
from reelgate.clock import Clock, SystemClock
from reelgate.conductor.health import Health
from reelgate.providers.account import CHARGE, Account
from reelgate.providers.configured import able
from reelgate.providers.port import Provider
from reelgate.request import Mode

BUILT_IN = "animatic"


class Router:
    """Chooses among the accounts that are set up. Where none can make a model, the built-in engine draws it.

    Accounts of the highest priority come first, and share by weight; one whose breaker is open is left out while
    another can do it. A task that an account may have been paid for is never routed anew.
    """

    def __init__(
        self, providers: Mapping[str, Provider], accounts: Iterable[Account] = (), clock: Clock | None = None
    ) -> None:
        self._accounts = {account.name: account for account in accounts if account.name in providers}
        self._fallback = BUILT_IN if BUILT_IN in providers else next(iter(providers))
        clock = clock or SystemClock()
        self.health = {name: Health(clock) for name in providers}
        self.health |= {a.name: Health(clock, a.per_minute) for a in self._accounts.values()}

    def provider_for(self, model: Model, mode: Mode, *, avoid: str = "") -> str:
        """Return the name of who is to make it; `avoid` is taken only where nobody else can."""
        able = self.able(model, mode)
        usable = [a for a in able if not self.health[a.name].sends.condition.until] or able
        others = [a for a in usable if a.name != avoid] or usable
        if not others:
            return self._fallback
        best = max(account.priority for account in others)
        first = [account for account in others if account.priority == best]
        return random.choices(first, [account.weight for account in first])[0].name  # noqa: S311 (a share, no secret)

    def able(self, model: Model, mode: Mode) -> list[Account]:
        """Return the accounts that can make a mode of a model, whatever their state."""
        return [account for account in self._accounts.values() if can_make(account, model, mode)]

    def alike(self, name: str) -> list[str]:
        """Return the other accounts that make just what this one makes and are asked as readily: further credentials.

        None for one that is not used now: it can't help them.
        """
        own = self._accounts.get(name)
        if own is None or self.health[name].sends.condition.until:
            return []
        return [other.name for other in self._accounts.values() if other is not own and _makes(other) == _makes(own)]

    def look_ms(self, name: str) -> int:
        """Return how long an account's lost submissions are looked for."""
        account = self._accounts.get(name)
        return int((account.look_seconds if account else limits.UNKNOWN_SECONDS) * 1000)

    def charges_late(self, name: str) -> bool:
        """Whether a client pays for a video that was found after its task had ended unknown."""
        account = self._accounts.get(name)
        return account is not None and account.late == CHARGE

    def bounds(self, name: str) -> tuple[int, int]:
        """Return how many jobs an account may have at once, and how many submissions its rate allows now."""
        return self._accounts[name].at_once, self.health[name].room()


def can_make(account: Account, model: Model, mode: Mode) -> bool:
    """Whether an account makes that mode of a model: the catalog has the vendor's id, or the operator names it, and
    the kind can at all. Raises ValueError where the account's options mean nothing."""
    if not able(account, model, mode):
        return False
    if account.models:
        return model.id in account.models
    return model.upstream_id(account.kind, mode) is not None


def _makes(account: Account) -> tuple[object, ...]:
    """Return what two accounts have in common that can stand in for each other."""
    return account.kind, account.models, account.options, account.priority
