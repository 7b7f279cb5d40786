"""Whose address a request comes from. Knows the proxies that are believed, and believes no other.

Each proxy appends the address that it was called from to ``X-Forwarded-For``, so the list is read from its
end: the last address that is not one of our own proxies is the client; whatever stands before it anybody may
have made up.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from web import keys

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from aiohttp import web

MAX_HOPS = 16  # of X-Forwarded-For that are looked at
HOUSEHOLD_BITS = 64  # of an IPv6 address: what one customer of a provider gets

Address = IPv4Address | IPv6Address


def client_group(request: web.Request) -> str:
    """Who is counted together: an IPv4 address, or the /64 of an IPv6 address."""
    address = client_address(request)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, HOUSEHOLD_BITS), strict=False))
    return str(address)


def client_address(request: web.Request) -> Address | None:
    """The address of the browser as far as we can know it; none over a unix socket without a proxy's word."""
    trusted = request.app[keys.OPTIONS].trusted_proxies
    address = _address(request.remote or "")
    for hop in reversed(_hops(request)):
        if not _is_trusted(address, trusted):
            break
        before = _address(hop)
        if before is None:
            break
        address = before
    return address


def _hops(request: web.Request) -> list[str]:
    return ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")[-MAX_HOPS:]


def _is_trusted(address: Address | None, trusted: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in trusted) if address else bool(trusted)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
