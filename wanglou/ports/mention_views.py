"""The list of mentions as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wanglou.domain.correction import Correction
from wanglou.domain.item import Placed
from wanglou.domain.mention import SeenMention, Sentiment
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.ports.views import TilePoint


class SearchWords(Protocol):
    """What is searched for in texts; see ``analysis.search``."""

    @property
    def grams(self) -> Sequence[str]:
        """Pairs of characters that every hit has."""
        ...

    @property
    def beginnings(self) -> Sequence[str]:
        """Single characters: every hit has a gram that begins with each."""
        ...

    def fits(self, text: str) -> bool:
        """Whether a text has all that is searched for."""
        ...


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """Which mentions are listed: those of ``clients`` published (or first seen) in ``span``; None is any.

    ``void``: those that a person said are not about the brand, and none else. ``group``: one story's copies.
    """

    clients: tuple[str, ...]
    span: Span
    brand: str | None = None
    source: str | None = None
    sentiment: Sentiment | None = None
    topic: Topic | None = None
    group: str | None = None
    unsure: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True)
class MentionStory:
    """A mention with what is folded under it. ``copies``: other mentions of its group; ``reach``: of all.

    ``placed``: its moves on hot lists, oldest first, the last sight at the end.
    """

    seen: SeenMention
    copies: int
    reach: int
    corrections: tuple[Correction, ...]
    placed: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionList:
    """A page of stories, newest first. ``older`` asks for the next page, None where there is none.

    ``searched_to``: a search that looked at much and found little stopped there; ``older`` goes on.
    ``is_behind``: many mentions cannot be found by their words yet. ``volume``: all that was counted of the
    clients (and brand) hour by hour, whatever else is asked for.
    """

    stories: tuple[MentionStory, ...]
    older: str | None
    searched_to: datetime | None
    is_behind: bool
    volume: tuple[TilePoint, ...]


class MentionReader(Protocol):
    """What the mentions page asks. A client the reader may not see does not exist for them."""

    def find(
        self, access: Access, wanted: MentionFilter, words: SearchWords | None, older: str, now: datetime
    ) -> MentionList:
        """One page; ``older`` is what the page before it named, empty for the first."""
        ...

    def story(self, access: Access, client: str, brand: str, item: str) -> MentionStory | None:
        """One mention with what is folded under it, whatever a list is filtered by."""
        ...
