"""Mentions with their readings, what people corrected, and what they are compared with."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from wanglou.domain.correction import Correction
from wanglou.domain.drift import CorrectedReading, ReadingCount
from wanglou.domain.mention import CompetitorMention, Mention, Said, SeenMention
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.domain.volume import Series


class Mentions(Protocol):
    """Items that are about a client's brand."""

    def add(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Store mentions; return those that are new. A mention of a known (client, brand, item) is re-read.

        A re-read mention replaces the stored reading and is not returned: it was counted already.
        """
        ...

    def of_brand(
        self, access: Access, client: str, brand: str, span: Span, limit: int = 200
    ) -> list[SeenMention]:
        """Mentions published (or, undated, first seen) in ``span``, newest first."""
        ...

    def hits(self, access: Access, client: str, brand: str, span: Span, limit: int) -> list[SeenMention]:
        """Like ``of_brand``, with those that a person said are not about the brand."""
        ...

    def of_series(self, access: Access, series: Series, span: Span, limit: int) -> list[SeenMention]:
        """Like ``of_brand``, of the series' class of sources only."""
        ...

    def said(self, access: Access, series: Series, span: Span, limit: int) -> list[Said]:
        """What was said in the mentions that ``of_series`` gives, in the same order; it reads far less."""
        ...

    def of_items(self, access: Access, client: str, brand: str, items: Collection[str]) -> list[SeenMention]:
        """A brand's mentions in these items, newest first; what is not about the brand is left out."""
        ...

    def of_item(self, access: Access, item: str) -> list[SeenMention]:
        """An item's mentions, of every client that may be seen, by client and brand."""
        ...

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Delete up to ``limit`` of a client's mentions of before ``before``, oldest first; return how many.

        What an open incident stands on stays until it has ended. Counts and records stay for good.
        """
        ...

    def with_copies(self, access: Access, client: str, brand: str, item: str) -> list[Mention]:
        """A mention and all of its group of copies, by item key, held for change until the commit."""
        ...

    def correct(self, mentions: Sequence[Mention]) -> None:
        """Store what a person said of these mentions: label, unsure, topics, void; all else stays."""
        ...

    def unsearchable(self, limit: int) -> list[Said]:
        """What was said in mentions that cannot be found by their words as they are now, newest first."""
        ...

    def make_searchable(self, found_by: Sequence[tuple[Said, Collection[str]]]) -> None:
        """Store by which grams each mention is found, in place of earlier ones; none comes twice."""
        ...


class Corrections(Protocol):
    """What people said about readings."""

    def add(self, correction: Correction) -> int:
        """Store a correction; return its id."""
        ...

    def get(self, correction: int) -> Correction | None:
        """One correction."""
        ...

    def standing(self, groups: Collection[str]) -> dict[str, list[Correction]]:
        """Group of copies → its corrections that nobody took back, oldest first."""
        ...

    def undo(self, correction: int, by: str, at: datetime) -> bool:
        """Take one back; False if it was taken back already."""
        ...

    def since(self, access: Access, client: str, moment: datetime) -> list[Correction]:
        """A client's corrections from ``moment`` on, the undone ones too, oldest first."""
        ...


class Competitors(Protocol):
    """Competitors' mentions: counted by the hour for the share of voice, out of the detectors' sight."""

    def add(self, mentions: Sequence[CompetitorMention]) -> list[CompetitorMention]:
        """Count mentions whose (client, competitor, item) is new; return those.

        A known one is not counted again, however often and in whatever version its item is read.
        """
        ...

    def expire(self, client: str, before: datetime, limit: int) -> int:
        """Forget up to ``limit`` counted items not seen since ``before``; return how many. Counts stay."""
        ...


class Readings(Protocol):
    """Readings counted by the week, for the whole agency, and what became of those people looked at."""

    def count(self, week: date, count: ReadingCount) -> None:
        """Add to what was counted of a week, named by its Monday."""
        ...

    def weeks(self) -> Mapping[date, ReadingCount]:
        """Week → what was read in it."""
        ...

    def corrected(self, since: datetime) -> Sequence[CorrectedReading]:
        """The verdicts on sentiment that people looked at from ``since`` on, of mentions still stored."""
        ...
