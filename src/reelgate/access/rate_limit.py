"""Calls per minute, counted in this server's memory, by API key and by project."""

from __future__ import annotations

from collections import deque

from reelgate import limits
from reelgate.clock import Clock
from reelgate.errors import RateLimited
from reelgate.tasks.projects import Key, Project

WINDOW_MS = 60_000
_SWEEP = 1024  # new counters between two looks for those that count nothing any more

CREATES = "creates"
PREVIEWS = "previews"
_USUAL = {PREVIEWS: limits.PREVIEWS_PER_MINUTE}
"""Where nothing is stated, of what costs more than most."""
_KEY, _PROJECT = "API key", "project"

Headers = tuple[tuple[str, str], ...]


class Rates:
    """Lets through as many creates in any minute as a key and its project may send, refused bodies counted too.

    Other calls that make the server compute are counted apart, each kind for itself; where neither key nor project
    has a rate, the project has `CALLS_PER_MINUTE` of each, of previews `PREVIEWS_PER_MINUTE`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, _Window] = {}
        self._sweep_at = _SWEEP

    def count(self, key: Key, project: Project, what: str = CREATES) -> Headers:
        """Count a create, or another kind of call; return the headers with the rest of a configured rate.

        Raises RateLimited, and counts nothing then.
        """
        stated = ((_KEY, key.id, key.creates_per_minute), (_PROJECT, project.id, project.creates_per_minute))
        return self._count([(who, name, most) for who, name, most in stated if most is not None], project, what)

    def count_of_project(self, project: Project, what: str) -> Headers:
        """Count a call that comes without a key, as `count` does."""
        most = project.creates_per_minute
        return self._count([] if most is None else [(_PROJECT, project.id, most)], project, what)

    def _count(self, stated: list[tuple[str, str, int]], project: Project, what: str) -> Headers:
        wanted = stated
        if not stated:
            if what == CREATES:
                return ()
            wanted = [(_PROJECT, project.id, _USUAL.get(what, limits.CALLS_PER_MINUTE))]
        now = self._clock.now()
        self._tidy(now)  # before the call's own windows are made, which count nothing yet
        windows = [(who, self._window(f"{what} {name}", most)) for who, name, most in wanted]
        for who, window in windows:
            if not window.left(now):
                raise _refusal(who, what, window, now)
        for _, window in windows:
            window.add(now)
        tightest = min((window for _, window in windows), key=lambda window: window.left(now))
        return _headers(tightest, now) if stated else ()

    def _window(self, name: str, most: int) -> _Window:
        window = self._windows.setdefault(name, _Window())
        window.most = most
        return window

    def _tidy(self, now: int) -> None:
        """Drop what counts nothing, so that keys which come and go don't fill the memory."""
        if len(self._windows) >= self._sweep_at:
            self._windows = {name: window for name, window in self._windows.items() if window.busy(now)}
            self._sweep_at = len(self._windows) + _SWEEP


class _Window:
    """The creates of the last minute, oldest first."""

    __slots__ = ("_times", "most")

    def __init__(self) -> None:
        self.most = 0
        self._times: deque[int] = deque()

    def left(self, now: int) -> int:
        """Return how many more are allowed now."""
        return max(0, self.most - len(self._recent(now)))

    def add(self, now: int) -> None:
        """Count one."""
        self._times.append(now)

    def busy(self, now: int) -> bool:
        """Whether anything counts."""
        return bool(self._recent(now))

    def seconds(self, now: int) -> int:
        """Return after how many seconds, a whole number from 1 to 60, the next one counts no more."""
        times = self._recent(now)
        over = max(0, len(times) - self.most)  # where the limit was lowered meanwhile
        left = times[over] + WINDOW_MS - now if over < len(times) else WINDOW_MS
        return min(60, max(1, -(-left // 1000)))

    def _recent(self, now: int) -> deque[int]:
        times = self._times
        while times and not now - WINDOW_MS < times[0] <= now:  # or it was sent while the clock was ahead
            times.popleft()
        return times


def _refusal(who: str, what: str, window: _Window, now: int) -> RateLimited:
    error = RateLimited(f"this {who} may send {window.most} {what} a minute; try again in {window.seconds(now)} s")
    error.retry_after = window.seconds(now)
    error.headers = _headers(window, now)
    return error


def _headers(window: _Window, now: int) -> Headers:
    return (
        ("x-ratelimit-limit", str(window.most)),
        ("x-ratelimit-remaining", str(window.left(now))),
        ("x-ratelimit-reset", str(window.seconds(now))),
    )
