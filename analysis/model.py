"""The sentiment model: hashed character n-grams, two scores, three calibrated probabilities. numpy only.

A text's features are its distinct character 1-, 2- and 3-grams, hashed to one of 2**20 buckets, weighted by
how rare each is, scaled to length 1. One weight a feature says pos against neg, one says neu against both.
Two scores become three probabilities by a softmax fitted on texts kept back for it, after the kind of text
(analysis/kinds.py) has told how far to believe the first.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from analysis.archives import NOT_ONE, packed, unpacked
from analysis.delta import Delta
from analysis.features import BITS, BUCKETS, Features, Floats, Indexes, features, over_characters
from analysis.kinds import Kinds
from analysis.topic_delta import TopicDelta
from wanglou.domain.model import ModelCard

SHIPPED = Path(__file__).parent / "weights" / "sentiment.npz"
"""The weights that come with the program; their card is docs/model-card.md."""

SHIPPED_ON = {"0ae41bcd3041fcdb30e1c9accc06cb8c07c2db71ce25623027997e0f034dbd3e": date(2026, 11, 29)}
"""Weights' id → the day they were trained; a file has no date: the same texts give the same bytes."""

FORMAT = 2
CLASSES = ("neg", "neu", "pos")

_NEVER = 255
_TABLES = ("polarity", "neutral", "rarity", "kinds")
_OF_KINDS = ("bias", "stretch", "lean")


class BadWeightsError(Exception):
    """A file is not a set of weights this program can read."""


