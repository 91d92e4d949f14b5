"""The words that carry a verdict: every word of a text with what it adds, and the strongest of them."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice, pairwise
from math import floor
from typing import NamedTuple

import numpy as np

from analysis.features import Floats, Indexes, Keys, distinct
from analysis.segmenting import Cutter

_TO_ONE = 10_000.0
"""What words add is told in ten thousandths."""

_NAMED_WORDS = 8
"""Words a reading names: what fits into one line of a page."""

_PACKED = 3
"""Characters that one number tells from all others: three code points take less than 63 bits."""

_TOO_FEW = 500
"""Words for which the arrays cost more than they save."""

_CODE_POINTS = np.uint64(0x110001)
_LONGER = 1 << 63
_LOWER = np.uint64((1 << 32) - 1)

Place = tuple[int, int]
Pair = tuple[str, float]


class Told(NamedTuple):
    """A text's words in order, and what each adds to the label. Two rows: pairs would cost as much again."""

    words: Sequence[str] = ()
    adds: Sequence[float] = ()

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each word with what it adds."""
        return tuple(zip(self.words, self.adds, strict=True))

    def followed_by(self, other: "Told") -> "Told":
        """These words and behind them those of another; what stands in both stands twice."""
        return Told((*self.words, *other.words), (*self.adds, *other.adds))


class Strongest(NamedTuple):
    """A text's strongest words with what they add, and where those that speak for the label stand in it."""

    words: tuple[Pair, ...]
    places: Sequence[Place]


class Spoken(NamedTuple):
    """A batch's texts cut into words. ``adds``: what each word adds, all texts' words in one row."""

    texts: Sequence[str]
    words: Sequence[Sequence[str]]
    adds: Floats

    @property
    def told(self) -> list[Told]:
        """Text by text; the words of each, joined, are the text."""
        adds, ends = self.adds.tolist(), accumulate(map(len, self.words), initial=0)
        return [Told(words, adds[a:b]) for words, (a, b) in zip(self.words, pairwise(ends), strict=True)]


class _Row(NamedTuple):
    """The words of a batch in one row: whose each is, where it begins in all texts joined, its length."""

    owner: Keys
    begin: Indexes
    length: Indexes

    def picked(self, places: Indexes) -> "_Row":
        return _Row(self.owner[places], self.begin[places], self.length[places])


def words_with(cutter: Cutter, texts: Sequence[str], added: Floats) -> Spoken:
    """The words of cleaned texts, each with the sum of what its characters add.

    ``added``: one number a character, and one before, between and after texts that counts for nothing.
    """
    words = [cutter.words(text) for text in texts]
    begin = _row_of(words).begin
    return Spoken(texts, words, np.add.reduceat(added, begin) if len(begin) else np.zeros(0))


def strongest(told: Told) -> tuple[Pair, ...]:
    """Words by weight, each once with the sum of its places, of equals the earlier first.

    Equal is what single precision takes for equal. Marks alone are not worth naming.
    """
    sums = dict.fromkeys(told.words, 0.0)
    for word, value in zip(told.words, told.adds, strict=True):
        sums[word] += value
    sizes = dict(zip(sums, np.abs(np.fromiter(sums.values(), np.float32, len(sums))).tolist(), strict=True))
    ranked = sorted(sizes, key=sizes.__getitem__, reverse=True)
    named = islice(filter(_is_word, ranked), _NAMED_WORDS)
    return tuple((word, floor(sums[word] * _TO_ONE + 0.5) / _TO_ONE) for word in named)


def strongest_of_all(batch: Spoken) -> list[Strongest]:
    """``strongest`` of each text, and where the words stand that speak for the label.

    By numbers, over the whole batch: of fifty words only those become text that may be named.
    """
    if len(batch.adds) < _TOO_FEW:
        return [_strongest_and_places(told) for told in batch.told]
    row, joined = _row_of(batch.words), "\n".join(["", *batch.texts, ""])
    first, which = distinct(row.owner * np.uint64(len(batch.adds)) + _numbered(joined, row))
    sums = np.bincount(which, batch.adds, int(first.sum())).astype(np.float64)
    order = _by_strength(sums, row.owner[first])
    named, telling = _named(joined, row.picked(np.flatnonzero(first)[order]), sums[order], len(batch.texts))
    speaking = np.zeros(len(sums), dtype=np.bool_)
    speaking[order[telling]] = True
    return list(map(Strongest, named, _places(row, np.flatnonzero(speaking[which]), batch.texts)))


