"""Learns the topic model from sentences of our own and measures it by cross-validation.

Each sentence has the topic that a desk would file it under, or nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from analysis.features import Floats, features
from analysis.model import load_weights
from analysis.own_posts import sentences_in
from analysis.text import clean_text
from analysis.topic_floor import TOPIC_SENTENCES
from analysis.topic_model import (
    FEATURES,
    FORMAT,
    TOPICS,
    TROUBLED_FROM,
    WORDS,
    TopicWeights,
    feature_row,
    logistic,
    trouble_row,
    weak_words,
)
from analysis.topics import TopicReader
from wanglou.domain.topic import Topic

Flags = NDArray[np.bool_]

SEED = 17
FOLDS = 5
PRECISION = 0.85
"""What the threshold must reach among sentences kept back: fewer topics, but right ones."""

_STRENGTH = 1.0
"""Inverse of the penalty; .3 to 5 are within a point of one another."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its topic; None is no trouble."""

    text: str
    topic: Topic | None


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Cross-validated shares. ``first``: the likeliest topic is the right one, of troubled sentences.

    ``recall``: troubled ones whose topic holds; ``precision``: topics that hold and are right; ``alarmed``:
    sentences of no trouble in which some topic holds; ``by_words``: recall of crisis words alone.
    """

    sentences: int
    first: float
    recall: float
    precision: float
    alarmed: float
    by_words: float
    holds_from: float


def read_sentences(path: Path = TOPIC_SENTENCES) -> list[Sentence]:
    """The sentences of a file."""
    return [
        Sentence(row["text"], Topic(row["topic"]) if row["topic"] else None) for row in sentences_in(path)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The features of sentences: of the topics, and of trouble at all; ``said``: by crisis words alone.

    ``names``: the topic of each, empty for none. ``right``: the same as one column a topic.
    """

    rows: Floats
    trouble: Floats
    said: Flags
    names: NDArray[np.str_]

    @property
    def right(self) -> Flags:
        """Shape (sentences, topics)."""
        return np.array([[topic == name for topic in TOPICS] for name in self.names])


def table(sentences: Sequence[Sentence], reader: TopicReader) -> Table:
    """One row a sentence; its mood is the shipped sentiment model's."""
    texts = [clean_text(s.text) for s in sentences]
    said = [reader.said(text, angry=False).topics for text in texts]
    base, found = load_weights(), features(texts)
    chances = base.probabilities(base.scores(found)[0], found)
    weak = [weak_words(text) for text in texts]
    trouble = [
        trouble_row(words, of, (p[0], p[2]))
        for words, of, p in zip(weak, said, chances.tolist(), strict=True)
    ]
    return Table(
        np.array([feature_row(words, of) for words, of in zip(weak, said, strict=True)]),
        np.array(trouble),
        np.array([[topic in of for topic in TOPICS] for of in said]),
        np.array([s.topic or "" for s in sentences]),
    )


def cross_validate(sentences: Sequence[Sentence], words: TopicReader) -> TopicFigures:
    """Figures on sentences that the weights judging them had not seen."""
    found = table(sentences, words)
    chances, is_trouble = _kept_back(found)
    right, troubled = found.right, found.names != ""
    likely = np.where(is_trouble[:, None], chances, 0.0)
    holds_from = _threshold(likely, right)
    holds = (likely >= holds_from) | found.said
    return TopicFigures(
        sentences=len(sentences),
        first=float(right[np.arange(len(right)), chances.argmax(axis=1)][troubled].mean()),
        recall=float((holds & right).sum() / troubled.sum()),
        precision=float((holds & right).sum() / max(holds.sum(), 1)),
        alarmed=float(holds[~troubled].any(axis=1).mean()),
        by_words=float((found.said & right).sum() / troubled.sum()),
        holds_from=holds_from,
    )


def _kept_back(found: Table) -> tuple[Floats, Flags]:
    """Chances of the topics, and whether there is trouble, judged by weights of the other folds."""
    chances, is_trouble = np.zeros(found.said.shape), np.zeros(len(found.names), dtype=bool)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for known, held in folds.split(found.rows, found.names):
        weights, bias, trouble = _learn(found, known)
        chances[held] = logistic(found.rows[held] @ weights.T + bias)
        is_trouble[held] = logistic(found.trouble[held] @ trouble[:-1] + trouble[-1]) >= TROUBLED_FROM
    return chances, is_trouble


def learn(sentences: Sequence[Sentence], words: TopicReader) -> TopicWeights:
    """Weights from all sentences, with the threshold that cross-validation found."""
    found = table(sentences, words)
    weights, bias, trouble = _learn(found, np.arange(len(sentences)))
    figures = cross_validate(sentences, words)
    about = {
        "figures": {name: round(value, 4) for name, value in asdict(figures).items()},
        "seed": SEED,
        "sentences": hashlib.sha256(TOPIC_SENTENCES.read_bytes()).hexdigest(),
        "words": hashlib.sha256(WORDS.read_bytes()).hexdigest(),
    }
    return TopicWeights(weights, bias, tuple(trouble.tolist()), figures.holds_from, about)


def written(learnt: TopicWeights) -> dict[str, object]:
    """What ``load_topics`` reads."""
    return {
        "format": FORMAT,
        "features": FEATURES,
        "weights": learnt.weights.round(3).tolist(),
        "bias": learnt.bias.round(3).tolist(),
        "trouble": [round(weight, 3) for weight in learnt.trouble],
        "holds_from": learnt.holds_from,
        "about": learnt.about,
    }


def _learn(found: Table, known: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Weights and biases of the topics, and those of trouble at all with their bias."""
    names = found.names[known]
    fitted = [_one(found.rows[known], names == topic) for topic in TOPICS]
    weights, bias = _one(found.trouble[known], names != "", "balanced")
    return np.array([w for w, _ in fitted]), np.array([b for _, b in fitted]), np.append(weights, bias)


def _one(rows: Floats, is_it: Flags, weight: str | None = None) -> tuple[Floats, float]:
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=SEED, class_weight=weight)
    model.fit(rows, is_it)
    return model.coef_[0], float(model.intercept_[0])


def _threshold(likely: Floats, right: Flags) -> float:
    """The lowest chance, in hundredths, from which on enough of the topics that hold are right."""
    steps = [hundredths / 100 for hundredths in range(20, 100)]
    return next((step for step in steps if right[likely >= step].mean() >= PRECISION), steps[-1])
