"""A brand on hot lists: is what they say of it trouble? Decided a brand, each time a title about it arrives.

The state is the brand's titles of two weeks, which storage has: nothing else is kept, nothing can be lost.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from analysis.board_titles import trouble_in
from analysis.segmenting import WordList
from wanglou.domain.agency import Config
from wanglou.domain.client import Campaign, planned_times
from wanglou.domain.mention import SeenMention
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass

KIND = "board_entry"

MEMORY = timedelta(days=14)
"""How far back a brand's usual place on the lists is learnt."""

RECENT = timedelta(hours=72)
FADES = timedelta(hours=12)
"""A title's weight falls to 1/e in this time."""

SHORT = timedelta(hours=6)
EVEN = 0.5
"""From here on a title is named as bad for the brand."""

_ROUNDING = 1e-9
"""Three thirds are one title."""

_USUAL_BEFORE = timedelta(hours=24)
"""The day that is judged is no part of what is usual."""

CALM_SHARE, SURPRISE = 0.4, 0.6
MOST_SURPRISE, SUREST = 4.0, 0.99
"""What 1 − P(neg) of a title takes off, what surprise adds a decade, and how much of either counts."""

BAR, GRAVE = 3.7, 7.0
"""Scores where it is worth saying (strength 0) and grave (strength 1); docs/noticing.md has the curve."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title about the brand: when it came, and how likely it is trouble for the brand.

    ``planned``: how many times the usual talk was planned then.
    """

    at: datetime
    p_neg: float
    planned: float = 1.0

    @property
    def share(self) -> float:
        """What it counts for: of planned talk so much less, but trouble is never planned."""
        return 1.0 if self.p_neg >= EVEN else 1.0 / self.planned


@dataclass(frozen=True, slots=True)
class Standing:
    """A brand's score at a title, with the numbers it is made of."""

    score: float
    titles: int
    troubled: int
    surprise: float


def titles_of(seen: Sequence[SeenMention], read_from: datetime) -> list[Title]:
    """Titles on hot lists, oldest first; the same words again within a day are one title.

    Those that came before ``read_from`` are counted, but not read.
    """
    ordered = sorted(((_at(s), s.item.title, s) for s in seen), key=lambda told: told[:2])
    last: dict[str, datetime] = {}
    kept = []
    for at, words, mention in ordered:
        if words not in last or at - last[words] > _USUAL_BEFORE:
            kept.append((at, mention))
        last[words] = at
    old = [Title(at, 0.0) for at, _ in kept if at < read_from]
    new = kept[len(old) :]
    read = trouble_in([mention for _, mention in new])
    return old + [Title(at, p_neg) for (at, _), p_neg in zip(new, read, strict=True)]


def standing(titles: Sequence[Title], at: datetime) -> Standing:
    """The score at ``at``, of titles that came until then."""
    known = [t for t in titles if at - MEMORY <= t.at <= at]
    recent = [t for t in known if t.at > at - RECENT]
    trouble = sum(math.exp(-((at - t.at) / FADES)) * weight(t.p_neg) * t.share for t in recent)
    surprise = min(_surprise(known, at), MOST_SURPRISE)
    troubled = sum(t.p_neg >= EVEN for t in recent)
    return Standing(trouble + SURPRISE * surprise, len(recent), troubled, surprise)


def weight(p_neg: float) -> float:
    """What a title adds: how sure its trouble is, less a share of its calm; it grows with P(neg)."""
    return -math.log1p(-min(p_neg, SUREST)) - CALM_SHARE * (1 - p_neg)


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """The detector of trouble on hot lists. ``campaigns``: client id → its plans."""

    campaigns: Mapping[str, Sequence[Campaign]] = field(default_factory=lambda: MappingProxyType({}))
    kind: str = KIND
    source_class: SourceClass = SourceClass.BOARD
    memory: timedelta = MEMORY + RECENT

    @classmethod
    def of_agency(cls, config: Config, words: WordList) -> "BoardEntry":  # noqa: ARG003 -- the seam's
        """Built with the clients' plans."""
        return cls({client.id: client.campaigns for client in config.clients.values()})

    def look(self, seen: Sequence[SeenMention], arrived: Collection[str], now: datetime) -> list[Signal]:
        """Judge the brand at each title that just arrived."""
        moments = sorted({(_at(s), s.mention.client, s.mention.brand) for s in seen if s.item.key in arrived})
        if not moments:
            return []
        told = titles_of(seen, moments[0][0] - RECENT)
        _, client, brand = moments[0]
        plans = self.campaigns.get(client, ())
        titles = [replace(title, planned=planned_times(plans, brand, title.at)) for title in told]
        judged = [(standing(titles, at), at, client, brand) for at, client, brand in moments]
        return [_signal(client, brand, at, s, now) for s, at, client, brand in judged if s.score >= BAR]


def _signal(client: str, brand: str, at: datetime, stands: Standing, now: datetime) -> Signal:
    facts: dict[str, str | int] = {
        "brand": brand,
        "titles": stands.titles,
        "troubled": stands.troubled,
        "hours": RECENT // timedelta(hours=1),
    }
    return Signal(
        kind=KIND,
        client=client,
        brand=brand,
        source_class=SourceClass.BOARD,
        since=at - RECENT,
        at=at,
        seen_at=max(now, at),
        polarity=Polarity.NEG,
        strength=(stands.score - BAR) / (GRAVE - BAR),
        because=Reason("signal_board_entry", facts),
    )


def _surprise(known: Sequence[Title], at: datetime) -> float:
    """-log10 of how rarely as many titles come in six hours, by the two weeks before yesterday."""
    short = sum(t.share for t in known if t.at > at - SHORT)
    before = sum(t.share for t in known if t.at <= at - _USUAL_BEFORE)
    usual = (before + 0.5) * (SHORT / (MEMORY - _USUAL_BEFORE))
    return -math.log10(max(_tail(int(short + _ROUNDING), usual), 1e-12))


def _tail(n: int, mean: float) -> float:
    """P(N ≥ n) of a Poisson count."""
    term, below = math.exp(-mean), 0.0
    for k in range(n):
        below += term
        term *= mean / (k + 1)
    return max(1.0 - below, 0.0)


def _at(seen: SeenMention) -> datetime:
    return seen.mention.published_at or seen.mention.first_seen


PLUGIN = BoardEntry
