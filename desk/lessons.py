"""What people corrected, with the words that were read: what a delta learns from and is judged by."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from analysis.brand_reader import Asked
from analysis.matching import Matcher
from analysis.model import CLASSES
from analysis.reposts import sketch_of
from analysis.trying import Case
from wanglou.domain.agency import Config
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
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
        """Whether it is kept back; a story always falls on the same side, whichever brand it is about.

        Brands group copies apart, so what they share is hashed: the sketch of the words, else the item.
        """
        story = sketch_of(self.correction.group.partition(">")[0]) or self.correction.item_key
        return hashlib.sha256(story.encode()).digest()[0] % ONE_IN == 0


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that can be learnt from, in no order.

    ``gone``: corrections whose mention is not stored any more, or is not about the brand. ``doubtful``: those
    by which a person said that it cannot be told.
    """

    found: tuple[Corrected, ...]
    gone: int = 0
    doubtful: int = 0


def gather(storage: Storage, config: Config, matcher: Matcher) -> Gathered:
    """The newest standing correction of each story's sentiment, of every client of the config."""
    with storage.look() as uow:
        standing = [c for client in config.clients for c in _newest(uow, client)]
        sure = [c for c in standing if c.after in CLASSES]
        found = tuple(_with_words(uow, config, matcher, sure))
    return Gathered(found, gone=len(sure) - len(found), doubtful=len(standing) - len(sure))


def _newest(uow: UnitOfWork, client: str) -> list[Correction]:
    """One a story: copies count once."""
    every = uow.corrections.since(_TRAINER, client, EVER)
    by_group = {c.group: c for c in every if c.stands and c.kind is CorrectionKind.SENTIMENT}
    return list(by_group.values())


def _with_words(
    uow: UnitOfWork, config: Config, matcher: Matcher, corrections: Sequence[Correction]
) -> Iterator[Corrected]:
    for correction in corrections:
        for seen in uow.mentions.of_item(_TRAINER, correction.item_key):
            mention = seen.mention
            if (mention.client, mention.brand) == (correction.client, correction.brand) and not mention.void:
                asked = _asked(config, matcher, seen)
                yield Corrected(correction, Case(asked, CLASSES.index(correction.after)))


def _asked(config: Config, matcher: Matcher, seen: SeenMention) -> Asked:
    """As the worker asked for its reading."""
    mention, item = seen.mention, seen.item
    rivals = [s for m in matcher.named(item).competitors if m.client == mention.client for s in m.spans]
    return Asked(
        item.title, item.text, mention.match.spans, config.clients[mention.client].neutral_at, rivals
    )
