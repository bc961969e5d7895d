"""The state of the accounts as this server sees them, for `reelgate providers`: a small file in the data folder.

A server's health lives in its memory, and this is the least that lets another process see it. Where several servers
share a journal each writes its own folder's file, since each of them has its own experience with an account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from reelgate.clock import Clock
from reelgate.conductor.health import Condition, Health
from reelgate.conductor.learned import Curve
from reelgate.conductor.poll_interval import Pace

NAME = "providers.json"
LOOK_SECONDS = 1.0
"""How often a change is looked for."""
_RARELY = 5  # turns after which what was learned is looked at: it changes with every job


class Learned(msgspec.Struct, frozen=True):
    """How long jobs of a sort take at an account, in seconds: when a tenth, a half, nine tenths have ended."""

    ends: int
    """From how many jobs that is known."""
    first: float
    half: float
    most: float
    gap: float
    """How late most of their ends are seen at most."""


class AccountStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account as a server finds it."""

    sends: Condition = Condition()
    reads: Condition = Condition()
    odd: int = 0
    last_odd: str = ""
    differing: int = 0
    bad: int = 0
    polls: int = 0
    unseen: tuple[float, float] = (0.0, 0.0)
    """For how many seconds the ends of the newest jobs can have gone unseen: the median, and 95 of 100."""
    learned: dict[str, Learned] = {}


class ProviderStatus(msgspec.Struct, frozen=True):
    """Every account of a server; times in ms."""

    since: int
    """When the server started: the counts began then."""
    accounts: dict[str, AccountStatus]


class StatusFile:
    """Writes the standings down whenever one has changed."""

    def __init__(self, folder: Path, health: Mapping[str, Health], pace: Pace, clock: Clock) -> None:
        self._path = folder / NAME
        self._health = health
        self._pace = pace
        self._looked = 0  # turns since what was learned was looked at
        self._clock = clock
        self._since = clock.now()
        self._written: dict[str, AccountStatus] | None = None

    async def write(self) -> None:
        """Write the file if something has changed. Raises OSError."""
        accounts = {name: _standing(health, self._written, name) for name, health in self._health.items()}
        if self._looked % _RARELY == 0:
            accounts = {name: _paced(standing, name, self._pace) for name, standing in accounts.items()}
        self._looked += 1
        if accounts == self._written:
            return
        await asyncio.to_thread(self._replace, msgspec.json.encode(ProviderStatus(self._since, accounts)))
        self._written = accounts

    def _replace(self, content: bytes) -> None:
        part = self._path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(self._path)


def read_board(folder: Path) -> ProviderStatus | None:
    """Return what a server wrote last, None if none did so legibly."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=ProviderStatus)
    except (OSError, msgspec.DecodeError):
        return None


def _standing(health: Health, before: Mapping[str, AccountStatus] | None, name: str) -> AccountStatus:
    """Return an account's state, with its last known pace."""
    known = (before or {}).get(name, AccountStatus())
    return AccountStatus(
        sends=health.sends.state,
        reads=health.reads.state,
        odd=health.odd,
        last_odd=health.last_odd,
        differing=health.differing,
        bad=health.bad,
        polls=known.polls,
        unseen=known.unseen,
        learned=known.learned,
    )


def _paced(standing: AccountStatus, name: str, pace: Pace) -> AccountStatus:
    account = pace.accounts[name]
    late = sorted(account.late) or [0.0]
    unseen = (round(late[len(late) // 2], 2), round(late[len(late) * 95 // 100], 2))
    learned = {sort: _learned(curve) for sort, curve in pace.curves(name).items()}
    return replace(standing, polls=account.reads, unseen=unseen, learned=learned)


def _learned(curve: Curve) -> Learned:
    first, half, most = (round(curve.quantile(share), 1) for share in (0.1, 0.5, 0.9))
    return Learned(len(curve.spans), first, half, most, round(curve.gap, 2))
