"""A batch of texts as the models see it: hashed character 1-, 2- and 3-grams, each once a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.ngrams import END, Numbers, code_points, grams_up_to

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]
Keys = NDArray[np.uint64]

BITS = 20
BUCKETS = 1 << BITS
LONGEST = 4_000
"""Characters scored: a verdict stands long before, and no article can hold up a batch."""

_SIZES = 3
"""N-grams are of 1 to so many characters."""

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 by the golden ratio: consecutive numbers land far apart
_ROOM = 2
"""Bits more than a batch's n-grams have: few meet in one place, and the table stays in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The n-grams of a batch. ``text`` and ``bucket`` have one entry a distinct (text, bucket), by text.

    ``place`` and ``feature`` have one entry an occurrence: where it stands (three times the code point at
    which it begins, plus its length less one), and which entry of the others it is. ``counts``: how many
    distinct ones each text has.
    """

    points: Numbers
    text: Indexes
    bucket: Indexes
    place: Indexes
    feature: Indexes
    counts: Indexes

    @property
    def texts(self) -> int:
        """How many texts there are, empty ones included."""
        return len(self.counts)

    def sums(self, values: NDArray[Any]) -> Floats:
        """The sum of each text's ``values``, one a distinct n-gram. Of whole numbers it is exact."""
        exact = np.int64 if values.dtype.kind in "iu" else np.float64
        total = np.zeros(self.texts)
        filled = self.counts > 0
        begins = (np.cumsum(self.counts) - self.counts)[filled]
        if len(begins):
            total[filled] = np.add.reduceat(values, begins, dtype=exact)
        return total


def features(texts: Sequence[str]) -> Features:
    """The n-grams of cleaned ``texts``; END on either side tells first and last ones from the others."""
    texts = [t[:LONGEST] for t in texts]
    points = code_points(texts)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    owner = np.repeat(np.arange(len(texts) + 1, dtype=np.uint64), [*(lengths + 1), 1])
    hashed = grams_up_to(points, _SIZES) >> np.uint32(32 - BITS)
    place = np.flatnonzero(_starts(points))
    keys = (owner << np.uint64(BITS) | hashed).T.ravel()[place]
    first, feature = distinct(keys)
    own = keys[first].astype(np.int64)
    text = own >> BITS
    return Features(
        points, text, own & (BUCKETS - 1), place, feature, np.bincount(text, minlength=len(texts))
    )


def _starts(points: Numbers) -> NDArray[np.bool_]:
    """Where an n-gram of each size begins, shape (points, sizes).

    None is END alone or passes from one text into the next.
    """
    starts = np.zeros((len(points), _SIZES), dtype=np.bool_)
    inside = points != END
    starts[:, 0] = inside
    starts[:-1, 1] = True
    starts[:-1, 2] = inside[1:]
    return starts


def distinct(keys: Keys) -> tuple[NDArray[np.bool_], Indexes]:
    """Which entries say a key for the first time, and for each entry which of those it repeats.

    No sorting: every key has a place in a table, the first to come stays, and the few whose place another
    key took are told apart by themselves.
    """
    bits = len(keys).bit_length() + _ROOM
    slots = (keys * _MIX >> np.uint64(64 - bits)).astype(np.int64)
    order = np.arange(len(keys), dtype=np.int32)
    table = np.empty(1 << bits, dtype=np.int32)
    table[slots[::-1]] = order[::-1]
    chosen = table[slots]
    others = np.flatnonzero(keys[chosen] != keys)
    if len(others):
        _, at, which = np.unique(keys[others], return_index=True, return_inverse=True)
        chosen[others] = others[at][which]
    first = chosen == order
    return first, (np.cumsum(first) - 1)[chosen]


def over_characters(found: Features, value: Floats) -> Floats:
    """Share each feature's value over its occurrences, and each occurrence's over its characters.

    One number a code point of the batch; END has none.
    """
    times = np.bincount(found.feature, minlength=len(value))
    spread = np.zeros(len(found.points) * _SIZES)
    spread[found.place] = (value / times)[found.feature]
    by_size = np.ascontiguousarray(spread.reshape(-1, _SIZES).T)
    is_character = found.points != END
    characters = np.zeros(len(found.points))
    total = np.zeros(len(found.points))
    for further, value_of in enumerate(by_size):
        characters[: len(characters) - further] += is_character[further:]
        share = value_of / np.maximum(characters, 1.0)
        total += share
        for step in range(1, further + 1):
            total[step:] += share[:-step]
    return np.where(is_character, total, 0.0)
