"""The accounts for operators while the server runs: show, pause, resume, test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import msgspec

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.health import Condition, Health
from reelgate.conductor.poll_interval import Pace
from reelgate.conductor.routing import Router
from reelgate.errors import AccountNotFound
from reelgate.ids import uuid7
from reelgate.providers.port import NotFound, Provider, Unrecognized, free_slots
from reelgate.tasks.pauses import Pause
from reelgate.tasks.projects import Act
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

REFRESH_SECONDS = 1.0
"""How often a server looks for accounts that another process has paused."""


class AccountState(msgspec.Struct, frozen=True, kw_only=True):
    """An account as this server finds it. Times are in ms; None is not known, or has no bound."""

    name: str
    kind: str
    local: bool
    paused: Pause | None
    leaving: bool
    """Whether it was removed from the operator's file and only finishes its running jobs."""
    sends: Condition
    reads: Condition
    queued: int
    oldest_queued_at: int | None
    in_hand: int
    at_once: int | None
    unknown: int
    takes_seconds: float | None
    """By when half of its jobs of the usual sort had ended."""
    accepted: int
    rejected: int
    odd: int
    last_odd: str
    priority: int
    weight: int
    address: str


class Tested(msgspec.Struct, frozen=True):
    """What the test of an account said; `milliseconds` it took."""

    ok: bool
    said: str
    milliseconds: int


class Accounts:
    """The accounts of a server."""

    def __init__(
        self,
        *,
        store: TaskStore,
        providers: Mapping[str, Provider],
        router: Router,
        pace: Pace,
        clock: Clock,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`wake` is called when an account may be used again."""
        self._store = store
        self._providers = providers
        self._router = router
        self._pace = pace
        self._clock = clock
        self._wake = wake

    async def refresh(self) -> None:
        """Take over which accounts are paused. Raises StoreError."""
        before = self._router.paused
        self._router.paused = {pause.account: pause for pause in await self._store.pauses.all()}
        if before.keys() - self._router.paused.keys():
            self._wake()

    async def all(self) -> Sequence[AccountState]:
        """Return every account, the built-in engine first. Raises StoreError."""
        ages = await self._store.open_ages()
        counts = {(age.provider, age.state): age for age in ages}
        return [self._standing(name, counts) for name in self._providers]

    async def one(self, name: str) -> AccountState:
        """Return an account. Raises AccountNotFound."""
        self._check(name)
        return next(one for one in await self.all() if one.name == name)

    async def pause(self, name: str, reason: str, actor: str) -> None:
        """Send nothing to an account until it is resumed, at any server; its jobs continue.

        Raises AccountNotFound and StoreError.
        """
        self._check(name)
        now = self._clock.now()
        await self._store.pauses.pause(Pause(name, now, actor, reason), Act(actor, now, "account.pause"))
        await self.refresh()

    async def resume(self, name: str, actor: str) -> None:
        """Use an account again, also one that was paused after errors. Raises AccountNotFound and StoreError."""
        self._check(name)
        await self._store.pauses.resume(name, Act(actor, self._clock.now(), "account.resume"))
        health = self._router.health[name]
        health.sends.worked()
        health.reads.worked()
        await self.refresh()
        self._wake()

    async def test(self, name: str) -> Tested:
        """Ask an account for a job that it can't have: that costs nothing and shows whether it answers to its key.

        Raises AccountNotFound.
        """
        self._check(name)
        return await tested(self._providers[name], self._clock)

    def _check(self, name: str) -> None:
        if name not in self._providers:
            raise AccountNotFound(f"this server has no account {name!r}; there are: {', '.join(self._providers)}")

    def _standing(self, name: str, counts: Mapping[tuple[str, State], object]) -> AccountState:
        provider, health = self._providers[name], self._router.health[name]
        account = self._router.account(name)
        found = {state: counts.get((name, state)) for state in State}

        def tasks(*states: State) -> int:
            return sum(getattr(found[state], "tasks", 0) for state in states)

        return AccountState(
            name=name,
            kind=provider.kind,
            local=provider.local,
            paused=self._router.paused.get(name),
            leaving=name in self._router.leaving,
            sends=health.sends.condition,
            reads=health.reads.condition,
            queued=tasks(State.QUEUED),
            oldest_queued_at=getattr(found[State.QUEUED], "created_at", None),
            in_hand=tasks(State.SUBMITTING, State.RUNNING, State.COLLECTING),
            at_once=account.at_once if account and not provider.local else None,
            unknown=tasks(State.UNKNOWN),
            takes_seconds=self._takes(name),
            odd=health.odd,
            last_odd=health.last_odd,
            priority=account.priority if account else 0,
            weight=account.weight if account else 1,
            address=account.base_url if account else "",
            **_outcomes(health),
        )

    def _takes(self, name: str) -> float | None:
        curves = self._pace.curves(name).values()
        usual = max(curves, key=lambda curve: len(curve.spans), default=None)
        return round(usual.quantile(0.5), 1) if usual else None


async def tested(provider: Provider, clock: Clock) -> Tested:
    """Test an account, as `Accounts.test` does."""
    begun = clock.now()

    def told(said: str, *, ok: bool) -> Tested:
        return Tested(ok, said, clock.now() - begun)

    slots = free_slots(provider)
    if slots is not None:
        return told(f"runs here; {slots} of its slots are free", ok=True)
    try:
        async with asyncio.timeout(limits.ACCOUNT_TEST_SECONDS):
            verdict = await provider.poll(f"reelgate-test-{uuid7(begun)}")
    except TimeoutError:
        return told(f"no answer within {limits.ACCOUNT_TEST_SECONDS:g} s", ok=False)
    except OSError as error:
        return told(str(error), ok=False)
    if isinstance(verdict, NotFound):
        return told("it answers and accepts the key", ok=True)
    if isinstance(verdict, Unrecognized):
        return told(f"it answers: {verdict.what}", ok=True)
    return told("it answers", ok=True)


def _outcomes(health: Health) -> dict[str, int]:
    return {"accepted": health.outcomes["accepted"], "rejected": health.outcomes["rejected"]}
