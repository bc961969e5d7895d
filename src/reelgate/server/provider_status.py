"""How this server finds its accounts, for `reelgate providers`: a small file in the data folder.

A server's health lives in its memory, and this is the least that lets another process see it. Where several servers
share a journal each writes its own folder's file, since each of them has its own experience with an account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reelgate.clock import Clock
from reelgate.conductor.health import Condition, Health

NAME = "providers.json"
LOOK_SECONDS = 1.0
"""How often a change is looked for."""


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account as a server finds it."""

    sends: Condition = Condition()
    reads: Condition = Condition()
    odd: int = 0
    last_odd: str = ""
    differing: int = 0
    bad: int = 0


class Standings(msgspec.Struct, frozen=True):
    """Every account of a server; times in ms."""

    since: int
    """When the server started: the counts began then."""
    accounts: dict[str, Standing]


class Board:
    """Writes the standings down whenever one has changed."""

    def __init__(self, folder: Path, health: Mapping[str, Health], clock: Clock) -> None:
        self._path = folder / NAME
        self._health = health
        self._clock = clock
        self._since = clock.now()
        self._written: dict[str, Standing] | None = None

    async def write(self) -> None:
        """Write the file if something has changed. Raises OSError."""
        accounts = {name: _standing(health) for name, health in self._health.items()}
        if accounts == self._written:
            return
        await asyncio.to_thread(self._replace, msgspec.json.encode(Standings(self._since, accounts)))
        self._written = accounts

    def _replace(self, content: bytes) -> None:
        part = self._path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(self._path)


def read_board(folder: Path) -> Standings | None:
    """Return what a server wrote last, None where none did so legibly."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Standings)
    except (OSError, msgspec.DecodeError):
        return None


def _standing(health: Health) -> Standing:
    return Standing(health.sends.state, health.reads.state, health.odd, health.last_odd, health.differing, health.bad)
