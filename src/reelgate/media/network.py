"""Connects to hosts by name, but only to addresses that the rule permits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor

import httpcore2

from reelgate.limits import LOOKUPS_AT_ONCE
from reelgate.media.addresses import AddressRule
from reelgate.media.answers import CountedAnswers
from reelgate.media.lookups import Lookups, Resolve

Trusted = Set[tuple[str, int]]
"""Hosts and ports that may have any address."""


class AddressForbidden(Exception):
    """The host has an address that must not be connected to."""


class UnknownHost(Exception):
    """The host's name does not resolve; `transient` when the name servers could not say."""

    def __init__(self, *, transient: bool) -> None:
        self.transient = transient
        super().__init__()


class SystemResolver:
    """Resolves as the system does, in threads of its own: a hanging name server holds up no other file work."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the host's addresses, the system's favourite first."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(found))


class VettedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves a host once, vets every address and connects to a vetted one.

    Nobody resolves again afterwards, so a name server can't answer otherwise the second time. TLS still checks the
    host name, since that happens above this layer. `trusted` hosts and ports were named by the operator and are not
    vetted.
    """

    def __init__(self, rule: AddressRule, resolve: Resolve, trusted: Trusted = frozenset()) -> None:
        self._rule = rule
        self._lookups = Lookups(resolve)
        self._trusted = trusted
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the overridden method's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to one of the host's addresses. Raise AddressForbidden when any of them is not permitted.

        `timeout` is for the look-up and once more for the connection, not for the wait before either.
        """
        try:
            addresses = await self._vetted(host, port, timeout)
            async with asyncio.timeout(timeout):
                for address in addresses:
                    try:
                        stream = await self._sockets.connect_tcp(address, port, None, local_address, socket_options)
                    except httpcore2.ConnectError:
                        continue
                    return CountedAnswers(stream)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        raise httpcore2.ConnectError

    async def _vetted(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            addresses = await self._lookups.look_up(host, port, seconds)
        except TimeoutError:  # an OSError too
            raise
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that is too long
            raise UnknownHost(transient=getattr(error, "errno", None) == socket.EAI_AGAIN) from error
        if addresses and (host, port) in self._trusted:
            return addresses
        if not addresses or not all(map(self._rule.permits, addresses)):
            raise AddressForbidden
        return addresses


def _look_up(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
