"""Learns a delta from corrections and puts it on trial; decides nothing and writes nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis.brand_reader import Belief, BrandReader
from analysis.delta import Delta
from analysis.delta_file import delta_of, save_delta
from analysis.delta_training import PENALTIES, Lesson, learn_delta
from analysis.floor_set import floor_digest, floor_set
from analysis.model import CLASSES, Weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.trial import Trial
from analysis.trying import Bench, Case
from desk.delta_cards import Card, Part
from desk.deltas import SHIPPED
from desk.learning_topics import SAME, LearntTopics, ReadWith, learn_topics
from desk.lessons import Corrected, CorrectedTopics, Gathered
from wanglou.domain.agency import Lexicon
from wanglou.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Learnt:
    """A delta with its card, and why parts of it may not be taken: no reasons where all may.

    ``delta`` is what would be in use: a refused part stays as it was. Where nothing may be taken it is all
    that was learnt, to be looked at.
    """

    delta: Delta
    card: Card
    refusals: tuple[Reason, ...]

    @property
    def may_be_taken(self) -> bool:
        """Whether some part may."""
        return bool(self.card.parts)


@dataclass(frozen=True, slots=True)
class _Sentiment:
    """What was learnt of sentiment; ``is_same``: it is in use already."""

    delta: Delta
    taught: Sequence[Corrected]
    held: Sequence[Corrected]
    trial: Trial
    is_same: bool

    @property
    def refusals(self) -> tuple[Reason, ...]:
        return (SAME,) if self.is_same else self.trial.refusals


def learn(old: Weights, gathered: Gathered, now: datetime, read_with: ReadWith | None = None) -> Learnt:
    """Learn from what was gathered, and compare with ``old``, what is in use.

    The delta is learnt on the shipped weights from all corrections, not on top of an earlier delta.
    ``read_with`` reads topics by the agency's own words; without it by no words of an agency.
    """
    sentiment, topics = _of_sentiment(old, gathered), None
    if gathered.topics.found:
        settled = old if sentiment.refusals else _with_sentiment(old, sentiment.delta)
        topics = learn_topics(old, settled, gathered.topics, read_with or _plain_reader)
    refusals = {Part.SENTIMENT: sentiment.refusals, **({Part.TOPICS: topics.refusals} if topics else {})}
    parts = tuple(part for part, reasons in refusals.items() if not reasons)
    delta = _combined(old, sentiment, topics, parts or tuple(refusals))
    return Learnt(delta, _card(old, delta, gathered, sentiment, topics, parts, now), _told(refusals))


def _of_sentiment(old: Weights, gathered: Gathered) -> _Sentiment:
    taught, held = _parted(old.plain, gathered.found)
    delta, trial = _tried(old, [lesson for lesson, _ in taught], [c.case for c in held])
    return _Sentiment(delta, [c for _, c in taught], held, trial, is_same=_adds_the_same(delta, old.delta))


def _tried(old: Weights, lessons: Sequence[Lesson], held: Sequence[Case]) -> tuple[Delta, Trial]:
    """Learnt as strongly as our own sentences allow, and the trial of that."""
    bench = Bench(old, floor_set(), held)
    *stronger, mildest = PENALTIES
    for penalty in stronger:
        delta = learn_delta(old.plain, lessons, penalty)
        trial = bench.trial(_with_sentiment(old, delta))
        if not trial.floor_refusals:
            return delta, trial
    delta = learn_delta(old.plain, lessons, mildest)
    return delta, bench.trial(_with_sentiment(old, delta))


def _adds_the_same(new: Delta, old: Delta | None) -> bool:
    """Whether both move sentiment, and alike."""
    return (
        old is not None
        and new.moves_sentiment
        and new.steps == old.steps
        and bool((new.polarity == old.polarity).all() and (new.neutral == old.neutral).all())
    )


def _with_sentiment(old: Weights, delta: Delta) -> Weights:
    return old.moved(replace(delta, topics=old.delta.topics if old.delta else None))


def _combined(
    old: Weights, sentiment: _Sentiment, topics: LearntTopics | None, parts: Sequence[Part]
) -> Delta:
    """The delta of the new ``parts`` and, for the rest, of what is in use."""
    before = old.delta or learn_delta(old, [])
    moved = sentiment.delta if Part.SENTIMENT in parts else before
    of_topics = topics.delta if topics and Part.TOPICS in parts else before.topics
    found = replace(moved, topics=of_topics)
    return replace(found, id=delta_of(save_delta(found), "what was learnt").id)


def _told(refusals: Mapping[Part, Sequence[Reason]]) -> tuple[Reason, ...]:
    """The reasons; that a part is in use already is one only where there is nothing else to say."""
    reasons = [reason for found in refusals.values() for reason in found if reason != SAME]
    is_idle = not reasons and all(refusals.values())
    return (SAME,) if is_idle else tuple(reasons)


def _card(  # noqa: PLR0913, PLR0917 -- everything a card tells
    old: Weights,
    delta: Delta,
    gathered: Gathered,
    sentiment: _Sentiment,
    topics: LearntTopics | None,
    parts: Sequence[Part],
    now: datetime,
) -> Card:
    used: list[Corrected | CorrectedTopics] = [*sentiment.taught, *sentiment.held]
    used += topics.used if topics else []
    people = Counter(corrected.correction.by for corrected in used)
    return Card(
        made_at=now,
        base=old.plain.id,
        old=old.delta.id if old.delta else SHIPPED,
        new=delta.id,
        floor=floor_digest(),
        taught=_labels(sentiment.taught),
        held=_labels(sentiment.held),
        gone=gathered.gone,
        doubtful=gathered.doubtful,
        people=len(people),
        clients=len({corrected.correction.client for corrected in used}),
        since=min((corrected.correction.at for corrected in used), default=None),
        until=max((corrected.correction.at for corrected in used), default=None),
        trial=sentiment.trial,
        penalty=float(sentiment.delta.about["penalty"]),
        topics=topics.card if topics else None,
        parts=tuple(parts),
        used=len(used),
        busiest=max(people.values(), default=0),
        set_aside=gathered.set_aside,
    )


def _plain_reader(weights: Weights) -> BrandReader:
    return BrandReader(Reader(weights, Lexicon(), QuickSegmenter(())), weights.id)


def _parted(
    base: Weights, found: Sequence[Corrected]
) -> tuple[list[tuple[Lesson, Corrected]], list[Corrected]]:
    """What is learnt from, and what is kept back; equal words never stand on both sides, nor twice on one."""
    reader = _plain_reader(base)
    ordered = sorted(found, key=lambda c: (c.correction.group, c.correction.client, c.correction.brand))
    beliefs = reader.believed([corrected.case.asked for corrected in ordered])
    pairs = list(_once(zip(beliefs, ordered, strict=True)))
    taught = [(_lesson(belief, corrected), corrected) for belief, corrected in pairs if not corrected.is_held]
    words = {lesson.text for lesson, _ in taught}
    return taught, [
        corrected for belief, corrected in pairs if corrected.is_held and belief.text not in words
    ]


def _once(pairs: Iterator[tuple[Belief, Corrected]]) -> Iterator[tuple[Belief, Corrected]]:
    known = set()
    for belief, corrected in pairs:
        key = (belief.text, corrected.case.label)
        if key not in known:
            known.add(key)
            yield belief, corrected


def _lesson(belief: Belief, corrected: Corrected) -> Lesson:
    return Lesson(corrected.correction.group, belief.text, belief.chances, corrected.case.label)


def _labels(found: Iterator[Corrected] | Sequence[Corrected]) -> dict[str, int]:
    counts = Counter(CLASSES[corrected.case.label] for corrected in found)
    return {label: counts[label] for label in CLASSES}
