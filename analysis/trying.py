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


class Bench:
    """Puts weights on trial against ``old``, what is in use; both sets are read as the worker would.

    Label by label the floor set compares with the weights as shipped, so that no row of small losses, each
    within what chance explains, wears one label down.
    """

    def __init__(self, old: Weights, floor: Sequence[Case], held: Sequence[Case]) -> None:
        self._floor, self._held = floor, held
        self._before = _read(old, floor), _read(old, held)
        self._shipped = self._before[0] if old.delta is None else _read(old.plain, floor)

    def trial(self, new: Weights) -> Trial:
        """How ``new`` reads both sets beside ``old``."""
        floor_old, held_old = self._before
        floor_new, held_new = _read(new, self._floor), _read(new, self._held)
        truth = np.array([CLASSES[case.label] for case in self._floor])
        return Trial(
            floor_old=floor_old.marks,
            floor_new=floor_new.marks,
            floor_labels={
                label: change_of(self._shipped.right[truth == label], floor_new.right[truth == label])
                for label in CLASSES
            },
            held_old=held_old.marks,
            held_new=held_new.marks,
            held=change_of(held_old.right, held_new.right),
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
