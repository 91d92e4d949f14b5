"""Learns what corrections of topics add to the topic model.

For each topic a logistic regression whose starting point is the margin by which the topic holds already, so
that nothing is learnt where it is right, over the hashed n-grams of the text and the weak words in it.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from analysis.delta_training import SAME_DIGITS, learnable, rows_of, whole_steps
from analysis.features import Floats, features
from analysis.model import Weights
from analysis.topic_delta import TopicDelta
from analysis.topic_model import TOPICS, known_words, places_of, topics_id
from analysis.topics import TopicBelief
from wanglou.domain.topic import Topic

FULL_FORCE = 200
"""Lessons up to which a penalty is what it says; beyond it grows with their number. More than for
sentiment, because they are shared by seventeen topics."""

PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0)
"""Tried in turn: the first with which our own sentences stand. Measured on a car forum and on parts of our
own sentences (see docs/reading.md)."""

_WEAK_WORD = 0.3
"""What a weak word counts for beside n-grams, of which a text's together have length 1. Measured likewise."""

_AGAINST = 0.3
"""What a correction counts for where it takes a topic away. People correct mistakes: of a topic that holds
rightly they say nothing, so that corrections of false alarms alone would silence true ones. Measured: with 1
a desk that mostly corrects false alarms then finds half the complaints it found before, with .3 no fewer."""

_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class TopicLesson:
    """A corrected text: what is believed of it, and the topics it has, none where there is no trouble."""

    name: str
    belief: TopicBelief
    topics: Collection[Topic]


def learn_topic_delta(
    base: Weights, lessons: Iterable[TopicLesson], penalty: float = PENALTIES[0]
) -> TopicDelta:
    """What these lessons add on the shipped topic model, in whatever order they come.

    ``base`` says how rare each n-gram is; the higher the ``penalty``, the less is learnt.
    """
    ordered = sorted(lessons, key=lambda x: (x.name, x.belief.text, sorted(x.topics)))
    words = _weak_words(ordered)
    grams = rows_of(base, features([lesson.belief.text for lesson in ordered]))
    columns, places = learnable(grams), learnable(words)
    rows = sparse.hstack([grams[:, columns], words[:, places]]).tocsr()
    moved = _fitted(rows, ordered, penalty * max(1.0, len(ordered) / FULL_FORCE))
    rare = base.rarity[columns] * base.steps[2]
    of_grams, gram_step = whole_steps(moved[: len(columns)] * rare[:, None])
    table = np.zeros((len(known_words()), len(TOPICS)))
    table[places] = moved[len(columns) :] * _WEAK_WORD
    of_words, word_step = whole_steps(table)
    kept = of_grams.any(axis=1)
    return TopicDelta(
        base=topics_id(),
        buckets=columns[kept].astype(np.int32),
        grams=of_grams[kept],
        words=of_words,
        steps=(gram_step, word_step),
        about={**_about(ordered), "penalty": penalty},
    )


def _weak_words(lessons: Sequence[TopicLesson]) -> sparse.csr_matrix:
    places = [places_of(lesson.belief.weak) for lesson in lessons]
    owners = np.repeat(np.arange(len(lessons)), [len(found) for found in places])
    columns = np.array([place for found in places for place in found], dtype=np.int64)
    values = np.full(len(columns), _WEAK_WORD)
    return sparse.csr_matrix((values, (owners, columns)), shape=(len(lessons), len(known_words())))


def _fitted(rows: sparse.csr_matrix, lessons: Sequence[TopicLesson], penalty: float) -> Floats:
    """What is added to each column's weight for each topic."""
    shape = (rows.shape[1], len(TOPICS))
    if not lessons or not rows.shape[1]:
        return np.zeros(shape)
    margins = np.array([lesson.belief.margins for lesson in lessons]).round(SAME_DIGITS)
    truth = np.array([[float(topic in lesson.topics) for topic in TOPICS] for lesson in lessons])
    free = np.array([[topic not in lesson.belief.said for topic in TOPICS] for lesson in lessons])
    counts = free * np.where(truth > 0, 1.0, _AGAINST)

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(shape)
        odds = margins + rows @ moved
        cost = (counts * (np.logaddexp(0, odds) - truth * odds)).sum() + penalty / 2 * (flat @ flat)
        slope = rows.T @ (counts * (1 / (1 + np.exp(-odds)) - truth))
        return float(cost), np.asarray(slope + penalty * moved).ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return np.asarray(found.x, dtype=np.float64).reshape(shape)


def _about(lessons: Sequence[TopicLesson]) -> dict[str, object]:
    told = [",".join(sorted(lesson.topics)) for lesson in lessons]
    digest = hashlib.sha256("\n".join(f"{x.name} {y}" for x, y in zip(lessons, told, strict=True)).encode())
    counts = Counter(topic.value for lesson in lessons for topic in lesson.topics)
    return {"lessons": len(lessons), "topics": dict(sorted(counts.items())), "digest": digest.hexdigest()}