class Judged(NamedTuple):
    """What is made of a batch: each text's length, what a unit of pos against neg is worth, its chances."""

    lengths: Floats
    stretch: Floats
    chances: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What training learnt. Tables have one row a bucket and are whole numbers times a step.

    ``polarity`` and ``neutral`` hold weight times rarity as squares with a sign, so that the few large ones
    and the many small ones both keep their size; ``rarity`` is each feature's inverse document frequency.
    ``kinds`` moves polarity by the kind of text. ``softmax`` (3 classes × [polarity, neutral, 1]) is the
    calibration. ``neutral_at``: from this P(neu) on a text is neutral; ``unsure_below``: a verdict less
    likely than this is marked. ``delta``: what the agency's corrections add; ``id`` then names both.
    """

    polarity: NDArray[np.int16]
    neutral: NDArray[np.int16]
    rarity: NDArray[np.uint8]
    steps: tuple[float, float, float]
    kinds: Kinds
    softmax: Floats
    neutral_at: float
    unsure_below: float
    about: dict[str, Any]
    id: str = ""
    delta: Delta | None = None

    @property
    def plain(self) -> Self:
        """The same without a delta."""
        return self if self.delta is None else replace(self, delta=None, id=self.delta.base)

    def moved(self, delta: Delta) -> Self:
        """The same with ``delta`` in the place of any other. Raises BadWeightsError if it fits others."""
        base = self.plain
        check_fits(delta, base.id)
        return replace(base, delta=delta, id=f"{base.id}+{delta.id}")

    def scores(self, found: Features) -> tuple[Floats, Floats]:
        """Scores of shape (texts, 2): pos against neg, neu against both; and each text's length."""
        lengths = self._lengths(found)
        columns = [
            found.sums(table[found.bucket]) * step / lengths
            for table, step in zip((self.polarity, self.neutral), self.steps, strict=False)
        ]
        return np.stack(columns, axis=1) + self._added(found, lengths), lengths

    def judged(self, found: Features) -> Judged:
        """Everything at once: nothing is worked out twice."""
        scores, lengths = self.scores(found)
        stretch, lean = self.kinds.reach(found.points)
        return Judged(lengths, stretch, self._chances(_reached(scores, stretch, lean)))

    def unseen(self, found: Features) -> tuple[int, int]:
        """Distinct n-grams of the texts, and how many of them lie in buckets that no training text used.

        Rarity is in steps up to that of a feature never seen, so the last step says so.
        """
        return len(found.bucket), int(np.count_nonzero(self.rarity[found.bucket] == _NEVER))

    @property
    def empty_buckets(self) -> float:
        """Share of the buckets that no training text used."""
        return float((self.rarity == _NEVER).mean())

    def shift(self, texts: Iterable[str]) -> Floats:
        """What the delta adds to the log-odds of the classes of cleaned ``texts``, shape (texts or 1, 3)."""
        if self.delta is None or not self.delta.moves_sentiment:
            return np.zeros((1, len(CLASSES)))
        found = features(list(texts))
        added = self._added(found, self._lengths(found))
        added[:, 0] *= self.kinds.reach(found.points)[0]
        return added @ self.softmax[:, :2].T

    def topics_added(self, found: Features, lengths: Floats) -> Floats | None:
        """What the delta adds to the margins of topics by n-grams, shape (texts, topics); None without."""
        if self.delta is None or self.delta.topics is None:
            return None
        known, rows = _known_of_topics(self.delta.topics, found)
        added = np.zeros((found.texts, rows.shape[1]))
        texts, first = np.unique(found.text[known], return_index=True)
        if len(texts):
            added[texts] = np.add.reduceat(rows, first, axis=0)
        return added * self.delta.topics.steps[0] / lengths[:, None]

    def topic_contributions(self, found: Features, topic: int) -> Floats:
        """What each code point of the batch adds to the topic of this place by what corrections taught."""
        added = np.zeros(len(found.bucket))
        if self.delta is not None and self.delta.topics is not None:
            known, rows = _known_of_topics(self.delta.topics, found)
            lengths = self._lengths(found)[found.text[known]]
            added[known] = rows[:, topic] * self.delta.topics.steps[0] / lengths
        return over_characters(found, added)

    def _lengths(self, found: Features) -> Floats:
        rare = self.rarity[found.bucket].astype(np.int64)
        lengths = np.sqrt(found.sums(rare * rare)) * self.steps[2]
        lengths[lengths == 0] = 1.0
        return lengths

    def _added(self, found: Features, lengths: Floats) -> Floats:
        """The delta's part in the scores."""
        if self.delta is None or not self.delta.moves_sentiment:
            return np.zeros((found.texts, 2))
        columns = [found.sums(part) / lengths for part in self.delta.added(found.bucket)]
        return np.stack(columns, axis=1)

    def probabilities(self, scores: Floats, found: Features) -> Floats:
        """P(neg), P(neu), P(pos), shape (texts, 3), of the scores of ``found``."""
        return self._chances(self.placed(scores, found))

    def _chances(self, placed: Floats) -> Floats:
        return softmax(placed @ self.softmax[:, :2].T + self.softmax[:, 2])

    def placed(self, scores: Floats, found: Features) -> Floats:
        """The scores as texts of these kinds mean them."""
        return _reached(scores, *self.kinds.reach(found.points))

    def shares(self, found: Features) -> Floats:
        """What each feature adds to its text's two scores without a delta, shape (features, 2)."""
        rows = zip((self.polarity, self.neutral), self.steps, strict=False)
        added = [np.asarray(table[found.bucket] * step, dtype=np.float64) for table, step in rows]
        return np.stack(added, axis=1) / self._lengths(found)[found.text, None]

    def contributions(self, found: Features, judged: Judged, labels: Indexes) -> Floats:
        """What each code point of the batch adds to its text's label against the mean of the others."""
        towards = self._towards(judged, labels)
        polarity, neutral = (towards * self.steps[:2]).T
        added = polarity[found.text] * self.polarity[found.bucket]
        added += neutral[found.text] * self.neutral[found.bucket]
        if self.delta is not None and self.delta.moves_sentiment:
            added += _summed(towards, found, self.delta)
        return over_characters(found, added)

    def delta_contributions(self, found: Features, judged: Judged, labels: Indexes) -> Floats:
        """The delta's part in ``contributions``."""
        if self.delta is None:
            return np.zeros(len(found.points))
        return over_characters(found, _summed(self._towards(judged, labels), found, self.delta))

    def _towards(self, judged: Judged, labels: Indexes) -> Floats:
        """What a unit of either score adds to each text's label, its length taken off; shape (texts, 2)."""
        coefficients = 1.5 * (self.softmax[:, :2] - self.softmax[:, :2].mean(axis=0))
        towards = np.asarray(coefficients[labels] / judged.lengths[:, None])
        towards[:, 0] *= judged.stretch
        return towards


def _reached(scores: Floats, stretch: Floats, lean: Floats) -> Floats:
    return np.column_stack([scores[:, 0] * stretch + lean, scores[:, 1]])


