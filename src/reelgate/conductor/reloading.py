"""Reads the operator's files again while the server runs: accounts, their limits, models and prices.

Everything is read, checked and opened first; what is wrong changes nothing. Then all of it holds at a stroke: steps
and calls that are in progress end with what they began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, MutableMapping, MutableSet, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog

from reelgate import limits
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.loop import Conductor
from reelgate.conductor.routing import Router, can_make
from reelgate.errors import ConfigRefused
from reelgate.operator_files import FileError
from reelgate.providers.account import Account
from reelgate.providers.callbacks import Check
from reelgate.providers.configured import callback_checks, check_models, host_of, is_local, row_error
from reelgate.providers.port import Provider
from reelgate.tasks.lists import Everywhere
from reelgate.tasks.projects import Act
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

_ROUTED = frozenset({"priority", "weight", "models", "at_once", "per_minute", "look_seconds", "result_seconds", "late"})
"""What the router alone reads: a change of it needs no other connection to the vendor."""

_NEWEST = 2**62
"""A place in the journal behind every task's."""

Read = Callable[[], tuple[Catalog, Sequence[Account]]]
"""Reads the files and the environment. Raises ValueError and OSError."""


class Left(msgspec.Struct, frozen=True):
    """A removed account, and what it still had: running jobs, and tasks that move to another account or wait."""

    id: str
    in_hand: int
    queued: int
    unknown: int


class Changed(msgspec.Struct, frozen=True):
    """A changed account: the names of the changed fields, never their values."""

    id: str
    fields: Sequence[str]


class Models(msgspec.Struct, frozen=True):
    """Models, with their prices, that came, went, or are other than before."""

    added: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]


class Reloaded(msgspec.Struct, frozen=True):
    """What reading the files again changed, or would have."""

    check: bool
    added: Sequence[str]
    changed: Sequence[Changed]
    removed: Sequence[Left]
    models: Models


class Live(msgspec.Struct, frozen=True):
    """What of a running server the files decide, shared with all who look at it."""

    catalog: Catalog
    providers: MutableMapping[str, Provider]
    router: Router
    checks: MutableMapping[str, Check]
    """What tells callbacks from forged ones, by account."""
    trusted: MutableSet[tuple[str, int]]
    """Where results may be fetched from wherever it lies."""
    kinds: MutableMapping[str, str]
    """Each account's kind, also of those that were taken out: their jobs' costs are counted by it."""


