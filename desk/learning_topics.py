"""Learns from corrections of topics and puts what was learnt on trial; decides nothing and writes nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analysis.brand_reader import BrandReader
from analysis.delta_training import learn_delta
from analysis.model import Weights
from analysis.topic_delta import TopicDelta
from analysis.topic_delta_training import PENALTIES, TopicLesson, learn_topic_delta
from analysis.topic_floor import topic_floor, topic_floor_digest
from analysis.topic_model import TOPICS
from analysis.topic_trial import NO_TROUBLE, TopicTrial
from analysis.topic_trying import TopicCase, TopicsRead, read_topics, trial_of
from analysis.topics import TopicBelief
from desk.delta_cards import TopicCard
from desk.lessons import CorrectedTopics, GatheredTopics
from wanglou.domain.reason import Reason

ReadWith = Callable[[Weights], BrandReader]
"""Builds what reads with these weights, by the agency's own words."""

SAME = Reason("delta_same")
"""What would be learnt is in use."""

_Pair = tuple[TopicBelief, CorrectedTopics]


@dataclass(frozen=True, slots=True)
class LearntTopics:
    """What was learnt with its section of the card.

    ``used``: the corrections that taught it or judge it; ``is_same``: it is in use already.
    """

    delta: TopicDelta
    card: TopicCard
    used: Sequence[CorrectedTopics]
    is_same: bool

    @property
    def refusals(self) -> tuple[Reason, ...]:
        """Why it may not be taken; none where it may."""
        return (SAME,) if self.is_same else self.card.trial.refusals


def learn_topics(
    old: Weights, settled: Weights, gathered: GatheredTopics, read_with: ReadWith
) -> LearntTopics:
    """Learn from what was gathered, and compare with ``old``, what is in use.

    ``settled`` are the weights it is to be read with: their verdicts are the mood that topics depend on.
    """
    shipped = read_with(_with_topics(settled, None))
    taught, held = _parted(shipped, gathered.found)
    pairs = [*taught, *held]
    judged = [corrected.case for _, corrected in held]
    as_shipped, in_use = read_topics(shipped, topic_floor()), read_topics(read_with(old), judged)
    bench = _Bench(settled, read_with, judged, as_shipped, in_use)
    delta, trial = bench.learn([_lesson(*pair) for pair in taught])
    card = TopicCard(
        floor=topic_floor_digest(),
        taught=_counts(taught),
        held=_counts(held),
        lessons=len(taught),
        gone=gathered.gone,
        unknown=gathered.unknown,
        against_words=sum(not set(belief.said) <= corrected.case.topics for belief, corrected in pairs),
        penalty=float(delta.about["penalty"]),
        trial=trial,
    )
    is_same = delta.same_as(old.delta.topics if old.delta else None)
    return LearntTopics(delta, card, [corrected for _, corrected in pairs], is_same)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What learning is tried with; ``shipped`` and ``old`` are the readings to compare with."""

    settled: Weights
    read_with: ReadWith
    judged: Sequence[TopicCase]
    shipped: TopicsRead
    old: TopicsRead

    def learn(self, lessons: Sequence[TopicLesson]) -> tuple[TopicDelta, TopicTrial]:
        """As strongly as our own sentences allow, and the trial of that."""
        *stronger, mildest = PENALTIES
        for penalty in stronger:
            found = self._try(lessons, penalty)
            if not found[1].floor_refusals:
                return found
        return self._try(lessons, mildest)

    def _try(self, lessons: Sequence[TopicLesson], penalty: float) -> tuple[TopicDelta, TopicTrial]:
        delta = learn_topic_delta(self.settled.plain, lessons, penalty)
        new = self.read_with(_with_topics(self.settled, delta))
        on_floor, on_held = read_topics(new, topic_floor()), read_topics(new, self.judged)
        return delta, trial_of(topic_floor(), (self.shipped, on_floor), (self.old, on_held))


def _with_topics(weights: Weights, topics: TopicDelta | None) -> Weights:
    """The weights with another part about topics."""
    delta = weights.delta or learn_delta(weights, [])
    return weights.moved(replace(delta, topics=topics))


def _parted(reader: BrandReader, found: Sequence[CorrectedTopics]) -> tuple[list[_Pair], list[_Pair]]:
    """What is learnt from, and what is kept back, with what is believed of each.

    Of equal words only the newest correction counts, and all are kept back if one of them is.
    """
    newest = sorted(found, key=lambda c: (c.correction.at, c.correction.id, c.correction.group), reverse=True)
    beliefs = reader.believed_of_topics([corrected.case.asked for corrected in newest])
    pairs = list(zip(beliefs, newest, strict=True))
    kept_back = {belief.text for belief, corrected in pairs if corrected.is_held}
    once = {belief.text: (belief, corrected) for belief, corrected in reversed(pairs)}
    taught = [pair for text, pair in once.items() if text not in kept_back]
    return taught, [pair for text, pair in once.items() if text in kept_back]


def _lesson(belief: TopicBelief, corrected: CorrectedTopics) -> TopicLesson:
    return TopicLesson(corrected.correction.group, belief, corrected.case.topics)


def _counts(pairs: Sequence[_Pair]) -> dict[str, int]:
    """Topic → corrections that say it, in the order of the list."""
    told = Counter(
        name
        for _, corrected in pairs
        for name in ([t.value for t in TOPICS if t in corrected.case.topics] or [NO_TROUBLE])
    )
    return {name: told[name] for name in (*TOPICS, NO_TROUBLE) if told[name]}
