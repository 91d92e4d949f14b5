"""How well weights read labelled texts: accuracy, macro-F1 and how far probabilities can be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.corpora import Corpora, Part, pick
from analysis.features import Floats, Indexes, features
from analysis.model import CLASSES, Weights
from analysis.text import clean_text

_NEG, _NEU, _POS = range(3)
_BATCH = 2_000
_BINS = 15

WEIBO = frozenset({"weibo100k", "weibo2018"})
"""The two-class corpora of Weibo posts, quoted apart: they are nearest to what a desk reads."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over corpora on texts kept back; an ``ece`` is an expected calibration error.

    ``two_class`` compares P(pos) with P(neg) on pos and neg texts of the two-class corpora; ``weibo`` the
    same on Weibo alone; ``polarity`` the same on pos and neg texts of the three-class corpora.
    ``two_class_least_ece``: what would be left of that error if every probability were exactly right.
    """

    two_class: float
    two_class_ece: float
    two_class_least_ece: float
    weibo: float
    polarity: float
    macro_f1: float
    three_class: float
    three_class_ece: float
    by_corpus: dict[str, float]


def probabilities(weights: Weights, texts: Sequence[str]) -> Floats:
    """P(neg), P(neu), P(pos) of raw texts, shape (texts, 3)."""
    return judged(weights, texts)[0]


def judged(weights: Weights, texts: Sequence[str]) -> tuple[Floats, Indexes]:
    """``probabilities`` of raw texts, and the verdicts."""
    cut = range(0, len(texts), _BATCH)
    batches = (features([clean_text(t) for t in texts[i : i + _BATCH]]) for i in cut)
    parts = [weights.judged(found) for found in batches]
    if not parts:
        return np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    chances = np.concatenate([part.chances for part in parts])
    return chances, labelled(chances, np.concatenate([part.bands for part in parts]))


def labelled(chances: Floats, neutral_at: Floats | float) -> Indexes:
    """The verdicts: neutral from P(neu) > ``neutral_at`` on, else the likelier of neg and pos."""
    labels = np.where(chances[:, _POS] > chances[:, _NEG], _POS, _NEG)
    return np.where(chances[:, _NEU] > neutral_at, _NEU, labels)


def measure(weights: Weights, corpora: Corpora, seed: int) -> Figures:
    """Read the test part and compare."""
    chosen = [i for i, part in enumerate(corpora.parts(seed)) if part is Part.TEST]
    names = np.array(pick(corpora.corpus, chosen))
    truth = np.array([corpora.label[i] for i in chosen], dtype=np.int64)
    chances, verdicts = judged(weights, pick(corpora.text, chosen))
    rows = {name: names == name for name in sorted(set(names.tolist()))}
    two = {n: two_class(truth[r], chances[r]) for n, r in rows.items()}
    least = [least_ece(_sureness(truth[rows[n]], chances[rows[n]])) for n in sorted(corpora.two_class)]
    three = sorted(corpora.three_class)
    sure = {
        n: ece(chances[rows[n]].max(axis=1), chances[rows[n]].argmax(axis=1) == truth[rows[n]]) for n in three
    }
    return Figures(
        two_class=_mean(two[n][0] for n in sorted(corpora.two_class)),
        two_class_ece=_mean(two[n][1] for n in sorted(corpora.two_class)),
        two_class_least_ece=_mean(least),
        weibo=_mean(two[n][0] for n in sorted(corpora.two_class & WEIBO)),
        polarity=_mean(two[n][0] for n in three),
        macro_f1=_mean(macro_f1(truth[rows[n]], verdicts[rows[n]]) for n in three),
        three_class=_mean(float((verdicts[rows[n]] == truth[rows[n]]).mean()) for n in three),
        three_class_ece=_mean(sure.values()),
        by_corpus={n: two[n][0] for n in rows},
    )


def macro_f1(truth: Indexes, verdicts: Indexes) -> float:
    """The mean of the classes' F1, classes that occur on neither side left out."""
    found = []
    for label in range(len(CLASSES)):
        both = int(((truth == label) & (verdicts == label)).sum())
        either = int((truth == label).sum() + (verdicts == label).sum())
        if either:
            found.append(2 * both / either)
    return _mean(found)


def ece(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Mean distance between stated confidence and share right, over 15 equal bins (Naeini 2015)."""
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    total = np.bincount(bins, minlength=_BINS)
    gap = np.bincount(bins, right, _BINS) - np.bincount(bins, confidence, _BINS)
    return float(np.abs(gap).sum() / max(total.sum(), 1))


def least_ece(chance: Floats) -> float:
    """What ``ece`` would show of probabilities that are exactly right, on as many texts.

    ``chance``: of each text, that its verdict is right. How many of a bin are right strays by sqrt(2 v / pi)
    on average, v being the sum of p (1 - p): the mean of a normal distribution's absolute value.
    """
    bins = np.minimum((chance * _BINS).astype(np.int64), _BINS - 1)
    spread = np.bincount(bins, chance * (1 - chance), _BINS)
    return float(np.sqrt(2 * spread / np.pi).sum() / max(len(chance), 1))


def two_class(truth: Indexes, chances: Floats) -> tuple[float, float]:
    """Accuracy and calibration error on pos and neg texts, as if neutral did not exist."""
    spoken = truth != _NEU
    right = (chances[:, _POS] > chances[:, _NEG]) == (truth == _POS)
    return float(right[spoken].mean()), ece(_sureness(truth, chances), right[spoken])


def _sureness(truth: Indexes, chances: Floats) -> Floats:
    """The likelier of pos and neg, of pos and neg texts alone."""
    pair = chances[truth != _NEU][:, [_NEG, _POS]]
    return np.asarray(pair.max(axis=1) / pair.sum(axis=1))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return float(sum(found) / len(found)) if found else 0.0
