"""Items as sources show them, copies, and how the sources are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wanglou.domain.item import BoardPlace, Followed, Item, KeptItem
from wanglou.domain.source import SourceHealth, Validators


class Items(Protocol):
    """What sources showed."""

    def keep(self, items: Sequence[Item], first_seen: datetime) -> int:
        """Store what is new; return how many rows were written (new items and new versions).

        A publication time after ``first_seen`` is set back to it and marked. An item whose digest is
        known is left alone, but newer engagement, or another place on a hot list, is added to its history.
        """
        ...

    def places(self, keys: Collection[str]) -> dict[str, BoardPlace]:
        """Item key → where it stood on a hot list when it was last seen there; others are left out."""
        ...

    def followed(self, keys: Collection[str]) -> list[Followed]:
        """These items with every count of their reactions, by key; those never counted are left out."""
        ...

    def followed_at(self, source: str, author: str | None, since: datetime, limit: int) -> list[Followed]:
        """The latest counted items of a source, first seen after ``since``; of one author if named."""
        ...

    def unread(self, limit: int) -> list[KeptItem]:
        """Items (or new versions) that no reading has looked at, first seen first.

        Of those seen together the earliest published first, the undated last: never by chance.
        """
        ...

    def mark_read(self, kept: Sequence[KeptItem], at: datetime) -> None:
        """Say that these have been looked at, whether or not a mention came of it.

        A version that came in meanwhile stays unread.
        """
        ...

    def prune(self, before: datetime) -> int:
        """Delete items first seen before ``before`` that no mention uses; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class KnownCopy:
    """What is known of a fingerprint: its group of copies, when it was seen first, and when at last."""

    group: str
    first_seen: datetime
    seen_at: datetime


class Copies(Protocol):
    """Which fingerprints belong to which group of copies."""

    def known(self, fingerprints: Collection[str]) -> dict[str, KnownCopy]:
        """Those of these fingerprints that were seen, however long ago."""
        ...

    def remember(self, fingerprints: Mapping[str, str], at: datetime) -> None:
        """Store fingerprint → group; a known fingerprint keeps its group and is seen again."""
        ...


class SourceStates(Protocol):
    """What the last rounds learnt."""

    def health(self) -> dict[str, SourceHealth]:
        """Source id → health."""
        ...

    def save_health(self, health: SourceHealth) -> None:
        """Store what is known of one source."""
        ...

    def validators(self, source: str) -> dict[str, Validators]:
        """URL → validators of one source."""
        ...

    def save_validators(self, source: str, validators: Iterable[Validators]) -> None:
        """Store validators; in the transaction of the page's items, never before."""
        ...

    def prune_validators(self, before: datetime) -> int:
        """Forget addresses that were last read whole before; return how many."""
        ...

    def pending(self, source: str) -> list[str]:
        """Addresses found on earlier pages and not read yet, in the order of their turn."""
        ...

    def set_pending(self, source: str, urls: Sequence[str]) -> None:
        """Replace the addresses still to follow."""
        ...