class Reloading:
    """Takes over what the files say now. `make` makes the provider that speaks for an account."""

    def __init__(
        self,
        live: Live,
        *,
        read: Read,
        config: Path | None,
        make: Callable[[Account], Provider],
        store: TaskStore,
        conductor: Conductor,
        clock: Clock,
    ) -> None:
        self._live = live
        self._read = read
        self._config = config
        self._make = make
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._turn = asyncio.Lock()
        self._idle: set[str] = set()  # the removed accounts that had nothing left at the last look
        self._opened: set[Provider] = set()
        self._retiring: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Nothing has to be done before the first call."""

    async def aclose(self) -> None:
        """Close what was opened here."""
        for retiring in self._retiring:
            retiring.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        for provider in tuple(self._opened):
            await provider.aclose()

    async def reload(self, actor: str, *, check: bool = False) -> Reloaded:
        """Read everything again and go by it, or (`check`) only say what would change.

        Raises ConfigRefused if a file is wrong or asks for what takes a restart, and StoreError; nothing has changed
        then.
        """
        async with self._turn:
            catalog, accounts = await self._checked()
            found = await self._compared(catalog, accounts, check=check)
            if not check:
                await self._apply(catalog, accounts, found, actor)
            return found

    async def tend(self) -> None:
        """Let go of removed accounts that have had no work left at two looks in a row: a create or a step may still
        be about to write a task down, or to say goodbye to a vendor. Raises StoreError.
        """
        async with self._turn:
            leaving = set(self._live.router.leaving)
            if not leaving:
                return
            tasks, parked = await self._store.open_tasks(), await self._store.parked.counts()
            busy = {name for (name, _), count in self._conductor.busy.items() if count}
            idle = leaving - tasks.keys() - parked.keys() - busy
            for name in idle & self._idle:
                log.info("account.gone", account=name)
                self._live.router.drop(name)
                self._live.checks.pop(name, None)
                self._retire(name, self._live.providers.pop(name))
            self._idle = idle - self._idle

    async def _checked(self) -> tuple[Catalog, Sequence[Account]]:
        try:
            catalog, accounts = await asyncio.to_thread(self._read)
            check_models(accounts, catalog, self._config)
            for account in accounts:
                self._check(account, catalog)
        except FileError as error:
            raise ConfigRefused(error.field, str(error), line=error.line) from None
        except (ValueError, OSError) as error:
            raise ConfigRefused("", str(error)) from None
        return catalog, accounts

    def _check(self, account: Account, catalog: Catalog) -> None:
        """Raise ValueError if an account can't be used as it is stated."""
        known = self._live.router.account(account.name)
        if known is not None and known.kind != account.kind:
            told = f"kind: {account.name} has jobs of kind {known.kind}; give an account of another kind another name"
            raise row_error(self._config, account.name, told)
        if known is not None and is_local(account) and set(_differing(known, account)) - _ROUTED:
            told = f"options: {account.name} runs on this machine and took its options at its start; restart the server"
            raise row_error(self._config, account.name, told)
        try:
            for model in catalog:
                for mode in model.modes:
                    can_make(account, model, mode)
        except ValueError as error:
            raise row_error(self._config, account.name, f"options: {error}") from None

    async def _compared(self, catalog: Catalog, accounts: Sequence[Account], *, check: bool) -> Reloaded:
        router, stated = self._live.router, {account.name for account in accounts}
        before = {name for name in self._live.providers if router.account(name)} - set(router.leaving)
        tasks = await self._store.open_tasks()
        return Reloaded(
            check=check,
            added=[account.name for account in accounts if account.name not in before],
            changed=[
                Changed(account.name, fields)
                for account in accounts
                if account.name in before and (fields := _differing(router.account(account.name), account))
            ],
            removed=[_left(name, tasks.get(name, {})) for name in sorted(before - stated)],
            models=await self._models(catalog),
        )

    async def _models(self, catalog: Catalog) -> Models:
        before, after = _rows(self._live.catalog), _rows(catalog)
        gone = sorted({row for _, row in before.keys() - after.keys()} - {row for _, row in after})
        if gone and (missed := await self._missed(gone)):
            name, task_id = missed
            told = f"model {name} is no longer in the catalog, but {task_id}, and perhaps other tasks of it, are open"
            raise ConfigRefused("model", f"{told}; put it back until they have ended")
        ids = {row for _, row in before}
        return Models(
            added=sorted({row for _, row in after} - ids),
            changed=sorted({key[1] for key, model in after.items() if key[1] in ids and before.get(key) != model}),
            removed=gone,
        )

    async def _missed(self, gone: Collection[str]) -> tuple[str, str] | None:
        """Return a model of those that an open task is named by or made with, and the task; None if none is."""
        states = tuple(state for state in State if not state.ended)
        before: int | None = _NEWEST
        while before is not None:
            page = Everywhere(states=states, before_seq=before, limit=limits.MAX_PAGE_SIZE)
            found, before = await self._store.lists.everywhere(page)
            for task in found:
                order = task.request.order
                names = (task.model, task.made_with, *(part.model for part in (order.parts if order else ())))
                if name := next((name for name in names if name in gone), None):
                    return name, task.id
        return None

    async def _apply(self, catalog: Catalog, accounts: Sequence[Account], found: Reloaded, actor: str) -> None:
        live = self._live
        fresh = await self._open(account for account in accounts if self._needs_another(account))
        try:
            act = Act(actor, self._clock.now(), "config.reload")
            told: dict[str, Any] = msgspec.to_builtins(found)
            await self._store.projects.note(act, project_id="", subject=str(self._config or "environment"), after=told)
        except BaseException:
            await self._discard(fresh.values())
            raise
        self._idle.clear()
        live.catalog.become(catalog)
        for account in accounts:
            live.router.put(account)
            live.kinds[account.name] = account.kind
        live.checks.update(callback_checks(accounts, self._clock))
        for account in accounts:
            if account.base_url:
                live.trusted.add(host_of(account))
        for name, provider in fresh.items():
            former = live.providers.get(name)
            live.providers[name] = provider
            self._conductor.admit(provider)
            if former is not None:
                self._retire(name, former)
        for left in found.removed:
            live.router.leave(left.id)
        self._conductor.wake()
        log.info("config.reloaded", by=actor, **{name: told[name] for name in ("added", "changed", "removed")})

    def _needs_another(self, account: Account) -> bool:
        known = self._live.router.account(account.name)
        return known is None or bool(set(_differing(known, account)) - _ROUTED)

    async def _open(self, accounts: Iterable[Account]) -> dict[str, Provider]:
        fresh: dict[str, Provider] = {}
        try:
            for account in accounts:
                try:
                    fresh[account.name] = provider = self._make(account)
                    self._opened.add(provider)
                    await provider.open()
                except (ValueError, RuntimeError, OSError) as error:
                    wrong = row_error(self._config, account.name, f"options: {error}")
                    raise ConfigRefused(wrong.field, str(wrong), line=wrong.line) from None
        except BaseException:
            await self._discard(fresh.values())
            raise
        return fresh

    async def _discard(self, providers: Iterable[Provider]) -> None:
        for provider in providers:
            await provider.aclose()
            self._opened.discard(provider)

    def _retire(self, name: str, provider: Provider) -> None:
        """Close a provider once nothing that began with it can still be under way."""

        async def close() -> None:
            await self._conductor.steps_ended(name)
            await asyncio.sleep(limits.RETIRED_SECONDS)
            await self._discard([provider])

        retiring = asyncio.create_task(close(), name=f"retire {name}")
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)


def _differing(one: Account | None, other: Account) -> list[str]:
    """Return the names of the fields in which two accounts differ."""
    return [field for field in Account.__struct_fields__ if getattr(one, field, None) != getattr(other, field)]


def _rows(catalog: Catalog) -> dict[tuple[str, str], Any]:
    return {(model.dialect, model.id): model for model in catalog}


def _left(name: str, tasks: dict[State, int]) -> Left:
    in_hand = (State.SUBMITTING, State.RUNNING, State.COLLECTING)
    return Left(
        id=name,
        in_hand=sum(tasks.get(state, 0) for state in in_hand),
        queued=tasks.get(State.QUEUED, 0),
        unknown=tasks.get(State.UNKNOWN, 0),
    )
