"""Which network addresses a link may lead to: the public ones, and private origins a source names exactly."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")
_ALSO_PRIVATE = tuple(IPv4Network(net) for net in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"))
"""Azure's host service, public by number alone; IETF protocol assignments, of which some Pythons call only
the first eight private; the old 6to4 relays."""

_USER = re.compile(r"(?<=://)[^/@\s]+@")
_KEY = re.compile(
    r"([?&][\w-]*(?:key|token|code|secret|passw(?:or)?d|sign(?:ature)?)=)[^&#\s]+", re.IGNORECASE
)

_PORTS = {"http": 80, "https": 443}


class PrivateAddressError(Exception):
    """A request would have entered a private network that its source does not name."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"refused to connect to {address}: it is private and not in the source's allow_private"
        )
        self.address = address


def is_public(address: str) -> bool:
    """Whether anyone on the internet may be meant by an IP address, also when wrapped in another."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return _is_public(ip) and not any(ip in net for net in _ALSO_PRIVATE)
    inner = all(is_public(str(each)) for each in _wrapped(ip))
    return inner and (ip in _NAT64 or _is_public(ip))


def without_secrets(text: str) -> str:
    """The text with passwords and keys taken out of the addresses in it: what people and logs may see."""
    return _KEY.sub(r"\1***", _USER.sub("", text))


def origin_of(url: str) -> str:
    """``scheme://host:port`` in lower case: what pacing and robots.txt go by.

    Raises ValueError for an address without host, of another scheme or with a port that is none.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no web address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{host}:{parts.port or _PORTS[scheme]}"


class Gate:
    """Lets connections out for one set of private origins (``host:port``, exactly).

    A name is approved with the addresses it has at that moment, and connections are checked against what
    was approved: a name that answers differently a second later (DNS rebinding) gains nothing.
    """

    def __init__(self, allow_private: Iterable[str]) -> None:
        self._allowed = frozenset(entry.strip().lower() for entry in allow_private)
        self._approved: set[tuple[str, int]] = set()

    def approve(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Check all addresses of a name. Raises PrivateAddressError if any of them is private.

        A private address that the source names by number is not thereby open under other names.
        """
        for address in addresses:
            if _place(host, port) in self._allowed:
                self._approved.add((address, port))
            elif not is_public(address):
                raise PrivateAddressError(f"{_place(host, port)} ({address})")

    def check(self, address: str, port: int) -> None:
        """Check an address at the moment of connecting. Raises PrivateAddressError."""
        is_named = _place(address, port) in self._allowed or (address, port) in self._approved
        if not is_named and not is_public(address):
            raise PrivateAddressError(_place(address, port))


def _place(host: str, port: int) -> str:
    host = host.lower().rstrip(".")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    special = ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    site_local = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_global and not special and not site_local


def _wrapped(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that a network may turn this one into."""
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    found = [each for each in (ip.sixtofour, *(ip.teredo or ())) if each]
    if ip in _NAT64:
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return tuple(found)
