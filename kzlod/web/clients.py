"""Who asks, for sharing the engine fairly: an IPv4 address, or the /64 network of an IPv6 address."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import Request

_FORWARDED = ("x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host", "x-forwarded-proto")


def client_of(request: Request, proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """A name for the client of a request; `X-Forwarded-For` is believed only from the named proxies."""
    peer = request.client.host if request.client else ""
    return client_name(peer, request.headers.getlist("x-forwarded-for"), proxies)


def client_name(peer: str, forwarded: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """The name for a peer's address and the `X-Forwarded-For` headers that it sent.

    The header is read from its end, where the nearest proxy wrote, as long as the writer is a trusted proxy.
    """
    if not forwarded:
        return _name(peer)
    address, _ = _followed(peer, forwarded, proxies)
    return _name(str(address) if address else peer)


def asks_from(
    networks: Sequence[IPv4Network | IPv6Network],
    request: Request,
    proxies: Sequence[IPv4Network | IPv6Network],
) -> bool:
    """Whether a request comes from one of the networks, for sure.

    One that was forwarded does only when trusted proxies say so, down to a client that is no proxy itself; a
    header that tells of a proxy which is not trusted is enough to say no.
    """
    peer = request.client.host if request.client else ""
    address, certain = _followed(peer, request.headers.getlist("x-forwarded-for"), proxies)
    if any(name in request.headers for name in _FORWARDED):
        certain = certain and is_proxy(peer, proxies) and address is not None and not _in(address, proxies)
    return certain and address is not None and _in(address, networks)


def is_proxy(peer: str, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a peer's address is that of a trusted proxy."""
    address = _address(peer)
    return address is not None and _in(address, proxies)


def _followed(
    peer: str, forwarded: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]
) -> tuple[IPv4Address | IPv6Address | None, bool]:
    """The address that trusted proxies lead to, and whether all that they say could be read."""
    address = _address(peer)
    for hop in reversed(",".join(forwarded).split(",") if forwarded else []):
        if address is None or not _in(address, proxies):
            break
        before = _address(hop.strip())
        if before is None:
            return address, False
        address = before
    return address, True


@lru_cache(maxsize=1024)
def _name(peer: str) -> str:
    """The name for whoever has this address."""
    address = _address(peer)
    if address is None:
        return peer
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _in(address: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
