"""DNS lookups in which slow name servers delay only the clients that use them."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar

from reelgate import limits
from reelgate.fair_slots import FairSlots

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the literal addresses of a host and port; raises OSError when there are none."""

asking: ContextVar[str] = ContextVar("asking", default="")
"""The project for which this coroutine fetches: the HTTP client between it and the look-up passes no word on."""

_SHORT = 3  # letters of "co", "com", "net", "gov" under a country's letters, which nobody owns


class Lookups:
    """At most some at once, for each project and for each registered domain.

    A look-up keeps its slot until it has ended, even if nothing waits for it any more: the system's own can't be
    cancelled. The time that a look-up waits for a slot does not count as its own.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._places = FairSlots(limits.LOOKUPS_AT_ONCE, limits.LOOKUPS_PER_PROJECT, limits.LOOKUPS_PER_DOMAIN)

    async def look_up(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        """Return the host's addresses. Raise TimeoutError when looking takes longer, and what resolving raises."""
        keys = (asking.get(), registered_domain(host))
        await self._places.take(*keys)
        looking = asyncio.ensure_future(self._resolve(host, port))
        looking.add_done_callback(lambda done: self._ended(done, keys))
        await asyncio.wait({looking}, timeout=seconds)
        if not looking.done():
            raise TimeoutError
        return looking.result()

    def _ended(self, done: asyncio.Future[Sequence[str]], keys: tuple[str, str]) -> None:
        self._places.give(*keys)
        if not done.cancelled():
            done.exception()  # seen: perhaps nothing waits for it any more


def registered_domain(host: str) -> str:
    """Return the registered part of a host's name, as nearly as its shape shows."""
    name = host.rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    labels = name.split(".")
    country, below = labels[-1], labels[-2] if len(labels) > 1 else ""
    shared = len(country) == 2 and len(below) <= _SHORT
    return ".".join(labels[-3 if shared else -2 :])
