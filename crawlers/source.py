"""The seam of stage 1: what a kind of source must do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wanglou.domain.item import Item
from wanglou.domain.source import SourceSpec


@dataclass(frozen=True, slots=True)
class Page:
    """A page as fetched. ``headers`` have lower-case names. ``fetched_at`` is aware UTC.

    ``follows`` is the Follow that led here, None for an address of ``urls()``.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    fetched_at: datetime
    follows: "Follow | None" = None


@dataclass(frozen=True, slots=True)
class Follow:
    """A link worth following. ``hints`` are what the linking page said of it (title, date)."""

    url: str
    hints: Mapping[str, str]


class UnreadablePageError(Exception):
    """A page is not of the kind its source expects: the site changed, or answered with something else."""

    def __init__(self, source: str, url: str, found: str) -> None:
        super().__init__(f"source {source!r} cannot read {url}: {found}")
        self.source = source
        self.url = url
        self.found = found


class Source(Protocol):
    """Plans requests and reads pages. The spider owns fetching, delays and robots.txt.

    Both methods are pure: the same page gives the same items on any machine, at any hour.
    """

    id: str

    def urls(self) -> Iterable[str]:
        """Name what to fetch this round."""
        ...

    def read(self, page: Page) -> Iterator[Item | Follow]:
        """Read one page: items found, and links worth following.

        Raises UnreadablePageError if the page is not the kind expected. Reading nothing must mean
        "nothing new", never "the site changed its layout".
        """
        ...


class SourceFactory(Protocol):
    """A kind's ``PLUGIN``: builds a source from its spec.

    Raises ValueError, naming the option, if the spec's options do not suit the kind.
    """

    def __call__(self, spec: SourceSpec) -> Source:
        """Build the source that ``spec`` describes."""
        ...
