"""The health of each account: a circuit breaker for submissions and one for reads, its rate, its unusual answers."""

from __future__ import annotations

from collections import Counter

import msgspec
import structlog

from reelgate import limits
from reelgate.bucket import TokenBucket
from reelgate.clock import Clock
from reelgate.fault_log import FaultLog

log = structlog.get_logger()

_LONGEST_MS = int(max(limits.BREAKER_MAX_SECONDS, limits.VENDOR_RETRY_AFTER_MAX_SECONDS, limits.TRIAL_SECONDS) * 1000)


class Condition(msgspec.Struct, frozen=True):
    """Why something is left alone. `until` is when it is tried again, in ms; 0: it is used."""

    reason: str = ""
    until: int = 0


class Breaker:
    """After some faults in a row everything waits, each time for twice as long; then one trial decides.

    Only what speaks of the account or of the way to it counts. What a user did wrong never does.
    """

    def __init__(self, clock: Clock, account: str = "", about: str = "") -> None:
        """`account` and `about` name it in the log: whose, and whether of what is sent or read."""
        self._clock = clock
        self._named = {"account": account, "what": about}
        self._log = FaultLog()
        self._faults = 0
        self._condition = Condition()
        self._trial_until = 0

    def worked(self) -> None:
        """Note an answer that shows all in order."""
        if self._condition.until:
            log.info("account.back", **self._named, was=self._condition.reason)
        self._faults = 0
        self._condition = Condition()
        self._trial_until = 0

    def failed(self, reason: str, *, retry_after: float = 0.0, account: bool = False) -> None:
        """Note a fault; one of the account itself, or a wait that was asked for, closes at once.

        What was under way when it closed adds nothing.
        """
        now = self._clock.now()
        if self._lasts(self._condition.until, now):
            return
        self._trial_until = 0
        self._faults += 1
        pause = retry_after
        if account or self._faults >= limits.BREAKER_FAULTS:
            pause = max(pause, min(limits.BREAKER_SECONDS * 2 ** min(self._faults - 1, 16), limits.BREAKER_MAX_SECONDS))
        if pause:
            self._condition = Condition(reason, now + int(pause * 1000))
            self._log.warning("account.paused", **self._named, reason=reason, seconds=round(pause, 1))

    @property
    def state(self) -> Condition:
        """The last pause, also once it is over, until a call shows all in order."""
        return self._condition

    @property
    def condition(self) -> Condition:
        """How it stands now; while a trial is in progress the others wait for its end."""
        now = self._clock.now()
        if self._lasts(self._condition.until, now):
            return self._condition
        if self._lasts(self._trial_until, now):
            reason = f"one is tried after: {self._condition.reason}"
            return Condition(reason, now + int(limits.TRIAL_LOOK_SECONDS * 1000))
        return Condition()

    @staticmethod
    def _lasts(until: int, now: int) -> bool:
        """Whether that time is still to come; further off than any pause is, it was set by a clock that was ahead."""
        return now < until <= now + _LONGEST_MS

    @property
    def on_trial(self) -> bool:
        """Whether the pause is over and nothing was tried since: one may be."""
        return bool(self._condition.until) and not self.condition.until

    def admits(self) -> bool:
        """Whether one more may go now. The first after a pause is the trial; `worked` or `failed` reports its end.

        A trial that never ends (its process forgot it) is followed by another.
        """
        if self.condition.until:
            return False
        if self._condition.until:
            self._trial_until = self._clock.now() + int(limits.TRIAL_SECONDS * 1000)
        return True


class Health:
    """One account: its submissions, its reads, their limits, and the answers that were not understood."""

    def __init__(self, clock: Clock, per_minute: int = limits.VENDOR_SUBMISSIONS_PER_MINUTE, account: str = "") -> None:
        self._clock = clock
        self._bucket = TokenBucket(per_minute, 60.0)
        self.sends = Breaker(clock, account, "submissions")
        self.reads = Breaker(clock, account, "polls")
        self.outcomes: Counter[str] = Counter()
        """How submissions ended, since this process began: `accepted`, `not_taken`, `rejected`, `unknown`."""
        self.odd = 0
        """Answers that were not understood, since this process began."""
        self.last_odd = ""
        self.differing = 0
        """The same for videos whose reported length differs from that of their files."""
        self.late = 0
        """The same for videos that were made after their task had ended."""
        self.bad = 0
        """The same for results without a video."""

    def allow(self, per_minute: int) -> None:
        """Let the account take so many submissions a minute from now on."""
        self._bucket = TokenBucket(per_minute, 60.0)

    def room(self) -> int:
        """Return how many submissions the account's rate allows now."""
        return self._bucket.room(self._clock.now() / 1000)

    def sent(self) -> None:
        """Note a submission."""
        self._bucket.take(self._clock.now() / 1000)

    def met_odd(self, what: str) -> None:
        """Count an answer that was not understood."""
        self.odd += 1
        self.last_odd = what
