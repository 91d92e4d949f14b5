"""Puts new weights on trial against those in use: on the floor set, and on corrections kept back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.brand_reader import Asked, BrandReader
from analysis.measuring import ece, macro_f1
from analysis.model import CLASSES, Weights
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from analysis.trial import Change, Marks, Trial
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading


@dataclass(frozen=True, slots=True)
class Case:
    """Something to read and the label, a place in CLASSES, that a person gives it."""

    asked: Asked
    label: int


def put_on_trial(old: Weights, new: Weights, floor: Sequence[Case], held: Sequence[Case]) -> Trial:
    """Read both sets with both weights, as the worker would."""
    on_floor, on_held = [[_read(weights, cases) for weights in (old, new)] for cases in (floor, held)]
    truth = np.array([CLASSES[case.label] for case in floor])
    labels = {label: change_of(*(read.right[truth == label] for read in on_floor)) for label in CLASSES}
    return Trial(
        floor_old=on_floor[0].marks,
        floor_new=on_floor[1].marks,
        floor_labels=labels,
        held_old=on_held[0].marks,
        held_new=on_held[1].marks,
        held=change_of(on_held[0].right, on_held[1].right),
    )


def marks(weights: Weights, cases: Sequence[Case]) -> Marks:
    """Read ``cases`` by ``weights`` with all rules, and compare."""
    return _read(weights, cases).marks


def change_of(old: NDArray[np.bool_], new: NDArray[np.bool_]) -> Change:
    """What changed, by which cases either reading has right."""
    return Change(int((new & ~old).sum()), int((old & ~new).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    marks: Marks
    right: NDArray[np.bool_]


def _read(weights: Weights, cases: Sequence[Case]) -> _Read:
    if not cases:
        return _Read(Marks(0, 0.0, 0.0, 0.0), np.zeros(0, dtype=bool))
    reader = BrandReader(Reader(weights, Lexicon(), QuickSegmenter(())), weights.id)
    readings = reader.read([case.asked for case in cases])
    truth = np.array([case.label for case in cases], dtype=np.int64)
    verdicts = np.array([CLASSES.index(r.label.value) for r in readings], dtype=np.int64)
    right = verdicts == truth
    confidence = np.array([_chance(reading) for reading in readings])
    found = Marks(len(cases), float(right.mean()), macro_f1(truth, verdicts), ece(confidence, right))
    return _Read(found, right)


def _chance(reading: Reading) -> float:
    """What the reading gives its label."""
    return (reading.p_neg, reading.p_neu, reading.p_pos)[CLASSES.index(reading.label.value)]
