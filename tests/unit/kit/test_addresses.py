"""Whom a request counts for: addresses behind proxies, and one subscriber's network."""

from ipaddress import ip_network

import pytest
from fastapi import Request

from bianmin.kit.addresses import client_address, parse_address, subscriber

GATEWAY = [ip_network("172.16.0.0/12"), ip_network("::1")]


def request_from(peer: str | None, forwarded: str | None = None) -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "headers": headers, "client": None if peer is None else (peer, 40000)})


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours: what it claims counts nothing
        ("127.0.0.1", "198.51.100.1", "127.0.0.1"),
        ("172.18.0.5", "198.51.100.1", "198.51.100.1"),
        ("172.18.0.5", "198.51.100.1, 172.18.0.9", "198.51.100.1"),
        ("172.18.0.5", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the client wrote the first one itself
        ("172.18.0.5", "198.51.100.1:52000", "198.51.100.1"),
        ("172.18.0.5", "[2001:db8::7]:52000", "2001:db8::7"),
        ("172.18.0.5", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:172.18.0.5", "198.51.100.1", "198.51.100.1"),
        ("172.18.0.5", "unknown", "172.18.0.5"),
        ("172.18.0.5", "", "172.18.0.5"),
    ],
)
def test_g11_the_client_is_the_last_address_that_no_trusted_proxy_has(
    peer: str, forwarded: str | None, client: str
) -> None:
    assert str(client_address(request_from(peer, forwarded), GATEWAY)) == client


def test_g11_without_trusted_proxies_no_header_is_believed() -> None:
    assert str(client_address(request_from("127.0.0.1", "198.51.100.1"), [])) == "127.0.0.1"
    assert client_address(request_from(None, "198.51.100.1"), GATEWAY) is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("nonsense", "unknown"),
    ],
)
def test_g11_a_subscriber_is_an_ipv4_address_or_a_64_bit_network(address: str, counted: str) -> None:
    assert subscriber(parse_address(address)) == counted
