"""Which account makes a task's video: what the catalog and the operator say, and how each account stands now."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping

from reelgate import limits
from reelgate.catalog import Model
from reelgate.clock import Clock, SystemClock
from reelgate.conductor.health import Health
from reelgate.errors import NobodyMakesIt
from reelgate.providers.account import BUILT_IN, CHARGE, Account
from reelgate.providers.configured import able, kinds
from reelgate.providers.port import Provider
from reelgate.request import Mode
from reelgate.settings import Drawing
from reelgate.tasks.pauses import Pause


class Router:
    """Chooses among the accounts that are set up; `drawing` says which models the built-in engine draws beside them.

    Accounts of the highest priority come first, and share by weight; one whose breaker is open is skipped while
    another can do the task. A task that an account may have been paid for is never routed again.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        accounts: Iterable[Account] = (),
        clock: Clock | None = None,
        drawing: Drawing = Drawing.AUTO,
    ) -> None:
        self._accounts = {account.name: account for account in accounts if account.name in providers}
        self._drawing = drawing
        self.paused: Mapping[str, Pause] = {}
        """Accounts to which an operator has nothing sent."""
        self._leaving: set[str] = set()
        self._clock = clock = clock or SystemClock()
        self.health = {name: Health(clock, account=name) for name in providers}
        self.health |= {a.name: Health(clock, a.per_minute, a.name) for a in self._accounts.values()}

    def provider_for(self, model: Model, mode: Mode, *, avoid: str = "") -> str:
        """Return the account that makes it; `avoid` is chosen only where no other can. Raises NobodyMakesIt."""
        able = self.able(model, mode)
        unpaused = [a for a in able if a.name not in self.paused] or able
        usable = [a for a in unpaused if self._takes(a.name)] or unpaused
        others = [a for a in usable if a.name != avoid] or usable
        if not others:
            if draws(self._drawing, model, mode, accounts=self._any()):
                return BUILT_IN
            raise NobodyMakesIt(model.id, makers(model, mode))
        best = max(account.priority for account in others)
        first = [account for account in others if account.priority == best]
        return random.choices(first, [account.weight for account in first])[0].name  # noqa: S311 (a share, no secret)

    def draws(self, model: Model, mode: Mode) -> bool:
        """Whether the built-in engine draws a mode of a model that no account makes."""
        return draws(self._drawing, model, mode, accounts=self._any())

    def makers(self, model: Model, mode: Mode) -> list[str]:
        """Return the kinds of accounts that make a mode of a model, by the catalog."""
        return makers(model, mode)

    def able(self, model: Model, mode: Mode) -> list[Account]:
        """Return the accounts that can make a mode of a model, whatever their state, except leaving ones."""
        return [account for account in self._in_use() if can_make(account, model, mode)]

    def who(self, model: Model) -> tuple[list[str], list[str]]:
        """Return the kinds that make a model here, in any mode, and those that would if an account of them was set up.

        The built-in engine is among the first where no other account makes the model.
        """
        able = {mode: [account.kind for account in self.able(model, mode)] for mode in model.modes}
        here = dict.fromkeys(kind for kinds_ in able.values() for kind in kinds_)
        if any(not found and self.draws(model, mode) for mode, found in able.items()):
            here[BUILT_IN] = None
        would = dict.fromkeys(kind for mode in model.modes for kind in self.makers(model, mode))
        return list(here), [kind for kind in would if kind not in here]

    def drawn(self, models: Iterable[Model]) -> int:
        """Return of how many models the built-in engine draws at least one mode."""
        own = self._any()
        return sum(
            any(not self.able(model, mode) and draws(self._drawing, model, mode, accounts=own) for mode in model.modes)
            for model in models
        )

    def helpers(self, name: str) -> list[str]:
        """Return the other accounts in use that make just what this one makes, as readily: further credentials."""
        own = self._accounts.get(name)
        alike = [a.name for a in self._in_use() if own and a is not own and _makes(a) == _makes(own)]
        return [one for one in alike if one not in self.paused and self._takes(one)]

    def _takes(self, name: str) -> bool:
        """Whether an account may be sent something now; an engine that answers no poll would not take it either."""
        account, health = self._accounts.get(name), self.health[name]
        silent = account is not None and account.replica and health.reads.condition.until
        return not health.sends.condition.until and not silent

    def put(self, account: Account) -> None:
        """Route to an account from now on, or to its new version of the same name; its health is kept."""
        known = self._accounts.get(account.name)
        self._accounts[account.name] = account
        self._leaving.discard(account.name)
        if account.name not in self.health:
            self.health[account.name] = Health(self._clock, account.per_minute, account.name)
        elif known is None or known.per_minute != account.per_minute:
            self.health[account.name].allow(account.per_minute)

    def leave(self, name: str) -> None:
        """Route nothing more to an account; its jobs continue."""
        self._leaving.add(name)

    def drop(self, name: str) -> None:
        """Forget an account without running jobs."""
        self._accounts.pop(name, None)
        self.health.pop(name, None)
        self._leaving.discard(name)

    @property
    def leaving(self) -> Collection[str]:
        """Accounts that were removed from the operator's file and still have running jobs."""
        return self._leaving

    def _in_use(self) -> list[Account]:
        return [account for account in self._accounts.values() if account.name not in self._leaving]

    def _any(self) -> bool:
        return len(self._accounts) > len(self._leaving)

    def account(self, name: str) -> Account | None:
        """Return an account that is set up, None for the built-in engine."""
        return self._accounts.get(name)

    def look_ms(self, name: str) -> int:
        """Return how long an account's lost submissions are looked for."""
        account = self._accounts.get(name)
        return int((account.look_seconds if account else limits.UNKNOWN_SECONDS) * 1000)

    def result_seconds(self, name: str) -> float:
        """Return how long an account is asked again for a result that holds no video."""
        account = self._accounts.get(name)
        return account.result_seconds if account else limits.BAD_RESULT_SECONDS

    def charges_late(self, name: str) -> bool:
        """Whether a client pays for a video that was found after its task had ended unknown."""
        account = self._accounts.get(name)
        return account is not None and account.late == CHARGE

    def bounds(self, name: str) -> tuple[int, int]:
        """Return how many jobs an account may have at once, and how many submissions its rate allows now."""
        return self._accounts[name].at_once, self.health[name].room()


def draws(drawing: Drawing, model: Model, mode: Mode, *, accounts: bool) -> bool:
    """Whether the built-in engine draws a model that no account makes; `accounts`: whether any is set up."""
    if drawing is Drawing.OFF:
        return False
    everything = drawing is Drawing.ALWAYS or (drawing is Drawing.AUTO and not accounts)
    return everything or is_own(model)


def is_own(model: Model) -> bool:
    """Whether a model is the built-in engine's own."""
    return BUILT_IN in model.upstream


def makers(model: Model, mode: Mode) -> list[str]:
    """Return the kinds of accounts that make a mode of a model, by the catalog."""
    return [kind.name for kind in kinds() if model.upstream_id(kind.name, mode) is not None]


def can_make(account: Account, model: Model, mode: Mode) -> bool:
    """Whether an account makes that mode of a model: the catalog has the vendor's id, or the operator names it, and
    the kind can at all. Raises ValueError if the account's options mean nothing."""
    if not able(account, model, mode):
        return False
    if account.models:
        return model.id in account.models
    return model.upstream_id(account.kind, mode) is not None


def _makes(account: Account) -> tuple[object, ...]:
    """Return what two accounts must have in common to replace each other."""
    return account.kind, account.models, account.options, account.priority
