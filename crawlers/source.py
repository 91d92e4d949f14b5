"""The seam of stage 1: what a kind of source must do."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """A link worth following. ``hints``: what the linking page said of it, where it said anything.

    ``title`` and ``published`` as written; ``changed``, when it last changed, in ISO form; ``lists``: it is
    a list of further links, and looked at in every round. A link carried over to a later round has lost them.
    """

    url: str
    hints: Mapping[str, str]


class UnreadablePageError(Exception):
    """A page is not of the kind its source expects: the site changed, or answered with something else.

    ``found`` is for the log; ``code`` names the sentence in ``wanglou/wording`` that people read.
    """

    def __init__(self, source: str, url: str, found: str, code: str = "source_unreadable") -> None:
        super().__init__(f"source {source!r} cannot read {url}: {found}")
        self.source = source
        self.url = url
        self.found = found
        self.code = code


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line of a file that gave no item, or not all it should. ``number``: from 1, in the whole file."""

    number: int
    why: str
    line: str


class RejectedLinesError(UnreadablePageError):
    """Some lines could not be read; raised after the items of all others were yielded."""

    def __init__(self, source: str, url: str, lines: Sequence[RejectedLine]) -> None:
        super().__init__(
            source, url, f"{len(lines)} lines, first {lines[0].number}: {lines[0].why}", "source_lines"
        )
        self.lines = tuple(lines)


class Source(Protocol):
    """Plans requests and reads pages. The spider owns fetching, delays and robots.txt.

    Both methods are pure: the same page gives the same items on any machine, at any hour.
    """

    @property
    def id(self) -> str:
        """The id under which ``config/sources.yaml`` lists it."""
        ...

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


def hashed_id(source: str, raw: str) -> str:
    """An ordinary person's id or address as it may leave a source: 16 hex digits, the same every round."""
    return hashlib.sha256(f"{source}\n{raw}".encode()).hexdigest()[:16]
