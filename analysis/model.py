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

SHIPPED_ON = {"24c8a499bba3a83a7b9cd2c3dcd6d8419880eeaceee168e83ddce5a38237300c": date(2026, 11, 30)}
"""Weights' id → the day they were trained; a file has no date: the same texts give the same bytes."""

FORMAT = 3
CLASSES = ("neg", "neu", "pos")

_NEVER = 255
_COLUMNS = 4

Rows = NDArray[np.int8]
"""Shape (n-grams, 4): what the table says of each."""

_TABLES = ("polarity", "neutral", "rarity", "kinds")
_OF_KINDS = ("bias", "stretch", "lean", "band")


class BadWeightsError(Exception):
    """A file is not a set of weights this program can read."""


class Judged(NamedTuple):
    """What is made of a batch: each text's length, what a unit of pos against neg is worth, its chances.

    ``rows``: what the weights' table says of each distinct n-gram; ``bands``: from which P(neu) on each text
    is neutral.
    """

    rows: Rows
    lengths: Floats
    stretch: Floats
    chances: Floats
    bands: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What training learnt. ``table`` has one row a bucket, so that an n-gram is looked up once for all.

    Its columns are ``polarity`` and ``neutral``, weight times rarity as roots with a sign, so that the few
    large ones and the many small ones both keep their size; ``rarity``, each feature's inverse document
    frequency; and nothing. What stands there, or its square, times its step is what it says.
    ``kinds`` moves polarity by the kind of text. ``softmax`` (3 classes × [polarity, neutral, 1]) is the
    calibration. ``neutral_at``: from this P(neu) on, moved by its kind, a text is neutral;
    ``unsure_below``: a verdict less likely than this is marked. ``delta``: what the agency's corrections
    add; ``id`` then names both.
    """

    table: Rows
    steps: tuple[float, float, float]
    kinds: Kinds
    softmax: Floats
    neutral_at: float
    unsure_below: float
    about: dict[str, Any]
    id: str = ""
    delta: Delta | None = None

    @property
    def polarity(self) -> NDArray[np.int16]:
        """What each bucket says for pos against neg, in steps."""
        return _polarity(self.table)

    @property
    def neutral(self) -> NDArray[np.int16]:
        """What each bucket says for neu against both, in steps."""
        return _neutral(self.table)

    @property
    def rarity(self) -> NDArray[np.uint8]:
        """How rare each bucket is, in steps."""
        return _rarity(self.table)

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
        return self._scores(found, self._rows(found))

    def judged(self, found: Features) -> Judged:
        """Everything at once: nothing is worked out or looked up twice."""
        rows = self._rows(found)
        scores, lengths = self._scores(found, rows)
        shares = self.kinds.shares(found.points)
        bands = self.neutral_at + shares @ self.kinds.band
        return Judged(rows, lengths, shares @ self.kinds.stretch, self.chances(scores, shares), bands)

    def _rows(self, found: Features) -> Rows:
        """The table's row of each distinct n-gram. A row of four bytes is one number to fetch."""
        whole: NDArray[np.int32] = self.table.view(np.int32).ravel()
        return whole[found.bucket].view(np.int8).reshape(-1, _COLUMNS)

    def _scores(self, found: Features, rows: Rows) -> tuple[Floats, Floats]:
        lengths = self._lengths(found, rows)
        columns = [
            found.sums(said) * step / lengths
            for said, step in zip((_polarity(rows), _neutral(rows)), self.steps, strict=False)
        ]
        return np.stack(columns, axis=1) + self._added(found, lengths), lengths

    @property
    def empty_buckets(self) -> float:
        """Share of the buckets that no training text used."""
        return float((self.rarity == _NEVER).mean())

    def shift(self, texts: Iterable[str]) -> Floats:
        """What the delta adds to the log-odds of the classes of cleaned ``texts``, shape (texts or 1, 3)."""
        if self.delta is None or not self.delta.moves_sentiment:
            return np.zeros((1, len(CLASSES)))
        found = features(list(texts))
        added = self._added(found, self._lengths(found, self._rows(found)))
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
            lengths = self._lengths(found, self._rows(found))[found.text[known]]
            added[known] = rows[:, topic] * self.delta.topics.steps[0] / lengths
        return over_characters(found, added)

    def _lengths(self, found: Features, rows: Rows) -> Floats:
        rare = _rarity(rows).astype(np.int64)
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
        return self.chances(scores, self.kinds.shares(found.points))

    def chances(self, scores: Floats, shares: Floats) -> Floats:
        """``probabilities`` of texts of which the shares of kinds are known."""
        return softmax(self._placed(scores, shares) @ self.softmax[:, :2].T + self.softmax[:, 2])

    def placed(self, scores: Floats, found: Features) -> Floats:
        """The scores as texts of these kinds mean them."""
        return self._placed(scores, self.kinds.shares(found.points))

    def _placed(self, scores: Floats, shares: Floats) -> Floats:
        polarity = scores[:, 0] * (shares @ self.kinds.stretch) + shares @ self.kinds.lean
        return np.column_stack([polarity, scores[:, 1]])

    def shares(self, found: Features) -> Floats:
        """What each feature adds to its text's two scores without a delta, shape (features, 2)."""
        rows = self._rows(found)
        said = np.stack([_polarity(rows), _neutral(rows)], axis=1) * self.steps[:2]
        return np.asarray(said / self._lengths(found, rows)[found.text, None])

    def contributions(self, found: Features, judged: Judged, labels: Indexes) -> Floats:
        """What each code point of the batch adds to its text's label against the mean of the others."""
        towards = self._towards(judged, labels)
        polarity, neutral = (towards * self.steps[:2]).T
        added = polarity[found.text] * _polarity(judged.rows)
        added += neutral[found.text] * _neutral(judged.rows)
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


def _polarity(rows: Rows) -> NDArray[np.int16]:
    return squares(rows[:, 0])


def _neutral(rows: Rows) -> NDArray[np.int16]:
    return squares(rows[:, 1])


def _rarity(rows: Rows) -> NDArray[np.uint8]:
    return rows[:, 2].view(np.uint8)


def unseen(judged: Judged) -> tuple[int, int]:
    """Distinct n-grams of the texts, and how many of them lie in buckets that no training text used.

    Rarity is in steps up to that of a feature never seen, so the last step says so.
    """
    return len(judged.rows), int(np.count_nonzero(_rarity(judged.rows) == _NEVER))


def tabled(polarity: NDArray[np.int8], neutral: NDArray[np.int8], rarity: NDArray[np.uint8]) -> Rows:
    """The three side by side, one row a bucket; the first two as roots."""
    rows = np.zeros((len(rarity), _COLUMNS), dtype=np.int8)
    for column, told in enumerate((polarity, neutral, rarity.view(np.int8))):
        rows[:, column] = told
    return rows


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
        "polarity": np.ascontiguousarray(weights.table[:, 0]),
        "neutral": np.ascontiguousarray(weights.table[:, 1]),
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
        tabled(polarity, neutral, rarity),
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
