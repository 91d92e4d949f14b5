"""A brand on hot lists: is what they say of it trouble? Judged a brand, each time a title about it arrives.

The state is the brand's titles of two weeks, which storage has: nothing else is kept, nothing can be lost.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from analysis.board_features import DAY, MEMORY, RECENT, Title, features, known_at
from analysis.board_judgement import load_judgement
from analysis.board_titles import once, read_titles
from analysis.segmenting import WordList
from wanglou.domain.agency import Config
from wanglou.domain.client import Campaign, planned_times
from wanglou.domain.mention import SeenMention
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass

KIND = "board_entry"


@dataclass(frozen=True, slots=True)
class Standing:
    """A brand's log-odds of trouble at a title, with the numbers people are told.

    ``before``: titles of the two weeks that came before the 72 h; ``worst``: P(neg) of the worst one since.
    """

    log_odds: float
    titles: int
    troubled: int
    worst: float
    before: int


def titles_of(seen: Sequence[SeenMention], read_from: datetime) -> list[Title]:
    """Titles on hot lists, oldest first; the same words again within a day are one title.

    Those that came before ``read_from`` are counted, but not read.
    """
    kept = [(_at(s), s) for s in once(sorted(seen, key=_said), _said)]
    old = [Title(at, 0.0) for at, _ in kept if at < read_from]
    return old + read_titles(kept[len(old) :])


def standing(titles: Sequence[Title], at: datetime) -> Standing:
    """Where the brand stands at ``at``, by titles that came until then."""
    known = known_at(titles, at)
    recent = [t for t in known if t.at > at - RECENT]
    return Standing(
        load_judgement().log_odds(features(known, at)),
        len(recent),
        sum(t.is_bad for t in recent),
        max((t.p_neg for t in recent), default=0.0),
        len(known) - len(recent),
    )


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
        bar = load_judgement().bar
        judged = [(standing(titles, at), at, client, brand) for at, client, brand in moments]
        return [_signal(client, brand, at, s, now) for s, at, client, brand in judged if s.log_odds >= bar]


def _signal(client: str, brand: str, at: datetime, stands: Standing, now: datetime) -> Signal:
    facts: dict[str, str | int | float] = {
        "brand": brand,
        "titles": stands.titles,
        "troubled": stands.troubled,
        "hours": RECENT // timedelta(hours=1),
        "worst": stands.worst,
        "before": stands.before,
        "days": (MEMORY - RECENT) // DAY,
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
        strength=load_judgement().strength(stands.log_odds),
        because=Reason("signal_board_judged", facts),
    )


def _said(seen: SeenMention) -> tuple[datetime, str]:
    return _at(seen), seen.item.title


def _at(seen: SeenMention) -> datetime:
    return seen.mention.published_at or seen.mention.first_seen


PLUGIN = BoardEntry
