"""Which accounts can be used now: a circuit breaker and a rate for each."""

from __future__ import annotations

from collections import deque

import msgspec

from reelgate import limits
from reelgate.clock import Clock


class Condition(msgspec.Struct, frozen=True):
    """How an account stands. `until` is when it is tried again, in ms; 0: it is used."""

    reason: str = ""
    until: int = 0


class Health:
    """One account's circuit breaker: after some faults in a row it is left alone, each time for twice as long.

    Only what speaks of the account or of the way to it counts. What a user did wrong never does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults = 0
        self._condition = Condition()
        self._sent: deque[int] = deque()

    def worked(self) -> None:
        """Note an answer that shows the account in order."""
        self._faults = 0
        self._condition = Condition()

    def failed(self, reason: str, *, retry_after: float = 0.0, account: bool = False) -> None:
        """Note a fault; one of the account itself, or a wait that was asked for, closes it at once."""
        self._faults += 1
        pause = retry_after
        if account or self._faults >= limits.BREAKER_FAULTS:
            pause = max(pause, min(limits.BREAKER_SECONDS * 2 ** (self._faults - 1), limits.BREAKER_MAX_SECONDS))
        if pause:
            self._condition = Condition(reason, self._clock.now() + int(pause * 1000))

    @property
    def condition(self) -> Condition:
        """How the account stands now."""
        return self._condition if self._condition.until > self._clock.now() else Condition()

    def room(self, per_minute: int) -> int:
        """Return how many submissions the account's rate allows now."""
        minute_ago = self._clock.now() - 60_000
        while self._sent and self._sent[0] <= minute_ago:
            self._sent.popleft()
        return max(0, per_minute - len(self._sent))

    def sent(self) -> None:
        """Note a submission."""
        self._sent.append(self._clock.now())
