"""Overhear: detectors that look at mentions see each brand of which something new was read."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from analysis.detector import SAME_WORD, untold
from analysis.mention_detector import LearningDetector, MentionDetector
from desk.pipeline.learn import Hearing, looked
from desk.pipeline.parts import WORKER, Brand, Parts
from desk.recounting import REWIND
from wanglou.domain.mention import Mention, SeenMention
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.domain.volume import Series
from wanglou.ports import UnitOfWork

MOST = 2_000
"""Mentions of a brand looked at, newest first: more titles than any brand has on hot lists in two weeks."""

_INSTANT = timedelta(microseconds=1)


def overhear(parts: Parts, uow: UnitOfWork, added: Sequence[Mention], now: datetime) -> list[Signal]:
    """Store what stands out at these new mentions, in the transaction that stores them; return what is new.

    So a mention is looked at once, however often the worker is killed.
    """
    news: list[Signal] = []
    for detector in parts.mention_detectors:
        for brand, mentions in sorted(_by_brand(detector, added, now).items()):
            found = _look(uow, detector, brand, mentions, now)
            news += uow.signals.add(untold(found, told_of(uow, brand, found)))
    return news


def _by_brand(
    detector: MentionDetector, added: Sequence[Mention], now: datetime
) -> Mapping[Brand, list[Mention]]:
    grouped: dict[Brand, list[Mention]] = defaultdict(list)
    for mention in added:
        if detector.source_class in {None, mention.source_class}:
            grouped[mention.client, mention.brand].append(mention)
    if not isinstance(detector, LearningDetector):
        return grouped
    return {
        b: new for b, new in grouped.items() if any(map(detector.is_worth_a_look, new)) or _is_late(new, now)
    }


def _is_late(new: Sequence[Mention], now: datetime) -> bool:
    """Whether what came in is older than what counts are looked at again for: it must be learnt at once."""
    return any((m.published_at or m.first_seen) < now - REWIND for m in new)


def _look(
    uow: UnitOfWork, detector: MentionDetector, brand: Brand, new: Collection[Mention], now: datetime
) -> list[Signal]:
    times = [m.published_at or m.first_seen for m in new]
    arrived = {m.item_key for m in new}

    @cache
    def seen(memory: timedelta) -> list[SeenMention]:
        if not memory:
            return uow.mentions.of_items(WORKER, *brand, arrived)
        span = Span(min(times) - memory, max(times) + _INSTANT)
        found = uow.mentions.of_series(WORKER, Series(*brand, detector.source_class), span, MOST)
        crowded_out = arrived - {s.mention.item_key for s in found}  # as in a loud brand's backlog
        return [*found, *uow.mentions.of_items(WORKER, *brand, crowded_out)] if crowded_out else found

    if isinstance(detector, LearningDetector):
        return looked(uow, detector, brand, seen, Hearing(arrived, now))
    return detector.look(seen(detector.memory), arrived, now)


def told_of(uow: UnitOfWork, brand: Brand, found: Sequence[Signal]) -> list[Signal]:
    """What was said already of a brand around the time of these."""
    if not found:
        return []
    return uow.signals.recent(*brand, min(s.at for s in found) - SAME_WORD)
