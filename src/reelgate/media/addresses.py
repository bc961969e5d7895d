"""Which network addresses a fetch may connect to."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import httpx2

from reelgate.errors import InvalidField

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Forms of IPv6 that carry an IPv4 address which the network behind them may unwrap (RFC 4291, 6052, 8215, 3056, 4380).
_WRAPPED_V4: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
    )
)
# What `is_global` of some Python release lets through, though no public server has such an address.
_NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "5f00::/16")
)


def networks(texts: Sequence[str]) -> list[Network]:
    """Read an operator's networks. Raises ValueError."""
    try:
        return [ipaddress.ip_network(text) for text in texts]
    except ValueError as error:
        raise ValueError(f"--media-network: {error}; give a network such as 10.0.0.0/8") from None


def is_public(address: Address) -> bool:
    """Whether it is an ordinary public unicast address.

    Not so: private, loopback, link-local (with the metadata services on 169.254.169.254 and fd00:ec2::254), carrier
    NAT, multicast, reserved and documentation addresses, and every IPv6 form that wraps an IPv4 address.
    """
    special = address.is_multicast or address.is_reserved or not address.is_global
    return not special and not _within(address, _WRAPPED_V4 + _NEVER_PUBLIC)


class AddressRule:
    """Permits public addresses, all others too with `allow_private`, and those within `allow` in any case."""

    def __init__(self, *, allow_private: bool = False, allow: Sequence[Network] = ()) -> None:
        self._allow_private = allow_private
        self._allow = tuple(allow)

    def permits(self, address: str) -> bool:
        """Whether a fetch may connect to that literal address; False for anything but an address."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return self._allow_private or is_public(parsed) or _within(parsed, self._allow)

    def permits_host(self, host: str) -> bool:
        """Whether a host may be connected to as far as it says by itself; where a name leads is seen when it is."""
        name = host.rstrip(".").lower()
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return (name != "localhost" and not name.endswith(".localhost")) or self.permits("127.0.0.1")
        return self.permits(name)


def check_host(field: str, url: str, rule: AddressRule) -> None:
    """Raise InvalidField for an address to be called that shows by itself that it must not be."""
    host = httpx2.URL(url).host
    if not rule.permits_host(host):
        allowed = "a public address (others if the operator sets --allow-private-callbacks)"
        raise InvalidField(field, f"{field}: {host} is not public; allowed: {allowed}", value=url, allowed=allowed)


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
