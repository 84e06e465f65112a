"""Which addresses of the Internet may be asked: those that everybody can reach, and no others."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
# What the standard library takes for global in one version or another, or in all.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers and clouds
        "127.0.0.0/8",
        "168.63.129.16/32",  # answers inside of one cloud only
        "169.254.0.0/16",  # metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # with Teredo, which holds an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, likewise
        "3fff::/20",
    )
)


def is_public(address: Address) -> bool:
    """Whether an address is globally routable unicast (the IANA special-purpose registries, RFC 6890).

    Of addresses that hold an IPv4 address, only those of NAT64 (RFC 6052) may be public: when that one is.
    """
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST or address.scope_id:
            return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC)
