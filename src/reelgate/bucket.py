"""A token bucket: limits how often something happens, with a small burst."""

from __future__ import annotations

_AT_ONCE = 0.2  # the share of a period's tokens that may be spent at once; the rest come back over the period


class TokenBucket:
    """At most `limit` in any period of `seconds`: a fifth of it at once, the others as time passes.

    Times are seconds.
    """

    def __init__(self, limit: float, seconds: float) -> None:
        self._most = max(1.0, limit * _AT_ONCE)
        self._per_second = limit * (1 - _AT_ONCE) / seconds
        self._tokens = self._most
        self._seen = 0.0

    def room(self, now: float) -> int:
        """Return how many may be taken now."""
        self._refill(now)
        return max(0, int(self._tokens + 1e-9))

    def take(self, now: float) -> float:
        """Take a token; return the seconds until it is there, 0 for at once. Who comes later waits longer."""
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_second)

    def _refill(self, now: float) -> None:
        passed = max(0.0, now - self._seen)
        self._tokens = min(self._most, self._tokens + passed * self._per_second)
        self._seen = now  # also where the clock was set back: what was seen of the future does not count
