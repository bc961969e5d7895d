"""Decides whether and when a call is repeated."""

from __future__ import annotations

import random
import time

import httpx2

from reelgate.client.errors import ApiError, Unreachable

_PASSING = frozenset({429, 502, 503, 504})
_REFUSED_UNDONE = frozenset({429})
_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 5.0
_LONGEST_ASKED_SECONDS = 60.0

NOBODY = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""The server was not reached, so nothing has happened."""


class Patience:
    """How long one call is made again. `safe`: made twice it does no more than once.

    `once`: only what was certainly not done is done again, so not what a proxy or a busy server answers either.
    """

    def __init__(self, seconds: float, *, safe: bool, once: bool = False) -> None:
        self._passing = _REFUSED_UNDONE if once else _PASSING
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._safe = safe
        self._pause = _FIRST_SECONDS
        self.again = False
        """Whether the call was made before."""

    def after_silence(self, error: httpx2.TransportError) -> float:
        """Return after how many seconds to call again. Raises Unreachable if that is not to be."""
        if not self._safe and not isinstance(error, NOBODY):
            raise Unreachable(f"no answer came, and the call may have been done: {error}") from error
        return self._next(0.0, Unreachable(f"no answer for {self._seconds:g} s: {error}"), error)

    def after(self, answer: httpx2.Response) -> float:
        """Return after how many seconds to call again after a refusal. Raises ApiError if that is not to be."""
        error = ApiError.of(answer)
        told = answer.headers.get("x-should-retry")
        in_doubt = self._safe and "x-reelgate-task-id" in answer.headers
        passing = answer.status_code in self._passing or (answer.status_code >= 500 and self._safe)
        if not in_doubt and (told == "false" or not (passing or told == "true")):
            raise error
        asked = answer.headers.get("retry-after", "")
        return self._next(min(float(asked), _LONGEST_ASKED_SECONDS) if asked.isdecimal() else 0.0, error, None)

    def pause(self) -> float:
        """Return after how many seconds to reconnect to a stream that ended early. Raises Unreachable."""
        return self._next(0.0, Unreachable(f"the stream ended again and again for {self._seconds:g} s"), None)

    def _next(self, least: float, error: Exception, cause: Exception | None) -> float:
        pause = max(least, self._pause * random.uniform(0.5, 1.5))  # noqa: S311
        self._pause = min(2 * self._pause, _LONGEST_SECONDS)
        if time.monotonic() + pause > self._end:
            raise error from cause
        self.again = True
        return pause
