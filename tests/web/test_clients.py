"""Who a request is from, behind proxies or not."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.web.clients import client_name

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "name"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9", "198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.9, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["10.1.1.1"], "10.1.1.1"),
        ("::ffff:127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1%eth0", [], "2001:db8:1:2::/64"),
        ("fd00::1", ["[2001:db8:1:2::9]"], "2001:db8:1:2::/64"),
        ("", [], ""),
        ("testclient", ["198.51.100.7"], "testclient"),
    ],
)
def test_client_name(peer: str, forwarded: list[str], name: str) -> None:
    assert client_name(peer, forwarded, PROXIES) == name


@given(st.lists(st.text(max_size=40), max_size=4))
def test_an_untrusted_peer_cannot_choose_its_name(forwarded: list[str]) -> None:
    assert client_name("192.0.2.1", forwarded, PROXIES) == "192.0.2.1"


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_header_gives_a_name(forwarded: list[str]) -> None:
    assert client_name("127.0.0.1", forwarded, PROXIES)
