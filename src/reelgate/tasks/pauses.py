"""Which accounts an operator has paused, and the port of the store that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from reelgate.tasks.projects import Act


class Pause(msgspec.Struct, frozen=True):
    """An account to which nothing is sent until it is resumed; since when (ms), by whom, and why."""

    account: str
    at: int
    actor: str
    reason: str


class PauseStore(Protocol):
    """Where pauses live. Each change and its line in the audit log are one transaction."""

    async def all(self) -> Sequence[Pause]:
        """Return the accounts that are paused."""
        ...

    async def pause(self, pause: Pause, act: Act) -> None:
        """Pause an account, or change the reason of its pause."""
        ...

    async def resume(self, account: str, act: Act) -> None:
        """Use an account again; one that is not paused stays as it is."""
        ...
