"""From which P(neu) on a text of each kind is called neutral, learnt from labelled texts."""

import numpy as np
import pytest

from analysis.bands_training import bands_of_kinds, doubt, usual_band
from analysis.features import Floats, Indexes

_NEU, _POS = 1, 2


def spoken_from(at: float) -> tuple[Floats, Indexes]:
    """Chances of neu 0 … 1 and labels: neu from ``at`` on, else pos."""
    neu = np.linspace(0.0, 1.0, 1_001)
    return np.column_stack([(1 - neu) * 0.1, neu, (1 - neu) * 0.9]), np.where(neu > at, _NEU, _POS)


def test_the_band_is_where_the_labels_change() -> None:
    chances, label = spoken_from(0.6)
    assert usual_band(chances, label, np.full(len(label), "forum")) == pytest.approx(0.6, abs=0.03)


def test_each_kind_has_its_own_band_and_one_without_texts_the_usual_one() -> None:
    few, many = spoken_from(0.7), spoken_from(0.3)
    chances, label = np.concatenate([few[0], many[0]]), np.concatenate([few[1], many[1]])
    names = np.repeat(["forum", "posts"], len(few[1]))

    usual, apart = bands_of_kinds(chances, label, names, ["forum", "hotels", "posts"])

    assert 0.3 <= usual <= 0.7
    assert usual + apart == pytest.approx([0.7, usual, 0.3], abs=0.03)


def test_doubt_ends_where_four_verdicts_in_five_are_right() -> None:
    chance = np.linspace(0.34, 1.0, 2_000)
    chances = np.column_stack([chance, (1 - chance) / 2, (1 - chance) / 2])
    right = np.where(np.arange(2_000) % 2, chance > 0.7, True)  # noqa: FBT003 -- numpy's
    bar = doubt(chances, np.where(right, 0, 1), np.zeros(2_000, dtype=np.int64))
    sure = chance >= bar
    assert 0.34 < bar < 0.7
    assert right[sure].mean() >= 0.8 > right[chance >= bar - 0.02].mean()
