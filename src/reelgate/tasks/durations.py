"""How long jobs took, stored in the journal beyond one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class Durations(msgspec.Struct, frozen=True):
    """Of one sort of jobs at one provider, between which seconds each of the newest ended; `at` in ms."""

    provider: str
    sort: str
    spans: tuple[tuple[float, float], ...]
    at: int


class DurationStore(Protocol):
    """Where durations live. What one server writes last stays."""

    async def all(self) -> Sequence[Durations]:
        """Return what is kept, the newest last, a few thousand sorts at most."""
        ...

    async def keep(self, ones: Sequence[Durations]) -> None:
        """Write some sorts down; of too many sorts the oldest are dropped."""
        ...

    async def hasten(self, due: Mapping[str, int]) -> None:
        """Make running tasks due at other times (ms) where those are sooner and no worker has claimed them."""
        ...