def _known_of_topics(topics: TopicDelta, found: Features) -> tuple[Indexes, NDArray[np.float32]]:
    """Which features corrections of topics know, by place, and in steps what those add to each topic."""
    row = _rows_of(topics)[found.bucket]
    known = np.flatnonzero(row >= 0).astype(np.int64)
    return known, topics.grams[row[known]].astype(np.float32)


@lru_cache(maxsize=2)
def _rows_of(topics: TopicDelta) -> NDArray[np.int32]:
    """For every bucket the row of its n-gram, -1 where corrections know none: a look-up, not a search."""
    rows = np.full(BUCKETS, -1, dtype=np.int32)
    rows[topics.buckets] = np.arange(len(topics.buckets))
    return rows


def _summed(towards: Floats, found: Features, delta: Delta) -> Floats:
    polarity, neutral = delta.added(found.bucket)
    return np.asarray(towards[found.text, 0] * polarity + towards[found.text, 1] * neutral)


def check_fits(delta: Delta, base: str) -> None:
    """Raise BadWeightsError if a delta was learnt on other weights than those of the id ``base``."""
    if delta.base != base:
        raise BadWeightsError(
            f"delta {delta.id[:12]}: learnt on the weights {delta.base[:12]}, these are {base[:12]}; "
            "learn it anew with wanglou train --corrections --take, or go to wanglou train --shipped"
        )


def softmax(logits: Floats) -> Floats:
    """Rows of logits as probabilities."""
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def save(weights: Weights) -> bytes:
    """The file: an npz without objects, whose ``header`` is JSON. The same weights give the same bytes."""
    header = {
        "format": FORMAT,
        "bits": BITS,
        "classes": CLASSES,
        "steps": weights.steps,
        "kinds": {name: getattr(weights.kinds, name).tolist() for name in _OF_KINDS},
        "kinds_step": weights.kinds.step,
        "softmax": weights.softmax.tolist(),
        "neutral_at": weights.neutral_at,
        "unsure_below": weights.unsure_below,
        "about": weights.about,
    }
    tables = {
        "polarity": roots(weights.polarity),
        "neutral": roots(weights.neutral),
        "rarity": weights.rarity,
        "kinds": weights.kinds.table,
    }
    return packed(header, tables)


def load_weights(path: Path = SHIPPED) -> Weights:
    """Read a weights file; its sha256 is the model's id. Raises BadWeightsError, OSError."""
    identity, header, tables = _unpacked(path, *_TABLES)
    polarity, neutral, rarity, kinds = tables
    if header.get("format") != FORMAT or header.get("bits") != BITS or polarity.shape != (BUCKETS,):
        raise BadWeightsError(f"{path}: weights of another format; write them anew with wanglou train")
    return Weights(
        squares(polarity),
        squares(neutral),
        rarity,
        steps=tuple(header["steps"]),
        kinds=Kinds(kinds, header["kinds_step"], *(np.array(header["kinds"][name]) for name in _OF_KINDS)),
        softmax=np.array(header["softmax"]),
        neutral_at=header["neutral_at"],
        unsure_below=header["unsure_below"],
        about=header["about"],
        id=identity,
    )


def squares(stored: NDArray[np.int8]) -> NDArray[np.int16]:
    """−127 … 127 as squares that keep the sign: what a table is stored by, and what it says."""
    wide = stored.astype(np.int16)
    return np.asarray(wide * np.abs(wide))


def roots(table: NDArray[Any]) -> NDArray[np.int8]:
    """The way back; of what is no square the nearest root."""
    return np.asarray(np.rint(np.sqrt(np.abs(table))) * np.sign(table)).astype(np.int8)


def card_of(path: Path = SHIPPED) -> ModelCard:
    """What a weights file says of itself, without its tables. Raises BadWeightsError, OSError."""
    identity, header, _ = _unpacked(path)
    about = header["about"]
    return ModelCard(
        identity, SHIPPED_ON.get(identity), about["texts"], about["figures"], header["unsure_below"]
    )


def _unpacked(path: Path, *names: str) -> tuple[str, dict[str, Any], list[NDArray[Any]]]:
    """The sha256 of a weights file, its header, and its tables of these names."""
    data = path.read_bytes()
    try:
        header, tables = unpacked(data, *names)
    except NOT_ONE as error:
        raise BadWeightsError(
            f"{path}: not a weights file ({error}); write one with wanglou train"
        ) from error
    return hashlib.sha256(data).hexdigest(), header, tables
