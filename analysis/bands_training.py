"""Sets from which P(neu) on a text of each kind is neutral, and below which chance a verdict is unsure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.features import Floats, Indexes
from analysis.measuring import labelled, macro_f1

_PLATEAU = 0.003
_RIGHT_WHEN_SURE = 0.8
_BANDS = tuple(at / 20 for at in range(4, 16))

Names = NDArray[np.str_]


def usual_band(chances: Floats, label: Indexes, names: Names) -> float:
    """The middle of the bands whose mean macro-F1 over corpora is as good as the best, but for noise."""
    corpora = [names == name for name in np.unique(names)]

    def mean_f1(at: float) -> float:
        verdicts = labelled(chances, at)
        return float(np.mean([macro_f1(label[rows], verdicts[rows]) for rows in corpora]))

    found = {at: mean_f1(at) for at in _BANDS}
    good = [at for at, f1 in found.items() if f1 >= max(found.values()) - _PLATEAU]
    return float(np.round(np.mean(good), 2))


def bands_of_kinds(
    chances: Floats, label: Indexes, names: Names, kinds: Sequence[str]
) -> tuple[float, Floats]:
    """The usual band, and how much higher each kind's is: nought for kinds without texts among these."""
    usual = usual_band(chances, label, names)
    known = set(names.tolist())
    own = [
        usual_band(*(of[names == kind] for of in (chances, label, names))) if kind in known else usual
        for kind in kinds
    ]
    return usual, np.round(np.array(own) - usual, 2)


def doubt(chances: Floats, label: Indexes, verdicts: Indexes) -> float:
    """The lowest bar above which _RIGHT_WHEN_SURE of the verdicts are right."""
    confidence = chances[np.arange(len(verdicts)), verdicts]
    right = verdicts == label
    for bar in (b / 100 for b in range(34, 96)):
        if right[confidence >= bar].mean() >= _RIGHT_WHEN_SURE:
            return bar
    return 0.95
