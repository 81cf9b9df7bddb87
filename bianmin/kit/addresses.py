"""The network address that a request comes from: the unit of rate limits, and what operators' endpoints ask."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import Request

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
UNKNOWN = "unknown"
_PREFIX_OF_ONE_SUBSCRIBER = 64


def client_address(request: Request, trusted_proxies: Sequence[Network]) -> Address | None:
    """The address of the client; None where it has none (a Unix socket).

    `X-Forwarded-For` is believed where a trusted proxy wrote it: the last address in it that is no such proxy's.
    """
    address = parse_address(request.client.host) if request.client else None
    if address is None or not contains(trusted_proxies, address):
        return address
    for forwarded in reversed(request.headers.get("x-forwarded-for", "").split(",")):
        earlier = parse_address(forwarded)
        if earlier is None:
            return address
        address = earlier
        if not contains(trusted_proxies, address):
            return address
    return address


def subscriber(address: Address | None) -> str:
    """What a limit counts: an IPv4 address, or the /64 network of an IPv6 address, which one subscriber has whole."""
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _PREFIX_OF_ONE_SUBSCRIBER), strict=False))
    return str(address)


def parse_address(text: str) -> Address | None:
    """The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; None where there is none.

    An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
    """
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def contains(networks: Sequence[Network], address: Address) -> bool:
    """Whether the address is in one of the networks."""
    return any(address in network for network in networks)
