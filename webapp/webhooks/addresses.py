"""Where messages may go: to the outside by HTTPS, to inner networks only where the installation names them.

An address is resolved once and connected to as it was judged: a name that changes its mind in between leads nowhere else.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
MAX_URL = 400


class NotAllowed(Exception):
    """This address must not be called."""


@dataclass(frozen=True, slots=True)
class Target:
    """``address``: what to connect to; ``host``: what the certificate and the Host header say."""

    url: str
    host: str
    port: int
    address: str


def faults(url: str, *, needs_https: bool) -> bool:
    """Whether this cannot be the address of a receiver, whatever it leads to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return True
    schemes = ("https",) if needs_https else ("https", "http")
    is_odd = not url.isascii() or any(character.isspace() for character in url) or parts.username is not None or parts.fragment
    return bool(len(url) > MAX_URL or parts.scheme not in schemes or not parts.hostname or port == 0 or is_odd)


def resolved(url: str, *, inner: Sequence[Network]) -> Target:
    """The target of a message. ``inner``: private networks that are allowed. Raises NotAllowed, OSError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(entry[4][0]) for entry in found]
    if not addresses or not all(_is_allowed(address, inner) for address in addresses):
        raise NotAllowed(host)
    return Target(url, host, port, str(addresses[0]))


def _is_allowed(address: Address, inner: Iterable[Network]) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or address
    return (mapped.is_global and not mapped.is_multicast) or any(
        mapped in network for network in inner if network.version == mapped.version
    )
