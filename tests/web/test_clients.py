"""Who a request is from, behind proxies or not."""

from ipaddress import IPv4Network, ip_network

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from kzlod.web.clients import asks_from, client_name

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HERE, THERE = "127.0.0.1", "198.51.100.7"


def request_of(peer: str, headers: dict[str, str]) -> Request:
    fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "client": (peer, 1) if peer else None, "headers": fields})


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


@pytest.mark.parametrize(
    ("peer", "headers", "proxies", "inside"),
    [
        (HERE, {}, (), True),
        ("::1", {}, (), True),
        ("::ffff:127.0.0.1", {}, (), True),
        ("::2", {}, (), False),  # in the /64 of ::1, by which clients are named
        (THERE, {}, (), False),
        ("", {}, (), False),
        # A proxy that was not named may speak for anybody.
        (HERE, {"X-Forwarded-For": THERE}, (), False),
        (HERE, {"X-Forwarded-For": HERE}, (), False),
        (HERE, {"X-Forwarded-For": ""}, (), False),
        (HERE, {"Forwarded": "for=127.0.0.1"}, (), False),
        (HERE, {"Via": "1.1 proxy"}, (), False),
        (HERE, {"X-Real-IP": THERE}, (), False),
        # One that was named is believed, but not that it asks for itself when it forwards.
        (HERE, {}, PROXIES, True),
        (HERE, {"X-Forwarded-For": THERE}, PROXIES, False),
        (HERE, {"X-Forwarded-For": f"{HERE}, {THERE}"}, PROXIES, False),
        (HERE, {"X-Forwarded-For": HERE}, PROXIES, False),
        (HERE, {"X-Forwarded-For": "127.0.0.2"}, PROXIES, True),
        (HERE, {"X-Forwarded-For": "nonsense"}, PROXIES, False),
        (HERE, {"X-Forwarded-For": f"{THERE}, nonsense"}, PROXIES, False),
        (HERE, {"X-Forwarded-Proto": "https"}, PROXIES, False),
        (HERE, {"Via": "1.1 proxy", "X-Forwarded-For": "127.0.0.2"}, PROXIES, True),
        (THERE, {"X-Forwarded-For": HERE}, PROXIES, False),
    ],
)
def test_who_asks_from_here(
    peer: str, headers: dict[str, str], proxies: tuple[IPv4Network, ...], inside: bool
) -> None:
    assert asks_from(LOOPBACK, request_of(peer, headers), proxies) is inside


@given(st.lists(st.sampled_from([HERE, "10.1.1.1", "::1", "fd00::1", "x", ""]), max_size=4))
def test_a_client_cannot_say_that_it_is_here(claimed: list[str]) -> None:
    """Whatever it sends, a proxy adds its address behind."""
    headers = {"X-Forwarded-For": ", ".join([*claimed, THERE])}
    assert not asks_from(LOOPBACK, request_of(HERE, headers), PROXIES)
    assert not asks_from((), request_of(HERE, {}), PROXIES)
