"""Judges internet addresses before anything is fetched from them (A-14)."""

import ipaddress
import socket
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 one
_TRANSLATED_LOCALLY = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215: anything may be behind it


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host; `OSError` where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Tell whether an address is on the open internet, also behind a form that hides another."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return _is_public(found)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by name or by number."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED_LOCALLY or address.teredo:
            return False
        hidden = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden:
            return _is_public(hidden)
    return address.is_global and not address.is_multicast