def _strongest_and_places(told: Told) -> Strongest:
    words = strongest(told)
    speaking = {word for word, value in words if value > 0}
    begins = accumulate(map(len, told.words), initial=0)
    here = zip(told.words, begins, strict=False)
    return Strongest(words, [(begin, begin + len(word)) for word, begin in here if word in speaking])


def _row_of(words: Sequence[Sequence[str]]) -> _Row:
    """One character stands before, between and after texts."""
    counts = np.fromiter(map(len, words), np.int64, len(words))
    owner = np.repeat(np.arange(len(words)), counts)
    length = np.fromiter(map(len, chain.from_iterable(words)), np.int64, len(owner))
    return _Row(owner.astype(np.uint64), np.cumsum(length) - length + owner + 1, length)


def _numbered(joined: str, row: _Row) -> Keys:
    """A number below the number of words for each, equal for equal words alone."""
    points = np.frombuffer((joined + "\n" * _PACKED).encode("utf-32-le"), dtype=np.uint32)
    packed = np.zeros(len(row.begin), dtype=np.uint64)
    for place in reversed(range(_PACKED)):
        packed *= _CODE_POINTS
        packed += np.where(row.length > place, points[row.begin + place] + np.uint64(1), np.uint64(0))
    longer = np.flatnonzero(row.length > _PACKED)
    numbers: dict[str, int] = {}
    for at, begin, length in zip(
        longer.tolist(), row.begin[longer].tolist(), row.length[longer].tolist(), strict=True
    ):
        packed[at] = _LONGER + numbers.setdefault(joined[begin : begin + length], len(numbers))
    return np.asarray(distinct(packed)[1], dtype=np.uint64)


def _by_strength(sums: Floats, owner: Keys) -> Indexes:
    """Text by text the largest sums first, whatever their sign: a sum and its place are one number."""
    size = np.abs(sums).astype(np.float32).view(np.uint32)
    ranked = (_LOWER - size) << np.uint64(32) | np.arange(len(sums), dtype=np.uint64)
    ranked.sort()
    order = (ranked & _LOWER).astype(np.int64)
    return order[np.argsort(owner[order], kind="stable")]


def _named(joined: str, ranked: _Row, sums: Floats, texts: int) -> tuple[list[tuple[Pair, ...]], Indexes]:
    """For each text the words to name; and the places in ``ranked`` of those that speak for the label."""
    begins, ends = ranked.begin.tolist(), (ranked.begin + ranked.length).tolist()
    values = (np.floor(sums * _TO_ONE + 0.5) / _TO_ONE).tolist()
    borders = np.searchsorted(ranked.owner, np.arange(texts + 1, dtype=np.uint64)).tolist()
    named, telling = [], []
    for start, end in pairwise(borders):
        pairs: list[Pair] = []
        for i in range(start, end):
            word = joined[begins[i] : ends[i]]
            if _is_word(word):
                pairs.append((word, values[i]))
                if values[i] > 0:
                    telling.append(i)
                if len(pairs) == _NAMED_WORDS:
                    break
        named.append(tuple(pairs))
    return named, np.array(telling, dtype=np.int64)


def _places(row: _Row, chosen: Indexes, texts: Sequence[str]) -> Iterator[list[Place]]:
    """Text by text where the chosen words stand in it."""
    owner = row.owner[chosen].astype(np.int64)
    begins_of_texts = np.cumsum([1, *(len(text) + 1 for text in texts[:-1])])
    begin = row.begin[chosen] - begins_of_texts[owner]
    places = list(zip(begin.tolist(), (begin + row.length[chosen]).tolist(), strict=True))
    borders = np.searchsorted(owner, np.arange(len(texts) + 1)).tolist()
    return (places[start:end] for start, end in pairwise(borders))


def says_anything(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji to judge by."""
    return text[:1].isalnum() or any(c.isalnum() or unicodedata.category(c) == "So" for c in text)


@lru_cache(maxsize=10_000)
def _is_word(word: str) -> bool:
    """``says_anything``, kept: the same marks and words stand in every text."""
    return says_anything(word)
