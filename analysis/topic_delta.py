"""What an agency's corrections add to the topics: weights of n-grams and of weak words. numpy only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = Sequence[tuple[str, float]]

_NAMED = 3
"""Words of a topic that are named because of corrections: what a person takes in beside the weak words."""

_SPEAKS_FROM = 0.25
"""Log-odds a word must add to be named; the strongest is named in any case where nothing else speaks."""


@dataclass(frozen=True, slots=True, eq=False)
class TopicDelta:
    """Added to the margin by which a topic holds: whole steps, a column a topic.

    ``base`` is the id of the topic model it was learnt on and fits. ``buckets``: the hashed n-grams it knows,
    ascending, with a row of ``grams`` each (weight times rarity). ``words``: a row each weak word of the
    lists, in their order. ``steps``: of grams and of words. ``about`` says what it was learnt from.
    """

    base: str
    buckets: NDArray[np.int32]
    grams: NDArray[np.int8]
    words: NDArray[np.int8]
    steps: tuple[float, float]
    about: Mapping[str, Any]

    def of_words(self, places: Iterable[int]) -> Floats:
        """What the weak words of these places in the lists add, shape (words, topics)."""
        return np.asarray(self.words[list(places)] * self.steps[1], dtype=np.float64)

    def same_as(self, other: "TopicDelta | None") -> bool:
        """Whether both add the same."""
        return (
            other is not None
            and (self.base, self.steps) == (other.base, other.steps)
            and np.array_equal(self.buckets, other.buckets)
            and np.array_equal(self.grams, other.grams)
            and np.array_equal(self.words, other.words)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What corrections add to the topics of one text.

    ``added``: by its n-grams, a number a topic; ``most``: the highest of them. ``spoken`` gives, for the
    place of a topic, the text's words with what each adds by its n-grams: it is asked only where one holds.
    """

    delta: TopicDelta
    added: Floats
    most: float
    spoken: Callable[[int], Words]

    def strongest(self, topic: int, weak: Mapping[str, float], *, alone: bool) -> list[str]:
        """The words through which corrections speak for a topic, the strongest first.

        ``weak``: what the weak words in the text add to it by their own weights. ``alone``: nothing else
        speaks for it, so that one word must be named.
        """
        sums = dict(weak)
        asks = alone or self.added[topic] >= _SPEAKS_FROM  # n-grams that add less have no word that does
        for word, value in self.spoken(topic) if asks else ():
            if any(map(str.isalnum, word)):
                sums[word] = sums.get(word, 0.0) + value
        ranked = sorted(sums, key=lambda word: -sums[word])[:_NAMED]
        named = [word for word in ranked if sums[word] >= _SPEAKS_FROM]
        return named or ranked[: int(alone)]
