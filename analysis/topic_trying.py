"""Puts what corrections add to topics on trial: on the floor set, and on corrections kept back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.brand_reader import Asked, BrandReader
from analysis.topic_model import TOPICS
from analysis.topic_trial import NO_TROUBLE, TopicMarks, TopicTrial
from analysis.trying import change_of
from wanglou.domain.topic import Topic

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TopicCase:
    """Something to read and the topics that a person gives it; of no listed kind is none of them."""

    asked: Asked
    topics: frozenset[Topic]


@dataclass(frozen=True, slots=True, eq=False)
class TopicsRead:
    """How some cases were read, and which of them exactly as a person does."""

    marks: TopicMarks
    right: Flags


def read_topics(reader: BrandReader, cases: Sequence[TopicCase]) -> TopicsRead:
    """Read ``cases`` and compare."""
    if not cases:
        return TopicsRead(TopicMarks(0, 0.0, 0.0, 0.0), np.zeros(0, dtype=bool))
    told = _flags([reading.topics for reading in reader.read([case.asked for case in cases])])
    truth = _flags([case.topics for case in cases])
    right, both = (told == truth).all(axis=1), int((truth & told).sum())
    precision, recall = _share(both, int(told.sum())), _share(both, int(truth.sum()))
    return TopicsRead(TopicMarks(len(cases), float(right.mean()), precision, recall), right)


Both = tuple[TopicsRead, TopicsRead]
"""The old reading and the new."""


def trial_of(floor: Sequence[TopicCase], on_floor: Both, on_held: Both) -> TopicTrial:
    """The trial of what was read: on the floor set as shipped and as learnt, on the rest as in use and so."""
    kinds = np.array([_kind(case.topics) for case in floor])
    changes = {kind: change_of(*(read.right[kinds == kind] for read in on_floor)) for kind in _KINDS}
    return TopicTrial(
        floor_old=on_floor[0].marks,
        floor_new=on_floor[1].marks,
        floor_topics=changes,
        held_old=on_held[0].marks,
        held_new=on_held[1].marks,
        held=change_of(on_held[0].right, on_held[1].right),
    )


_KINDS = (*(topic.value for topic in TOPICS), NO_TROUBLE)


def _kind(topics: Collection[Topic]) -> str:
    """Sentences of the floor set have one topic or none."""
    return next((topic.value for topic in TOPICS if topic in topics), NO_TROUBLE)


def _flags(found: Sequence[Collection[Topic]]) -> Flags:
    """A column a listed topic."""
    return np.array([[topic in topics for topic in TOPICS] for topics in found])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
