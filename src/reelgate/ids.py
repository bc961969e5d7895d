"""Public ids. All but trace ids grow with time, so that an index on them is written at its end."""

from __future__ import annotations

import calendar
import re
import secrets
import string
import threading
import time
import uuid
from collections.abc import Callable
from functools import lru_cache

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase  # in ASCII order, so that text sorts by time
_BASE36 = string.digits + string.ascii_lowercase
_UNEVEN = bytes(range(248, 256))  # 248 is the last multiple of 62 that a byte can hold
_TO_BASE62 = (_BASE62 * 5)[:256].encode()
_EAST_8 = 8 * 3600  # seconds; ids that carry a date in clear carry it in UTC+8
_PREFIXED = re.compile("[a-z]+[_-]([0-9A-Za-z]{8})[0-9A-Za-z]{24}")
_UUID7 = re.compile("([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_ARK_ID = re.compile("[a-z]+-([0-9]{14})-[0-9a-z]{5}")
_DECIMAL = re.compile("([0-9]{13})[0-9]{6}")


class _Sequence:
    """Hands out (tick, counter) pairs that only grow: a random start in each tick, then random steps.

    A counter that reaches `size` moves on to the next tick, and a clock that goes back is not followed.
    """

    def __init__(self, size: int, longest_step: int) -> None:
        self._size = size
        self._longest_step = longest_step
        self._last = (0, 0)
        self._lock = threading.Lock()

    def next(self, tick: int) -> tuple[int, int]:
        """Return a pair greater than every pair before, at `tick` if the counter allows."""
        with self._lock:
            last_tick, last_count = self._last
            count = last_count + 1 + secrets.randbelow(self._longest_step)
            if tick > last_tick or count >= self._size:
                # The lower half, so that the tick has room for many more.
                tick, count = max(tick, last_tick + 1), secrets.randbelow(self._size // 2)
            else:
                tick = last_tick
            self._last = (tick, count)
            return self._last


class _Randomness:
    """Random bytes from the system, fetched by the page: a system call for each id would cost more than the id."""

    def __init__(self, page: Callable[[], bytes]) -> None:
        self._draw = page
        self._page = b""
        self._used = 0
        self._lock = threading.Lock()

    def take(self, count: int) -> bytes:
        """Return `count` bytes that no other call gets; at most half of `_PAGE`."""
        with self._lock:
            if self._used + count > len(self._page):
                self._page, self._used = self._draw(), 0
            self._used += count
            return self._page[self._used - count : self._used]


def _letters() -> bytes:
    """Return some 4,000 random alphanumerics, each of the 62 equally likely: 8 of 256 bytes are dropped."""
    return secrets.token_bytes(_PAGE).translate(_TO_BASE62, _UNEVEN)


_PAGE = 4096
_RANDOMNESS = _Randomness(lambda: secrets.token_bytes(_PAGE))
_LETTERS = _Randomness(_letters)
_UUIDS = _Sequence(1 << 12, 1)
_ARK = _Sequence(36**5, 1000)
_DECIMALS = _Sequence(10**6, 1000)


def prefixed(prefix: str, now: int) -> str:
    """Return `prefix` + 32 alphanumerics: 8 for `now` (milliseconds), 24 random (142 bits)."""
    return prefix + _digits(now, _BASE62, 8) + _alphanumerics(24)


def uuid7(now: int) -> str:
    """Return a UUID of version 7 (RFC 9562) for `now` in milliseconds; each is greater than the one before."""
    tick, count = _UUIDS.next(now)
    tail = int.from_bytes(_RANDOMNESS.take(8)) >> 2
    return str(uuid.UUID(int=tick << 80 | 0x7 << 76 | count << 64 | 0b10 << 62 | tail))


def uuid7_floor(time: int) -> str:
    """Return what no UUID of version 7 that was made from `time` (ms) on comes before, as text."""
    digits = f"{time:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def ark_id(now: int, prefix: str = "cgt") -> str:
    """Return `cgt-<yyyymmddHHMMSS in UTC+8>-<5 of a-z0-9>` for `now` in milliseconds; each is greater than the last.

    Another `prefix` names another kind of thing: `asset`, `group`.
    """
    second, count = _ARK.next(now // 1000)
    return f"{prefix}-{_stamp(second + _EAST_8)}-{_digits(count, _BASE36, 5)}"


def decimal(now: int) -> str:
    """Return 19 digits, a number below 2**63 for `now` in milliseconds; each is greater than the last."""
    tick, count = _DECIMALS.next(now)
    return f"{tick:013d}{count:06d}"


def trace_id(now: int) -> str:
    """Return 31 characters that name a call: UTC time to the second, 9 digits below it, 8 random alphanumerics."""
    nanoseconds = now % 1000 * 1_000_000 + int.from_bytes(_RANDOMNESS.take(4)) % 1000 * 1000
    return f"{_stamp(now // 1000)}{nanoseconds:09d}{_alphanumerics(8)}"


def made_at(text: str) -> tuple[int, int] | None:
    """Return the moments (ms) between which an id of any of these forms was made, both included; None for no id."""
    if found := _PREFIXED.fullmatch(text):
        at = 0
        for char in found[1]:
            at = at * len(_BASE62) + _BASE62.index(char)
        return at, at
    if found := _UUID7.fullmatch(text):
        at = int(found[1] + found[2], 16)
        return at, at
    if found := _DECIMAL.fullmatch(text):
        return int(found[1]), int(found[1])
    if found := _ARK_ID.fullmatch(text):
        try:
            second = calendar.timegm(time.strptime(found[1], "%Y%m%d%H%M%S")) - _EAST_8
        except ValueError:
            return None
        return second * 1000, second * 1000 + 999
    return None


def _alphanumerics(length: int) -> str:
    """Return that many random characters, each of the 62 equally likely."""
    return _LETTERS.take(length).decode()


@lru_cache(maxsize=8)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(second))


def _digits(number: int, alphabet: str, length: int) -> str:
    base = len(alphabet)
    found = []
    for _ in range(length):
        number, digit = divmod(number, base)
        found.append(alphabet[digit])
    return "".join(reversed(found))
