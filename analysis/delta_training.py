"""Learns a delta on the shipped weights from what people corrected.

Multinomial logistic regression over the weights' own features, whose starting point is what the weights
believe already: nothing is learnt where they are right, and with no lesson the delta is zero.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from analysis.delta import Delta
from analysis.delta_file import delta_of, save_delta
from analysis.features import BUCKETS, Features, Floats, Indexes, features
from analysis.model import CLASSES, Weights

SAME_DIGITS = 9
"""Decimals to which a belief is the same wherever its text stood in a batch: many exponentials taken at once
differ in their last bits by place, and what is learnt must not."""

LEAST_TEXTS = 2
"""Texts that must hold a feature for it to be learnt: what one text alone holds tells of that text alone."""

FULL_FORCE = 100
"""Lessons up to which a penalty is what it says; beyond it grows with their number, for lessons are mistakes
only and tell nothing of what is read right already. Measured on a car forum (see docs/reading.md)."""

PENALTIES = (1.0, 1.5, 2.0, 3.0)
"""Tried in turn: the first with which our own sentences stand. Measured likewise."""

_LEAST_CHANCE = 1e-6
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Lesson:
    """A corrected text: its words as the model sees them, what the shipped weights make of it, and the truth.

    ``label`` is a place in CLASSES. ``name`` tells lessons apart and puts them in order.
    """

    name: str
    text: str
    chances: tuple[float, float, float]
    label: int


def learn_delta(base: Weights, lessons: Iterable[Lesson], penalty: float = PENALTIES[0]) -> Delta:
    """The delta of these lessons on ``base``, in whatever order they come.

    The higher the ``penalty``, the less is learnt.
    """
    ordered = sorted(lessons, key=lambda lesson: (lesson.name, lesson.text, lesson.label))
    found = features([lesson.text for lesson in ordered])
    rows = rows_of(base, found)
    columns = learnable(rows)
    stretch = base.kinds.reach(found.points)[0]
    moved = _fitted(base, rows[:, columns], stretch, ordered, penalty * max(1.0, len(ordered) / FULL_FORCE))
    tables = np.zeros((2, BUCKETS))
    tables[:, columns] = moved.T * base.rarity[columns] * base.steps[2]
    (polarity, first), (neutral, second) = whole_steps(tables[0]), whole_steps(tables[1])
    counts = [sum(lesson.label == place for lesson in ordered) for place in range(len(CLASSES))]
    about = {
        "lessons": len(ordered),
        "labels": dict(zip(CLASSES, counts, strict=True)),
        "digest": hashlib.sha256("\n".join(f"{x.name} {x.label}" for x in ordered).encode()).hexdigest(),
        "penalty": penalty,
    }
    learnt = Delta(base.plain.id, polarity, neutral, (first, second), about)
    return replace(learnt, id=delta_of(save_delta(learnt), "what was learnt").id)


def rows_of(base: Weights, found: Features) -> sparse.csr_matrix:
    """The features of the texts, scaled as the weights scale them: each text's have length 1."""
    rare = base.rarity[found.bucket] * base.steps[2]
    _, lengths = base.scores(found)
    values = rare / lengths[found.text]
    return sparse.csr_matrix((values, (found.text, found.bucket)), shape=(found.texts, BUCKETS))


def learnable(rows: sparse.csr_matrix) -> Indexes:
    """The columns that enough texts hold to be learnt."""
    counts = np.bincount(rows.indices, minlength=rows.shape[1])
    return np.flatnonzero(counts >= LEAST_TEXTS).astype(np.int64)


def whole_steps(table: Floats) -> tuple[NDArray[np.int8], float]:
    """The table as whole steps −127 … 127, and the step."""
    step = float(np.abs(table).max(initial=0.0)) / 127
    return np.rint(table / (step or 1.0)).astype(np.int8), step


def _fitted(
    base: Weights, rows: sparse.csr_matrix, stretch: Floats, lessons: Sequence[Lesson], penalty: float
) -> Floats:
    """What is added to the weights of each feature, shape (features, 2); ``stretch``: each text's."""
    if not lessons or not rows.shape[1]:
        return np.zeros((rows.shape[1], 2))
    chances = np.array([lesson.chances for lesson in lessons]).round(SAME_DIGITS)
    believed = np.log(np.maximum(chances, _LEAST_CHANCE))
    truth = np.eye(len(CLASSES))[[lesson.label for lesson in lessons]]
    towards = base.softmax[:, :2]
    reach = np.column_stack([stretch, np.ones(len(stretch))])

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(-1, 2)
        chances = _log_chances(believed + ((rows @ moved) * reach) @ towards.T)
        slope = rows.T @ (((np.exp(chances) - truth) @ towards) * reach)
        cost = -(truth * chances).sum() + penalty / 2 * (flat @ flat)
        return float(cost), slope.ravel() + penalty * flat

    start = np.zeros(rows.shape[1] * 2)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return np.asarray(found.x, dtype=np.float64).reshape(-1, 2)


def _log_chances(logits: Floats) -> Floats:
    lowered = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True)))
