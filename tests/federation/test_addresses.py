"""Which addresses are public."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.federation.addresses import is_public

PUBLIC = ["1.1.1.1", "93.184.215.14", "223.255.255.254", "2606:4700::1111", "2a00:1450:4001::200e"]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "2606:4700::1111%1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_translated_addresses_of_public_hosts() -> None:
    """What a network without IPv4 gives for hosts that have no other (RFC 6052)."""
    assert is_public(ip_address("64:ff9b::808:808"))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_embedding_makes_nothing_public(address: IPv4Address) -> None:
    number = int(address)
    assert not is_public(IPv6Address(number))
    assert not is_public(IPv6Address((0xFFFF << 32) | number))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))
    assert is_public(IPv6Address((0x64FF9B << 96) | number)) == is_public(address)


@given(st.ip_addresses())
def test_public_is_global(address: IPv4Address | IPv6Address) -> None:
    if is_public(address) and not (address.version == 6 and str(address).startswith("64:ff9b:")):
        assert address.is_global
        assert not (address.is_multicast or address.is_reserved or address.is_link_local)
