"""The trial of new weights against those in use: what was found, and whether they may be taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import comb

from wanglou.domain.reason import Reason, Value

LEAST_HELD = 30
"""Corrections kept back below which a difference between two weights says nothing."""

CHANCE = 0.05
"""A difference that chance makes more often than this is none."""

_CLOSE = 1e-9
"""Less than this is rounding."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How well some cases were read. ``ece``: expected calibration error of the labels given."""

    cases: int
    accuracy: float
    macro_f1: float
    ece: float


@dataclass(frozen=True, slots=True)
class Change:
    """Cases that only the new weights read rightly, and cases that only the old ones did."""

    gained: int
    lost: int

    @property
    def is_better(self) -> bool:
        """Whether so many more were gained than lost that chance is unlikely."""
        return _by_chance(self.gained, self.lost) < CHANCE

    @property
    def is_worse(self) -> bool:
        """The same the other way round."""
        return _by_chance(self.lost, self.gained) < CHANCE


@dataclass(frozen=True, slots=True)
class Trial:
    """Old and new on both sets.

    ``floor_labels``: label → what changed in the floor set's cases of it since the weights were shipped.
    """

    floor_old: Marks
    floor_new: Marks
    floor_labels: Mapping[str, Change]
    held_old: Marks
    held_new: Marks
    held: Change

    @property
    def refusals(self) -> tuple[Reason, ...]:
        """Why the new ones may not be taken; none where they may.

        On the floor set neither accuracy nor macro-F1 may be lower, and no label be read worse than chance
        explains, however much another one gains. On the corrections kept back more must be gained than chance
        explains.
        """
        if self.held_new.cases < LEAST_HELD:
            return (too_few(self.held_new.cases),)
        return (*self.floor_refusals, *self._held())

    @property
    def floor_refusals(self) -> tuple[Reason, ...]:
        """Those of the floor set."""
        return (*self._floor(), *self._labels())

    def _floor(self) -> Iterator[Reason]:
        old, new = self.floor_old, self.floor_new
        if new.accuracy < old.accuracy - _CLOSE or new.macro_f1 < old.macro_f1 - _CLOSE:
            yield Reason("delta_floor_worse", _facts(old, new))

    def _labels(self) -> Iterator[Reason]:
        for label, change in self.floor_labels.items():
            if change.is_worse:
                facts: dict[str, Value] = {"label": label, "gained": change.gained, "lost": change.lost}
                yield Reason("delta_floor_label_worse", facts)

    def _held(self) -> Iterator[Reason]:
        if not self.held.is_better:
            facts = _facts(self.held_old, self.held_new)
            yield Reason(
                "delta_held_no_better", {**facts, "gained": self.held.gained, "lost": self.held.lost}
            )


def too_few(held: int) -> Reason:
    """The refusal for want of corrections."""
    return Reason("delta_too_few", {"held": held, "least": LEAST_HELD, "missing": LEAST_HELD - held})


def _by_chance(more: int, fewer: int) -> float:
    """How likely a fair coin gives at least ``more`` of all that changed: the sign test, one-sided."""
    both = more + fewer
    return float(sum(comb(both, n) for n in range(more, both + 1)) / 2**both)


def _facts(old: Marks, new: Marks) -> dict[str, Value]:
    return {
        "cases": new.cases,
        "old": old.accuracy,
        "new": new.accuracy,
        "old_f1": old.macro_f1,
        "new_f1": new.macro_f1,
    }
