"""Overhear: detectors that look at mentions see each brand of which something new was read."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from analysis.detector import SAME_WORD, untold
from analysis.mention_detector import LearningDetector, MentionDetector
from desk.pipeline.learn import Heard, Hearing, looked
from desk.pipeline.parts import WORKER, Brand, Parts
from desk.recounting import REWIND
from wanglou.domain.mention import Mention, Said, SeenMention
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import Series
from wanglou.ports import UnitOfWork

MOST = 2_000
"""Mentions of a brand looked at, newest first: more titles than any brand has on hot lists in two weeks."""

_INSTANT = timedelta(microseconds=1)


def overhear(parts: Parts, uow: UnitOfWork, added: Sequence[SeenMention], now: datetime) -> list[Signal]:
    """Store what stands out at these new mentions, in the transaction that stores them; return what is new.

    So a mention is looked at once, however often the worker is killed. ``added``: what was just stored, as it
    would be read again.
    """
    news: list[Signal] = []
    for detector in parts.mention_detectors:
        for brand, found in _looks(parts, uow, detector, added, now):
            news += uow.signals.add(untold(found, told_of(uow, brand, found)))
    return news


def _looks(
    parts: Parts,
    uow: UnitOfWork,
    detector: MentionDetector | LearningDetector,
    added: Sequence[SeenMention],
    now: datetime,
) -> Iterator[tuple[Brand, list[Signal]]]:
    """Brands of which something arrived that the detector looks at, and what stands out, by brand."""
    arrived = sorted(_by_brand(detector.source_class, added).items())
    if not isinstance(detector, LearningDetector):
        yield from ((brand, _seen_by(uow, detector, brand, new, now)) for brand, new in arrived)
        return
    for brand, new in arrived:
        if _is_late(new, now) or any(detector.is_worth_a_look(s.mention) for s in new):
            hearing = Hearing({s.mention.item_key for s in new}, now, parts.memory.learnt)
            yield brand, looked(uow, detector, brand, _heard(uow, detector, brand, new), hearing)


def _by_brand(
    source_class: SourceClass | None, added: Sequence[SeenMention]
) -> Mapping[Brand, list[SeenMention]]:
    grouped: dict[Brand, list[SeenMention]] = defaultdict(list)
    for seen in added:
        if source_class in {None, seen.mention.source_class}:
            grouped[seen.mention.client, seen.mention.brand].append(seen)
    return grouped


def _is_late(new: Sequence[SeenMention], now: datetime) -> bool:
    """Whether what came in is older than what counts are looked at again for: it must be learnt at once."""
    return any(_at(s.mention) < now - REWIND for s in new)


def _seen_by(
    uow: UnitOfWork, detector: MentionDetector, brand: Brand, new: Sequence[SeenMention], now: datetime
) -> list[Signal]:
    arrived = {s.mention.item_key for s in new}
    if not detector.memory:
        return detector.look(new, arrived, now)
    series = Series(*brand, detector.source_class)
    found = uow.mentions.of_series(WORKER, series, _since(new, detector.memory), MOST)
    known = {s.mention.item_key for s in found}
    return detector.look([*found, *_crowded_out(new, known)], arrived, now)


def _heard(uow: UnitOfWork, detector: LearningDetector, brand: Brand, new: Sequence[SeenMention]) -> Heard:
    series = Series(*brand, detector.source_class)

    @cache
    def heard(memory: timedelta) -> list[Said]:
        found = uow.mentions.said(WORKER, series, _since(new, memory), MOST)
        return [*found, *(s.said for s in _crowded_out(new, {one.item_key for one in found}))]

    return heard


def _since(new: Sequence[SeenMention], memory: timedelta) -> Span:
    """From so long before the first to the last of them."""
    times = [_at(s.mention) for s in new]
    return Span(min(times) - memory, max(times) + _INSTANT)


def _crowded_out(new: Sequence[SeenMention], found: Collection[str]) -> list[SeenMention]:
    """What arrived and is not among those found, as in a loud brand's backlog; newest first."""
    missing = [s for s in new if s.mention.item_key not in found]
    return sorted(missing, key=lambda s: (_at(s.mention), s.mention.item_key), reverse=True)


def _at(mention: Mention) -> datetime:
    return mention.published_at or mention.first_seen


def told_of(uow: UnitOfWork, brand: Brand, found: Sequence[Signal]) -> list[Signal]:
    """What was said already of a brand around the time of these."""
    if not found:
        return []
    return uow.signals.recent(*brand, min(s.at for s in found) - SAME_WORD)
