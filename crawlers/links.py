"""Addresses found on pages: joined to their page, and only those that may be followed or shown."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urldefrag, urljoin, urlsplit

from crawlers.addresses import is_public, origin_of

LONGEST = 2048
"""Longer addresses are traps or mistakes; browsers and databases cut them."""


def joined(base: str, link: str) -> str:
    """The link as seen from ``base``, without its fragment; empty where it is malformed."""
    try:
        return urldefrag(urljoin(base, link.strip())).url
    except ValueError:  # an unclosed bracket in the host
        return ""


def web_link(base: str, link: str, allow_private: Collection[str] = ()) -> str:
    """The link as people may be offered it, else empty: http or https, and no number of a private network.

    A private number stays where the page itself comes from it, or ``allow_private`` names it as host:port.
    """
    url = joined(base, link) if link.strip() else ""
    if len(url) > LONGEST or not url.isprintable():
        return ""
    try:
        origin = origin_of(url)
        is_ours = origin == origin_of(base) or origin.partition("://")[2] in allow_private
    except ValueError:
        return ""
    return url if is_ours or not _is_private_number(urlsplit(url).hostname or "") else ""


def host_of(url: str) -> str | None:
    """The host of a web address, None for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _is_private_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:  # a name; what it means is checked when it is connected to
        return host == "localhost" or host.endswith(".localhost")
    return not is_public(host)
