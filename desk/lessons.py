"""What people corrected, with the words that were read: what a delta learns from and is judged by."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from analysis.brand_reader import Asked
from analysis.matching import Matcher
from analysis.model import CLASSES
from analysis.reposts import sketch_of
from analysis.topic_trying import TopicCase
from analysis.trying import Case
from wanglou.domain.agency import Config
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
from wanglou.domain.topic import Topic
from wanglou.ports import Storage, UnitOfWork

EVER = datetime(1970, 1, 1, tzinfo=UTC)

ONE_IN = 3
"""Of the corrected stories, one in so many is kept back, for good: no delta ever learns from it."""

_TRAINER = Access("train", None)
"""In whose name corrections are asked for: one delta serves all clients."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A standing correction of a sentiment, and the mention as it was read."""

    correction: Correction
    case: Case

    @property
    def is_held(self) -> bool:
        """Whether it is kept back."""
        return is_held(self.correction)


@dataclass(frozen=True, slots=True)
class CorrectedTopics:
    """The same of the topics: none in the case where a person said that there is no trouble."""

    correction: Correction
    case: TopicCase

    @property
    def is_held(self) -> bool:
        """Whether it is kept back."""
        return is_held(self.correction)


def is_held(correction: Correction) -> bool:
    """Whether a story is kept back; it always falls on the same side, whichever brand it is about.

    Brands group copies apart, so what they share is hashed: the sketch of the words, else the item.
    """
    story = sketch_of(correction.group.partition(">")[0]) or correction.item_key
    return hashlib.sha256(story.encode()).digest()[0] % ONE_IN == 0


@dataclass(frozen=True, slots=True)
class GatheredTopics:
    """All of topics that can be learnt from, in no order; ``unknown``: said of topics not listed now."""

    found: tuple[CorrectedTopics, ...] = ()
    gone: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that can be learnt from, in no order.

    ``gone``: corrections whose mention is not stored any more, or is not about the brand. ``doubtful``: those
    by which a person said that it cannot be told. ``topics``: the same of topics. ``set_aside``: standing
    corrections of people who were to count for nothing. ``strangers``: those of them who corrected nothing.
    """

    found: tuple[Corrected, ...]
    gone: int = 0
    doubtful: int = 0
    topics: GatheredTopics = field(default_factory=GatheredTopics)
    set_aside: int = 0
    strangers: tuple[str, ...] = ()

    @property
    def people(self) -> Counter[str]:
        """Person → how many of all that can be learnt from is their word."""
        of_sentiment = [one.correction.by for one in self.found]
        return Counter(of_sentiment + [one.correction.by for one in self.topics.found])


def gather(storage: Storage, config: Config, matcher: Matcher, without: Collection[str] = ()) -> Gathered:
    """The newest standing correction of each story's sentiment and of its topic, of every client.

    What the people ``without`` said is passed over, as if they had not spoken.
    """
    with storage.look() as uow:
        gatherer = _Gatherer(uow, config, matcher)
        every = [c for client in config.clients for c in uow.corrections.since(_TRAINER, client, EVER)]
        heard = [c for c in every if c.by not in without]
        found = gatherer.of_sentiment(_newest(heard, CorrectionKind.SENTIMENT))
        topics = gatherer.of_topics(_newest(heard, CorrectionKind.TOPIC))
        aside = sum(c.stands and c.kind is not CorrectionKind.BRAND for c in every if c.by in without)
        strangers = tuple(sorted(set(without) - {c.by for c in every}))
        return replace(found, topics=topics, set_aside=aside, strangers=strangers)


def _newest(every: Sequence[Correction], kind: CorrectionKind) -> list[Correction]:
    """One a story: copies count once."""
    return list({(c.client, c.group): c for c in every if c.stands and c.kind is kind}.values())


@dataclass(frozen=True, slots=True)
class _Gatherer:
    uow: UnitOfWork
    config: Config
    matcher: Matcher

    def of_sentiment(self, standing: Sequence[Correction]) -> Gathered:
        sure = [c for c in standing if c.after in CLASSES]
        found = [Corrected(c, Case(asked, CLASSES.index(c.after))) for c, asked in self._with_words(sure)]
        return Gathered(tuple(found), gone=len(sure) - len(found), doubtful=len(standing) - len(sure))

    def of_topics(self, standing: Sequence[Correction]) -> GatheredTopics:
        known = [c for c in standing if set(_names(c)) <= set(Topic)]
        found = [
            CorrectedTopics(c, TopicCase(asked, frozenset(map(Topic, _names(c)))))
            for c, asked in self._with_words(known)
        ]
        return GatheredTopics(tuple(found), gone=len(known) - len(found), unknown=len(standing) - len(known))

    def _with_words(self, corrections: Sequence[Correction]) -> Iterator[tuple[Correction, Asked]]:
        """Those whose mention is still stored and about the brand, as the worker asked for its reading."""
        for correction in corrections:
            for seen in self.uow.mentions.of_item(_TRAINER, correction.item_key):
                of_whom = (seen.mention.client, seen.mention.brand)
                if of_whom == (correction.client, correction.brand) and not seen.mention.void:
                    yield correction, self._asked(seen)

    def _asked(self, seen: SeenMention) -> Asked:
        mention, item = seen.mention, seen.item
        named = self.matcher.named(item).competitors
        rivals = [s for m in named if m.client == mention.client for s in m.spans]
        band = self.config.clients[mention.client].neutral_at
        return Asked(item.title, item.text, mention.match.spans, band, rivals)


def _names(correction: Correction) -> list[str]:
    """The topics it says."""
    return [name for name in correction.after.split(",") if name]
