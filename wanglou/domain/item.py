"""What a source showed, before anyone asks whom it concerns."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit


class DatedBy(StrEnum):
    """Where a publication time comes from; ``NONE`` means there is none."""

    PAGE = "page"
    RELATIVE = "relative"
    SITEMAP = "sitemap"
    FEED = "feed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. Ids of ordinary people are hashed by the source before they get here."""

    name: str
    id: str | None = None
    verified: bool = False
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """How people reacted, as counted at ``observed_at``; None is not known, never zero."""

    observed_at: datetime
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """An item with every count of its reactions, oldest first.

    ``key`` is the item's; ``author`` the author's id, or the name where there is no id.
    """

    key: str
    source: str
    author: str | None
    published_at: datetime | None
    counts: tuple[Engagement, ...]


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """An item's place on a hot list when it was seen: list name and rank, 1 the highest.

    ``heat`` is what the list itself says of how hot it is, in units of its own; None where it says nothing.
    """

    board: str
    rank: int
    heat: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An item seen on a hot list at ``at``, when its place there was new, or at last."""

    at: datetime
    place: BoardPlace


@dataclass(frozen=True, slots=True)
class Item:
    """What a source showed. ``published_at`` is aware UTC, or None where the page did not say."""

    source: str
    url: str
    title: str
    text: str
    author: Author | None = None
    published_at: datetime | None = None
    dated_by: DatedBy = DatedBy.NONE
    platform_id: str | None = None
    engagement: Engagement | None = None
    board: BoardPlace | None = None

    @property
    def key(self) -> str:
        """The same thing seen twice has one key: source and platform id, else address, else words.

        Words have the key of the markup they were written with, which is not stored as such.
        """
        identity = self.platform_id or canonical_url(self.url)
        if identity:
            return _key(self.source, identity)
        words = f"{self.title}\n{self.text}".replace("＜", "<")
        return _key.__wrapped__(self.source, words)

    @property
    def digest(self) -> str:
        """Changes when the words change: an edited article is a new version of its item."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as stored. ``first_seen`` is when we had it first, in any version.

    ``future_dated`` marks a publication time later than ``first_seen``; ``item.published_at`` was then
    set back to ``first_seen``.
    """

    item: Item
    version: int
    first_seen: datetime
    future_dated: bool = False
    group: str | None = None


@lru_cache(maxsize=4096)  # an item is asked for its key some ten times on its way
def _key(source: str, identity: str) -> str:
    return hashlib.sha256(f"{source}\n{identity}".encode()).hexdigest()


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """Drop what does not name the page: fragment, letter case of scheme and host, a bare final slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # a stranger's address may be malformed; it still names the thing it came with
        return url.strip()
    if not parts.netloc:
        return url.strip()
    path = parts.path if parts.path != "/" else ""
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, ""))
