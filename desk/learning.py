"""Learns a delta from corrections and puts it on trial; decides nothing and writes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.brand_reader import Belief, BrandReader
from analysis.delta import Delta
from analysis.delta_training import Lesson, learn_delta
from analysis.floor_set import floor_digest, floor_set
from analysis.model import CLASSES, Weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.trying import put_on_trial
from desk.deltas import SHIPPED, Card
from desk.lessons import Corrected, Gathered
from wanglou.domain.agency import Lexicon
from wanglou.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Learnt:
    """A delta with its card, and why it may not be taken: no reasons where it may."""

    delta: Delta
    card: Card
    refusals: tuple[Reason, ...]


def learn(old: Weights, gathered: Gathered, now: datetime) -> Learnt:
    """Learn from what was gathered, and compare with ``old``, what is in use.

    The delta is learnt on the shipped weights from all corrections, not on top of an earlier delta.
    """
    base = old.plain
    taught, held = _parted(base, gathered.found)
    delta = learn_delta(base, [lesson for lesson, _ in taught])
    new = base.moved(delta)
    trial = put_on_trial(old, new, floor_set(), [corrected.case for corrected in held])
    used = [*(corrected for _, corrected in taught), *held]
    card = Card(
        made_at=now,
        base=base.id,
        old=old.delta.id if old.delta else SHIPPED,
        new=delta.id,
        floor=floor_digest(),
        taught=_labels(corrected for _, corrected in taught),
        held=_labels(held),
        gone=gathered.gone,
        doubtful=gathered.doubtful,
        people=len({corrected.correction.by for corrected in used}),
        clients=len({corrected.correction.client for corrected in used}),
        since=min((corrected.correction.at for corrected in used), default=None),
        until=max((corrected.correction.at for corrected in used), default=None),
        trial=trial,
    )
    refusals = (Reason("delta_same"),) if delta.id == card.old else trial.refusals
    return Learnt(delta, card, refusals)


def _parted(
    base: Weights, found: Sequence[Corrected]
) -> tuple[list[tuple[Lesson, Corrected]], list[Corrected]]:
    """What is learnt from, and what is kept back; equal words never stand on both sides, nor twice on one."""
    reader = BrandReader(Reader(base, Lexicon(), QuickSegmenter(())), base.id)
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
