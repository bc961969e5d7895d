from __future__ import annotations

import ipaddress

import pytest

from reelgate.media.addresses import AddressRule

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "240e::1"]
FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 (not bound to)
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",  # carrier NAT, and a cloud's metadata service at 100.100.100.200
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert AddressRule().permits(address)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_all_others_are_not(address: str) -> None:
    assert not AddressRule().permits(address)


def test_private_addresses_can_be_opened_as_a_whole_or_by_network() -> None:
    assert AddressRule(allow_private=True).permits("127.0.0.1")
    rule = AddressRule(allow=[ipaddress.ip_network("10.1.0.0/16")])
    assert rule.permits("10.1.2.3")
    assert not rule.permits("10.2.0.1")
    assert not rule.permits("::1")
