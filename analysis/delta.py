"""What an agency's corrections add to the shipped weights: a delta over the same features. numpy only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.topic_delta import TopicDelta

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Delta:
    """Two tables like those of the weights, a row a bucket, whole steps of weight times rarity.

    ``base`` is the id of the weights it was learnt on and fits; on any other it means nothing. ``about`` says
    what it was learnt from, in numbers. ``topics``: what is added to the topics, None where nothing is.
    ``id`` is the sha256 of its file.
    """

    base: str
    polarity: NDArray[np.int8]
    neutral: NDArray[np.int8]
    steps: tuple[float, float]
    about: Mapping[str, Any]
    id: str = ""
    topics: TopicDelta | None = None

    @property
    def moves_sentiment(self) -> bool:
        """Whether it has a part for sentiment; tables of zeros have no step."""
        return any(self.steps)

    @property
    def buckets(self) -> int:
        """How many features it moves."""
        return int(np.count_nonzero((self.polarity != 0) | (self.neutral != 0)))

    def added(self, bucket: Indexes) -> tuple[Floats, Floats]:
        """What each of these features adds to the scores pos against neg and neu against both."""
        polarity, neutral = self.polarity[bucket] * self.steps[0], self.neutral[bucket] * self.steps[1]
        return np.asarray(polarity, dtype=np.float64), np.asarray(neutral, dtype=np.float64)
