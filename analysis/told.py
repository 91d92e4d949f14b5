"""The words that carry a verdict: every word of a text with what it adds, and the strongest of them."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from math import floor
from typing import NamedTuple

import numpy as np

from analysis.features import Floats
from analysis.segmenting import Cutter

_TO_ONE = 10_000.0
"""What words add is told in ten thousandths."""

_NAMED_WORDS = 8
"""Words a reading names: what fits into one line of a page."""

Place = tuple[int, int]


class Told(NamedTuple):
    """A text's words in order, what each adds to the label, and where each begins.

    Rows side by side: pairs would cost as much again. Words that do not make up a text begin nowhere.
    """

    words: Sequence[str] = ()
    adds: Sequence[float] = ()
    begins: Sequence[int] = ()

    @property
    def pairs(self) -> tuple[tuple[str, float], ...]:
        """Each word with what it adds."""
        return tuple(zip(self.words, self.adds, strict=True))

    def followed_by(self, other: "Told") -> "Told":
        """These words and behind them those of another; what stands in both stands twice."""
        return Told((*self.words, *other.words), (*self.adds, *other.adds))

    def places(self, words: frozenset[str]) -> list[Place]:
        """Where those of its words that are among ``words`` stand in the text, in order."""
        begun = zip(self.words, self.begins, strict=True)
        return [(begin, begin + len(word)) for word, begin in begun if word in words]


def words_with(cutter: Cutter, texts: Sequence[str], added: Floats) -> list[Told]:
    """The words of cleaned texts in order, each with the sum of what its characters add.

    ``added``: one number a character, and one before, between and after texts that counts for nothing.
    """
    cut = [cutter.words(text) for text in texts]
    if not any(cut):
        return [Told()] * len(cut)
    counts = np.fromiter(map(len, cut), np.int64, len(cut))
    lengths = np.fromiter(map(len, chain.from_iterable(cut)), np.int64, counts.sum())
    before = np.repeat(np.arange(1, len(cut) + 1), counts)
    begins = np.cumsum(lengths) - lengths + before
    sums = np.add.reduceat(added, begins).tolist()
    texts_begin = np.cumsum([1, *(len(text) + 1 for text in texts[:-1])])
    inside = (begins - texts_begin[before - 1]).tolist()
    ends = accumulate(counts.tolist(), initial=0)
    return [Told(words, sums[a:b], inside[a:b]) for words, (a, b) in zip(cut, pairwise(ends), strict=True)]


def strongest(told: Told) -> tuple[tuple[str, float], ...]:
    """Words by weight, each once with the sum of its places, of equals the earlier first.

    Marks alone are not worth naming.
    """
    sums: dict[str, float] = {}
    for word, value in zip(told.words, told.adds, strict=True):
        sums[word] = sums[word] + value if word in sums else value
    words, values = list(sums), list(sums.values())
    sizes = list(map(abs, values))
    named: list[tuple[str, float]] = []
    for i in sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True):
        if _is_word(words[i]):
            named.append((words[i], floor(values[i] * _TO_ONE + 0.5) / _TO_ONE))
            if len(named) == _NAMED_WORDS:
                break
    return tuple(named)


def says_anything(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji to judge by."""
    return text[:1].isalnum() or any(c.isalnum() or unicodedata.category(c) == "So" for c in text)


@lru_cache(maxsize=10_000)
def _is_word(word: str) -> bool:
    """``says_anything``, kept: the same few marks stand in every text."""
    return says_anything(word)
